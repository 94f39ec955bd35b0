"""Worlds remembered by id for the control API: whole images, so they can be restored in any order."""

from __future__ import annotations

from ..app import App
from ..kernel.faults import Armed
from ..kernel.live import UnknownName

__all__ = ["Checkpoints"]

MOST = 20


class Checkpoints:
    """The last twenty checkpoints of a running sandbox, in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytes, dict[int, Armed]]] = {}
        self._taken = 0

    def take(self, app: App) -> str:
        """Remember the world as it is; the oldest checkpoint makes room for a 21st."""
        self._taken += 1
        name = f"checkpoint-{self._taken}"
        self._kept[name] = app.world.image(), app.faults.snapshot()
        while len(self._kept) > MOST:
            self._kept.pop(next(iter(self._kept)))
        return name

    def restore(self, app: App, name: str) -> None:
        """Return to a checkpoint. Raises ``UnknownName`` listing those there are."""
        if name not in self._kept:
            raise UnknownName("checkpoint", name, list(self._kept))
        image, faults = self._kept[name]
        app.world.load(image)
        app.faults.restore(faults)
