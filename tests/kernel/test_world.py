"""The World: transactions, marks, images and files."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from emulator.kernel.world import NewerWorld, NotAWorld, World, WorldError, WorldInUse

NOTES = "CREATE TABLE IF NOT EXISTS note (text TEXT PRIMARY KEY)"


class Refused(Exception):
    pass


@pytest.fixture
def world():
    made = World()
    made.define(NOTES)
    yield made
    made.close()


def write(world: World, *texts: str) -> None:
    with world.transaction():
        world.execute_many("INSERT INTO note VALUES (?)", [(text,) for text in texts])


def write_and_fail(world: World, *texts: str) -> None:
    with world.transaction():
        write(world, *texts)
        raise Refused


def notes(world: World) -> list[str]:
    return [row["text"] for row in world.all("SELECT text FROM note ORDER BY text")]


def notes_in(path: Path) -> list[str]:
    world = World(path)
    try:
        return notes(world)
    finally:
        world.close()


# -- transactions ----------------------------------------------------------------------------------------------------


def test_an_exception_undoes_everything_done_in_the_transaction(world):
    write(world, "kept")
    with pytest.raises(Refused):
        write_and_fail(world, "lost")
    assert notes(world) == ["kept"]


def test_an_inner_transaction_can_fail_without_taking_the_outer_one_along(world):
    with world.transaction():
        write(world, "outer")
        with pytest.raises(Refused):
            write_and_fail(world, "inner")
        write(world, "after")
    assert notes(world) == ["after", "outer"]


def test_the_outer_transaction_takes_committed_inner_ones_along(world):
    with pytest.raises(Refused):
        write_and_fail(world, "inner")
    assert notes(world) == []


def test_a_commit_that_fails_leaves_a_world_that_still_works(world):
    world.define("CREATE TABLE IF NOT EXISTS reply (note TEXT REFERENCES note(text) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"), world.transaction():
        world.execute("INSERT INTO reply VALUES ('nothing of that name')")
    write(world, "afterwards")
    assert (notes(world), world.value("SELECT count(*) FROM reply")) == (["afterwards"], 0)


def test_hooks_run_before_a_commit_and_after_a_rollback_only(world):
    happened = []
    world.before_commit.append(lambda: happened.append("commit"))
    world.after_restore.append(lambda: happened.append("restore"))
    write(world, "kept")
    with pytest.raises(Refused), world.transaction():
        raise Refused
    assert happened == ["commit", "restore"]


def test_a_hook_that_writes_is_part_of_the_transaction(world):
    world.before_commit.append(lambda: world.keep_setting("count", str(len(notes(world)))))
    write(world, "one", "two")
    assert world.setting("count") == "2"


def test_one_thread_waits_for_the_transaction_of_another(world):
    inside, looked = threading.Event(), []

    def other() -> None:
        inside.wait(10)
        with world.transaction():
            looked.extend(notes(world))

    thread = threading.Thread(target=other)
    thread.start()
    with world.transaction():
        world.execute("INSERT INTO note VALUES ('first half')")
        inside.set()
        world.execute("INSERT INTO note VALUES ('second half')")
    thread.join(10)
    assert looked == ["first half", "second half"]


# -- marks -----------------------------------------------------------------------------------------------------------


def test_rollback_returns_to_the_mark_and_closes_it(world):
    write(world, "before")
    mark = world.checkpoint()
    write(world, "after")
    world.rollback(mark)
    assert notes(world) == ["before"]
    with pytest.raises(WorldError, match=f"checkpoint {mark} is not open"):
        world.rollback(mark)


def test_marks_nest_like_brackets(world):
    outer = world.checkpoint()
    write(world, "one")
    inner = world.checkpoint()
    write(world, "two")
    world.rollback(inner)
    assert notes(world) == ["one"]
    world.rollback(outer)
    assert notes(world) == []


def test_rolling_back_an_outer_mark_closes_the_inner_ones(world):
    outer, inner = world.checkpoint(), world.checkpoint()
    world.rollback(outer)
    with pytest.raises(WorldError, match="not open"):
        world.rollback(inner)
    write(world, "works on")
    assert notes(world) == ["works on"]


def test_a_kept_mark_serves_many_rounds(world):
    mark = world.checkpoint()
    for text in ("one", "two", "three"):
        write(world, text)
        assert notes(world) == [text]
        world.rollback(mark, keep=True)
    world.rollback(mark)


def test_a_transaction_that_fails_under_a_mark_leaves_the_mark_usable(world):
    write(world, "before")
    mark = world.checkpoint()
    write(world, "under the mark")
    with pytest.raises(Refused):
        write_and_fail(world, "lost")
    assert notes(world) == ["before", "under the mark"]
    world.rollback(mark)
    assert notes(world) == ["before"]


def test_tables_defined_under_a_mark_go_with_it(world):
    mark = world.checkpoint()
    with world.transaction():
        world.execute("CREATE TABLE passing (x)")
    world.rollback(mark)
    assert world.one("SELECT 1 FROM sqlite_master WHERE name = 'passing'") is None


def test_marks_are_refused_inside_a_transaction(world):
    mark = world.checkpoint()
    with world.transaction():
        with pytest.raises(WorldError, match="inside a transaction"):
            world.checkpoint()
        with pytest.raises(WorldError, match="inside a transaction"):
            world.rollback(mark)
        write(world, "unharmed")
    assert notes(world) == ["unharmed"]


# -- images ----------------------------------------------------------------------------------------------------------


def test_an_image_makes_another_world_equal(world):
    write(world, "one")
    image = world.image()
    write(world, "two")
    other = World()
    other.define(NOTES)
    other.load(image)
    assert (notes(other), notes(world)) == (["one"], ["one", "two"])
    other.close()


def test_loading_calls_the_restore_hooks_and_brings_missing_tables(world):
    restored = []
    bare = World()
    world.after_restore.append(lambda: restored.append(True))
    world.load(bare.image())
    assert (restored, notes(world)) == ([True], [])
    bare.close()


@pytest.mark.parametrize("size", [0, 1, 50, 99, 100, 5000])
@pytest.mark.parametrize("start", [b"", b"SQLite format 3\0"])
def test_garbage_is_no_image_and_changes_nothing(world, start, size):
    write(world, "kept")
    with pytest.raises(NotAWorld, match="the given image"):
        world.load(start + b"\xa5" * size)
    assert notes(world) == ["kept"]


def test_a_damaged_image_is_refused_and_changes_nothing(world):
    write(world, "kept")
    image = world.image()
    with pytest.raises(NotAWorld):
        world.load(image[:40] + b"\xff" * 200 + image[240:])
    assert notes(world) == ["kept"]


def test_the_image_of_a_foreign_database_is_refused(world):
    foreign = sqlite3.connect(":memory:")
    foreign.execute("CREATE TABLE their (x)")
    with pytest.raises(NotAWorld, match="not a world of this emulator"):
        world.load(foreign.serialize())
    foreign.close()


def test_a_newer_image_is_refused(world):
    newer = sqlite3.connect(":memory:")
    newer.deserialize(world.image())
    newer.execute("PRAGMA user_version = 99")
    with pytest.raises(NewerWorld, match=r"version 99.*upgrade"):
        world.load(newer.serialize())
    newer.close()


def test_no_world_is_replaced_under_an_open_mark(world):
    image = world.image()
    world.checkpoint()
    with pytest.raises(WorldError, match="checkpoint or a call is open"):
        world.load(image)


def test_clear_leaves_the_tables_and_nothing_in_them(world):
    write(world, "gone")
    world.clear()
    assert notes(world) == []
    write(world, "new")
    assert notes(world) == ["new"]


# -- files -----------------------------------------------------------------------------------------------------------


def test_a_file_keeps_what_was_committed(tmp_path):
    world = World(tmp_path / "w.db")
    world.define(NOTES)
    write(world, "kept")
    with pytest.raises(Refused):
        write_and_fail(world, "lost")
    world.close()
    assert notes_in(tmp_path / "w.db") == ["kept"]


def test_a_file_world_can_return_to_its_own_image_and_keeps_it(tmp_path):
    world = World(tmp_path / "w.db")
    world.define(NOTES)
    write(world, "one")
    image = world.image()
    write(world, "two")
    world.load(image)
    assert notes(world) == ["one"]
    write(world, "three")
    world.close()
    assert notes_in(tmp_path / "w.db") == ["one", "three"]


def test_clear_empties_a_file_world(tmp_path):
    world = World(tmp_path / "w.db")
    world.define(NOTES)
    write(world, "gone")
    world.clear()
    world.close()
    assert notes_in(tmp_path / "w.db") == []


def test_the_bytes_of_a_world_file_are_an_image(tmp_path, world):
    kept = World(tmp_path / "w.db")
    kept.define(NOTES)
    write(kept, "from the file")
    kept.close()
    world.load((tmp_path / "w.db").read_bytes())
    assert notes(world) == ["from the file"]


def test_a_saved_world_opens_as_a_file(tmp_path, world):
    write(world, "saved")
    world.save(tmp_path / "copy.db")
    assert notes_in(tmp_path / "copy.db") == ["saved"]


def test_world_files_and_their_journals_are_for_their_owner_only(tmp_path, world):
    previous = os.umask(0)
    try:
        world.save(tmp_path / "saved.db")
        kept = World(tmp_path / "kept.db")
        kept.define(NOTES)
        write(kept, "secret")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        kept.close()
    finally:
        os.umask(previous)
    assert set(modes) >= {"saved.db", "kept.db"}
    assert set(modes.values()) == {0o600}


def test_saving_over_a_readable_file_takes_it_away_from_others(tmp_path, world):
    target = tmp_path / "copy.db"
    target.touch()
    target.chmod(0o644)
    world.save(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_kill_9_loses_no_committed_write(tmp_path):
    program = f"""
