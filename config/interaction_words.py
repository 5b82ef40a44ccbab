"""The words of letters, consultations, proposals, service guides and leaders' pages (``config/lexicon``), validated.

Labels are compared without blanks.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from config.schema import Strict

Words = tuple[str, ...]


class Perfunctory(Strict):
    whole: Words
    """Answers that say nothing, as a whole."""
    parts: Words
    """Parts of a short answer that probably says nothing."""


class Consultations(Strict):
    calls: Words
    results: Words
    on_page: Words


class Proposals(Strict):
    replies: Words
    on_page: Words


class LetterWords(Strict):
    labels: dict[str, Words]
    """Field of ``checks.parts.Letter`` → its labels."""
    own: Words
    """Labels that only letters have."""
    open: Words
    closed: Words
    kinds: dict[str, Words]
    junk: Words
    courtesies: Words
    perfunctory: Perfunctory
    surnames: str
    double_surnames: Words
    not_names: Words
    consultations: Consultations
    proposals: Proposals
    channels: Words
    services: Words


class GuideWords(Strict):
    elements: dict[str, Words]
    """One of the eight classes → its labels."""
    others: Words
    own: Words


class LeaderWords(Strict):
    columns: Words
    """Names of the columns in which leaders stand."""
    not_columns: Words
    labels: dict[str, Words]
    """姓名, 职务, 分工, 简历 and what else stands beside them → its labels."""
    posts: Words
    """Ends of posts."""
    not_names: Words


def _read(name: str) -> object:
    return yaml.safe_load(files("config").joinpath("lexicon", name).read_text("utf-8"))


@cache
def letters() -> LetterWords:
    return LetterWords.model_validate(_read("letters.yaml"))


@cache
def guides() -> GuideWords:
    return GuideWords.model_validate(_read("guides.yaml"))


@cache
def leaders() -> LeaderWords:
    return LeaderWords.model_validate(_read("leaders.yaml"))
