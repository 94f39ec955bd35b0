"""Secret input: fields with ``isSecret`` are kept encrypted, and only the Actor's own process can read them.

A value becomes ``ENCRYPTED_VALUE:<password>:<ciphertext>``, an object or array ``ENCRYPTED_JSON:<schema hash>:...`` of
its JSON. The ciphertext is AES-256-GCM with its 16-byte tag behind it; the password is 48 characters, key and then
initial vector, encrypted with RSA-OAEP (SHA-1, no label). Formats after the SDKs and ``@apify/input_secrets``.

Everything is drawn from ``kernel.ids``, so a repeated run stores the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...kernel.ids import BASE62, Ids
from ..rsa_keys import loaded_private_key, private_key_pem

__all__ = ["InputKey", "has_secrets", "is_sealed", "sealed", "unsealed"]

SEALED = re.compile(r"(ENCRYPTED_VALUE|ENCRYPTED_JSON):(?:[a-z0-9]+:)?([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)")
KEY_LENGTH, VECTOR_LENGTH, TAG_LENGTH = 32, 16, 16
_NOT_HASHED = frozenset(
    (
        *("title", "description", "sectionCaption", "sectionDescription"),
        *("nullable", "example", "prefill", "editor"),
    )
)


def has_secrets(schema: Mapping[str, Any] | None) -> bool:
    """Whether an input schema has a secret field."""
    return any(field.get("isSecret") for field in _fields(schema).values())


def is_sealed(value: object) -> bool:
    """Whether a value is encrypted already."""
    return isinstance(value, str) and SEALED.fullmatch(value) is not None


def sealed(schema: Mapping[str, Any] | None, value: Mapping[str, Any], key: InputKey, ids: Ids) -> dict[str, Any]:
    """An input with its secret fields encrypted; what is empty, null or encrypted already stays as it is."""
    fields = _fields(schema)
    return {
        name: key.seal(each, fields[name], ids) if _to_seal(fields.get(name, {}), each) else each
        for name, each in value.items()
    }


def unsealed(value: Mapping[str, Any], key: InputKey) -> dict[str, Any]:
    """An input as the SDKs hand it to the Actor. Raises ``ValueError`` for what another key encrypted."""
    return {name: key.open(each) if is_sealed(each) else each for name, each in value.items()}


@dataclass(frozen=True)
class InputKey:
    """The RSA key of one user and Actor. It follows from their ids, and is as public as the emulator's source."""

    user_id: str
    actor_id: str

    @property
    def passphrase(self) -> str:
        """What ``APIFY_INPUT_SECRETS_PRIVATE_KEY_PASSPHRASE`` holds."""
        return Ids(f"passphrase of {self.user_id} and {self.actor_id}").text(40, BASE62)

    @cached_property
    def private_key_file(self) -> str:
        """What ``APIFY_INPUT_SECRETS_PRIVATE_KEY_FILE`` holds: no path, but the base64 of an encrypted PEM."""
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - most Actors have no secrets

        pem = loaded_private_key(self._pem).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(self.passphrase.encode()),
        )
        return base64.b64encode(pem).decode()

    def seal(self, value: Any, field: Mapping[str, Any], ids: Ids) -> str:
        """``value`` of the schema's ``field``, encrypted."""
        password = ids.text(KEY_LENGTH + VECTOR_LENGTH, BASE62).encode()
        plain = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        prefix = "ENCRYPTED_VALUE" if isinstance(value, str) else f"ENCRYPTED_JSON:{_schema_hash(field)}"
        cipher = _aes_gcm(password).encrypt(password[KEY_LENGTH:], plain.encode(), None)
        return ":".join((prefix, _text(self._encrypted(password, ids)), _text(cipher)))

    def open(self, value: str) -> Any:
        """The value that was sealed. Raises ``ValueError`` where the key is another or the text was changed."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - most Actors have no secrets
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - likewise
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415 - likewise

        if (found := SEALED.fullmatch(value)) is None:
            raise ValueError("the value is not encrypted")
        oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - the vendor's choice
        try:
            password = loaded_private_key(self._pem).decrypt(base64.b64decode(found[2]), oaep)
            plain = _aes_gcm(password).decrypt(password[KEY_LENGTH:], base64.b64decode(found[3]), None).decode()
        except InvalidTag:
            raise ValueError("the ciphertext was changed") from None
        return plain if found[1] == "ENCRYPTED_VALUE" else json.loads(plain)

    @cached_property
    def _pem(self) -> str:
        return private_key_pem(f"input secrets of {self.user_id} and {self.actor_id}")

    def _encrypted(self, message: bytes, ids: Ids) -> bytes:
        """RSA-OAEP of ``message`` with a drawn seed, which the library's own encryption does not let one choose."""
        numbers = loaded_private_key(self._pem).public_key().public_numbers()
        length = (numbers.n.bit_length() + 7) // 8
        padded = _oaep(message, ids.octets(hashlib.sha1(usedforsecurity=False).digest_size), length)
        return pow(int.from_bytes(padded, "big"), numbers.e, numbers.n).to_bytes(length, "big")


def _fields(schema: Mapping[str, Any] | None) -> Mapping[str, Mapping[str, Any]]:
    fields: Mapping[str, Mapping[str, Any]] = (schema or {}).get("properties", {})
    return fields


def _to_seal(field: Mapping[str, Any], value: Any) -> bool:
    return bool(field.get("isSecret")) and value not in (None, "") and not is_sealed(value)


def _schema_hash(field: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in field.items() if name not in _NOT_HASHED}
    text = json.dumps(kept, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _aes_gcm(password: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - most Actors have no secrets

    return AESGCM(password[:KEY_LENGTH])


def _oaep(message: bytes, seed: bytes, length: int) -> bytes:
    """EME-OAEP encoding of ``message`` (RFC 8017, section 7.1.1), ``length`` bytes."""
    label = _sha1(b"")
    filling = bytes(length - len(message) - 2 * len(label) - 2)
    block = _xor(label + filling + b"\x01" + message, _mask(seed, length - len(seed) - 1))
    return b"\x00" + _xor(seed, _mask(block, len(seed))) + block


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 (RFC 8017, section B.2.1)."""
    blocks = (_sha1(seed + count.to_bytes(4, "big")) for count in range(length // 20 + 1))
    return b"".join(blocks)[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
