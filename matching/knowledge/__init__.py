"""What words of trade have to do with each other, and which industry a need belongs to."""

from matching.knowledge.asked_as import AskedAs
from matching.knowledge.expansion import WEIGHTS, Expander, Mention, Term, shipped
from matching.knowledge.kin import INVERSE, Kin, Relation
from matching.knowledge.own import OwnRelation, overlay
from matching.knowledge.relations import Knowledge, load_knowledge

__all__ = [
    "INVERSE",
    "WEIGHTS",
    "AskedAs",
    "Expander",
    "Kin",
    "Knowledge",
    "Mention",
    "OwnRelation",
    "Relation",
    "Term",
    "load_knowledge",
    "overlay",
    "shipped",
]
