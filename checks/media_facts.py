"""What was seen of new media accounts (政务新媒体), and the case that is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from checks.facts import Fetched, Unverified
from checks.model import Subject
from config.media import Account


class AccountState(StrEnum):
    ALIVE = "alive"
    """It shows publications."""
    EMPTY = "empty"
    """It has never published anything, or everything was removed."""
    GONE = "gone"
    """It cannot be found or opened any more."""

    @property
    def label(self) -> str:
        return {"alive": "正常", "empty": "没有内容", "gone": "打不开或找不到"}[self.value]


FEED = "feed（"
"""How the source of what a feed said begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaUpdate:
    """What was seen of an account on one day."""

    account: str
    seen_on: date
    last_on: date | None
    """Day of its newest publication; ``None`` exactly when its state is not ALIVE."""
    title: str = ""
    state: AccountState = AccountState.ALIVE
    source: str = ""
    """The workbook or feed, or who noted it."""

    @property
    def by_feed(self) -> bool:
        """It was read from the account's feed, which may have stopped before the account did."""
        return self.source.startswith(FEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaCase:
    """One account, with the newest look at it that is not after the day judged."""

    subject: Subject
    account: Account
    update: MediaUpdate | Unverified
    fetched: Fetched | None = None
