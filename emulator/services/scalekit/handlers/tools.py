"""``ToolService``: listing tools and running them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import wire
from ..accounts import ACTIVE, EXPIRED, Account, Filter
from ..descriptors import message
from ..errors import AccountNotFound, InvalidArgument, ToolNotFound, Violation
from ..providers import provider_of
from ..tools.definition import Tool
from ..tools.execution import execute
from .binding import MethodCall, bindings
from .paging import place_of, token_for

__all__ = ["execute_tool", "list_available_tools", "list_scoped_tools", "list_tools", "search_tools"]

SERVICE = "scalekit.ToolService."
TOOLS = "scalekit.v1.tools."
LIST_DEFAULT, LIST_MOST, QUERIED_MOST, SEARCH_DEFAULT, SEARCH_MOST = 300, 1000, 100, 10, 50
ACCOUNTS_MOST = 1000
READY, NEEDS_CONNECTION, NEEDS_REAUTH = 1, 2, 3


@bindings.bind(f"{SERVICE}ExecuteTool")
def execute_tool(call: MethodCall) -> Any:
    """Run a tool for an account."""
    request = call.request
    if (tool := call.platform.tools.find(request.tool_name)) is None:
        raise ToolNotFound(request.tool_name)
    account = _account_of(call, tool)
    execution_id = call.exchange.kernel.ids.uuid4()
    given = wire.plain_struct(request.params)
    data = execute(call.platform, call.exchange.upstream, tool, account, given, execution_id)
    return call.response(data=wire.struct(data), execution_id=execution_id)


def _account_of(call: MethodCall, tool: Tool) -> Account:
    """The account by id, by connection and identifier, or by the tool's provider and identifier."""
    request, accounts = call.request, call.platform.accounts
    if request.connected_account_id:
        return accounts.get(request.connected_account_id, call.environment)
    if not request.identifier:
        raise InvalidArgument(Violation("identifier", "value is required without connected_account_id", "required"))
    if request.connector:
        connection = call.platform.connections.find(call.environment, request.connector)
        found = accounts.find(connection.id, request.identifier)
    else:
        found = accounts.of_provider(call.environment, tool.provider, request.identifier)
    if found is None:
        raise AccountNotFound
    return found


@bindings.bind(f"{SERVICE}ListTools")
def list_tools(call: MethodCall) -> Any:
    """Tools by the filter's provider, names, connection, account or words."""
    request = call.request
    wanted = request.filter
    found = _matching(call, _providers(call), tuple(wanted.tool_name), wanted.query)
    most = QUERIED_MOST if wanted.query else LIST_MOST
    shown, answer = _cut(call, found, min(request.page_size or LIST_DEFAULT, most))
    answer.tool_names.extend(tool.name for tool in shown)
    answer.tools.extend(_tool(tool, summary=wanted.summary.value) for tool in shown)
    return answer


def _providers(call: MethodCall) -> frozenset[str] | None:
    """The providers a filter leaves, ``None`` for all. Raises ``AccountNotFound`` or ``ConnectionNotFound``."""
    wanted, platform = call.request.filter, call.platform
    if wanted.connected_account_id:
        account = platform.accounts.get(wanted.connected_account_id, call.environment)
        return frozenset((platform.connection_of(account).provider.key,))
    if wanted.connector:
        return frozenset((platform.connections.find(call.environment, wanted.connector).provider.key,))
    if wanted.identifier and not wanted.provider:
        held = _accounts(call, wanted.identifier)
        if not held:
            raise AccountNotFound
        return frozenset(platform.connection_of(each).provider.key for each in held)
    return frozenset((wanted.provider.upper(),)) if wanted.provider else None


