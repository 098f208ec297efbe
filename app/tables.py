"""Every table, imported once, so that SQLModel's metadata is whole."""

from app.accounts.claim_models import Claim, ClaimDocument
from app.accounts.models import ApiKey, Invitation, Operator, Person, Seat
from app.accounts.sign_in_models import Attempts, DesktopSignIn, LoginSession, OneTimeCode
from app.catalogue.models import Listing
from app.codes.models import CallingCard, CodeEvent, CodeScanDay, EnterpriseCode, SigningKey
from app.core.audit import AuditEntry
from app.core.idempotency import IdempotencyRecord
from app.core.outbox import OutboxEntry, ParkedChange
from app.deals.models import Deal, DealReview
from app.demands.models import Demand, DemandGuest, DemandLine
from app.demands.record_models import DemandFile, DemandRevision, DemandTemplate, KeptForm
from app.fair_play.models import Block, Report
from app.knowledge.models import WordEdition, WordRelation
from app.leads.models import Lead, LeadEvent, LeadPhoto, LeadScan
from app.matches.models import Alert, AlertDue, DigestDay, Impression, Outcome
from app.notify.models import Mail, Notice, NoticePreference
from app.notify.webhook_models import Webhook, WebhookAttempt, WebhookDelivery
from app.registry.models import Company
from app.trade.models import Inquiry, InquiryRound, Question
from app.trade.quote_models import Award, AwardLine, Quote, QuoteVersion

__all__ = [
    "Alert",
    "AlertDue",
    "ApiKey",
    "Attempts",
    "AuditEntry",
    "Award",
    "AwardLine",
    "Block",
    "CallingCard",
    "Claim",
    "ClaimDocument",
    "CodeEvent",
    "CodeScanDay",
    "Company",
    "Deal",
    "DealReview",
    "Demand",
    "DemandFile",
    "DemandGuest",
    "DemandLine",
    "DemandRevision",
    "DemandTemplate",
    "DesktopSignIn",
    "DigestDay",
    "EnterpriseCode",
    "IdempotencyRecord",
    "Impression",
    "Inquiry",
    "InquiryRound",
    "Invitation",
    "KeptForm",
    "Lead",
    "LeadEvent",
    "LeadPhoto",
    "LeadScan",
    "Listing",
    "LoginSession",
    "Mail",
    "Notice",
    "NoticePreference",
    "OneTimeCode",
    "Operator",
    "OutboxEntry",
    "Outcome",
    "ParkedChange",
    "Person",
    "Question",
    "Quote",
    "QuoteVersion",
    "Report",
    "Seat",
    "SigningKey",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "WordEdition",
    "WordRelation",
]
