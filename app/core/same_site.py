"""No other site may act in a reader's name: what a browser says of where a request comes from is checked.

Browsers state ``Sec-Fetch-Site`` on every request and ``Origin`` on every POST, and scripts cannot change either. What
says neither is not a browser, and holds no reader's cookies. docs/decisions tells why this and no hidden form tokens.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from app.core.errors import LianqiaoError

SAFE = ("GET", "HEAD", "OPTIONS")


class CrossSite(LianqiaoError):
    """Sent from another site."""

    status = 403
    code = "cross_site"
    title = "请从本站页面提交"


def refuse_cross_site(request: Request) -> None:
    """Raise CrossSite when a browser says that another site made it send this change."""
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSite
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc not in _own_hosts(request):
        raise CrossSite


def _own_hosts(request: Request) -> set[str]:
    public = urlsplit(request.app.state.runtime.settings.public_url).netloc
    return {host for host in (request.headers.get("host", ""), public) if host}
