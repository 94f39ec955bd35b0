"""``grant_type=...:device_code``: a device asks whether its person has answered.

A refused poll is remembered, since the next one is judged by it; these errors are therefore returned, not raised.
"""

from __future__ import annotations

from .....kernel.http import Reply
from .....kernel.service import Exchange
from ...devices import Device
from ...project import Client, Project
from ...scopes import with_openid
from ..errors import InvalidGrant, MissingParameter, OAuthError
from ..grant_errors import AuthorizationPending, DeviceCodeExpired, DeviceRefused, OrgInternal, SlowDown
from ..state import AuthorizationServer
from .answer import token_answer

__all__ = ["device_code", "legacy_device_code"]


def device_code(server: AuthorizationServer, exchange: Exchange, parameters: dict[str, str]) -> Reply:
    """One poll."""
    return _poll(server, exchange, parameters, "device_code")


def legacy_device_code(server: AuthorizationServer, exchange: Exchange, parameters: dict[str, str]) -> Reply:
    """One poll under the grant type of before RFC 8628, which names its parameter ``code``."""
    return _poll(server, exchange, parameters, "code")


def _poll(server: AuthorizationServer, exchange: Exchange, parameters: dict[str, str], name: str) -> Reply:
    client = server.clients.of(exchange.call, parameters)
    if not (value := parameters.get(name, "")):
        raise MissingParameter(name)
    device = server.devices.find(value)
    if device is None or device.client_id != client.client_id:
        raise InvalidGrant(cause="device_code_unknown" if device is None else "device_code_of_another_client")
    if device.state == "consumed":
        raise InvalidGrant(cause="device_code_used")
    if server.devices.is_expired(device):
        raise DeviceCodeExpired
    in_time = server.devices.poll(device)
    refusal = _refusal(server, client, device, in_time=in_time)
    if refusal is not None:
        exchange.entry.cause = refusal.cause
        return server.worded(refusal).reply()
    return _tokens(server, exchange, client, device)


def _refusal(server: AuthorizationServer, client: Client, device: Device, *, in_time: bool) -> OAuthError | None:
    """Why this poll brings no tokens."""
    if device.state == "denied":
        return DeviceRefused()
    if device.state == "approved" and device.account is not None:
        return None if _admits(server, client.project, device.account) else OrgInternal()
    return AuthorizationPending() if in_time else SlowDown()


def _admits(server: AuthorizationServer, project: Project, account: str) -> bool:
    """Whether a project lets an account in at all: internal ones only their organization's."""
    person = server.people.find(account)
    return project.user_type == "external" or (person is not None and person.organization == project.organization)


def _tokens(server: AuthorizationServer, exchange: Exchange, client: Client, device: Device) -> Reply:
    account, scopes = device.account or "", with_openid(device.scopes)
    server.standing.check(account, client.client_id, scopes, server.now())
    server.devices.consume(device)
    server.tokens.grant(account, client.project.id, scopes)
    refresh = server.tokens.issue_refresh(account, client.client_id, scopes)
    access = server.tokens.issue_access(account, client.client_id, scopes, refresh_token=refresh.token)
    return token_answer(server, exchange, access, refresh, shows_refresh=True)
