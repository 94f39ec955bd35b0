"""Which forms of a word a query asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.gmail.search.stems import word_forms


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("invoice", "invoices"), ("invoices", "invoice"), ("invoice", "invoiced"), ("invoicing", "invoice"),
        ("party", "parties"), ("parties", "party"), ("tried", "try"), ("box", "boxes"), ("boxes", "box"),
        ("plan", "planned"), ("planned", "plan"), ("planning", "plans"), ("added", "add"), ("passed", "pass"),
        ("report", "Reports"), ("meeting", "meet"), ("walked", "walking"), ("classes", "class"),
    ],
)  # fmt: skip
def test_plural_and_tense_find_each_other(word: str, other: str) -> None:
    assert other.lower() in word_forms(word)


@pytest.mark.parametrize("word", ["news", "bus", "pdf7", "is", "café", "日本", "status", "red", "string"])
def test_words_that_only_look_inflected_lose_no_ending(word: str) -> None:
    assert all(len(form) >= len(word) for form in word_forms(word))


@given(st.text(max_size=20))
def test_the_word_itself_comes_first_and_no_form_twice(word: str) -> None:
    forms = word_forms(word)
    assert forms[0] == word.casefold()
    assert len(set(forms)) == len(forms) <= 12
