"""The lives of an e-mail, of a delivery and of a webhook: which moves there are. The one table of each."""

from __future__ import annotations

from typing import Literal, get_args

from app.core import lifecycle

MailState = Literal["waiting", "sent", "failed", "dropped"]
MailAction = Literal["deliver", "give_up", "drop"]
MAIL_STATES: tuple[MailState, ...] = get_args(MailState)
MAIL_ACTIONS: tuple[MailAction, ...] = get_args(MailAction)
MAIL_MOVES: dict[tuple[MailState, MailAction], MailState] = {
    ("waiting", "deliver"): "sent",
    ("waiting", "give_up"): "failed",
    # Nobody is left to send it to: no address any more, or the account is closed.
    ("waiting", "drop"): "dropped",
}

DeliveryState = Literal["waiting", "delivered", "failed"]
DeliveryAction = Literal["deliver", "give_up", "replay"]
DELIVERY_STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
DELIVERY_MOVES: dict[tuple[DeliveryState, DeliveryAction], DeliveryState] = {
    ("waiting", "deliver"): "delivered",
    ("waiting", "give_up"): "failed",
    ("waiting", "replay"): "waiting",
    ("delivered", "replay"): "waiting",
    ("failed", "replay"): "waiting",
}

WebhookState = Literal["active", "paused", "disabled"]
WebhookAction = Literal["pause", "resume", "disable"]
WEBHOOK_STATES: tuple[WebhookState, ...] = get_args(WebhookState)
WEBHOOK_MOVES: dict[tuple[WebhookState, WebhookAction], WebhookState] = {
    ("active", "pause"): "paused",
    ("paused", "resume"): "active",
    ("active", "disable"): "disabled",
    ("disabled", "resume"): "active",
}


def mail_moved(state: str, action: MailAction) -> MailState:
    """The state of an e-mail after ``action``. Raises Conflict."""
    return lifecycle.moved(MAIL_MOVES, state, action, code="mail_state")


def delivery_moved(state: str, action: DeliveryAction) -> DeliveryState:
    """The state of a delivery after ``action``. Raises Conflict."""
    return lifecycle.moved(DELIVERY_MOVES, state, action, code="delivery_state")


def webhook_moved(state: str, action: WebhookAction) -> WebhookState:
    """The state of a webhook after ``action``. Raises Conflict."""
    return lifecycle.moved(WEBHOOK_MOVES, state, action, code="webhook_state")
