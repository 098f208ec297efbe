"""Which words of a text were searched for. The analysis is ours, so it is so too, whatever backend found the text.

A backend's own highlighter would have nothing to show: text reaches it cut into tokens, and the text itself is not in that field.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence

from search.analysis import normalise, places, tokens

LONGEST_FRAGMENT = 80
"""Characters of a long text that are shown around the words found in it."""

Part = tuple[str, bool]
"""A piece of a text, and whether it was searched for."""


def highlight(text: str, wanted: Collection[str]) -> tuple[Part, ...]:
    """The text in pieces, those that stand for a token of ``wanted`` marked; nothing where none does.

    Joined, the pieces are the text to the letter: who shows them escapes each.
    """
    found = set(wanted).intersection(tokens(text))
    if not found:
        return ()
    folded, origins = _folded(text)
    if folded != normalise(text):
        return ()  # a sequence that folds otherwise as a whole than piece by piece
    spans = sorted(
        (origins[start][0], origins[end - 1][1]) for token in found for start, end in places(folded, token)
    )
    return tuple(_pieces(text, spans))


def fragment(parts: Sequence[Part], longest: int = LONGEST_FRAGMENT) -> tuple[Part, ...]:
    """What stands around the first marked piece, with … where something was left out."""
    text = "".join(piece for piece, _ in parts)
    if len(text) <= longest or not any(marked for _, marked in parts):
        return tuple(parts)
    first = 0
    for piece, marked in parts:
        if marked:
            break
        first += len(piece)
    start = max(0, min(first - longest // 4, len(text) - longest))
    end = start + longest
    kept: list[Part] = [("…", False)] if start else []
    at = 0
    for piece, marked in parts:
        if inside := piece[max(start - at, 0) : max(end - at, 0)]:
            kept.append((inside, marked))
        at += len(piece)
    return (*kept, ("…", False)) if end < len(text) else tuple(kept)


def _folded(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text as it is searched, and for each of its characters where in the text it comes from."""
    folded: list[str] = []
    origins: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        piece = normalise(text[start:end])
        folded.append(piece)
        origins += [(start, end)] * len(piece)
    return "".join(folded), origins


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """A character with the marks that combine with it, which fold together."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.combining(text[at]):
            yield start, at
            start = at


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Part]:
    at = 0
    for start, end in _merged(spans):
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in order, those that touch or overlap as one."""
    held: tuple[int, int] | None = None
    for start, end in spans:
        if held and start <= held[1]:
            held = (held[0], max(held[1], end))
        else:
            if held:
                yield held
            held = (start, end)
    if held:
        yield held
