"""Each row of the Actor's table of failures, brought about in the emulated world: status message and exit code 1."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator import Emulator, Fault
from fixtures.actor import ActorRunner

Input = dict[str, Any]
Cause = Callable[[Emulator, Input], object]

ADA = "ada@example.com"


def held(emulator: Emulator, client: str = "demo-desktop") -> Input:
    found = emulator.google.user(ADA).credentials(client)
    return {
        "client_id": found.client_id,
        "client_secret": found.client_secret,
        "refresh_token": found.refresh_token,
        "max_results": 3,
    }


def consent_to(scope: str) -> Cause:
    def cause(emulator: Emulator, given: Input) -> None:
        ada = emulator.google.user(ADA)
        ada.revoke("demo-desktop")
        given["refresh_token"] = ada.consent("demo-desktop", (scope,)).refresh_token

    return cause


def grant_that_never_was_for_this_client(emulator: Emulator, given: Input) -> None:
    given["refresh_token"] = held(emulator, "demo-web")["refresh_token"]


def demand_a_sign_in(emulator: Emulator, given: Input) -> None:
    emulator.google.organization("example.com").session_hours = 1


def legacy_limit(reason: str, message: str) -> str:
    return (
        f'{{"error": {{"code": 403, "message": "{message}", "errors": '
        f'[{{"message": "{message}", "domain": "usageLimits", "reason": "{reason}"}}]}}}}'
    )


def fault(code: int, operation: str, body: str | None = None) -> Cause:
    headers = () if body is None else [("Content-Type", "application/json")]
    return lambda emulator, given: emulator.faults.add(
        Fault.status(code, operation=operation, body=body, headers=headers)
    )


LIST = "gmail.users.threads.list"
TOKEN = "google.oauth.token"

BY_THE_STATE_OF_THE_WORLD: list[tuple[str, Cause, str]] = [
    ("wrong type", lambda _, given: given.update(max_results=5000), "The input is not valid: max_results"),
    ("missing", lambda _, given: given.pop("client_secret"), "The input lacks client_secret."),
    ("revoked", lambda e, _: e.google.user(ADA).revoke(), "Google rejected the refresh token (invalid_grant)"),
    ("expired", lambda e, _: e.clock.advance(days=7), "Google rejected the refresh token (invalid_grant)"),
    (
        "cut off",
        lambda _, given: given.update(refresh_token=given["refresh_token"][:-4]),
        "Google rejected the refresh token (invalid_grant)",
    ),
    ("session control", demand_a_sign_in, "The Google Workspace of this user demands a fresh sign-in"),
    ("client id", lambda _, given: given.update(client_id="1-x.apps.googleusercontent.com"), "Google does not know"),
    ("client secret", lambda _, given: given.update(client_secret="GOCSPX-other"), "Google rejected the client_secret"),
    (
        "client deleted",
        lambda e, _: setattr(e.google.client("demo-desktop"), "deleted", True),
        "The OAuth client was deleted",
    ),
    ("another client", grant_that_never_was_for_this_client, "The refresh token belongs to another OAuth client"),
    ("scope", consent_to("gmail.send"), "The refresh token does not cover reading Gmail (invalid_scope)"),
    (
        "administrator",
        lambda e, _: e.google.organization("example.com").block("demo-desktop"),
        "The Google Workspace administrator does not allow this app",
    ),
    (
        "advanced protection",
        lambda e, _: setattr(e.google.user(ADA), "advanced_protection", True),
        "Google's Advanced Protection of this account blocks the app",
    ),
    (
        "api disabled",
        lambda e, _: e.google.project("demo-project").disable("gmail.googleapis.com"),
        "The Gmail API is not enabled in the Google Cloud project of this client_id. Enable it at https://console.",
    ),
    ("no mailbox", lambda e, _: setattr(e.google.user(ADA), "gmail", False), "This Google account has no Gmail"),
]

BY_FAULTS: list[tuple[str, Cause, str]] = [
    ("internal", fault(400, TOKEN, '{"error": "org_internal"}'), "The OAuth client serves its own organisation only"),
    (
        "another refusal",
        fault(400, TOKEN, '{"error": "account_selection_required"}'),
        "Google refused the sign-in (account_selection_required)",
    ),
    (
        "per-minute quota",
        fault(403, LIST, legacy_limit("userRateLimitExceeded", "User Rate Limit Exceeded")),
        "Google's rate limit stayed exceeded after several retries (HTTP 403, userRateLimitExceeded)",
    ),
    ("too many requests", fault(429, LIST), "Google's rate limit stayed exceeded after several retries (HTTP 429"),
    (
        "daily quota",
        fault(403, LIST, legacy_limit("dailyLimitExceeded", "Daily Limit Exceeded")),
        "The Google Cloud project of this client_id has used up its Gmail API quota",
    ),
    (
        "domain policy",
        fault(403, LIST, legacy_limit("domainPolicy", "The domain administrators have disabled Gmail apps.")),
        "The Google Workspace administrator has disabled Gmail apps",
    ),
    ("not the owner", fault(403, LIST), "This Google account may not read the mailbox (HTTP 403, forbidden)"),
    ("unauthenticated", fault(401, LIST), "Gmail kept refusing a fresh access token (HTTP 401)"),
    ("refused", fault(400, LIST), "Gmail refused the request (HTTP 400, badRequest)"),
    ("down", fault(503, LIST), "Google has a problem of its own that retries did not outlast (HTTP 503"),
    ("sign-in down", fault(500, TOKEN), "Google has a problem of its own that retries did not outlast"),
    (
        "connection refused",
        lambda e, _: e.faults.add(Fault.reset(operation=LIST)),
        "Google could not be reached",
    ),
    ("not JSON", fault(200, LIST, "<html>hotel wifi</html>"), "Google sent an answer this Actor cannot read"),
]


@pytest.mark.parametrize(
    ("cause", "message"),
    [pytest.param(cause, message, id=name) for name, cause, message in BY_THE_STATE_OF_THE_WORLD + BY_FAULTS],
)
def test_a_failure_has_its_status_message_and_exit_code_1(
    actor: ActorRunner,
    actor_folder: Path,
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    cause: Cause,
    message: str,
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # Google's clients pause between their retries
    given = held(emulator)
    secrets = [given["client_secret"], given["refresh_token"]]
    cause(emulator, given)
    result = actor.run(actor_folder, given, in_process=True, checked=False)
    assert result.status_message.startswith(message)
    assert (result.exit_code, result.status, result.items) == (1, "FAILED", [])
    assert not [secret for secret in secrets if secret in result.log]
    assert "Traceback" not in result.log


def test_a_box_left_unticked_is_told_apart_from_a_token_without_the_scope(
    actor: ActorRunner, actor_folder: Path, emulator: Emulator
) -> None:
    given = held(emulator)
    given["refresh_token"] = (
        emulator.google.user(ADA).consent("demo-desktop", ("gmail.readonly", "gmail.metadata")).refresh_token
    )
    emulator.faults.add(
        Fault.status(403, operation=LIST, body='{"error": {"code": 403, "message": "Metadata scope does not allow"}}')
    )
    result = actor.run(actor_folder, given, in_process=True)
    assert result.status_message.startswith("The refresh token does not allow reading mail (insufficient scope)")


def test_a_network_that_refuses_every_connection_is_named(
    actor: ActorRunner, actor_folder: Path, emulator: Emulator
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = f"http://127.0.0.1:{listener.getsockname()[1]}"
    result = actor.run(actor_folder, held(emulator), environment={"HTTPS_PROXY": closed, "https_proxy": closed})
    assert result.status_message.startswith("Google could not be reached (ProxyError).")
    assert result.exit_code == 1
    result.calls.assert_none()
