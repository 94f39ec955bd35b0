"""Address lists as sending reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.services.google.gmail.recipients import addresses

atoms = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=8).filter(lambda text: text.strip("-_"))
bare = st.builds("{}@x{}x.org".format, atoms, atoms)
named = st.builds('"{}, {}" <{}>'.format, atoms, atoms, bare)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("ada@example.com", ["ada@example.com"]),
        ("Ada <ada@example.com>, b@c.org", ["ada@example.com", "b@c.org"]),
        ('"Lovelace, Ada" <ada@example.com>', ["ada@example.com"]),
        ("<ada@example.com>", ["ada@example.com"]),
        ("ada@example.com (Ada, really)", ["ada@example.com"]),
        ("Team: a@x.org, b@x.org;, c@x.org", ["a@x.org", "b@x.org", "c@x.org"]),
        ("undisclosed-recipients:;", []),
        ("", []),
        (" , a@x.org,, ", ["a@x.org"]),
        ("ada+tag@example.com", ["ada+tag@example.com"]),
        ('"odd local"@example.com', ['"odd local"@example.com']),
        ("ada@[192.0.2.1]", ["ada@[192.0.2.1]"]),
        ("josé@exämple.org", ["josé@exämple.org"]),
        ("a@localhost", ["a@localhost"]),
    ],
)
def test_what_is_read(value, found):
    assert addresses(value) == found


@pytest.mark.parametrize(
    "value",
    ["ada", "ada@", "@example.com", "a@b@c", "a b@c.org", "Ada <ada>", "<>", "a..b@c.org", ".a@c.org", "a@c..org",
     "a@-c.org", "a@c.org b@c.org", '"unclosed', "a@x.org, b", "Ada <a@x.org", "a@x.org>"],
)  # fmt: skip
def test_what_is_refused(value):
    assert addresses(value) is None


@given(st.lists(bare | named, max_size=5))
def test_a_list_is_read_as_it_was_written(written):
    assert addresses(", ".join(written)) == [each.rpartition("<")[2].rstrip(">") for each in written]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(value):
    found = addresses(value)
    assert found is None or all("@" in each for each in found)


@given(st.sampled_from('"(<,;:\\@'), st.integers(1, 50_000))
def test_long_runs_cost_no_more_than_their_length(character, count):
    addresses(character * count)
