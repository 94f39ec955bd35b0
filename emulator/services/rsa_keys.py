"""RSA keys that follow from a name alone, so that two runs of a world sign the same bytes.

The primes come from a search seeded through ``kernel.ids``; ``cryptography`` builds and uses the key. Such keys are
as public as the emulator's source: they protect nothing.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from ..kernel.ids import Ids

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["PUBLIC_EXPONENT", "loaded_private_key", "private_key_pem", "public_key_pem"]

PUBLIC_EXPONENT = 65537
_SIEVE = 20_000
_ROUNDS = 4  # for 1024-bit candidates that were not chosen to deceive: error far below 2**-100 (Damgard et al. 1993)


@lru_cache(maxsize=32)
def private_key_pem(name: str, bits: int = 2048) -> str:
    """The private key of ``name`` in PKCS #8 PEM. The search takes some tenths of a second; answers are remembered."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - most worlds never sign anything
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - likewise

    ids = Ids(name)
    larger, smaller = sorted((_prime(ids, bits // 2), _prime(ids, bits // 2)), reverse=True)
    exponent = pow(PUBLIC_EXPONENT, -1, math.lcm(larger - 1, smaller - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=larger,
        q=smaller,
        d=exponent,
        dmp1=rsa.rsa_crt_dmp1(exponent, larger),
        dmq1=rsa.rsa_crt_dmq1(exponent, smaller),
        iqmp=rsa.rsa_crt_iqmp(larger, smaller),
        public_numbers=rsa.RSAPublicNumbers(PUBLIC_EXPONENT, larger * smaller),
    )
    return (
        numbers.private_key()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def loaded_private_key(private_pem: str) -> RSAPrivateKey:
    """The key of a PEM written by ``private_key_pem``, not validated again. Raises ``TypeError`` for no RSA key."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - most worlds never sign anything
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - likewise

    key = serialization.load_pem_private_key(private_pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"expected an RSA key, got {type(key).__name__}")
    return key


def public_key_pem(private_pem: str) -> str:
    """The public half of a private key, as SubjectPublicKeyInfo in PEM."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - most worlds never sign anything

    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return loaded_private_key(private_pem).public_key().public_bytes(encoding, form).decode()


def _prime(ids: Ids, bits: int) -> int:
    """The first prime from a drawn point on. Its two top bits are set, so that a product has its full length."""
    start = ids.bits(bits) | (0b11 << (bits - 2)) | 1
    candidate = start
    while not _is_prime(candidate, ids, bits):
        candidate += 2
    return candidate


def _is_prime(candidate: int, ids: Ids, bits: int) -> bool:
    if math.gcd(candidate, _small_primes_product()) != 1 or (candidate - 1) % PUBLIC_EXPONENT == 0:
        return False
    # Base 2 first: it turns nearly every composite away, and no octets need be drawn for those.
    return _passes(candidate, 2) and all(_passes(candidate, ids.bits(bits - 2) + 2) for _ in range(_ROUNDS))


def _passes(candidate: int, base: int) -> bool:
    """One round of Miller and Rabin's test."""
    twos = ((candidate - 1) & (1 - candidate)).bit_length() - 1
    power = pow(base, (candidate - 1) >> twos, candidate)
    if power in {1, candidate - 1}:
        return True
    for _ in range(twos - 1):
        power = power * power % candidate
        if power == candidate - 1:
            return True
    return False


@lru_cache(maxsize=1)
def _small_primes_product() -> int:
    """The product of the odd primes below the sieve's bound: one gcd with it replaces thousands of divisions."""
    sieve = bytearray(b"\1") * _SIEVE
    for number in range(3, math.isqrt(_SIEVE) + 1, 2):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, _SIEVE, number)))
    return math.prod(number for number in range(3, _SIEVE, 2) if sieve[number])
