"""The sixteen request forms, each declared once in ``request_forms/*.toml`` as the catalogue's kinds are.

A declaration drives validation, the API's schema, the form on the page, what is shown of a demand, and what is
understood of it. Talent is one type with three forms: its dependent fields follow the choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from app.catalogue.declarations import (
    DeclarationError,
    FieldDeclaration,
    FormDeclaration,
    Words,
    read_declaration,
)
from app.catalogue.units import UNITS
from search.documents import Kind

FOLDER = Path(__file__).parent / "request_forms"

FormName = Literal[
    "urgent_purchase", "key_enterprise_purchase", "raw_material", "building_material", "machining", "packaging", "repair",
    "environmental", "logistics", "construction", "technology_service", "warehouse", "plant", "equipment", "talent", "project",
]  # fmt: skip
FORMS: tuple[FormName, ...] = get_args(FormName)
Group = Literal["purchasing", "services", "idle", "talent", "projects"]

GROUPS: dict[Group, Words] = {
    "purchasing": Words(zh="采购", en="Purchasing"),
    "services": Words(zh="生产服务", en="Production services"),
    "idle": Words(zh="闲置资源", en="Idle resources"),
    "talent": Words(zh="人才", en="Talent"),
    "projects": Words(zh="项目", en="Projects"),
}


class RequestForm(FormDeclaration):
    """One request form: its group, and the kind of production factor that answers it."""

    form: FormName
    group: Group
    kind: Kind
    per_line: bool = False
    """Its lines are things of their own, each matched by itself: a project's bill of materials."""


def load_form(path: Path) -> RequestForm:
    """The form declared in one TOML file, which is named after it. Raises DeclarationError."""
    declared = read_declaration(path, RequestForm)
    if declared.form != path.stem:
        raise DeclarationError(f"{path.name}: declares the form {declared.form}")
    return declared


@lru_cache(maxsize=1)
def load_forms() -> dict[FormName, RequestForm]:
    """Every form, in the order of ``FORMS``; read once. Raises DeclarationError when one is wrong or absent."""
    found = {declared.form: declared for declared in map(load_form, sorted(FOLDER.glob("*.toml")))}
    if missing := [form for form in FORMS if form not in found]:
        raise DeclarationError(f"no declaration of {', '.join(missing)} in {FOLDER.name}/")
    return {form: found[form] for form in FORMS}


def form_named(name: str) -> RequestForm | None:
    """The form a demand was written on; None for one written freely."""
    return next((declared for form, declared in load_forms().items() if form == name), None)


def words_of_fields(declaration: FormDeclaration, fields: Mapping[str, Any]) -> str:
    """What the telling fields say, in Chinese, to be understood with the buyer's words."""
    told = (declared for declared in declaration.fields if declared.weight and declared.key in fields)
    return "；".join(filter(None, (_in_chinese(declared, fields[declared.key]) for declared in told)))


def _in_chinese(declared: FieldDeclaration, value: Any) -> str:
    match declared.type:
        case "option" | "options":
            chosen = value if isinstance(value, list) else [value]
            options = [declared.option(one) for one in chosen if one != "other"]
            return "、".join(option.zh for option in options if option)
        case "texts":
            return "、".join(value)
        case "quantity":
            return f"{declared.label.zh}{value['value']}{UNITS[value['unit']].zh}"
        case _:
            return str(value)
