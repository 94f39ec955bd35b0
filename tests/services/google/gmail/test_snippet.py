"""The snippet, against the recorded rules."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.gmail.mime import parse
from emulator.services.google.gmail.snippet import snippet


def of_text(text: str, kind: str = "plain") -> str:
    return snippet(parse(f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n{text}".encode()))


def test_white_space_is_folded_and_markup_characters_escaped() -> None:
    assert of_text('  Tom &\r\n\tJerry\'s "<x>"\xa0end ') == "Tom &amp; Jerry&#39;s &quot;&lt;x&gt;&quot; end"


def test_an_empty_body_has_an_empty_snippet() -> None:
    assert of_text("") == of_text(" \r\n") == ""


def test_plain_text_is_preferred_wherever_it_stands() -> None:
    raw = (
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b--"
    )
    assert snippet(parse(raw)) == "plain"
    assert snippet(parse(raw.replace(b"\r\n\r\nplain", b"\r\n\r\n"))) == "html"


def test_html_is_stripped_and_its_references_resolved() -> None:
    assert of_text("<style>x{}</style><p>one</p><p>t&eacute;wo &amp; &lt;</p>", "html") == "one téwo &amp; &lt;"


def test_invisible_preheader_characters_stay() -> None:
    assert of_text("a\u200c \u200cb") == "a\u200c \u200cb"


def test_it_ends_at_a_word_within_201_escaped_characters() -> None:
    assert of_text("word " * 100) == ("word " * 40).strip()
    assert of_text("it's " * 100) == ("it&#39;s " * 22).strip()
    assert of_text("x" * 500) == "x" * 201
    assert of_text("&" * 500) == "&amp;" * 40


@given(st.text(max_size=400))
def test_no_text_makes_it_longer_or_unreadable(text: str) -> None:
    cut = of_text(text.encode("utf-8", "replace").decode())
    assert len(cut) <= 201
    assert not set("<>\"'") & set(cut)
    assert "  " not in html.unescape(cut).replace("\xa0", "")


@pytest.mark.parametrize(
    "text",
    [
        "Yes.\r\n\r\nOn Mon, 1 Jan 2024 at 10:00, Ada <ada@example.com> wrote:\r\n> Shall we?\r\n",
        "Yes.\r\n\r\nOn Mon, 1 Jan 2024 at 10:00, Ada Lovelace\r\n<ada@example.com> wrote:\r\n\r\n> Why?\r\n>> Or\r\n",
        "Yes.\r\n-----Original Message-----\r\nFrom: Ada\r\n",
        "> Shall we?\r\nYes.\r\n",
    ],
)
def test_quoted_reply_text_is_dropped(text: str) -> None:
    assert of_text(text) == "Yes."


def test_a_quote_alone_is_shown() -> None:
    assert of_text("> Shall we?\r\n") == "&gt; Shall we?"


def test_the_quote_of_an_html_reply_is_dropped_unless_it_is_all_there_is() -> None:
    quote = '<div class="gmail_quote"><div>On Monday Ada wrote:</div><blockquote>Shall we?</blockquote></div>'
    assert of_text(f"<div>Yes.</div>{quote}", "html") == "Yes."
    assert of_text(quote, "html") == "On Monday Ada wrote: Shall we?"


def test_attachments_and_attached_messages_give_no_snippet() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nfile\r\n"
        b"--b\r\nContent-Type: message/rfc822; name=m.eml\r\n\r\nSubject: s\r\n\r\nattached\r\n--b--"
    )
    assert snippet(parse(raw)) == ""
