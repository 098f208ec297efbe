"""The rules of trade: three lives as tables of moves, and how many firms are told, how far away and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, get_args

from app.core import lifecycle

# How many are told ------------------------------------------------------------------------------------------------

MOST_TOLD = 20
"""Firms told of one revision of a demand by itself, the best matched first."""
LOOKED_AT = 100
"""Matches among which they are sought: who has no seat cannot be told, who is told too often is left alone."""
FARTHEST_KM = 300.0
"""How far from the buyer a firm is told of a demand by itself; a firm whose place is unknown is told too."""
PER_DAY = 5
PER_WEEK = 15
"""Invitations a firm is sent by itself, so that nobody is spammed."""
BY_HAND = 50
"""Firms a buyer may invite to one demand by hand; they are the buyer's choice, wherever they are."""
BY_HAND_PER_DAY = 20
"""Invitations of any origin after which a firm is left alone for a day even by hand."""
FRESH = timedelta(days=7)
"""Demands published longer ago are not announced by themselves any more."""
HEARD = timedelta(days=1)
"""An invitation that stood for less than this before its demand ended was not ignored: there was no time to answer."""
QUESTIONS = 20
"""Questions a firm may ask about one demand."""

# An invitation ----------------------------------------------------------------------------------------------------

InquiryState = Literal["invited", "interested", "declined", "quoted", "taken_back"]
InquiryAction = Literal["invite", "interest", "decline", "quote", "unquote", "take_back"]
INQUIRY_STATES: tuple[InquiryState, ...] = get_args(InquiryState)
INQUIRY_ACTIONS: tuple[InquiryAction, ...] = get_args(InquiryAction)

INQUIRY_MOVES: dict[tuple[InquiryState, InquiryAction], InquiryState] = {
    ("invited", "interest"): "interested",
    ("invited", "decline"): "declined",
    ("invited", "quote"): "quoted",
    ("invited", "take_back"): "taken_back",
    ("interested", "decline"): "declined",
    ("interested", "quote"): "quoted",
    ("declined", "interest"): "interested",
    ("declined", "quote"): "quoted",
    ("quoted", "quote"): "quoted",
    ("quoted", "unquote"): "interested",
    ("taken_back", "invite"): "invited",
    ("taken_back", "quote"): "quoted",
}

INVOLVED: tuple[InquiryState, ...] = ("invited", "interested", "quoted")
"""Firms a demand concerns: they are told of what becomes of it."""

DeclineReason = Literal["capacity", "scope", "distance", "price", "time", "terms", "other"]
DECLINE_REASONS: tuple[DeclineReason, ...] = get_args(DeclineReason)

# A quote ----------------------------------------------------------------------------------------------------------

QuoteState = Literal["submitted", "withdrawn", "rejected", "awarded", "won", "dropped", "lost"]
QuoteAction = Literal["revise", "withdraw", "reject", "award", "release", "confirm", "drop", "lose"]
QUOTE_STATES: tuple[QuoteState, ...] = get_args(QuoteState)
QUOTE_ACTIONS: tuple[QuoteAction, ...] = get_args(QuoteAction)

QUOTE_MOVES: dict[tuple[QuoteState, QuoteAction], QuoteState] = {
    ("submitted", "revise"): "submitted",
    ("submitted", "withdraw"): "withdrawn",
    ("submitted", "reject"): "rejected",
    ("submitted", "award"): "awarded",
    ("submitted", "lose"): "lost",
    ("withdrawn", "revise"): "submitted",
    ("rejected", "revise"): "submitted",
    # While an award waits for the supplier's word the quote is binding: no revising, no withdrawing.
    ("awarded", "confirm"): "won",
    ("awarded", "release"): "submitted",
    ("awarded", "drop"): "dropped",
    # Lines left over may go to a quote that has won others.
    ("won", "award"): "awarded",
    # The deal was called off: by the buyer, who may choose this quote again, or not.
    ("won", "release"): "submitted",
    ("won", "drop"): "dropped",
    ("dropped", "revise"): "submitted",
    ("lost", "revise"): "submitted",
    ("lost", "award"): "awarded",
}

STANDING: tuple[QuoteState, ...] = ("submitted", "awarded", "won", "lost")
"""Quotes that are compared: their word stands."""

# An award ---------------------------------------------------------------------------------------------------------

AwardState = Literal["offered", "confirmed", "declined", "lapsed", "taken_back", "called_off"]
AwardAction = Literal["confirm", "decline", "lapse", "take_back", "call_off"]
AWARD_STATES: tuple[AwardState, ...] = get_args(AwardState)
AWARD_ACTIONS: tuple[AwardAction, ...] = get_args(AwardAction)

AWARD_MOVES: dict[tuple[AwardState, AwardAction], AwardState] = {
    ("offered", "confirm"): "confirmed",
    ("offered", "decline"): "declined",
    ("offered", "lapse"): "lapsed",
    ("offered", "take_back"): "taken_back",
    # Its deal was cancelled or annulled.
    ("confirmed", "call_off"): "called_off",
}

HOLDING: tuple[AwardState, ...] = ("offered", "confirmed")
"""Awards whose lines are given away."""
CONFIRM_HOURS = 48
"""How long a winner has to confirm, where the buyer named no other time."""
MOST_CONFIRM_HOURS = 240


def inquiry_moved(state: str, action: InquiryAction) -> InquiryState:
    """The state of an invitation after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(INQUIRY_MOVES, state, action, code="inquiry_state")


def quote_moved(state: str, action: QuoteAction) -> QuoteState:
    """The state of a quote after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(QUOTE_MOVES, state, action, code="quote_state")


def award_moved(state: str, action: AwardAction) -> AwardState:
    """The state of an award after ``action``. Raises Conflict when there is no such move."""
    return lifecycle.moved(AWARD_MOVES, state, action, code="award_state")
