"""Lines of code in, the lines that hold a secret out, judged by detect-secrets and a look at the value; a program too.

Run as a program it reads the files below the working directory and prints ``[[place, line, kind, certainty], …]`` as
JSON. It is run with ``python -I``, so that nothing it reads is ever imported; it never prints a secret, and never asks
a vendor whether a secret is valid, as detect-secrets' own command line does.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from types import ModuleType

if __name__ == "__main__":
    # detect-secrets loads an HTTP client to ask vendors about secrets. That is never done here, and would be half of
    # the time that this program takes.
    sys.modules["requests"] = ModuleType("requests")
    vars(sys.modules["requests"])["__getattr__"] = lambda _: object

from detect_secrets.filters import heuristic
from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.cloudant import CloudantDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString, HexHighEntropyString
from detect_secrets.plugins.ibm_cloud_iam import IbmCloudIamDetector
from detect_secrets.plugins.ibm_cos_hmac import IbmCosHmacDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.keyword import QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP, REGEX_BY_FILETYPE, KeywordDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.softlayer import SoftlayerDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector
from detect_secrets.util.filetype import determine_file_type


class Certainty(StrEnum):
    """How a secret was recognised."""

    SHAPE = "shape"
    """By the form its vendor gives to secrets."""
    NAME = "name"
    """By what it is called and how random it looks."""


def secrets_in(lines: Sequence[str], file_name: str) -> Iterator[tuple[int, str, Certainty]]:
    """Number (from 1), kind and certainty of each line that holds a secret, one for a line.

    Args:
        lines: Lines that need not follow each other in a file.
        file_name: Its ending tells how the language writes assignments.
    """
    names = REGEX_BY_FILETYPE.get(determine_file_type(file_name), QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP)
    for number, line in enumerate(lines, start=1):
        following = "\n".join(lines[number : number + _KEY_LINES])
        kind = next((found for part in _parts(line) if (found := _shaped(part, following))), "")
        if kind:
            yield number, kind, Certainty.SHAPE
        elif len(line) <= _LINE_LENGTH and (kind := _named(line, names)):
            yield number, kind, Certainty.NAME


class _MoreTokens(RegexBasedDetector):
    """Forms that vendors publish for secret scanning and detect-secrets 1.5 does not know."""

    secret_type = "Vendor Token"  # noqa: S105 - the name of a kind of secret
    denylist = (
        re.compile(r"sk-ant-(?:api|admin|oat)\d\d-[A-Za-z0-9_-]{80,}"),
        re.compile(r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}"),
        re.compile(r"AIza[0-9A-Za-z_-]{35}"),
        re.compile(r"GOCSPX-[0-9A-Za-z_-]{28}"),
        re.compile(r"github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}"),
        re.compile(r"ghs_[A-Za-z0-9._-]{36,}"),
        re.compile(r"\b(?:hf_[A-Za-z]{34}|dckr_pat_[A-Za-z0-9_-]{27}|npm_[A-Za-z0-9]{36}|lin_api_[A-Za-z0-9]{40})"),
        re.compile(r"\b(?:dop_v1_[a-f0-9]{64}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|sbp_[a-f0-9]{40}|dapi[a-f0-9]{32})\b"),
        re.compile(r"\bhv[sb]\.[A-Za-z0-9_-]{90,}|\bATATT3[A-Za-z0-9_=-]{180,}"),
    )


_SHAPES: tuple[RegexBasedDetector, ...] = (
    AWSKeyDetector(),
    AzureStorageKeyDetector(),
    DiscordBotTokenDetector(),
    GitHubTokenDetector(),
    GitLabTokenDetector(),
    MailchimpDetector(),
    NpmDetector(),
    OpenAIDetector(),
    PypiTokenDetector(),
    SendGridDetector(),
    SlackDetector(),
    SquareOAuthDetector(),
    StripeDetector(),
    TelegramBotTokenDetector(),
    TwilioKeyDetector(),
    _MoreTokens(),
)
# Their forms are so loose that the value has to look like a secret as well.
_LOOSE: tuple[RegexBasedDetector, ...] = (
    ArtifactoryDetector(),
    BasicAuthDetector(),
    CloudantDetector(),
    IbmCloudIamDetector(),
    IbmCosHmacDetector(),
    SoftlayerDetector(),
)
_RANDOM = (Base64HighEntropyString(limit=4.3), HexHighEntropyString(limit=3.0))
_KEYWORD = KeywordDetector()
_WEB_TOKEN = JwtTokenDetector()
_PRIVATE_KEY = PrivateKeyDetector()

_LINE_LENGTH = 2_000
_OVERLAP = 300
_KEY_LINES = 3
_SHORTEST_RANDOM = 20
_SHORTEST_NAMED = 6
_FEWEST_CHARACTERS = 5

_NAME = re.compile(
    r"(?i)secret|token|passw|pass\b|pwd|passphrase|api_?-?key|access_?-?key|private_?-?key|signing_?-?key|encryption_?-?key"
    r"|accountkey|auth|credential|bearer|\bsalt\b"
)
_HARMLESS_NAME = re.compile(
    r"(?i)integrity|checksum|\bsha-?\d+|digest|commit|revision|\betag|fingerprint|uuid|guid|public_?key|csrf|\bhash\b"
)
# The last one is John Doe, whose token jwt.io shows.
_PLACEHOLDER = re.compile(
    r"(?i)example|placeholder|change_?-?me|dummy|fake|redacted|x{4,}|\*{3,}|\.{3,}|0{8,}"
    r"|your[-_ ]?(?:api|key|tok|sec|pass)|eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIi"
)
_WORDS = re.compile(
    r"(?i)\b(?:test|testing|sample|foo|bar|baz|todo|null|none|undefined|true|false|insert|replace|your|my|some|mock|demo)"
    r"(?=[^a-z]|$)|^(?:pass|password|secret|token|key|user|admin|root|postgres|mysql|guest|changeit)\d{0,3}$|12345678"
)
_REFERENCE = re.compile(
    r"\s|[<>\\]|\$[{(]|\$[A-Z_]{3,}|\{\{|\{\w*\}|%[({]|%[sd]\b|::|://|^[/.~@#$%&*]|^\w+(?:\.\w+)*[(\[]|^\w+(?:\.\w+)+$"
)
_ASSIGNED = (
    re.compile(r"(?:^|[\s;])([A-Z][A-Z0-9_]*)\s?[=:]\s?([^\s'\"`;,]+)"),  # .env, shell, Dockerfile: no quotes
    re.compile(r"(?i)\b(password|pwd|accountkey|sharedaccesskey)=([^;'\"\s]+)[;'\"]"),  # connection strings
    re.compile(
        r"(?i)([\w.]*(?:pass|passwd|password|pwd|secret))[\"'\]]*\s*(?::\s*[\w.]+\s*)?=+\s*(?:\w+\s*=+\s*)?[\"']([^\"']+)[\"']"
    ),
    re.compile(r"(?i)([\w.-]*token)[\"'\]]*\s*[=:]+\s*[\"'`]([^\"'`]{12,})[\"'`]"),
    re.compile(r"(?i)(authorization)\b.{0,10}?(?:bearer|basic|token)\s+([A-Za-z0-9+/_.=-]{20,})"),
)


def _parts(line: str) -> Iterator[str]:
    """A long line in parts that overlap, so that no regular expression sees more than it can bear."""
    for start in range(0, max(len(line), 1), _LINE_LENGTH - _OVERLAP):
        yield line[start : start + _LINE_LENGTH]


def _shaped(line: str, following: str) -> str:
    for detector in _SHAPES:
        for form in detector.denylist:
            if any(_stands_alone(found) and not _is_placeholder(found.group()) for found in form.finditer(line)):
                return str(detector.secret_type)
    if any(_PRIVATE_KEY.analyze_string(line)) and _has_key_body(line, following):
        return str(_PRIVATE_KEY.secret_type)
    return ""


def _named(line: str, names: dict[re.Pattern[str], int]) -> str:
    for detector in _LOOSE:
        if any(_is_secret_value(value, line) for value in detector.analyze_string(line)):
            return str(detector.secret_type)
    if any(not _is_placeholder(value) for value in _WEB_TOKEN.analyze_string(line)):
        return str(_WEB_TOKEN.secret_type)
    if not _NAME.search(line) or _HARMLESS_NAME.search(line):
        return ""
    if any(_is_secret_value(value, line) for value in _assigned_values(line, names)):
        return _KEYWORD.secret_type
    for scale in _RANDOM:
        for value in scale.analyze_string(line):
            random = len(value) >= _SHORTEST_RANDOM and scale.calculate_shannon_entropy(value) > scale.entropy_limit
            if random and _NAME.search(line[: line.find(value)]) and _is_secret_value(value, line):
                return str(scale.secret_type)
    return ""


def _assigned_values(line: str, names: dict[re.Pattern[str], int]) -> Iterator[str]:
    yield from (value.strip() for value in _KEYWORD.analyze_string(line, names) if value)
    for form in _ASSIGNED:
        yield from (value for name, value in form.findall(line) if _NAME.search(name))


def _stands_alone(found: re.Match[str]) -> bool:
    """Whether it is not part of a longer word, as any form is found in a long enough hash."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return not (before.isalnum() and found.group()[:1].isalnum()) and not (
        after.isalnum() and found.group()[-1:].isalnum()
    )


