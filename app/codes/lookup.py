"""One address for both codes of a firm: the unified social credit code the state gave, the enterprise code given here."""

from __future__ import annotations

from sqlmodel import Session

from app.codes.models import EnterpriseCode
from app.codes.numbers import LENGTH, normalize_code
from app.codes.refusals import CodeRevoked
from app.codes.schemas import CodeBrief, CodeLookup
from app.codes.service import get_code, live_code_of
from app.registry import service as registry
from app.registry.models import Company
from app.registry.schemas import CompanyBrief, DivisionPublic
from app.registry.uscc import uscc_division
from search.places import load_gazetteer


def look_up(session: Session, text: str) -> CodeLookup:
    """What ten characters say as an enterprise code, or any other number as a unified social credit code.

    Raises InvalidInput, NotFound for an enterprise code never issued, CodeRevoked for one that says nothing any more.
    """
    if len(normalize_code(text)) == LENGTH:
        code = get_code(session, text)
        if code.state == "revoked":
            raise CodeRevoked
        company = registry.get_company(session, code.company_id)
        return _said(company.uscc, company, code)
    uscc = registry.read_uscc(text)
    known = registry.find_by_uscc(session, uscc)
    return _said(uscc, known, live_code_of(session, known.id) if known else None)


def _said(uscc: str, company: Company | None, code: EnterpriseCode | None) -> CodeLookup:
    division = load_gazetteer().get(uscc_division(uscc))
    return CodeLookup(
        uscc=uscc,
        division=DivisionPublic.model_validate(division) if division else None,
        company=CompanyBrief.model_validate(company) if company else None,
        enterprise_code=CodeBrief.model_validate(code) if code else None,
    )
