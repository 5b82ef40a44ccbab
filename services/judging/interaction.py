"""Letters, consultations, proposals and the columns that they stand in, laid before the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from checks import private
from checks.attribution import Names
from checks.case import ColumnCase
from checks.facts import ColumnState, Missing, Page, Unverified
from checks.interaction import (
    ChannelsCase,
    Consultation,
    ConsultationCase,
    LetterCase,
    Post,
    RoleCase,
    core,
    is_call,
    is_proposal_reply,
    is_result,
    period_end,
    proposal_of,
)
from checks.model import Scope, Subject
from checks.proof import months_before, read_whole
from checks.workdays import official
from config import interaction_words
from config.schema import ColumnRole, Config, ExpectedColumn, Site, SiteKind
from services.cases import NEVER_READ
from services.judging.ground import Ground
from storage.models import Sight
from storage.readings import StoredColumn, StoredPage
from storage.writer import tree_key

LETTER_RULES = (
    "unanswered-letter", "late-reply", "perfunctory-reply", "incomplete-reply", "asker-exposed",
)  # fmt: skip
HEADING = 30
"""Characters that a paragraph has at most which stands over a result."""
NOT_UNDERSTOOD = Unverified(code=Missing.READER, reason="没有读懂来信页面，不能确定有没有答复")
WINDOW = 12
"""Months of letters that the rules look at."""
SAME = 12
"""Letters that a question must have before another like it is called the same."""


def lay(ground: Ground) -> None:
    for site in ground.sites:
        columns = role_columns(ground, site)
        if ground.wants(*LETTER_RULES):
            for case in letter_cases(ground, site):
                ground.judge(case, case.fetched)
        if ground.wants("consultation-without-result"):
            for consultation in _consultations(ground, site, columns):
                ground.judge(consultation, consultation.fetched)
        if ground.wants("stale-letters", "missing-proposal-reply"):
            for role_case in _role_cases(ground, site, columns):
                ground.judge(role_case, role_case.fetched)
        if ground.wants("no-inquiry-channel", "few-surveys", "no-service-matters"):
            _channels(ground, site, columns)


# --- columns --------------------------------------------------------------------------------------


def role_columns(ground: Ground, site: Site) -> dict[str, ExpectedColumn]:
    """The site's columns that have a role, by key."""
    expected = ground.config.expected_columns(site.id, ground.today)
    return {column.key: column for column in expected if column.role is not None}


def _column_case(ground: Ground, expected: ExpectedColumn) -> ColumnCase:
    stored = ground.columns.get(expected.key)
    title = f"{expected.group}—{expected.name}" if expected.group else expected.name
    return ColumnCase(
        subject=Subject(
            scope=Scope.COLUMN,
            key=expected.key,
            site_id=expected.site_id,
            unit_id=expected.unit_id,
            title=title,
            url=_address(stored) or expected.url,
        ),
        expected=expected,
        state=stored.state if stored else ColumnState.UNVERIFIED,
        reading=stored.reading if stored else NEVER_READ,
        fetched=stored.fetched if stored else None,
    )


def _address(stored: StoredColumn | None) -> str | None:
    if stored is None or isinstance(stored.reading, Unverified):
        return None
    return stored.reading.url


def _role_cases(
    ground: Ground, site: Site, columns: Mapping[str, ExpectedColumn]
) -> Iterator[RoleCase]:
    for expected in columns.values():
        if ground.units is not None and expected.unit_id not in ground.units:
            continue
        case = _column_case(ground, expected)
        if expected.role is ColumnRole.LETTERS:
            yield RoleCase(subject=case.subject, role=expected.role, column=case)
        elif expected.role is ColumnRole.PROPOSALS:
            here, unread = _answered_here(ground, expected.key)
            yield RoleCase(
                subject=case.subject,
                role=expected.role,
                column=case,
                answered_here=here,
                unread=unread,
            )


def _answered_here(ground: Ground, key: str) -> tuple[frozenset[str], frozenset[str]]:
    """Addresses of a column's proposals whose own pages show a reply, and of those never read."""
    words = interaction_words.letters().proposals.on_page
    here, unread = set(), set()
    for page in ground.pages:
        title = (page.listed.title if page.listed else None) or page.title or ""
        if page.column_key != key or proposal_of(title) is None or is_proposal_reply(title):
            continue
        address = page.listed.url if page.listed else page.url
        if address is None:
            continue
        facts = _facts(page)
        if facts is None or facts.body is None:
            unread.add(address)
        elif any(word in facts.body.text for word in words):
            here.add(address)
    return frozenset(here), frozenset(unread)


def _channels(ground: Ground, site: Site, columns: Mapping[str, ExpectedColumn]) -> None:
    if site.kind is not SiteKind.PORTAL:
        return
    if ground.units is not None and site.operator not in ground.units:
        return
    by_role: dict[ColumnRole, list[ColumnCase]] = defaultdict(list)
    for expected in columns.values():
        if expected.role is not None:
            by_role[expected.role].append(_column_case(ground, expected))
    stored = ground.trees.get(tree_key(site.id, None))
    case = ChannelsCase(
        subject=Subject(
            scope=Scope.SITE,
            key=site.id,
            site_id=site.id,
            unit_id=site.operator,
            title=site.name,
            url=str(site.url),
        ),
        columns={role: tuple(cases) for role, cases in by_role.items()},
        tree=stored.reading if stored else NEVER_READ,
        fetched=stored.fetched if stored else None,
    )
    ground.judge(case, case.fetched)


# --- letters --------------------------------------------------------------------------------------


