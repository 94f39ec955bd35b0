"""Who may call: credentials, enabled APIs, scopes, other mailboxes; sheet sections 9 and 10."""

from __future__ import annotations

import json

import pytest

from emulator.kernel.faults import Fault
from emulator.services.google.gmail.request import HANDLERS

BAD_TOKEN = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


def entry(site):
    return list(site.app.journal)[-1]


def test_a_call_without_credential_is_told_what_is_missing(site):
    answer = site.get("profile", token="")
    assert answer.status == 401
    assert answer.error["message"].startswith("Request is missing required authentication credential.")
    assert answer.error["errors"] == [
        {
            "message": "Login Required.",
            "domain": "global",
            "reason": "required",
            "location": "Authorization",
            "locationType": "header",
        }
    ]
    assert answer.error["details"][0]["metadata"] == {
        "method": "caribou.api.proto.MailboxService.GetProfile",
        "service": "gmail.googleapis.com",
    }
    assert answer.reply.headers.get("WWW-Authenticate") == 'Bearer realm="https://accounts.google.com/"'
    assert entry(site).cause == "token_missing"


def test_an_unknown_token_is_refused(site):
    answer = site.get("profile", token="ya29.never-issued")
    assert (answer.status, answer.error["message"], answer.error["status"]) == (401, BAD_TOKEN, "UNAUTHENTICATED")
    assert answer.error["errors"][0]["reason"] == "authError"
    assert answer.error["details"][0]["reason"] == "ACCESS_TOKEN_TYPE_UNSUPPORTED"
    assert 'error="invalid_token"' in answer.reply.headers.get("WWW-Authenticate")
    assert entry(site).cause == "token_unknown"


def test_a_token_dies_after_its_hour(site):
    token = site.token()
    assert site.get("profile", token=token).status == 200
    site.app.clock.advance(seconds=3599)
    answer = site.get("profile", token=token)
    assert (answer.status, answer.error["message"]) == (401, BAD_TOKEN)
    assert answer.error["details"][0]["reason"] == "ACCESS_TOKEN_EXPIRED"
    assert (entry(site).cause, entry(site).principal) == ("token_expired", "ada@example.com")


def test_a_revoked_grant_takes_its_access_tokens_along(site):
    site.app.google.user("ada@example.com").consent("desk", ("gmail.readonly",))
    token = site.token()
    site.app.google.user("ada@example.com").revoke()
    assert site.get("profile", token=token).status == 401
    assert entry(site).cause == "token_revoked"


@pytest.mark.parametrize(("what", "cause"), [("disabled", "account_disabled"), ("deleted", "account_deleted")])
def test_tokens_of_an_account_that_is_gone_are_dead(site, what, cause):
    token = site.token()
    setattr(site.app.google.user("ada@example.com"), what, True)
    assert site.get("profile", token=token).status == 401
    assert entry(site).cause == cause


def test_an_api_key_alone_is_no_credential(site):
    answer = site.get("profile", token="", key="AIzaSyExample")
    assert answer.status == 401
    assert answer.error["message"].startswith("API keys are not supported by this API.")
    assert entry(site).cause == "api_key_refused"


def test_an_api_key_beside_a_token_is_ignored(site):
    assert site.get("profile", key="AIzaSyExample").status == 200


@pytest.mark.parametrize("name", ["access_token", "oauth_token"])
def test_the_token_may_stand_in_the_query(site, name):
    assert site.get("profile", token="", **{name: site.token()}).status == 200


def test_the_journal_knows_who_called_with_what(site):
    site.get("messages", maxResults=7)
    made = entry(site)
    assert (made.operation, made.principal, made.cause) == ("gmail.users.messages.list", "ada@example.com", "")
    assert made.scopes == ("https://www.googleapis.com/auth/gmail.readonly",)
    assert made.parameters["maxResults"] == 7


def test_a_disabled_api_is_refused_by_the_number_of_the_clients_project(site):
    site.app.google.project("demo").disable("gmail.googleapis.com")
    answer = site.get("profile")
    text = (
        "Gmail API has not been used in project 123456789012 before or it is disabled. Enable it by visiting "
        "https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=123456789012 then "
        "retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and "
        "retry."
    )
    assert answer.status == 403
    assert answer.error["message"] == text
    assert answer.error["errors"] == [
        {
            "message": text,
            "domain": "usageLimits",
            "reason": "accessNotConfigured",
            "extendedHelp": "https://console.developers.google.com",
        }
    ]
    assert answer.error["status"] == "PERMISSION_DENIED"
    assert entry(site).cause == "api_disabled"


def test_the_project_that_counts_is_the_clients(site):
    assert site.get("profile", token=site.token(client="disabled")).status == 403


def test_a_token_without_a_fitting_scope_is_refused(site):
    answer = site.get("messages", scopes=("gmail.send",))
    assert answer.status == 403
    assert answer.error["errors"] == [
        {"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}
    ]
    assert answer.error["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
            "metadata": {
                "service": "gmail.googleapis.com",
                "method": "caribou.api.proto.MailboxService.ListMessages",
            },
        }
    ]
    assert 'error="insufficient_scope"' in answer.reply.headers.get("WWW-Authenticate")


def test_checks_come_in_the_front_ends_order(site):
    """Everything is wrong at once; each repair uncovers the next refusal."""
    wrong = {"maxResults": "many"}
    place = {"user": "grace@example.com"}
    token = site.token("gmail.send", client="disabled")
    site.app.clock.advance(hours=1)
    assert site.get("messages", token=token, **place, **wrong).status == 401
    disabled = site.get("messages", token=site.token("gmail.send", client="disabled"), **place, **wrong)
    assert disabled.error["errors"][0]["reason"] == "accessNotConfigured"
    scope = site.get("messages", scopes=("gmail.send",), **place, **wrong)
    assert scope.error["errors"][0]["reason"] == "insufficientPermissions"
    assert site.get("messages", **place, **wrong).error["errors"][0]["reason"] == "invalid"
    denied = site.get("messages/zz", **place)
    assert denied.error["errors"][0]["reason"] == "forbidden"
    assert site.get("messages/zz").error["message"] == "Invalid id value"


