"""Unified social credit codes 统一社会信用代码, GB 32100-2015: normal form, check character, likely misreadings.

Eighteen characters: registering department (1), category (1), division of the registering office (6, GB/T 2260),
organisation code (9, GB 11714) and a check character (1). The alphabet leaves out I, O, S, V and Z.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))  # GB 32100-2015, 4.3: W_i = 3^(i-1) mod 31
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−_.·]+")
_WELL_FORMED = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")

# What eyes and scanners read each character for, given that only the alphabet can be meant.
_CONFUSIONS: dict[str, str] = {
    "I": "1",
    "L": "1",
    "1": "L",
    "O": "0",
    "Q": "0",
    "D": "0",
    "U": "0",
    "0": "DQU",
    "Z": "2",
    "S": "5",
    "B": "8",
    "8": "B",
    "G": "6",
    "6": "G",
    "V": "UY",
    "A": "4",
    "4": "A",
    "T": "7",
    "7": "T1",
    "E": "F",
    "F": "E",
    "K": "X",
    "X": "K",
    "M": "N",
    "N": "M",
    "P": "R",
    "R": "P",
    "3": "8",
    "9": "Q",
}
_MOST_SUGGESTIONS = 5


class InvalidUscc(ValueError):
    """A text that is no unified social credit code.

    ``code`` is one of "uscc_empty", "uscc_length", "uscc_alphabet", "uscc_division" (characters 3 to 8 must be
    digits) and "uscc_check_character". ``params`` fills the message: ``length`` and ``expected_length``, or
    ``position`` (from 1), ``found`` and ``expected``. ``suggestions`` are valid codes one or two likely
    misreadings away, the nearest first.
    """

    def __init__(self, code: str, params: dict[str, str | int], suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {', '.join(f'{key}={value!r}' for key, value in params.items())}")
        self.code = code
        self.params = params
        self.suggestions = suggestions


def normalize_uscc(text: str) -> str:
    """Full-width characters made plain, separators dropped, upper case. Nothing is judged or guessed."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first17: str) -> str:
    """The eighteenth character of a code (GB 32100-2015, 4.3): 31 minus the weighted sum modulo 31.

    Raises KeyError for a character outside the alphabet, ValueError unless there are 17.
    """
    if len(first17) != LENGTH - 1:
        raise ValueError(f"17 characters expected, got {len(first17)}")
    total = sum(_VALUES[character] * weight for character, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def parse_uscc(text: str) -> str:
    """The normal form of a valid code; raises ``InvalidUscc`` saying what is wrong and what was likely meant."""
    uscc = normalize_uscc(text)
    if _is_valid(uscc):
        return uscc
    if not uscc:
        raise InvalidUscc("uscc_empty", {})
    if len(uscc) != LENGTH:
        raise InvalidUscc("uscc_length", {"length": len(uscc), "expected_length": LENGTH})
    suggestions = _suggestions(uscc)
    for position, found in enumerate(uscc, start=1):
        if found not in _VALUES:
            raise InvalidUscc(
                "uscc_alphabet",
                {"position": position, "found": found, "expected": _CONFUSIONS.get(found, "")},
                suggestions,
            )
    for position in range(3, 9):
        found = uscc[position - 1]
        if found not in "0123456789":
            raise InvalidUscc(
                "uscc_division", {"position": position, "found": found, "expected": "0-9"}, suggestions
            )
    raise InvalidUscc(
        "uscc_check_character",
        {"position": LENGTH, "found": uscc[-1], "expected": check_character(uscc[:-1])},
        suggestions,
    )


def uscc_division(uscc: str) -> str:
    """The adcode in a code, characters 3 to 8: where it was registered, which may be a division of the past."""
    return uscc[2:8]


def _is_valid(uscc: str) -> bool:
    return _WELL_FORMED.fullmatch(uscc) is not None and check_character(uscc[:-1]) == uscc[-1]


def _suggestions(uscc: str) -> tuple[str, ...]:
    """Valid codes reached by reading one or two characters as what they are confused with.

    Every character outside the alphabet must be among those read differently.
    """
    foreign = {i for i, character in enumerate(uscc) if character not in _VALUES}
    doubtful = [i for i, character in enumerate(uscc) if _CONFUSIONS.get(character)]
    found: list[str] = []
    for changes in (1, 2):
        for positions in combinations(doubtful, changes):
            if foreign <= set(positions):
                found += [candidate for candidate in _readings(uscc, positions) if _is_valid(candidate)]
        if found:  # a nearer reading makes farther ones noise
            break
    return tuple(dict.fromkeys(found))[:_MOST_SUGGESTIONS]


def _readings(uscc: str, positions: tuple[int, ...]) -> list[str]:
    readings = [uscc]
    for position in positions:
        readings = [
            reading[:position] + other + reading[position + 1 :]
            for reading in readings
            for other in _CONFUSIONS[uscc[position]]
        ]
    return readings
