"""What ``q`` asks for.

Plain words find what has any of them, and more of them rank higher: YouTube, too, shows what fits only in part. A
quoted phrase has to be there, ``-word`` must not, and ``|`` between words changes nothing, as any of them does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["SearchQuery"]

_TERM = re.compile(r'(-?)"([^"]*)"?|(-?)([^\s|"]+)')
_SMALL_WORDS = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "how", "i", "in", "is", "it", "my", "of"),
        *("on", "or", "that", "the", "this", "to", "was", "what", "when", "where", "who", "will", "with", "you"),
    )
)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """``q`` taken apart. A query of nothing searchable asks for nothing in particular where it was empty."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]
    excluded: tuple[str, ...]
    is_empty: bool

    @classmethod
    def of(cls, text: str) -> SearchQuery:
        """``q`` as its caller wrote it."""
        words: list[str] = []
        phrases: list[str] = []
        excluded: list[str] = []
        for not_phrase, phrase, not_word, word in _TERM.findall(text):
            term = phrase or word
            if not any(character.isalnum() for character in term):
                continue
            (excluded if not_phrase or not_word else phrases if phrase else words).append(term)
        telling = [word for word in words if word.lower() not in _SMALL_WORDS] or words
        return cls(tuple(telling), tuple(phrases), tuple(excluded), not text.strip())

    def wanted(self) -> str:
        """What has to be there, as FTS5 takes it; "" for anything."""
        any_word = " OR ".join(map(_quoted, self.words))
        parts = [*([f"({any_word})"] if any_word else []), *map(_quoted, self.phrases)]
        return " AND ".join(parts)

    def unwanted(self) -> str:
        """What must not be there, as FTS5 takes it; "" for nothing."""
        return " OR ".join(map(_quoted, self.excluded))

    @property
    def finds_nothing(self) -> bool:
        """Whether there is text but no word in it."""
        return not self.is_empty and not (self.words or self.phrases or self.excluded)


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
