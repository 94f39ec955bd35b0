"""Random work on a mailbox beside a naive one in memory: after every step both must say the same.

The oracle keeps messages in a dictionary and applies the sheet's rules to them word by word; it knows no SQL, no
index and no history record, only what each call is promised to change.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

ALL = "https://mail.google.com/"
SEQUENCES = int(os.environ.get("ACTOR_EMULATOR_SEQUENCES", "25"))
"""How many sequences of calls a run tries; thousands take an hour."""

WORDS = ("plan", "lunch", "figures")
PLACES = ("INBOX", "SPAM", "TRASH")
# Places more often than the rest: what they drag along is what there is to get wrong.
CHANGEABLE = ("INBOX", "SPAM", "TRASH", "SPAM", "TRASH", "UNREAD", "STARRED", "work", "home")
changes = st.lists(st.sampled_from(CHANGEABLE), max_size=3, unique=True)
# An insert takes labels as they are given; in Spam and in Trash at once no message lies.
given = changes.filter(lambda labels: not {"SPAM", "TRASH"} <= set(labels))


@dataclass
class Kept:
    """A message as the oracle has it."""

    thread: str
    subject: str
    labels: set[str]
    date: int
    draft: str = ""


@dataclass
class NaiveMailbox:
    """What a mailbox holds, and the changes it has seen since the machine began."""

    messages: dict[str, Kept] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str, frozenset[str]]] = field(default_factory=list)

    def add(self, message: str, kept: Kept) -> None:
        self.messages[message] = kept
        self.told.append(("messagesAdded", "", frozenset((message,))))

    def drop(self, messages: list[str]) -> None:
        gone = [each for each in messages if each in self.messages]
        for each in gone:
            del self.messages[each]
        if gone:
            self.told.append(("messagesDeleted", "", frozenset(gone)))

    def set_label(self, messages: list[str], label: str, *, on: bool) -> None:
        """One label on or off, a record for those it was not so already."""
        touched = [each for each in messages if (label in self.messages[each].labels) is not on]
        for each in touched:
            self.messages[each].labels ^= {label}
        if touched:
            self.told.append(("labelsAdded" if on else "labelsRemoved", label, frozenset(touched)))

    def change(self, messages: list[str], add: list[str], remove: list[str]) -> None:
        """What modify does: the strongest place wins, and drives the two others out."""
        strongest = next((place for place in ("TRASH", "SPAM", "INBOX") if place in add), "")
        for label in add:
            if label in PLACES and label != strongest:
                continue
            self.set_label(messages, label, on=True)
            if label == strongest:
                order = {"TRASH": ("INBOX", "SPAM"), "SPAM": ("INBOX", "TRASH"), "INBOX": ("TRASH", "SPAM")}
                for other in order[label]:
                    self.set_label(messages, other, on=False)
        for label in remove:
            self.set_label(messages, label, on=False)

    def thread(self, thread: str) -> list[str]:
        return sorted(each for each, kept in self.messages.items() if kept.thread == thread)

    def listed(self, label: str, word: str, *, everything: bool) -> list[str]:
        """Newest first, Spam and Trash only where they are asked for."""

        def shown(kept: Kept) -> bool:
            hidden = kept.labels & {"SPAM", "TRASH"}
            asked = everything or label in hidden
            return (not hidden or asked) and (not label or label in kept.labels) and (not word or word == kept.subject)

        return sorted((each for each, kept in self.messages.items() if shown(kept)), reverse=True)


class MailboxMachine(RuleBasedStateMachine):
    """Calls to the API, each mirrored in the oracle."""

    messages = Bundle("messages")
    site: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.mark = self.site.app.checkpoint()
        self.token = self.site.token(ALL)
        self.oracle = NaiveMailbox()
        for name in ("work", "home"):
            self.oracle.labels[name] = self.call("POST", "labels", {"name": name})["id"]
        self.start = self.call("GET", "profile")["historyId"]

    def teardown(self) -> None:
        try:
            self.history_tells_it_all()
        finally:
            self.site.app.rollback(self.mark)

    def call(self, verb, path, body=None, status=200, **query):
        answer = self.site.post(path, body, verb=verb, token=self.token, **query)
        assert answer.status == status, answer.reply.body
        return answer.json if answer.reply.body else None

    def ids(self, names):
        return [self.oracle.labels.get(name, name) for name in names]

    def known(self, labels):
        return [name for name in labels if name not in {"work", "home"} or name in self.oracle.labels]

    @rule(target=messages, word=st.sampled_from(WORDS), labels=given)
    def insert(self, word, labels):
        labels = self.known(labels)
        raw = urlsafe_b64encode(f"Subject: {word}\r\n\r\nbody".encode()).decode()
        made = self.call("POST", "messages", {"raw": raw, "labelIds": self.ids(labels)})
        self.oracle.add(made["id"], Kept(made["id"], word, set(labels), self.site.app.clock.milliseconds()))
        return made["id"]

    @rule(target=messages, word=st.sampled_from(WORDS))
    def import_(self, word):
        raw = urlsafe_b64encode(f"Subject: {word}\r\n\r\nbody".encode()).decode()
        made = self.call("POST", "messages/import", {"raw": raw, "labelIds": ["INBOX"]})["id"]
        threads = [kept.thread for kept in self.oracle.messages.values() if kept.subject == word]
        self.oracle.add(made, Kept(max(threads, default=made), word, {"INBOX"}, self.site.app.clock.milliseconds()))
        return made

    @rule(target=messages, word=st.sampled_from(WORDS))
    def send_to_self(self, word):
        raw = urlsafe_b64encode(f"To: ada@example.com\r\nSubject: {word}\r\n\r\nbody".encode()).decode()
        made = self.call("POST", "messages/send", {"raw": raw})["id"]
        labels = {"SENT", "INBOX", "UNREAD"}
        self.oracle.add(made, Kept(made, word, labels, self.site.app.clock.milliseconds()))
        return made

    @rule(target=messages, message=messages, word=st.sampled_from(WORDS))
    def answer(self, message, word):
        """A send into a thread: joined where the subject fits."""
        kept = self.oracle.messages.get(message)
        thread = kept.thread if kept else message
        there = bool(self.oracle.thread(thread))
        raw = urlsafe_b64encode(f"To: y@other.org\r\nSubject: Re: {word}\r\n\r\nbody".encode()).decode()
        body = {"raw": raw, "threadId": thread}
        made = self.call("POST", "messages/send", body, status=200 if there else 404)
        if not there:
            return message
        # The subject of a thread is that of the message that began it, though that may be gone.
        fits = self.subject_of_thread(thread) == word
        joined = thread if fits else made["id"]
        assert made["threadId"] == joined
        self.oracle.add(made["id"], Kept(joined, word, {"SENT"}, self.site.app.clock.milliseconds()))
        return made["id"]

    def subject_of_thread(self, thread):
        return next(kept.subject for kept in self.oracle.messages.values() if kept.thread == thread)

    @rule(target=messages, word=st.sampled_from(WORDS))
    def draft(self, word):
        made = self.call("POST", "drafts", {"message": self.draft_content(word)})
        message = made["message"]["id"]
        self.oracle.add(message, Kept(message, word, {"DRAFT"}, self.site.app.clock.milliseconds(), made["id"]))
        return message

    def draft_content(self, word):
        return {"raw": urlsafe_b64encode(f"To: y@other.org\r\nSubject: {word}\r\n\r\nbody".encode()).decode()}

    @rule(target=messages, message=messages, word=st.sampled_from(WORDS))
    def update_draft(self, message, word):
        kept = self.oracle.messages.get(message)
        if kept is None or not kept.draft:
            return message
        made = self.call("PUT", f"drafts/{kept.draft}", {"message": self.draft_content(word)})["message"]["id"]
        self.oracle.add(made, Kept(made, word, {"DRAFT"}, self.site.app.clock.milliseconds(), kept.draft))
        self.oracle.drop([message])
        return made

    @rule(target=messages, message=messages)
    def send_draft(self, message):
        kept = self.oracle.messages.get(message)
        if kept is None or not kept.draft:
            return message
        made = self.call("POST", "drafts/send", {"id": kept.draft})
        assert made["threadId"] == kept.thread
        sent = Kept(kept.thread, kept.subject, {"SENT"}, self.site.app.clock.milliseconds())
        self.oracle.add(made["id"], sent)
        self.oracle.drop([message])
        return made["id"]

    @rule(message=messages, add=changes, remove=changes)
    def modify(self, message, add, remove):
        add, remove = self.known(add), self.known([each for each in remove if each not in add])
        body = {"addLabelIds": self.ids(add), "removeLabelIds": self.ids(remove)}
        if message not in self.oracle.messages:
            self.call("POST", f"messages/{message}/modify", body, status=404)
        elif not add and not remove:
            self.call("POST", f"messages/{message}/modify", body, status=400)
        else:
            answer = self.call("POST", f"messages/{message}/modify", body)
            self.oracle.change([message], add, remove)
            assert set(answer.get("labelIds", ())) == set(self.ids(self.oracle.messages[message].labels))

    @rule(message=messages, add=changes, remove=changes)
    def modify_thread(self, message, add, remove):
        add, remove = self.known(add), self.known([each for each in remove if each not in add])
        kept = self.oracle.messages.get(message)
        if kept is not None and (add or remove):
            body = {"addLabelIds": self.ids(add), "removeLabelIds": self.ids(remove)}
            self.call("POST", f"threads/{kept.thread}/modify", body)
            self.oracle.change(self.oracle.thread(kept.thread), add, remove)

    @rule(chosen=st.lists(messages, max_size=4, unique=True), label=st.sampled_from(("STARRED", "TRASH", "UNREAD")))
    def batch_modify(self, chosen, label):
        self.call("POST", "messages/batchModify", {"ids": chosen, "addLabelIds": [label]}, status=204)
        self.oracle.change([each for each in chosen if each in self.oracle.messages], [label], [])

    @rule(message=messages, verb=st.sampled_from(("trash", "untrash")), whole=st.booleans())
    def trash(self, message, verb, whole):
        kept = self.oracle.messages.get(message)
        if kept is None:
            return
        path, touched = (
            (f"threads/{kept.thread}", self.oracle.thread(kept.thread))
            if whole
            else (
                f"messages/{message}",
                [message],
            )
        )
        self.call("POST", f"{path}/{verb}")
        self.oracle.change(touched, ["TRASH"] if verb == "trash" else [], [] if verb == "trash" else ["TRASH"])

    @rule(message=messages)
    def delete(self, message):
        there = message in self.oracle.messages
        self.call("DELETE", f"messages/{message}", status=204 if there else 404)
        self.oracle.drop([message])

    @rule(message=messages)
    def delete_thread(self, message):
        kept = self.oracle.messages.get(message)
        if kept is not None:
            self.call("DELETE", f"threads/{kept.thread}", status=204)
            self.oracle.drop(self.oracle.thread(kept.thread))

    @rule(chosen=st.lists(messages, max_size=3, unique=True))
    def batch_delete(self, chosen):
        self.call("POST", "messages/batchDelete", {"ids": chosen}, status=204)
        self.oracle.drop(chosen)

    @precondition(lambda self: "home" in self.oracle.labels)
    @rule()
    def delete_label(self):
        self.call("DELETE", f"labels/{self.oracle.labels['home']}", status=204)
        carriers = [each for each, kept in self.oracle.messages.items() if "home" in kept.labels]
        for thread in sorted({self.oracle.messages[each].thread for each in carriers}):
            touched = [each for each in carriers if self.oracle.messages[each].thread == thread]
            self.oracle.set_label(touched, "home", on=False)
        del self.oracle.labels["home"]

    @rule(seconds=st.integers(1, 100))
    def wait(self, seconds):
        self.site.app.clock.advance(seconds=seconds)

    @invariant()
    def lists_are_equal(self):
        for label, word, everything in (("", "", True), ("", "plan", False), ("TRASH", "", False), ("work", "", False)):
            query = {"q": f"subject:{word}"} if word else {}
            if label:
                query["labelIds"] = self.ids([label])
            page = self.call("GET", "messages", includeSpamTrash="true" if everything else "false", **query)
            expected = self.oracle.listed(label, word, everything=everything)
            assert [each["id"] for each in page.get("messages", [])] == expected
            assert page["resultSizeEstimate"] == len(expected)

    @invariant()
    def messages_are_equal(self):
        for message, kept in list(self.oracle.messages.items())[-5:]:
            shown = self.call("GET", f"messages/{message}", format="minimal")
            assert shown["threadId"] == kept.thread
            assert set(shown.get("labelIds", ())) == set(self.ids(kept.labels))
            thread = self.call("GET", f"threads/{kept.thread}", format="minimal")
            assert [each["id"] for each in thread["messages"]] == self.oracle.thread(kept.thread)

    @invariant()
    def totals_are_equal(self):
        profile = self.call("GET", "profile")
        threads = {kept.thread for kept in self.oracle.messages.values()}
        assert (profile["messagesTotal"], profile["threadsTotal"]) == (len(self.oracle.messages), len(threads))
        unread = [
            kept
            for kept in self.oracle.messages.values()
            if kept.labels & {"UNREAD"} and not kept.labels & {"SPAM", "TRASH"}
        ]
        assert self.call("GET", "labels/UNREAD")["messagesTotal"] == len(unread)

    @invariant()
    def drafts_are_equal(self):
        listed = self.call("GET", "drafts", includeSpamTrash="true").get("drafts", [])
        expected = {kept.draft: message for message, kept in self.oracle.messages.items() if kept.draft}
        assert {each["id"]: each["message"]["id"] for each in listed} == expected

    def history_tells_it_all(self):
        """Everything told, in pages, is what happened, in order."""
        told, token = [], None
        while True:
            more = {"pageToken": token} if token else {}
            page = self.call("GET", "history", startHistoryId=self.start, maxResults=7, **more)
            told += [self.told(record) for record in page.get("history", [])]
            token = page.get("nextPageToken")
            if token is None:
                break
        names = {identifier: name for name, identifier in self.oracle.labels.items()}
        assert [(kind, names.get(label, label), ids) for kind, label, ids in told] == [
            (kind, "Label_2" if label == "home" and "home" not in self.oracle.labels else label, ids)
            for kind, label, ids in self.oracle.told
        ]

    @staticmethod
    def told(record):
        (kind,) = set(record) - {"id", "messages"}
        entries = record[kind]
        label = entries[0].get("labelIds", [""])[0]
        return kind, label, frozenset(each["message"]["id"] for each in entries)


def test_a_mailbox_does_what_a_naive_one_does(site):
    machine = type("Machine", (MailboxMachine,), {"site": site})
    bounds = settings(
        max_examples=SEQUENCES, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=bounds)
