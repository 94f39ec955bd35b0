"""Addresses to send from, delegates."""

from __future__ import annotations

import base64

import pytest

from emulator.services.google.quota import Quota

OUT, COLLEAGUE = "out@elsewhere.example", "x@work.example"
_ADMIN = (403, "Access restricted to service accounts that have been delegated domain-wide authority")
PRIMARY = {
    "sendAsEmail": "w@work.example",
    "displayName": "",
    "replyToAddress": "",
    "signature": "",
    "isPrimary": True,
    "isDefault": True,
}


@pytest.fixture
def send(client_of, wanda):
    """Sends as Wanda; answers the From of what was kept."""

    def run(sender):
        line = f"From: {sender}\r\n" if sender else ""
        raw = base64.urlsafe_b64encode(f"{line}To: {OUT}\r\nSubject: Hi\r\n\r\nx".encode()).decode()
        sent = client_of("w@work.example").messages().send(userId="me", body={"raw": raw}).execute()
        return wanda.message(sent["id"]).mime.root.header("From")

    return run


def test_the_primary_is_always_there(settings):
    assert settings.sendAs().list(userId="me").execute() == {"sendAs": [PRIMARY]}
    assert settings.sendAs().get(userId="me", sendAsEmail="W@work.example").execute() == PRIMARY


def test_a_signature_is_cleaned(settings):
    html = '<div onclick="x()">W<script>alert(1)</script><a href="javascript:x">a</a><img src="https://h/i.png"></div>'
    changed = settings.sendAs().patch(userId="me", sendAsEmail="w@work.example", body={"signature": html}).execute()

    assert changed == PRIMARY | {"signature": '<div>W<a>a</a><img src="https://h/i.png"></div>'}
    assert settings.sendAs().get(userId="me", sendAsEmail="w@work.example").execute() == changed


def test_patch_keeps_what_update_empties(settings):
    body = {"displayName": "Wanda", "signature": "W", "smtpMsa": {"host": "ignored"}}
    settings.sendAs().patch(userId="me", sendAsEmail="w@work.example", body=body).execute()
    patched = settings.sendAs().patch(userId="me", sendAsEmail="w@work.example", body={"signature": "x"}).execute()
    updated = settings.sendAs().update(userId="me", sendAsEmail="w@work.example", body={"signature": "y"}).execute()

    assert (patched["displayName"], patched["signature"]) == ("Wanda", "x")
    assert (updated["displayName"], updated["signature"]) == ("", "y")
    assert "smtpMsa" not in updated


def test_an_alias_sends_once_its_owner_agrees(work, robot, wanda, send):
    body = {"sendAsEmail": OUT, "displayName": "W", "smtpMsa": {"host": "smtp.x.example", "port": 587, "password": "s"}}
    made = robot.sendAs().create(userId="me", body=body).execute()
    assert made == {
        "sendAsEmail": OUT,
        "displayName": "W",
        "replyToAddress": "",
        "signature": "",
        "treatAsAlias": False,
        "smtpMsa": {"host": "smtp.x.example", "port": 587, "securityMode": "none"},
        "verificationStatus": "pending",
    }
    assert send(OUT) == "w@work.example"
    robot.sendAs().verify(userId="me", sendAsEmail=OUT).execute()
    asked = work.box(OUT).messages("subject:Confirmation")
    assert len(asked) == 2
    wanda.confirm_send_as(OUT)

    assert send(OUT) == OUT


def test_the_default_signs_mail_without_a_sender(robot, settings, send):
    robot.sendAs().create(userId="me", body={"sendAsEmail": COLLEAGUE}).execute()
    assert send("") == "w@work.example"
    changed = robot.sendAs().patch(userId="me", sendAsEmail=COLLEAGUE, body={"isDefault": True}).execute()
    assert list(changed)[4] == "isDefault"
    primary, alias = settings.sendAs().list(userId="me").execute()["sendAs"]
    assert "isDefault" not in primary
    assert alias["isDefault"] is True
    assert send("") == COLLEAGUE
    robot.sendAs().delete(userId="me", sendAsEmail=COLLEAGUE).execute()

    assert settings.sendAs().list(userId="me").execute() == {"sendAs": [PRIMARY]}


