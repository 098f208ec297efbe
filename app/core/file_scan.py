"""Looking for harm in files that people hand in, before they are kept.

``Scanner`` is the interface; ``scanner_for`` gives what the settings name. The built-in scanner always looks first: it
refuses what no demand needs, whoever wrote it (programs, macros, active PDFs, archives that hide or explode). A ClamAV
daemon, where one is set, then looks for what is known to be malicious.
"""

from __future__ import annotations

import io
import re
import socket
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import urlsplit

from app.core.errors import ScannerDown

_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file every scanner has to find (eicar.org), in two pieces so that none finds it here."""
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RUNS = re.compile(
    r"(?i)\.(?:exe|dll|scr|com|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|msi|jar|apk|lnk|reg|sh|docm|xlsm|pptm)$"
)
_MACROS = re.compile(r"(?i)(?:^|/)(?:vbaProject\.bin|activeX/)")
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_STREAM = re.compile(rb"stream\r?\n")
MOST_UNPACKED = 200_000_000
MOST_ENTRIES = 5_000
_MOST_INFLATED = 2_000_000
"""Bytes looked at of one compressed stream of a PDF."""
_MOST_STREAMS = 2_000
_CHUNK = 1 << 16
_PATIENCE = 30.0
"""Seconds to wait for a daemon."""


class Scanner(Protocol):
    """Says what is wrong with a file: a stable word, or None when nothing was found. Raises ScannerDown."""

    name: str

    def scan(self, content: bytes) -> str | None: ...


class BuiltinScanner:
    """Refuses by kind: executable, macros, active_pdf, legacy_office, archive_bomb, encrypted, nested, test_virus."""

    name = "builtin"

    def scan(self, content: bytes) -> str | None:
        """What is wrong with the file."""
        if content.startswith(_PROGRAMS):
            return "executable"
        if _EICAR in content:
            return "test_virus"
        if content.startswith(_OLE2):
            return "legacy_office"
        if content.startswith(b"%PDF-"):
            return "active_pdf" if any(_ACTIVE_PDF.search(part) for part in _pdf_parts(content)) else None
        return _scan_zip(content) if content.startswith(b"PK") else None


class ClamavScanner:
    """Asks a ClamAV daemon (INSTREAM of clamd's protocol) over TCP or a local socket."""

    name = "clamav"

    def __init__(self, address: str) -> None:
        self._url = urlsplit(address)

    def scan(self, content: bytes) -> str | None:
        """The name of what was found."""
        try:
            with self._connect() as link:
                link.settimeout(_PATIENCE)
                link.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), _CHUNK):
                    part = content[start : start + _CHUNK]
                    link.sendall(struct.pack("!I", len(part)) + part)
                link.sendall(struct.pack("!I", 0))
                answer = b"".join(iter(lambda: link.recv(4096), b"")).decode("utf-8", "replace")
        except OSError as error:
            raise ScannerDown(headers={"Retry-After": "30"}) from error
        verdict = answer.strip("\0\n ").removeprefix("stream: ")
        if verdict == "OK":
            return None
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")[:100]
        raise ScannerDown(headers={"Retry-After": "30"})

    def _connect(self) -> socket.socket:
        if not self._url.hostname:
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(_PATIENCE)
            link.connect(self._url.path)
            return link
        return socket.create_connection((self._url.hostname, self._url.port or 3310), timeout=_PATIENCE)


class BothScanners:
    """The first, then the second."""

    def __init__(self, first: Scanner, second: Scanner) -> None:
        self._scanners = (first, second)
        self.name = f"{first.name}+{second.name}"

    def scan(self, content: bytes) -> str | None:
        """What either finds."""
        return next(filter(None, (scanner.scan(content) for scanner in self._scanners)), None)


def scanner_for(setting: str) -> Scanner:
    """The scanner that the setting names. Raises ValueError for one there is not."""
    if setting == "builtin":
        return BuiltinScanner()
    if setting.startswith("clamav://"):
        return BothScanners(BuiltinScanner(), ClamavScanner(setting))
    raise ValueError(f"no such scanner: {setting!r}; use builtin or clamav://host:3310")


def _scan_zip(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return "damaged"
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return "archive_bomb"
    for entry in entries:
        if entry.flag_bits & 1:
            return "encrypted"
        if _MACROS.search(entry.filename):
            return "macros"
        if _RUNS.search(entry.filename):
            return "executable"
        if entry.filename.lower().endswith((".zip", ".rar", ".7z", ".gz", ".iso")):
            return "nested"
    return None


def _pdf_parts(content: bytes) -> Iterator[bytes]:
    """The file as it lies, names unescaped, then its compressed streams, where objects may hide."""
    yield re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)
    for number, found in enumerate(_STREAM.finditer(content)):
        if number >= _MOST_STREAMS:
            return
        try:
            yield zlib.decompressobj().decompress(content[found.end() :][:_MOST_INFLATED], _MOST_INFLATED)
        except zlib.error:
            continue
