"""Attachment ids: opaque, never twice the same, and refused when touched."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.gmail.attachment_tokens import attachment_token, part_of_token

SECRET = bytes(range(32))
NONCE = b"0123456789abcdef"
PARTS = st.from_regex(r"(\d{1,3}(\.\d{1,3}){0,120})?", fullmatch=True)
IDS = st.integers(0, 2**63 - 1)


@given(message=IDS, part=PARTS, nonce=st.binary(min_size=16, max_size=16))
def test_a_token_leads_back_to_its_part(message, part, nonce):
    token = attachment_token(SECRET, message, part, nonce)
    assert re.fullmatch(r"ANGjdJ[\w-]{200,}", token)
    assert part_of_token(SECRET, message, token) == part


@given(cut=st.integers(0, 390))
def test_a_cut_token_is_none(cut):
    token = attachment_token(SECRET, 7, "0.1", NONCE)
    assert part_of_token(SECRET, 7, token[:cut]) == ("0.1" if cut >= len(token) else None)


@given(place=st.integers(0, 389), character=st.characters(codec="utf-8"))
def test_a_touched_token_is_none(place, character):
    token = attachment_token(SECRET, 7, "0.1", NONCE)
    touched = token[:place] + character + token[place + 1 :]
    assert part_of_token(SECRET, 7, touched) == ("0.1" if touched == token else None)


@given(text=st.text())
def test_any_text_is_refused_without_an_error(text):
    assert part_of_token(SECRET, 7, text) is None
    assert part_of_token(SECRET, 7, "ANGjdJ" + text) is None


def test_a_token_is_good_for_one_message_of_one_mailbox():
    token = attachment_token(SECRET, 7, "0.1", NONCE)
    assert part_of_token(SECRET, 8, token) is None
    assert part_of_token(SECRET[::-1], 7, token) is None
    assert attachment_token(SECRET, 7, "0.1", NONCE[::-1]) != token
