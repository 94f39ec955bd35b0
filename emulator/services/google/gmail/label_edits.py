"""Making, changing and deleting user labels, by the rules found on live accounts.

Names are kept with single spaces and compared as ``folded_name`` says; some are refused on every account, those of
system labels in other languages among them. Colours come from a fixed palette, in lower case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from ....kernel.service import Kernel
from ..errors import Aborted, InvalidArgument
from .history import History, HistoryEntry
from .labels import Label, folded_name, kept_name
from .mailbox import Mailbox
from .palette import PALETTE

__all__ = ["LabelEditor"]

_LONGEST_NAME = 225
_MOST_LABELS = 10_000
_REFUSED_NAMES = """
inbox|spam|trash|sent|drafts|starred|important|unread|chats|muted|bin|draft|chat|migrated|todo|todos|buzz|allmail
archive|archived|messages envoyés|ongelezen|enviado|da leggere|gearchiveerd
"""
_RESERVED = frozenset(_REFUSED_NAMES.strip().replace("\n", "|").split("|"))


class LabelEditor:
    """Changes to the labels of one mailbox. ``wanted`` is always the ``Label`` of a request's body."""

    def __init__(self, kernel: Kernel, mailbox: Mailbox) -> None:
        self._kernel = kernel
        self._mailbox = mailbox

    def create(self, wanted: Mapping[str, Any]) -> Label:
        """A new label. Raises ``InvalidArgument`` for name or colour, ``Aborted`` for a name like another's."""
        name = self._free_name(wanted.get("name") or "")
        if len(self._mailbox.labels()) >= _MOST_LABELS:
            raise InvalidArgument("Exceeded the maximum number of labels", cause="too_many_labels")
        background, text = _colors(wanted)
        made = self._mailbox.add_label(name, background_color=background, text_color=text)
        return self._keep(_with_visibility(made, wanted))

    def patch(self, label: str, wanted: Mapping[str, Any]) -> Label:
        """Change what ``wanted`` names and leave the rest. Raises ``NotFound``, or as ``create`` does."""
        found = self._own(label)
        changed = _with_visibility(found, wanted)
        if "name" in wanted:
            changed = replace(changed, name=self._free_name(wanted["name"], but=found))
        if "color" in wanted:
            background, text = _colors(wanted)
            changed = replace(changed, background_color=background, text_color=text)
        return self._keep(changed)

    def update(self, label: str, wanted: Mapping[str, Any]) -> Label:
        """Replace the label: what ``wanted`` leaves out falls back to its default. Raises as ``patch`` does."""
        self._own(label)
        defaults = {"messageListVisibility": "show", "labelListVisibility": "labelShow", "color": {}, "name": ""}
        return self.patch(label, {**defaults, **wanted})

    def delete(self, label: str) -> None:
        """Take the label off every message, with a record for each thread, and delete it. Raises ``NotFound``."""
        found = self._own(label, refusal="Invalid delete request")
        history = History(self._kernel, self._mailbox.number)
        entries = self._carriers(found.id)
        where, values = "WHERE mailbox = ? AND label = ?", (self._mailbox.number, found.id)
        self._kernel.world.execute(f"DELETE FROM gmail_message_label {where}", values)
        for _, group in groupby(entries, key=lambda entry: entry.thread):
            history.record("labelRemoved", group, found.id)
        self._kernel.world.execute(f"DELETE FROM gmail_label {where.replace('label =', 'id =')}", values)

    def _own(self, label: str, refusal: str = "Request contains an invalid argument.") -> Label:
        found = self._mailbox.label(label)
        if found.type == "system":
            raise InvalidArgument(refusal, cause="system_label")
        return found

    def _free_name(self, name: str, but: Label | None = None) -> str:
        kept = kept_name(name)
        if not kept or len(kept) > _LONGEST_NAME or kept.casefold() in _RESERVED:
            raise InvalidArgument("Invalid label name")
        taken = self._mailbox.label_named(kept)
        if taken is not None and (but is None or taken.id != but.id):
            raise Aborted("Label name exists or conflicts", cause="label_conflict")
        return kept

    def _carriers(self, label: str) -> list[HistoryEntry]:
        """The messages that carry ``label``, by thread, with what is left when it is gone."""
        rows = self._kernel.world.all(
            "SELECT m.id, m.thread FROM gmail_message_label d CROSS JOIN gmail_message m ON m.id = d.message"
            " WHERE d.mailbox = ? AND d.label = ? ORDER BY m.thread, m.id",
            (self._mailbox.number, label),
        )
        stored = (self._mailbox.message(row["id"]) for row in rows)
        return [
            HistoryEntry(each.id, each.thread, tuple(kept for kept in each.labels if kept != label)) for each in stored
        ]

    def _keep(self, label: Label) -> Label:
        self._kernel.world.execute(
            "UPDATE gmail_label SET name = ?, folded = ?, in_messages = ?, in_labels = ?, background = ?,"
            " text_color = ? WHERE mailbox = ? AND id = ?",
            (
                label.name,
                folded_name(label.name),
                label.message_list_visibility,
                label.label_list_visibility,
                label.background_color,
                label.text_color,
                self._mailbox.number,
                label.id,
            ),
        )
        return label


def _with_visibility(label: Label, wanted: Mapping[str, Any]) -> Label:
    return replace(
        label,
        message_list_visibility=wanted.get("messageListVisibility") or label.message_list_visibility,
        label_list_visibility=wanted.get("labelListVisibility") or label.label_list_visibility,
    )


def _colors(wanted: Mapping[str, Any]) -> tuple[str, str]:
    """Background and text colour of a body, "" without; one alone is refused, as is what the palette has not."""
    color = wanted.get("color") or {}
    chosen = [color.get("backgroundColor") or "", color.get("textColor") or ""]
    for value in filter(None, chosen):
        if not value.startswith("#") or value[1:] not in PALETTE:
            raise InvalidArgument(f"Label color {value} is not on the allowed color palette")
    if any(chosen) and not all(chosen):
        raise InvalidArgument(cause="label_color_incomplete")
    return chosen[0], chosen[1]
