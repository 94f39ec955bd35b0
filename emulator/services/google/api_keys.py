"""API keys: what a project may call an API with where no user is needed."""

from __future__ import annotations

from dataclasses import dataclass

from ...kernel.world import World

__all__ = ["ApiKey", "ApiKeys"]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a project. ``apis`` are the service names it is restricted to, empty for none."""

    value: str
    project: str
    project_number: int
    apis: frozenset[str]

    def opens(self, api: str) -> bool:
        """Whether the key may be used at ``api`` ("youtube.googleapis.com")."""
        return not self.apis or api in self.apis


class ApiKeys:
    """The keys of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, value: str) -> ApiKey | None:
        """The key of that text."""
        row = self._world.one(
            "SELECT k.*, p.number FROM google_api_key k JOIN google_project p ON p.id = k.project WHERE k.value = ?",
            (value,),
        )
        return None if row is None else ApiKey(value, row["project"], row["number"], frozenset(row["apis"].split()))

    def of(self, project: str) -> tuple[str, ...]:
        """The keys of a project, sorted."""
        rows = self._world.all("SELECT value FROM google_api_key WHERE project = ? ORDER BY value", (project,))
        return tuple(row[0] for row in rows)

    def keep(self, value: str, project: str, apis: tuple[str, ...] = ()) -> None:
        """Make ``value`` a key of ``project``, restricted to ``apis`` where there are any."""
        row = (value, project, " ".join(apis))
        with self._world.transaction():
            self._world.execute("INSERT OR REPLACE INTO google_api_key VALUES (?, ?, ?)", row)

    def remove(self, value: str) -> None:
        """Delete a key: its calls are refused as those of any other text."""
        with self._world.transaction():
            self._world.execute("DELETE FROM google_api_key WHERE value = ?", (value,))
