"""E-mail over a real SMTP server on this machine, SMS through an adapter, and the console."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, ClassVar, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Conversation

from app.core.senders import ConsoleSender, Message, SmtpSender, sender_for
from app.settings import Settings

SAID = Message("wang@example.com", "链桥登录验证码", "您的验证码是 042042。")


class Inbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.mails: list[tuple[Envelope, EmailMessage]] = []
        self.refuse = False

    async def handle_DATA(self, server: SMTP, conversation: Conversation, envelope: Envelope) -> str:  # noqa: N802
        del server, conversation
        if self.refuse:
            return "452 4.2.2 mailbox full"
        parsed = message_from_bytes(cast(bytes, envelope.content), policy=default)
        self.mails.append((envelope, cast(EmailMessage, parsed)))
        return "250 OK"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[Controller]:
    """A mail server on a free port, without TLS, as a relay on the same machine is."""
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def free_port() -> int:
    """A port nobody listens on; the controller wants to know it beforehand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def address(server: Controller) -> str:
    return f"127.0.0.1:{server.port}"


def test_an_e_mail_arrives_whole(server: Controller, inbox: Inbox) -> None:
    SmtpSender(f"smtp://{address(server)}", sender="链桥 <noreply@lianqiao.example>").send(SAID)
    ((envelope, mail),) = inbox.mails
    assert envelope.rcpt_tos == ["wang@example.com"]
    assert envelope.mail_from == "noreply@lianqiao.example"
    assert mail["subject"] == SAID.subject
    assert mail["message-id"].endswith("lianqiao.example>")
    assert mail.get_content().strip() == SAID.text


def test_a_refused_e_mail_is_an_error(server: Controller, inbox: Inbox) -> None:
    inbox.refuse = True
    with pytest.raises(smtplib.SMTPDataError):
        SmtpSender(f"smtp://{address(server)}", sender="a@b.cn").send(SAID)


def test_a_password_is_never_sent_in_the_clear(inbox: Inbox) -> None:
    seen: list[Any] = []

    def judge(*args: Any) -> AuthResult:
        seen.append(args)
        return AuthResult(success=isinstance(args[-1], LoginPassword))

    controller = Controller(
        inbox, hostname="127.0.0.1", port=free_port(), authenticator=judge, auth_require_tls=False
    )
    controller.start()
    try:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            SmtpSender(f"smtp://user:secret@{address(controller)}", sender="a@b.cn").send(SAID)
    finally:
        controller.stop()
    assert not seen
    assert not inbox.mails


@pytest.mark.parametrize("url", ["http://x", "smtp://", "nonsense"])
def test_a_wrong_setting_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="LIANQIAO_SMTP_URL"):
        SmtpSender(url, sender="")


class Recorder:
    """An SMS adapter."""

    sent: ClassVar[list[Message]] = []

    def send(self, message: Message) -> None:
        self.sent.append(message)


def test_each_contact_has_its_sender() -> None:
    settings = Settings(sms_adapter=f"{__name__}:Recorder", smtp_url="smtp://localhost", mail_from="a@b.cn")
    assert isinstance(sender_for(settings, "wang@example.com"), SmtpSender)
    sms = sender_for(settings, "+8613800138000")
    sms.send(SAID)
    assert Recorder.sent == [SAID]
    assert isinstance(sender_for(Settings(), "wang@example.com"), ConsoleSender)
    assert isinstance(sender_for(Settings(), "+8613800138000"), ConsoleSender)
