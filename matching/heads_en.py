"""The head of an English demand: the thing wanted, apart from what it is for, how many and where."""

from __future__ import annotations

import re
from typing import Final

from matching.clauses import CUT, NOTATION
from matching.phrases import Head

_GREETING: Final = re.compile(
    r"^(?:hi|hello|dear [a-z]+|good (?:day|morning)|greetings)\b[,.! ]*", re.IGNORECASE
)
_LABEL: Final = re.compile(
    r"^(?:(?:urgent(?:ly)?|tender|enquir(?:y|ies)|inquir(?:y|ies)|rf[qpi]|subject|request|requirements?|(?:quotations?|quotes?|prices?|offers?)(?: (?:needed|required|wanted|requested|request))?"
    r"|buying leads?|sourcing(?: request)?|procurement|item|product|goods|call for bids|invitation to (?:bid|tender)|purchase)s?(?: no\.? ?[\w\-/]+)?\s*(?::|\s[\-–]\s)\s*)+",
    re.IGNORECASE,
)
"""What a line calls itself before it names the thing: Tender: supply of boilers."""
_PLEASE: Final = re.compile(
    r"\b(?:(?:please|kindly)(?: (?:kindly|also))? (?:provide|give|send|quote|offer|share|submit|advise|let us have|make)(?: (?:us|me))?"
    r"|(?:happy|glad|pleased|like|wish) to (?:receive|have|get|ask for|request)|(?:would like|want) to ask for|have an? (?:urgent )?(?:need|demand|requirement|enquiry|inquiry) (?:for|of)"
    r"|where (?:can|could) (?:we|i) (?:get|find|buy|source|have)|(?:know|see) if any(?:one|body) (?:can|could))\s"
    r"(?:(?:an?|your|the|best|firm|competitive|lowest|unit|fob|cif|offers?|prices?|quotations?|quotes?|costs?|lead times?|availability|delivery times?|and|or|proposals?)\s)*(?:(?:for|of|on)\b:?\s*)?",
    re.IGNORECASE,
)
_SUPPLY_OF: Final = re.compile(
    r"^(?:the )?(?:supply|delivery|provision|procurement|purchase)(?:,? (?:and|&|,) ?(?:installation|delivery|erection|commissioning|supply|fitting|maintenance)| installation)* of\s+",
    re.IGNORECASE,
)
_GET: Final = r"(?:buy(?: in)?|purchase|order|source|procure|import|get|have|hire|rent|lease|outsource|subcontract|replace|renew|find|obtain|employ|recruit)"
_ASKING: Final = re.compile(
    r"\b(?:(?:we(?:'re| are)?|our (?:company|plant|factory|firm)|i(?:'m| am)?)\s(?:currently |urgently |now |also )?)?(?:"
    rf"(?:looking|wants?|would like|wish(?:es)?|needs?|plan(?:s|ning)?|hop(?:e|ing)|intend|have|trying) to {_GET}\b|looking for\b|in need of|searching for|seeking|sourcing|wants?\b(?! to )|interested in(?: (?:buying|purchasing))?"
    r"|(?:would like|asking for|please send|send us|appreciate)(?: us| me| to (?:have|get|receive))?(?: an?| your| some)? ?(?:best )?(?:quotations?|quotes?|offers?|prices?)(?: of| for| on)?"
    r"|(?:running |currently )?(?:short of|out of stock of|running out of|running low on)|is asking for|are asking for"
    r"|(?:do you|does any(?:one|body)) know (?:of )?(?:any|an?)\b|(?:is|are) there (?=any)|(?:can|could|does) (?=any(?:one|body)|some(?:one|body))|(?:can|could|do) you (?:please )?(?:make|supply|offer|quote(?: for)?|produce|provide|sell|have|manufacture|do)\b|any(?:one|body) (?:here )?(?=who\b|that\b|making|selling)"
    r"|needs?\b(?! to ):?|requires?\b|buying|(?:wanted|required|need):|purchase of|rfq(?: for)?:?|request for quotation(?: for)?:?|inquiry for|enquiry for|please quote(?: for)?|(?:quotation|price|purchase) (?:request|enquiry|inquiry)(?: for)?:?)\s*",
    re.IGNORECASE,
)
_OFFER_OF: Final = re.compile(
    r"^(?:an?|your|the|some)?\s*(?:best |competitive |firm )*(?:quotations?|quotes?|offers?|prices?|proposals?|bids?|tenders?)\s(?:of|for|on)\s+",
    re.IGNORECASE,
)
"""Seeking a quotation for X asks for X."""
_PASSIVE: Final = re.compile(
    r"^(?:urgent(?:ly)?[:,]? )?((?:[\w\-/&]+ ){0,6}?[\w\-/&]+) (?:is |are |urgently )*(?:required|needed|wanted|sought)\b",
    re.IGNORECASE,
)
"""Customs broker required in Dalian: the thing stands before the word of asking."""
_DO: Final = r"(?:make|produce|supply|manufacture|machine|do|turn|mill|cast|forge|weld|cut|sew|print|pack|assemble|fabricate|build|weave|provide|offer|deliver|sell|carry out|handle|recruit|grow)"
_SUPPLIER: Final = re.compile(
    r"^(?:an?|the|some|any)?\s*(?:reliable|local|experienced|good|qualified|direct|professional|long[- ]term|nearby|chinese)*\s*(?:suppliers?|manufacturers?|factory|factories|plants?|makers?|producers?|compan(?:y|ies)|workshops?|shops?|foundry|vendors?|partners?|service providers?|(?:recruitment |staffing |translation )?agenc(?:y|ies)|teams?|contractors?|subcontractors?|someone|somebody|anyone|anybody|any(?:one|body) else)\b\s*(?:with [^,.;]{2,40}? )?"
    rf"(?:(?:in|near|around|close to|from) [A-Za-z{CUT} ]{{1,30}}? (?=(?:who|that|which|to)\b))?(?:(?:of|for|to {_DO}|making|selling|(?:that|who|which) (?:can|could|makes?|produces?|supply|supplies|sells?)(?: {_DO})?|in|near|around)\s)?",
    re.IGNORECASE,
)
_CONNECTS: Final = ("of", "for", "making", "selling")
"""Closes 'supplier of'; without such a word or one of asking, a foundry at the start (foundry coke) is part of the name."""
_JOB: Final = re.compile(
    r"^(?:to |can |could )?(repair|fumigate|galvani[sz]e|paint|translate|dye|overhaul|calibrate|inspect|clean|refurbish|install|maintain|test|recondition|rewind)\s+(?=\S)",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(
    rf"^(?:[\s{CUT}{NOTATION}:;,.\-()]+|(?:an?|the|some|about|around|approx\.?|approximately|up to|of|new|(?:one|two|three|four)(?!-)|to buy|to purchase|to rent|to lease|(?:that|who|which) can \w+|able to \w+|our|more|pieces of|\d+(?:\.\d+)?(?=\s(?!axis|way|ply|layer|phase|roll|stage|d\b))|certified (?=\d)|sets?|pcs|pieces|units?|tons?|tonnes?|total)\b)+",
    re.IGNORECASE,
)
_STOP: Final = re.compile(
    rf"[,;:.!?\n](?!\d)|[{CUT}]|\s-\s|\b(?:for|with|in|to|from|at|by|within|made|delivered|that|which|who|on|per|must|should|before|near|around|using|according|as per|including|no traders|not|we|please|and we|every|each|based|(?:size|material|delivery)(?=\s*[:=]|\s(?:is|shall|must|to|by|before|within|at|in|time|date|[A-Z\d]))|used|suitable|where|incl|etc|on[- ]site)\b",
    re.IGNORECASE,
)
_FOR: Final = re.compile(
    rf"\b(?:for|used (?:in|for|on)|suitable for)\s+([^,;:.!?\n{CUT}{NOTATION}]{{3,60}})", re.IGNORECASE
)
_NOT_APPLICATION: Final = re.compile(
    r"^(?:a |the |us\b|our (?:own)?$|sale|free|quotation|price|delivery|export\b|each|every|six|one|two|three|\d)",
    re.IGNORECASE,
)


_SENTENCE_END: Final = re.compile(r"[.!?\n](?=\s|$)")
_WHO: Final = re.compile(
    r"(?:.* )?(?:we|i|they|you|it|and|our [a-z]+|that|which|currently|urgently|as|not|is|are)$", re.IGNORECASE
)
_JOB_ON_IT: Final = re.compile(
    r"^[\w\- ]{0,60}?\bto ((?:re)?[a-z]+)(?: or [a-z]+)? (?:it|them|this|these)\b", re.IGNORECASE
)
_SUBJECT: Final = re.compile(
    r"^(?:.*[.;!?]\s)?(?:the|our|my|one of our|an?|both|two)\s((?:[\w\-]+ ){0,3}?[\w\-]+)(?= (?:on|in|of|at|is|are|has|have|keeps?|was|were|broke|failed|leaks?|stopped|does|do|got)\b)",
    re.IGNORECASE,
)
"""The thing a story is about: The gearbox on our mill is leaking."""


def read_head_en(masked: str, *, titled: bool) -> Head:
    """The head of a masked English text; a title is read from its start, a text from its words of asking."""
    text = _LABEL.sub("", _GREETING.sub("", masked.strip()))
    whole, passive = text, _PASSIVE.match(text)
    asked = min(
        filter(None, (_ASKING.search(text), _PLEASE.search(text))),
        key=lambda found: (found.start(), -found.end()),
        default=None,
    )
    if passive and not _WHO.match(passive[1]):
        text = passive[1]
    elif asked and (not titled or asked.start() < 3):
        story, text = text[: asked.start()], text[asked.end() :]
        if again := _OFFER_OF.match(text):
            text = text[again.end() :]
        if (job := _JOB_ON_IT.match(text)) and (subject := _SUBJECT.match(story)):
            return Head((f"{_words(job[1])} of {subject[1]}",))
    text = _LEADING.sub("", _SUPPLY_OF.sub("", _LEADING.sub("", text)))
    supplier = _SUPPLIER.match(text)
    named = asked is not None or supplier is None or supplier[0].rstrip().endswith(_CONNECTS)
    if supplier and named and supplier.end() < len(text):
        text = _LEADING.sub("", text[supplier.end() :])
        if job := _JOB.match(text):
            text = f"{job[1].lower()} of {_LEADING.sub('', text[job.end() :])}"
    sentence = _SENTENCE_END.split(text, maxsplit=1)[0]
    sentence = sentence.replace(NOTATION, "")
    # "a used 500 ton press": a size between an adjective and its noun is no end of the phrase.
    sentence = re.sub(rf"^(\w+ ){CUT}+ (?=[a-z])", r"\1", sentence)
    head = _phrase(sentence)
    applications = [
        found
        for m in _FOR.finditer(_SENTENCE_END.split(whole, maxsplit=1)[0] if text == head else sentence)
        if not _NOT_APPLICATION.match(found := m[1].strip()) and found != head
    ]
    applications = [_STOP.split(a, maxsplit=1)[0].strip() for a in applications]
    return Head((head,) if head else (), tuple(a for a in dict.fromkeys(applications) if len(a) > 2))


def _phrase(sentence: str) -> str:
    """The noun phrase at the start of a sentence, at most twelve words."""
    for stop in _STOP.finditer(sentence):
        phrase = sentence[: stop.start()].strip(" -,;:")
        if len(phrase) >= 3:
            return _words(phrase)
    return _words(sentence.strip(" -,;:"))


_NOT_LAST: Final = frozenset(
    {"of", "and", "or", "a", "the", "is", "are", "as", "needed", "required", "wanted"}
)


def _words(phrase: str) -> str:
    phrase = re.sub(rf"[{CUT}{NOTATION}]+", " ", phrase)
    phrase = re.sub(r"(?<=\bof )\d[\d,.]*\s", "", phrase)
    words = phrase.split()[:12]
    while words and words[-1].lower() in _NOT_LAST:
        words.pop()
    while len(words) > 2 and re.fullmatch(r"[A-Z]{2,}[-\d]*|[A-Z]{1,4}\d+[A-Z]*", words[-1]):
        words.pop()  # a type code behind the name: conveyor belt EP200
    return " ".join(words)
