"""The composed app: beginnings, endings, and what a world takes along."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from emulator.app import App
from emulator.config import Config
from emulator.errors import SeedError, WorldInUse
from emulator.kernel.faults import Fault
from emulator.kernel.http import Call
from emulator.kernel.world import World

SEED = "google:\n  users: [{email: u@example.com}]\n"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Undone(Exception):
    pass


@pytest.fixture
def seed(tmp_path):
    path = tmp_path / "seed.yaml"
    path.write_text(SEED, encoding="utf-8")
    return path


@pytest.fixture
def app(seed):
    made = App(Config(seeds=(seed,), start=START, frozen=True))
    yield made
    made.close()


def users(app):
    return [user.email for user in app.google.users]


def test_a_frozen_world_begins_at_the_very_instant_named(app):
    assert app.clock.now() == START


def test_two_apps_share_nothing(app, seed):
    other = App(Config(seeds=(seed,)))
    app.seed(text="google:\n  users: [{email: v@example.com}]")
    app.faults.add(Fault.status(503))
    app.clock.advance(days=1)
    assert (users(other), len(other.faults)) == (["u@example.com"], 0)
    other.close()


def test_isolation_takes_back_world_clock_ids_faults_and_journal(app):
    position = app.ids.position
    with app.isolated():
        app.seed(text="google:\n  users: [{email: v@example.com}]")
        app.clock.advance(days=1)
        app.ids.text(10)
        with app.world.transaction():
            pass
        app.faults.add(Fault.status(503))
        app.respond(Call("GET", "nowhere.example.com", "/"))
    assert (users(app), app.clock.now(), app.ids.position) == (["u@example.com"], START, position)
    assert (len(app.faults), len(app.journal)) == (0, 0)


def test_a_world_file_is_seeded_once(tmp_path, seed):
    for _ in range(3):
        app = App(Config(seeds=(seed,), world=tmp_path / "w.db"))
        assert users(app) == ["u@example.com"]
        app.close()


def test_a_world_file_that_was_reset_is_not_seeded_a_second_time(tmp_path, seed):
    app = App(Config(seeds=(seed,), world=tmp_path / "w.db"))
    app.reset()
    app.close()
    again = App(Config(seeds=(seed,), world=tmp_path / "w.db"))
    assert users(again) == ["u@example.com"]
    again.close()


def test_a_world_file_whose_seed_was_refused_is_free_and_seeded_the_next_time(tmp_path, seed):
    seed.write_text("google: {usres: []}", encoding="utf-8")
    with pytest.raises(SeedError, match="usres"):
        App(Config(seeds=(seed,), world=tmp_path / "w.db", start=START))
    seed.write_text(SEED, encoding="utf-8")
    app = App(Config(seeds=(seed,), world=tmp_path / "w.db"))
    assert users(app) == ["u@example.com"]
    with pytest.raises(WorldInUse):
        World(tmp_path / "w.db")
    app.close()


def test_a_world_file_remembers_clock_and_ids(tmp_path, seed):
    app = App(Config(seeds=(seed,), world=tmp_path / "w.db", start=START, frozen=True))
    app.clock.advance(days=3)
    with app.world.transaction():
        app.ids.text(10)
    expected = app.clock.now(), app.ids.position
    app.close()
    again = App(Config(world=tmp_path / "w.db"))
    assert (again.clock.now(), again.ids.position) == expected
    again.close()


def test_a_call_that_is_rolled_back_does_not_take_the_time_of_another_thread_along(app):
    inside, advancing = threading.Event(), threading.Event()

    def advance():
        inside.wait(10)
        advancing.set()
        app.clock.advance(hours=1)

    def fail():
        with app.world.transaction():
            inside.set()
            advancing.wait(10)
            raise Undone

    thread = threading.Thread(target=advance)
    thread.start()
    with pytest.raises(Undone):
        fail()
    thread.join(10)
    assert (app.clock.now() - START).total_seconds() == 3600


def test_equal_entropy_gives_equal_worlds(seed):
    config = Config(seeds=(seed,), start=START, frozen=True)
    first, second = App(config), App(config)
    drawn = [each.ids.text(50) for each in (first, second)]
    assert drawn[0] == drawn[1]
    first.close()
    second.close()


def test_the_consent_mode_goes_back_with_the_rest() -> None:
    app = App()
    with app.isolated():
        app.consent.mode = "deny"
    assert app.consent.mode == "auto"
    app.close()
