"""One function for each control route. Each takes the app and the request, and answers a JSON value."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from ..app import App
from ..kernel.clock import rfc3339
from ..kernel.http import Call, Reply
from ..kernel.journal import har, jsonl
from ..kernel.seed import SeedDocument, read
from . import requests
from .checkpoints import Checkpoints
from .google import GOOGLE_ROUTES
from .scalekit import SCALEKIT_ROUTES

__all__ = ["ROUTES", "ControlError", "Request", "Route"]

Record = TypeVar("Record")


class ControlError(Exception):
    """A request the control API cannot carry out; the text says what to send instead."""


@dataclass(frozen=True, slots=True)
class Request:
    """One control call and what it acts on."""

    call: Call
    app: App
    checkpoints: Checkpoints
    environment: Callable[[], dict[str, str]]

    def body(self, record: type[Record]) -> Record:
        """The JSON body as ``record``. Raises ``SeedError`` naming line and field."""
        return read(SeedDocument.load(self.call.body or b"{}", "request body"), record, self.app.clock.now())

    def argument(self, name: str) -> str | None:
        """A query parameter, ``None`` where absent."""
        return next((value for key, value in self.call.query_pairs if key == name), None)


Route = Callable[[Request], Any]


def health(request: Request) -> Any:
    """Ready, with the virtual time and the emulated hosts."""
    return {"status": "ok", "now": rfc3339(request.app.clock.now()), "hosts": list(request.app.directory.hosts)}


def credentials(request: Request) -> Any:
    """What an Actor can be given: every user's client id, secret, refresh token and scopes."""
    return {"google": [asdict(each) for each in request.app.google.credentials()]}


def environment(request: Request) -> Any:
    """The variables that lead a command started on this machine here."""
    return request.environment()


def tokens(request: Request) -> Any:
    """Mint an access token, or expire or revoke those of a user."""
    wanted = request.body(requests.TokenRequest)
    user = request.app.google.user(wanted.user)
    if wanted.action == "expire":
        return {"expired": user.expire_access_tokens()}
    if wanted.action == "revoke":
        user.revoke(wanted.client)
        return {"revoked": True}
    if not wanted.scopes:
        raise ControlError('scopes: name at least one, such as ["gmail.readonly"]')
    client = wanted.client or user.credentials().client
    return {"access_token": user.access_token(client, wanted.scopes), "expires_in": 3599, "token_type": "Bearer"}


def consent(request: Request) -> Any:
    """How authorizations are decided, and the pages that wait for a person."""
    desk = request.app.consent
    return {"mode": desk.mode, "waiting": list(desk.waiting)}


def decide(request: Request) -> Any:
    """Decide about an authorization URL, or change how those to come are decided."""
    wanted = request.body(requests.ConsentRequest)
    if bool(wanted.url) == bool(wanted.mode):
        raise ControlError('send either "url": an authorization URL, or "mode": "auto", "manual" or "deny"')
    if wanted.mode is not None:
        request.app.consent.mode = wanted.mode
        return consent(request)
    decision = request.app.consent.decide(
        wanted.url, user=wanted.user, approve=wanted.approve, only=wanted.only or None, lifetime=wanted.lifetime
    )
    return asdict(decision)


def reset(request: Request) -> Any:
    """The world as it began."""
    request.app.reset()
    return {"status": "reset"}


def seed(request: Request) -> Any:
    """Apply seeds to the world as it is."""
    wanted = request.body(requests.SeedRequest)
    if bool(wanted.seeds) == bool(wanted.text):
        raise ControlError('send either "seeds": [names] or "text": a seed written out')
    request.app.seed(*wanted.seeds, text=wanted.text)
    return {"status": "seeded"}


def checkpoint(request: Request) -> Any:
    """Remember the whole world under a new id."""
    return {"id": request.checkpoints.take(request.app)}


def restore(request: Request) -> Any:
    """Return to a remembered world; it stays remembered."""
    request.checkpoints.restore(request.app, request.body(requests.RestoreRequest).checkpoint)
    return {"status": "restored"}


def world(request: Request) -> Any:
    """The whole world as the bytes of a SQLite file."""
    return request.app.world.image()


def replace_world(request: Request) -> Any:
    """Become the world whose SQLite file is the body. Raises ``WorldError`` and changes nothing for any other body."""
    request.app.world.load(request.call.body)
    return {"status": "restored"}


def clock(request: Request) -> Any:
    """What time it is, and how fast it runs."""
    now = request.app.clock
    return {"now": rfc3339(now.now()), "speed": now.rate, "frozen": now.frozen}


