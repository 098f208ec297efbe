"""Secrets that are given out once and kept as digests only."""

from __future__ import annotations

import hashlib
import secrets

KEY_PREFIX = "lq_"
"""Marks API keys, so that people and secret scanners recognise one."""


def new_token() -> str:
    """256 random bits, fit for addresses and cookies."""
    return secrets.token_urlsafe(32)


def new_api_key() -> str:
    """A new API key."""
    return KEY_PREFIX + new_token()


def digest(secret: str) -> str:
    """SHA-256 in hex. Enough for long random secrets, which cannot be guessed from it; never for passwords.

    A secret is looked up by its digest, so no comparison can leak how much of it was right.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
