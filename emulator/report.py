"""What a person reads on the terminal: tables of calls, refusals, threads and coverage. Imports rich, so load late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .app import Coverage
from .kernel.journal import Journal, Stray

__all__ = ["print_calls", "print_coverage", "print_rows", "problems", "summary", "units_spent"]


def print_calls(console: Console, journal: Journal, leaks: Iterable[Stray] = ()) -> None:
    """A table of operations with how often each was answered how, then what went wrong."""
    table = Table(title="Calls", title_justify="left", header_style="bold", box=None, pad_edge=False)
    table.add_column("operation")
    table.add_column("calls", justify="right")
    table.add_column("answers")
    table.add_column("units", justify="right")
    units = units_spent(journal)
    for operation, answers in sorted(_by_operation(journal).items()):
        shown = Text(", ").join(
            Text(f"{count} x {status}" if count > 1 else str(status), "green" if status < 400 else "red")
            for status, count in sorted(answers.items())
        )
        table.add_row(operation, str(answers.total()), shown, str(units[operation] or ""))
    if table.row_count:
        console.print(table)
    else:
        console.print("No calls reached the emulator.", style="yellow")
    if journal.tally:
        totals = journal.totals()
        console.print(f"{totals['refreshed']} token(s) refreshed, {totals['retries']} call(s) made again")
    for line in problems(journal, leaks):
        console.print(Text(f"! {line}", "bold red"), soft_wrap=True)
    for line in dict.fromkeys(f"connection ended: {broken.reason}" for broken in journal.broken):
        console.print(Text(line, "yellow"), soft_wrap=True)


def units_spent(journal: Journal) -> Counter[str]:
    """Quota units by operation, of the calls the journal still holds."""
    spent: Counter[str] = Counter()
    for entry in journal:
        spent[entry.operation] += entry.units
    return +spent


def problems(journal: Journal, leaks: Iterable[Stray] = ()) -> list[str]:
    """What a person should look at: refused hosts, unrouted paths, crashed handlers, secrets astray; one line each."""
    refused = Counter((refusal.host, refusal.port, refusal.peer) for refusal in journal.refusals)
    lines = [
        f"{host}:{port} was refused {count} time(s): not emulated (asked by {peer or 'an unknown client'})"
        for (host, port, peer), count in refused.items()
    ]
    unrouted = Counter((entry.call.verb, entry.call.host, entry.call.path) for entry in journal.unrouted)
    lines += [
        f"{verb} {host}{path} has no operation ({count} time(s)); see `actor-emulator coverage`"
        for (verb, host, path), count in unrouted.items()
    ]
    lines += [f"{entry.operation} crashed: {entry.crash!r}" for entry in journal.crashes]
    lines += [f"secret sent to another vendor: {stray.line()}" for stray in leaks]
    return lines


def summary(journal: Journal, leaks: Sequence[Stray] = ()) -> dict[str, Any]:
    """The same as JSON values, for ``--report``."""
    return {
        "calls": [
            {"operation": operation, "status": status, "count": count}
            for (operation, status), count in sorted(journal.tally.items())
        ],
        "units": dict(units_spent(journal)),
        "totals": journal.totals(),
        "retries": [{"number": entry.number, "operation": entry.operation} for entry in journal.retries()],
        "refused": [refusal.public() for refusal in journal.refusals],
        "broken": [broken.public() for broken in journal.broken],
        "problems": problems(journal, leaks),
        "journal": [entry.public() for entry in journal],
    }


def print_coverage(console: Console, coverage: Iterable[Coverage]) -> None:
    """How many operations of each service have behaviour, and which have none."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("service")
    table.add_column("operations", justify="right")
    table.add_column("not implemented", overflow="fold")
    for each in coverage:
        missing = ", ".join(each.unbound)
        table.add_row(
            each.service, f"{each.bound} of {len(each.operations)}", Text(missing, "yellow" if missing else "")
        )
    console.print(table)


def print_rows(console: Console, title: str, columns: Mapping[str, int], rows: Iterable[Mapping[str, Any]]) -> None:
    """A plain table. ``columns`` maps each name to its width in characters; 0 takes what is left."""
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False, expand=True)
    for column, width in columns.items():
        heading = column.replace("_", " ")
        table.add_column(
            heading,
            min_width=width or None,
            width=width or None,
            ratio=None if width else 1,
            overflow="ellipsis",
            no_wrap=True,
        )
    for row in rows:
        table.add_row(*(Text(_cell(row.get(column))) for column in columns))
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _by_operation(journal: Journal) -> dict[str, Counter[int]]:
    found: dict[str, Counter[int]] = {}
    for (operation, status), count in journal.tally.items():
        found.setdefault(operation, Counter())[status] += count
    return found
