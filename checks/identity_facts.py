"""What is known of a site's identity and of its network, and the cases that are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checks.facts import Fetched, Unverified
from checks.model import NotApplicable, Subject
from checks.parts import Marks, Tag
from checks.probes import WeekWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured:
    """What the configuration says of a site."""

    host: str
    """Host name of its home page, without port."""
    portal: bool
    site_code: str | None = None
    public: bool = True
    """``False``: the host is no public name (loopback, a private address)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A page with the tags of its head."""

    title: str
    url: str | None
    tags: tuple[Tag, ...]

    def says(self, name: str) -> str:
        """A tag's content, trimmed; empty where it is missing or empty."""
        wanted = name.lower()
        return next((t.content.strip() for t in self.tags if t.name == wanted), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLook:
    """What a site's own search said of a title that is known to be there."""

    title: str
    page: str
    """Address of the entry."""
    asked: str
    """Address that was asked."""
    found: bool
    rows: int = 0
    """Results that the first page shows."""
    said_none: bool = False
    """It says in words that nothing was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCase:
    """One site by what it says whose it is."""

    subject: Subject
    configured: Configured
    marks: Marks | Unverified
    home: Tagged | Unverified
    columns: tuple[Tagged, ...] | Unverified | NotApplicable
    """Its columns' first pages."""
    articles: tuple[Tagged, ...] | Unverified | NotApplicable
    """Pages of entries, a sample where there are many."""
    search: SearchLook | Unverified | NotApplicable
    fetched: Fetched | None = None


class Answer(StrEnum):
    """What a look at the network gave."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One question to the network, and what came of it."""

    answer: Answer
    detail: str = ""
    """In Chinese: what was seen, or why it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLook:
    """The certificate that a site showed; instants are aware."""

    since: datetime
    until: datetime
    covers: bool
    """It is for this host name."""
    trusted: bool
    """Its chain leads to an authority that is trusted here."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLook:
    """A site's network facts, gathered once a scan."""

    host: str
    public: bool
    https: Seen
    certificate: CertificateLook | None = None
    """``None``: none was seen."""
    hops: tuple[str, ...] = ()
    """Addresses from the one asked for to the one that answered, each once."""
    chain: Seen = Seen(answer=Answer.UNKNOWN, detail="没有查看跳转")
    """YES: the chain reached a page; NO: it goes round and round."""
    aaaa: Seen = Seen(answer=Answer.UNKNOWN, detail="没有查询 AAAA 记录")
    ipv6: Seen = Seen(answer=Answer.UNKNOWN, detail="没有经 IPv6 访问")
    milliseconds: tuple[int, ...] = ()
    """Of each spaced request for the home page that was answered."""
    absent: Seen = Seen(answer=Answer.UNKNOWN, detail="没有查看不存在的页面")
    """YES: an address that surely does not exist is answered as missing; NO: as a page."""
    absent_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityCase:
    """One site by its probes and its network."""

    subject: Subject
    week: WeekWatch | Unverified
    network: NetworkLook | Unverified
    fetched: Fetched | None = None
