"""What a call costs and whether its project and user can afford it.

Bodies: a minute's units are a 403 that names the limit; parallel calls, sending and bandwidth are 429. None carries
``Retry-After``. All were recorded; which of the 429 texts stands for bandwidth is inferred.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from ....kernel.clock import rfc3339
from ....kernel.http import Reply
from ....kernel.journal import Entry
from ....kernel.service import Kernel
from ..api import Admitted, Caller
from ..errors import InvalidArgument, QuotaExceeded, TooManyConcurrentRequests, UserRateExceeded
from ..quota import DAY, MINUTE, CostTable, Quota, Spending, quota_of

__all__ = ["GmailQuota", "units"]

_SERVICE = "gmail.googleapis.com"
_UNITS, _UPLOADED, _DOWNLOADED, _RECIPIENTS = "units", "uploaded bytes", "downloaded bytes", "recipients"


@cache
def units(table: CostTable = "current") -> Mapping[str, int]:
    """The price of each method by its id."""
    kept = json.loads((files(__package__) / "units.json").read_text(encoding="utf-8"))
    return {operation: price[table] for operation, price in kept["units"].items()}


class GmailQuota:
    """The meter of every call. Prices are journalled whether or not a project has limits."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._spending = Spending(kernel.world, kernel.clock)

    def charge(self, admitted: Admitted) -> bool:
        """Let a call spend what it costs; answers whether its project counts.

        Raises ``QuotaExceeded``, ``TooManyConcurrentRequests`` or ``UserRateExceeded``.
        """
        entry, caller = admitted.exchange.entry, admitted.caller
        quota = quota_of(self._kernel.world, caller.project)
        price = units("current" if quota is None else quota.costs)[admitted.operation.id]
        if quota is None:
            entry.units = price
            return False
        self._check_concurrency(quota, entry, caller)
        self._spend_units(quota, caller, price)
        self._check_bandwidth(quota, admitted)
        entry.units = price
        return True

    def settle(self, admitted: Admitted, reply: Reply) -> None:
        """Note what the reply adds to the bytes its user has downloaded."""
        caller = admitted.caller
        self._spending.note(caller.project, caller.account, _DOWNLOADED, len(reply.body), DAY)

    def spend_recipients(self, caller: Caller, recipients: int) -> None:
        """Let a message go to so many addresses. Raises ``InvalidArgument`` or ``UserRateExceeded``."""
        quota = quota_of(self._kernel.world, caller.project)
        if quota is None:
            return
        if quota.recipients_per_message is not None and recipients > quota.recipients_per_message:
            raise InvalidArgument("Too many recipients.", cause="too_many_recipients")
        limit = quota.workspace_recipients_per_day if self._is_workspace(caller.account) else quota.recipients_per_day
        self._within_day(caller, _RECIPIENTS, recipients, limit)

    def _check_concurrency(self, quota: Quota, entry: Entry, caller: Caller) -> None:
        """The parts of one batch are at work together; everything else comes one after another here."""
        if quota.concurrent_calls is None or entry.parent is None:
            return
        parts = sum(
            1 for each in self._kernel.journal if each.parent == entry.parent and each.principal == caller.account
        )
        if parts > quota.concurrent_calls:
            raise TooManyConcurrentRequests

    def _spend_units(self, quota: Quota, caller: Caller, price: int) -> None:
        spend, project = self._spending.spend, caller.project
        if spend(project, caller.account, _UNITS, price, quota.user_units, MINUTE) is not None:
            raise QuotaExceeded(_SERVICE, caller.project_number, *_WORDS[quota.costs, "user"])
        if spend(project, "", _UNITS, price, quota.units_per_minute, MINUTE) is not None:
            raise QuotaExceeded(_SERVICE, caller.project_number, *_WORDS[quota.costs, "project"])

    def _check_bandwidth(self, quota: Quota, admitted: Admitted) -> None:
        caller = admitted.caller
        self._within_day(caller, _UPLOADED, len(admitted.call.body), quota.uploaded_bytes_per_day)
        spent = self._spending.spent(caller.project, caller.account, _DOWNLOADED, DAY)
        if quota.downloaded_bytes_per_day is not None and spent >= quota.downloaded_bytes_per_day:
            self._within_day(caller, _DOWNLOADED, 1, quota.downloaded_bytes_per_day)

    def _within_day(self, caller: Caller, what: str, amount: int, limit: int | None) -> None:
        again = self._spending.spend(caller.project, caller.account, what, amount, limit, DAY)
        if again is not None:
            raise UserRateExceeded(rfc3339(datetime.fromtimestamp(again, UTC)))

    def _is_workspace(self, account: str) -> bool:
        return bool(self._kernel.world.value("SELECT organization FROM google_account WHERE email = ?", (account,)))


_WORDS: Mapping[tuple[CostTable, str], tuple[str, str]] = {
    ("current", "user"): ("Total Query Cost", "Units per minute per user"),
    ("current", "project"): ("Total Query Cost", "Units per minute"),
    ("legacy", "user"): ("Queries", "Queries per minute per user"),
    ("legacy", "project"): ("Queries", "Queries per minute"),
}