def test_aliases_are_a_delegated_service_accounts_business(settings, robot, refusal):
    robot.sendAs().create(userId="me", body={"sendAsEmail": COLLEAGUE}).execute()
    for request in (
        settings.sendAs().create(userId="me", body={"sendAsEmail": OUT}),
        settings.sendAs().delete(userId="me", sendAsEmail=COLLEAGUE),
        settings.sendAs().verify(userId="me", sendAsEmail=COLLEAGUE),
        settings.sendAs().patch(userId="me", sendAsEmail=COLLEAGUE, body={}),
        settings.sendAs().update(userId="me", sendAsEmail=COLLEAGUE, body={}),
    ):
        assert refusal(request) == _ADMIN


def test_what_send_as_refuses(robot, refusal):
    create = robot.sendAs().create
    robot.sendAs().create(userId="me", body={"sendAsEmail": OUT}).execute()
    assert refusal(create(userId="me", body={"sendAsEmail": OUT}))[0] == 409
    assert refusal(create(userId="me", body={"sendAsEmail": "w@work.example"}))[0] == 409
    assert refusal(create(userId="me", body={}))[0] == 400
    assert refusal(create(userId="me", body={"sendAsEmail": "z@x.example", "smtpMsa": {"host": "h"}}))[0] == 400
    assert refusal(robot.sendAs().patch(userId="me", sendAsEmail=OUT, body={"isDefault": True}))[0] == 400
    assert refusal(robot.sendAs().delete(userId="me", sendAsEmail="w@work.example"))[0] == 400
    assert refusal(robot.sendAs().verify(userId="me", sendAsEmail="w@work.example"))[0] == 400
    assert refusal(robot.sendAs().get(userId="me", sendAsEmail="none@x.example"))[0] == 404


def test_recipients_beyond_a_days_limit_are_refused(work, send, refusal, client_of):

    work.app.google.project("demo").quota = Quota(workspace_recipients_per_day=2)
    send("")
    send("")
    raw = base64.urlsafe_b64encode(f"To: {OUT}\r\n\r\nx".encode()).decode()
    request = client_of("w@work.example").messages().send(userId="me", body={"raw": raw})

    assert refusal(request) == (429, "User-rate limit exceeded.  Retry after 2026-11-23T12:00:00.000Z")
    work.app.clock.advance(days=1)
    assert send("") == "w@work.example"


def test_too_many_recipients_of_one_message_are_refused(work, refusal, client_of):

    work.app.google.project("demo").quota = Quota(recipients_per_message=2)
    many = ", ".join(f"r{number}@x.example" for number in range(3))
    raw = base64.urlsafe_b64encode(f"To: {many}\r\n\r\nx".encode()).decode()

    assert refusal(client_of("w@work.example").messages().send(userId="me", body={"raw": raw}))[0] == 400


def test_colleagues_become_delegates_at_once(robot, refusal):
    made = robot.delegates().create(userId="me", body={"delegateEmail": COLLEAGUE}).execute()

    assert made == {"delegateEmail": COLLEAGUE, "verificationStatus": "accepted"}
    assert robot.delegates().list(userId="me").execute() == {"delegates": [made]}
    assert robot.delegates().get(userId="me", delegateEmail=COLLEAGUE).execute() == made
    assert refusal(robot.delegates().create(userId="me", body={"delegateEmail": COLLEAGUE}))[0] == 409
    robot.delegates().delete(userId="me", delegateEmail=COLLEAGUE).execute()
    assert robot.delegates().list(userId="me").execute() == {}


def test_what_delegates_refuse(work, robot, settings, refusal):
    assert refusal(settings.delegates().list(userId="me")) == _ADMIN
    for address in (OUT, "w@work.example", "nonsense", ""):
        assert refusal(robot.delegates().create(userId="me", body={"delegateEmail": address}))[0] == 400
    assert refusal(robot.delegates().delete(userId="me", delegateEmail=COLLEAGUE))[0] == 404
    work.app.google.organization("work.example").switch_off("mail_delegation")
    assert refusal(robot.delegates().create(userId="me", body={"delegateEmail": COLLEAGUE}))[0] == 403


def test_a_delegate_has_no_way_in_over_the_api(work, robot):
    robot.delegates().create(userId="me", body={"delegateEmail": COLLEAGUE}).execute()
    token = work.token(user=COLLEAGUE)

    refused = work.get("profile", token=token, user="w@work.example")

    assert (refused.status, refused.error["message"]) == (403, f"Delegation denied for {COLLEAGUE}")
