"""The World: everything mutable, in one SQLite database.

In memory by default, in a file with ``path``. Each call is one transaction. Test isolation is a savepoint
(``checkpoint`` / ``rollback``), whose cost follows the changes and not the size of the mailbox; named snapshots are
whole images (``image`` / ``load``). Anyone may open a world file with any SQLite tool.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["NewerWorld", "NotAWorld", "Row", "World", "WorldError", "WorldInUse"]

APPLICATION_ID = 0x41454D55  # "AEMU", so that file(1) and we recognise a world
VERSION = 1

Row = sqlite3.Row
Values = Sequence[Any] | dict[str, Any]


class WorldError(Exception):
    """A world file that cannot be used; the message names the file and what to do."""


class NotAWorld(WorldError):
    """The file is no world: another kind of file, damaged, or not readable."""


class NewerWorld(WorldError):
    """The file was written by a newer emulator."""


class WorldInUse(WorldError):
    """Another process holds the file."""


class World:
    """One database and its transactions. Thread-safe: a transaction holds the world until it ends.

    ``before_commit`` hooks run inside a transaction that is about to be kept; ``after_restore`` hooks run whenever
    the database has gone back to an earlier state, so that what is mirrored in memory can be read again;
    ``before_close`` hooks end what still works on it.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path is not None else None
        self.lock = threading.RLock()
        self.before_commit: list[Callable[[], None]] = []
        self.after_restore: list[Callable[[], None]] = []
        self.before_close: list[Callable[[], None]] = []
        self._depth = 0
        self._marks = 0
        self._scripts: list[str] = [_KERNEL_SCHEMA]
        self._database = _open(self.path)
        self._database.executescript(_KERNEL_SCHEMA)
        weakref.finalize(self, self._database.close)  # a world that is merely dropped is closed as well

    def define(self, schema: str) -> None:
        """Create a room's tables where they are missing. ``schema`` must be idempotent (IF NOT EXISTS)."""
        with self.lock:
            self._scripts.append(schema)
            self._database.executescript(schema)

    # -- reading and writing -----------------------------------------------------------------------------------

    def execute(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        """Run one statement inside the current transaction (or on its own, outside of one)."""
        return self._database.execute(sql, values)

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each row of values."""
        self._database.executemany(sql, rows)

    def one(self, sql: str, values: Values = ()) -> Row | None:
        """The first row, or ``None``."""
        with self.lock:  # threads that ran one statement at a time would share it, and read each other's rows
            row: Row | None = self._database.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, values: Values = ()) -> list[Row]:
        """Every row."""
        with self.lock:
            return self._database.execute(sql, values).fetchall()

    def value(self, sql: str, values: Values = ()) -> Any:
        """The first column of the first row, or ``None``."""
        row = self.one(sql, values)
        return row[0] if row is not None else None

    def setting(self, key: str) -> str | None:
        """A value kept under ``key`` by the kernel itself (clock, ids)."""
        found: str | None = self.value("SELECT value FROM kernel_setting WHERE key = ?", (key,))
        return found

    def keep_setting(self, key: str, value: str) -> None:
        """Keep ``value`` under ``key``."""
        self.execute("INSERT OR REPLACE INTO kernel_setting (key, value) VALUES (?, ?)", (key, value))

    # -- transactions ------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: an exception undoes everything done inside. May be nested."""
        with self.lock:
            name = f"call_{self._depth}"
            plain = self._depth == 0 and self._marks == 0
            self._database.execute("BEGIN" if plain else f"SAVEPOINT {name}")
            self._depth += 1
            try:
                yield
                for hook in self.before_commit:
                    hook()
                self._database.execute("COMMIT" if plain else f"RELEASE {name}")
            except BaseException:
                self._undo("" if plain else name)
                raise
            finally:
                self._depth -= 1

    def checkpoint(self) -> int:
        """Mark the present state; ``rollback`` with the answer returns to it. Marks nest like brackets.

        While a mark is open nothing reaches a world file, so marks are for tests; a running sandbox uses ``image``.
        Raises ``WorldError`` inside a transaction, whose end would take the mark with it.
        """
        with self.lock:
            self._require_no_call("set")
            self._marks += 1
            self._database.execute(f"SAVEPOINT mark_{self._marks}")
            return self._marks

    def rollback(self, mark: int, *, keep: bool = False) -> None:
        """Return to ``mark`` and close it and every later one; ``keep`` leaves it open for another round.

        Raises ``WorldError`` for a mark that is not open, and inside a transaction.
        """
        with self.lock:
            self._require_no_call("returned to")
            if not 1 <= mark <= self._marks:
                raise WorldError(f"checkpoint {mark} is not open; open ones: 1 to {self._marks}")
            self._database.execute(f"ROLLBACK TO mark_{mark}")
            if not keep:
                self._database.execute(f"RELEASE mark_{mark}")
            self._marks = mark if keep else mark - 1
            self._restored()

    # -- whole worlds ------------------------------------------------------------------------------------------

    def image(self) -> bytes:
        """The whole world as the bytes of a SQLite file."""
        with self.lock:
            return self._database.serialize()

    def load(self, image: bytes) -> None:
        """Become the world of ``image``. Raises ``NotAWorld`` or ``NewerWorld`` and leaves this one as it was."""
        source = sqlite3.connect(":memory:")
        try:
            _deserialize(source, image)
            with self.lock:
                if self._marks or self._depth:
                    raise WorldError("a world cannot be replaced while a checkpoint or a call is open")
                source.backup(self._database)
                for script in self._scripts:
                    self._database.executescript(script)
                self._restored()
        finally:
            source.close()

    def clear(self) -> None:
        """Become an empty world with the same tables.

        Under an open checkpoint the rows are deleted instead, so that a rollback brings them back.
        """
        if self._marks or self._depth:
            self._delete_everything()
            return
        blank = _configure(sqlite3.connect(":memory:", isolation_level=None))
        try:
            for script in self._scripts:
                blank.executescript(script)
            self.load(blank.serialize())
        finally:
            blank.close()

    def _delete_everything(self) -> None:
        with self.transaction():
            self.execute("PRAGMA defer_foreign_keys = ON")
            for row in self.all(_OWN_TABLES):
                self.execute(f'DELETE FROM "{row[0]}"')
        self._restored()

    def save(self, path: str | Path) -> None:
        """Write the world to a file that only its owner can read, whatever stood there before."""
        target = Path(path)
        target.touch(mode=0o600)
        target.chmod(0o600)
        target.write_bytes(self.image())

    def close(self) -> None:
        """Close the database; a file keeps every committed call."""
        for hook in self.before_close:
            hook()
        with self.lock:
            self._database.close()

    def _undo(self, savepoint: str) -> None:
        """Take back the transaction, or what happened since ``savepoint``."""
        if self._database.in_transaction:  # a full disk makes SQLite roll back by itself
            self._database.execute(f"ROLLBACK TO {savepoint}" if savepoint else "ROLLBACK")
            if savepoint:
                self._database.execute(f"RELEASE {savepoint}")
        self._restored()

    def _require_no_call(self, what: str) -> None:
        if self._depth:
            raise WorldError(f"a checkpoint cannot be {what} inside a transaction")

    def _restored(self) -> None:
        for hook in self.after_restore:
            hook()


# Ordinary and virtual tables; the shadow tables behind a virtual one are its own business.
_OWN_TABLES = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
    " AND name NOT GLOB 'sqlite_*'"
)

