"""How many tokens a text or a request has: estimated without asking anybody, and corrected by what providers count."""

from llm_runtime.tokens.calibrated import CalibratedEstimator
from llm_runtime.tokens.characters import CharacterBasedEstimator
from llm_runtime.tokens.requests import TokenEstimator, estimate_request
from llm_runtime.tokens.tiktoken_based import TiktokenEstimator

__all__ = [
    "CalibratedEstimator",
    "CharacterBasedEstimator",
    "TiktokenEstimator",
    "TokenEstimator",
    "estimate_request",
]
