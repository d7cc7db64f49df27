"""A request and a key come in, what can be written on the wire goes out."""

from __future__ import annotations

from dataclasses import replace

from llm_runtime.errors import AuthenticationFailed
from llm_runtime.messages import Exchange, Request
from llm_runtime.providers.failures import Address, failure


def sendable(request: Request, address: Address) -> Request:
    """The request with every text encodable.

    Half characters (lone surrogates, which stand for bytes of a file that is not UTF-8) have no place in JSON on the
    wire; they become U+FFFD.

    Raises:
        AuthenticationFailed: The key cannot stand in a header: somebody pasted more than a key.
    """
    require_sendable_key(address)
    return replace(
        request,
        system=_encodable(request.system),
        context=tuple(_encodable(text) for text in request.context),
        question=_encodable(request.question),
        exchanges=tuple(
            Exchange(_encodable(exchange.answer), _encodable(exchange.reply)) for exchange in request.exchanges
        ),
    )


def require_sendable_key(address: Address) -> None:
    """Nothing, if the key can stand in a header.

    Raises:
        AuthenticationFailed: It cannot: somebody pasted more than a key.
    """
    if not (address.secret.isascii() and address.secret.isprintable()) or " " in address.secret:
        raise failure(AuthenticationFailed, address)


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
