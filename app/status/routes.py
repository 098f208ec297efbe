"""Liveness, readiness and metrics over HTTP."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from app.core.errors import SearchDown
from app.core.http import RuntimeDep
from app.core.problem_details import errors
from app.core.tenancy import across_tenants
from app.status.metrics import CONTENT_TYPE, exposition
from search.index import SearchUnavailable

router = APIRouter(tags=["status"])


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """The database answers. Search may be away: everything else goes on without it, so traffic is still welcome."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "ready", "database": "ok", "index": "ok", "indexed_companies": 49346}]
        }
    )

    status: Literal["ready"] = "ready"
    database: Literal["ok"] = "ok"
    index: Literal["ok", "unavailable"] = "ok"
    indexed_companies: int | None


@router.get("/healthz")
def healthz() -> Alive:
    """存活 The process answers."""
    return Alive()


@router.get("/readyz", responses=errors())
def readyz(runtime: RuntimeDep) -> Ready:
    """就绪 The database answers; 503 when it does not, or when the index has to be rebuilt first."""
    with runtime.session(writing=False) as session:
        session.execute(across_tenants(text("SELECT 1"), "touches no row"))
    try:
        if runtime.index.stale:
            raise SearchDown(
                "索引由另一编码器或版本建立，正在重建，进度见 lianqiao index status", code="index_stale"
            )
        return Ready(indexed_companies=runtime.index.count())
    except SearchUnavailable:
        return Ready(index="unavailable", indexed_companies=None)


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **errors()},
)
def metrics(runtime: RuntimeDep) -> PlainTextResponse:
    """监控指标 Figures in Prometheus text format."""
    return PlainTextResponse(exposition(runtime), media_type=CONTENT_TYPE)
