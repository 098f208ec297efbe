"""From the words of a need to the words of those who can meet it, with weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from matching.knowledge.kin import Kin
from matching.knowledge.linking import Linker, MeaningLinker
from matching.knowledge.relations import Knowledge, load_knowledge
from matching.knowledge.thesaurus import is_material
from matching.lexicon import WordFinder, lexicon

WEIGHTS: Final[Mapping[Kin, float]] = {
    "same": 0.8,
    "narrower": 0.6,
    "broader": 0.6,
    "made_by": 0.5,
    "made_of": 0.2,
    "part_of": 0.3,
    "done_by": 0.6,
    "related": 0.3,
}
"""What a related word counts beside the word itself; what a machine does is no word to find its maker by."""
ONWARD: Final = frozenset({"same", "broader", "done_by"})
"""Relations from which a second step is taken."""
SECOND_STEP: Final = 0.7
"""A relation of a relation counts this much of the product of both."""
AS_ATTRIBUTE: Final = 0.35
"""A word before the head (铸铁 in 铸铁阀门) says what the thing is like, not what it is."""
AROUND: Final = 0.7
"""What stands around a need whose head is unknown says something about it."""
UNSURE: Final = 0.7
"""A known word where the head itself is unknown."""
_ACTS: Final = frozenset(
    [
        "贴牌",
        "代工",
        "oem",
        "odm",
        "代加工",
        "委托加工",
        "来料加工",
        "来样加工",
        "加工",
        "翻新",
        "修复",
        "再制造",
        "大修",
        "检修",
        "设备维修",
    ]
)
"""What is to be done with the thing named before: 护腰贴牌 is about 护腰."""
LINKED: Final = 1.2
"""A thing described alike counts by its cosine times this, and never more than an unsure mention."""
MEANT: Final = 0.8
"""A thing whose known phrases mean what is asked counts by its cosine times this."""
TRUE: Final = 0.4
"""Cosine from which a gloss (plant: 植物) is taken to mean what the English says."""
CLEAR: Final = 0.6
"""Cosine from which a thing is taken for the English head's own name."""
INDUSTRIES: Final = 8
LEAST: Final = 0.2
MOST: Final = 24
"""Terms kept; more of them cost time and find what is ever less akin."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word to search for beside the buyer's own; ``source`` is the buyer's word that led to it."""

    text: str
    weight: float
    kin: Kin
    source: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A known word in a phrase and how much it counts there (the head word most)."""

    text: str
    weight: float


class Expander:
    """Expands phrases over some knowledge; what is slow to prepare is shared with ``like`` where it is the same."""

    def __init__(self, knowledge: Knowledge, like: Expander | None = None) -> None:
        self.knowledge = knowledge
        self._like = like

    @cached_property
    def _linker(self) -> Linker:
        if self._like and self._like.knowledge.phrases is self.knowledge.phrases:
            return self._like._linker
        return Linker(self.knowledge.phrases)

    @cached_property
    def _meaning(self) -> MeaningLinker:
        if self._like and self._like.knowledge.phrases is self.knowledge.phrases:
            return self._like._meaning
        return MeaningLinker(self.knowledge.phrases)

    @cached_property
    def _finder(self) -> WordFinder:
        if self._like and self._like.knowledge.kin.keys() == self.knowledge.kin.keys():
            return self._like._finder
        return WordFinder(self.knowledge.kin)

    def prepare(self) -> None:
        """Do now what the first phrase would have to wait for."""
        _ = self._finder

    def mentions(self, phrase: str) -> tuple[Mention, ...]:
        """Known words in a phrase, the last one first: the head of a Chinese noun phrase stands at its end."""
        # One character names a thing only as the head (泵, 阀); elsewhere it is part of some other word.
        found = [
            word
            for word in self._finder.find(phrase)
            if len(word.text) > 1 or word.end == len(phrase.rstrip())
        ]
        if not found:
            return ()
        things = [word for word in found if word.text.lower() not in _ACTS]
        last = things[-1] if things else found[-1]
        # Something unknown behind the last known word is the head; then every known word is about as good a guess.
        behind = [word for word in found if word.start >= last.end]
        headed = len(phrase.rstrip()) - (behind or [last])[-1].end <= 1
        weights: dict[str, float] = {}
        for word in reversed(found):
            text = word.text.lower()
            weight = (1.0 if headed else UNSURE) if word is last else AS_ATTRIBUTE if headed else UNSURE
            if (text in _ACTS and things) or (lexicon().materials.find(text) and len(found) > 1):
                weight = AS_ATTRIBUTE
            weights.setdefault(text, weight)
        return tuple(Mention(text, weight) for text, weight in weights.items())

    def mentioned(self, phrases: Sequence[str], *, around: Sequence[str] = ()) -> list[Mention]:
        """Known words of the phrases and, where these hold no known head, things described alike, things that mean the same
        as phrases and title, and the known words of the texts ``around`` (a title first, then applications).

        English is always asked by meaning too: its known words are glosses, true word by word and seldom as a whole.
        """
        found = [mention for phrase in phrases for mention in self.mentions(phrase)]
        headed = any(mention.weight == 1.0 for mention in found)
        if headed and not (around and around[0].isascii()):
            return found
        if not headed:
            for phrase in phrases:
                found.extend(
                    Mention(thing, min(LINKED * near, UNSURE)) for thing, near in self._linker.link(phrase)
                )
            found.extend(
                Mention(mention.text, mention.weight * AROUND)
                for text in around
                for mention in self.mentions(text)
            )
        said = [" ".join(phrases), *around[:1]]
        found.extend(Mention(thing, MEANT * near) for thing, near in self._meaning.link(said))
        return found

    def meant(self, title: str, glosses: Sequence[str]) -> tuple[str, ...]:
        """Those of the ``glosses`` of an English title that mean what it says, and the thing that does so better."""
        parts = [part for gloss in glosses for part in gloss.split()]
        near = self._meaning.nearness(title, parts)
        kept = [part for part, cosine in zip(parts, near, strict=True) if cosine >= TRUE]
        least = max(CLEAR, *near, 0.0)
        kept.extend(thing for thing, cosine in self._meaning.link([title])[:1] if cosine >= least)
        return tuple(dict.fromkeys(kept))

    def industries(self, mentioned: Sequence[Mention]) -> tuple[tuple[str, float], ...]:
        """GB/T 4754 codes of those who make or do what is ``mentioned``, with their shares, likeliest first."""
        shares: dict[str, float] = {}
        for mention in mentioned:
            codes = self.knowledge.industries.get(mention.text, ())
            for code in codes:
                shares[code] = shares.get(code, 0.0) + mention.weight / len(codes)
        total = sum(shares.values()) or 1.0
        ranked = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))[:INDUSTRIES]
        return tuple((code, share / total) for code, share in ranked)

    def expand(self, phrases: Sequence[str], mentioned: Sequence[Mention]) -> tuple[Term, ...]:
        """Terms related to what is ``mentioned``, weightiest first; the words of the phrases themselves are left out."""
        best: dict[str, Term] = {}
        said = {word.text.lower() for phrase in phrases for word in self._finder.find(phrase)}
        for mention in mentioned:
            # A thing that was only described, or named around the need, is a word to search for itself.
            best.setdefault(mention.text, Term(mention.text, mention.weight, "same", mention.text))
            if mention.weight < 1.0 and is_material(mention.text):
                continue  # Stainless steel in other shapes (槽钢) is no kin of a stainless part.
            for word, (weight, kin) in self._around(mention.text).items():
                weight *= mention.weight
                held = best.get(word)
                if weight >= LEAST and not _is_english(word) and (held is None or weight > held.weight):
                    best[word] = Term(word, weight, kin, mention.text)
        kept = [term for term in best.values() if term.text not in said]
        kept.sort(key=lambda term: (-term.weight, term.text))
        return tuple(kept[:MOST])

    def _around(self, word: str) -> dict[str, tuple[float, Kin]]:
        """Words within two steps with their weights."""
        near: dict[str, tuple[float, Kin]] = {}
        for other, kin in self.knowledge.kin.get(word, {}).items():
            if kin in WEIGHTS:
                near[other] = self._weight(word, other, kin), kin
        for other, (weight, kin) in list(near.items()):
            if kin not in ONWARD:
                continue
            for further, next_kin in self.knowledge.kin.get(other, {}).items():
                # What a broader class also holds (its other kinds) is no answer to the need.
                if (
                    further == word
                    or next_kin not in WEIGHTS
                    or (kin == "broader" and next_kin == "narrower")
                ):
                    continue
                worth = weight * self._weight(other, further, next_kin) * SECOND_STEP
                if worth > near.get(further, (0.0, kin))[0]:
                    near[further] = worth, next_kin
        return near

    def _weight(self, word: str, other: str, kin: Kin) -> float:
        return self.knowledge.weights.get((word, other), WEIGHTS[kin])


def _is_english(word: str) -> bool:
    """Registers are Chinese; what they do write in letters is short (MES) or a grade (FeMo60)."""
    return word.isascii() and len(word) > 4 and not any(map(str.isdigit, word))


@lru_cache(maxsize=1)
def shipped() -> Expander:
    """Over the shipped tables."""
    return Expander(load_knowledge())
