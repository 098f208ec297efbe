"""Two languages: Chinese is the source, English is the translation beside it.

Message catalogues are ordinary .po files (en.po, and en_pages.po for the pages), read with Babel at start; a message
without a translation is shown in Chinese.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
CATALOGUES = Path(__file__).resolve().parent.parent / "locales"


class Message(str):
    """A parameter that is itself a message, to be said in the language of the sentence it stands in."""

    __slots__ = ()


@lru_cache
def _catalogue(language: Language) -> GNUTranslations | None:
    parts = [CATALOGUES / f"{language}.po", *sorted(CATALOGUES.glob(f"{language}_*.po"))]
    whole: GNUTranslations | None = None
    for path in filter(Path.is_file, parts):
        compiled = BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        part = GNUTranslations(compiled)
        if whole is None:
            whole = part
        else:
            # A message that the first catalogue lacks is looked up in the next.
            whole.add_fallback(part)
    return whole


def translate(message: str, language: Language, **params: Any) -> str:
    """The message in a language, with ``{name}`` placeholders filled in."""
    catalogue = _catalogue(language)
    text = catalogue.gettext(message) if catalogue and message else message
    if not params:
        return text
    said = {
        name: translate(value, language) if isinstance(value, Message) else value
        for name, value in params.items()
    }
    return text.format(**said)


def choose_language(accept: str | None, default: Language) -> Language:
    """The first language of an Accept-Language header that is spoken here."""
    for part in (accept or "").split(","):
        tag = part.split(";")[0].strip().lower()
        for language in LANGUAGES:
            if tag == language or tag.startswith(f"{language}-"):
                return language
    return default
