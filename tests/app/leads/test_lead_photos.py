"""Photos: drawn anew, so that nothing the camera wrote leaves the device unless it is wanted; and who sees them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image
from starlette.testclient import TestClient

from app.core.errors import InvalidInput
from app.leads.photos import LONGEST_SIDE, redraw
from tests.app.leads.conftest import Team

GPS = {1: "N", 2: (41.0, 48.0, 12.0), 3: "E", 4: (123.0, 25.0, 30.0)}


def photo(kind: str = "JPEG", size: tuple[int, int] = (600, 400), behind: bytes = b"") -> bytes:
    """A picture that says where it was taken, by what, and which way up it is."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.IFD.GPSInfo] = GPS
    kept = io.BytesIO()
    Image.new("RGB", size, "teal").save(kept, kind, exif=exif)
    return kept.getvalue() + behind


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_kept(kind: str) -> None:
    drawn, placed = redraw(photo(kind, behind=b"<script>hidden</script>"), keep_place=False)
    assert not placed
    assert b"SecretCamera" not in drawn
    assert b"hidden" not in drawn
    with Image.open(io.BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (400, 600)), "upright"
        assert dict(picture.getexif()) == {}


def test_the_place_only_where_wanted() -> None:
    drawn, placed = redraw(photo(), keep_place=True)
    assert placed
    assert b"SecretCamera" not in drawn
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)[2] == GPS[2]
    plain = io.BytesIO()
    Image.new("RGB", (9, 9)).save(plain, "PNG")
    assert redraw(plain.getvalue(), keep_place=True)[1] is False


def test_large_ones_are_made_smaller() -> None:
    drawn, _ = redraw(photo(size=(4000, 1000)), keep_place=False)
    with Image.open(io.BytesIO(drawn)) as picture:
        assert max(picture.size) == LONGEST_SIDE


def bomb() -> bytes:
    """A small file of a hundred million pixels."""
    kept = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(kept, "PNG")
    return kept.getvalue()


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.4", photo()[:300], bomb()])
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        redraw(content, keep_place=False)
    assert refused.value.problems[0].field == "photo"


def upload(browser: TestClient, lead: str, *pictures: bytes, **said: str) -> Any:
    files = [("photo", (f"{n}.jpg", content, "image/jpeg")) for n, content in enumerate(pictures)]
    return browser.post(f"/leads/{lead}/photos", data=said, files=files, follow_redirects=False)


def test_seen_by_the_team_only(
    api: Any,
    team: Team,
    visitor: TestClient,
    sign_in: Callable[..., TestClient],
    make_company: Callable[..., dict[str, Any]],
) -> None:
    lead = team.wang.post("/api/v1/leads", json={"company_id": make_company()["id"]}).json()["id"]
    assert upload(team.li, lead, photo(), photo(), caption="门牌").status_code == 303
    refused = upload(team.li, lead, b"nonsense")
    assert refused.status_code == 422
    assert "只接受 JPG" in refused.text
    shown = team.wang.get(f"/leads/{lead}").text
    assert shown.count('class="photo"') == 2
    address = shown.split('class="photo" src="')[1].split('"')[0]
    got = team.wang.get(address)
    assert (got.status_code, got.headers["content-type"]) == (200, "image/jpeg")
    assert "private" in got.headers["Cache-Control"]
    for stranger in (visitor, sign_in(), sign_in(seats={make_company()["id"]: "owner"})):
        assert stranger.get(address, follow_redirects=False).status_code in (303, 404)
    assert upload(sign_in(seats={team.id: "viewer"}), lead, photo()).status_code == 403
    folder: Path = api.state.runtime.settings.photos_dir() / lead
    assert len(list(folder.iterdir())) == 2
    # Whoever took it deletes it, or who runs the team.
    assert team.wang.post(f"{address}/delete", follow_redirects=False).status_code == 403
    assert team.li.post(f"{address}/delete", follow_redirects=False).status_code == 303
    assert team.boss.get(address).status_code == 404
    assert len(list(folder.iterdir())) == 1
