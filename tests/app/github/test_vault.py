from __future__ import annotations

import pytest

from app.errors import Misconfigured
from app.github.vault import Vault
from tests.fakes.redis_server import own_prefix, own_redis, redis_server

SECRET = b"s" * 32


def test_what_was_put_is_there_for_every_process_with_the_secret(vault: Vault) -> None:
    vault.put("token:1:octo/app", b"ghs_secret", seconds=60)

    assert vault.get("token:1:octo/app") == b"ghs_secret"
    assert vault.get("token:1:octo/other") is None


def test_redis_sees_neither_value_nor_a_way_to_read_it_with_another_secret() -> None:
    prefix = own_prefix()
    url = redis_server().url
    with Vault(url, SECRET, prefix=prefix) as vault, Vault(url, b"t" * 32, prefix=prefix) as other:
        vault.put("name", b"ghs_secret", seconds=60)

        kept = redis_server().command("GET", f"{prefix}:vault:name")

        assert isinstance(kept, bytes)
        assert b"ghs_secret" not in kept
        assert other.get("name") is None


def test_a_value_that_was_moved_to_another_name_is_not_taken() -> None:
    prefix = own_prefix()
    with Vault(redis_server().url, SECRET, prefix=prefix) as vault:
        vault.put("token:1:evil/app", b"ghs_evil", seconds=60)
        redis_server().command("COPY", f"{prefix}:vault:token:1:evil/app", f"{prefix}:vault:token:2:octo/app")

        assert vault.get("token:2:octo/app") is None


@pytest.mark.parametrize("rubbish", ["", "x", "gAAAAA", "\x00" * 99])
def test_rubbish_in_redis_is_nothing(rubbish: str) -> None:
    prefix = own_prefix()
    with Vault(redis_server().url, SECRET, prefix=prefix) as vault:
        redis_server().command("SET", f"{prefix}:vault:name", rubbish)

        assert vault.get("name") is None


def test_a_value_goes_with_its_time() -> None:
    prefix = own_prefix()
    with Vault(redis_server().url, SECRET, prefix=prefix) as vault:
        vault.put("name", b"x", seconds=3_300.7)
        vault.put("over", b"x", seconds=0.5)
        vault.put("long over", b"x", seconds=-60)

        assert redis_server().command("TTL", f"{prefix}:vault:name") == 3_300
        assert vault.get("over") is None
        assert vault.get("long over") is None


def test_what_was_forgotten_is_gone(vault: Vault) -> None:
    vault.put("name", b"x", seconds=60)

    vault.forget("name")

    assert vault.get("name") is None


def test_a_redis_that_went_away_is_an_empty_vault() -> None:
    with own_redis() as server, Vault(server.url, SECRET) as vault:
        vault.put("name", b"x", seconds=60)
        server.kill()

        vault.put("name", b"x", seconds=60)
        vault.forget("name")

        assert vault.get("name") is None


def test_an_address_that_cannot_be_read_is_told_without_it() -> None:
    with pytest.raises(Misconfigured) as caught:
        Vault("secret-password@nowhere", SECRET)

    assert "REDIS_URL" in str(caught.value)
    assert "secret" not in str(caught.value)
