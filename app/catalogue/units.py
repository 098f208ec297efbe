"""The units a listing may state a quantity in, and how each converts to the unit specs are compared in.

Two units convert into each other exactly when they share ``canonical``. A pack (box, bag, roll) converts into nothing
but itself: how much it holds is not known. Canonical units are those of matching.units, so that what a listing states
and what a buyer writes can be compared; periods and money, which only listings state as fields, are added here.
"""

from __future__ import annotations

from dataclasses import dataclass

from matching.units import to_canonical as words_to_canonical


@dataclass(frozen=True, slots=True)
class Unit:
    """``value`` in this unit times ``factor`` is the value in ``canonical``."""

    code: str
    canonical: str
    factor: float
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    def in_language(self, language: str) -> str:
        """Its name in Chinese ("zh") or English."""
        return self.zh if language == "zh" else self.en


_UNITS = (
    Unit("um", "mm", 0.001, "微米", "µm", ("μm", "µm")),
    Unit("Ra_um", "μm", 1, "微米", "µm", ("Ra",)),
    Unit("mm", "mm", 1, "毫米", "mm"),
    Unit("cm", "mm", 10, "厘米", "cm"),
    Unit("m", "mm", 1000, "米", "m"),
    Unit("g", "kg", 0.001, "克", "g"),
    Unit("kg", "kg", 1, "千克", "kg", ("公斤", "KG", "Kg")),
    Unit("t", "kg", 1000, "吨", "t", ("T", "公吨", "ton", "tons", "tonne", "tonnes")),
    Unit("kPa", "MPa", 0.001, "千帕", "kPa"),
    Unit("bar", "MPa", 0.1, "巴", "bar"),
    Unit("MPa", "MPa", 1, "兆帕", "MPa"),
    Unit("kW", "kW", 1, "千瓦", "kW", ("KW", "kw")),
    Unit("degC", "celsius", 1, "℃", "°C", ("°C", "C", "摄氏度")),
    Unit("m2", "m2", 1, "平方米", "m²", ("m²", "㎡", "平米")),
    Unit("m3", "m3", 1, "立方米", "m³", ("m³", "立方", "方")),
    Unit("L", "m3", 0.001, "升", "L", ("l", "公升")),
    Unit("percent", "percent", 1, "%", "%", ("%", "％")),
    Unit("day", "day", 1, "天", "days", ("日", "d", "days")),
    Unit("month", "month", 1, "个月", "months", ("月", "months")),
    Unit("year", "month", 12, "年", "years", ("years",)),
    Unit("person", "person", 1, "人", "people", ("名",)),
    Unit("CNY", "CNY", 1, "元", "CNY", ("RMB", "人民币")),
    Unit("10k_CNY", "CNY", 10_000, "万元", "10,000 CNY", ("万",)),
    Unit("100m_CNY", "CNY", 100_000_000, "亿元", "100 million CNY", ("亿",)),
    Unit("piece", "piece", 1, "件", "pieces", ("个", "只", "支", "pcs", "pc", "pieces")),
    Unit("set", "set", 1, "套", "sets", ("sets", "组")),
    Unit("machine", "piece", 1, "台", "machines", ("台套", "辆", "unit", "units")),
    Unit("box", "box", 1, "箱", "boxes", ("盒", "boxes")),
    Unit("bag", "bag", 1, "袋", "bags", ("包", "bags")),
    Unit("roll", "roll", 1, "卷", "rolls", ("rolls",)),
    Unit("kg/month", "t/month", 0.001, "千克/月", "kg/month", ("公斤/月",)),
    Unit("t/day", "t/month", 30, "吨/天", "t/day", ("吨/日",)),
    Unit("t/month", "t/month", 1, "吨/月", "t/month"),
    Unit("t/year", "t/month", 1 / 12, "吨/年", "t/year"),
    Unit("piece/day", "piece/month", 30, "件/天", "pieces/day", ("件/日", "个/天", "个/日")),
    Unit("piece/month", "piece/month", 1, "件/月", "pieces/month", ("个/月", "只/月", "pcs/month")),
    Unit("piece/year", "piece/month", 1 / 12, "件/年", "pieces/year", ("个/年", "只/年", "pcs/year")),
    Unit("set/month", "set/month", 1, "套/月", "sets/month"),
    Unit("machine/month", "piece/month", 1, "台/月", "machines/month", ("units/month",)),
    Unit("m/month", "m/month", 1, "米/月", "m/month"),
    Unit("m2/month", "m2/month", 1, "平方米/月", "m²/month", ("㎡/月", "平米/月", "m²/month")),
    Unit("m3/month", "m3/month", 1, "立方米/月", "m³/month", ("方/月", "立方/月", "m³/month")),
    Unit("hour/month", "hour/month", 1, "工时/月", "hours/month", ("小时/月", "台时/月", "h/month")),
)

UNITS: dict[str, Unit] = {unit.code: unit for unit in _UNITS}

_BY_NAME: dict[str, Unit] = {
    name: unit for unit in reversed(_UNITS) for name in (*unit.aliases, unit.zh, unit.en, unit.code)
}


def find_unit(name: str) -> Unit | None:
    """The unit a person means by ``name`` (code, Chinese or English name, usual spelling), or None."""
    return _BY_NAME.get(name.strip().replace(" ", ""))


def unit_meant(name: str) -> tuple[float, str] | None:
    """Factor and canonical unit of any way to write a unit: what listings are stated in, and what buyers write."""
    known = find_unit(name)
    return (float(known.factor), known.canonical) if known else words_to_canonical(1.0, name)


def to_canonical(value: float, code: str) -> tuple[float, str]:
    """``value`` of the unit ``code`` in its canonical unit, with that unit's name."""
    unit = UNITS[code]
    return float(value * unit.factor), unit.canonical
