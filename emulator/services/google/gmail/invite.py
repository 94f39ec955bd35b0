"""Calendar invitations as mail carries them (RFC 5545 inside RFC 6047)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

__all__ = ["Invite"]

_PERSON = re.compile(r'\s*(?:"?([^"<>]*?)"?\s*<([^<>\s]+)>|(\S+))\s*')
_LINE_BYTES = 74


@dataclass(frozen=True, kw_only=True)
class Invite:
    """An event sent by mail. ``starts_in`` counts from the date of the message that carries it.

    ``uid`` names the event across its messages (REQUEST, later CANCEL); the carrying message derives one if empty.
    """

    summary: str
    starts_in: timedelta
    lasts: timedelta = timedelta(hours=1)
    location: str = ""
    description: str = ""
    organizer: str
    attendees: tuple[str, ...] = ()
    method: Literal["REQUEST", "CANCEL", "REPLY"] = "REQUEST"
    sequence: int = 0
    uid: str = ""

    def ics(self, date: datetime, uid: str) -> str:
        """The VCALENDAR object, lines ended by CRLF; ``uid`` serves where the invite names none."""
        start = (date + self.starts_in).replace(second=0, microsecond=0)
        start -= timedelta(minutes=start.minute % 15)
        lines = [
            "BEGIN:VCALENDAR",
            "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            f"METHOD:{self.method}",
            "BEGIN:VEVENT",
            f"DTSTART:{_utc(start)}",
            f"DTEND:{_utc(start + self.lasts)}",
            f"DTSTAMP:{_utc(date)}",
            f"ORGANIZER;{_person(self.organizer)}",
            f"UID:{self.uid or uid}",
            *(self._attendee(attendee) for attendee in self.attendees),
            f"SEQUENCE:{self.sequence}",
            f"STATUS:{'CANCELLED' if self.method == 'CANCEL' else 'CONFIRMED'}",
            f"SUMMARY:{_escaped(self.summary)}",
            *([f"LOCATION:{_escaped(self.location)}"] if self.location else []),
            *([f"DESCRIPTION:{_escaped(self.description)}"] if self.description else []),
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        return "".join(_folded(line) + "\r\n" for line in lines)

    def _attendee(self, attendee: str) -> str:
        answer = "ACCEPTED" if self.method == "REPLY" else "NEEDS-ACTION"
        return f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP=TRUE;{_person(attendee)}"


def _person(address: str) -> str:
    match = _PERSON.fullmatch(address)
    if match is None:
        raise ValueError(f'"{address}" is not an address')
    name, mailbox, bare = match.groups()
    return f'CN="{name or mailbox or bare}":mailto:{mailbox or bare}'


def _utc(moment: datetime) -> str:
    at = moment.astimezone(UTC)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def _escaped(text: str) -> str:
    return text.strip().replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """``line`` in pieces of at most 75 bytes, none of which cuts a character (RFC 5545, 3.1)."""
    if len(line.encode()) <= _LINE_BYTES + 1:
        return line
    pieces = [""]
    for character in line:
        if len((pieces[-1] + character).encode()) > _LINE_BYTES:
            pieces.append("")
        pieces[-1] += character
    return "\r\n ".join(pieces)
