"""What each kind's shorthand becomes as raw fields, with the rest of the form filled in the same way every time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from app.catalogue.cells import read_cell
from app.catalogue.declarations import load_kinds
from search.documents import Kind

T = TypeVar("T")

WINDOWS = (
    ("2027-01-04", "2027-03-31", 40),
    ("2027-03-01", "2027-05-31", 30),
    ("2027-04-01", "2027-06-30", 50),
    ("2027-06-01", "2027-08-31", 35),
    ("2027-09-01", "2027-10-31", 25),
)
"""Times in which machines stand free, with the percent free."""

_PRICE = re.compile(r"(起?)([0-9.]+)/(\S+)")
_SPACED = {"m/月": "米/月", "m2/月": "平方米/月"}


@dataclass(frozen=True, slots=True)
class Shorthand:
    """One line taken apart. ``seed`` is what the filled-in choices hang on; ``others`` are the firm's listings before."""

    title: str
    said: dict[str, str]
    seed: str
    city: str
    district: str
    others: tuple[Mapping[str, Any], ...] = ()


def pick(seed: str, choices: Sequence[T]) -> T:
    """One of ``choices``, always the same for the same ``seed``."""
    return choices[int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % len(choices)]


def _cells(kind: Kind, said: Mapping[str, str]) -> dict[str, Any]:
    """Each part read as a spreadsheet cell of its field; parts that are no field are left to the builder."""
    read: dict[str, Any] = {}
    for key, text in said.items():
        declared = load_kinds()[kind].field(key)
        if declared:
            for short, full in _SPACED.items():
                text = text.replace(short, full)
            read[key] = _split(text) if declared.type == "texts" else read_cell(declared, text)
    return read


def _split(text: str) -> list[str]:
    """Specifications are parted by ";" for they hold commas; plain words by "、" or ","."""
    if ";" in text:
        return [part for part in map(str.strip, text.split(";")) if part]
    if re.search(r"[0-9] ?[、,] ?[0-9]", text):
        return [text]
    return [part for part in map(str.strip, re.split(r"[、,]", text)) if part]


def _priced(said: Mapping[str, str], kind: Kind, first: str = "fixed") -> dict[str, Any]:
    found = _PRICE.fullmatch(said.get("price", ""))
    if not found:
        return {"pricing": "negotiable", "price": None}
    declared = load_kinds()[kind].field("price_unit")
    unit = next(option.value for option in declared.options if option.zh == found[3]) if declared else ""
    return {"pricing": "from" if found[1] else first, "price": float(found[2]), "price_unit": unit}


def _product(line: Shorthand) -> dict[str, Any]:
    fields = _cells("product", line.said) | _priced(line.said, "product")
    big = fields.get("price_unit") in {"machine", "set"} and fields["price"] > 20_000
    fields.setdefault("lead_time_days", pick(line.seed, (30, 45, 60, 90) if big else (3, 5, 7, 10, 15, 20)))
    fields.setdefault("customisable", pick(line.seed + "c", (True, True, False)))
    if not big and fields["pricing"] != "negotiable" and "minimum_order" not in fields:
        few = fields["price"] > 500
        unit = fields["price_unit"]
        value = pick(line.seed + "m", (1, 2, 5) if few else (50, 100, 200, 500))
        fields["minimum_order"] = {"value": value, "unit": unit}
    return fields


def _raw_material(line: Shorthand) -> dict[str, Any]:
    fields = _cells("raw_material", line.said) | _priced(line.said, "raw_material")
    fields |= {"material": line.title, "hazardous": "hazard_licence" in line.said}
    fields["mill_certificate"] = pick(line.seed, (True, True, False))
    packing = {
        "powder": ["bag_25kg", "big_bag"],
        "granule": ["big_bag"],
        "lump": ["big_bag", "bulk"],
        "liquid": ["ibc", "tank"],
        "gas": ["cylinder"],
        "bar": ["bundle"],
        "tube": ["bundle"],
        "produce": ["carton"],
    }
    fields["packing"] = packing.get(fields["form"][0], [])
    return fields


