"""Messages that leave the platform: by e-mail over SMTP, by SMS through an adapter, or onto the console."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from importlib import import_module
from typing import Protocol, cast
from urllib.parse import unquote, urlsplit

from app.settings import Settings

log = logging.getLogger(__name__)
TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address or phone number. An SMS has no subject: ``text`` says it all.

    ``message_id`` is the left part of an e-mail's Message-ID, where one is to be the same at every attempt.
    """

    to: str
    subject: str
    text: str
    message_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class MailServerAway(Exception):
    """No mail server answers, or it refuses this platform altogether: no message is to blame."""


class Sender(Protocol):
    """What sends. Raises an exception when the message was not taken over."""

    def send(self, message: Message) -> None:
        """Hand the message over."""
        ...


class Mailer(Sender, Protocol):
    """A sender of e-mail, which may have many to send at a time."""

    def batch(self) -> AbstractContextManager[Sender]:
        """A sender for one after the other."""
        ...


class ConsoleSender:
    """For development: writes the message where the server's log goes."""

    def batch(self) -> AbstractContextManager[Sender]:
        """Itself."""
        return nullcontext(self)

    def send(self, message: Message) -> None:
        """Print it."""
        log.warning("message to %s: %s\n%s", message.to, message.subject, message.text)


class SmtpSender:
    """E-mail by a server such as ``smtps://user:password@smtp.example.com:465`` or ``smtp://localhost:25``.

    ``smtps`` speaks TLS from the start; ``smtp`` turns to it when the server offers, and must before a password is sent.
    """

    def __init__(self, url: str, *, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("LIANQIAO_SMTP_URL must look like smtps://user:password@smtp.example.com:465")
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender or self._user

    def send(self, message: Message) -> None:
        """Send it as plain text in UTF-8. Raises MailServerAway, and smtplib's exceptions for what is the message's own."""
        with self.connected() as server:
            self.send_over(server, message)

    @contextmanager
    def batch(self) -> Iterator[Sender]:
        """Sends many over one connection, made when the first is sent, and again where the server has ended it."""
        line = _Line(self)
        try:
            yield line
        finally:
            line.hang_up()

    def connected(self) -> smtplib.SMTP:
        """A connection, signed in. Raises MailServerAway."""
        server = self._reached()
        try:
            self._begin(server)
        except BaseException:
            server.close()
            raise
        return server

    def send_over(self, server: smtplib.SMTP, message: Message) -> None:
        """The same over a connection that is there."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, message.to, message.subject
        domain = self._sender.rpartition("@")[2].strip("> ") or "localhost"
        left = message.message_id
        mail["Message-ID"] = f"<{left}@{domain}>" if left else make_msgid(domain=domain)
        for name, value in message.headers.items():
            mail[name] = value
        mail.set_content(message.text)
        try:
            server.send_message(mail)
        except smtplib.SMTPSenderRefused as error:
            raise MailServerAway(f"{self._host} does not let {self._sender} send: {error}") from error

    def _reached(self) -> smtplib.SMTP:
        try:
            if self._tls:
                context = ssl.create_default_context()
                return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
            server.ehlo()
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAway(f"{self._host}:{self._port}: {error}") from error
        return server

    def _begin(self, server: smtplib.SMTP) -> None:
        if not self._tls and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        elif not self._tls and self._password:
            raise smtplib.SMTPNotSupportedError("the server offers no TLS: the password was not sent")
        if self._user:
            self._sign_in(server)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        try:
            server.login(self._user, self._password)
        except smtplib.SMTPAuthenticationError as error:
            raise MailServerAway(f"{self._host}:{self._port}: {error}") from error


class _Line:
    """A connection that is kept between messages."""

    def __init__(self, sender: SmtpSender) -> None:
        self._sender = sender
        self._server: smtplib.SMTP | None = None

    def send(self, message: Message) -> None:
        """As SmtpSender.send; after anything but a refusal of this one message the next gets a new connection."""
        if self._server is None or not _alive(self._server):
            self.hang_up()
            self._server = self._sender.connected()
        try:
            self._sender.send_over(self._server, message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
            raise  # The server answered, and smtplib has reset the conversation.
        except BaseException:
            self.hang_up()
            raise

    def hang_up(self) -> None:
        """End the connection, if there is one."""
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()


def _alive(server: smtplib.SMTP) -> bool:
    """Whether the server still listens: many end a connection that was idle for a minute."""
    try:
        return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def mail_sender(settings: Settings) -> Mailer:
    """What sends e-mail here."""
    return SmtpSender(settings.smtp_url, sender=settings.mail_from) if settings.smtp_url else ConsoleSender()


def sms_sender(settings: Settings) -> Sender:
    """What sends SMS here: an instance of the class that LIANQIAO_SMS_ADAPTER names as ``package.module:Class``."""
    if not settings.sms_adapter:
        return ConsoleSender()
    module, _, name = settings.sms_adapter.partition(":")
    return cast(Sender, getattr(import_module(module), name)())


def sender_for(settings: Settings, to: str) -> Sender:
    """The sender that reaches an address or number."""
    return mail_sender(settings) if "@" in to else sms_sender(settings)
