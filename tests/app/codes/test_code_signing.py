"""Signatures: a forged address is refused offline, keys rotate, old codes stay genuine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlmodel import Session

from app.codes.addresses import check_address, code_url
from app.codes.keys import list_keys, public_keys, rotate, signer
from app.codes.numbers import new_code
from app.codes.signing import UnreadableKeys, decode, encode, jwk_set, read_jwk_set
from app.core.errors import Conflict

ORIGIN = "https://code.example.cn"


def address(sign: object, code: str = "", origin: str = ORIGIN) -> str:
    code = code or new_code()
    return code_url(origin, code, *sign(code))  # type: ignore[operator]


def test_genuine_offline_from_an_exported_file(session: Session, keys_folder: Path) -> None:
    url = address(signer(session, keys_folder))
    keys, origins = read_jwk_set(jwk_set(public_keys(session).items(), [ORIGIN]))
    assert check_address(url, keys, origins).verdict == "genuine"
    assert (
        check_address(url.lower().replace(ORIGIN + "/c/", ORIGIN + "/C/"), keys, origins).verdict != "genuine"
    )


def test_every_character_of_the_signature_counts(session: Session, keys_folder: Path) -> None:
    url = address(signer(session, keys_folder))
    keys = public_keys(session)
    before, signature = url.rsplit(".", 1)
    assert len(signature) == 86
    for at, held in enumerate(signature):
        other = "A" if held != "A" else "B"
        forged = f"{before}.{signature[:at]}{other}{signature[at + 1 :]}"
        assert check_address(forged, keys, [ORIGIN]).verdict == "forged", at
    for cut in (signature[:-1], signature[:43], "", signature + "A", signature + "="):
        assert check_address(f"{before}.{cut}", keys, [ORIGIN]).verdict in ("forged", "unsigned")


def test_a_signature_belongs_to_one_code(session: Session, keys_folder: Path) -> None:
    sign = signer(session, keys_folder)
    kid, signature = sign(new_code())
    stolen = code_url(ORIGIN, new_code(), kid, signature)
    assert check_address(stolen, public_keys(session), [ORIGIN]).verdict == "forged"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda url: url.split("?")[0], "unsigned"),
        (lambda url: url.replace(ORIGIN, "https://code.example.cn.evil.test"), "other_origin"),
        (lambda url: url.replace("https", "http"), "other_origin"),
        (lambda url: url.replace("/c/", "/d/"), "malformed"),
        (lambda url: url.replace("https:", "ftp:"), "malformed"),
        (lambda url: url.replace("?s=", "?s=zzzzzz"), "unknown_key"),
        (lambda url: url + "&s=again", "forged"),
        (lambda _: "http://[", "malformed"),
        (lambda _: "", "malformed"),
        (lambda url: url.replace("/c/", "/c/X"), "mistyped"),
    ],
)
def test_what_else_may_be_scanned(session: Session, keys_folder: Path, change: object, verdict: str) -> None:
    url = address(signer(session, keys_folder))
    assert check_address(change(url), public_keys(session), [ORIGIN]).verdict == verdict  # type: ignore[operator]


def test_keys_rotate_and_old_codes_stay_genuine(session: Session, keys_folder: Path) -> None:
    old = address(signer(session, keys_folder))
    first = list_keys(session)[0].kid
    fresh = rotate(session, keys_folder)
    new = address(signer(session, keys_folder))
    assert f"s={fresh.kid}." in new
    assert f"s={first}." in old
    (keys_folder / f"codes-{first}.pem").unlink()  # the old private key may be destroyed
    for url in (old, new):
        assert check_address(url, public_keys(session), [ORIGIN]).verdict == "genuine"
    assert [bool(key.retired_at) for key in list_keys(session)] == [True, False]


def test_private_keys_are_for_the_server_only(session: Session, keys_folder: Path) -> None:
    signer(session, keys_folder)
    (path,) = keys_folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (key,) = list_keys(session)
    assert "PRIVATE" not in str(key.model_dump())
    path.write_text("not a key")
    with pytest.raises(Conflict) as refused:
        signer(session, keys_folder)
    assert refused.value.code == "signing_key_missing"


@pytest.mark.parametrize(
    "said", [None, [], {}, {"keys": []}, {"keys": [{"crv": "Ed25519", "kid": "a", "x": "b"}]}]
)
def test_no_file_of_keys(said: object) -> None:
    with pytest.raises(UnreadableKeys):
        read_jwk_set(said)


def test_a_key_cannot_pass_under_another_id(session: Session, keys_folder: Path) -> None:
    signer(session, keys_folder)
    said = jwk_set(public_keys(session).items(), [])
    said["keys"][0]["kid"] = "aaaaaa"
    with pytest.raises(UnreadableKeys):
        read_jwk_set(said)


def test_base64url_has_one_spelling() -> None:
    assert decode(encode(b"\xff\x00")) == b"\xff\x00"
    for text in ("_wB", "/wA", "_wA=", "é", "A"):
        with pytest.raises(ValueError, match="base64url"):
            decode(text)