def _processing(line: Shorthand) -> dict[str, Any]:
    fields = _cells("processing", line.said)
    unit = fields["monthly_capacity"]["unit"].split("/")[0]
    batch = {"piece": (1, 10, 50, 100), "t": (1, 5, 10), "m2": (100, 500), "m": (100, 500), "set": (1, 10)}
    fields.setdefault(
        "minimum_batch",
        {"value": pick(line.seed, batch.get(unit, (1,))), "unit": unit if unit in batch else "piece"},
    )
    fields["free_windows"] = _windows(line.seed)
    fields.setdefault("lead_time_days", pick(line.seed + "t", (7, 10, 15, 20, 30)))
    fields.setdefault("sample_days", pick(line.seed + "s", (3, 5, 7, 10)))
    if not set(fields["process"]) & {"食品代工", "food_processing", "sewing", "dyeing", "printing"}:
        fields["drawing_formats"] = pick(
            line.seed + "d", (["step", "dwg"], ["dwg", "pdf", "sample"], ["step", "nx"])
        )
    return fields


_OUTPUTS = ("monthly_output", "monthly_capacity", "monthly_supply")


def _capacity(line: Shorthand) -> dict[str, Any]:
    made = [other for other in line.others if other["kind"] in {"product", "raw_material", "processing"}]
    outputs = (other["fields"].get(key) for other in made for key in _OUTPUTS)
    output = next(found for found in outputs if found)
    fields = {
        "line": line.title,
        "products_made": [other["title"] for other in made],
        "monthly_output": output,
    }
    fields |= _cells("capacity", line.said)
    fields |= {"free_windows": _windows(line.seed), "shift": pick(line.seed, ("one", "two", "three"))}
    fields["changeover_days"] = pick(line.seed + "c", (1, 2, 3, 5))
    fields["material_by_customer"] = pick(line.seed + "m", (True, False))
    return fields


def _windows(seed: str) -> list[dict[str, Any]]:
    start, end, free = pick(seed + "w", WINDOWS)
    return [{"from": start, "to": end, "free": free}]


def _equipment(line: Shorthand) -> dict[str, Any]:
    fields = _cells("equipment", {key: text for key, text in line.said.items() if key != "deal"})
    sold = re.search(r"售([0-9.]+)", line.said["deal"])
    rented = re.search(r"租([0-9.]+)/(\S+)", line.said["deal"])
    fields["deal"] = "sell_or_rent" if sold and rented else "sell" if sold else "rent"
    if sold:
        fields["sale_price"] = float(sold[1])
    if rented:
        period = {"时": "hour", "天": "day", "月": "month", "年": "year"}[rented[2]]
        fields |= {"rent_price": float(rented[1]), "rent_period": period, "free_windows": _windows(line.seed)}
    return fields | {
        "equipment_type": line.title,
        "location": line.city + line.district,
        "available_from": "2027-01-04",
    }


def _technology(line: Shorthand) -> dict[str, Any]:
    fields = _cells(
        "technology", {key: text for key, text in line.said.items() if key not in {"patent", "price"}}
    )
    fields["form"] = pick(
        line.seed, (["licence", "joint_development"], ["transfer"], ["licence"], ["licence", "equity"])
    )
    if line.said["patent"] == "秘密":
        fields["patent_status"] = "know_how"
    else:
        *pending, sort, number = line.said["patent"].split()
        fields |= {"patent_status": "pending" if pending else "granted", "patent_number": number}
        fields["patent_kind"] = "invention" if sort == "发明" else "utility_model"
    price = line.said["price"]
    if price.startswith("意向"):
        return fields | {"pricing": "asking", "price": float(price[2:])}
    if price.startswith("提成"):
        return fields | {"pricing": "royalty", "royalty_rate": float(price[2:])}
    return fields | {"pricing": "negotiable"}