_KERNEL_SCHEMA = """
CREATE TABLE IF NOT EXISTS kernel_setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


# SQLite's own two megabytes send a mailbox of a million messages to the disk for every index page.
_CACHE_KIBIBYTES = 48 * 1024
_CHECKPOINT_PAGES = 8_000


def _open(path: Path | None) -> sqlite3.Connection:
    if path is None:
        return _configure(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
    try:
        if not path.exists():
            path.touch(mode=0o600)
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        try:
            return _owned(database, str(path))
        except BaseException:
            database.close()
            raise
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise WorldInUse(f"{path}: another process is using this world; stop it or name another file") from None
        raise NotAWorld(f"{path}: cannot be opened as a world ({error})") from None
    except sqlite3.DatabaseError as error:
        raise NotAWorld(f"{path}: not a world file ({error})") from None
    except OSError as error:
        raise NotAWorld(f"{path}: {error.strerror or error}") from None


def _owned(database: sqlite3.Connection, name: str) -> sqlite3.Connection:
    """The database of a world file, held by this process alone until it is closed."""
    # Two emulators on one mailbox would each serve half-true history ids.
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    _examine(database, name)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
    database.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    return _configure(database)


def _deserialize(database: sqlite3.Connection, image: bytes) -> None:
    """Fill an in-memory database from ``image``. Raises ``NotAWorld`` or ``NewerWorld``."""
    name = "the given image"
    if not image.startswith(b"SQLite format 3\0") or len(image) < 100:
        raise NotAWorld(f"{name}: not a world file")
    # Bytes 18 and 19 say "write-ahead log" in the image of a file; a database in memory has none and would refuse it.
    database.deserialize(image[:18] + b"\x01\x01" + image[20:])
    try:
        _examine(database, name)
    except sqlite3.DatabaseError as error:
        raise NotAWorld(f"{name}: not a world file ({error})") from None


def _examine(database: sqlite3.Connection, name: str) -> None:
    """Refuse foreign and newer databases; an empty one becomes a world on first use."""
    tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    application = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise NotAWorld(f"{name}: a SQLite database, but not a world of this emulator")
    if version > VERSION:
        raise NewerWorld(
            f"{name}: world version {version}, this emulator reads up to {VERSION}; upgrade actor-emulator"
        )


def _configure(database: sqlite3.Connection) -> sqlite3.Connection:
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {VERSION}")
    return database
