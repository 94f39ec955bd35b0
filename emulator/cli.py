"""The command line. Thin: every command builds or finds an ``Emulator`` and prints what it says."""

from __future__ import annotations

import gc
import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

import click

if TYPE_CHECKING:
    from .config import Consent
    from .server import Emulator

__all__ = ["main"]

Command = TypeVar("Command", bound=Callable[..., Any])
USAGE_ERROR = 2
STRICT_FAILURE = 3
INVALID_FOLDER = 5  # as `apify validate-schema` leaves
DEFAULT_PORT = 4010
DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
DEFAULT_SEED = "demo"
FASTEST_SENSIBLE = 120


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="actor-emulator")
def main() -> None:
    """The outside world of an Apify Actor, offline: Google OAuth and Gmail, stateful and on the real wire."""


def world_options(port: int) -> Callable[[Command], Command]:
    """The options that say which world to open and where."""
    options = (
        click.option(
            "--port",
            type=click.IntRange(0, 65535),
            default=port,
            show_default=True,
            help="Port on 127.0.0.1; 0 picks a free one.",
        ),
        click.option(
            "--world",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Keep the world in this file, made if it is missing.",
        ),
        click.option(
            "--seed",
            "seeds",
            multiple=True,
            metavar="NAME_OR_FILE",
            help=f"What a new world starts with; may be repeated. Default {DEFAULT_SEED}; 'empty' for nothing.",
        ),
        click.option(
            "--consent",
            type=click.Choice(["auto", "manual", "deny"]),
            default="auto",
            show_default=True,
            help="What happens on a consent page without a browser.",
        ),
    )

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def open_world(port: int, world: Path | None, seeds: tuple[str, ...], consent: str = "auto") -> Emulator:
    """A started emulator, or one clear line and exit code 2."""
    gc.disable()  # loading and seeding make much and drop little: collecting meanwhile costs a tenth of the start
    from .doors.gate import PortInUse  # noqa: PLC0415 - --help answers without loading the house
    from .errors import SeedError, UnknownName, WorldError  # noqa: PLC0415
    from .server import Emulator  # noqa: PLC0415

    chosen = tuple(seed for seed in seeds or (DEFAULT_SEED,) if seed != "empty")
    try:
        return Emulator.start(chosen, world=world, port=port, consent=cast("Consent", consent))
    except (SeedError, UnknownName, WorldError, PortInUse) as error:
        stop(str(error))
    finally:
        gc.freeze()
        gc.enable()


def stop(message: str) -> NoReturn:
    """End with one line on standard error and exit code 2."""
    click.echo(f"actor-emulator: {message}", err=True)
    sys.exit(USAGE_ERROR)


