"""Trained rankers on disk: every version is kept, one is in use, and going back is one word in a file."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matching.features import FEATURES
from matching.rank import LINEAR, RankingModel, TreeModel

log = logging.getLogger(__name__)

LINEAR_VERSION = "linear"


@dataclass(frozen=True, slots=True)
class Card:
    """What is written beside a version: how it was made and how it did."""

    version: str
    trained_at: str
    queries: int
    pairs: int
    slope: float
    offset: float
    features: tuple[str, ...] = FEATURES
    figures: Mapping[str, float] | None = None
    """nDCG@10 by set."""


class RankerStore:
    """A folder of versions: ``<version>/model.txt`` (LightGBM), ``<version>/card.json``, and ``current``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def versions(self) -> list[Card]:
        """Oldest first."""
        cards = (self._card(path.parent.name) for path in sorted(self.folder.glob("*/card.json")))
        return [card for card in cards if card]

    def current(self) -> str:
        """The version in use; ``linear`` where none was deployed."""
        try:
            return (self.folder / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return LINEAR_VERSION

    def add(self, model: Any, card: Card) -> None:
        """Write a version; it is not yet in use."""
        folder = self.folder / card.version
        folder.mkdir(parents=True)
        model.save_model(str(folder / "model.txt"))
        text = json.dumps(asdict(card), ensure_ascii=False, indent=1)
        (folder / "card.json").write_text(text + "\n", encoding="utf-8")

    def use(self, version: str) -> None:
        """Put a version, or ``linear``, into use. Raises KeyError for one that is not there."""
        if version != LINEAR_VERSION and self._card(version) is None:
            raise KeyError(version)
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / "current.new"
        beside.write_text(version + "\n", encoding="utf-8")
        beside.replace(self.folder / "current")

    def model(self, version: str | None = None) -> RankingModel:
        """A version, the one in use when None. One that cannot be used (other features, no LightGBM) leaves the linear default, and a line in the log."""
        version = version or self.current()
        if version == LINEAR_VERSION:
            return LINEAR
        try:
            return self.load(version)
        except Exception as error:
            log.warning("ranker %s cannot be used, the linear default ranks: %s", version, error)
            return LINEAR

    def load(self, version: str) -> TreeModel:
        """A version. Raises KeyError, ValueError where it was trained on other features, ImportError without LightGBM."""
        card = self._card(version)
        if card is None:
            raise KeyError(version)
        if tuple(card.features) != FEATURES:
            raise ValueError("it was trained on other features; train it anew: lianqiao learn ranker")
        import lightgbm

        booster = lightgbm.Booster(model_file=str(self.folder / version / "model.txt"))
        return TreeModel(f"lambdamart-{version}", booster, card.slope, card.offset)

    def _card(self, version: str) -> Card | None:
        path = self.folder / version / "card.json"
        if not path.is_file():
            return None
        said = json.loads(path.read_text(encoding="utf-8"))
        return Card(**{**said, "features": tuple(said["features"])})
