"""Writes the data files of the demo world from ``economy/``: ``python -m seed_data.generate``.

``economy/*.txt`` is the shorthand people edit: ``#`` names the place, ``@`` a firm with its trade code, founding month, capital,
staff and marks, the next line its business scope, then one line a listing; ``>`` adds listings to a firm named before.
The same shorthand gives the same files, byte for byte.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.registry.uscc import check_character
from search.places import load_gazetteer
from seed_data.fields import pick
from seed_data.shorthand import expand

FOLDER = Path(__file__).parent
ECONOMY = FOLDER / "economy"
DEMANDS = "demands.txt"

COMPANY_COLUMNS = (
    "uscc", "name", "registered_on", "type", "capital_raw", "city", "address", "business_scope", "industry_code",
    "tags", "status", "employees", "verification",
)  # fmt: skip

MARKERS = ("示例", "演示")
"""Every firm's brand begins with one of them, so that no real firm can be meant."""

_TAGS = {"H": "高新技术企业", "Z": "专精特新企业", "X": "出口企业"}
_STATUSES = {"!susp": "suspended", "!dereg": "deregistered"}
_LISTING = re.compile(r"[A-Z][AR]? ")
_CHECK_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997, 4.2


@dataclass
class Firm:
    """One firm of the shorthand; ``brand`` is the name without place, marker and legal form."""

    city: str
    district: str
    brand: str
    row: dict[str, str]
    listings: list[dict[str, Any]] = field(default_factory=list)


