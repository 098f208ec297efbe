"""Claims: by domain, with documents, by review; decided by an operator of the place, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col
from starlette.testclient import TestClient

from app.accounts.claim_policy import ACTIONS, MOVES, STATES, allowed, moved
from app.accounts.documents import LARGEST, MOST, read_media_type
from app.accounts.models import Person
from app.core.actor import SYSTEM
from app.core.errors import Conflict, InvalidInput

SignIn = Callable[..., TestClient]
HTML = {"accept": "text/html"}
PDF = b"%PDF-1.4 demo"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_move_is_made_or_refused(state: Any, action: Any) -> None:
    if (state, action) in MOVES:
        assert moved(state, action) == MOVES[state, action]
        assert action in allowed(state)
    else:
        with pytest.raises(Conflict):
            moved(state, action)
        assert action not in allowed(state)


@pytest.fixture
def claims(company: dict[str, Any]) -> str:
    return f"/api/v1/companies/{company['id']}/claims"


@pytest.fixture
def operator(sign_in: SignIn) -> TestClient:
    return sign_in(divisions=["210100"], name="审核员")


def with_mail(api: FastAPI, browser: TestClient, email: str) -> TestClient:
    key = UUID(browser.get("/api/v1/me").json()["id"])
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(update(Person).where(col(Person.id) == key).values(email=email))
    return browser


def test_reviewed_and_approved(
    sign_in: SignIn, operator: TestClient, client: TestClient, company: dict[str, Any], claims: str
) -> None:
    person = sign_in(name="申请人")
    made = person.post(claims, json={"method": "review", "statement": "本人是法定代表人"})
    assert (made.status_code, made.json()["state"]) == (201, "pending")
    assert (
        person.post(claims, json={"method": "review", "statement": "再来"}).json()["code"] == "claim_exists"
    )
    where = f"/api/v1/claims/{made.json()['id']}"
    listed = operator.get("/api/v1/claims", params={"state": "pending"}).json()["items"]
    assert made.json()["id"] in {one["id"] for one in listed}
    assert operator.post(f"{where}/approve", json={}, headers={"If-Match": '"9"'}).status_code == 412
    done = operator.post(f"{where}/approve", json={"decision": "属实"}, headers={"If-Match": '"1"'})
    assert done.json()["state"] == "approved"
    assert person.get("/api/v1/me").json()["seats"] == [{"company_id": company["id"], "role": "owner"}]
    assert client.get(f"/api/v1/companies/{company['id']}").json()["verification"] == "claimed"
    assert operator.post(f"{where}/approve", json={}).json()["code"] == "claim_state"
    change = {"employees": 12}
    edited = person.patch(f"/api/v1/companies/{company['id']}", json=change, headers={"If-Match": "*"})
    assert edited.status_code == 200


def test_refused_with_a_reason(sign_in: SignIn, operator: TestClient, claims: str) -> None:
    person = sign_in()
    where = f"/api/v1/claims/{person.post(claims, json={'method': 'review', 'statement': 'x'}).json()['id']}"
    assert operator.post(f"{where}/reject", json={"decision": " "}).status_code == 422
    assert operator.post(f"{where}/reject", json={"decision": "材料不足"}).json()["state"] == "rejected"
    assert person.get(where).json()["decision"] == "材料不足"
    assert person.get("/api/v1/me").json()["seats"] == []
    assert person.post(claims, json={"method": "review", "statement": "补充"}).status_code == 201, (
        "tried again"
    )


def test_withdrawn_by_the_claimant_only(sign_in: SignIn, operator: TestClient, claims: str) -> None:
    person, other = sign_in(), sign_in()
    where = f"/api/v1/claims/{person.post(claims, json={'method': 'review', 'statement': 'x'}).json()['id']}"
    assert other.get(where).status_code == 404
    assert other.post(f"{where}/withdraw").status_code == 404
    assert operator.post(f"{where}/withdraw").json()["code"] == "claimant_required"
    assert person.post(f"{where}/withdraw").json()["state"] == "withdrawn"
    assert operator.post(f"{where}/approve", json={}).status_code == 409


def test_decided_by_operators_of_the_place_who_do_not_claim(
    sign_in: SignIn, client: TestClient, claims: str
) -> None:
    person, elsewhere = sign_in(), sign_in(divisions=["210200"])
    where = f"/api/v1/claims/{person.post(claims, json={'method': 'review', 'statement': 'x'}).json()['id']}"
    assert person.post(f"{where}/approve", json={}).status_code == 403
    assert elsewhere.get(where).status_code == 404
    assert elsewhere.post(f"{where}/approve", json={}).status_code == 404
    program = client.post(f"{where}/approve", json={})
    assert (program.status_code, program.json()["code"]) == (403, "person_required")
    both = sign_in(divisions=["210100"])
    own = both.post(claims, json={"method": "review", "statement": "x"}).json()["id"]
    assert both.post(f"/api/v1/claims/{own}/approve", json={}).json()["code"] == "own_claim"


@pytest.mark.parametrize(
    ("website", "email", "state"),
    [
        ("https://www.beng.example.cn/", "li@beng.example.cn", "approved"),
        ("http://beng2.example.cn", "li@mail.beng2.example.cn", "approved"),
        ("https://www.beng3.example.cn", "li@beng4.example.cn", None),
        ("https://www.beng5.example.cn", "li@notbeng5.example.cn", None),
        ("https://qq.com", "someone-here@qq.com", None),
        ("", "li@beng6.example.cn", None),
    ],
)
def test_by_the_domain_of_the_website(
    api: FastAPI, sign_in: SignIn, client: TestClient, company: dict[str, Any], claims: str,
    website: str, email: str, state: str | None,
) -> None:  # fmt: skip
    client.patch(f"/api/v1/companies/{company['id']}", json={"website": website}, headers={"If-Match": "*"})
    person = with_mail(api, sign_in(), email)
    answer = person.post(claims, json={"method": "domain"})
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(update(Person).where(col(Person.email) == email).values(email=None, phone=email[:20]))
    if state is None:
        assert answer.json()["errors"][0]["code"] == "domain_differs"
    else:
        assert answer.json()["state"] == state
        assert person.get("/api/v1/me").json()["seats"][0]["role"] == "owner"


def test_an_owned_company_is_not_taken_by_domain(
    api: FastAPI,
    sign_in: SignIn,
    client: TestClient,
    company: dict[str, Any],
    claims: str,
    operator: TestClient,
) -> None:
    website = {"website": "https://owned.example.cn"}
    client.patch(f"/api/v1/companies/{company['id']}", json=website, headers={"If-Match": "*"})
    owner = sign_in(seats={company["id"]: "owner"})
    assert owner.post(claims, json={"method": "review", "statement": "x"}).json()["code"] == "seat_exists"
    rival = with_mail(api, sign_in(), "rival@owned.example.cn")
    made = rival.post(claims, json={"method": "domain"}).json()
    assert made["state"] == "pending"
    said = {"verified": True, "replaces_owners": True}
    assert operator.post(f"/api/v1/claims/{made['id']}/approve", json=said).status_code == 200
    assert owner.get("/api/v1/me").json()["seats"][0]["role"] == "viewer"
    assert rival.get("/api/v1/me").json()["seats"][0]["role"] == "owner"
    assert client.get(f"/api/v1/companies/{company['id']}").json()["verification"] == "verified"


def test_demo_accounts_claim_nothing(api: FastAPI, sign_in: SignIn, claims: str) -> None:
    visitor = sign_in()
    key = UUID(visitor.get("/api/v1/me").json()["id"])
    with api.state.runtime.session(actor=SYSTEM) as session:
        session.execute(update(Person).where(col(Person.id) == key).values(demo=True))
    assert visitor.post(claims, json={"method": "review", "statement": "x"}).json()["code"] == "demo_account"


def test_with_documents(sign_in: SignIn, operator: TestClient, company: dict[str, Any]) -> None:
    person, other = sign_in(name="有执照的人"), sign_in()
    for browser in (person, operator, other):
        browser.headers.update(HTML)
    form = {"company": company["id"], "method": "documents", "statement": "见附件"}
    assert "请上传至少一份证明材料" in person.post("/claims/new", data=form).text
    wrong = person.post("/claims/new", data=form, files={"documents": ("执照.pdf", b"MZ executable")})
    assert wrong.status_code == 422
    assert "只接受 PDF" in wrong.text
    assert person.get("/api/v1/claims", headers={"accept": "application/json"}).json()["items"] == []
    made = person.post("/claims/new", data=form, files={"documents": ("../../执照.pdf", PDF)})
    assert made.status_code == 200, made.text
    page = operator.get(made.url.path)
    assert "执照.pdf" in page.text
    assert "../" not in page.text
    address = page.text.split(f'href="{made.url.path}/documents/')[1].split('"')[0]
    file = operator.get(f"{made.url.path}/documents/{address}")
    assert file.content == PDF
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert other.get(f"{made.url.path}/documents/{address}").status_code == 404
    decided = operator.post(f"{made.url.path}/approve", data={"verified": "true", "version": "1"})
    assert "已通过" in decided.text
    assert "已核验" in person.get(f"/companies/{company['id']}").text


def test_too_many_documents_leave_nothing(sign_in: SignIn, company: dict[str, Any]) -> None:
    person = sign_in()
    person.headers.update(HTML)
    files = [("documents", (f"{number}.pdf", PDF)) for number in range(MOST + 1)]
    form = {"company": company["id"], "method": "documents"}
    assert person.post("/claims/new", data=form, files=files).status_code == 409
    assert person.get("/api/v1/claims", headers={"accept": "application/json"}).json()["items"] == []


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html>", b"PK\x03\x04", PDF + b"x" * LARGEST])
def test_what_is_no_document(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_media_type(content)


@pytest.mark.parametrize("seat", ["manager", "buyer"])
def test_a_claim_by_domain_is_told_to_managers_or_else_to_operators(
    api: FastAPI, sign_in: SignIn, client: TestClient, company: dict[str, Any], claims: str,
    operator: TestClient, seat: str,
) -> None:  # fmt: skip
    site = f"{seat}-claimed.example.cn"
    client.patch(
        f"/api/v1/companies/{company['id']}", json={"website": f"https://{site}"}, headers={"If-Match": "*"}
    )
    there = sign_in(seats={company["id"]: seat})
    newcomer = with_mail(api, sign_in(name="新负责人"), f"new@{site}")
    assert newcomer.post(claims, json={"method": "domain"}).json()["state"] == "approved"

    def kinds(browser: TestClient) -> list[str]:
        return [one["kind"] for one in browser.get("/api/v1/me/notices").json()["items"]]

    managed = seat == "manager"
    assert kinds(there) == (["company.handed_over"] if managed else [])
    assert ("claim.by_domain" in kinds(operator)) == (not managed)
    assert kinds(newcomer) == ["claim.approved"]
