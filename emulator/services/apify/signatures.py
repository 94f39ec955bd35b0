"""Signed public URLs.

A record's signature covers its key; that of a whole dataset or of a store's keys covers version, expiry and id.
Algorithm as in the vendor's clients (``createHmacSignature``, ``createStorageContentSignature``), Python and
JavaScript alike; Python keeps the padding of the base64 form, JavaScript drops it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from ...kernel.ids import BASE62

__all__ = ["record_signature", "storage_signature", "verifies_record", "verifies_storage"]

# Digits, then lower-case, then upper-case letters.
_ALPHABET = BASE62
VERSION = 0


def record_signature(key: str, message: str) -> str:
    """The first 30 hexadecimal digits of HMAC-SHA256 as a base-62 number."""
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
    number, text = int(digest[:30], 16), ""
    while number:
        number, digit = divmod(number, 62)
        text = _ALPHABET[digit] + text
    return text or "0"


def storage_signature(key: str, storage_id: str, expires_at_ms: int = 0) -> str:
    """The signature of a storage's content; ``expires_at_ms`` 0 is for ever. Unpadded base64url."""
    mac = record_signature(key, f"{VERSION}.{expires_at_ms}.{storage_id}")
    return base64.urlsafe_b64encode(f"{VERSION}.{expires_at_ms}.{mac}".encode()).decode().rstrip("=")


def verifies_record(key: str, record_key: str, signature: str) -> bool:
    """Whether ``signature`` is the one of the record."""
    return hmac.compare_digest(record_signature(key, record_key).encode(), signature.encode())


def verifies_storage(key: str, storage_id: str, signature: str, now_ms: int) -> bool:
    """Whether ``signature`` is one of the storage and its time is not over."""
    try:
        text = base64.urlsafe_b64decode(signature.rstrip("=") + "=" * (-len(signature.rstrip("=")) % 4)).decode()
        version, expires_at, mac = text.split(".")
        moment = int(expires_at)
    except (ValueError, binascii.Error):
        return False
    expected = record_signature(key, f"{version}.{expires_at}.{storage_id}")
    return version == str(VERSION) and (not moment or now_ms < moment) and hmac.compare_digest(expected, mac)
