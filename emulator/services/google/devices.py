"""Device codes: sign-in of televisions and command lines, on a second device with a browser.

Facts: "OAuth 2.0 for TV and Limited-Input Device Applications": codes live thirty minutes, a client polls every five
seconds at most, a code is good for one exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...kernel.clock import Clock
from ...kernel.ids import Ids
from ...kernel.live import UnknownName
from ...kernel.world import Row, World
from . import scopes as scope_names

__all__ = ["DEVICE_CODE_LIFETIME", "POLL_INTERVAL", "Device", "DeviceState", "Devices"]

DEVICE_CODE_LIFETIME = 1800
POLL_INTERVAL = 5
_USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels: a code must not spell a word

DeviceState = Literal["pending", "approved", "denied", "consumed"]


@dataclass(frozen=True, slots=True)
class Device:
    """A device waiting for a person. ``account`` is who answered; times are virtual seconds since the epoch."""

    device_code: str
    user_code: str
    client_id: str
    scopes: tuple[str, ...]
    state: DeviceState
    account: str | None
    issued_at: float
    last_poll: float | None


class Devices:
    """The device codes of a world."""

    def __init__(self, world: World, clock: Clock, ids: Ids) -> None:
        self._world = world
        self._clock = clock
        self._ids = ids

    def start(self, client_id: str, scopes: tuple[str, ...]) -> Device:
        """A new pair of codes for a client."""
        letters = self._ids.text(8, _USER_CODE_LETTERS)
        device_code = "AH-1Ng" + self._ids.text(77)
        self._world.execute(
            "INSERT INTO google_device (device_code, user_code, client_id, scopes, issued_at) VALUES (?, ?, ?, ?, ?)",
            (
                device_code,
                f"{letters[:4]}-{letters[4:]}",
                client_id,
                scope_names.joined(scopes),
                self._clock.time(),
            ),
        )
        return self._known(device_code)

    def waiting(self, user_code: str) -> Device:
        """The device that shows ``user_code`` and still waits; case, blanks and the hyphen do not matter.

        Raises ``UnknownName`` for a code that is unknown, answered or too old.
        """
        letters = "".join(letter for letter in user_code.upper() if letter.isalpha())
        row = self._world.one(f"{_DEVICES} WHERE user_code = ?", (f"{letters[:4]}-{letters[4:]}",))
        device = _device(row) if row is not None else None
        if device is None or device.state != "pending" or self.is_expired(device):
            known = self._world.all("SELECT user_code FROM google_device WHERE state = 'pending' ORDER BY issued_at")
            raise UnknownName("waiting device code", user_code, [row[0] for row in known])
        return device

    def approve(self, user_code: str, account: str) -> None:
        """Allow the device what it asks for, as ``account``. Raises ``UnknownName``."""
        self._answer(user_code, "approved", account)

    def deny(self, user_code: str, account: str | None = None) -> None:
        """Refuse the device. Raises ``UnknownName``."""
        self._answer(user_code, "denied", account)

    def find(self, device_code: str) -> Device | None:
        """The device of that code, in whatever state."""
        row = self._world.one(f"{_DEVICES} WHERE device_code = ?", (device_code,))
        return _device(row) if row is not None else None

    def poll(self, device: Device) -> bool:
        """Note a poll; whether it came in time, that is not sooner than the interval after the one before."""
        now = self._clock.time()
        self._world.execute("UPDATE google_device SET last_poll = ? WHERE device_code = ?", (now, device.device_code))
        return device.last_poll is None or now - device.last_poll >= POLL_INTERVAL

    def consume(self, device: Device) -> None:
        """Use the code up."""
        self._world.execute("UPDATE google_device SET state = 'consumed' WHERE device_code = ?", (device.device_code,))

    def is_expired(self, device: Device) -> bool:
        """Whether the half hour of the codes is over."""
        return self._clock.time() >= device.issued_at + DEVICE_CODE_LIFETIME

    def _answer(self, user_code: str, state: DeviceState, account: str | None) -> None:
        device = self.waiting(user_code)
        with self._world.transaction():
            self._world.execute(
                "UPDATE google_device SET state = ?, account = ? WHERE device_code = ?",
                (state, account, device.device_code),
            )

    def _known(self, device_code: str) -> Device:
        found = self.find(device_code)
        if found is None:
            raise LookupError("a device code vanished inside its own transaction")
        return found


_DEVICES = "SELECT device_code, user_code, client_id, scopes, state, account, issued_at, last_poll FROM google_device"


def _device(row: Row) -> Device:
    fields = dict(row)
    return Device(**{**fields, "scopes": scope_names.split(fields["scopes"])})
