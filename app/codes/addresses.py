"""The address that is printed: how a code and its signature are written into a URL and read out of one again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from app.codes.numbers import InvalidCode, parse_code
from app.codes.signing import verifies

Verdict = Literal["genuine", "malformed", "mistyped", "unsigned", "unknown_key", "forged", "other_origin"]

LONGEST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Checked:
    """What can be said of an address without asking anybody; only ``genuine`` is to be trusted."""

    verdict: Verdict
    code: str = ""
    kid: str = ""


def code_url(origin: str, code: str, kid: str, signature: str) -> str:
    """The address in the QR: ``https://…/c/7K3PXM2WQ4?s=<kid>.<signature>``."""
    return f"{origin}/c/{code}?s={kid}.{signature}"


def check_signature(keys: Mapping[str, str], code: str, signed: str) -> Verdict:
    """What the ``s`` of an address says of a code in normal form. ``keys`` are public keys by id."""
    if not signed:
        return "unsigned"
    kid, _, signature = signed.partition(".")
    if kid not in keys:
        return "unknown_key"
    return "genuine" if verifies(keys[kid], code, kid, signature) else "forged"


def check_address(address: str, keys: Mapping[str, str], origins: Sequence[str]) -> Checked:
    """Read an address and check code, origin and signature, offline.

    A genuine code copied to another site is "other_origin": the signature is right, the site is not the platform's.
    """
    try:
        parts = urlsplit(address.strip()[:LONGEST_ADDRESS])
        origin = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        return Checked("malformed")
    before, mark, last = parts.path.rstrip("/").rpartition("/c/")
    if parts.scheme not in ("http", "https") or not mark or before or "/" in last:
        return Checked("malformed")
    try:
        code = parse_code(last)
    except InvalidCode:
        return Checked("mistyped")
    signed = parse_qs(parts.query).get("s", [""])
    verdict = check_signature(keys, code, signed[0]) if len(signed) == 1 else "forged"
    if verdict == "genuine" and origins and origin not in origins:
        verdict = "other_origin"
    return Checked(verdict, code, signed[0].partition(".")[0])
