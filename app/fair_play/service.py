"""What other packages ask of fair play; reports and repeated demands, which stand above demands, are modules of their own."""

from app.fair_play.blocks import blocked_pairs, blocked_with
from app.fair_play.limits import check_posting, require_not_suspended, suspended_among

__all__ = ["blocked_pairs", "blocked_with", "check_posting", "require_not_suspended", "suspended_among"]
