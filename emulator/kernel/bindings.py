"""Which handler performs which operation: a registry filled by a decorator."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from .operations import Operation

__all__ = ["BindingError", "Bindings"]

_Handler = TypeVar("_Handler")


class BindingError(ValueError):
    """A handler was bound to an operation that does not exist, or that has one already."""


class Bindings(Generic[_Handler]):
    """Handlers of one service by operation id. ``_Handler`` is whatever callable the service uses.

    ``@bindings.bind("gmail.users.messages.get")`` above a function stores it; several ids may share one function.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = {operation.id: operation for operation in operations}
        self._handlers: dict[str, _Handler] = {}

    def bind(self, *operation_ids: str) -> Callable[[_Handler], _Handler]:
        """A decorator that stores its function under ``operation_ids`` and returns it unchanged.

        Raises ``BindingError`` at once for an unknown id, and when decorating for an id that is taken.
        """
        for operation_id in operation_ids:
            self._require_known(operation_id)

        def store(handler: _Handler) -> _Handler:
            for operation_id in operation_ids:
                taken = self._handlers.setdefault(operation_id, handler)
                if taken is not handler:
                    message = f"{operation_id} is bound already, to {_name(taken)}; {_name(handler)} cannot take it"
                    raise BindingError(message)
            return handler

        return store

    def handler(self, operation_id: str) -> _Handler | None:
        """The handler of an operation, ``None`` where it has none."""
        return self._handlers.get(operation_id)

    def unbound(self) -> tuple[str, ...]:
        """Ids of the operations that have no handler, in the order of the surface."""
        return tuple(operation_id for operation_id in self._operations if operation_id not in self._handlers)

    def __contains__(self, operation_id: object) -> bool:
        return operation_id in self._handlers

    def __iter__(self) -> Iterator[str]:
        """The bound ids, in the order of the surface."""
        return (operation_id for operation_id in self._operations if operation_id in self._handlers)

    def __len__(self) -> int:
        return len(self._handlers)

    def _require_known(self, operation_id: str) -> None:
        if operation_id not in self._operations:
            near = difflib.get_close_matches(operation_id, self._operations, n=3)
            hint = f"; near: {', '.join(near)}" if near else ""
            message = f"no operation is called {operation_id!r}{hint}"
            raise BindingError(message)


def _name(handler: object) -> str:
    module, name = getattr(handler, "__module__", ""), getattr(handler, "__qualname__", repr(handler))
    return f"{module}.{name}" if module else name
