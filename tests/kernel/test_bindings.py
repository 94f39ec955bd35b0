"""Handlers bound by operation id."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.kernel.bindings import BindingError, Bindings
from emulator.kernel.operations import Operation

Handler = Callable[[int], str]

OPERATIONS = (
    Operation("things.list", "GET", "/things"),
    Operation("things.get", "GET", "/things/{id}"),
    Operation("things.delete", "DELETE", "/things/{id}"),
)


@pytest.fixture
def bindings() -> Bindings[Handler]:
    return Bindings(OPERATIONS)


def test_a_bound_handler_is_found_and_returned_unchanged(bindings: Bindings[Handler]) -> None:
    @bindings.bind("things.get")
    def get(number: int) -> str:
        return str(number)

    assert bindings.handler("things.get") is get
    assert get(3) == "3"
    assert "things.get" in bindings


def test_lists_what_lacks_a_handler_in_surface_order(bindings: Bindings[Handler]) -> None:
    bindings.bind("things.get")(str)
    assert bindings.unbound() == ("things.list", "things.delete")
    assert list(bindings) == ["things.get"]
    assert len(bindings) == 1
    assert bindings.handler("things.list") is None


def test_one_handler_may_serve_several_operations(bindings: Bindings[Handler]) -> None:
    bindings.bind("things.list", "things.get", "things.delete")(str)
    assert bindings.unbound() == ()


def test_an_unknown_id_is_refused_with_the_near_ones(bindings: Bindings[Handler]) -> None:
    with pytest.raises(BindingError, match=r"no operation is called 'things\.lst'; near: things\.list"):
        bindings.bind("things.lst")


def test_a_second_handler_is_refused_and_the_first_stays(bindings: Bindings[Handler]) -> None:
    bindings.bind("things.get")(str)
    with pytest.raises(BindingError, match=r"things\.get is bound already, to builtins\.str; builtins\.repr"):
        bindings.bind("things.get")(repr)
    assert bindings.handler("things.get") is str
