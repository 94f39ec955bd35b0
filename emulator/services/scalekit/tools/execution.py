"""Running a tool: the account's token, the provider's answer, and what a refusal of the provider becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....kernel.service import Upstream
from ..accounts import EXPIRED, Account
from ..errors import AccountInactive, Code, ToolError, ToolFailure, WrongProvider
from ..platform import Platform
from .definition import ProviderReply, Tool, ToolRun
from .inputs import coerced

__all__ = ["execute"]

_CODES = {401: Code.UNAUTHENTICATED, 403: Code.PERMISSION_DENIED, 429: Code.RESOURCE_EXHAUSTED}


def execute(
    platform: Platform, upstream: Upstream, tool: Tool, account: Account, given: Mapping[str, Any], execution_id: str
) -> Mapping[str, Any]:
    """The provider's answer for ``account``. Raises the refusal the SDKs turn into an exception of their own.

    Account, provider and inputs are checked before the provider hears anything.
    """
    connection = platform.connection_of(account)
    if connection.provider.key != tool.provider:
        raise WrongProvider(tool.name, tool.provider, connection.provider.key)
    inputs = coerced(tool.inputs, given)
    if platform.tools.is_added(tool.name):
        inputs = {**given, **inputs}
    account = platform.vault.fresh(upstream, connection, account)
    _require_active(account, execution_id)
    platform.accounts.note_use(account.id)
    try:
        return tool.execute(ToolRun(tool.name, inputs, account, connection.provider.api_root, upstream))
    except ProviderReply as refused:
        if refused.status != 401 or connection.type != "OAUTH":
            raise _failed(refused, execution_id) from None
    # A token the provider took back before its time: one attempt with a fresh one tells whether the grant is gone too.
    account = platform.vault.refreshed(upstream, connection, account)
    _require_active(account, execution_id)
    try:
        return tool.execute(ToolRun(tool.name, inputs, account, connection.provider.api_root, upstream))
    except ProviderReply as refused:
        raise _failed(refused, execution_id) from None


def _require_active(account: Account, execution_id: str) -> None:
    if account.status == EXPIRED:
        text = "provider token expired or revoked, re-authorize the connected account"
        refusal = ToolError(Code.UNAUTHENTICATED, ToolFailure(execution_id, text, Code.UNAUTHENTICATED.name))
        refusal.cause = "account_expired"
        raise refusal
    if not account.is_active:
        raise AccountInactive(account.status)


def _failed(refused: ProviderReply, execution_id: str) -> ToolError:
    code = _CODES.get(refused.status, Code.INTERNAL)
    refusal = ToolError(code, ToolFailure(execution_id, refused.text, code.name))
    refusal.cause = f"provider_{refused.status}"
    return refusal
