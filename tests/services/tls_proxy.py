"""A door before an Elasticsearch node, as clusters in earnest have: TLS by an authority of its own, and credentials asked for.

The node of the tests comes without Elasticsearch's security module, so this stands where that would.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import ssl
import threading
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PASSED_ON = ("content-type", "content-length", "content-encoding", "x-elastic-product")


class Door:
    """Where it answers, whose word its certificate rests on, how often it let somebody in or not; it can be held shut."""

    def __init__(self, port: int, ca_certs: Path) -> None:
        self.port = port
        self.ca_certs = ca_certs
        self.statuses: Counter[int] = Counter()
        self.held = 0
        """Requests that were kept without an answer."""
        self._holds: str | None = None
        self._done = False
        self._free = threading.Event()

    @property
    def url(self) -> str:
        """The address."""
        return f"https://127.0.0.1:{self.port}"

    def hold(self, words: str = "", *, done: bool = False) -> None:
        """Answer no request with these words in its line (``POST /x``) until ``let_go``, as a node that is too busy.

        The node gets such a request only then; or, if ``done``, at once, so that nothing but its answer is held.
        """
        self._holds, self._done = words, done
        self._free.clear()

    def let_go(self) -> None:
        """Give what was held, and answer again."""
        self._holds = None
        self._free.set()

    def wait(self, line: str, *, done: bool) -> None:
        """Until a request may go on, before (or after, ``done``) the node has it."""
        if self._holds is not None and self._holds in line and self._done == done:
            self.held += 1
            self._free.wait()


@contextmanager
def door(node_url: str, folder: Path, *, admits: Collection[str]) -> Iterator[Door]:
    """A door on a free port, open to requests whose Authorization header is one of ``admits``."""
    authority, certificate = make_certificates(folder)
    node = urlsplit(node_url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Authorization") not in admits:
                said = json.dumps({"error": {"type": "security_exception", "reason": "who?"}, "status": 401})
                self._send(401, {"content-type": "application/json"}, said.encode())
                return
            opened.wait(self.requestline, done=False)
            to_node = http.client.HTTPConnection(node, timeout=60)
            kept = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in ("host", "authorization")
            }
            to_node.request(self.command, self.path, body, kept)
            answer = to_node.getresponse()
            told = answer.read()
            to_node.close()
            opened.wait(self.requestline, done=True)
            headers = {name.lower(): value for name, value in answer.getheaders()}
            self._send(answer.status, {n: headers[n] for n in _PASSED_ON if n in headers}, told)

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            opened.statuses[status] += 1
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815  (names that the server looks for)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that does not trust the certificate hangs up in the middle of the greeting."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    # The greeting is left to the thread of the connection: one that hangs does not keep others out.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    opened = Door(server.server_port, authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield opened
    finally:
        opened.let_go()
        server.shutdown()
        server.server_close()


def make_certificates(folder: Path) -> tuple[Path, Path]:
    """PEM files of an authority's certificate, and of a server's for 127.0.0.1 that it signed, with its key."""
    folder.mkdir(parents=True, exist_ok=True)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority for tests")])
    own_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)

    def begun(
        subject: x509.Name, public: ec.EllipticCurvePublicKey, of_authority: bool
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=of_authority, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    ca = begun(ca_name, ca_key.public_key(), True).add_extension(usage, critical=True)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    own = begun(own_name, key.public_key(), False).add_extension(address, critical=False)
    authority, certificate = folder / "ca.pem", folder / "server.pem"
    pem = serialization.Encoding.PEM
    authority.write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate.write_bytes(own.sign(ca_key, hashes.SHA256()).public_bytes(pem) + private)
    return authority, certificate