def change_clock(request: Request) -> Any:
    """Set, advance, speed up or freeze time."""
    change, now = request.body(requests.ClockChange), request.app.clock
    if change == requests.ClockChange():
        raise ControlError(
            'send one of "advance": "1h 30m", "set": an RFC 3339 instant, "speed": number, "freeze": true'
        )
    with request.app.world.transaction():  # all of it or, where one part is refused, nothing
        if change.set is not None:
            now.set(change.set)
        if change.advance is not None:
            now.advance(change.advance)
        if change.speed is not None:
            now.speed(change.speed)
        if change.freeze:
            now.freeze()
    return clock(request)


def faults(request: Request) -> Any:
    """The armed faults."""
    return {"faults": [{"number": number, "fault": str(fault)} for number, fault in request.app.faults]}


def add_fault(request: Request) -> Any:
    """Arm one fault."""
    return {"number": request.app.faults.add(request.body(requests.FaultDeclaration).fault())}


def clear_faults(request: Request) -> Any:
    """Disarm one fault (``?number=``) or all of them."""
    if (number := request.argument("number")) is None:
        request.app.faults.clear()
    elif number.isdigit():
        request.app.faults.remove(int(number))
    else:
        raise ControlError(f"number: {number!r} is not the number of a fault")
    return faults(request)


def journal(request: Request) -> Any:
    """The calls so far, secrets masked; ``?operation=`` and ``?status=`` narrow them, ``?format=`` chooses how."""
    status, style = request.argument("status"), request.argument("format")
    if status is not None and not status.isdigit():
        raise ControlError(f"status: {status!r} is not an HTTP status")
    found = request.app.journal.calls(request.argument("operation"), status=int(status) if status else None)
    if style == "jsonl":
        return Reply.text(jsonl(found), content_type="application/jsonl; charset=utf-8")
    if style == "har":
        return har(found)
    if style not in {None, "json"}:
        raise ControlError(f"format: {style!r} is not one of json, jsonl, har")
    refused = [refusal.public() for refusal in request.app.journal.refusals]
    return {"calls": [entry.public() for entry in found], "refused": refused}


def clear_journal(request: Request) -> Any:
    """Forget the calls so far."""
    request.app.journal.clear()
    return {"calls": [], "refused": []}


def mail(request: Request) -> Any:
    """Deliver RFC 822 messages into a mailbox now."""
    wanted = request.body(requests.MailRequest)
    mailbox = request.app.gmail.mailbox(wanted.user)
    ids = []
    with request.app.world.transaction():
        for position, message in enumerate(wanted.messages):
            raw = _decoded(message.raw, f"messages[{position}].raw")
            ids.append(mailbox.deliver(raw, labels=message.labels, received=message.received))
    return {"ids": ids}


def coverage(request: Request) -> Any:
    """Implemented and missing operations of each service."""
    return {
        "services": [
            {"service": each.service, "operations": len(each.operations), "bound": each.bound, "unbound": each.unbound}
            for each in request.app.coverage()
        ]
    }


def report(request: Request) -> Any:
    """What was called how often and what went wrong."""
    kept = request.app.journal
    return {
        "calls": [
            {"operation": operation, "status": status, "count": count}
            for (operation, status), count in sorted(kept.tally.items())
        ],
        "refused": [refusal.public() for refusal in kept.refusals],
        "unrouted": [entry.public() for entry in kept.unrouted],
        "crashed": [entry.public() for entry in kept.crashes],
    }


def _decoded(raw: str, field: str) -> bytes:
    try:
        return base64.b64decode(raw, altchars=b"-_" if set(raw) & {"-", "_"} else None, validate=True)
    except (binascii.Error, ValueError):
        raise ControlError(f"{field}: not base64") from None


ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "health"): health,
    ("GET", "credentials"): credentials,
    ("GET", "environment"): environment,
    ("POST", "tokens"): tokens,
    ("GET", "consent"): consent,
    ("POST", "consent"): decide,
    ("POST", "reset"): reset,
    ("POST", "seed"): seed,
    ("POST", "checkpoint"): checkpoint,
    ("POST", "restore"): restore,
    ("GET", "world"): world,
    ("PUT", "world"): replace_world,
    ("GET", "clock"): clock,
    ("POST", "clock"): change_clock,
    ("GET", "faults"): faults,
    ("POST", "faults"): add_fault,
    ("DELETE", "faults"): clear_faults,
    ("GET", "journal"): journal,
    ("DELETE", "journal"): clear_journal,
    ("POST", "mail"): mail,
    ("GET", "coverage"): coverage,
    ("GET", "report"): report,
    **GOOGLE_ROUTES,
    **SCALEKIT_ROUTES,
}
