"""A real SMTP server on this machine that keeps what arrives, and refuses what it is told to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Conversation


class Post:
    """What arrived, in order. ``answer`` is what every message is answered with."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.address = ""
        self.connections: set[tuple[str, int]] = set()
        self.hangs_up = False
        """Whether it ends the connection after every message."""

    async def handle_DATA(self, server: SMTP, conversation: Conversation, envelope: Envelope) -> str:  # noqa: N802
        self.connections.add(conversation.peer)
        if self.hangs_up:
            server.transport.close()
        if self.answer.startswith("250"):
            parsed = message_from_bytes(cast(bytes, envelope.content), policy=default)
            self.mails.append(cast(EmailMessage, parsed))
        return self.answer

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        return [mail for mail in self.mails if mail["to"] == address]


@contextmanager
def post_office() -> Iterator[Post]:
    """A server on a free port until the block ends; ``Post.address`` is its smtp:// URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    post.address = f"smtp://127.0.0.1:{port}"
    try:
        yield post
    finally:
        controller.stop()
