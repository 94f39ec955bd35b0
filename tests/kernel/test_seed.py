"""Seed files: positions, types, and one message for each thing that can be wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from emulator.kernel.seed import SeedDocument, SeedError, SeedNode, load_all, read

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A part, for tests."""

    name: str
    teeth: int = 10
    loose: bool = False
    weight: float = 1.5
    node: SeedNode = field(repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Every annotation the reader knows, for tests."""

    kind: Literal["difference", "analytical"]
    wheels: tuple[Wheel, ...] = ()
    from_: str = ""
    built: datetime | None = None
    warm_up: timedelta = timedelta(0)
    spares: dict[str, int] = field(default_factory=dict)
    oil: str | Wheel | tuple[str, ...] = "thin"

    def __post_init__(self) -> None:
        if self.from_ == "nowhere":
            raise ValueError("an engine comes from somewhere")


def problem(text: str | bytes, name: str = "demo.yaml") -> str:
    """The message of the seed error that reading ``text`` as an ``Engine`` ends in."""
    with pytest.raises(SeedError) as caught:
        read(SeedDocument.load(text, name), Engine, NOW)
    return str(caught.value)


def test_a_section_becomes_a_frozen_dataclass() -> None:
    text = """
    kind: difference
    from: Dorset Street
    built: 3d 4h ago
    warm_up: 1h 30m
    spares: {axle: 4, lever: 24}
    wheels:
      - name: no          # not a boolean here
        teeth: 12
      - {name: "007", loose: true, weight: 2}
    """
    engine = read(SeedDocument.load(text), Engine, NOW)
    assert (engine.kind, engine.from_, engine.built) == (
        "difference",
        "Dorset Street",
        NOW - timedelta(days=3, hours=4),
    )
    assert engine.warm_up == timedelta(minutes=90)
    assert engine.spares == {"axle": 4, "lever": 24}
    assert [(w.name, w.teeth, w.loose, w.weight) for w in engine.wheels] == [
        ("no", 12, False, 1.5),
        ("007", 10, True, 2.0),
    ]
    assert [wheel.node.line for wheel in engine.wheels] == [8, 10]
    assert engine.wheels[1].node.require("loose").field == "wheels[1].loose"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "kind: diference",
            (
                'demo.yaml:1: kind: expected one of "difference", "analytical", got "diference";'
                ' did you mean "difference"?'
            ),
        ),
        ("kind: 7", 'demo.yaml:1: kind: expected one of "difference", "analytical", got 7'),
        ("wheels: []", "demo.yaml:1: kind: required field is missing"),
        (
            "kind: difference\nwheels:\n  - name: a\n    teth: 3\n",
            'demo.yaml:4: wheels[0].teth: unknown field; did you mean "teeth"?',
        ),
        (
            "kind: difference\nqqq:\n  deep: 1\n",
            (
                'demo.yaml:2: qqq: unknown field, expected one of "kind", "wheels", "from", "built",'
                ' "warm_up", "spares", "oil"'
            ),
        ),
        ("kind: difference\nwheels: seven", 'demo.yaml:2: wheels: expected a list, got "seven"'),
        ("kind: difference\nwheels:\n  a: 1", "demo.yaml:2: wheels: expected a list, got a mapping"),
        ("kind: difference\nwheels: [x]", 'demo.yaml:2: wheels[0]: expected a mapping, got "x"'),
        ("kind: difference\nwheels:\n- {}\n", "demo.yaml:3: wheels[0].name: required field is missing"),
        ("kind: difference\nwheels: [{name: [a]}]", "demo.yaml:2: wheels[0].name: expected text, got a list"),
        ("kind: difference\nfrom:", "demo.yaml:2: from: expected text, got nothing"),
        ("kind: difference\nfrom: true", "demo.yaml:2: from: expected text, got true"),
        (
            "kind: difference\nwheels: [{name: a, teeth: '3'}]",
            'demo.yaml:2: wheels[0].teeth: expected a whole number, got "3"',
        ),
        (
            "kind: difference\nwheels: [{name: a, teeth: 1.5}]",
            "demo.yaml:2: wheels[0].teeth: expected a whole number, got 1.5",
        ),
        (
            "kind: difference\nwheels: [{name: a, loose: yes}]",
            'demo.yaml:2: wheels[0].loose: expected true or false, got "yes"',
        ),
        (
            "kind: difference\nwheels: [{name: a, weight: .inf}]",
            'demo.yaml:2: wheels[0].weight: expected a number, got ".inf"',
        ),
        (
            "kind: difference\nwarm_up: soon",
            'demo.yaml:2: warm_up: expected a duration such as "3d 4h", got "soon"',
        ),
        (
            "kind: difference\nbuilt: yesterday",
            'demo.yaml:2: built: expected an instant such as "2026-03-01T09:30:00Z" or "3d ago", got "yesterday"',
        ),
        (
            "kind: difference\nbuilt: 2026-03-01T09:30:00",
            'demo.yaml:2: built: "2026-03-01T09:30:00" has no zone; write "2026-03-01T09:30:00Z" for UTC',
        ),
        ("kind: difference\nspares: {axle: many}", 'demo.yaml:2: spares.axle: expected a whole number, got "many"'),
        ("kind: difference\nfrom: a\nkind: analytical", "demo.yaml:3: kind: duplicate field, first given on line 1"),
        (
            "kind: difference\nwheels:\n- name: a\n  name: b",
            "demo.yaml:4: wheels[0].name: duplicate field, first given on line 3",
        ),
        ("kind: difference\nfrom: nowhere", "demo.yaml:1: an engine comes from somewhere"),
        ("- a", "demo.yaml:1: expected a mapping, got a list"),
        ("kind: !!python/name:os.system x", "demo.yaml:1: tag tag:yaml.org,2002:python/name:os.system is not allowed"),
        ("kind: *nobody", "demo.yaml:1: alias *nobody has no anchor before it"),
        ("a: &a\n  - *a", "demo.yaml:2: alias *a contains itself"),
        ("? [a]\n: b", "demo.yaml:1: a field name that is not text is not allowed"),
        ("a: b\n---\nc: d", "demo.yaml:2: a second document; one file holds one"),
        ("a: [1, 2\nb: c", "demo.yaml:2: not YAML: while parsing a flow sequence did not find expected ',' or ']'"),
        ("a: b\nc: \x07", "demo.yaml:2: not YAML: control character U+0007"),
        (b"a: b\nc: \xe9\n", "demo.yaml:2: not UTF-8: byte 0xe9 at offset 8"),
        (b"\xff\xfea\x00", "demo.yaml:1: not UTF-8: byte 0xff at offset 0"),
        ("[" * 5000, "demo.yaml:1: nested deeper than 100 levels"),
    ],
)
def test_one_message_names_file_line_and_field(text: str | bytes, message: str) -> None:
    assert problem(text) == message


def test_an_error_carries_its_parts() -> None:
    with pytest.raises(SeedError) as caught:
        read(SeedDocument.load("kind: difference\nwheels: 1", "x.yaml"), Engine)
    error = caught.value
    assert (error.file, error.line, error.field, error.problem) == ("x.yaml", 2, "wheels", "expected a list, got 1")


def test_a_dangling_reference_is_reported_where_it_stands() -> None:
    node = SeedDocument.load("clients:\n  - name: a\n    project: dmo-project\n", "w.yaml")
    place = node.require("clients").items()[0].require("project")
    expected = 'w.yaml:3: clients[0].project: no project "dmo-project"; did you mean "demo-project"?'
    assert str(place.dangling("project", ["demo-project", "other"])) == expected


def test_aliases_share_a_value_but_not_without_bound() -> None:
    shared = read(SeedDocument.load("kind: difference\nwheels: [&w {name: a}, *w]"), Engine)
    assert shared.wheels[0] == shared.wheels[1]
    levels = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    levels += [
        f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    with pytest.raises(SeedError, match=r"bomb.yaml:6: f: aliases expand to more than 1,000,000 values"):
        SeedDocument.load("\n".join(levels), "bomb.yaml")


def test_json_is_a_seed_too() -> None:
    value = {"kind": "difference", "from": 'a\t"😀" / \\ud83d', "spares": {"é": 3}, "built": None}
    for text in (json.dumps(value), json.dumps(value, indent="\t"), json.dumps(value, ensure_ascii=False)):
        engine = read(SeedDocument.load(text, "seed.json"), Engine)
        assert (engine.from_, engine.spares, engine.built) == (value["from"], {"é": 3}, None)


def test_a_union_is_read_by_what_stands_there() -> None:
    def oil(text: str) -> object:
        return read(SeedDocument.load(f"kind: difference\noil: {text}"), Engine).oil

    assert oil("thick") == "thick"
    assert oil("[thin, thick]") == ("thin", "thick")
    assert isinstance(oil("{name: can}"), Wheel)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("in 90m", NOW + timedelta(minutes=90)),
        ("1w 2d ago", NOW - timedelta(days=9)),
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=UTC)),
        ("2026-05-01T10:00:00+02:00", datetime(2026, 5, 1, 8, tzinfo=UTC)),
    ],
)
def test_instants(text: str, expected: datetime) -> None:
    assert SeedDocument.load(f"at: {text}").require("at").timestamp(NOW) == expected


def test_a_relative_instant_needs_a_now_and_a_calendar() -> None:
    with pytest.raises(SeedError, match="expected an instant"):
        SeedDocument.load("at: 3d ago").require("at").timestamp()
    with pytest.raises(SeedError, match="expected an instant"):
        SeedDocument.load("at: 999999999d ago").require("at").timestamp(NOW)


def test_an_empty_document_is_an_empty_mapping() -> None:
    assert SeedDocument.load("# nothing yet\n").mapping() == {}


def test_directories_are_joined_in_name_order(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("google:\n  users:\n    - {email: b}\n")
    (tmp_path / "a.yaml").write_text("google:\n  users: [{email: a}]\n  title: x\n")
    (tmp_path / "note.txt").write_text("not a seed")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.yml").write_text("google: {users: [{email: c}]}\ngmail: {}\n")
    merged = load_all([tmp_path])
    users = merged.require("google").require("users").items()
    assert [user.require("email").text() for user in users] == ["a", "b", "c"]
    assert (users[1].field, users[1].line, users[1].file) == ("google.users[0]", 3, str(tmp_path / "b.yaml"))
    assert set(merged.mapping()) == {"google", "gmail"}


def test_two_files_cannot_both_set_a_scalar(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("title: one")
    second.write_text("\ntitle: two")
    with pytest.raises(SeedError) as caught:
        load_all([first, second])
    assert str(caught.value) == f"{second}:2: title: already given at {first}:1"


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"gone\.yaml: cannot be read: No such file or directory"):
        load_all([tmp_path / "gone.yaml"])
    with pytest.raises(SeedError, match=r"directory holds no \*\.yaml file"):
        load_all([tmp_path])
