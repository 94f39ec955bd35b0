"""Vacation answers, forwarding addresses and automatic forwarding, with what they do to mail."""

from __future__ import annotations

import base64

import pytest

OUT, COLLEAGUE = "out@elsewhere.example", "x@work.example"


@pytest.fixture
def away(settings):
    """Switches the responder on."""

    def switch(**changes):
        body = {"enableAutoReply": True, "responseSubject": "Away", "responseBodyPlainText": "Until Monday.", **changes}
        return settings.updateVacation(userId="me", body=body).execute()

    return switch


@pytest.fixture
def answers(work):
    """Subjects of what Wanda's responder sent to an account."""
    return lambda user=OUT: [mail.subject for mail in work.box(user).messages("from:w@work.example")]


def test_vacation_begins_off_and_comes_back_as_set(settings, away):
    assert settings.getVacation(userId="me").execute() == {
        "enableAutoReply": False,
        "responseSubject": "",
        "restrictToContacts": False,
        "restrictToDomain": False,
    }
    set_to = away(startTime="1764000000000", endTime="1765000000000")

    assert list(set_to) == [
        "enableAutoReply",
        "responseSubject",
        "responseBodyPlainText",
        "restrictToContacts",
        "restrictToDomain",
        "startTime",
        "endTime",
    ]
    assert set_to["startTime"] == "1764000000000"
    assert settings.getVacation(userId="me").execute() == set_to


def test_a_sender_is_answered_once_in_four_days(work, wanda, away, answers):
    away()
    wanda.deliver(from_=OUT, subject="Question", message_id="<q@elsewhere.example>")
    wanda.deliver(from_=OUT, subject="Again")
    assert answers() == ["Away"]
    reply = work.box(OUT).messages("subject:Away")[0].mime.root
    assert reply.header("In-Reply-To") == "<q@elsewhere.example>"
    assert reply.header("Auto-Submitted") == "auto-replied"
    assert reply.body.decode().strip() == "Until Monday."
    work.app.clock.advance(days=4)
    wanda.deliver(from_=OUT, subject="Still there?")

    assert answers() == ["Away", "Away"]


def test_new_settings_answer_anew(wanda, away, answers):
    away()
    wanda.deliver(from_=OUT)
    away()
    wanda.deliver(from_=OUT)

    assert len(answers()) == 2


def test_without_a_subject_the_answer_has_that_of_the_question(wanda, away, answers):
    away(responseSubject="")
    wanda.deliver(from_=OUT, subject="Question")

    assert answers() == ["Re: Question"]


@pytest.mark.parametrize(
    "fields",
    [
        {"headers": {"Auto-Submitted": "auto-generated"}},
        {"headers": {"Precedence": "bulk"}},
        {"list_id": "<news.elsewhere.example>"},
        {"headers": {"Return-Path": "<>"}},
        {"from_": "no-reply@elsewhere.example"},
        {"from_": "w@work.example"},
    ],
)
def test_machines_and_oneself_are_not_answered(work, wanda, away, fields):
    away()
    wanda.deliver(**{"from_": OUT, **fields})

    assert len(work.box(OUT)) == 0
    assert len(wanda) == 1


def test_two_responders_do_not_answer_each_other(work, wanda, away, client_of):
    away()
    body = {"enableAutoReply": True, "responseSubject": "Also away"}
    client_of(COLLEAGUE).settings().updateVacation(userId="me", body=body).execute()
    raw = base64.urlsafe_b64encode(b"To: w@work.example\r\nSubject: Hi\r\n\r\nx").decode()
    client_of(COLLEAGUE).messages().send(userId="me", body={"raw": raw}).execute()

    assert [mail.subject for mail in work.box(COLLEAGUE).messages("in:inbox")] == ["Away"]
    assert len(wanda) == 1


def test_restrictions_choose_who_is_answered(work, wanda, away, answers):
    away(restrictToDomain=True)
    wanda.deliver(from_=OUT)
    wanda.deliver(from_=COLLEAGUE)
    assert (answers(), answers(COLLEAGUE)) == ([], ["Away"])
    away(restrictToContacts=True)
    wanda.deliver(from_=OUT)
    assert answers() == []
    wanda.deliver(from_="w@work.example", to=(OUT,), labels=("SENT",))
    wanda.deliver(from_=OUT)

    assert answers() == ["Away"]


