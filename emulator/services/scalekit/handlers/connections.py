"""``ConnectionService``, as far as ``actions`` reaches it."""

from __future__ import annotations

from typing import Any

from .. import wire
from .binding import MethodCall, bindings
from .paging import place_of, token_for

__all__ = ["list_app_connections"]

DEFAULT_PAGE = 30


@bindings.bind("scalekit.ConnectionService.ListAppConnections")
def list_app_connections(call: MethodCall) -> Any:
    """The connections of the environment by name."""
    request, query = call.request, call.request.query.lower()
    found = [
        each
        for each in call.platform.connections.all(call.environment)
        if (not request.provider or each.provider.key == request.provider.upper()) and query in each.name.lower()
    ]
    size, after = request.page_size or DEFAULT_PAGE, place_of(request.page_token)
    answer = call.response(total_size=len(found))
    answer.connections.extend(wire.app_connection(each) for each in found[after : after + size])
    if after + size < len(found):
        answer.next_page_token = token_for(after + size)
    if after:
        answer.prev_page_token = token_for(max(0, after - size), back=True)
    return answer
