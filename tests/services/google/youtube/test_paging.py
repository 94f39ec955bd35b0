"""Page tokens as they were recorded."""

from __future__ import annotations

import pytest

from emulator.services.google.youtube.errors import InvalidPageToken
from emulator.services.google.youtube.paging import list_tokens, page_of, search_tokens


@pytest.mark.parametrize(("start", "token"), [(5, "CAUQAA"), (15, "CA8QAA"), (50, "CDIQAA"), (200, "CMgBEAA")])
def test_search_tokens_are_the_recorded_ones(start, token):
    assert page_of(range(1000), "", start, search_tokens).next_token == token
    assert page_of(range(1000), token, 5, search_tokens).items == range(start, start + 5)


def test_other_lists_have_longer_tokens():
    page = page_of(range(20), "", 5, list_tokens)
    assert page.next_token == "EAAaBlBUOkNBVQ"
    second = page_of(range(20), page.next_token, 5, list_tokens)
    assert (second.items, second.previous_token) == (range(5, 10), "EAEaBlBUOkNBVQ")
    assert page_of(range(20), second.previous_token, 5, list_tokens).items == range(5)


@pytest.mark.parametrize("style", [search_tokens, list_tokens])
@pytest.mark.parametrize("size", [1, 3, 7, 50])
def test_pages_hold_everything_once_and_lead_back(style, size):
    items, token, seen, tokens = range(23), "", [], []
    while True:
        page = page_of(items, token, size, style)
        seen += page.items
        if not page.next_token:
            break
        token = page.next_token
        tokens.append(token)
    assert seen == list(items)
    assert len(tokens) == -(-23 // size) - 1
    if page.previous_token:
        before = page_of(items, page.previous_token, size, style)
        assert before.next_token == tokens[-1]


@pytest.mark.parametrize("token", ["EAAaBlBUOkNBVQ=", "EAIaBlBUOkNBVQ", "CAUQAA", "PT:CAU", "\x00", "EAAa", " "])
def test_a_token_of_another_list_is_none(token):
    with pytest.raises(InvalidPageToken):
        page_of(range(20), token, 5, list_tokens)