def test_the_responder_keeps_its_time(work, wanda, away, answers):
    now = work.app.clock.milliseconds()
    away(startTime=str(now + 1000), endTime=str(now + 2000))
    wanda.deliver(from_=OUT)
    assert answers() == []
    work.app.clock.advance(seconds=1.5)
    wanda.deliver(from_=OUT)
    assert answers() == ["Away"]
    work.app.clock.advance(days=5)
    wanda.deliver(from_=OUT)

    assert answers() == ["Away"]


def test_spam_is_not_answered(work, wanda, away, client_of):
    away()
    gtube = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    raw = base64.urlsafe_b64encode(b"To: w@work.example\r\nSubject: Hi\r\n\r\n" + gtube).decode()
    client_of(COLLEAGUE).messages().send(userId="me", body={"raw": raw}).execute()

    assert len(wanda.messages("in:spam")) == 1
    assert work.box(COLLEAGUE).messages("in:inbox") == []


@pytest.mark.parametrize(
    "body",
    [
        {"enableAutoReply": True},
        {"enableAutoReply": True, "responseSubject": "x", "startTime": "20", "endTime": "20"},
    ],
)
def test_what_a_responder_may_not_be(settings, refusal, body):
    assert refusal(settings.updateVacation(userId="me", body=body))[0] == 400


# -- forwarding ----------------------------------------------------------------------------------------------------


def test_a_forwarding_address_elsewhere_waits_for_its_owner(work, robot, wanda, settings):
    made = robot.forwardingAddresses().create(userId="me", body={"forwardingEmail": OUT}).execute()
    assert made == {"forwardingEmail": OUT, "verificationStatus": "pending"}
    assert "Gmail Forwarding Confirmation - w@work.example" in work.box(OUT).messages()[0].subject
    wanda.confirm_forwarding(OUT)

    listed = settings.forwardingAddresses().list(userId="me").execute()
    assert listed == {"forwardingAddresses": [{"forwardingEmail": OUT, "verificationStatus": "accepted"}]}


def test_a_colleague_need_not_be_asked(work, robot):
    made = robot.forwardingAddresses().create(userId="me", body={"forwardingEmail": COLLEAGUE}).execute()

    assert made["verificationStatus"] == "accepted"
    assert len(work.box(COLLEAGUE)) == 0


@pytest.fixture
def forwarding(robot):
    """Forwards everything to the colleague."""

    def switch(disposition="leaveInInbox"):
        robot.forwardingAddresses().create(userId="me", body={"forwardingEmail": COLLEAGUE}).execute()
        body = {"enabled": True, "emailAddress": COLLEAGUE, "disposition": disposition}
        return robot.updateAutoForwarding(userId="me", body=body).execute()

    return switch


@pytest.mark.parametrize(
    ("disposition", "left"),
    [
        ("leaveInInbox", {"INBOX", "UNREAD"}),
        ("archive", {"UNREAD"}),
        ("trash", {"TRASH", "UNREAD"}),
        ("markRead", {"INBOX"}),
    ],
)
def test_mail_is_forwarded_and_disposed_of(work, wanda, settings, forwarding, disposition, left):
    assert settings.getAutoForwarding(userId="me").execute() == {"enabled": False}
    set_to = forwarding(disposition)
    stored = wanda.message(wanda.deliver(from_=OUT, subject="News"))

    assert settings.getAutoForwarding(userId="me").execute() == set_to
    assert stored.label_ids == left
    (copy,) = work.box(COLLEAGUE).messages()
    assert copy.subject == "News"
    assert copy.mime.root.header("X-Forwarded-For") == f"w@work.example {COLLEAGUE}"


def test_forwarding_in_a_ring_ends(work, wanda, forwarding, client_of):
    forwarding()
    robot = client_of(COLLEAGUE, "robot@works.iam.gserviceaccount.com").settings()
    robot.forwardingAddresses().create(userId="me", body={"forwardingEmail": "w@work.example"}).execute()
    body = {"enabled": True, "emailAddress": "w@work.example", "disposition": "leaveInInbox"}
    robot.updateAutoForwarding(userId="me", body=body).execute()
    wanda.deliver(from_=OUT, subject="Round")

    assert (len(wanda), len(work.box(COLLEAGUE))) == (2, 1)


