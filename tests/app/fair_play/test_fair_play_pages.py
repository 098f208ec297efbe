"""Pages of fair play: the report's form and queue, a firm's own page, the repeated demand."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.one_database

HTML = {"Accept": "text/html"}
SignIn = Callable[..., TestClient]


def test_a_report_with_forms_alone(sign_in: SignIn, firm: Callable[[str], UUID]) -> None:
    company = str(firm("沈阳表单举报测试有限公司"))
    reporter, operator = sign_in(), sign_in(divisions=["210000"])
    owner = sign_in(seats={company: "owner"})
    form = reporter.get(f"/reports/new?subject=company&of={company}", headers=HTML)
    assert "沈阳表单举报测试有限公司" in form.text
    assert reporter.get(f"/reports/new?subject=moon&of={company}", headers=HTML).status_code == 404
    said = {"subject": "company", "id": company, "reason": "", "words": "并无工厂"}
    wrong = reporter.post("/reports/new", data=said, headers=HTML)
    assert (wrong.status_code, "并无工厂" in wrong.text) == (422, True)
    sent = reporter.post("/reports/new", data=said | {"reason": "false_claims"}, follow_redirects=False)
    path = sent.headers["location"]
    assert path.split("/")[-1] in operator.get("/reports", headers=HTML).text
    assert "请说明处理理由" in operator.post(f"{path}/warn", data={"decision": ""}, headers=HTML).text
    assert "已警告" in operator.post(f"{path}/warn", data={"decision": "请更正"}, headers=HTML).text
    assert "提交申诉" in owner.get(path, headers=HTML).text
    assert "Appeal" in owner.get(f"{path}?lang=en", headers=HTML).text
    assert "Appealed" in owner.post(f"{path}/appeal", data={"decision": "已更正"}, headers=HTML).text


def test_a_firm_reads_who_asked_and_blocks_them(
    sign_in: SignIn, firm: Callable[[str], UUID], client: TestClient, visitor: TestClient
) -> None:
    company, other = str(firm("沈阳被查测试有限公司")), str(firm("沈阳来查测试有限公司"))
    client.patch(f"/api/v1/companies/{company}", json={"phone": "13900005678"}, headers={"If-Match": "*"})
    owner = sign_in(seats={company: "owner"})
    asker = sign_in(seats={other: "buyer"}, name="来查的人")
    assert "还没有人查看过" in owner.get(f"/companies/{company}/fair-play", headers=HTML).text
    assert "13900005678" in asker.post(f"/companies/{company}/contact", headers=HTML).text
    assert visitor.post(f"/companies/{company}/contact", headers=HTML).status_code == 401
    assert "来查的人" in owner.get(f"/companies/{company}/fair-play", headers=HTML).text
    assert asker.get(f"/companies/{company}/fair-play", headers=HTML).status_code == 403
    assert "屏蔽这家企业" in owner.get(f"/companies/{other}", headers=HTML).text
    listed = owner.post(f"/companies/{company}/blocks", data={"company": other}, headers=HTML)
    assert "沈阳来查测试有限公司" in listed.text
    undone = owner.post(f"/companies/{company}/blocks", data={"company": other, "undo": "1"}, headers=HTML)
    assert "没有屏蔽任何企业" in undone.text


def test_a_repeated_demand_is_asked_about_on_the_form(sign_in: SignIn, firm: Callable[[str], UUID]) -> None:
    owner = sign_in(seats={str(firm("沈阳重复表单测试有限公司")): "owner"})
    said = {"title": "采购不锈钢球阀50只", "description": "DN50"}
    first = owner.post("/demands/new", data=said, follow_redirects=False)
    assert first.status_code == 303, first.text
    asked = owner.post("/demands/new", data=said, headers=HTML, follow_redirects=False)
    assert asked.status_code == 409
    assert first.headers["location"] in asked.text
    assert re.search(r'name="repeat"', asked.text)
    assert owner.post("/demands/new", data=said | {"repeat": "1"}, follow_redirects=False).status_code == 303
