"""Writing many documents: chunks of bounded size, back-off when the cluster is busy, an outcome for each document."""

from __future__ import annotations

import json
import random
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from search.elastic.client import PASSING, reaching
from search.index import Rejection, SearchUnavailable

CHUNK_BYTES = 5_000_000
"""Of one request: more is no quicker, and the cluster has to hold it whole."""
CHUNK_ACTIONS = 1_000
SENDERS = 2
"""Chunks on their way at once."""
TRIES = 6
"""Rounds for what the cluster was too busy to take; with the waits between them some fifteen seconds."""
FIRST_WAIT = 0.25
LONGEST_WAIT = 8.0
WHOLE_REFUSED = (400, 413)
"""A request refused for what one document in it is: an impossible key, or too large. Halving finds that document."""
CONFLICT = 409
WRITERS_HELD = "index write (api)"
"""How Elasticsearch names the block of Indices.hold_writers_of_another."""


@dataclass(frozen=True, slots=True)
class Action:
    """One write of a document at a version, or (``source`` None) its unconditional removal."""

    key: str
    version: int
    source: Mapping[str, Any] | None

    def lines(self, index: str) -> bytes:
        """Its two (or one) lines of a bulk request. Raises UnicodeEncodeError for text that is none."""
        said: dict[str, Any] = {"_index": index, "_id": self.key}
        if self.source is None:
            return _line({"delete": said})
        said |= {"version": self.version, "version_type": "external"}
        return _line({"index": said}) + _line(self.source)


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class _Prepared:
    action: Action
    lines: bytes


def write(client: Elasticsearch, index: str, actions: Iterable[Action]) -> tuple[Rejection, ...]:
    """Write all; what an equal or newer version is held of is passed over. Returns what was refused for good.

    ``index`` has to exist (an alias as a rule): it is never made by the way. Raises SearchUnavailable when the cluster
    did not take everything after some tries; what it did take stays, and taking it again changes nothing.
    """
    refused: list[Rejection] = []
    sent: deque[Future[list[Rejection]]] = deque()
    # The next chunk is made while the cluster takes the last ones.
    with ThreadPoolExecutor(SENDERS, "bulk") as senders:
        for chunk in _chunks(index, actions, refused):
            sent.append(senders.submit(_deliver, client, chunk))
            if len(sent) > SENDERS:
                refused += sent.popleft().result()
        for one in sent:
            refused += one.result()
    return tuple(refused)


def _deliver(client: Elasticsearch, chunk: list[_Prepared]) -> list[Rejection]:
    refused: list[Rejection] = []
    for attempt in range(TRIES):
        if attempt:
            pause = min(FIRST_WAIT * 2**attempt, LONGEST_WAIT)
            # Several workers that were turned away together should not come back together.
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
        chunk, reason = _send(client, chunk, refused)
        if not chunk:
            return refused
    raise SearchUnavailable(f"Elasticsearch did not take {len(chunk)} documents: {reason}")


def _chunks(index: str, actions: Iterable[Action], refused: list[Rejection]) -> Iterator[list[_Prepared]]:
    chunk: list[_Prepared] = []
    size = 0
    for action in actions:
        try:
            lines = action.lines(index)
        except (UnicodeEncodeError, ValueError) as error:
            refused.append(Rejection(action.key, action.version, f"cannot be written as JSON: {error}"))
            continue
        if chunk and (size + len(lines) > CHUNK_BYTES or len(chunk) == CHUNK_ACTIONS):
            yield chunk
            chunk, size = [], 0
        chunk.append(_Prepared(action, lines))
        size += len(lines)
    if chunk:
        yield chunk


def _send(
    client: Elasticsearch, chunk: list[_Prepared], refused: list[Rejection]
) -> tuple[list[_Prepared], str]:
    """What is to be sent again, and why; refusals are added to ``refused``."""
    try:
        with reaching():
            # Ready lines, which the client takes as they are.
            lines: list[Any] = [one.lines for one in chunk]
            answer = client.bulk(operations=lines, require_alias=True)
    except SearchUnavailable as error:
        if not error.passing:
            raise
        # Nothing tells how much of it arrived; every document carries its version, so all of it may go again.
        return chunk, str(error)
    except ApiError as error:
        if error.meta.status not in WHOLE_REFUSED:
            raise
        if len(chunk) == 1:
            size = len(chunk[0].lines)
            refused.append(_refusal(chunk[0].action, f"the cluster refuses it ({size} bytes): {error}"))
            return [], ""
        middle = len(chunk) // 2
        left, why = _send(client, chunk[:middle], refused)
        right, why_right = _send(client, chunk[middle:], refused)
        return [*left, *right], why or why_right
    again: list[_Prepared] = []
    reason = ""
    for one, outcome in zip(chunk, answer["items"], strict=True):
        (said,) = outcome.values()
        status = said["status"]
        if status < 300 or status == CONFLICT or (one.action.source is None and "error" not in said):
            continue
        error_type, words = said["error"]["type"], _words(said["error"])
        if error_type == "index_not_found_exception" or WRITERS_HELD in words:
            # A rebuild has just put another index in its place, or is about to; whoever tries again finds that one.
            raise SearchUnavailable(
                f"Elasticsearch takes nothing into that index now: {words}", retry_after=1
            )
        if status in PASSING or error_type == "cluster_block_exception":
            again.append(one)
            reason = words
        else:
            refused.append(_refusal(one.action, words))
    return again, reason


def _refusal(action: Action, reason: str) -> Rejection:
    return Rejection(action.key, action.version, reason[:500])


def _words(error: Mapping[str, Any]) -> str:
    cause = error.get("caused_by", {}).get("reason", "")
    return f"{error['type']}: {error.get('reason', '')}{f' ({cause})' if cause else ''}"
