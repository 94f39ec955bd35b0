"""``${name}`` in seeded mail: values of a series and dates counted from the message's own date.

``${date}`` 14 August 2025, ``${short}`` 14 Aug, ``${weekday}`` Thursday, ``${month}`` August 2025, ``${year}``,
``${iso}`` 2025-08-14, ``${dmy}`` 14.08.2025, ``${kanji}`` 2025年8月14日, ``${week}`` 33. Any of them may be moved:
``${date+12d}``, ``${weekday-1d}``. English whatever the machine's locale.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ....kernel.seed import duration_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["fill"]

_SLOT = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"([a-z_]+)(?:\s*([+-])\s*([0-9wdhms ]+))?")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def fill(text: str, values: Mapping[str, str], date: datetime) -> str:
    """``text`` with every slot filled. Raises ``ValueError`` for a slot that names nothing."""
    if "${" not in text:
        return text
    return _SLOT.sub(lambda match: _value(match[1], values, date), text)


def _value(slot: str, values: Mapping[str, str], date: datetime) -> str:
    match = _NAME.fullmatch(slot)
    if match is not None:
        name, sign, length = match.groups()
        if name in values and not sign:
            return fill(values[name], {}, date)
        shift = duration_of(length.strip()) if length else None
        moment = date if shift is None else date + shift if sign == "+" else date - shift
        shown = _calendar(moment).get(name)
        if shown is not None and (shift is not None or not sign):
            return shown
    names = ", ".join([*values, *_calendar(date)])
    raise ValueError(f"${{{slot}}} names nothing; there are {names}, and dates may be moved as in ${{date+3d}}")


def _calendar(at: datetime) -> dict[str, str]:
    month = _MONTHS[at.month - 1]
    return {
        "date": f"{at.day} {month} {at.year}",
        "short": f"{at.day} {month[:3]}",
        "weekday": _DAYS[at.weekday()],
        "month": f"{month} {at.year}",
        "year": f"{at.year}",
        "iso": f"{at.year:04}-{at.month:02}-{at.day:02}",
        "dmy": f"{at.day:02}.{at.month:02}.{at.year:04}",
        "kanji": f"{at.year}年{at.month}月{at.day}日",
        "week": f"{at.isocalendar().week}",
    }
