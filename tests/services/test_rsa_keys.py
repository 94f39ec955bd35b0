"""Keys that follow from a name."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization

from emulator.services.rsa_keys import loaded_private_key, private_key_pem, public_key_pem


@pytest.mark.parametrize("bits", [1024, 2048])
def test_a_key_is_sound(bits):
    # Loading with validation checks the primes, the exponents and their relations.
    key = serialization.load_pem_private_key(private_key_pem("soundness", bits).encode(), None)
    assert key.key_size == bits
    assert key.public_key().public_numbers().e == 65537


def test_a_name_has_one_key_in_every_process():
    """The hash would change with the search, and with it every key file somebody has written down."""
    numbers = loaded_private_key(private_key_pem("a name", 1024)).private_numbers()
    private_key_pem.cache_clear()
    again = loaded_private_key(private_key_pem("a name", 1024)).private_numbers()
    assert numbers == again
    assert private_key_pem("a name", 1024) != private_key_pem("another name", 1024)


def test_the_public_half_belongs_to_the_private_one():
    pem = private_key_pem("halves", 1024)
    public = serialization.load_pem_public_key(public_key_pem(pem).encode())
    assert public.public_numbers() == loaded_private_key(pem).public_key().public_numbers()


def test_another_kind_of_key_is_refused():
    from cryptography.hazmat.primitives.asymmetric import ed25519

    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(encoding, form, serialization.NoEncryption()).decode()
    with pytest.raises(TypeError, match="expected an RSA key"):
        loaded_private_key(pem)
