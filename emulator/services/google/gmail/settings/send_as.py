"""Addresses a mailbox may send from: its own, and aliases whose owners confirmed them.

Facts: "Managing aliases and signatures with the Gmail API" and the discovery document; the primary's shape is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .....kernel.service import Kernel
from ...errors import FailedPrecondition, InvalidArgument, NotFound
from ..mailbox import Mailbox
from .access import already_there, are_colleagues, checked_address
from .signature import sanitised
from .store import Resource, SettingStore

__all__ = ["SendAs"]

_KIND = "sendAs"
_TEXTS = ("displayName", "replyToAddress", "signature")
_LARGEST_PORT = 65535


class SendAs:
    """The addresses one mailbox sends from. The primary is always there and cannot be deleted."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox) -> None:
        self._kernel = kernel
        self._mailbox = mailbox
        self._store = SettingStore(kernel.world, mailbox.number)

    def all(self) -> list[Resource]:
        """Every address, the primary first."""
        account = self._mailbox.account
        return [self._primary(), *(each for each in self._store.all(_KIND) if each["sendAsEmail"] != account)]

    def get(self, email: str) -> Resource:
        """One address. Raises ``NotFound``."""
        if self.is_primary(email):
            return self._primary()
        found = self._store.get(_KIND, email.lower())
        if found is None:
            raise NotFound
        return found

    def is_primary(self, email: str) -> bool:
        """Whether this is the address of the account."""
        return email.lower() == self._mailbox.account

    @property
    def accepted(self) -> tuple[str, ...]:
        """The addresses mail may come from, the primary first."""
        return tuple(each["sendAsEmail"] for each in self.all() if each.get("verificationStatus") != "pending")

    @property
    def default(self) -> Resource:
        """The address of a message that names none."""
        return next((each for each in self.all() if each.get("isDefault")), self._primary())

    def create(self, body: Mapping[str, Any]) -> Resource:
        """A further address, pending unless it is the organization's own. Raises ``InvalidArgument``, ``Aborted``."""
        email = checked_address(body.get("sendAsEmail", ""), "sendAsEmail")
        if self.is_primary(email) or self._store.get(_KIND, email) is not None:
            raise already_there("Send-as address")
        accepted = are_colleagues(self._kernel.world, self._mailbox.account, email)
        status = "accepted" if accepted else "pending"
        made = _alias(email, body, status)
        self._store.put(_KIND, made, email)
        if accepted and body.get("isDefault"):
            self._make_default(email)
        return self.get(email)

    def update(self, email: str, body: Mapping[str, Any]) -> Resource:
        """Replace what may be changed of an address. Raises ``NotFound``, ``FailedPrecondition``."""
        return self._change(email, {**dict.fromkeys(_TEXTS, ""), **body})

    def patch(self, email: str, body: Mapping[str, Any]) -> Resource:
        """Change what the body names. Raises like ``update``."""
        return self._change(email, body)

    def delete(self, email: str) -> None:
        """Forget an alias; were it the default, the primary becomes it. Raises ``NotFound``, ``InvalidArgument``."""
        if self.is_primary(email):
            raise InvalidArgument("Cannot delete the primary send-as address", cause="primary_send_as")
        was_default = self.get(email).get("isDefault")
        self._store.delete(_KIND, email.lower())
        if was_default:
            self._make_default(self._mailbox.account)

    def require_pending(self, email: str) -> None:
        """Raise ``NotFound``, or ``FailedPrecondition`` for an address whose owner need not be asked."""
        if self.get(email).get("verificationStatus") != "pending":
            raise FailedPrecondition(cause="send_as_not_pending")

    def confirm(self, email: str) -> None:
        """The owner of an address agrees. Raises ``NotFound``."""
        found = self.get(email)
        if not self.is_primary(email):
            self._store.put(_KIND, {**found, "verificationStatus": "accepted"}, email.lower())

    def _change(self, email: str, body: Mapping[str, Any]) -> Resource:
        found = self.get(email)
        if body.get("isDefault") and found.get("verificationStatus") == "pending":
            raise FailedPrecondition(cause="send_as_pending")
        found |= {name: _text(name, body[name]) for name in _TEXTS if name in body}
        if not self.is_primary(email):
            found |= {"treatAsAlias": body["treatAsAlias"]} if "treatAsAlias" in body else {}
            found |= {"smtpMsa": _relay(body["smtpMsa"])} if "smtpMsa" in body else {}
        self._store.put(_KIND, found, email.lower())
        if body.get("isDefault"):
            self._make_default(email.lower())
        return self.get(email)

    def _primary(self) -> Resource:
        kept = self._store.get(_KIND, self._mailbox.account)
        texts = dict.fromkeys(_TEXTS, "")
        return kept or {"sendAsEmail": self._mailbox.account, **texts, "isPrimary": True, "isDefault": True}

    def _make_default(self, email: str) -> None:
        for each in self.all():
            name = each["sendAsEmail"]
            if name == email:
                each = _with_default(each)  # noqa: PLW2901 - the same address with one more key
            elif "isDefault" not in each:
                continue
            else:
                del each["isDefault"]
            self._store.put(_KIND, each, name)


def _alias(email: str, body: Mapping[str, Any], status: str) -> Resource:
    value: Resource = {"sendAsEmail": email, **{name: _text(name, body.get(name, "")) for name in _TEXTS}}
    value["treatAsAlias"] = body.get("treatAsAlias", False)
    if "smtpMsa" in body:
        value["smtpMsa"] = _relay(body["smtpMsa"])
    return {**value, "verificationStatus": status}


def _text(name: str, value: str) -> str:
    if name == "signature":
        return sanitised(value)
    return checked_address(value, name) if name == "replyToAddress" and value else value


def _relay(given: Mapping[str, Any]) -> Resource:
    """An SMTP relay without its credentials, which are never given back. Raises ``InvalidArgument``."""
    host, port = given.get("host", ""), given.get("port", 0)
    if not host or not 0 < port <= _LARGEST_PORT:
        raise InvalidArgument("Invalid smtpMsa", cause="smtp_relay")
    mode = given.get("securityMode", "securityModeUnspecified")
    return {"host": host, "port": port, "securityMode": "none" if mode == "securityModeUnspecified" else mode}


def _with_default(found: Resource) -> Resource:
    """``found`` marked as the default, in the place the key has on the wire."""
    order = ("sendAsEmail", *_TEXTS, "isPrimary", "isDefault", "treatAsAlias", "smtpMsa", "verificationStatus")
    marked = {**found, "isDefault": True}
    return {name: marked[name] for name in order if name in marked}
