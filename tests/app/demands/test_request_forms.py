"""The sixteen request forms: declared whole, read by one machinery, hidden fields refused by name."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from app.catalogue.declarations import DeclarationError
from app.catalogue.json_schema import form_schema
from app.catalogue.validation import validate_form
from app.demands.forms import FORMS, GROUPS, load_form, load_forms, words_of_fields
from app.demands.understanding import read_demand

pytestmark = pytest.mark.one_database

DEMANDS = "/api/v1/demands"


def problems(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_holds_together(form: Any) -> None:
    declared = load_forms()[form]
    assert validate_form(declared, declared.example) == declared.example
    assert jsonschema_rs.Draft202012Validator(form_schema(declared)).is_valid(declared.example)
    assert declared.group in GROUPS
    need = read_demand(declared.name.zh, "", form=declared, fields=declared.example)
    assert words_of_fields(declared, declared.example)
    assert need.what


def test_there_are_sixteen_in_five_groups() -> None:
    assert len(FORMS) == 16
    assert {declared.group for declared in load_forms().values()} == set(GROUPS)


def test_a_file_is_named_after_its_form(tmp_path: Any) -> None:
    from app.demands.forms import FOLDER

    moved = tmp_path / "other.toml"
    moved.write_text((FOLDER / "plant.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"other\.toml.*plant"):
        load_form(moved)


@pytest.mark.parametrize("form", FORMS)
def test_a_demand_on_every_form(client: TestClient, form: Any) -> None:
    declared = load_forms()[form]
    said = {"title": f"{declared.name.zh}示例", "form": form, "fields": declared.example}
    posted = client.post(DEMANDS, json=said).json()
    assert (posted["form"], posted["fields"]) == (form, declared.example)
    assert posted["need"]["kind"] == declared.kind
    schema = client.get(f"/api/v1/request-forms/{form}/schema").json()
    assert schema["title"] == declared.name.zh


def test_the_list_of_forms(client: TestClient) -> None:
    items = client.get("/api/v1/request-forms").json()["items"]
    assert [item["form"] for item in items] == list(FORMS)


@pytest.mark.parametrize(
    ("chosen", "asked", "hidden"), [("rent", "rent_price", "sale_price"), ("buy", "sale_price", "rent_price")]
)
@pytest.mark.parametrize("form", ["warehouse", "plant", "equipment"])
def test_the_price_follows_rent_or_buy(
    client: TestClient, form: Any, chosen: str, asked: str, hidden: str
) -> None:
    fields = {
        k: v
        for k, v in load_forms()[form].example.items()
        if k not in ("rent_price", "sale_price", "rent_period", "with_operator", "installation")
    }
    fields |= {"transaction": chosen} | (
        {"rent_period": {"value": 1, "unit": "year"}} if chosen == "rent" else {}
    )
    said: dict[str, Any] = {"title": "闲置资源", "form": form, "fields": {**fields, asked: 100}}
    assert client.post(DEMANDS, json=said).json()["fields"][asked] == 100
    said["fields"][hidden] = 100
    assert problems(client.post(DEMANDS, json=said)) == [(f"fields.{hidden}", "hidden_field")]


@pytest.mark.parametrize(
    ("form", "change", "found"),
    [
        ("talent", {"form": "hiring"}, {("assignment", "hidden_field"), ("paid_by", "hidden_field"), ("labour_price", "hidden_field"), ("shift", "hidden_field"), ("salary", "required"), ("employment", "required")}),
        ("packaging", {"printing": False}, {("printing_terms", "hidden_field"), ("artwork", "hidden_field")}),
        ("packaging", {"printing_terms": None}, {("printing_terms", "required")}),
        ("machining", {"process": ["other"]}, {("process_other", "required")}),
        ("logistics", {"service": ["full_load"]}, {("temperature", "hidden_field")}),
        ("plant", {"colour": "红"}, {("colour", "unknown_field")}),
    ],
)  # fmt: skip
def test_dependent_fields_are_refused_by_name(
    client: TestClient, form: Any, change: dict[str, Any], found: set[tuple[str, str]]
) -> None:
    said = {"title": "示例", "form": form, "fields": {**load_forms()[form].example, **change}}
    assert set(problems(client.post(DEMANDS, json=said))) == {
        (f"fields.{name}", code) for name, code in found
    }


def test_fields_without_a_form_are_refused(client: TestClient) -> None:
    assert problems(client.post(DEMANDS, json={"title": "示例", "fields": {"a": 1}})) == [
        ("fields", "form_needed")
    ]


def test_fields_tell_what_is_needed(client: TestClient) -> None:
    said = {"title": "一批零件外协", "form": "machining", "fields": load_forms()["machining"].example}
    need = client.post(DEMANDS, json=said).json()["need"]
    assert "车削" in str(need["processes"])
    assert {spec["name"] for spec in need["specs"]} >= {"length", "tolerance", "roughness"}


def test_a_form_is_changed_for_another_with_its_fields(client: TestClient) -> None:
    posted = client.post(
        DEMANDS, json={"title": "场地", "form": "plant", "fields": load_forms()["plant"].example}
    ).json()
    where, always = f"{DEMANDS}/{posted['id']}", {"If-Match": "*"}
    alone = client.patch(where, json={"form": "warehouse"}, headers=always)
    assert ("fields.warehouse_type", "required") in problems(alone)
    said = {"form": "warehouse", "fields": load_forms()["warehouse"].example}
    changed = client.patch(where, json=said, headers=always).json()
    assert (changed["form"], changed["need"]["kind"]) == ("warehouse", "logistics")
    freely = client.patch(where, json={"form": None}, headers=always).json()
    assert (freely["form"], freely["fields"]) == (None, {})
