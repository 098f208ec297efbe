"""What words of trade have to do with each other, and which industry a need belongs to."""

from matching.knowledge.expansion import Expander, Mention, Term, shipped
from matching.knowledge.kin import Kin, Relation
from matching.knowledge.relations import Knowledge, load_knowledge

__all__ = ["Expander", "Kin", "Knowledge", "Mention", "Relation", "Term", "load_knowledge", "shipped"]