def test_a_filter_forwards_too(work, wanda, robot, settings):
    robot.forwardingAddresses().create(userId="me", body={"forwardingEmail": COLLEAGUE}).execute()
    body = {"criteria": {"subject": "invoice"}, "action": {"forward": COLLEAGUE}}
    settings.filters().create(userId="me", body=body).execute()
    wanda.deliver(from_=OUT, subject="An invoice")
    wanda.deliver(from_=OUT, subject="A letter")

    assert [mail.subject for mail in work.box(COLLEAGUE).messages()] == ["An invoice"]


def test_a_deleted_address_gets_nothing_more(work, wanda, robot, settings, forwarding):
    forwarding()
    robot.forwardingAddresses().delete(userId="me", forwardingEmail=COLLEAGUE).execute()
    wanda.deliver(from_=OUT)

    assert len(work.box(COLLEAGUE)) == 0
    assert settings.getAutoForwarding(userId="me").execute() == {"enabled": False}


def test_administrators_switch_forwarding_off(work, wanda, robot, forwarding, refusal):
    forwarding()
    work.app.google.organization("work.example").switch_off("automatic_forwarding")
    wanda.deliver(from_=OUT)

    assert len(work.box(COLLEAGUE)) == 0
    assert refusal(robot.updateAutoForwarding(userId="me", body={"enabled": False}))[0] == 403


_ADMIN = "Access restricted to service accounts that have been delegated domain-wide authority"


def test_users_themselves_may_not_set_forwarding(settings, refusal):
    body = {"forwardingEmail": OUT}
    assert refusal(settings.forwardingAddresses().create(userId="me", body=body)) == (403, _ADMIN)
    assert refusal(settings.forwardingAddresses().delete(userId="me", forwardingEmail=OUT)) == (403, _ADMIN)
    assert refusal(settings.updateAutoForwarding(userId="me", body={"enabled": False})) == (403, _ADMIN)


def test_what_forwarding_refuses(robot, settings, refusal):
    create = robot.forwardingAddresses().create
    assert refusal(create(userId="me", body={"forwardingEmail": "nonsense"}))[0] == 400
    create(userId="me", body={"forwardingEmail": OUT}).execute()
    assert refusal(create(userId="me", body={"forwardingEmail": OUT}))[0] == 409
    unconfirmed = {"enabled": True, "emailAddress": OUT, "disposition": "archive"}
    assert refusal(robot.updateAutoForwarding(userId="me", body=unconfirmed)) == (
        400,
        "Unrecognized forwarding address",
    )
    assert refusal(settings.forwardingAddresses().get(userId="me", forwardingEmail="no@x.example"))[0] == 404
    assert refusal(robot.forwardingAddresses().delete(userId="me", forwardingEmail="no@x.example"))[0] == 404


# -- the rest ------------------------------------------------------------------------------------------------------


def test_imap_pop_and_language_begin_and_change(settings):
    assert settings.getImap(userId="me").execute() == {
        "enabled": True,
        "autoExpunge": True,
        "expungeBehavior": "archive",
        "maxFolderSize": 0,
    }
    imap = {"enabled": False, "autoExpunge": False, "expungeBehavior": "trash", "maxFolderSize": 1000}
    assert settings.updateImap(userId="me", body=imap).execute() == imap
    assert settings.getImap(userId="me").execute() == imap
    assert settings.getPop(userId="me").execute() == {"accessWindow": "disabled", "disposition": "leaveInInbox"}
    pop = {"accessWindow": "allMail", "disposition": "markRead"}
    assert settings.updatePop(userId="me", body=pop).execute() == settings.getPop(userId="me").execute() == pop
    assert settings.getLanguage(userId="me").execute() == {"displayLanguage": "en"}


@pytest.mark.parametrize(
    ("asked", "kept"), [("de-AT", "de"), ("fr-ca", "fr-CA"), ("pt", "pt-BR"), ("en-GB", "en-GB"), ("es-MX", "es")]
)
def test_a_language_is_kept_as_its_close_variant(settings, asked, kept):
    assert settings.updateLanguage(userId="me", body={"displayLanguage": asked}).execute() == {"displayLanguage": kept}
    assert settings.getLanguage(userId="me").execute() == {"displayLanguage": kept}


def test_what_imap_and_language_refuse(settings, refusal):
    assert refusal(settings.updateImap(userId="me", body={"maxFolderSize": 7}))[0] == 400
    assert refusal(settings.updateLanguage(userId="me", body={"displayLanguage": "qq"}))[0] == 400
    assert refusal(settings.updateLanguage(userId="me", body={}))[0] == 400
