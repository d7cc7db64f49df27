"""The vocabulary of a tokenizer: a directory comes in, an encoding goes out if it has the file, and nobody is asked.

``tiktoken.get_encoding`` downloads what its cache lacks, without a time limit, and deletes a file there that is not
the expected one. So its file is found and checked here, and the encoding is built from it.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiktoken import Encoding

_VARIABLES = ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR")
_WORD_TAIL = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a vocabulary is called, where its file comes from, and how texts are cut before it is applied.

    Attributes:
        name: As tiktoken calls it.
        url: Where tiktoken downloads it; the file in its cache is named by the SHA-1 of this.
        sha256: Of the file.
        pattern: Cuts a text into words.
    """

    name: str
    url: str
    sha256: str
    pattern: str

    @property
    def file_name(self) -> str:
        """The name of the file in tiktoken's cache."""
        return hashlib.sha1(self.url.encode(), usedforsecurity=False).hexdigest()


# tiktoken 0.14.0, tiktoken_ext/openai_public.py; a test holds them to the installed version.
O200K = Vocabulary(
    name="o200k_base",
    url="https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken",
    sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    pattern="|".join(
        [
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + _WORD_TAIL,
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + _WORD_TAIL,
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
            r"\s*[\r\n]+",
            r"\s+(?!\S)",
            r"\s+",
        ]
    ),
)


class VocabularyMissing(Exception):
    """A directory has no file of the vocabulary, or not the right one; the message says which and how to get it."""


def cache_directory(environment: Mapping[str, str]) -> Path:
    """Where tiktoken keeps vocabularies, by its own rule (``tiktoken/load.py``).

    Args:
        environment: ``TIKTOKEN_CACHE_DIR``, else ``DATA_GYM_CACHE_DIR``, else a directory for temporary files.
    """
    named = next((environment[variable] for variable in _VARIABLES if environment.get(variable)), None)
    return Path(named) if named else Path(tempfile.gettempdir()) / "data-gym-cache"


@lru_cache(maxsize=4)
def load(vocabulary: Vocabulary, directory: Path) -> Encoding:
    """The encoding, read from its file; loaded once, whoever asks for it.

    Raises:
        ModuleNotFoundError: tiktoken is not installed.
        VocabularyMissing: The file is not there, cannot be read, or is not the right one.
    """
    try:
        import tiktoken  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        msg = "counting by a vocabulary needs tiktoken; install it with pip install 'quartet-review[tiktoken]'"
        raise ModuleNotFoundError(msg) from error
    path = directory / vocabulary.file_name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise VocabularyMissing(f"{path} cannot be read ({error.strerror}); {_cure(vocabulary, directory)}") from error
    if hashlib.sha256(content).hexdigest() != vocabulary.sha256:
        raise VocabularyMissing(f"{path} is damaged; {_cure(vocabulary, directory)}")
    return tiktoken.Encoding(
        vocabulary.name, pat_str=vocabulary.pattern, mergeable_ranks=_ranks(content), special_tokens={}
    )


def _ranks(content: bytes) -> dict[bytes, int]:
    pairs = (line.split() for line in content.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def _cure(vocabulary: Vocabulary, directory: Path) -> str:
    return f"save {vocabulary.url} as {vocabulary.file_name} in {directory}"
