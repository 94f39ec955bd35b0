"""The run: validate the input, sign in to Google, push one item per thread, and say how it ended."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from apify import Actor

from .failures import RunError, diagnose
from .inbox import Inbox
from .input import ActorInput
from .sample import sample_items

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

_PROGRESS_STEP = 10  # threads between two status messages: each one is an API call of its own

_P = ParamSpec("_P")
_R = TypeVar("_R")


async def main() -> None:
    """Run the Actor. It ends with exit code 0, or 1 when a `RunError` stopped it; the status message says why."""
    async with Actor:
        try:
            summary = await _run(ActorInput.parse(await Actor.get_input()))
        except RunError as failure:
            await Actor.fail(status_message=str(failure))
        else:
            await Actor.exit(status_message=summary)


async def _run(actor_input: ActorInput) -> str:
    if actor_input.dry_run:
        return await _push_sample(actor_input.max_results)
    await Actor.set_status_message("Signing in to Google")
    inbox = await _ask_google(
        Inbox.sign_in, actor_input.client_id, actor_input.client_secret, actor_input.refresh_token
    )
    await Actor.set_status_message("Looking for threads")
    thread_ids = await _ask_google(inbox.thread_ids, actor_input.query, actor_input.max_results)
    return await _push_threads(inbox, thread_ids)


async def _push_sample(limit: int) -> str:
    items = sample_items()[:limit]
    await Actor.push_data([dict(item) for item in items])
    return f"Dry run: pushed {len(items)} made-up threads. Turn dry_run off to read your own mailbox."


async def _push_threads(inbox: Inbox, thread_ids: list[str]) -> str:
    """Push each thread as soon as it is read, so that a failure loses none of those before it."""
    pushed, total = 0, len(thread_ids)
    try:
        for thread_id in thread_ids:
            item = await _ask_google(inbox.read_thread, thread_id)
            if item is None:
                continue
            await Actor.push_data(dict(item))
            pushed += 1
            if pushed % _PROGRESS_STEP == 0:
                await Actor.set_status_message(f"Read {pushed} of {total} threads")
    except RunError as failure:
        raise failure.after_reading(pushed, total) from failure
    return _summary(pushed, total)


def _summary(pushed: int, total: int) -> str:
    if total == 0:
        return "No thread matches the query."
    gone = f"; {total - pushed} disappeared before they could be read" if pushed < total else ""
    return f"Read {pushed} of {total} threads{gone}."


async def _ask_google(call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """Make one blocking Google call in a thread, so that the event loop stays free for the Actor's own work.

    Always awaited before the next one: httplib2 connections must not be used by two threads at once.

    Raises:
        RunError: whatever went wrong. The clients raise their own errors for what they foresee, and KeyError, TypeError
            or ValueError for an answer they did not, hence the broad clause.

    """
    try:
        return await asyncio.to_thread(call, *args, **kwargs)
    except Exception as error:
        # Frames only: the text of an exception may quote what was sent to Google.
        frames = "".join(traceback.format_tb(error.__traceback__))
        Actor.log.debug("%s from a Google call\n%s", type(error).__name__, frames)
        raise diagnose(error) from error
