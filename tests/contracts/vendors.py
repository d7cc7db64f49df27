"""The fake of each provider, and a key for it."""

from __future__ import annotations

from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini import FakeGemini
from tests.fakes.openai import FakeOpenAI
from tests.fakes.vendor import FakeVendor

FAKES: dict[str, type[FakeVendor]] = {"openai": FakeOpenAI, "anthropic": FakeAnthropic, "gemini": FakeGemini}
KEY = "sk-live-0123456789abcdefghijklmnop"