def _is_secret_value(value: str, line: str) -> bool:
    return (
        len(value) >= _SHORTEST_NAMED
        and not _is_placeholder(value)
        and not _WORDS.search(value)
        and not _REFERENCE.search(value)
        and any(character.isdigit() or character in "!@#$^&*+=?" for character in value)
        and any(character.isalpha() for character in value)
        and not heuristic.is_potential_uuid(value)
        and not heuristic.is_likely_id_string(value, line)
        and not heuristic.is_templated_secret(value)
    )


def _is_placeholder(value: str) -> bool:
    return (
        bool(_PLACEHOLDER.search(value))
        or len(set(value)) < _FEWEST_CHARACTERS
        or heuristic.is_sequential_string(value)
        or heuristic.is_not_alphanumeric_string(value)
    )


def _has_key_body(line: str, following: str) -> bool:
    """Whether key material follows the heading of a private key, which alone is only a word."""
    body = line.partition("PRIVATE KEY")[2] + "\n" + following
    return any(not _is_placeholder(found) for found in re.findall(r"[A-Za-z0-9+/=]{24,}", body))


def main() -> None:
    """Scan the files below the working directory."""
    found = []
    for folder, _, names in sorted(os.walk(".")):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8", newline="\n") as file:  # noqa: PTH118, PTH123 - pathlib costs start-up time
                lines = file.read().split("\n")
            place = f"{os.path.basename(folder)}/{name}"  # noqa: PTH119 - as above
            found += [(place, number, kind, certainty) for number, kind, certainty in secrets_in(lines, name)]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
