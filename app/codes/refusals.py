"""Why a scanned code shows nothing: each reason with its own status, code and words."""

from __future__ import annotations

from typing import ClassVar

from app.core.errors import LianqiaoError


class ScanRefused(LianqiaoError):
    """A code that is not shown. ``outcome`` is what is counted; a ``miss`` may be somebody guessing codes."""

    outcome: ClassVar[str] = "refused"
    miss: ClassVar[bool] = False


class MistypedCode(ScanRefused):
    """The check character does not hold, or it is no code at all."""

    status = 400
    code = "code_mistyped"
    title = "这不是企业码，很可能抄错了"
    outcome = "mistyped"
    miss = True


class ForgedCode(ScanRefused):
    """The signature in the address is not the platform's."""

    status = 403
    code = "code_forged"
    title = "假码：签名不符"
    outcome = "forged"
    miss = True


class UnknownCode(ScanRefused):
    """Well formed, never issued here."""

    status = 404
    code = "code_not_found"
    title = "没有签发过这个企业码"
    outcome = "unknown"
    miss = True


class CodeNotInUse(ScanRefused):
    """Issued, not in use yet."""

    status = 403
    code = "code_not_in_use"
    title = "这个企业码尚未启用"
    outcome = "issued"


class CodeSuspended(ScanRefused):
    """Out of use for a while."""

    status = 403
    code = "code_suspended"
    title = "这个企业码已停用"
    outcome = "suspended"


class CodeRevoked(ScanRefused):
    """Out of use for good; nothing else is said."""

    status = 410
    code = "code_revoked"
    title = "这个企业码已被吊销"
    outcome = "revoked"


class LinkMissing(ScanRefused):
    """The code has no link of the type asked for."""

    status = 404
    code = "link_not_found"
    title = "没有这种链接"
    outcome = "link_missing"


class TooManyScans(ScanRefused):
    """Too many guesses, or too many firms one after another, from one network."""

    status = 429
    code = "too_many_scans"
    title = "扫码过于频繁，请稍后再试"
    outcome = "slowed"
