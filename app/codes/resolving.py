"""From what was scanned to what may be shown: find the code, check its signature, know its state, remember the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from sqlalchemy import Connection, Dialect, Engine, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.codes.addresses import check_signature
from app.codes.gs1 import PRIMARY_KEYS, InvalidGs1, levels, read_gs1_path
from app.codes.models import EnterpriseCode, SigningKey
from app.codes.numbers import InvalidCode, parse_code
from app.codes.policy import State
from app.codes.problems import CODE_MESSAGES, GS1_MESSAGES
from app.codes.refusals import (
    CodeNotInUse,
    CodeRevoked,
    CodeSuspended,
    ForgedCode,
    MistypedCode,
    ScanRefused,
    UnknownCode,
)
from app.core.metrics import Counts
from app.registry.models import Company

SCANS = Counts("lianqiao_code_scans_total", "Scans of enterprise codes by outcome.", "outcome")

_REFUSALS: dict[State, type[ScanRefused]] = {
    "issued": CodeNotInUse,
    "suspended": CodeSuspended,
    "revoked": CodeRevoked,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A code that may be shown, or forwards. ``version`` changes whenever what it shows does."""

    code: str
    version: tuple[int, ...]
    company_id: UUID
    signed: bool
    """Whether the address carried this code's signature; a typed code has none."""
    forward: str = ""
    """The signed path of the code that replaced this one."""


def find(engine: Engine, look: Callable[[Connection], tuple[str, str]], signed: str) -> tuple[Found, str]:
    """What ``look`` finds an address to stand for, and the path it was asked by. Raises a ScanRefused.

    Runs on a bare connection: this is the one query of every scan, and the tables it reads are everybody's.
    """
    with engine.connect() as connection:
        text, path = look(connection)
        return find_code(connection, text, signed), path


def find_code(connection: Connection, text: str, signed: str) -> Found:
    """What a code in any spelling stands for. Raises a ScanRefused: mistyped, forged, unknown, or by its state."""
    try:
        code = parse_code(text)
    except InvalidCode as error:
        params: dict[str, Any] = dict(error.params)
        raise MistypedCode(CODE_MESSAGES[error.code], **params) from error
    held = _held(connection, code)
    if held is None:
        if signed and check_signature(_public_keys(connection), code, signed) != "genuine":
            raise ForgedCode
        raise UnknownCode
    # Ed25519 signs the same code the same way each time, so the one signature issued is the only one there is.
    if signed and signed != f"{held.kid}.{held.signature}":
        raise ForgedCode
    state = held.parent_state if held.state == "active" and held.parent_state else held.state
    if state == "replaced":
        return Found(code, (), held.company_id, bool(signed), forward=_forward(connection, held.replaced_by))
    if state != "active":
        raise _REFUSALS[state]
    return Found(code, (held.version, held.firm_version), held.company_id, bool(signed))


def find_gs1(connection: Connection, path: str) -> tuple[str, str]:
    """(code, the level that has it) of a GS1 Digital Link path; unknown qualifiers walk up to the primary key.

    Raises MistypedCode for a malformed path, UnknownCode.
    """
    try:
        normal = read_gs1_path(path)
    except InvalidGs1 as error:
        raise MistypedCode(GS1_MESSAGES[error.code], code=error.code) from error
    query = select(col(EnterpriseCode.gs1_path), col(EnterpriseCode.code)).where(
        col(EnterpriseCode.gs1_path).in_(levels(normal))
    )
    known: dict[str | None, str] = {row.gs1_path: row.code for row in connection.execute(query)}
    for level in levels(normal):
        if level in known:
            return known[level], level
    raise UnknownCode


def find_handle(connection: Connection, prefix: str, suffix: str, own_prefix: str) -> str:
    """The code of an industrial-internet identifier: the platform's own prefix with the code, or one a firm registered."""
    if prefix == own_prefix:
        return suffix
    query = select(col(EnterpriseCode.code)).where(col(EnterpriseCode.handle) == f"{prefix}/{suffix}")
    code = connection.execute(query).scalar_one_or_none()
    if code is None:
        raise UnknownCode
    return code


def scanned_code(session: Session, address: str, own_prefix: str) -> EnterpriseCode:
    """The code that stands now for what a camera read or a person typed: an address, its path, or the code itself.

    A replaced code leads to the one in its place. Raises a ScanRefused.
    """
    connection = session.connection()
    try:
        parts = urlsplit(address.strip())
    except ValueError as error:
        raise MistypedCode from error
    path, signed = parts.path.strip("/"), parse_qs(parts.query).get("s", [""])[0]
    first, _, rest = path.partition("/")
    if first == "c":
        text = rest
    elif first in PRIMARY_KEYS:
        text, signed = find_gs1(connection, path)[0], ""
    elif first.startswith("88."):
        text, signed = find_handle(connection, first, rest, own_prefix), ""
    else:
        text = path
    found = find_code(connection, unquote(text), signed)
    if found.forward:
        return scanned_code(session, found.forward, own_prefix)
    return session.get_one(EnterpriseCode, found.code)


_PARENT = aliased(EnterpriseCode)
_HELD: Any = (
    select(
        col(EnterpriseCode.state),
        col(EnterpriseCode.company_id),
        col(EnterpriseCode.version),
        col(EnterpriseCode.kid),
        col(EnterpriseCode.signature),
        col(EnterpriseCode.replaced_by),
        col(Company.version).label("firm_version"),
        col(_PARENT.state).label("parent_state"),
    )
    .join(Company, col(Company.id) == col(EnterpriseCode.company_id))
    .outerjoin(_PARENT, col(_PARENT.code) == col(EnterpriseCode.parent))
    .where(col(EnterpriseCode.code) == bindparam("code"))
)


class _Held(NamedTuple):
    """A row of ``_HELD``, in its order."""

    state: State
    company_id: UUID
    version: int
    kid: str
    signature: str
    replaced_by: str
    firm_version: int
    parent_state: State | None


@lru_cache(maxsize=2)
def _held_sql(dialect: Dialect) -> str:
    return str(_HELD.compile(dialect=dialect))


def _held(connection: Connection, code: str) -> _Held | None:
    """Asked of the driver itself: three quarters of this query's time went into what SQLAlchemy does around it.

    What goes wrong there is asked once more the usual way, which says so in its own errors and drops a dead connection.
    """
    dialect = connection.dialect
    try:
        cursor = connection.connection.cursor()
        cursor.execute(_held_sql(dialect), (code,) if dialect.positional else {"code": code})
        row = cursor.fetchone()
        cursor.close()
    except dialect.loaded_dbapi.Error:
        row = connection.execute(_HELD, {"code": code}).one_or_none()
    if row is None:
        return None
    held = _Held(*row)
    return held if isinstance(held.company_id, UUID) else held._replace(company_id=UUID(held.company_id))


def _public_keys(connection: Connection) -> dict[str, str]:
    keys = connection.execute(select(col(SigningKey.kid), col(SigningKey.public)))
    return {key.kid: key.public for key in keys}


def _forward(connection: Connection, code: str) -> str:
    """The signed path of the last code of a line; a line that ends in a revoked code says so itself."""
    while True:
        held = _held(connection, code)
        if held is None:
            raise UnknownCode
        if held.state != "replaced":
            return f"/c/{code}?s={held.kid}.{held.signature}"
        code = held.replaced_by
