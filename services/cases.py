"""Cases: what one scan knows, laid before the rules of a standard.

Belongs here: how stored observations become the cases that ``checks`` judges, and what is kept of
the answers. Nothing is fetched, nothing is recorded; ``services.judge`` does that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from checks.attribution import Names
from checks.case import ColumnCase, PageCase, SiteCase, UnitCase
from checks.facts import (
    ColumnState,
    DateState,
    Entry,
    Fetched,
    LinkBlock,
    LinkFate,
    LinkState,
    Missing,
    Page,
    PageKind,
    Unverified,
)
from checks.model import Context, Finding, Outcome, OutcomeKind, Scope, Subject
from checks.proof import read_whole
from checks.registry import RULES, Rule, select, settings_of
from checks.runner import judge_column, judge_page, judge_site, judge_unit, of_articles
from checks.templates import merge_template_faults
from config.schema import (
    Config,
    ExpectedColumn,
    Site,
    SiteKind,
    Standard,
    Unit,
    UnitGroup,
)
from services.standing import Standing, kept, since
from services.workspace import shanghai_day
from storage import readings
from storage.allowed import Allowed
from storage.findings import StoredFinding
from storage.models import ScanRow, Sight
from storage.writer import tree_key

BUDGET_RULE = "missing-budget"
NEVER_READ = Unverified(code=Missing.NOT_REACHED, reason="本次检测没有轮到")


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What stands at a subject now, for what was mended: before and after, side by side."""

    words: str
    """In Chinese."""
    evidence: str | None
    """Digest of the record that shows it."""


@dataclass(slots=True)
class Judgement:
    """What the rules said of everything that one scan knows."""

    findings: dict[str, Finding] = field(default_factory=dict)
    """Template faults merged; by fingerprint."""
    measured: dict[str, datetime] = field(default_factory=dict)
    """When the subject of each finding was last fetched, by fingerprint."""
    spoken: list[Outcome] = field(default_factory=list)
    """Outcomes with something to say: unverified, not applicable (columns), suspected, remarks."""
    tallies: dict[tuple[str, str, str], Counter[OutcomeKind]] = field(default_factory=dict)
    """By unit (empty: nobody's), site and rule."""
    outcomes: dict[str, list[Outcome]] = field(default_factory=lambda: defaultdict(list))
    """By unit, as few as coverage needs: one for each subject, and all that are 未能核实."""
    fresh: set[tuple[str, str]] = field(default_factory=set)
    """(rule, subject) that this scan fetched and could judge."""
    reached: set[str] = field(default_factory=set)
    """Units of which this scan itself read something."""
    unsettled: set[str] = field(default_factory=set)
    """Fingerprints that could be neither found nor ruled out."""
    not_reached: Counter[str] = field(default_factory=Counter)
    """Pages 未轮到 that were never read, by unit."""
    pages: Counter[str] = field(default_factory=Counter)
    now: dict[str, Callable[[], Now]] = field(default_factory=dict)
    """What columns show, and pages of which something stands open, by subject key; worked out for
    the few that are asked for."""
    unattributed: int = 0


