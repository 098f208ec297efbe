"""Reports, where an operation of the API can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from starlette.testclient import TestClient


def report_ready_for(
    path: str, firm: Callable[[str], UUID], sign_in: Callable[..., TestClient]
) -> tuple[TestClient, str]:
    """A report brought to where ``path`` can be done; gives who does it and the report's id."""
    company = str(firm("沈阳举报测试有限公司"))
    owner, operator = sign_in(seats={company: "owner"}), sign_in(divisions=["100000"])
    subject, key = "company", company
    if path.endswith("/hide"):
        subject, key = "demand", owner.post("/api/v1/demands", json={"title": "采购水泵"}).json()["id"]
    said = {"subject": subject, "subject_id": key, "reason": "ads"}
    made: str = sign_in().post("/api/v1/reports", json=said).json()["id"]
    if path.endswith(("/appeal", "/uphold", "/lift")):
        assert operator.post(f"/api/v1/reports/{made}/warn", json={"decision": "请改正"}).is_success
    if path.endswith(("/uphold", "/lift")):
        assert owner.post(f"/api/v1/reports/{made}/appeal", json={"words": "已改正"}).is_success
    return (owner if path.endswith("/appeal") else operator), made
