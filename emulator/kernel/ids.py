"""Seeded ids and tokens. The only module that draws randomness, and it draws none from the machine.

Every draw hashes the seed with a running position, so a world that remembers both repeats itself exactly, whatever
the platform or Python version. The tokens look random and are not secret: they open nothing but this emulator.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from string import ascii_letters, ascii_lowercase, digits

__all__ = ["BASE62", "BASE64URL", "LOWER_ALPHANUMERIC", "Ids"]

BASE62 = digits + ascii_letters
BASE64URL = ascii_letters + digits + "-_"
LOWER_ALPHANUMERIC = ascii_lowercase + digits


class Ids:
    """A deterministic source of ids. ``position`` counts draws; the world keeps it at every commit."""

    def __init__(self, seed: str = "actor-emulator", position: int = 0) -> None:
        self.seed = seed
        self.position = position
        self._key = blake2b(seed.encode(), digest_size=32).digest()

    def bits(self, count: int) -> int:
        """A non-negative integer of at most ``count`` bits."""
        return int.from_bytes(self.octets((count + 7) // 8), "big") & ((1 << count) - 1)

    def octets(self, count: int) -> bytes:
        """``count`` bytes."""
        drawn = b""
        while len(drawn) < count:
            self.position += 1
            drawn += blake2b(self.position.to_bytes(8, "big"), key=self._key, digest_size=64).digest()
        return drawn[:count]

    def text(self, length: int, alphabet: str = BASE64URL) -> str:
        """``length`` characters of ``alphabet`` (ASCII, at most 256 of them)."""
        return self.octets(length).translate(_table(alphabet)).decode("ascii")

    def hex(self, length: int) -> str:
        """``length`` lower-case hexadecimal digits."""
        return self.octets((length + 1) // 2).hex()[:length]

    def decimal(self, length: int) -> str:
        """``length`` decimal digits, the first of them not zero."""
        return self.text(1, "123456789") + self.text(length - 1, digits)

    def uuid4(self) -> str:
        """A version 4 UUID in its usual spelling."""
        value = self.bits(128) & ~(0xF << 76) & ~(0x3 << 62) | (0x4 << 76) | (0x2 << 62)
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@lru_cache(maxsize=64)
def _table(alphabet: str) -> bytes:
    """What each octet becomes: the letters of ``alphabet`` over and over."""
    return bytes(ord(alphabet[octet % len(alphabet)]) for octet in range(256))