@main.command()
@world_options(DEFAULT_PORT)
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Receives JSON with url, console, pid and environment once requests are served.",
)
def serve(port: int, world: Path | None, seeds: tuple[str, ...], consent: str, ready_file: Path | None) -> None:
    """Serve the emulated world until interrupted."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with open_world(port, world, seeds, consent) as emulator:
        if ready_file is not None:
            write_ready_file(emulator, ready_file)
        click.echo(f"Serving on {emulator.url} (control API under {emulator.console})")
        click.echo('In another shell:  eval "$(actor-emulator env)"  and start the Actor.')
        ended.wait()


def write_ready_file(emulator: Emulator, path: Path) -> None:
    """Written beside and moved into place, so that a reader never sees half of it."""
    ready = {
        "url": emulator.url,
        "console": emulator.console,
        "pid": os.getpid(),
        "environment": emulator.environment(base={}),
    }
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(ready, indent=2), encoding="utf-8")
    draft.replace(path)


@main.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@world_options(0)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what happened to this file as JSON, secrets masked.",
)
@click.option(
    "--strict",
    is_flag=True,
    help=f"Exit {STRICT_FAILURE} when a host was refused, a handler crashed or a secret went astray.",
)
@click.option(
    "--speed",
    type=click.FloatRange(1, 100_000),
    default=1.0,
    metavar="N",
    help="Let N seconds pass in the world and in COMMAND (Python or Node) in every real second.",
)
@click.option("--hard-offline", is_flag=True, help="Give COMMAND a network of loopback alone (Linux namespaces).")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(
    port: int,
    world: Path | None,
    seeds: tuple[str, ...],
    consent: str,
    report: Path | None,
    strict: bool,  # noqa: FBT001 - click passes flags so
    speed: float,
    hard_offline: bool,  # noqa: FBT001 - likewise
    command: tuple[str, ...],
) -> None:
    """Run COMMAND inside the emulated world: actor-emulator run -- apify run."""
    from .launch import CommandNotFound, launch, overridden  # noqa: PLC0415

    if hard_offline:
        cut_off_network()
    if speed > FASTEST_SENSIBLE:
        shrunk = f"a client's 30 s timeout is {30_000 / speed:.0f} ms of real time"
        click.echo(f"actor-emulator: warning: at --speed {speed:g} {shrunk}, and calls may not fit", err=True)
    with open_world(port, world, seeds, consent) as emulator, pace(emulator, speed):
        variables = emulator.environment()
        for name in overridden(Path.cwd(), variables):
            click.echo(f"actor-emulator: warning: .actor/actor.json sets {name} over the emulator's value", err=True)
        try:
            code = launch(command, os.environ | variables)
        except CommandNotFound as error:
            stop(str(error))
        lost = close_report(emulator, report)
    sys.exit(lost if strict and lost else code)


@contextmanager
def pace(emulator: Emulator, speed: float) -> Iterator[None]:
    """A block in which the world's time runs at ``speed``; a world file does not go on racing when it is put away."""
    before = emulator.clock.rate
    if speed != 1:
        emulator.clock.speed(speed)
    try:
        yield
    finally:
        if speed != 1:
            emulator.clock.speed(before)


def cut_off_network() -> None:
    """Leave this process nothing but loopback, or stop with one clear line."""
    from .isolation import IsolationUnavailable, isolate_network  # noqa: PLC0415

    try:
        isolate_network()
    except IsolationUnavailable as error:
        stop(f"--hard-offline: {error}; without it, proxies and hooks keep the command offline")


def close_report(emulator: Emulator, path: Path | None) -> int:
    """Print the report, write it to ``path`` where given; 3 where something was refused, lost or crashed, else 0."""
    from rich.console import Console  # noqa: PLC0415 - loaded only to print

    from .report import print_calls, problems, summary  # noqa: PLC0415

    leaks = emulator.strays()
    print_calls(Console(stderr=True), emulator.journal, leaks)
    if path is not None:
        told = summary(emulator.journal, leaks)
        path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return STRICT_FAILURE if problems(emulator.journal, leaks) else 0


@main.command()
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Base URL of the server that is up.")
@click.option("--format", "style", type=click.Choice(["sh", "dotenv", "json"]), default="sh", show_default=True)
def env(url: str, style: str) -> None:
    """Print the variables that lead a command to a server that is already up."""
    variables = cast("dict[str, str]", ask(url, "environment"))
    if style == "json":
        click.echo(json.dumps(variables, indent=2))
        return
    for name, value in variables.items():
        if style == "dotenv":
            click.echo(f"{name}={json.dumps(value)}")
        else:
            click.echo(f"export {name}={shlex.quote(value)}{_appended(name)}")


def _appended(name: str) -> str:
    """What the shell's own value of a search path or option list adds behind ours."""
    separators = {"PYTHONPATH": ":", "NODE_OPTIONS": " "}
    return f'"${{{name}:+{separators[name]}${name}}}"' if name in separators else ""


def ask(url: str, route: str) -> Any:
    """The JSON answer of a control route of a running server, or one clear line and exit code 2."""
    return json.loads(exchange(url, "GET", route))


