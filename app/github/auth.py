"""The App's number and private key in; JWTs that prove it to GitHub, and secrets derived from it, out."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import NoReturn

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import Misconfigured

# docs.github.com/en/apps: "iat … 60 seconds in the past", "exp … no more than 10 minutes into the future".
_ISSUED_SECONDS_AGO = 60
_VALID_SECONDS = 540
_FEWEST_BITS = 2_048
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class AppKey:
    """What proves that we are the App.

    Attributes:
        app_id: Its number.
        private: Its private key, one of those that GitHub made for it.
    """

    app_id: int
    private: RSAPrivateKey = field(repr=False)

    def secret(self, purpose: str) -> bytes:
        """32 bytes that only who has the private key can derive, other ones for each purpose."""
        form = serialization.PrivateFormat.PKCS8
        raw = self.private.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
        derive = HKDF(algorithm=hashes.SHA256(), length=_SECRET_BYTES, salt=None, info=f"quartet {purpose}".encode())
        return derive.derive(raw)


@functools.lru_cache(maxsize=1)
def app_key(app_id: int, text: str) -> AppKey:
    r"""The key in a PEM text, whose line ends may be real or written as ``\n``, as variables of many hosts have them.

    Checking an RSA key takes some 50 ms, so the last one is kept, also for the forks of a worker.

    Raises:
        Misconfigured: The text is no RSA private key; it is never repeated.
    """
    pem = text.strip().strip("\"'").replace("\\r", "").replace("\\n", "\n").replace("\r", "").strip() + "\n"
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        _refuse("is no private key in PEM form")
    if not isinstance(key, RSAPrivateKey):
        _refuse("is no RSA key")
    if key.key_size < _FEWEST_BITS:
        _refuse(f"has {key.key_size} bits, which is too few")
    return AppKey(app_id, key)


def app_jwt(key: AppKey, now: float) -> str:
    """A JWT that is good for the next nine minutes.

    Args:
        key: Of the App.
        now: Seconds since the epoch, by GitHub's clock as far as it is known.
    """
    moment = int(now)
    claims = {"iat": moment - _ISSUED_SECONDS_AGO, "exp": moment + _VALID_SECONDS, "iss": str(key.app_id)}
    return jwt.encode(claims, key.private, algorithm="RS256")


def _refuse(fault: str) -> NoReturn:
    # The driver's words about a key are not repeated: they may hold a part of it.
    raise Misconfigured(
        f"the App's private key {fault}; put the whole .pem file that GitHub gave into GITHUB_APP_PRIVATE_KEY, or its "
        "path into GITHUB_APP_PRIVATE_KEY_PATH"
    ) from None