def test_another_mailbox_is_denied_in_the_callers_name(site):
    answer = site.get("profile", user="grace@example.com")
    assert (answer.status, answer.error["message"]) == (403, "Delegation denied for ada@example.com")
    assert answer.error["errors"][0] == {
        "message": "Delegation denied for ada@example.com",
        "domain": "global",
        "reason": "forbidden",
    }


@pytest.mark.parametrize("user", ["me", "ada@example.com", "ada%40example.com", "Ada@Example.com"])
def test_the_mailbox_is_named_me_or_by_its_address(site, user):
    assert site.get("profile", user=user).json["emailAddress"] == "ada@example.com"


def test_an_account_without_gmail_fails_a_precondition(site):
    answer = site.get("profile", token=site.token(user="nomail@example.com"))
    assert (answer.status, answer.error["message"]) == (400, "Mail service not enabled")
    assert (answer.error["status"], answer.error["errors"][0]["reason"]) == (
        "FAILED_PRECONDITION",
        "failedPrecondition",
    )


def test_every_operation_has_behaviour(site):
    coverage = next(each for each in site.app.coverage() if each.service == "gmail")
    assert (coverage.bound, coverage.unbound) == (79, ())


def test_an_operation_without_behaviour_says_so_loudly(site, monkeypatch):
    monkeypatch.delitem(HANDLERS._handlers, "gmail.users.settings.getImap")
    answer = site.get("settings/imap")
    assert answer.status == 501
    assert "gmail.users.settings.getImap" in answer.error["message"]
    assert "actor-emulator coverage" in answer.error["message"]
    assert site.app.journal.unrouted == [entry(site)]


def test_an_unknown_path_is_the_front_ends_html_page(site):
    answer = site.get("nothing/here")
    assert answer.status == 404
    assert answer.reply.headers.get("Content-Type") == "text/html; charset=UTF-8"
    assert site.app.journal.unrouted == [entry(site)]


@pytest.mark.parametrize("host", ["gmail.googleapis.com", "www.googleapis.com", "127.0.0.1"])
def test_the_api_answers_on_each_of_its_hosts(site, host):
    assert site.get("profile", host=host).status == 200


def test_a_long_get_may_come_as_a_post_with_an_override(site, box):
    box.deliver(from_="x@example.org", subject="one", text="body")
    answer = site.get(
        "messages",
        verb="POST",
        headers={"X-HTTP-Method-Override": "GET", "Content-Type": "application/x-www-form-urlencoded"},
        body=b"maxResults=1&labelIds=INBOX",
    )
    assert answer.status == 200
    assert len(answer.json["messages"]) == 1
    assert entry(site).operation == "gmail.users.messages.list"


def test_answers_are_indented_by_two_and_end_in_a_newline(site):
    body = site.get("profile").reply.body.decode()
    assert body.startswith('{\n  "emailAddress"')
    assert body.endswith("}\n")
    assert site.get("profile", prettyPrint="false").reply.body.startswith(b'{"emailAddress":"')


def test_fields_select_and_refuse(site, box):
    box.deliver(from_="x@example.org", subject="one", text="body")
    assert set(site.get("messages", fields="nextPageToken,messages/id").json["messages"][0]) == {"id"}
    assert site.get("profile", fields="colour").error["message"] == "Invalid field selection colour"


def test_a_callback_wraps_successes_and_errors(site):
    success = site.get("profile", callback="take").reply
    assert success.headers.get("Content-Type") == "text/javascript; charset=UTF-8"
    assert b"take({" in success.body
    failure = site.get("messages/zz", callback="take").reply
    assert failure.status == 200
    assert b"Invalid id value" in failure.body


def test_errors_lose_their_array_on_request(site):
    assert "errors" not in site.get("messages/zz", **{"$.xgafv": "2"}).error


def test_a_path_has_its_own_verbs(site):
    answer = site.get("profile", verb="POST")
    assert answer.status == 404
    assert answer.reply.headers.get("Content-Type") == "text/html; charset=UTF-8"


def test_an_injected_failure_speaks_gmails_dialect(site):
    site.app.faults.add(Fault.status(503, operation="gmail.users.getProfile", times=1))
    answer = site.get("profile")
    assert (answer.status, answer.error["message"]) == (503, "The service is currently unavailable.")
    assert answer.error["errors"][0]["reason"] == "backendError"
    assert site.get("profile").status == 200


def test_an_unsupported_form_is_refused_before_the_credential(site):
    answer = site.get("profile", token="", alt="proto")
    assert answer.status == 400


def test_a_crash_is_googles_500_and_leaves_nothing(site, box, monkeypatch):
    monkeypatch.setattr("emulator.services.google.gmail.wire.profile", lambda found: 1 // 0)
    answer = site.get("profile")
    assert (answer.status, answer.error["errors"][0]["reason"]) == (500, "backendError")
    assert isinstance(entry(site).crash, ZeroDivisionError)


def test_error_bodies_are_json_letter_for_letter(site):
    assert site.get("messages/zz").reply.body.decode() == (
        json.dumps(
            {
                "error": {
                    "code": 400,
                    "message": "Invalid id value",
                    "errors": [{"message": "Invalid id value", "domain": "global", "reason": "invalidArgument"}],
                    "status": "INVALID_ARGUMENT",
                }
            },
            indent=2,
        )
        + "\n"
    )
