"""Encoders: texts to unit vectors. ``load_encoder`` opens one by name."""

from matching.encoders.base import Encoder, UnknownEncoder
from matching.encoders.registry import load_encoder

__all__ = ["Encoder", "UnknownEncoder", "load_encoder"]
