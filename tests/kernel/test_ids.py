"""Seeded ids."""

from __future__ import annotations

import subprocess
import sys
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.kernel.ids import BASE62, BASE64URL, LOWER_ALPHANUMERIC, Ids


def draws(ids: Ids) -> list[object]:
    return [ids.text(40), ids.hex(7), ids.decimal(21), ids.uuid4(), ids.bits(31), ids.octets(100)]


def test_equal_seeds_draw_equal_ids():
    assert draws(Ids("a")) == draws(Ids("a"))


def test_other_seeds_draw_other_ids():
    assert all(one != other for one, other in zip(draws(Ids("a")), draws(Ids("b")), strict=True))


def test_a_remembered_position_continues_the_sequence():
    whole = Ids("a")
    draws(whole)
    again = Ids("a", whole.position)
    assert draws(again) == draws(whole)


def test_another_process_draws_the_same():
    program = "from emulator.kernel.ids import Ids; print(Ids('a').text(50), end='')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == Ids("a").text(50)


@pytest.mark.parametrize("alphabet", [BASE62, BASE64URL, LOWER_ALPHANUMERIC, "01"])
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 500])
def test_text_has_its_length_and_keeps_to_its_alphabet(alphabet, length):
    drawn = Ids().text(length, alphabet)
    assert len(drawn) == length
    assert set(drawn) <= set(alphabet)


def test_text_uses_the_whole_alphabet():
    assert set(Ids().text(5000, BASE64URL)) == set(BASE64URL)


@given(st.text(max_size=20))
def test_uuids_are_version_4_of_the_rfc_variant(seed):
    drawn = Ids(seed).uuid4()
    assert str(uuid.UUID(drawn)) == drawn
    assert (uuid.UUID(drawn).version, uuid.UUID(drawn).variant) == (4, uuid.RFC_4122)


@given(st.integers(1, 300), st.text(max_size=5))
def test_numbers_keep_to_their_size(count, seed):
    ids = Ids(seed)
    assert 0 <= ids.bits(count) < 2**count
    decimal = ids.decimal(count)
    assert (len(decimal), decimal[0] != "0", decimal.isdecimal()) == (count, True, True)
    assert len(ids.hex(count)) == count


def test_ten_thousand_draws_do_not_repeat():
    ids = Ids()
    assert len({ids.text(16) for _ in range(10_000)}) == 10_000
