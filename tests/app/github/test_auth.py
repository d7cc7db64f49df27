from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.errors import Misconfigured
from app.github.auth import AppKey, app_jwt, app_key
from tests.fakes.github_apps import pem, private_key

PEM = pem(private_key())
PKCS8 = private_key().private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PEM, id="as GitHub gives it"),
        pytest.param(PEM.replace("\n", "\\n"), id="in one line"),
        pytest.param(PEM.replace("\n", "\\r\\n"), id="in one line, from Windows"),
        pytest.param(PEM.replace("\n", "\r\n"), id="with line ends of Windows"),
        pytest.param(f'"{PEM.strip()}"', id="in quotation marks"),
        pytest.param(f"\n  {PEM}  \n", id="with space around"),
        pytest.param(PKCS8.decode(), id="as PKCS #8"),
    ],
)
def test_a_key_is_read_in_every_form_in_which_hosts_keep_it(text: str) -> None:
    key = app_key(4711, text)

    assert key.private.private_numbers() == private_key().private_numbers()


def _pem_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("", "is no private key in PEM form", id="nothing"),
        pytest.param("hunter2", "is no private key in PEM form", id="a password"),
        pytest.param(PEM[:400], "is no private key in PEM form", id="half of it"),
        pytest.param(PEM.replace("A", "ä"), "is no private key in PEM form", id="no ASCII"),
        pytest.param(_pem_of(ec.generate_private_key(ec.SECP256R1())), "is no RSA key", id="another kind"),
        pytest.param(
            _pem_of(rsa.generate_private_key(public_exponent=65537, key_size=1024)), "has 1024 bits", id="a short one"
        ),
    ],
)
def test_what_is_no_key_is_refused_in_one_line_that_does_not_repeat_it(text: str, fault: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        app_key(4711, text)

    said = str(caught.value)
    assert said.startswith(f"the App's private key {fault}")
    assert "GITHUB_APP_PRIVATE_KEY" in said
    assert "\n" not in said
    assert not text or text.strip()[-12:] not in said


def test_a_key_does_not_show_itself() -> None:
    assert repr(app_key(4711, PEM)) == "AppKey(app_id=4711)"


def test_a_jwt_begins_a_minute_ago_and_ends_within_ten() -> None:
    token = app_jwt(AppKey(4711, private_key()), 1_800_000_000.7)

    claims = jwt.decode(
        token, private_key().public_key(), algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
    )
    assert claims == {"iat": 1_799_999_940, "exp": 1_800_000_540, "iss": "4711"}


def test_secrets_differ_between_purposes_and_keys_and_stay_the_same() -> None:
    key, other = app_key(4711, PEM), AppKey(4711, rsa.generate_private_key(public_exponent=65537, key_size=2048))

    assert key.secret("vault") == app_key(4711, PKCS8.decode()).secret("vault")
    assert len({key.secret("vault"), key.secret("seal"), other.secret("vault")}) == 3
    assert len(key.secret("vault")) == 32