class Judge:
    """One judging: the rules of a standard over the facts of one scan."""

    def __init__(
        self,
        config: Config,
        standard: Standard,
        scan: ScanRow,
        judge_from: date,
        subjects: frozenset[str] | None = None,
        allowed: Allowed | None = None,
    ):
        """``subjects``: keys of the only subjects that are judged (a re-check). ``allowed``: what is
        not to be raised."""
        self.config = config
        self.standard = standard
        self.scan = scan
        self.only: frozenset[str] | None = scan_units(scan)
        self.subjects = subjects
        self.allowed = allowed or Allowed()
        self.today = shanghai_day(scan.as_of)
        self.rules: tuple[Rule, ...] = select(standard.rules)
        self.settings = settings_of(standard)
        self.base = Context(
            as_of=scan.as_of,
            today=self.today,
            judge_from=judge_from,
            min_confidence=standard.min_confidence,
        )
        self.result = Judgement()
        self._units = {u.id: u for u in config.units}
        self._dead_blocks: dict[str, bool] = {}
        """By digest, of the site at hand."""

    # --- columns, units, sites --------------------------------------------------------------------

    def columns(
        self,
        site: Site,
        stored: Mapping[str, readings.StoredColumn],
        trees: Mapping[str, readings.StoredTree],
        article_date: Callable[[str], date | None],
    ) -> None:
        """The expected columns of one site, and the catalogues of its units."""
        by_owner: dict[str, list[ColumnCase]] = defaultdict(list)
        for expected in self._expected(site):
            case = self._column_case(expected, stored.get(expected.key), article_date)
            by_owner[expected.owner_id].append(case)
            # An absent column was not fetched itself: its tree says whether it was looked for.
            here = self._in_scan(case.fetched) and case.state is not ColumnState.UNVERIFIED
            for outcome in judge_column(case, self.rules, self.base, self.settings):
                self._take(outcome, fresh=here and _settled(outcome))
        for owner, cases in by_owner.items():
            key = tree_key(site.id, owner if site.kind is SiteKind.PLATFORM else None)
            self._catalogue(site, owner, tuple(cases), trees.get(key))

    def _expected(self, site: Site) -> Iterator[ExpectedColumn]:
        for expected in self.config.expected_columns(site.id, self.today):
            if self._wants(expected.key) and (self.only is None or expected.unit_id in self.only):
                yield expected

    def _wants(self, key: str) -> bool:
        return self.subjects is None or key in self.subjects

    def _column_case(
        self,
        expected: ExpectedColumn,
        stored: readings.StoredColumn | None,
        article_date: Callable[[str], date | None],
    ) -> ColumnCase:
        subject = Subject(
            scope=Scope.COLUMN,
            key=expected.key,
            site_id=expected.site_id,
            unit_id=expected.unit_id,
            title=self._column_title(expected),
            url=_address(stored) or expected.url,
        )
        if stored is None:
            return ColumnCase(
                subject=subject,
                expected=expected,
                state=ColumnState.UNVERIFIED,
                reading=NEVER_READ,
                fetched=None,
            )
        self.result.now[expected.key] = partial(_column_now, stored)
        dates: dict[str, object] = {}
        if not isinstance(stored.reading, Unverified):
            dates = {
                e.url: day
                for e in stored.reading.entries
                if e.date_state is not DateState.READ and (day := article_date(e.url)) is not None
            }
        return ColumnCase(
            subject=subject,
            expected=expected,
            state=stored.state,
            reading=stored.reading,
            fetched=stored.fetched,
            match=stored.match,
            found_name=stored.found_name,
            previous_entries=stored.previous_entries,
            previous_shape=stored.previous_shape,
            article_dates=dates,
        )

    def _column_title(self, expected: ExpectedColumn) -> str:
        path = f"{expected.group}—{expected.name}" if expected.group else expected.name
        if expected.owner_id == expected.unit_id:
            return path
        owner = self._units.get(expected.owner_id)
        return f"{owner.short}：{path}" if owner and owner.group is UnitGroup.CITY else path

    def _catalogue(
        self,
        site: Site,
        owner_id: str,
        columns: tuple[ColumnCase, ...],
        stored: readings.StoredTree | None,
    ) -> None:
        owner = self._units[owner_id]
        answers = owner.responsible or owner.id
        case = UnitCase(
            subject=Subject(
                scope=Scope.UNIT,
                key=f"{site.id}/{owner.id}",
                site_id=site.id,
                unit_id=answers,
                title=f"{owner.short}公开目录"
                if site.kind is SiteKind.PLATFORM
                else f"{site.name}栏目",
                url=None
                if stored is None or isinstance(stored.reading, Unverified)
                else stored.reading.root,
            ),
            tree=stored.reading if stored else NEVER_READ,
            columns=columns,
            fetched=stored.fetched if stored else None,
        )
        for outcome in judge_unit(case, self._but(BUDGET_RULE), self.base, self.settings):
            fresh = _settled(outcome) and self._in_scan(case.fetched)
            self._take(outcome, fresh=fresh)
            if fresh:
                self.result.fresh |= {(outcome.rule_id, c.subject.key) for c in columns}

    def budgets(
        self,
        site: Site,
        stored: Mapping[str, readings.StoredColumn],
        names: Names,
        standing: Standing,
    ) -> None:
        """The budget duty of the party bodies, on the portal's budget column.

        What stands open of years before the judged period is judged again, as on pages: a new
        year mends nothing.
        """
        if site.budget_column is None:
            return
        column = stored.get(f"{site.id}/{site.budget_column}")
        rules = tuple(r for r in self.rules if r.id == BUDGET_RULE)
        for unit in self.config.units:
            if unit.group is not UnitGroup.PARTY or not unit.valid_on(self.today):
                continue
            if self.only is not None and unit.id not in self.only:
                continue
            if not self._wants(f"{site.id}/{unit.id}"):
                continue
            case = UnitCase(
                subject=Subject(
                    scope=Scope.UNIT,
                    key=f"{site.id}/{unit.id}",
                    site_id=site.id,
                    unit_id=unit.id,
                    title=f"{unit.short}预决算",
                    url=_address(column),
                ),
                tree=NEVER_READ,
                columns=(),
                budget=self._budget_entries(unit, column, names),
                fetched=column.fetched if column else None,
            )
            if column is not None:
                self.result.now[case.subject.key] = partial(_column_now, column)
            for outcome in self._with_older(case, rules, standing.get(case.subject.key, {})):
                self._take(outcome, fresh=_settled(outcome) and self._in_scan(case.fetched))

    def _with_older(
        self, case: UnitCase, rules: tuple[Rule, ...], standing: Mapping[str, StoredFinding]
    ) -> tuple[Outcome, ...]:
        outcomes = judge_unit(case, rules, self.base, self.settings)
        first = since(standing, self.base.judge_from)
        if first >= self.base.judge_from:
            return outcomes
        longer = judge_unit(case, rules, replace(self.base, judge_from=first), self.settings)
        return tuple(kept(was, now, standing) for now, was in zip(outcomes, longer, strict=True))

    def _budget_entries(
        self, unit: Unit, column: readings.StoredColumn | None, names: Names
    ) -> tuple[Entry, ...] | Unverified:
        if column is None:
            return NEVER_READ
        if isinstance(column.reading, Unverified):
            return column.reading
        if not read_whole(column.reading):
            return Unverified(code=Missing.UNPROVEN, reason="部门预决算专栏没有读到末页")
        return tuple(
            e
            for e in column.reading.entries
            if names.budget_owner(e.title, e.published or self.today).unit_id == unit.id
            or names.attribute(e.source, e.published or self.today).unit_id == unit.id
        )

    def home(self, site: Site, stored: readings.StoredHome | None) -> None:
        subject = self._operator(site)
        case = SiteCase(
            subject=subject,
            home=stored.reading if stored else NEVER_READ,
            fetched=stored.fetched if stored else None,
        )
        for outcome in judge_site(case, self.rules, self.base, self.settings):
            self._take(outcome, fresh=_settled(outcome) and self._in_scan(case.fetched))

    def _operator(self, site: Site) -> Subject:
        return Subject(
            scope=Scope.SITE,
            key=site.id,
            site_id=site.id,
            unit_id=site.operator,
            title=site.name,
            url=str(site.url),
        )

    # --- pages ------------------------------------------------------------------------------------

    def pages(
        self,
        site: Site,
        pages: Iterable[readings.StoredPage],
        fates: Mapping[str, LinkFate],
        open_pages: Standing,
        *,
        complete: bool,
    ) -> None:
        """Articles and entries of one site.

        ``open_pages``: the open findings of page rules by subject key. What stands open is judged
        again even where the page has meanwhile left the period that is judged. ``complete``: the
        site was crawled to its end.
        """
        known = 0
        self._dead_blocks.clear()
        raw: list[tuple[Finding, datetime | None]] = []
        outside: list[Finding] = []
        for page in pages:
            unit = page.unit_id or ""
            if page.subject_key in open_pages:
                self.result.now[page.subject_key] = partial(_page_now, page)
            if page.outcome is Sight.ABSENT:  # taken down: so were its faults
                self.result.fresh |= {(r.id, page.subject_key) for r in self.rules}
                continue
            if page.unit_id is None:
                self.result.unattributed += 1
            self.result.pages[unit] += 1
            if page.unverified is not None and page.unverified.code is Missing.NOT_REACHED:
                self.result.not_reached[unit] += 1
                self._owed(page, page.unverified)
                continue
            at = page.fetched.at if page.fetched else None
            known += page.unverified is None and page.kind in (PageKind.ARTICLE, PageKind.ENTRY)
            found, older = self._page(page, fates, set(open_pages.get(page.subject_key, ())))
            raw += [(finding, at) for finding in found]
            outside += older
        if self.subjects is not None:
            # A few pages show no template: of what lies outside their bodies only what is known
            # already is seen again.
            for finding, at in raw:
                standing = open_pages.get(finding.subject.key, {})
                if finding.in_body or finding.fingerprint in standing:
                    self._keep(finding, at or self.scan.as_of)
            return
        if complete and known:
            self._templates(site, fates, open_pages.get(site.id, {}))
        when = {f.fingerprint: at for f, at in raw}
        old = {finding.fingerprint for finding in outside}
        candidates = [*(f for f, _ in raw), *outside]
        for finding in merge_template_faults(candidates, known, self._operator(site)):
            if finding.fingerprint in old:
                continue  # no template's, and the page is not of the judged period
            if self._is_allowed(finding):
                self.result.unsettled.add(finding.fingerprint)
                continue
            at = when.get(finding.fingerprint) or self.scan.as_of
            self._keep(finding, at)

    def _templates(
        self, site: Site, fates: Mapping[str, LinkFate], standing: Mapping[str, StoredFinding]
    ) -> None:
        """Which of the standing template faults this scan could judge: the target was looked at,
        or nothing links to it any more."""
        for stored in standing.values():
            fate = fates.get(stored.what.split(" @ ")[0])
            if fate is None or fate.state is not LinkState.UNVERIFIED:
                self.result.fresh.add((stored.rule_id, site.id))

    def _owed(self, page: readings.StoredPage, why: Unverified) -> None:
        """A page of the judged period that was never reached is a subject 未能核实 as any other; it
        is counted, and listed as 未轮到."""
        day = _dated(page)
        if day is None or day < self.base.judge_from:
            return
        subject = self._page_subject(page)
        self.result.outcomes[page.unit_id or ""] += [
            Outcome(
                rule_id=rule.id,
                subject=subject,
                kind=OutcomeKind.UNVERIFIED,
                reason=why.reason,
                unverified=why,
            )
            for rule in self.rules
            if of_articles(rule)
        ]

    def _page_subject(self, page: readings.StoredPage) -> Subject:
        return Subject(
            scope=Scope.PAGE,
            key=page.subject_key,
            site_id=page.site_id,
            unit_id=page.unit_id,
            title=page.title or page.url or page.subject_key,
            url=page.url,
        )

    def _page(
        self, page: readings.StoredPage, fates: Mapping[str, LinkFate], standing: set[str]
    ) -> tuple[list[Finding], list[Finding]]:
        """Its findings, and where it lies outside the judged period those outside its body: what a
        template repeats is told from all pages, or there would be no template in January."""
        facts = page.unverified if page.unverified is not None else page.load()
        case = PageCase(
            subject=self._page_subject(page),
            page=facts,
            fetched=page.fetched,
            listed=page.listed,
            dated=_dated(page),
            fates=fates,
        )
        outcomes = self._struck(judge_page(case, self.rules, self.base, self.settings, page.hits))
        if any(o.kind is not OutcomeKind.NOT_APPLICABLE for o in outcomes):
            return self._page_outcomes(page, facts, outcomes, only=None), []
        blocked = isinstance(facts, Page) and any(
            self._holds_dead(digest, block, fates)
            for digest, block in zip(page.blocks, facts.blocks, strict=True)
        )
        if not standing and not blocked:
            return self._page_outcomes(page, facts, outcomes, only=None), []
        always = replace(self.base, judge_from=date.min)
        anyway = self._struck(judge_page(case, self.rules, always, self.settings, page.hits))
        outside = [
            f for o in anyway for f in o.findings if not f.in_body and f.fingerprint not in standing
        ]
        judged = anyway if standing else outcomes
        return self._page_outcomes(page, facts, judged, only=standing), outside

    def _holds_dead(self, digest: str, block: LinkBlock, fates: Mapping[str, LinkFate]) -> bool:
        """A link block holds a dead target (worked out once: pages share their blocks)."""
        if digest not in self._dead_blocks:
            states = (fate.state for link in block.links if (fate := fates.get(link.url)))
            self._dead_blocks[digest] = LinkState.DEAD in states
        return self._dead_blocks[digest]

    def _page_outcomes(
        self,
        page: readings.StoredPage,
        facts: Page | Unverified,
        outcomes: Iterable[Outcome],
        only: set[str] | None,
    ) -> list[Finding]:
        found = []
        here = not page.carried and page.outcome in (Sight.FETCHED, Sight.NOT_MODIFIED)
        bodiless = isinstance(facts, Page) and facts.body is None
        for outcome in outcomes:
            # Where no body was recognised, nobody knows that one of its links is gone.
            blind = bodiless and "fates" in RULES[outcome.rule_id].needs
            self._count(outcome, fresh=here and not blind and _settled(outcome))
            found += [f for f in outcome.findings if only is None or f.fingerprint in only]
        return found

    # --- keeping ----------------------------------------------------------------------------------

    def _but(self, rule_id: str) -> tuple[Rule, ...]:
        return tuple(r for r in self.rules if r.id != rule_id)

    def _in_scan(self, fetched: Fetched | None) -> bool:
        """Measured by this scan itself, not carried over from an earlier one."""
        return fetched is not None and fetched.at >= self.scan.started_at

    def take(self, outcome: Outcome, fetched: Fetched | None) -> None:
        """What a family's layer made (``services.judging``); ``fetched``: when what it rests on was
        read."""
        self._take(outcome, fresh=_settled(outcome) and self._in_scan(fetched))

    def _is_allowed(self, finding: Finding) -> bool:
        return self.allowed.of(finding.rule_id, finding.what, finding.subject.key) is not None

    def _struck(self, outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
        """What rules said, less what the allow-list covers. That neither finds nor mends anything: a
        standing finding of it is left as it is."""
        return tuple(self._without_allowed(outcome) for outcome in outcomes)

    def _without_allowed(self, outcome: Outcome) -> Outcome:
        struck = tuple(f for f in outcome.findings if self._is_allowed(f))
        if not struck:
            return outcome
        kept = tuple(f for f in outcome.findings if f not in struck)
        kind = OutcomeKind.FINE
        if kept:
            sure = any(not f.suspected for f in kept)
            kind = OutcomeKind.FINDING if sure else OutcomeKind.SUSPECTED
        return replace(
            outcome,
            kind=kind,
            reason=outcome.reason or f"已列入允许清单 {len(struck)} 处",
            findings=kept,
            unsettled=(*outcome.unsettled, *(f.fingerprint for f in struck)),
        )

    def _take(self, outcome: Outcome, *, fresh: bool) -> None:
        outcome = self._without_allowed(outcome)
        self._count(outcome, fresh=fresh)
        for finding in outcome.findings:
            self._keep(finding, None)

    def _keep(self, finding: Finding, at: datetime | None) -> None:
        self.result.findings[finding.fingerprint] = finding
        self.result.measured[finding.fingerprint] = at or self.scan.as_of

    def _count(self, outcome: Outcome, *, fresh: bool) -> None:
        subject, result = outcome.subject, self.result
        unit = subject.unit_id or ""
        place = (unit, subject.site_id, outcome.rule_id)
        result.tallies.setdefault(place, Counter())[outcome.kind] += 1
        result.unsettled |= set(outcome.unsettled)
        if fresh:
            result.fresh.add((outcome.rule_id, subject.key))
            result.reached.add(unit)
        silent = outcome.kind is OutcomeKind.NOT_APPLICABLE and subject.scope is Scope.PAGE
        plain = outcome.kind is OutcomeKind.FINE and not outcome.reason
        if not (plain or silent or outcome.kind is OutcomeKind.FINDING):
            result.spoken.append(outcome)
        mine = result.outcomes[unit]
        if outcome.kind is OutcomeKind.UNVERIFIED or not (
            mine and mine[-1].subject.key == subject.key and _decided(mine[-1])
        ):
            mine.append(outcome)


def _column_now(stored: readings.StoredColumn) -> Now:
    evidence = stored.fetched.evidence if stored.fetched else None
    reading = stored.reading
    if isinstance(reading, Unverified):
        return Now(words="没有读到", evidence=evidence)
    newest = max((e for e in reading.entries if e.published), key=_published, default=None)
    words = f"栏目中有 {len(reading.entries)} 条信息"
    if newest is not None:
        words += f"，最新一条 {_published(newest).isoformat()}《{newest.title[:60]}》"
    return Now(words=words, evidence=evidence)


def _published(entry: Entry) -> date:
    return entry.published or date.min


def _page_now(page: readings.StoredPage) -> Now:
    if page.outcome is Sight.ABSENT:
        return Now(words="页面已经撤下", evidence=None)
    evidence = page.fetched.evidence if page.fetched else None
    words = f"页面《{(page.title or page.url or '')[:60]}》"
    if page.published is not None:
        words += f"，发布日期 {page.published.isoformat()}"
    return Now(words=words, evidence=evidence)


def _decided(outcome: Outcome) -> bool:
    """The rule could say yes or no."""
    return outcome.kind not in (OutcomeKind.UNVERIFIED, OutcomeKind.NOT_APPLICABLE)


def _settled(outcome: Outcome) -> bool:
    """The rule could say yes or no of everything but what it named as unsettled."""
    return _decided(outcome) or bool(outcome.unsettled)


def _dated(page: readings.StoredPage) -> date | None:
    """The publish date of a page as far as it is known without reading it now."""
    if page.published is not None:
        return page.published
    return page.listed.published if page.listed is not None else None


def _address(column: readings.StoredColumn | None) -> str | None:
    if column is None or isinstance(column.reading, Unverified):
        return None
    return column.reading.url


def scan_units(scan: ScanRow) -> frozenset[str] | None:
    """The units that a scan was restricted to; ``None``: all."""
    units = scan.note.get("units")
    return frozenset(units) if units is not None else None
