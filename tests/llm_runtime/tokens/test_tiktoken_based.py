from __future__ import annotations

import base64
import hashlib
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tiktoken_ext import openai_public  # type: ignore[import-untyped] # it is published without types

from llm_runtime.tokens import CharacterBasedEstimator, TiktokenEstimator
from llm_runtime.tokens.vocabulary import O200K, Vocabulary, cache_directory, load

CODE = "def total(price):"


def saved(directory: Path) -> Vocabulary:
    """A vocabulary that knows single bytes and ``def``, cut as o200k cuts, in the file that tiktoken would look for."""
    tokens = [*(bytes([byte]) for byte in range(256)), b"de", b"def"]
    content = b"".join(b"%s %d\n" % (base64.b64encode(token), rank) for rank, token in enumerate(tokens))
    (directory / O200K.file_name).write_bytes(content)
    return replace(O200K, sha256=hashlib.sha256(content).hexdigest())


def test_a_vocabulary_on_this_machine_is_used(tmp_path: Path) -> None:
    estimator = TiktokenEstimator(tmp_path, vocabulary=saved(tmp_path))

    assert (estimator.exact, estimator.obstacle) == (True, "")
    assert estimator.count(CODE) == len(CODE) - len("def") + 1


@pytest.mark.usefixtures("socket_disabled")
def test_without_its_file_characters_are_counted_and_nobody_is_asked(tmp_path: Path) -> None:
    estimator = TiktokenEstimator(tmp_path)

    assert not estimator.exact
    assert estimator.count(CODE) == CharacterBasedEstimator().count(CODE)
    assert estimator.obstacle == (
        f"{tmp_path}/fb374d419588a4632f3f557e76b4b70aebbca790 cannot be read (No such file or directory); save "
        "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken as "
        f"fb374d419588a4632f3f557e76b4b70aebbca790 in {tmp_path}"
    )


@pytest.mark.usefixtures("socket_disabled")
def test_a_damaged_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / O200K.file_name
    path.write_bytes(b"half of it")

    estimator = TiktokenEstimator(tmp_path)

    assert "is damaged" in estimator.obstacle
    assert path.read_bytes() == b"half of it"


def test_what_cannot_be_read_is_done_without(tmp_path: Path) -> None:
    (tmp_path / O200K.file_name).mkdir()

    assert "cannot be read (Is a directory)" in TiktokenEstimator(tmp_path).obstacle


def test_a_file_that_comes_later_is_found(tmp_path: Path) -> None:
    assert not TiktokenEstimator(tmp_path).exact

    vocabulary = saved(tmp_path)

    assert TiktokenEstimator(tmp_path, vocabulary=vocabulary).exact


def test_a_vocabulary_is_loaded_once(tmp_path: Path) -> None:
    vocabulary = saved(tmp_path)

    assert load(vocabulary, tmp_path) is load(vocabulary, tmp_path)


def test_without_the_package_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)

    with pytest.raises(ModuleNotFoundError, match=r"pip install 'quartet-review\[tiktoken\]'"):
        TiktokenEstimator(tmp_path)


@pytest.mark.parametrize("text", [" " * 1_000_000, "\n" * 1_000_000, "a" * 200_000, "\ud800 a"])
def test_a_text_made_to_break_tokenizers_is_counted(text: str, tmp_path: Path) -> None:
    assert TiktokenEstimator(tmp_path, vocabulary=saved(tmp_path)).count(text) >= len(text)


def test_what_is_known_of_the_vocabulary_is_what_tiktoken_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[tuple[str, str]] = []

    def note(url: str, expected_hash: str) -> dict[bytes, int]:
        loaded.append((url, expected_hash))
        return {}

    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", note)
    known: dict[str, Any] = openai_public.o200k_base()

    assert loaded == [(O200K.url, O200K.sha256)]
    assert (known["name"], known["pat_str"]) == (O200K.name, O200K.pattern)


@pytest.mark.parametrize(
    ("environment", "directory"),
    [
        ({"TIKTOKEN_CACHE_DIR": "/a", "DATA_GYM_CACHE_DIR": "/b"}, "/a"),
        ({"DATA_GYM_CACHE_DIR": "/b"}, "/b"),
        ({}, "/t/data-gym-cache"),
        ({"TIKTOKEN_CACHE_DIR": ""}, "/t/data-gym-cache"),
    ],
)
def test_the_file_is_looked_for_where_tiktoken_keeps_it(
    environment: dict[str, str], directory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/t")

    assert cache_directory(environment) == Path(directory)


@pytest.mark.parametrize(
    ("text", "tokens"), [("hello world", 2), ("你好，世界。这是一个测试文件", 8), ("😀😀🎉", 4), ("\n" * 1_600, 100)]
)
def test_openais_vocabulary_counts_as_published(text: str, tokens: int) -> None:
    estimator = TiktokenEstimator(cache_directory(os.environ))
    if not estimator.exact:
        pytest.skip(estimator.obstacle)

    assert estimator.count(text) == tokens
