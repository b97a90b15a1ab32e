"""Encryption at rest of what identifies a customer, and keyed hashes to find it again.

AES-256-GCM with the place a value belongs to as associated data, so that a sealed phone number copied into another row,
column or workspace does not open. The newest key seals, every known key opens; `key_id` in the sealed text says which.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed text that no known key opens at this place: a key is missing, or the text was moved or changed."""


def new_key() -> str:
    """A fresh key in the form that `SLOTQUEST_KEYS` takes: 32 random bytes, URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def parse_keys(text: str) -> list[bytes]:
    """The keys of a comma-separated list, newest first. Raises ValueError when one is not 32 bytes of base64."""
    keys = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        if len(key) != KEY_BYTES:
            raise ValueError("a key is 32 bytes in URL-safe base64")
        keys.append(key)
    if not keys:
        raise ValueError("at least one key is needed")
    return keys


class Sealer:
    """Seals and opens texts under a list of keys, newest first."""

    def __init__(self, keys: list[bytes]) -> None:
        self._ciphers = {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in keys}
        self._newest = next(iter(self._ciphers))

    def seal(self, text: str, place: str) -> str:
        """`text` sealed for `place`, e.g. "T1:customer.phone"."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, text.encode(), place.encode())
        return f"{self._newest}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """The text that was sealed for `place`. Raises SealBroken."""
        key_id, _, body = sealed.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealBroken(f"no key {key_id}")
        raw = base64.urlsafe_b64decode(body)
        try:
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except InvalidTag as error:
            raise SealBroken(place) from error


def keyed_hash(key: str, text: str) -> str:
    """A hash that is equal for equal texts and tells nothing to whom lacks the key: 64 hex digits."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
