"""The words a reader sees for codes, numbers and moments, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.catalogue.declarations import FieldDeclaration, FormDeclaration, load_kinds
from app.catalogue.units import UNITS
from app.core.actor import COUNTRY, SEAT_NAMES
from app.core.clock import CHINA, now, today
from app.core.i18n import Language, translate
from app.matches.sources import source_name
from app.registry.industries import get_industry
from app.web import labels
from search.places import load_gazetteer


def grouped(number: float | Decimal) -> str:
    """1234567 as 1,234,567; decimals only where there are some."""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.10g}"


@dataclass(frozen=True, slots=True)
class Words:
    """Words in one language."""

    language: Language

    def say(self, message: str, **params: Any) -> str:
        """A message in this language."""
        return translate(message, self.language, **params)

    def _of(self, table: Mapping[str, str], code: str) -> str:
        return self.say(table[code]) if code in table else code

    def kind(self, code: str) -> str:
        """product -> 产品."""
        declared = next((d for kind, d in load_kinds().items() if kind == code), None)
        return declared.name.in_language(self.language) if declared else code

    def role(self, code: str) -> str:
        """make -> 生产."""
        return self._of(labels.ROLES, code)

    def demand_state(self, code: str, *, in_part: bool = False) -> str:
        """open -> 征集中; fulfilled in part -> 部分完成."""
        return self._of(labels.DEMANDS_IN_PART if in_part else labels.DEMAND_STATES, code)

    def demand_field(self, name: str, form: FormDeclaration | None) -> str:
        """budget_high -> 预算上限（元）; fields.process as the form calls it."""
        declared = form.field(name.removeprefix("fields.")) if form else None
        return declared.label.in_language(self.language) if declared else self._of(labels.DEMAND_FIELDS, name)

    def listing_status(self, code: str) -> str:
        """draft -> 待企业确认."""
        return self._of(labels.LISTING_STATUSES, code)

    def company_status(self, code: str) -> str:
        """active -> 存续."""
        return self._of(labels.COMPANY_STATUSES, code)

    def verification(self, code: str) -> str:
        """verified -> 已核验."""
        return self._of(labels.VERIFICATIONS, code)

    def seat(self, code: str) -> str:
        """owner -> 负责人."""
        return self._of(SEAT_NAMES, code)

    def scope(self, code: str) -> str:
        """demands:write -> 发布需求."""
        return self._of(labels.SCOPES, code)

    def claim_state(self, code: str) -> str:
        """pending -> 待审核."""
        return self._of(labels.CLAIM_STATES, code)

    def claim_method(self, code: str) -> str:
        """domain -> 企业邮箱."""
        return self._of(labels.CLAIM_METHODS, code)

    def sign_in_method(self, code: str) -> str:
        """code -> 验证码登录."""
        return self._of(labels.SIGN_IN_METHODS, code)

    def device(self, user_agent: str) -> str:
        """A browser's name for itself as people call the device."""
        return next(
            (self.say(name) for sign, name in labels.DEVICES if sign in user_agent), self.say("其他设备")
        )

    def division(self, adcode: str) -> str:
        """210100 -> 沈阳市."""
        found = load_gazetteer().get(adcode)
        return found.name if found else self.say("全国") if adcode == COUNTRY else adcode

    def size(self, code: str) -> str:
        """small -> 小型."""
        return self._of(labels.SIZES, code)

    def code_kind(self, code: str) -> str:
        """machine -> 设备: what a code stands on."""
        return self._of(labels.CODE_KINDS, code)

    def link_type(self, code: str) -> str:
        """quality -> 质量文件."""
        return self._of(labels.LINK_TYPES, code)

    def within(self, code: str) -> str:
        """city -> 本市."""
        return self._of(labels.WITHIN, code)

    def source(self, code: str) -> str:
        """scope -> 经营范围: who said it."""
        return source_name(code, self.language)

    def industry(self, code: str) -> str:
        """3441 -> 泵及真空设备制造; the national standard names them in Chinese only."""
        found = get_industry(code)
        return found.name if found else code

    def unit(self, code: str) -> str:
        """t/month -> 吨/月."""
        return UNITS[code].in_language(self.language) if code in UNITS else code

    def provenance(self, line: Mapping[str, Any]) -> str:
        """推断 · 依据地址 · 可信度 95%: how a derived field came about."""
        if line.get("method") == "stated":
            return self.say("人工填写")
        parts = [self.say("推断")]
        if origin := str(line.get("from", "")):
            named = self.say("、").join(self._of(labels.FIELDS, name.strip()) for name in origin.split(","))
            parts.append(self.say("依据{origin}", origin=named))
        method = str(line.get("method", "")).split(":")[0]
        if method in labels.METHODS:
            parts.append(self.say(labels.METHODS[method]))
        if evidence := line.get("evidence"):
            shown = self.say("、").join(map(str, evidence)) if isinstance(evidence, list) else str(evidence)
            parts.append(f"“{shown}”")
        if (sure := line.get("confidence")) is not None:
            parts.append(self.say("可信度 {percent}%", percent=round(100 * float(sure))))
        return " · ".join(parts)

    def money(self, yuan: float | Decimal) -> str:
        """5000000 -> 500 万元."""
        if self.language == "en":
            return f"CNY {grouped(yuan)}"
        for scale, unit in ((100_000_000, "亿元"), (10_000, "万元")):
            if yuan >= scale:
                return f"{float(yuan) / scale:,.6g} {unit}"
        return f"{grouped(yuan)} 元"

    def price(self, yuan: Decimal) -> str:
        """The price of one piece to the last digit that says something: 96.0000 -> 96 元, 88.5 -> 88.50 元, 0.0375 as it is."""
        plain = format(yuan.normalize(), "f")
        whole, _, cents = plain.partition(".")
        digits = f"{int(whole):,}" + (f".{cents:0<2}" if cents else "")
        return f"CNY {digits}" if self.language == "en" else f"{digits} 元"

    def amount(self, name: str, quantity: float | None, unit: str) -> str:
        """How much of a line: "200 套"; "" where nothing is said, or where the line's own name ends with it."""
        said = f"{grouped(quantity)} {unit}".strip() if quantity is not None else ""
        return "" if name.replace(" ", "").endswith(said.replace(" ", "")) else said

    def moment(self, when: datetime) -> str:
        """A moment as its date in China."""
        return _aware(when).astimezone(CHINA).strftime("%Y-%m-%d")

    def ago(self, when: datetime) -> str:
        """How long ago, in whole units: 刚刚, 5 分钟前, 昨天, 3 天前; the date after a month."""
        when = _aware(when)
        seconds = (now() - when).total_seconds()
        days = (today() - when.astimezone(CHINA).date()).days
        if seconds < 60:
            return self.say("刚刚")
        if seconds < 3600:
            return self.say("{n} 分钟前", n=int(seconds // 60))
        if days <= 0:
            return self.say("{n} 小时前", n=max(int(seconds // 3600), 1))
        if days == 1:
            return self.say("昨天")
        return self.say("{n} 天前", n=days) if days <= 30 else self.moment(when)

    def due(self, day: date) -> str:
        """A deadline with the days left."""
        left = (day - today()).days
        if left < 0:
            return self.say("{day}（已过）", day=day.isoformat())
        if left == 0:
            return self.say("{day}（今天）", day=day.isoformat())
        return self.say("{day}（还有 {n} 天）", day=day.isoformat(), n=left)

    def km(self, distance: float) -> str:
        """A distance; what lies in the same county is not told apart."""
        return self.say("同一区县") if distance < 1 else self.say("约 {km} 公里", km=f"{distance:,.0f}")

    def value(self, declared: FieldDeclaration, value: Any) -> str:
        """One field of a listing as a person writes it."""
        match declared.type:
            case "option" | "options":
                chosen = value if isinstance(value, list) else [value]
                options = [declared.option(one) for one in chosen]
                return self.say("、").join(o.in_language(self.language) for o in options if o)
            case "texts":
                return self.say("、").join(value)
            case "boolean":
                return self.say("是") if value else self.say("否")
            case "quantity":
                return f"{grouped(value['value'])} {self.unit(value['unit'])}"
            case "range":
                return f"{self._ends(value)} {self.unit(value['unit'])}"
            case "money":
                return self.money(value)
            case "integer" | "decimal":
                return f"{grouped(value)} {self.unit(declared.unit)}".strip()
            case _:
                return str(value)

    def _ends(self, value: Mapping[str, Any]) -> str:
        low, high = value.get("low"), value.get("high")
        if low is not None and high is not None:
            return f"{grouped(low)} – {grouped(high)}"
        return f"≥ {grouped(low)}" if low is not None else f"≤ {grouped(high or 0)}"


def _aware(when: datetime) -> datetime:
    """SQLite gives moments back without their zone; they are in UTC."""
    return when if when.tzinfo else when.replace(tzinfo=UTC)
