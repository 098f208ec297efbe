"""The comparison as an XLSX workbook: a row for each line, a column for each quote, totals below."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from app.core.i18n import Language, translate
from app.trade.comparison_schemas import ComparedLine, ComparedQuote, Comparison

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARTS = ("含税含运费单价", "金额", "交期（天）", "报价原文")
_FORMULA = ("=", "+", "-", "@")


def workbook(comparison: Comparison, title: str, language: Language) -> bytes:
    """The file. Words of others are written as text, never as formulas."""
    # Imported when a workbook is asked for: it is a tenth of all that a starting server would import.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    bold, best = Font(bold=True), PatternFill("solid", fgColor="DDF1E4")
    wrapped = Alignment(wrap_text=True, vertical="top")
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(translate("报价比较", language))
    said = [translate(part, language) for part in _PARTS]
    sheet.append([_text(title)])
    sheet.append(
        ["", "", "", *(word for one in comparison.quotes for word in (_text(one.company), "", "", ""))]
    )
    heads = [translate(word, language) for word in ("明细", "数量", "单位")]
    sheet.append([*heads, *(part for _one in comparison.quotes for part in said)])
    for row in sheet.iter_rows(min_row=1, max_row=3):
        for cell in row:
            cell.font = bold
    for at in range(len(comparison.quotes)):
        sheet.merge_cells(start_row=2, end_row=2, start_column=4 + 4 * at, end_column=7 + 4 * at)
    for line in comparison.lines:
        offers = [_offer(one, line.id) for one in comparison.quotes]
        row = [_text(line.name), line.quantity, line.unit]
        sheet.append(row + [value for offer in offers for value in _cells(offer)])
        for at, offer in enumerate(offers):
            if offer and offer.best:
                sheet.cell(sheet.max_row, 4 + 4 * at).fill = best
    for name, values in _summary(comparison, language):
        sheet.append([name, "", ""] + [cell for value in values for cell in (value, "", "", "")])
        sheet.cell(sheet.max_row, 1).font = bold
    sheet.freeze_panes = "D4"
    sheet.column_dimensions["A"].width = 28
    for column in range(4, 4 + 4 * len(comparison.quotes)):
        sheet.column_dimensions[get_column_letter(column)].width = 16
    for row_cells in sheet.iter_rows(min_row=4):
        for cell in row_cells:
            cell.alignment = wrapped
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _offer(quote: ComparedQuote, line: object) -> ComparedLine | None:
    return next((one for one in quote.lines if one.demand_line_id == line), None)


def _cells(offer: ComparedLine | None) -> list[Any]:
    if offer is None:
        return ["—", None, None, None]
    return [offer.landed_price, offer.amount, offer.lead_days, _text(offer.quoted)]


def _summary(comparison: Comparison, language: Language) -> list[tuple[str, list[Any]]]:
    freight = {"included": "含运费", "extra": "另计", "pickup": "自提"}
    rows: list[tuple[str, list[Any]]] = [
        ("运费", [one.freight_amount if one.freight == "extra" else translate(freight[one.freight], language) for one in comparison.quotes]),
        ("含税含运费总价", [one.total for one in comparison.quotes]),
        ("最长交期（天）", [one.lead_days for one in comparison.quotes]),
        ("履约评分", [one.rating for one in comparison.quotes]),
        ("有效期至", [one.valid_until for one in comparison.quotes]),
        ("付款条件", [_text(one.payment) for one in comparison.quotes]),
        ("综合分", [one.score for one in comparison.quotes]),
    ]  # fmt: skip
    return [(translate(name, language), values) for name, values in rows]


def _text(words: str) -> str:
    """A text that a spreadsheet program will not run."""
    return f"'{words}" if words.startswith(_FORMULA) else words