def organisation_code(number: int) -> str:
    """DEM0, four digits and the check character of GB 11714-1997; no register gives out codes that begin so."""
    base = f"DEM0{number:04d}"
    total = sum(int(character, 36) * weight for character, weight in zip(base, _CHECK_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    return base + ("X" if check == 10 else str(check))


def read_economy(folder: Path = ECONOMY) -> dict[str, Firm]:
    """Firms by brand, in the order of the files; more.txt, which adds to them, comes last. Raises ValueError."""
    categories = read_categories(folder / "categories.csv")
    firms: dict[str, Firm] = {}
    taken: set[int] = set()
    city = district = ""
    firm: Firm | None = None
    for line in _lines(folder):
        if line.startswith("#"):
            city, district = line[1:].split()
        elif line.startswith("@"):
            firm = _firm(line[1:], city, district, taken)
            if firms.setdefault(firm.brand, firm) is not firm:
                raise ValueError(f"two firms are called {firm.brand}")
        elif line.startswith(">"):
            firm = firms[line[1:]]
        elif firm is None:
            raise ValueError(f"no firm before {line!r}")
        elif _LISTING.match(line):
            try:
                made = expand(
                    line, firm=firm.brand, city=firm.city, district=firm.district, others=firm.listings
                )
            except (ValueError, KeyError, StopIteration) as error:
                raise ValueError(f"{firm.brand}: {line}: {error!r}") from error
            code = _category(made["title"], categories) if made["kind"] == "product" else ""
            if code:
                made["fields"] = {"category_code": code, **made["fields"]}
            firm.listings.append(made)
        else:
            firm.row["business_scope"] = line
    return firms


def _lines(folder: Path) -> Iterator[str]:
    paths = (path for path in folder.glob("*.txt") if path.name != DEMANDS)
    for path in sorted(paths, key=lambda path: (path.name == "more.txt", path.name)):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield line.strip()


def read_categories(path: Path) -> dict[str, str]:
    """Code of the procurement catalogue by the word a product's title holds."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["code"] for row in csv.DictReader(file)}


def _category(title: str, categories: Mapping[str, str]) -> str:
    word = max((word for word in categories if word in title), key=len, default="")
    return categories.get(word, "")


def _firm(line: str, city: str, district: str, taken: set[int]) -> Firm:
    brand, industry, founded, capital, staff, marks = line.split("|")
    gazetteer = load_gazetteer()
    place = gazetteer.by_name(district, within=gazetteer.by_name(city)[0].adcode)[0]
    number = pick(brand, range(10_000))
    while number in taken:
        number = (number + 1) % 10_000
    taken.add(number)
    first17 = ("93" if brand.endswith("合作社") else "91") + place.adcode + organisation_code(number)
    status = next((status for mark, status in _STATUSES.items() if mark in marks), "active")
    letters = marks.split("!")[0]
    row = {
        "uscc": first17 + check_character(first17),
        "name": _name(city, brand),
        "registered_on": f"{founded}-{pick(brand + 'day', range(1, 29)):02d}",
        "type": _type(brand),
        "capital_raw": f"{capital}万元人民币",
        "city": city,
        "address": f"辽宁省{city}{district}{pick(brand + 'road', ('示例路', '示例街', '演示路', '演示大街'))}"
        f"{pick(brand + 'number', range(1, 200))}号",
        "business_scope": "",
        "industry_code": industry,
        "tags": "、".join(tag for letter, tag in _TAGS.items() if letter in letters),
        "status": status,
        "employees": staff,
        "verification": "verified" if "v" in letters else "claimed" if "c" in letters else "unverified",
    }
    return Firm(city, district, brand, row)


def _type(brand: str) -> str:
    if brand.endswith("合作社"):
        return "农民专业合作社"
    return "个人独资企业" if brand.endswith("厂") else "有限责任公司"


def _name(city: str, brand: str) -> str:
    marked = city.removesuffix("市") + pick(brand + "marker", MARKERS) + brand
    if brand.endswith("合作社"):
        return marked.removesuffix("合作社") + "农民专业合作社"
    return marked if brand.endswith("厂") else marked + "有限公司"


def read_demands(
    firms: Mapping[str, Firm], path: Path
) -> tuple[list[dict[str, Any]], list[tuple[str, str, int]]]:
    """The demands, and (demand id, uscc, grade) of every judgment."""
    demands: list[dict[str, Any]] = []
    judgments: list[tuple[str, str, int]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("? "):
            title, description, place, kind, lang, quantity, *more = (
                part.strip() for part in line[2:].split("|")
            )
            city, district = place.split()
            buyer = firms[more[1]].row["name"] if len(more) > 1 and more[1] else ""
            demand = {
                "id": f"DEMO{len(demands) + 1:02d}",
                "title": title,
                "description": description,
                "city": city,
            }
            demand |= {"district": district, "kind": kind, "lang": lang, "quantity": quantity, "buyer": buyer}
            demands.append(demand | {"state": more[0] if more and more[0] else "open"})
        elif line.strip() and not line.startswith("#"):
            for group in line.split():
                grade, _, brands = group.partition(":")
                for brand in brands.split(","):
                    judgments.append((demands[-1]["id"], _by_start(firms, brand).row["uscc"], int(grade)))
    return demands, judgments


def _by_start(firms: Mapping[str, Firm], start: str) -> Firm:
    found = [firm for brand, firm in firms.items() if brand.startswith(start)]
    if len(found) != 1:
        raise ValueError(f"{start} begins the names of {len(found)} firms")
    return found[0]


def render(folder: Path = ECONOMY) -> dict[str, str]:
    """The text of every data file, by its name."""
    firms = read_economy(folder)
    demands, judgments = read_demands(firms, folder / DEMANDS)
    table = io.StringIO()
    writer = csv.DictWriter(table, COMPANY_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(firm.row for firm in firms.values())
    listings = [{"uscc": firm.row["uscc"], **made} for firm in firms.values() for made in firm.listings]
    return {
        "companies.csv": table.getvalue(),
        "listings.jsonl": "".join(json.dumps(made, ensure_ascii=False) + "\n" for made in listings),
        "demands.jsonl": "".join(json.dumps(demand, ensure_ascii=False) + "\n" for demand in demands),
        "qrels.txt": "".join(f"{demand} 0 {uscc} {grade}\n" for demand, uscc, grade in judgments),
    }


def main() -> None:
    """Write the files beside this module."""
    for name, text in render().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
