"""Passwords: kept as Argon2id, checked for length and against common ones (NIST SP 800-63B, section 3.1.1)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import InvalidInput, Problem

SHORTEST, LONGEST = 10, 128
COMMON = Path(__file__).parent / "data" / "common_passwords.txt"

_hasher = PasswordHasher()
# Each check takes 64 MiB for some tens of milliseconds: a crowd of them must not take the machine's memory.
_at_once = threading.Semaphore(4)


def hash_password(password: str) -> str:
    """Argon2id in PHC form, with its own salt."""
    with _at_once:
        return _hasher.hash(password)


def password_fits(password_hash: str, password: str) -> bool:
    """Whether this is the password. An empty hash never fits, and takes as long to say so."""
    with _at_once:
        try:
            return _hasher.verify(password_hash or _nobodys(), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_password(password: str, *, about: Iterable[str] = (), field: str = "password") -> None:
    """Raise InvalidInput for a password that is too short, too long, common, or says one of ``about`` (name, login)."""
    if len(password) < SHORTEST:
        raise _wrong(field, "too_short", "至少 {shortest} 个字符，可用一句话", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise _wrong(field, "too_long", "最多 {max_length} 个字，请缩短", max_length=LONGEST)
    plain = password.casefold()
    known = [*about, "lianqiao", "链桥"]
    if _simple(plain) or any(len(word) > 3 and plain.startswith(word.casefold()) for word in known):
        raise _wrong(field, "common_password", "太容易被猜到，请换一个，例如几个不相干的词")


def _simple(plain: str) -> bool:
    """Whether it is a common password, one with digits or signs behind it, or few characters repeated."""
    stem = plain.rstrip("0123456789!@#$%&*._-")
    return plain in _common() or stem in _common() or len(set(plain)) < 4 or _counts_on(plain)


def _counts_on(plain: str) -> bool:
    """Whether every character is the one before plus one, or minus one: 0123456789, zyxwvutsrq."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return len(steps) == 1 and abs(steps.pop()) <= 1


@lru_cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


@lru_cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _wrong(field: str, code: str, message: str, **params: int) -> InvalidInput:
    return InvalidInput(problems=[Problem(field, code, message, params)])
