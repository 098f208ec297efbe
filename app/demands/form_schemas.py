"""The request forms as the API lists them, and examples of demands written on them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from app.catalogue.schemas import WordsPublic
from app.demands.forms import FormName, Group, load_forms
from app.demands.schemas import FREE_EXAMPLE, ITEMISED_EXAMPLE
from search.documents import Kind


class FormPublic(BaseModel):
    """A request form; ``kind`` is the kind of production factor that answers it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "form": "machining",
                    "group": "services",
                    "kind": "processing",
                    "name": {"zh": "机加工外协", "en": "Machining outsourcing"},
                    "description": {"zh": "按图加工", "en": "Parts made to drawing"},
                }
            ]
        },
    )

    form: FormName
    group: Group
    kind: Kind
    name: WordsPublic
    description: WordsPublic


class FormList(BaseModel):
    """The sixteen request forms."""

    items: list[FormPublic]


def demand_examples() -> dict[str, Any]:
    """A demand in free words, one with lines, and one on every form, for the API's description."""
    forms: dict[str, Any] = {
        form: {
            "summary": f"{declared.name.zh} {declared.name.en}",
            "value": {"title": f"{declared.name.zh}示例", "form": form, "fields": declared.example},
        }
        for form, declared in load_forms().items()
    }
    return {
        "words": {"summary": "自由描述 In the buyer's own words", "value": FREE_EXAMPLE},
        "lines": {"summary": "带明细和条件 With line items and terms", "value": ITEMISED_EXAMPLE},
        **forms,
    }