def _facts(page: StoredPage) -> Page | None:
    if page.unverified is not None or page.version_id is None or page.outcome is Sight.ABSENT:
        return None
    return page.load()


def _subject(page: StoredPage, title: str, unit: str | None) -> Subject:
    return Subject(
        scope=Scope.PAGE,
        key=page.subject_key,
        site_id=page.site_id,
        unit_id=unit,
        title=title,
        url=page.url,
    )


def letter_cases(ground: Ground, site: Site) -> Iterator[LetterCase]:
    """Every letter of a site that a judged unit answers for."""
    pages = (page for page in ground.pages if page.site_id == site.id)
    for case in letters_of(ground.config, ground.names, site, pages, ground.today):
        if ground.units is None or case.subject.unit_id in ground.units:
            yield case


def letters_of(
    config: Config, names: Names, site: Site, pages: Iterable[StoredPage], today: date
) -> Iterator[LetterCase]:
    """The letters among a site's pages; their titles name nobody."""
    calendar = official(config.city.workdays)
    columns = config.expected_columns(site.id, today)
    roles = {column.key: column.role for column in columns}
    said: set[str] = set()
    for page in pages:
        if page.outcome is Sight.ABSENT:
            continue
        if "letter" not in page.parts:
            if roles.get(page.column_key or "") is ColumnRole.LETTERS and _is_recent(page, today):
                title = (page.listed.title if page.listed else None) or page.title or "来信"
                subject = _subject(page, private.hide(title), page.unit_id)
                why = page.unverified or NOT_UNDERSTOOD
                yield LetterCase(subject=subject, post=why, fetched=page.fetched)
            continue
        facts = _facts(page)
        letter = facts.letter if facts is not None else None
        title = (page.listed.title if page.listed else None) or page.title or "来信"
        if letter is None:
            why = page.unverified or NEVER_READ
            subject = _subject(page, private.hide(title), page.unit_id)
            yield LetterCase(subject=subject, post=why, fetched=page.fetched)
            continue
        question = core(letter.question)
        post = Post(
            letter=letter,
            role=roles.get(page.column_key or ""),
            listed=page.listed,
            calendar=calendar,
            repeated=len(question) >= SAME and question in said,
        )
        said.add(question)
        shown = private.hide(letter.subject or title, letter.asker)
        unit = _answers(names, post, today) or page.unit_id
        yield LetterCase(subject=_subject(page, shown, unit), post=post, fetched=page.fetched)


def _is_recent(page: StoredPage, today: date) -> bool:
    """Not known to be older than what the rules on letters look at."""
    on = page.published or (page.listed.published if page.listed is not None else None)
    return on is None or on >= months_before(today, WINDOW)


def _answers(names: Names, post: Post, today: date) -> str | None:
    """The unit that answered a letter, or that it was sent to; ``None``: nobody can tell."""
    letter, listed = post.letter, post.listed
    for name in (letter.answered_by, letter.sent_to, listed.source if listed else None):
        unit = names.attribute(name, post.asked or today).unit_id if name else None
        if unit is not None:
            return unit
    return None


# --- consultations --------------------------------------------------------------------------------


def _consultations(
    ground: Ground, site: Site, columns: Mapping[str, ExpectedColumn]
) -> Iterator[ConsultationCase]:
    surveys = {key for key, column in columns.items() if column.role is ColumnRole.SURVEYS}
    if not surveys:
        return
    others: tuple[str, ...] | Unverified | None = None
    later: tuple[tuple[str, date | None], ...] = ()
    for page in ground.pages:
        if page.column_key not in surveys or page.outcome is Sight.ABSENT:
            continue
        title = page.title or (page.listed.title if page.listed else "")
        if not is_call(title) or (ground.units is not None and page.unit_id not in ground.units):
            continue
        if others is None:
            others = _results(ground, site, surveys)
            later = _later(ground, surveys)
        facts = _facts(page)
        seen: Consultation | Unverified
        if facts is None or facts.body is None:
            seen = page.unverified or Unverified(code=Missing.READER, reason="没有识别出正文")
        else:
            seen = Consultation(
                title=title,
                published=page.published or (page.listed.published if page.listed else None),
                ends=period_end(facts.body.text),
                answered_here=_tells_result(p.text for p in facts.body.paragraphs),
                others=others,
                later=later,
            )
        yield ConsultationCase(
            subject=_subject(page, title, page.unit_id), consultation=seen, fetched=page.fetched
        )


def _later(ground: Ground, surveys: set[str]) -> tuple[tuple[str, date | None], ...]:
    """What else stands in the columns of consultations: a result may be called anything."""
    return tuple(
        (entry.title, entry.published)
        for key in sorted(surveys)
        if (stored := ground.columns.get(key)) is not None
        and not isinstance(stored.reading, Unverified)
        for entry in stored.reading.entries
        if not is_call(entry.title) and not is_result(entry.title)
    )


def _tells_result(paragraphs: Iterable[str]) -> bool:
    words = interaction_words.letters().consultations.on_page
    return any(len(p) <= HEADING and any(word in p for word in words) for p in paragraphs)


def _results(ground: Ground, site: Site, surveys: set[str]) -> tuple[str, ...] | Unverified:
    """Titles on the site that tell a result, the columns of consultations read whole."""
    found: list[str] = []
    for key, stored in ground.columns.items():
        reading = stored.reading
        if isinstance(reading, Unverified):
            if key in surveys:
                return reading
            continue
        if key in surveys and not read_whole(reading):
            return Unverified(code=Missing.UNPROVEN, reason="征集调查栏目没有读到末页")
        if stored.site_id == site.id:
            found += [entry.title for entry in reading.entries if is_result(entry.title)]
    return tuple(found)
