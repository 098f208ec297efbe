"""Steel and alloy grades, standards and model numbers, kept whole: Q345B, 25Cr2MoVA, GB/T 3976, CA6140."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from matching.units import find_unit


@dataclass(frozen=True, slots=True)
class Designation:
    """A word of notation and where it stands in the folded text."""

    text: str
    start: int
    end: int


_L: Final = r"(?<![A-Za-z0-9\-./])"
_R: Final = r"(?![A-Za-z0-9])"

_STANDARD: Final = re.compile(
    rf"{_L}(?:(?:GB|JB|HG|YB|SH|NB|DL|QB|FZ|YY|SY|CJ|JG|TB|JT|JC|HJ|SL|MT|QC|LY|NY|SC|WB|AQ|GA|DB\d{{2}}|T)(?:/T|/Z|J)?\s?\d{{2,6}}(?:\.\d{{1,3}})?(?:\s?-\s?(?:19|20)?\d{{2}})?"
    r"|(?:ASTM|ASME|ANSI|API|EN|DIN|JIS|BS|ISO|IEC|AWS|SAE|UL|NFPA|AISI|IATF|GOST)(?:\s?/\s?(?:TS|TR|IEC|ISO))?\s?[A-Z]{0,2}\s?\d(?:\.?\d){0,8}(?:[-:]\d{1,5}){0,2}[A-Z]?)"
    rf"{_R}"
)

_GRADE_FORMS: Final = (
    r"Q\d{3}(?:[NM]?[A-F]|NH|GNH|GJ|R|q|L)?\d?(?:-[A-E])?",
    r"(?:30[1-9]|31[06-7]|321|347|904|2205|2507|410|420|430|440|630|201|202)(?:L|LN|H|S|Ti|F|C|J1|J2|B|A)?(?=\s?(?:食品|不锈|不秀|材质|材料|钢|管|板|法兰|件|螺|stainless|SS|steel|,|，|。|；|;|\s|$|、|或|的|和|圆))",
    r"(?:SUS|SS|sus|ss|TP|AISI)\s?\d{3}[A-Z]{0,2}",
    r"\d{2}#",
    r"(?:08F?|10|15|20|25|30|35|40|45|50|55|60|65|70)(?=号?钢)(?:号?钢)",
    r"(?:HT|QT|KTH|KTZ|RuT|ZG|ZGD)\s?\d{2,3}(?:-\d{1,3}){0,2}(?:[A-Z][A-Za-z0-9]*)?",
    r"\d{1,3}(?:(?:Cr|Mn|Mo|Ni|Si|Ti|Nb|Al|Cu|Co|W|V|B|N|Re|Zr)\d{0,2}){1,6}(?:A|E|Pb|S|H|G|R)?",
    r"(?:Cr|Mn|Mo|Ni|W)\d{1,2}(?:(?:Cr|Mn|Mo|Ni|Si|Ti|Nb|Al|Cu|Co|W|V)\d{0,2}){1,5}",
    r"GCr\d{1,2}(?:SiMn|Mo)?",
    r"(?:ZL|ZAlSi|ADC|YL|AC|LY|LC|LF|LD)\d{1,3}[A-Z]?",
    r"A(?:356|380|383|360)(?:\.\d)?",
    r"(?:[1-8]0\d{2}|[2-7][01]\d{2})(?=-?(?:T\d|H\d|O)|\s?铝)(?:-?(?:T\d{1,3}|H\d{1,3}|O))?",
    r"(?:H|T|TU|TP|QSn|QAl|QBe|HPb|HSn|B)\d{1,2}(?:-\d{1,2}(?:\.\d)?){1,3}",
    r"H(?:59|62|65|68|70|80|85|90|96)|T[123](?=紫?铜)|TU[12]|TA\d{1,2}|TC\d{1,2}|Gr\.?\s?\d{1,2}",
    r"WC[ABC]\d?|LC[BC]|CF8M?|CF3M?|CA15|C5|WC[69]|LF2|F22|F11|F304L?|F316L?",
    r"(?:PA|PP|PE|PC|PVC|POM|PBT|PTFE|PEEK|PET|ABS|PMMA|TPU|TPE|EVA|EPDM|NBR|HNBR|FKM|HDPE|LDPE|LLDPE|PVDF|PPS|UHMWPE|PPR|XLPE|UPVC|CPVC|EPS|XPS)\d{0,3}(?:\+GF\d{1,2}|-GF\d{1,2})?",
    r"(?:Inconel|Monel|Hastelloy|Incoloy)\s?[A-Z]?-?\d{0,4}",
    r"(?:FeMo|FeSi|FeMn|FeCr|FeV|FeTi|FeNb|FeW)\d{2}[A-Za-z0-9]{0,4}",
    r"C(?:15|20|25|30|35|40|45|50|55|60)(?=[\u4e00-\u9fff]{0,3}(?:混凝土|砼|泵送|商砼)|$)",
    r"(?:NM|S|E|L|X|P|St|A)(?:235|275|355|360|400|450|500|690|37|52|42|46|56|60|65|70|80|91|92|105|106|53|36|283|516)(?:[A-Z]\d?|JR|J0|J2)?",
    r"P(?:5|9|11|12|22)(?=[\u4e00-\u9fff])|T[12](?=紫?铜|[,，、])|(?<=合金)[1-8]\d{3}|[1-8]\d{3}(?=-[TOH]\d|铝)",
    r"HRB\d{3}E?|W18Cr4V|M42(?=高速钢)|42CrMo4?|38CrMoAlA?|HARDOX\s?\d{3}|D2|H13|P20|SKD\d{2}|NAK80|DC\d{2}|SPCC|SPHC|SECC|SGCC",
)
_GRADE: Final = re.compile(rf"{_L}(?:{'|'.join(_GRADE_FORMS)}){_R}")

_MODEL: Final = re.compile(r"(?<![A-Za-z0-9\-./])[A-Za-z0-9]+(?:[-/.][A-Za-z0-9]+){0,4}(?![A-Za-z0-9])")
_NOT_A_MODEL: Final = re.compile(
    r"[A-Z]?\d+(?:\.\d+)?|(?:19|20)\d\d-\d{1,2}(?:-\d{1,2})?|\d+(?:[-/.]\d+)+|[A-Za-z]+(?:[-/.][A-Za-z]+)*|\d*(?:st|nd|rd|th)|[2345][DGd]|\d[A-Z]{2}"
    r"|(?:DN|PN|IP|HRC|HRB|HB|HV|Ra|Rz|OD|ID|pH|PH|L|W|T|M|R)\d+(?:[.\-]\d+)?[A-Za-z]?|CO2|H2O|SO2|O2|N2|H2SO4|PM\d+|NOx|SO3|NH3|H2S|[A-Z][a-z]?\d?O\d?|\d{2}(?:GP|HQ|ft)"
    r"|CE\d*|A[345]|Q[1-4]|[A-Z][a-z]?2O3|SiO2|TiO2|ZrO2|\d+[xX×]\d+\S*|\d+-in-\d+|[A-Z]-ray|B2B|\d+%",
)


def find_standards(folded: str) -> list[Designation]:
    """National and international standards named in folded text."""
    return [Designation(m[0], m.start(), m.end()) for m in _STANDARD.finditer(folded)]


def find_grades(folded: str) -> list[Designation]:
    """Material grades named in folded text: steels, castings, alloys, plastics, concrete."""
    return [Designation(m[0], m.start(), m.end()) for m in _GRADE.finditer(folded)]


def grade_at(folded: str, start: int) -> str:
    """The grade whose first character stands at ``start``; "" when none does."""
    found = _GRADE.match(folded, start)
    return found[0] if found else ""


def find_models(folded: str, taken: list[tuple[int, int]]) -> list[Designation]:
    """Model numbers: words mixing letters and digits that are no spec, grade or standard.

    ``taken`` holds the spans already read as something else.
    """
    found = []
    covered = bytearray(len(folded) + 1)
    for start, end in taken:
        covered[start:end] = b"\x01" * (end - start)
    for m in _MODEL.finditer(folded):
        word = m[0]
        if len(word) > 40 or any(covered[m.start() : m.end()]) or not _looks_like_model(word):
            continue
        found.append(Designation(word, m.start(), m.end()))
    return found


def _looks_like_model(word: str) -> bool:
    has_letter = any(c.isalpha() for c in word)
    has_digit = any(c.isdigit() for c in word)
    if not (has_letter and has_digit) or len(word) < 2 or (word.islower() and "-" not in word):
        return False
    if _NOT_A_MODEL.fullmatch(word) and not re.fullmatch(r"[A-Z]\d{2,3}", word):
        return False
    measured = re.fullmatch(r"\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?([A-Za-z/0-9]+)", word)
    return not (measured and find_unit(re.sub(r"^\d+", "", measured[1])) is not None)