def exchange(url: str, verb: str, route: str, body: bytes | None = None) -> bytes:
    """The answer of a control route of a running server, or one clear line and exit code 2."""
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415
    from urllib.parse import urlsplit  # noqa: PLC0415

    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "127.0.0.1", place.port or 80, timeout=60)
    try:
        connection.request(verb, f"/_emulator/{route}", body)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, HTTPException) as error:
        stop(f"nothing answers at {url} ({error}); start one with `actor-emulator serve`")
    finally:
        connection.close()
    if answer.status != 200:
        stop(f"{url} answered {answer.status} to {verb} /_emulator/{route}: {message_in(content)}")
    return content


def message_in(content: bytes) -> str:
    """The control API's own message, or that there is none."""
    try:
        return str(json.loads(content)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return "is it an actor-emulator?"


@main.command()
@click.option("--dry-run", is_flag=True, help="Let the Actor push its sample instead of reading mail.")
def demo(dry_run: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Run the Gmail Actor of this repository against the demo world and show what came out."""
    from rich.console import Console  # noqa: PLC0415

    from .demo import run_demo  # noqa: PLC0415

    with open_world(0, None, (DEFAULT_SEED,)) as emulator:
        sys.exit(run_demo(emulator, Console(), dry_run=dry_run))


@main.command()
@world_options(0)
def coverage(port: int, world: Path | None, seeds: tuple[str, ...], consent: str) -> None:
    """Show how much of each vendor's surface is implemented."""
    from rich.console import Console  # noqa: PLC0415

    from .report import print_coverage  # noqa: PLC0415

    with open_world(port, world, seeds or ("empty",), consent) as emulator:
        print_coverage(Console(), emulator.coverage())


@main.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")
def validate(path: Path) -> None:
    """Check an input schema file, or every schema of an Actor's folder, by the platform's rules."""
    from .services.apify.schema import SchemaProblem, check_path  # noqa: PLC0415

    try:
        findings = check_path(path)
    except SchemaProblem as problem:
        raise click.ClickException(str(problem)) from None
    for finding in findings:
        click.echo(finding.line, err=bool(finding.problem))
    if any(finding.problem for finding in findings):
        sys.exit(1 if path.is_file() else INVALID_FOLDER)


@main.command(name="import")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FILE_OR_DIR")
@click.option("--user", required=True, metavar="EMAIL", help="Whose mailbox receives the mail.")
@click.option(
    "--world",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("world.sqlite"),
    show_default=True,
    help="The world file to import into, made if it is missing.",
)
def import_(source: Path, user: str, world: Path) -> None:
    """Import an mbox (a Takeout export), a Maildir or .eml files into a mailbox of a world file."""
    from rich.console import Console  # noqa: PLC0415

    from .app import App  # noqa: PLC0415
    from .config import Config  # noqa: PLC0415
    from .errors import SeedError, WorldError  # noqa: PLC0415
    from .importing import import_mail  # noqa: PLC0415

    try:
        app = App(Config(seeds=(DEFAULT_SEED,), world=world))
    except WorldError as error:
        stop(str(error))
    try:
        import_mail(app, source, user, Console())
    except (OSError, SeedError) as error:
        stop(f"{source}: {error}")
    finally:
        app.close()
    click.echo(f"Serve it:  actor-emulator serve --world {world}")


@main.command(name="export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Base URL of the server that is up.")
def export(file: Path, url: str) -> None:
    """Write the world of a running server to a new file."""
    if file.exists():
        stop(f"{file} exists; name a new file")
    image = exchange(url, "GET", "world")
    file.touch(mode=0o600)
    file.write_bytes(image)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


@main.command(name="restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Base URL of the server that is up.")
def restore(file: Path, url: str) -> None:
    """Make a running server go on from the world in FILE."""
    exchange(url, "PUT", "world", file.read_bytes())
    click.echo(f"{url} now serves the world of {file}")


@main.command(name="explain-query")
@click.argument("query")
def explain_query(query: str) -> None:
    """Show how Gmail's search language reads QUERY."""
    from .services.google.gmail.search.explain import explain  # noqa: PLC0415

    click.echo(explain(query))
