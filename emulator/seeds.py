"""Seeds by name or path, and what puts each section of one into the world.

A shipped seed is a folder of YAML files; ``--seed demo`` names one. Everything is read and checked before the first
row is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from .kernel.faults.declared import declared_faults
from .kernel.live import UnknownName
from .kernel.seed import SeedDocument, SeedNode, load_all
from .services.google.gmail.seed import gmail_seed
from .services.google.planting import plant
from .services.google.seed import GoogleSeed, google_seed

if TYPE_CHECKING:
    from .app import App
    from .services.apify.seed import ApifySeed
    from .services.google.youtube.seed import YouTubeSeed
    from .services.scalekit.seed import ScalekitSeed

__all__ = ["Seeds", "find_seed", "shipped_seeds"]

SECTIONS = ("google", "gmail", "youtube", "apify", "scalekit", "faults")


def shipped_seeds() -> dict[str, Path]:
    """The seeds that come with the package, by name."""
    spec = find_spec("fixtures")
    folders = [Path(place) / "seeds" for place in (spec.submodule_search_locations or ())] if spec else []
    return {
        entry.name: entry
        for folder in folders
        if folder.is_dir()
        for entry in sorted(folder.iterdir())
        if entry.is_dir() and not entry.name.startswith("_")
    }


def find_seed(source: str | Path) -> Path:
    """The path a seed name or path stands for. Raises ``UnknownName`` listing the shipped ones."""
    path = Path(source)
    if path.exists() and (isinstance(source, Path) or path.suffix or "/" in source):
        return path
    shipped = shipped_seeds()
    if str(source) not in shipped:
        raise UnknownName("seed file or shipped seed", str(source), list(shipped))
    return shipped[str(source)]


class Seeds:
    """Applies seeds to one app."""

    def __init__(self, app: App) -> None:
        self._app = app

    def apply(self, sources: Iterable[str | Path], text: str = "") -> None:
        """Put the given seeds, and one written out as ``text``, into the world. The caller holds the transaction,
        so that a seed with a mistake leaves nothing behind.

        Raises ``SeedError`` (file, line and field) or ``UnknownName``.
        """
        paths = [find_seed(source) for source in sources]
        if paths:
            self._plant(load_all(paths))
        if text:
            self._plant(SeedDocument.load(text, "seed text"))

    def _plant(self, document: SeedNode) -> None:
        sections = document.mapping(SECTIONS)
        now = self._app.clock.now()
        google = google_seed(sections["google"], now) if "google" in sections else None
        gmail = gmail_seed(sections["gmail"], now) if "gmail" in sections else None
        youtube = self._youtube_seed(sections["youtube"]) if "youtube" in sections else None
        apify = self._apify_seed(sections["apify"]) if "apify" in sections else None
        scalekit = self._scalekit_seed(sections["scalekit"]) if "scalekit" in sections else None
        if google is not None:
            self._refuse_what_is_there(google)
            plant(self._app.google, google)
        if gmail is not None:
            gmail.check_users([user.email for user in self._app.google.users])
            self._app.gmail.plant(gmail)
        if youtube is not None:
            self._plant_youtube(youtube)
        if apify is not None:
            self._app.apify.plant(apify)
        if scalekit is not None:
            self._plant_scalekit(scalekit)
        if "faults" in sections:
            declared_faults(sections["faults"], self._app.faults)

    def _apify_seed(self, section: SeedNode) -> ApifySeed:
        from .services.apify.seed import apify_seed  # noqa: PLC0415 - only worlds with a platform pay for it

        return apify_seed(section, self._app.clock.now())

    def _scalekit_seed(self, section: SeedNode) -> ScalekitSeed:
        from .services.scalekit.seed import scalekit_seed  # noqa: PLC0415 - only worlds with connections pay for it

        return scalekit_seed(section, self._app.clock.now())

    def _plant_scalekit(self, section: ScalekitSeed) -> None:
        from .services.scalekit.seed import plant as plant_scalekit  # noqa: PLC0415

        plant_scalekit(self._app.scalekit, section, self._google_client)

    def _youtube_seed(self, section: SeedNode) -> YouTubeSeed:
        from .services.google.youtube.seed import youtube_seed  # noqa: PLC0415 - only worlds with videos pay for it

        return youtube_seed(section, self._app.clock.now())

    def _plant_youtube(self, section: YouTubeSeed) -> None:
        users = [user.email for user in self._app.google.users]
        projects = [row[0] for row in self._app.world.all("SELECT id FROM google_project ORDER BY id")]
        section.check_world(users, projects)
        self._app.youtube.plant(section)

    def _google_client(self, name: str) -> tuple[str, str]:
        client = self._app.google.client(name)
        return client.client_id, client.secret

    def _refuse_what_is_there(self, section: GoogleSeed) -> None:
        """A seed adds to a world; it does not replace what the world already holds."""
        world = self._app.world
        for kind, table, column, named in (
            ("project", "google_project", "id", [(each.id, each.node) for each in section.projects]),
            ("client", "google_client", "name", [(each.name, each.node) for each in section.clients]),
            ("user", "google_account", "email", [(each.email, each.node) for each in section.users]),
        ):
            there = {row[0] for row in world.all(f"SELECT {column} FROM {table}")}
            for name, node in named:
                if name in there:
                    raise node.error(f'{kind} "{name}" is in this world already')
