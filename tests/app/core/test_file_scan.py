"""The ClamAV adapter against a daemon's side of the protocol, played over a real socket."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.errors import ScannerDown
from app.core.file_scan import BuiltinScanner, ClamavScanner, scanner_for


@contextmanager
def daemon(listener: socket.socket, answer: bytes | None = None) -> Iterator[list[bytes]]:
    """Reads one INSTREAM as clamd does; finds what holds "virus", or gives ``answer``."""
    received: list[bytes] = []

    def serve() -> None:
        link, _ = listener.accept()
        with link, link.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!I", stream.read(4))[0]:
                content += stream.read(size)
            received.append(content)
            found = b"stream: Test.Virus FOUND\0" if b"virus" in content else b"stream: OK\0"
            link.sendall(found if answer is None else answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield received
    thread.join(10)
    listener.close()


def listening() -> tuple[socket.socket, str]:
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"clamav://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("content", "found"), [(b"x" * 200_000, None), (b"y" * 70_000 + b"virus", "Test.Virus")]
)
def test_a_daemon_is_asked(content: bytes, found: str | None) -> None:
    listener, address = listening()
    with daemon(listener) as received:
        assert scanner_for(address).scan(content) == found
    assert received == [content]


def test_a_daemon_at_a_local_socket(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(tmp_path / "clamd.ctl"))
    listener.listen()
    with daemon(listener):
        assert ClamavScanner(f"clamav://{tmp_path}/clamd.ctl").scan(b"virus") == "Test.Virus"


def test_what_is_refused_here_is_not_sent_there() -> None:
    assert scanner_for("clamav://127.0.0.1:1").scan(b"MZ") == "executable"


def test_a_daemon_away_or_at_a_loss_keeps_nothing_out_unseen() -> None:
    listener, address = listening()
    listener.close()
    with pytest.raises(ScannerDown):
        scanner_for(address).scan(b"x")
    listener, address = listening()
    with daemon(listener, answer=b"INSTREAM size limit exceeded. ERROR\0"), pytest.raises(ScannerDown):
        scanner_for(address).scan(b"x")


def test_a_scanner_is_named() -> None:
    assert isinstance(scanner_for("builtin"), BuiltinScanner)
    with pytest.raises(ValueError, match="no such scanner"):
        scanner_for("none")
