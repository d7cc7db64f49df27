from __future__ import annotations

from pathlib import Path

import pytest

from docs.generate.messages import Message, collected, error_classes, messages
from docs.generate.parts import DOCS
from docs.generate.troubleshooting import CureMissing, rendered

TOP = DOCS.parent


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        pytest.param("raise Bad('no such file; name another')", ["no such file; name another"], id="a text"),
        pytest.param("raise Bad(f'no {x} here')", ["no … here"], id="a text that is filled in"),
        pytest.param("msg = f'no {x} here'\n    raise Bad(msg)", ["no … here"], id="by a name"),
        pytest.param("raise Bad('one way' if x else 'another way')", ["one way", "another way"], id="one of two texts"),
        pytest.param("raise Bad(f'no {x} here' + '; do that')", ["no … here; do that"], id="put together"),
        pytest.param("raise Bad(_why(x))", ["it is shut", "it is gone"], id="by a function beside it"),
        pytest.param("raise Bad(_FAULTS[x])", ["the door jams"], id="out of a table"),
        pytest.param("raise Other('not for people')", [], id="of another class"),
        pytest.param("raise Bad(str(error))", [], id="another's words"),
        pytest.param(
            "yield Line('✗ no key is there; set one', fault=True)", ["✗ no key is there; set one"], id="doctor"
        ),
        pytest.param("yield Line('✓ all is well')", [], id="good news of the doctor"),
    ],
)
def test_a_message_is_found_wherever_it_is_written(source: str, texts: list[str]) -> None:
    module = (
        "_FAULTS = {'jam': 'the door jams'}\n"
        "def _why(x):\n    if x:\n        return 'it is shut'\n    return 'it is gone'\n"
        f"def f(x):\n    {source}\n"
    )

    assert [message.text for message in messages(module, "app/x.py", ["Bad"])] == texts


def test_a_value_error_is_a_message_where_configuration_is_checked() -> None:
    source = "def f(x):\n    raise ValueError('must be one line')\n"

    assert list(messages(source, "app/configuration/x.py", [])) == [
        Message("must be one line", "app/configuration/x.py", "ValueError")
    ]
    assert not list(messages(source, "app/git.py", []))


def test_a_class_of_errors_is_known_wherever_it_is_defined_and_though_nobody_has_imported_it() -> None:
    sources = [
        "class Below(Above): ...",
        "class Above(app.errors.Misconfigured): ...",
        "class Misconfigured(AppError): ...",
    ]

    assert {"Below", "Above", "Misconfigured"} <= error_classes(sources)
    assert "Other" not in error_classes([*sources, "class Other(ValueError): ..."])


def test_every_error_message_of_the_program_is_on_the_page_with_its_cure() -> None:
    page = (DOCS / "troubleshooting.md").read_text()

    found = {message.text for message in collected(TOP)}
    assert len(found) > 200
    beginnings = {text.rpartition("; ")[0] or text for text in found}
    escaped = page.replace("\\|", "|")
    assert [text for text in found if text not in escaped and (text.rpartition("; ")[0] or text) not in escaped] == []
    assert len(beginnings) > 200


def test_a_message_without_a_cure_cannot_be_published(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "x.py").write_text("def f():\n    raise AppError('something went wrong')\n")

    with pytest.raises(CureMissing, match=r"app/x.py: 'something went wrong' names no cure"):
        rendered(tmp_path)


@pytest.mark.parametrize(
    "cure", ["{way}", "write {way}", "there are {ways}", "did you mean {guess}?", "{rest}there are {ways}"]
)
def test_a_cure_that_only_the_program_can_fill_in_is_none_on_the_page(tmp_path: Path, cure: str) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "x.py").write_text(f"def f(x):\n    raise AppError(f'it went quite wrong in {{x}}; {cure}')\n")

    with pytest.raises(CureMissing, match=r"app/x.py: 'it went quite wrong in …; .*' names no cure"):
        rendered(tmp_path)


def test_a_cure_that_no_message_needs_is_named(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()

    with pytest.raises(CureMissing, match=r"cures.yml: no message begins with '--judge takes two models' any more"):
        rendered(tmp_path)