def _labour(line: Shorthand) -> dict[str, Any]:
    levels = {"中级工": "中级工（四级）", "高级工": "高级工（三级）", "初级工": "初级工（五级）"}
    skills = "、".join(levels.get(word, word) for word in line.said.get("skill_level", "").split("、"))
    fields = _cells("labour", line.said | {"skill_level": skills})
    price, people = line.said.get("price", ""), int(line.said["people"])
    match line.said["form"]:
        case "劳务外包":
            basis, sum_ = price.split()
            fields |= {
                "settlement": {"时": "hour", "小时": "hour", "日": "day", "月": "month", "件": "piece"}[basis]
            }
            fields |= {
                "headcount": people,
                "labour_price": float(sum_),
                "available_windows": _windows(line.seed),
            }
            fields |= _cells("labour", {"period": line.said["time"]}) | {"dispatch_licence": "演示2099-0001"}
        case "技能培训":
            fields |= {
                "class_size": people,
                "course_price": float(price),
                "course_days": int(line.said["time"]),
            }
        case _:
            fields |= {"headcount": people, "service_fee": float(price)}
    return fields | {"on_site": pick(line.seed, (True, False))}


def _logistics(line: Shorthand) -> dict[str, Any]:
    fields = _cells("logistics", line.said)
    if "routes_from" in line.said:
        fields.setdefault("mode", ["road"])
        fields["free_windows"] = _windows(line.seed)
    fields["temperature_control"] = "temperature" in line.said
    fields["dangerous_goods"] = "dangerous_class" in line.said
    if fields["dangerous_goods"]:
        fields["dangerous_licence"] = "辽交运管许可演示字2099号"
    return fields | {"insured": pick(line.seed, (True, True, False))}


def _finance(line: Shorthand) -> dict[str, Any]:
    said = dict(line.said)
    if said["form"] in {"担保", "保险"}:
        said = {"fee_rate" if key == "rate" else key: text for key, text in said.items()}
    fields = _cells("finance", said | {"collateral": _full_options(said)})
    fields.setdefault("approval_days", pick(line.seed, (3, 5, 7, 10, 15)))
    return fields | {"licence": "辽金监演示〔2099〕1号", "requirements": ["在辽宁省内登记", "成立满一年"]}


def _full_options(said: Mapping[str, str]) -> str:
    words = {"设备": "设备抵押", "信用": "信用（无需抵押）"}
    return "、".join(words.get(word, word) for word in said.get("collateral", "").split("、"))


def _tech_service(line: Shorthand) -> dict[str, Any]:
    fields = _cells("tech_service", {key: text for key, text in line.said.items() if key != "price"})
    basis, _, price = line.said.get("price", "面议").partition(" ")
    fields["pricing"] = {
        "项目": "item",
        "样品": "sample",
        "工时": "hour",
        "工程": "project",
        "面议": "negotiable",
    }[basis]
    if price:
        fields["price"] = float(price.removeprefix("起"))
    if "accreditation" in fields:
        fields["accreditation_number"] = [
            f"演示2099-{n + 1:04d}" for n in range(len(fields["accreditation"]))
        ]
        fields["accredited_until"] = "2029-12-31"
    fields["on_site"] = "service_area" in line.said or pick(line.seed, (True, True, False))
    if fields["on_site"]:
        fields.setdefault(
            "service_area",
            [line.city.removesuffix("市"), "沈阳"] if "沈阳" not in line.city else ["沈阳", "辽宁"],
        )
        fields["response_hours"] = pick(line.seed + "r", (4, 8, 24, 48))
    return fields | {"turnaround_days": pick(line.seed + "t", (3, 5, 7, 10, 20))}


BUILDERS: Mapping[Kind, Callable[[Shorthand], dict[str, Any]]] = {
    "product": _product,
    "raw_material": _raw_material,
    "processing": _processing,
    "capacity": _capacity,
    "equipment": _equipment,
    "technology": _technology,
    "labour": _labour,
    "logistics": _logistics,
    "finance": _finance,
    "tech_service": _tech_service,
}
