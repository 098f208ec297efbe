"""The number of an enterprise code: ten characters, nine at random and one check character.

The alphabet is that of GB 32100-2015: no I, O, S, V or Z, so a look-alike that is typed can only mean one character.
A code is valid when the sum of value times 3^i over its positions i = 0..9 is 0 modulo 31. The modulus is prime and 3
is a primitive root of it, so every weight differs from every other: any single wrong character and any two characters
swapped, next to each other or not, change the sum. ISO 7064 builds its pure systems the same way.

The nine random characters carry 44.5 bits: with a million codes issued, one valid-looking guess in 26 million hits.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

from app.registry.uscc import ALPHABET

LENGTH = 10
MODULUS = len(ALPHABET)

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, i, MODULUS) for i in range(LENGTH))
_CHECK_FACTOR = pow(-_WEIGHTS[-1], -1, MODULUS)
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―−_.·]+")
_LOOK_ALIKES = str.maketrans("IOSVZ", "105U2")


class InvalidCode(ValueError):
    """A text that is no enterprise code.

    ``code`` is "code_empty", "code_length", "code_alphabet" or "code_check_character"; ``params`` fill the message.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(f"{code}: {params}")
        self.code = code
        self.params = params


def normalize_code(text: str) -> str:
    """Full-width made plain, separators dropped, upper case, look-alikes read as the character they can only mean."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOK_ALIKES)


def check_character(body: str) -> str:
    """The tenth character of a code, from the first nine. Raises KeyError for a character outside the alphabet."""
    total = sum(_VALUES[character] * weight for character, weight in zip(body, _WEIGHTS[:-1], strict=True))
    return ALPHABET[total * _CHECK_FACTOR % MODULUS]


def is_valid(code: str) -> bool:
    """Whether a normalised text is a code."""
    if len(code) != LENGTH or not _VALUES.keys() >= set(code):
        return False
    return not sum(_VALUES[c] * weight for c, weight in zip(code, _WEIGHTS, strict=True)) % MODULUS


def parse_code(text: str) -> str:
    """The normal form of a valid code. Raises InvalidCode saying what is wrong."""
    code = normalize_code(text)
    if is_valid(code):
        return code
    if not code:
        raise InvalidCode("code_empty")
    if len(code) != LENGTH:
        raise InvalidCode("code_length", length=len(code), expected_length=LENGTH)
    for position, found in enumerate(code, start=1):
        if found not in _VALUES:
            raise InvalidCode("code_alphabet", position=position, found=found)
    raise InvalidCode("code_check_character")


def new_code() -> str:
    """A code nobody can guess, from the operating system's random source."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def grouped(code: str) -> str:
    """As it is printed and read aloud: 7K3PX-M2WQ4."""
    return f"{code[:5]}-{code[5:]}"
