"""One call of a method, whichever way it came: read, authenticate, check, run, write.

Refusals undo what the call has changed, save those that say otherwise.
"""

from __future__ import annotations

from typing import Any

from ...kernel.http import Reply
from ...kernel.pipeline import is_loopback
from ...kernel.service import Exchange
from .descriptors import message_class
from .errors import Code, MalformedMessage, NotImplementedHere, Refusal
from .framing import LARGEST_MESSAGE, unframe
from .handlers import bindings
from .handlers.binding import MethodCall
from .platform import Platform
from .rendering import rendering_of
from .surface import METHODS, Method, is_rpc_path
from .validation import validate

__all__ = ["call_method"]

CREATED = frozenset(("scalekit.ConnectedAccountService.CreateConnectedAccount",))


def call_method(platform: Platform, exchange: Exchange) -> Reply:
    """The reply to a method call, in the rendering of the call."""
    rendering = rendering_of(grpc=is_rpc_path(exchange.call))
    try:
        with exchange.kernel.world.transaction():
            try:
                response = _perform(platform, exchange)
            except Refusal as refusal:
                if not refusal.keeps:
                    raise
                exchange.entry.cause = refusal.cause
                return rendering.refusal(refusal)
    except Refusal as refusal:
        exchange.entry.cause = refusal.cause
        return rendering.refusal(refusal)
    return rendering.answer(response, 201 if exchange.operation.id in CREATED else 200)


def _perform(platform: Platform, exchange: Exchange) -> Any:
    method = METHODS[exchange.operation.id]
    # The Python SDK sends its token in two lines, of which one may be stale.
    lines = exchange.call.headers.get_all("authorization")
    domain = None if is_loopback(exchange.call.host) else exchange.call.host
    environment, client = platform.bearers.caller(lines, domain)
    exchange.entry.principal = client
    if (handler := bindings.handler(method.id)) is None:
        raise NotImplementedHere(f"{method.id} is not emulated")
    request = _rpc_request(method, exchange) if is_rpc_path(exchange.call) else _rest_request(method, exchange)
    exchange.entry.parameters = _shown(request)
    validate(request)
    return handler(MethodCall(platform, exchange, request, environment))


def _rpc_request(method: Method, exchange: Exchange) -> Any:
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - with the first Scalekit call

    payload = unframe(exchange.call)
    try:
        return message_class(method.request).FromString(payload)
    except DecodeError:
        text = "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data"
        raise MalformedMessage(text) from None


def _rest_request(method: Method, exchange: Exchange) -> Any:
    """The request in path, query and JSON body, as the gateway reads them."""
    from google.protobuf.json_format import Parse, ParseError  # noqa: PLC0415 - with the first REST call

    call = exchange.call
    if len(call.body) > LARGEST_MESSAGE:
        raise MalformedMessage(
            f"grpc: received message larger than max ({len(call.body)} vs. {LARGEST_MESSAGE})", Code.RESOURCE_EXHAUSTED
        )
    request = message_class(method.request)()
    try:
        if call.body.strip():
            Parse(call.body, request)
        for name, value in [*call.query_pairs, *exchange.path_parameters.items()]:
            _set(request, name.split("."), value)
    except (ParseError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(f"proto: {str(error) or 'syntax error'}", Code.INVALID_ARGUMENT) from None
    return request


def _set(request: Any, path: list[str], value: str) -> None:
    """Set one query parameter; the gateway ignores those it does not know."""
    from google.protobuf.json_format import ParseDict  # noqa: PLC0415

    name, *rest = path
    field = request.DESCRIPTOR.fields_by_name.get(name)
    if field is None or (name == "id" and value in {"this", "-"}):
        return
    if rest:
        if field.message_type is not None and not field.is_repeated:
            _set(getattr(request, name), rest, value)
        return
    spelled: Any = {"true": True, "false": False}.get(value, value) if field.type == field.TYPE_BOOL else value
    if field.message_type is not None and field.message_type.full_name == "google.protobuf.BoolValue":
        spelled = value == "true"
    if field.is_repeated:
        # Parsing would replace what an earlier parameter of the name gave.
        ParseDict({name: [*getattr(request, name), spelled]}, request)
    else:
        ParseDict({name: spelled}, request)


def _shown(request: Any) -> dict[str, Any]:
    """The request as the journal shows it: plain fields only, since the others may hold credentials."""
    return {
        field.name: list(value) if field.is_repeated else value
        for field, value in request.ListFields()
        if field.message_type is None
    }
