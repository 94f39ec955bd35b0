"""Objects that are rows."""

from __future__ import annotations

import pytest

from emulator.kernel.live import Column, Live, UnknownName
from emulator.kernel.world import World


class Lamp(Live):
    table, key, kind = "lamp", "name", "lamp"

    colour = Column(str, choices=("red", "green"))
    lit = Column(bool)
    watts = Column(float, nullable=True)


@pytest.fixture
def world():
    made = World()
    made.define("CREATE TABLE lamp (name TEXT PRIMARY KEY, colour TEXT, lit INTEGER, watts REAL)")
    with made.transaction():
        made.execute("INSERT INTO lamp VALUES ('desk', 'red', 1, NULL), ('hall', 'green', 0, 4.5)")
    yield made
    made.close()


def test_reading_an_attribute_reads_the_world(world):
    lamp = Lamp.of(world, "desk")
    assert (lamp.colour, lamp.lit, lamp.watts) == ("red", True, None)
    world.execute("UPDATE lamp SET lit = 0, watts = 3")
    assert (lamp.lit, lamp.watts) == (False, 3.0)


def test_setting_an_attribute_writes_the_world(world):
    Lamp.of(world, "desk").colour = "green"
    assert world.value("SELECT colour FROM lamp WHERE name = 'desk'") == "green"
    assert Lamp.of(world, "desk").colour == "green"


def test_only_the_choices_are_taken(world):
    lamp = Lamp.of(world, "desk")
    with pytest.raises(ValueError, match=r"Lamp\.colour must be one of 'red', 'green'; got 'blue'"):
        lamp.colour = "blue"
    assert lamp.colour == "red"


def test_a_write_is_undone_by_a_rollback(world):
    mark = world.checkpoint()
    Lamp.of(world, "desk").lit = False
    world.rollback(mark)
    assert Lamp.of(world, "desk").lit is True


def test_an_unknown_name_lists_what_there_is(world):
    with pytest.raises(UnknownName) as refusal:
        Lamp.of(world, "dosk")
    assert str(refusal.value) == "no lamp 'dosk'; did you mean 'desk'? Known: desk, hall"


def test_an_object_whose_row_has_gone_says_so(world):
    lamp = Lamp.of(world, "desk")
    world.execute("DELETE FROM lamp")
    with pytest.raises(LookupError, match=r"Lamp\('desk'\) is not in the world any more"):
        assert lamp.lit


def test_two_of_one_key_are_equal(world):
    assert Lamp.of(world, "desk") == Lamp.of(world, "desk")
    assert Lamp.of(world, "desk") != Lamp.of(world, "hall")
    assert len({Lamp.of(world, "desk"), Lamp.of(world, "desk")}) == 1
    assert isinstance(Lamp.lit, Column)
