"""Text comes in, the number of tokens in OpenAI's vocabulary goes out, without a network."""

from __future__ import annotations

from pathlib import Path

from llm_runtime.tokens.characters import CharacterBasedEstimator
from llm_runtime.tokens.requests import TokenEstimator
from llm_runtime.tokens.vocabulary import O200K, Vocabulary, VocabularyMissing, cache_directory, load

_SLICE = 50_000
"""Characters counted at once: tiktoken 0.14 panics, past every ``except Exception``, on a million blanks."""


class TiktokenEstimator:
    """Counts with o200k, the vocabulary of OpenAI's models, if its file is on this machine; else by characters.

    For other vendors' models the number is as good as an estimate: ``CalibratedEstimator`` corrects it. It never
    downloads anything.

    Attributes:
        obstacle: Why the vocabulary is not used, in one line that names the cure; empty where it is used.

    Example:
        >>> estimator = TiktokenEstimator(Path("/nowhere"))
        >>> estimator.exact, estimator.count("def add(left, right):")
        (False, 7)
    """

    def __init__(self, directory: Path | None = None, *, vocabulary: Vocabulary = O200K) -> None:
        """Load the vocabulary, in about half a second, or do without at once.

        Args:
            directory: Where its file may be, as tiktoken names it; by default its directory for temporary files. Say
                ``cache_directory(os.environ)`` for the one that tiktoken itself would use.
            vocabulary: Which one.

        Raises:
            ModuleNotFoundError: tiktoken is not installed; the message names the extra.
        """
        self.obstacle = ""
        self._estimator: TokenEstimator
        try:
            self._estimator = _Counted(vocabulary, directory or cache_directory({}))
        except VocabularyMissing as error:
            self._estimator = CharacterBasedEstimator()
            self.obstacle = str(error)

    @property
    def exact(self) -> bool:
        """Whether the vocabulary is used."""
        return not self.obstacle

    def count(self, text: str) -> int:
        """Tokens in ``text``."""
        return self._estimator.count(text)


class _Counted:
    """Counts with a vocabulary; at most one token too many for each slice."""

    def __init__(self, vocabulary: Vocabulary, directory: Path) -> None:
        self._encoding = load(vocabulary, directory)

    def count(self, text: str) -> int:
        slices = (text[start : start + _SLICE] for start in range(0, len(text), _SLICE))
        return sum(len(self._encoding.encode_ordinary(part)) for part in slices)
