"""Light stemming: the other forms of an English word, for a query to look for beside it.

The index holds words as written, so that quotes and ``+`` can ask for exactly one form; an unquoted word asks for
all of them. Forms that do not exist are harmless: no message has them.
"""

from __future__ import annotations

import re

__all__ = ["word_forms"]

_SHORTEST = 3
# Look inflected, and are not.
_ALONE = frozenset(
    {"always", "business", "news", "perhaps", "series", "species", "thanks", "thing", "during", "evening"}
)
_VOWEL = re.compile("[aeiouy]")
_SIBILANT = ("s", "x", "z", "ch", "sh")
_CONSONANT_Y = re.compile("[^aeiou]y")
_DOUBLED = re.compile(r".*([bdfgmnprt])\1")
_DOUBLES = re.compile("[^aeiou]*[aeiou][bdgmnprt]")  # one short syllable: plan, stop, but not open
_NOT_PLURAL = ("ss", "us", "is")


def word_forms(word: str) -> tuple[str, ...]:
    """``word`` in lower case, then its plural and tense variants, each once. Only ASCII words have any."""
    lower = word.casefold()
    if len(lower) < _SHORTEST or not (lower.isascii() and lower.isalpha()) or lower in _ALONE:
        return (lower,)
    forms = dict.fromkeys([lower])
    for stem in _stems(lower) or [lower]:
        forms |= dict.fromkeys(_inflected(stem))
    return tuple(forms)


def _stems(word: str) -> list[str]:
    """What ``word`` may be a form of; empty when it looks like a stem itself."""
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return [f"{word[:-3]}y"]
    if word.endswith("s") and not word.endswith(_NOT_PLURAL) and len(word) > _SHORTEST:
        singular = word[:-1]
        return [singular, word[:-2]] if singular.endswith("e") and word[:-2].endswith(_SIBILANT) else [singular]
    for suffix in ("ing", "ed"):
        base = word.removesuffix(suffix)
        if base != word and len(base) >= _SHORTEST and _VOWEL.search(base):
            return [base, base[:-1]] if _DOUBLED.fullmatch(base) else [base, f"{base}e"]
    return []


def _inflected(stem: str) -> list[str]:
    """``stem`` with its plural (or third person), past and gerund."""
    if _CONSONANT_Y.search(stem[-2:]):
        return [stem, f"{stem[:-1]}ies", f"{stem[:-1]}ied", f"{stem}ing"]
    plural = f"{stem}es" if stem.endswith(_SIBILANT) else f"{stem}s"
    if stem.endswith("e"):
        return [stem, plural, f"{stem}d", f"{stem[:-1]}ing"]
    last = stem[-1] if _DOUBLES.fullmatch(stem) else ""
    return [stem, plural, f"{stem}{last}ed", f"{stem}{last}ing"]