import sys
from pathlib import Path
from emulator.kernel.world import World
world = World(Path(sys.argv[1]))
world.define({NOTES!r})
for number in range(50):
    with world.transaction():
        world.execute("INSERT INTO note VALUES (?)", (f"{{number:02}}",))
world.execute("BEGIN")
world.execute("INSERT INTO note VALUES ('uncommitted')")
print("written", flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", program, str(tmp_path / "w.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "written\n"
        child.send_signal(signal.SIGKILL)
        child.wait(30)
    assert notes_in(tmp_path / "w.db") == [f"{number:02}" for number in range(50)]


def test_a_second_process_is_told_that_the_world_is_in_use(tmp_path):
    world = World(tmp_path / "w.db")
    program = "import sys; from emulator.kernel.world import World; World(sys.argv[1])"
    command = [sys.executable, "-c", program, str(tmp_path / "w.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    world.close()
    assert done.returncode == 1
    assert "WorldInUse" in done.stderr
    assert "another process is using this world" in done.stderr


def test_the_same_process_is_told_as_well(tmp_path):
    world = World(tmp_path / "w.db")
    with pytest.raises(WorldInUse, match=r"w\.db"):
        World(tmp_path / "w.db")
    world.close()
    World(tmp_path / "w.db").close()


@pytest.mark.parametrize("content", [b"hello, world", b"\0" * 5000, b"SQLite format 3\0" + b"\xa5" * 5000])
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path, content):
    (tmp_path / "w.db").write_bytes(content)
    with pytest.raises(NotAWorld, match=r"w\.db"):
        World(tmp_path / "w.db")
    assert (tmp_path / "w.db").read_bytes() == content


def test_a_foreign_database_is_refused_and_released(tmp_path):
    path = tmp_path / "theirs.db"
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE their (x)")
    foreign.commit()
    with pytest.raises(NotAWorld, match="not a world of this emulator") as refusal:
        World(path)
    foreign.execute("INSERT INTO their VALUES (1)")
    foreign.commit()
    foreign.close()
    assert str(path) in str(refusal.value)


def test_a_newer_world_file_is_refused(tmp_path):
    world = World(tmp_path / "w.db")
    world.execute("PRAGMA user_version = 2")
    world.close()
    with pytest.raises(NewerWorld, match=r"w\.db: world version 2"):
        World(tmp_path / "w.db")


@pytest.mark.parametrize("place", [".", "absent/w.db"])
def test_a_place_that_holds_no_file_is_refused(tmp_path, place):
    with pytest.raises(NotAWorld):
        World(tmp_path / place)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_folder_is_refused(tmp_path):
    (tmp_path / "shut").mkdir(mode=0)
    with pytest.raises(NotAWorld, match="Permission denied"):
        World(tmp_path / "shut" / "w.db")


@pytest.mark.filterwarnings("error")
def test_a_world_that_is_dropped_is_closed(tmp_path):
    import gc

    world = World(tmp_path / "w.sqlite")
    with world.transaction():
        world.keep_setting("a", "1")
    del world
    gc.collect()
    assert World(tmp_path / "w.sqlite").setting("a") == "1"


def test_threads_that_read_the_same_way_at_once_read_their_own_rows():
    world = World()
    world.define("CREATE TABLE IF NOT EXISTS pair (id INTEGER PRIMARY KEY, twice INTEGER NOT NULL)")
    world.execute_many("INSERT INTO pair VALUES (?, ?)", [(number, 2 * number) for number in range(50)])
    wrong = []

    def read(first):
        for number in list(range(first, 50)) * 20:
            row = world.one("SELECT id, twice FROM pair WHERE id = ?", (number,))
            if row is None or tuple(row) != (number, 2 * number):
                wrong.append((number, row and tuple(row)))

    threads = [threading.Thread(target=read, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    world.close()