@bindings.bind(f"{SERVICE}ListScopedTools")
def list_scoped_tools(call: MethodCall) -> Any:
    """The tools an identifier's accounts can run, each with the account."""
    request, platform = call.request, call.platform
    wanted = request.filter
    names = {name.lower() for name in wanted.connection_names}
    providers = {name.upper() for name in wanted.providers}
    pairs = []
    for account in _accounts(call, request.identifier):
        connection = platform.connection_of(account)
        if (names and connection.name.lower() not in names) or (providers and connection.provider.key not in providers):
            continue
        found = _matching(call, frozenset((connection.provider.key,)), tuple(wanted.tool_names))
        pairs += [(tool, account) for tool in found]
    shown, answer = _cut(call, pairs, min(request.page_size or LIST_DEFAULT, LIST_MOST))
    for tool, account in shown:
        answer.tools.add(tool=_tool(tool), identifier=account.identifier, connected_account_id=account.id)
    return answer


@bindings.bind(f"{SERVICE}ListAvailableTools")
def list_available_tools(call: MethodCall) -> Any:
    """The tools of every provider an identifier has an account at."""
    request, platform = call.request, call.platform
    providers = {platform.connection_of(each).provider.key for each in _accounts(call, request.identifier)}
    found = _matching(call, frozenset(providers))
    shown, answer = _cut(call, found, min(request.page_size or LIST_DEFAULT, LIST_MOST))
    answer.tools.extend(_tool(tool) for tool in shown)
    return answer


@bindings.bind(f"{SERVICE}SearchTools")
def search_tools(call: MethodCall) -> Any:
    """Tools by the words of a query, best first."""
    request = call.request
    words = request.query.lower().replace("_", " ").split()
    scored = sorted(
        ((_score(tool, words), tool) for tool in call.platform.tools.all()), key=lambda pair: (-pair[0], pair[1].name)
    )
    answer = call.response()
    for score, tool in scored[: min(request.top_k or SEARCH_DEFAULT, SEARCH_MOST)]:
        if score:
            found = answer.tools.add(name=tool.name, provider=tool.provider, description=tool.description, score=score)
            found.connections.extend(_readiness(call, tool, request.identifier))
    return answer


def _readiness(call: MethodCall, tool: Tool, identifier: str) -> Iterable[Any]:
    """For each connection of the tool's provider: can the identifier use it?"""
    kind = message(f"{TOOLS}SearchedTool").connections
    for connection in call.platform.connections.all(call.environment):
        if connection.provider.key == tool.provider:
            account = call.platform.accounts.find(connection.id, identifier) if identifier else None
            status = account.status if account is not None else ""
            state = READY if status == ACTIVE else NEEDS_REAUTH if status == EXPIRED else NEEDS_CONNECTION
            yield kind.add(
                connection_name=connection.name,
                connected_account_id=account.id if account is not None else "",
                readiness_state=state,
            )


def _score(tool: Tool, words: list[str]) -> float:
    """The share of the words that name or description hold; a name counts twice."""
    name, text = tool.name.replace("_", " "), tool.description.lower()
    hits = sum(2 * (word in name) + (word in text) for word in words)
    return hits / (3 * len(words)) if words else 0.0


def _accounts(call: MethodCall, identifier: str) -> list[Account]:
    return call.platform.accounts.page(Filter(call.environment, identifier=identifier), ACCOUNTS_MOST)


def _matching(
    call: MethodCall, providers: frozenset[str] | None, names: tuple[str, ...] = (), query: str = ""
) -> list[Tool]:
    words = query.lower().split()
    return [
        tool
        for tool in call.platform.tools.all()
        if (providers is None or tool.provider in providers)
        and (not names or tool.name in names)
        and all(word in f"{tool.name} {tool.description}".lower() for word in words)
    ]


def _cut(call: MethodCall, found: list[Any], size: int) -> tuple[list[Any], Any]:
    """One page of a list, and the response with its tokens and total."""
    after = place_of(call.request.page_token)
    answer = call.response(total_size=len(found))
    if after + size < len(found):
        answer.next_page_token = token_for(after + size)
    if after:
        answer.prev_page_token = token_for(max(0, after - size), back=True)
    return found[after : after + size], answer


def _tool(tool: Tool, *, summary: bool = False) -> Any:
    definition = tool.definition(provider_of(tool.provider).api_root)
    if summary:
        definition = {name: definition[name] for name in ("name", "display_name", "description")}
    answer = message(f"{TOOLS}Tool", id=tool.id, provider=tool.provider, definition=wire.struct(definition))
    answer.is_default.value = True
    return answer
