"""The encoders in use: the one that the settings name and, until an index of another has been replaced, that one too."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from weakref import WeakValueDictionary

from app.settings import Settings
from matching.encoders import Encoder, UnknownEncoder, load_encoder
from search.index import Filling

log = logging.getLogger(__name__)


class Encoders:
    """Each is loaded once, and let go when nothing uses it any more. Safe for threads.

    Weights that come from a file are kept in the data folder while an index needs them: a retrained file, or the next
    release, may overwrite them, and the index they filled is to be asked until its successor is built.
    """

    def __init__(self, settings: Settings) -> None:
        self._setting = settings.encoder
        self._kept = settings.data_dir / "encoders"
        self._lock = threading.Lock()
        self._loaded: WeakValueDictionary[str, Encoder] = WeakValueDictionary()

    def load(self, setting: str) -> Encoder:
        """The encoder of this name in the settings. Raises UnknownEncoder."""
        with self._lock:
            encoder = self._loaded.get(setting)
            if encoder is None:
                encoder = self._loaded[setting] = load_encoder(setting)
            return encoder

    def wanted(self) -> Encoder:
        """The one that the settings name. Raises UnknownEncoder."""
        return self.load(self._setting)

    def setting_of(self, encoder: Encoder) -> str:
        """How the settings name an encoder that was loaded here."""
        with self._lock:
            return next((setting for setting, one in self._loaded.items() if one is encoder), "")

    def close(self) -> None:
        """End what encoders have started."""
        with self._lock:
            for encoder in self._loaded.values():
                if hasattr(encoder, "close"):
                    encoder.close()

    def that_filled(self, filling: Filling) -> Encoder | None:
        """The encoder that filled an index; None when it is not to be had any more."""
        for setting in dict.fromkeys(self._places(filling)):
            try:
                encoder = self.load(setting)
            except (UnknownEncoder, ImportError, OSError) as error:
                log.debug("%s: %s", setting, error)
                continue
            if (encoder.name, encoder.dimensions) == (filling.encoder, filling.dimensions):
                return encoder
        return None

    def _places(self, filling: Filling) -> Iterator[str]:
        """Settings that may load it. House encoders have the name of their weights, all others that of the setting."""
        if not filling.encoder.startswith("house-"):
            yield filling.encoder
            return
        for setting in (self._setting, filling.setting, "house"):
            if setting.startswith("house"):
                yield setting
        yield f"house:{self._copy(filling.encoder)}"

    def _copy(self, name: str) -> Path:
        return self._kept / f"{name}.npz"

    def keep(self, encoders: Collection[Encoder]) -> None:
        """Keep copies of the weights of these that come from files, and no others."""
        files = {self._copy(one.name): one.weights for one in encoders if hasattr(one, "weights")}
        for copy, weights in files.items():
            if not copy.exists():
                self._kept.mkdir(parents=True, exist_ok=True)
                part = copy.with_suffix(f".{os.getpid()}")
                shutil.copyfile(weights, part)
                part.replace(copy)
        for kept in self._kept.glob("*.npz"):
            if kept not in files:
                kept.unlink(missing_ok=True)
