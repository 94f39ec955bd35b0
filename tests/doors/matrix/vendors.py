"""The application behind the matrix: every vendor's least answer."""

from __future__ import annotations

import struct
from typing import Any

from emulator.kernel.http import Call, Headers, Reply
from emulator.kernel.websocket import WebSocketHandler

ADDRESS = "ada@example.com"
GRPC = Headers({"content-type": "application/grpc"})


def list_of_accounts() -> bytes:
    """A ``ListConnectedAccountsResponse`` with one account: its field 1, whose field 1 is the identifier."""
    account = b"\x0a" + bytes([len(ADDRESS)]) + ADDRESS.encode()
    return b"\x0a" + bytes([len(account)]) + account


def framed(message: bytes) -> Reply:
    return Reply(200, GRPC, struct.pack(">BI", 0, len(message)) + message, trailers=Headers({"grpc-status": "0"}))


class Vendors:
    """Every vendor's least answer in which the demo address stands."""

    domains = ("googleapis.com", "google.com", "apify.com", "notion.com", "openai.com", "scalekit.dev")

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.refused: list[tuple[str, int, str, str]] = []
        self.broken: list[tuple[str, str]] = []

    def respond(self, call: Call) -> Reply:
        self.calls.append(call)
        if call.content_type.startswith("application/grpc"):
            is_list = call.path.endswith("/ListConnectedAccounts")
            return framed(list_of_accounts()) if is_list else framed(call.body[5:])
        answers: dict[str, Any] = {
            "/gmail/v1/users/me/profile": {"emailAddress": ADDRESS, "messagesTotal": 1},
            "/token": {"access_token": f"ya29.{ADDRESS}", "expires_in": 3599, "token_type": "Bearer"},
            "/oauth/token": {"access_token": "eyJ.x.y", "expires_in": 3599, "token_type": "Bearer"},
            "/v2/key-value-stores/store/records/INPUT": {"emailAddress": ADDRESS},
            "/v1/users/me": {"object": "user", "id": "u", "type": "bot", "bot": {}, "name": ADDRESS},
            "/v1/models": {"object": "list", "data": [{"id": ADDRESS, "object": "model", "created": 1}]},
        }
        if call.path not in answers:
            return Reply.json({"error": f"no answer for {call.url}"}, 404)
        return Reply.json(answers[call.path])

    def websocket(self, call: Call) -> WebSocketHandler | None:
        return None

    def knows(self, host: str) -> bool:
        return host in {"127.0.0.1", "localhost"} or any(host.endswith("." + domain) for domain in self.domains)

    def refuse(self, host: str, port: int, peer: str, reason: str) -> None:
        self.refused.append((host, port, peer, reason))

    def break_off(self, peer: str, reason: str) -> None:
        self.broken.append((peer, reason))

    def date(self) -> str:
        return "Thu, 01 Jan 2026 00:00:00 GMT"
