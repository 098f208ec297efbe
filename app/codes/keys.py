"""The keys codes are signed with: public halves in the database, private halves as files only the server may read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from sqlalchemy import select
from sqlmodel import Session, col

from app.codes.models import SigningKey
from app.codes.signing import key_id, public_text, sign
from app.core.clock import now
from app.core.errors import Conflict

Signer = Callable[[str], tuple[str, str]]
"""From a code in normal form to (kid, signature)."""


def public_keys(session: Session) -> dict[str, str]:
    """Every public key by its id, retired ones too: what they signed stays genuine."""
    return {key.kid: key.public for key in list_keys(session)}


def list_keys(session: Session) -> list[SigningKey]:
    """All keys, the oldest first."""
    return list(session.scalars(select(SigningKey).order_by(col(SigningKey.created_at), col(SigningKey.kid))))


def signer(session: Session, folder: Path) -> Signer:
    """Signs with the key in use; the first time, one is made. Raises Conflict when its private half is not here."""
    in_use = session.scalar(
        select(SigningKey).where(col(SigningKey.retired_at).is_(None)).order_by(col(SigningKey.created_at))
    )
    kid = (in_use or _make(session, folder)).kid
    private = _load(folder, kid)
    return lambda code: (kid, sign(private, code, kid))


def rotate(session: Session, folder: Path) -> SigningKey:
    """A new key signs from now on; the others are retired and go on verifying what they signed."""
    for key in list_keys(session):
        key.retired_at = key.retired_at or now()
        session.add(key)
    return _make(session, folder)


def _make(session: Session, folder: Path) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = public_text(private)
    key = SigningKey(kid=key_id(public), public=public)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(_path(folder, key.kid), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    session.add(key)
    session.flush()
    return key


def _load(folder: Path, kid: str) -> Ed25519PrivateKey:
    path = _path(folder, kid)
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey) or key_id(public_text(private)) != kid:
        raise Conflict(
            "签名私钥 {name} 不在本机或无法读取，请从签发节点复制到密钥目录，或执行 lianqiao codes keys rotate 启用新密钥",
            code="signing_key_missing",
            name=path.name,
        )
    return private


def _path(folder: Path, kid: str) -> Path:
    return folder / f"codes-{kid}.pem"
