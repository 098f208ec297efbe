"""What may be called and for how long: public addresses only, checked where the connection is made."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from app.core.clock import now
from app.notify import outgoing
from app.notify.outgoing import Reply, Unreachable, is_public, post, retry_after
from tests.services.receiver import receiver

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:0001::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"])
def test_what_is_public(address: str) -> None:
    assert is_public(address)


def test_a_name_that_leads_inside_is_refused_at_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as kept:
        port = kept.url.split(":")[2].split("/")[0]

        def resolve(host: str, *_args: Any, **_named: Any) -> Any:
            assert host == "rebinding.example"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(port)))]

        monkeypatch.setattr(outgoing.socket, "getaddrinfo", resolve)
        with pytest.raises(Unreachable, match="not a public address"):
            post(f"http://rebinding.example:{port}/", b"{}", {}, private=False)
        assert not kept.got
        monkeypatch.undo()
        assert post(kept.url, b"{}", {}, private=True) == Reply(200, "ok")
        with pytest.raises(Unreachable, match="not a public address"):
            post(kept.url, b"{}", {}, private=False)
    assert len(kept.got) == 1


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with receiver() as kept, receiver() as inside:
        kept.status, kept.headers = 302, {"Location": inside.url}
        assert post(kept.url, b"{}", {}, private=True).status == 302
        assert not inside.got


def test_a_long_answer_is_cut_and_cleaned() -> None:
    with receiver() as kept:
        kept.answer = b"a\x00b\xff" + b"x" * 100_000
        reply = post(kept.url, b"{}", {}, private=True)
        assert (reply.status, len(reply.said)) == (200, 500)
        assert reply.said.startswith("ab\ufffd")


def test_how_long_an_address_asks_to_be_left_alone() -> None:
    soon = format_datetime(now() + timedelta(seconds=90), usegmt=True)
    assert 0 < retry_after(soon) <= 91
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    for header, seconds in ((None, 0), ("120", 120), (past, 0), ("soon", 0), ("-5", 0), ("", 0)):
        assert retry_after(header) == seconds, header
    assert retry_after("9" * 400) > 0, "a number nobody means is cut off"
    with receiver() as kept:
        kept.status, kept.headers = 503, {"Retry-After": "30"}
        assert post(kept.url, b"{}", {}, private=True).retry_after == 30


def test_whoever_answers_drop_by_drop_is_cut_off() -> None:
    """Every byte comes in time, the answer never."""
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection:
            while not stop.wait(0.02):
                try:
                    connection.send(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    try:
        with pytest.raises(Unreachable):
            post(url, b"{}", {}, private=True, patience=0.3)
    finally:
        stop.set()
        thread.join()
        listening.close()
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://no-such-host.invalid/", "https://[bad/", "http://a..b/"]
)
def test_no_answer_says_why(url: str) -> None:
    with pytest.raises((Unreachable, ValueError)):
        post(url, b"{}", {}, private=True)


def test_a_certificate_that_is_not_the_names_is_refused() -> None:
    """A server that does not speak TLS at all is the plainest of those."""
    with receiver() as kept, pytest.raises(Unreachable):
        post(kept.url.replace("http:", "https:"), b"{}", {}, private=True)
