from __future__ import annotations

import hashlib

import pytest

from app.github.addresses import PullRequestId
from app.github.seals import is_sealed, sealed, unsealed

ID = PullRequestId(owner="octo", repo="app", number=7)


def ours(text: str) -> str:
    return hashlib.sha256(f"ours{text}".encode()).hexdigest()[:16]


def theirs(text: str) -> str:
    return hashlib.sha256(f"theirs{text}".encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("words", id="one line"),
        pytest.param("words\n\nmore", id="paragraphs"),
        pytest.param("words\n\n<!-- quartet:finding id=1 -->", id="a hidden line at the end"),
        pytest.param("<!-- quartet:summary -->\nwords", id="a hidden line at the start"),
        pytest.param("<!-- quartet:review head=abc -->", id="a hidden line alone"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_seal_is_ours_and_comes_off_again(text: str) -> None:
    closed = sealed(text, ID, ours)

    assert is_sealed(closed, ID, ours)
    assert is_sealed(f"{closed}\n".replace("\n", "\r\n"), ID, ours)
    assert unsealed(closed) == text
    assert sealed(closed, ID, ours) == closed


def test_a_hidden_line_that_ends_a_text_stays_its_last() -> None:
    closed = sealed("words\n<!-- quartet:review head=abc -->", ID, ours)

    assert closed.endswith("-->\n<!-- quartet:review head=abc -->")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(sealed("words", ID, theirs), id="made with another token"),
        pytest.param(sealed("words", PullRequestId(owner="octo", repo="app", number=8), ours), id="made elsewhere"),
        pytest.param(sealed("words", ID, ours).replace("words", "others"), id="made for other words"),
        pytest.param("words\n<!-- quartet:seal id= -->", id="empty"),
        pytest.param(f"{sealed('words', ID, ours)}\nmore", id="in the middle"),
        pytest.param("words", id="none"),
    ],
)
def test_no_other_seal_is_ours(text: str) -> None:
    assert not is_sealed(text, ID, ours)
