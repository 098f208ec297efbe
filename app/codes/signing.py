"""Ed25519 signatures of enterprise codes: what is signed, and how a signature is checked without a database.

A signature says that this platform issued this code. It is carried whole (64 bytes, base64url without padding) with the
id of its key, as ``?s=<kid>.<signature>``. Public keys are exchanged as a JWK set (RFC 7517, RFC 8037).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_RAW_SIGNATURE = 64
_RAW_KEY = 32
_KID_CHARACTERS = 6


class UnreadableKeys(ValueError):
    """A file that is no JWK set of Ed25519 keys."""


def encode(raw: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes of base64url without padding. Raises ValueError for any other spelling, so that a text has one form."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise ValueError("not base64url") from error
    if encode(raw) != text:
        raise ValueError("not base64url in its one form")
    return raw


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half, as ``x`` of a JWK."""
    return encode(key.public_key().public_bytes_raw())


def key_id(public: str) -> str:
    """A short id of a key: the beginning of its JWK thumbprint (RFC 7638) in lower-case base32."""
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": public}, separators=(",", ":"), sort_keys=True)
    digest = hashlib.sha256(members.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:_KID_CHARACTERS]


def _message(code: str, kid: str) -> bytes:
    # The first words keep a signature from being taken for one of anything else.
    return f"lianqiao enterprise code 1\n{kid}\n{code}".encode()


def sign(key: Ed25519PrivateKey, code: str, kid: str) -> str:
    """The signature of a code in normal form."""
    return encode(key.sign(_message(code, kid)))


def verifies(public: str, code: str, kid: str, signature: str) -> bool:
    """Whether ``signature`` is the whole signature of ``code`` under this key."""
    try:
        raw = decode(signature)
        if len(raw) != _RAW_SIGNATURE:
            return False
        Ed25519PublicKey.from_public_bytes(decode(public)).verify(raw, _message(code, kid))
    except (ValueError, InvalidSignature):
        return False
    return True


def jwk_set(keys: Iterable[tuple[str, str]], origins: Iterable[str]) -> dict[str, Any]:
    """(kid, public) pairs as a JWK set; ``origins`` are the addresses under which codes of this platform are printed."""
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": public}
            for kid, public in keys
        ],
        "origins": list(origins),
    }


def read_jwk_set(said: Any) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Public keys by id, and the origins; an entry whose id is not that of its key is refused. Raises UnreadableKeys."""
    try:
        keys = {entry["kid"]: entry["x"] for entry in said["keys"] if entry.get("crv") == "Ed25519"}
        origins = tuple(map(str, said.get("origins", ())))
        sound = all(key_id(x) == kid and len(decode(x)) == _RAW_KEY for kid, x in keys.items())
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnreadableKeys("not a JWK set of Ed25519 keys") from error
    if not keys or not sound:
        raise UnreadableKeys("no Ed25519 key, or an id that is not its key's")
    return keys, origins
