"""Lists against a naive mailbox in memory: any mail, any labels, any page size."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.services.google.gmail.listing import page_position, page_token
from emulator.services.google.gmail.mailbox import Mailboxes

LABELS = ("INBOX", "UNREAD", "STARRED", "SPAM", "TRASH")
label_sets = st.frozensets(st.sampled_from(LABELS)).filter(lambda chosen: not {"SPAM", "TRASH"} <= chosen)


@dataclass(frozen=True)
class Kept:
    """What the oracle remembers of a message."""

    id: int
    thread: int
    labels: frozenset[str]
    word: str


@dataclass(frozen=True)
class Asked:
    """A list call."""

    labels: frozenset[str]
    spam_and_trash: bool
    word: str
    size: int

    def lets_through(self, kept: Kept) -> bool:
        hidden = bool(kept.labels & {"SPAM", "TRASH"})
        lifted = self.spam_and_trash or bool(self.labels & {"SPAM", "TRASH"})
        return self.labels <= kept.labels and self.word in {"", kept.word} and (lifted or not hidden)


mail = st.lists(
    st.tuples(st.integers(0, 5), label_sets, st.sampled_from(("red", "blue")), st.integers(0, 3)), max_size=25
)
asked = st.builds(Asked, label_sets, st.booleans(), st.sampled_from(("", "red", "blue", "green")), st.integers(1, 7))


def raw(position: int, conversation: int, word: str) -> bytes:
    head = f"Message-ID: <m{position}@x>\r\nReferences: <c{conversation}@x>\r\nSubject: c{conversation}"
    return f"{head}\r\n\r\n{word}\r\n".encode()


def walked(page_of, condition, size):
    """Every page of a list, each through its token, as a client goes."""
    pages, position = [], page_position("")
    while position is not None:
        page = page_of(condition, position, size)
        pages.append(page)
        position = None if page.next_position is None else page_position(page_token(page.next_position))
    return pages


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mail=mail, asked=asked)
def test_lists_agree_with_a_naive_mailbox(site, mail, asked):
    with site.app.isolated():
        mailbox = Mailboxes(site.app.kernel).open("ada@example.com")
        kept: list[Kept] = []
        for position, (conversation, labels, word, seconds) in enumerate(mail):
            moment = 1_700_000_000_000 + seconds * 1000
            stored = mailbox.deliver(raw(position, conversation, word), tuple(labels), received=moment)
            kept.append(Kept(stored.id, stored.thread, labels, word))
        condition = mailbox.condition(asked.word, tuple(sorted(asked.labels)), spam_and_trash=asked.spam_and_trash)
        newest_first = sorted((each for each in kept if asked.lets_through(each)), key=lambda each: -each.id)

        pages = walked(mailbox.messages, condition, asked.size)
        assert [item.message for page in pages for item in page.items] == [each.id for each in newest_first]
        assert {page.estimate for page in pages} == {len(newest_first)}

        threads = list(dict.fromkeys(each.thread for each in newest_first))
        pages = walked(mailbox.threads, condition, asked.size)
        assert [item.thread for page in pages for item in page.items] == threads
        assert {page.estimate for page in pages} == {len(threads)}
