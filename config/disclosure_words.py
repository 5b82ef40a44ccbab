"""By which names the parts of disclosure are known (``config/lexicon/disclosure.yaml``), validated."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

import yaml

from config.schema import Strict


class Part(Strict):
    """One part that every disclosure has: guide, catalogue, annual reports, a way to apply."""

    id: str
    title: str
    words: tuple[tuple[str, ...], ...]
    """Ways to write it; of one way, all words must stand in the name."""
    exact: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    titles: bool = False
    """It may be a single entry, known by its title."""

    def called(self, name: str) -> bool:
        """Whether a name of a column or link is one of this part."""
        text = "".join(unicodedata.normalize("NFKC", name).split())
        if any(word in text for word in self.without):
            return False
        if text in self.exact:
            return True
        return any(all(word in text for word in way) for way in self.words)


class _Parts(Strict):
    parts: tuple[Part, ...]


@cache
def parts() -> tuple[Part, ...]:
    text = files("config").joinpath("lexicon", "disclosure.yaml").read_text("utf-8")
    return _Parts.model_validate(yaml.safe_load(text)).parts
