"""`lianqiao codes` as a person uses it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from typer.testing import CliRunner, Result

from app.cli import app
from app.registry.uscc import check_character
from app.settings import get_settings

Run = Callable[..., Result]
USCC = "91210106MA8D00001" + check_character("91210106MA8D00001")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs `lianqiao` over a data folder with two firms."""
    monkeypatch.setenv("LIANQIAO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LIANQIAO_PUBLIC_URL", "https://code.example.cn")
    get_settings.cache_clear()
    second = "91210106MA8D00002"
    sheet = tmp_path / "firms.csv"
    sheet.write_text(
        f"uscc,name\n{USCC},沈阳示例泵业有限公司\n{second}{check_character(second)},大连示例机床有限公司\n",
        encoding="utf-8",
    )

    def run(*words: str, code: int = 0) -> Result:
        said = CliRunner().invoke(app, words)
        assert said.exit_code == code, (words, said.output, said.exception)
        return said

    run("import", "companies", str(sheet))
    yield run
    get_settings.cache_clear()


def test_from_issue_to_revocation(run: Run, tmp_path: Path) -> None:
    issued = json.loads(run("codes", "issue", USCC, "--json").stdout)
    assert issued["state"] == "active"
    assert run("codes", "verify", issued["url"]).output.startswith("真码")
    keys = tmp_path / "keys.json"
    run("codes", "keys", "export", str(keys))
    run("codes", "keys", "rotate")
    assert "真码" in run("codes", "verify", issued["url"], "--keys", str(keys)).output
    before, signature = issued["url"].rsplit(".", 1)
    forged = f"{before}.{signature[::-1]}"
    assert "假码" in run("codes", "verify", forged, "--keys", str(keys), code=1).output
    assert "假码" in run("codes", "verify", forged, code=1).output
    run("codes", "suspend", issued["printed"], "--reason", "核查")
    run("codes", "resume", issued["code"])
    fresh = run("codes", "replace", issued["code"], "--reason", "换新铭牌").output
    assert "https://code.example.cn/c/" in fresh.replace("\n", "")
    run("codes", "revoke", issued["code"], "--reason", "铭牌被盗")
    shown = run("codes", "show", issued["code"]).output
    for word in ("suspend", "核查", "replace", "revoke", "铭牌被盗"):
        assert word in shown
    verified = json.loads(run("codes", "verify", issued["url"], "--json").stdout)
    assert (verified["verdict"], verified["state"]) == ("genuine", "revoked")
    assert "在用" in run("codes", "keys", "list").output


def test_in_bulk_and_exported(run: Run, tmp_path: Path) -> None:
    assert "已签发 2 个" in run("codes", "issue", "--all").output
    assert "已签发 0 个" in run("codes", "issue", "--all").output
    sheet = tmp_path / "codes.csv"
    run("codes", "export", str(sheet))
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["company"] for row in rows] == ["沈阳示例泵业有限公司", "大连示例机床有限公司"]
    for row in rows:
        run("codes", "verify", row["url"])


def test_what_is_wrong_is_said(run: Run) -> None:
    run("codes", "issue", code=2)
    assert "未找到该企业" in run("codes", "issue", "91210106MA7XAMP1EE", code=1).output
    assert "抄错" in run("codes", "show", "7K3PXM2WQA", code=1).output
    assert "先签发企业码" in run("codes", "issue", USCC, "--kind", "branch", "--label", "分厂", code=1).output


def test_printed_singly_and_by_the_sheet(run: Run, tmp_path: Path) -> None:
    run("codes", "issue", "--all")
    run("codes", "export", str(tmp_path / "codes.csv"))
    rows = list(csv.DictReader((tmp_path / "codes.csv").read_text(encoding="utf-8-sig").splitlines()))
    plate = tmp_path / "plate.png"
    run("codes", "print", rows[0]["code"], "--layout", "plate", "--format", "png", "--out", str(plate))
    assert [one.text for one in zxingcpp.read_barcodes(Image.open(plate))] == [rows[0]["url"]]
    logo = tmp_path / "logo.png"
    Image.new("RGB", (90, 60), "navy").save(logo)
    sheet = tmp_path / "sheet.pdf"
    run("codes", "print", "--all", "--layout", "sheet", "--logo", str(logo), "--out", str(sheet))
    page = pypdfium2.PdfDocument(sheet.read_bytes())[0].render(scale=4).to_pil()
    assert {one.text for one in zxingcpp.read_barcodes(page)} == {row["url"] for row in rows}
    folder = tmp_path / "labels"
    run("codes", "print", "--all", "--format", "svg", "--out", str(folder))
    assert {file.stem for file in folder.iterdir()} == {row["code"] for row in rows}
    run("codes", "print", code=2)


@pytest.mark.parametrize(("layout", "form"), [("sheet", "pdf"), ("label", "pdf"), ("card", "svg")])
def test_one_rare_name_does_not_cost_the_others_their_print(
    run: Run, tmp_path: Path, layout: str, form: str
) -> None:
    third = "91210106MA8D00003"
    sheet = tmp_path / "rare.csv"
    sheet.write_text(f"uscc,name\n{third}{check_character(third)},沈阳示例𠮷瓈厂\n", encoding="utf-8")
    run("import", "companies", str(sheet))
    run("codes", "issue", "--all")
    run("codes", "export", str(tmp_path / "codes.csv"))
    rows = list(csv.DictReader((tmp_path / "codes.csv").read_text(encoding="utf-8-sig").splitlines()))
    (rare,) = (row["printed"] for row in rows if "瓈" in row["company"])
    target = tmp_path / "printed"
    bulk = ("codes", "print", "--all", "--layout", layout, "--format", form, "--out", str(target))
    said = " ".join(run(*bulk, code=1).output.split())
    assert "已印制 2 个" in said
    assert f"{rare}: 𠮷瓈" in said
    if form == "svg":
        assert len(list(target.iterdir())) == 2
    else:
        pages = pypdfium2.PdfDocument(target.read_bytes())
        read = [one.text for page in pages for one in zxingcpp.read_barcodes(page.render(scale=4).to_pil())]
        assert sorted(read) == sorted(row["url"] for row in rows if row["printed"] != rare)
    assert "LIANQIAO_PRINT_FONT" in run("codes", "print", rare, code=1).output
