"""QR codes as one SVG path, drawn by the page: no image file, no other host."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4
"""Modules of white around the code (ISO/IEC 18004)."""


def qr_path(text: str) -> tuple[int, str]:
    """(modules a side with the quiet zone, path data of the dark ones) of a code for ``text``."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, filled in enumerate(row) if filled)
    return len(rows), "".join(dark)
