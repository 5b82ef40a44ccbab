"""Sites by what they say whose they are: home page, columns' tags, a sample of articles, the search."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from itertools import chain, zip_longest

from checks.facts import Fetched, Missing, PageKind, Unverified
from checks.identity_facts import Configured, IdentityCase, SearchLook, Tagged
from checks.model import NotApplicable, Scope, Subject
from checks.parts import Marks
from config.schema import Site, SiteKind
from crawler.scope import is_loopback_name
from services.judging.ground import Ground
from storage import extras, readings
from storage.facts import Packing
from storage.models import Sight
from storage.readings import StoredHome, StoredPage

SEARCH: extras.Kind[SearchLook] = extras.Kind(name="search", packing=Packing(SearchLook))
"""What a site's search said, by site."""
SAMPLE = 200
"""Pages of a site whose tags are looked at."""
RULES = (
    "missing-site-mark",
    "mark-mismatch",
    "missing-site-tags",
    "missing-column-tags",
    "missing-article-tags",
    "improper-domain",
    "search-misses-title",
    "advertising",
    "floating-window",
)
_NEVER = Unverified(code=Missing.NOT_REACHED, reason="没有读到首页")
_NO_PAGE = Unverified(code=Missing.READER, reason="没有读懂首页")
_NOT_ASKED = Unverified(code=Missing.NOT_REACHED, reason="没有查过站内搜索")


def lay(ground: Ground) -> None:
    """Every site that is judged."""
    if not ground.wants(*RULES):
        return
    looks = ground.extra(SEARCH)  # noqa: S610 - no Django
    pages: dict[str, list[StoredPage]] = defaultdict(list)
    if ground.wants("missing-article-tags"):
        for page in ground.pages:
            pages[page.site_id].append(page)
    for site in ground.sites:
        if ground.units is not None and site.operator not in ground.units:
            continue
        home = ground.homes.get(site.id)
        look = looks.get(site.id)
        case = IdentityCase(
            subject=subject_of(site),
            configured=configured(site),
            marks=_marks(home),
            home=_tags(site, home),
            columns=_columns(ground, site),
            articles=_articles(ground, pages[site.id]),
            search=look.facts if look is not None else _NOT_ASKED,
        )
        ground.judge(case, _measured(home), {"search-misses-title": _searched(look)})


def subject_of(site: Site) -> Subject:
    """The site, with the unit that runs it."""
    return Subject(
        scope=Scope.SITE,
        key=site.id,
        site_id=site.id,
        unit_id=site.operator,
        title=site.name,
        url=str(site.url),
    )


def configured(site: Site) -> Configured:
    host = site.url.host or ""
    return Configured(
        host=host.lower(),
        portal=site.kind is SiteKind.PORTAL,
        site_code=site.site_code,
        public=is_public(host),
    )


def is_public(host: str) -> bool:
    """Whether a host is a name that people outside can use: no literal address, not loopback."""
    if not host or is_loopback_name(host) or "." not in host:
        return False
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False


def _measured(home: StoredHome | None) -> Fetched | None:
    return home.fetched if home is not None else None


def _searched(look: extras.Extra[SearchLook] | None) -> Fetched | None:
    """The page of results: its day is the scan's that asked."""
    if look is None:
        return None
    at = look.fetched_at
    return Fetched(at=at, unchanged_since=at, status=200, evidence=look.evidence)


def _marks(home: StoredHome | None) -> Marks | Unverified:
    if home is None:
        return _NEVER
    if isinstance(home.reading, Unverified):
        return home.reading
    if home.page is None or home.page.marks is None:
        return _NO_PAGE
    return home.page.marks


def _tags(site: Site, home: StoredHome | None) -> Tagged | Unverified:
    if home is None:
        return _NEVER
    if isinstance(home.reading, Unverified):
        return home.reading
    if home.page is None:
        return _NO_PAGE
    return Tagged(title=site.name, url=str(site.url), tags=home.page.tags)


def _columns(ground: Ground, site: Site) -> tuple[Tagged, ...] | Unverified | NotApplicable:
    """Columns of the site whose first page was read, each address once."""
    found: dict[str, Tagged] = {}
    unread = False
    for key, column in sorted(ground.columns.items()):
        if column.site_id != site.id:
            continue
        reading = column.reading
        if isinstance(reading, Unverified) or reading.tags is None or reading.url is None:
            unread = unread or isinstance(reading, Unverified)
            continue
        if reading.linked_site is None:
            name = column.found_name or key.rpartition(".")[2]
            found.setdefault(reading.url, Tagged(title=name, url=reading.url, tags=reading.tags))
    if found:
        return tuple(found.values())
    if unread:
        return Unverified(code=Missing.NOT_REACHED, reason="没有读到栏目页")
    return NotApplicable("没有应查的栏目页")


def _articles(
    ground: Ground, pages: list[StoredPage]
) -> tuple[Tagged, ...] | Unverified | NotApplicable:
    """The newest pages of each column in turn, at most ``SAMPLE``: every template is among them."""
    if not ground.wants("missing-article-tags"):
        return NotApplicable("没有采用本规则")
    by_column: dict[str, list[StoredPage]] = defaultdict(list)
    read = False
    for page in pages:
        read = read or page.version_id is not None
        if page.version_id is None or page.published is None or page.outcome is Sight.UNVERIFIED:
            continue
        if page.kind in (PageKind.ARTICLE, PageKind.ENTRY) and (
            page.published >= ground.base.judge_from
            and page.unverified is None
            and "letter" not in page.parts
        ):
            by_column[page.column_key or ""].append(page)
    for some in by_column.values():
        some.sort(key=lambda p: (-p.published.toordinal() if p.published else 0, p.subject_key))
    in_turn = zip_longest(*(some for _, some in sorted(by_column.items())))
    chosen = [p for p in chain.from_iterable(in_turn) if p is not None][:SAMPLE]
    held = readings.some_pages(ground.ws.engine, (p.version_id for p in chosen if p.version_id))
    tagged = []
    for page in chosen:
        facts = held.get(page.version_id or 0)
        if facts is not None and facts.kind_confidence >= ground.base.min_confidence:
            tagged.append(Tagged(title=page.title or "", url=page.url, tags=facts.tags))
    if tagged:
        return tuple(tagged)
    if pages and not read:
        return Unverified(code=Missing.NOT_REACHED, reason="没有读到内容页")
    return NotApplicable("评判期内没有内容页")
