"""Search: what is public, by its words and by what restricts it, in the order asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ....kernel.world import World
from .search_query import SearchQuery

__all__ = ["Hit", "Search", "hits"]


class Hit(NamedTuple):
    """Something found, with what it can be ordered by. ``rank`` is lower for what fits better."""

    kind: str
    id: str
    rank: float
    published: float
    views: int
    likes: int
    title: str
    videos: int


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is searched for. ``kinds`` are "video", "channel" and "playlist"; times are seconds.

    ``restrictions`` are columns of videos and the value each has to have; ``shortest`` and ``longest`` bound their
    seconds. ``private_too`` also finds what only the owner of ``channel`` may see.
    """

    query: SearchQuery
    kinds: frozenset[str]
    channel: str = ""
    after: float | None = None
    before: float | None = None
    restrictions: tuple[tuple[str, Any], ...] = ()
    shortest: int = 0
    longest: int | None = None
    private_too: bool = False
    order: str = "relevance"


@dataclass(slots=True)
class _Where:
    """The condition of a statement and its values, grown together."""

    conditions: list[str] = field(default_factory=lambda: ["1"])
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)


class _Kind(NamedTuple):
    """How one kind is kept: its table, the place of its rows in the text index, and its columns of ``Hit``."""

    table: str
    offset: int
    channel: str
    views: str
    likes: str
    videos: str


_KINDS = {
    "video": _Kind("youtube_video", 1, "o.channel", "o.views", "o.likes", "0"),
    "channel": _Kind(
        "youtube_channel",
        0,
        "o.id",
        "coalesce(o.views, (SELECT sum(v.views) FROM youtube_video v WHERE v.channel = o.id), 0)",
        "0",
        "coalesce(o.video_count, (SELECT count(*) FROM youtube_video v WHERE v.channel = o.id))",
    ),
    "playlist": _Kind("youtube_playlist", 2, "o.channel", "0", "0", "0"),
}

_ORDERS: dict[str, Callable[[Hit], tuple[Any, ...]]] = {
    "date": lambda hit: (-hit.published,),
    "rating": lambda hit: (-hit.likes,),
    "relevance": lambda hit: (hit.rank, -hit.views),
    "title": lambda hit: (hit.title.casefold(),),
    "videoCount": lambda hit: (-hit.videos,),
    "viewCount": lambda hit: (-hit.views,),
}


def hits(world: World, search: Search) -> list[Hit]:
    """Everything found, in order; what is equal in it by age, newest first."""
    if search.query.finds_nothing:
        return []
    found = [hit for kind in sorted(search.kinds) for hit in _hits(world, search, kind)]
    leading = _ORDERS.get(search.order, _ORDERS["relevance"])
    return sorted(found, key=lambda hit: (*leading(hit), -hit.published, hit.id))


def _hits(world: World, search: Search, kind: str) -> Iterable[Hit]:
    facts = _KINDS[kind]
    where = _Where()
    source, rank = f"{facts.table} o", "0.0"
    if wanted := search.query.wanted():
        # A cross join keeps this order: the words are looked up once, and each match leads to its row.
        source = f"youtube_text CROSS JOIN {source}"
        where.add(f"o.number = youtube_text.rowid / 4 AND youtube_text.rowid % 4 = {facts.offset}")
        rank = "bm25(youtube_text, 8.0, 1.0)"
        where.add("youtube_text MATCH ?", wanted)
    if unwanted := search.query.unwanted():
        matching = "SELECT rowid FROM youtube_text WHERE youtube_text MATCH ?"
        where.add(f"o.number * 4 + {facts.offset} NOT IN ({matching})", unwanted)
    _restrict(where, search, kind)
    columns = f"'{kind}', o.id, {rank}, o.published, {facts.views}, {facts.likes}, o.title, {facts.videos}"
    statement = f"SELECT {columns} FROM {source} WHERE {' AND '.join(where.conditions)}"
    return (Hit(*row) for row in world.all(statement, where.values))


def _restrict(where: _Where, search: Search, kind: str) -> None:
    if search.channel:
        where.add(f"{_KINDS[kind].channel} = ?", search.channel)
    if search.after is not None:
        where.add("o.published >= ?", search.after)
    if search.before is not None:
        where.add("o.published < ?", search.before)
    if kind != "channel" and not search.private_too:
        where.add("o.privacy = 'public'")
    if kind != "video":
        return
    for column, value in search.restrictions:
        where.add(f"o.{column} = ?", value)
    where.add("o.seconds >= ?", search.shortest)
    if search.longest is not None:
        where.add("o.seconds <= ?", search.longest)
