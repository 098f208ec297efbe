"""Calling an address that a stranger gave: only public ones, pinned to the address that was checked, in bounded time.

A name may resolve to a private address, or to another at the second look. So it is resolved once, each address is
checked, and the connection is made to the very address that passed; redirects are not followed, proxies not used.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from math import ceil
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from app.core.clock import now
from app.notify.webhook_models import EXCERPT

PATIENCE = 10.0
"""Seconds for one call, from the look-up of the name to the end of the answer."""
_READ = 4 * EXCERPT
_TRIED = 2
"""Addresses of one name, as with IPv6 and IPv4."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Unreachable(Exception):
    """There was no answer; the text says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, its beginning as text, and how many seconds it asks to be left alone (0: it does not)."""

    status: int
    said: str
    retry_after: int = 0


def retry_after(header: str | None) -> int:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds, or a date); 0 for none, or one that is not readable."""
    said = (header or "").strip()
    if said.isascii() and said.isdecimal():
        return int(said[:10])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(ceil((until - now()).total_seconds()), 0)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, whatever IPv4 address an IPv6 one wraps."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, private: bool, patience: float = PATIENCE
) -> Reply:
    """POST and give what was answered. ``private`` allows addresses that are not public.

    Raises Unreachable.
    """
    parts = urlsplit(url)
    try:
        connection = _Checked(parts, private=private, patience=patience)
        with closing(connection):
            # A socket's own time-out begins anew with every byte; this one does not.
            deadline = Timer(patience, connection.cut)
            deadline.start()
            try:
                connection.request("POST", _target(parts), body, dict(headers))
                answer = connection.getresponse()
                with closing(answer):
                    later = retry_after(answer.getheader("Retry-After"))
                    return Reply(answer.status, readable(answer.read(_READ)), later)
            finally:
                deadline.cancel()
    except (OSError, HTTPException, ValueError, AttributeError) as error:
        # http.client raises AttributeError when the deadline takes its socket away in the middle of a call.
        raise Unreachable(f"{type(error).__name__}: {error}"[:EXCERPT]) from error


def readable(answer: bytes) -> str:
    """The beginning of an answer as text that can be stored and shown."""
    return _UNPRINTABLE.sub("", answer.decode("utf-8", "replace"))[:EXCERPT]


class _Checked(HTTPConnection):
    """A connection to a checked address, with TLS where the URL says so; the certificate must be the name's."""

    def __init__(self, parts: SplitResult, *, private: bool, patience: float) -> None:
        self._tls = parts.scheme == "https"
        port = parts.port or (443 if self._tls else 80)
        super().__init__(parts.hostname or "", port, timeout=patience)
        self._private = private
        self._late = False

    def connect(self) -> None:
        """Resolve once, and connect to the first address that passes and answers."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = [one for one in addresses if self._private or is_public(one)][:_TRIED]
        if not allowed:
            raise OSError("not a public address")
        for number, address in enumerate(allowed, 1):
            try:
                sock = socket.create_connection((address, self.port), self.timeout)
                break
            except OSError:
                if number == len(allowed):
                    raise
        if self._late:
            sock.close()
            raise TimeoutError("no connection in time")
        self.sock = sock
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.host)

    def cut(self) -> None:
        """Break the connection off, whatever waits on it."""
        self._late = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                self.sock.close()


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
