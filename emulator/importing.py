"""``actor-emulator import``: a person's own mail into a mailbox of a world file."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from .kernel.live import UnknownName
from .services.google.gmail.mailfiles import estimate, read_mail

if TYPE_CHECKING:
    from rich.console import Console

    from .app import App
    from .services.google.gmail.facade import ImportSummary

__all__ = ["import_mail"]

SHOWN = 20


def import_mail(app: App, source: Path, user: str, console: Console) -> ImportSummary:
    """Read mbox, Maildir or .eml from ``source`` into ``user``'s mailbox, with progress and an honest summary.

    A user the world does not know gets an account, so that anyone's export can be looked at. Every message that
    was left out is counted by its reason; the first twenty are listed with their place.
    """
    ensure_user(app, user, console)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(f"Reading {source.name}", total=estimate(source))
        summary = app.gmail.import_mail(user, read_mail(source), lambda consumed: progress.advance(task, consumed))
    console.print(f"{summary.imported} message(s) imported into {user}'s mailbox.")
    print_skipped(console, summary)
    return summary


def ensure_user(app: App, user: str, console: Console) -> None:
    """Open an account for ``user`` where there is none, and let every desktop client read its mail.

    Raises ``SeedError`` for an address that is none.
    """
    try:
        app.google.user(user)
    except UnknownName:
        app.seed(text=json.dumps({"google": {"users": [{"email": user}]}}))
        for client in app.google.clients:
            if client.type == "desktop":
                client.project.add_test_user(user)
                app.google.user(user).consent(client.name, ("gmail.modify",))
        console.print(f"{user} had no account in this world and has one now.")


def print_skipped(console: Console, summary: ImportSummary) -> None:
    """What was left out, and why."""
    if not summary.skipped:
        return
    for reason, count in Counter(each.reason for each in summary.skipped).most_common():
        console.print(Text(f"{count} left out: {reason}", "yellow"))
    for each in summary.skipped[:SHOWN]:
        console.print(Text(f"  {each.origin}: {each.reason}"), soft_wrap=True)
    if len(summary.skipped) > SHOWN:
        console.print(f"  and {len(summary.skipped) - SHOWN} more")
