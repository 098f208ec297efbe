"""An operator teaches words of the trade by keyboard, on a narrow phone."""

from __future__ import annotations

from watched import Watched


def test_words_by_keyboard_on_a_narrow_phone(operator: Watched) -> None:
    page = operator.page
    page.set_viewport_size({"width": 360, "height": 740})
    operator.open("/account")
    page.get_by_role("link", name="行业词").press("Enter")
    operator.sound()
    for other in ("测试甲词", "测试乙词"):
        page.get_by_label("词", exact=True).fill("测试主词")
        page.get_by_label("另一词", exact=True).fill(other)
        page.keyboard.press("Enter")
        page.get_by_text("词对已保存").wait_for()
        operator.sound()
        operator.open("/words?state=approved")
    everything = page.get_by_label("全选本页")
    everything.focus()
    page.keyboard.press("Space")
    assert page.locator("input[name=id]:checked").count() == page.locator("input[name=id]").count() >= 2
    page.locator("form button", has_text="不采用").first.press("Enter")
    page.get_by_text("已不采用 2 对词").wait_for()
    operator.sound()
    page.get_by_role("button", name="撤销").press("Enter")
    page.get_by_text("恢复 2 对词").wait_for()
    operator.open("/words?term=阀门")
    page.get_by_text("内置词表").first.click()
    page.get_by_role("button", name="不采用 球阀", exact=True).press("Enter")
    page.get_by_text("已不采用 1 对词").wait_for()
    operator.sound()
    page.get_by_role("button", name="撤销").press("Enter")
    page.get_by_text("恢复 1 对词").wait_for()
