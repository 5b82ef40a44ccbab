"""``xunjian add``: what a person or a leader found by hand is recorded as a finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.byhand import KINDS, WHOLE_COLUMN, identity
from checks.life import Event, EventKind
from checks.model import Finding, Scope, Subject, fingerprint
from checks.registry import RULES
from config.schema import Config, ExpectedColumn, Site, SiteKind, Unit
from crawler.scope import Scope as Hosts
from crawler.urls import canonical
from scorecards.life import FindingState, Life, fold
from services.acting import one_line
from services.waivers import apply
from services.workspace import UsageError, Workspace, end_of_day, shanghai_day
from storage import findings as ledger
from storage import lookups, waivers

LONGEST_MESSAGE = 300
HAND = "hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of a record."""

    fingerprint: str
    new: bool
    recurred: bool
    state: FindingState
    """As it stands now."""
    message: str
    """As it was first recorded."""
    unit: Unit
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.new or self.recurred


def add(
    ws: Workspace,
    unit: Unit,
    *,
    kind: str,
    message: str,
    url: str | None = None,
    column: str | None = None,
    reason: str = "",
    found: date | None = None,
    now: datetime,
) -> Added:
    """Record a problem of ``unit``; ``kind``: a word of ``checks.byhand.KINDS``.

    The same problem again changes nothing, unless it was rectified: then it has come back. Raises
    ``UsageError`` for what cannot be recorded.
    """
    rule = RULES[KINDS[kind]]
    message = one_line(message, "--message", LONGEST_MESSAGE)
    reason = one_line(reason, "--reason") if reason else ""
    at = _instant(found, now)
    day = shanghai_day(at)
    _must_exist(ws.config, unit, day)
    address = _address(url)
    chosen = _column(ws.config, unit, column, day) if column else None
    subject, evidence = _subject(ws, unit, rule.id, chosen, address, at)
    what = identity(rule.id, subject.scope, message, address)
    finding = Finding(
        fingerprint=fingerprint(rule.id, subject.key, what),
        rule_id=rule.id,
        subject=subject,
        what=what,
        message=message,
        path="",
        snippet="",
        url=address or subject.url,
        suspected=False,
        evidence=evidence,
    )
    return _record(ws, finding, unit, at, reason, now)


def _record(
    ws: Workspace, finding: Finding, unit: Unit, at: datetime, reason: str, now: datetime
) -> Added:
    mark = finding.fingerprint
    life = _stands(ws, mark, now)
    kind = EventKind.FOUND
    if life is not None:
        if life.state is not FindingState.RECTIFIED:
            return _said(ws, finding, unit, life, new=False, recurred=False)
        kind = EventKind.RECURRED
        if life.rectified_at is not None and at <= life.rectified_at:
            raise UsageError(
                f"问题 {mark[:8]} 已于 {shanghai_day(life.rectified_at).isoformat()} 整改，"
                f"发现日期 {shanghai_day(at).isoformat()} 在此之前：是整改以后又发现的，请改 --found"
            )
    event = Event(
        kind=kind,
        at=at,
        recorded_at=now,
        scan_id=None,
        actor=ws.actor,
        reason=reason,
        data={"evidence": finding.evidence, "suspected": False, "snippet": "", "source": HAND},
    )
    ledger.add_finding(ws.engine, finding, event, HAND)
    apply(ws, waivers.load(ws.engine, finding.subject.unit_id), now=now, marks={mark})
    again = kind is EventKind.RECURRED
    return _said(ws, finding, unit, _stands(ws, mark, now), new=not again, recurred=again)


def _stands(ws: Workspace, mark: str, now: datetime) -> Life | None:
    stored = ledger.open_state(ws.engine).get(mark)
    return fold(stored.events, max([now, *(e.at for e in stored.events)])) if stored else None


def _said(
    ws: Workspace, finding: Finding, unit: Unit, life: Life | None, *, new: bool, recurred: bool
) -> Added:
    seen = ledger.last_sightings(ws.engine, [finding.fingerprint]).get(finding.fingerprint)
    warnings = []
    if not unit.confirmed:
        warnings.append(f"{unit.short}还没有核对（units.yaml 的 confirmed），不会提醒、通报")
    return Added(
        fingerprint=finding.fingerprint,
        new=new,
        recurred=recurred,
        state=life.state if life else FindingState.OPEN,
        message=seen.finding.message if seen else finding.message,
        unit=unit,
        warnings=tuple(warnings),
    )


def _instant(found: date | None, now: datetime) -> datetime:
    if found is None or found == shanghai_day(now):
        return now
    if found > shanghai_day(now):
        raise UsageError(f"--found {found.isoformat()} 在今天之后：请写发现问题的日期")
    return end_of_day(found)


def _must_exist(config: Config, unit: Unit, day: date) -> None:
    if unit.valid_on(day):
        return
    heirs = [u.short for u in config.heirs(unit.id, day) if u.id != unit.id]
    more = f"，请记在 {'、'.join(heirs)} 名下" if heirs else ""
    raise UsageError(f"{day.isoformat()} 时没有“{unit.short}”这个单位{more}")


def _address(url: str | None) -> str | None:
    if url is None:
        return None
    found = canonical(url.strip())
    if found is None:
        raise UsageError(f"--url “{url[:80]}”不是网址：请从浏览器地址栏复制，以 http 开头")
    return found


def _column(config: Config, unit: Unit, name: str, day: date) -> ExpectedColumn:
    """The unit's column of that key, name, accepted variant or 组—名. Raises ``UsageError``."""
    text = name.strip()
    own = [
        column
        for site in config.sites
        for column in config.expected_columns(site.id, day)
        if unit.id in (column.unit_id, column.owner_id)
    ]
    for names in (
        lambda c: (c.key, c.key.partition("/")[2]),
        lambda c: (c.name, f"{c.group}—{c.name}", f"{c.group}>{c.name}", f"{c.group} > {c.name}"),
        lambda c: c.variants,
    ):
        found = [c for c in own if text in names(c)]
        if len(found) > 1:
            some = "、".join(c.key for c in found[:10])
            raise UsageError(f"{unit.short}有几个栏目叫“{text}”，请写编号：{some}")
        if found:
            return found[0]
    raise UsageError(
        f"{unit.short}没有栏目“{text[:80]}”：用 xunjian show {unit.short} 查看该单位的栏目；"
        "名单里没有的栏目，不写 --column，把名称写在 --message 里"
    )


def _subject(
    ws: Workspace,
    unit: Unit,
    rule_id: str,
    column: ExpectedColumn | None,
    url: str | None,
    at: datetime,
) -> tuple[Subject, str | None]:
    """What the record is about, and the digest of the page as it was last read by then.

    Late or missing is said of a column; content and layout of a page. Where neither is known it is
    the unit that the record is about.
    """
    config = ws.config
    hosts, home = Hosts(config.sites), _home_of(config, unit)
    # Sites may share a host.
    site_id = home.id if url and hosts.owns(home.id, url) else hosts.site_of(url) if url else None
    if url and site_id is None:
        raise UsageError(
            f"--url {url[:80]} 不在配置的网站上：请检查网址，或在 sites.yaml 的 hosts 里加上"
        )
    page = lookups.page_at(ws.engine, url, at) if url else None
    if column is not None and (rule_id in WHOLE_COLUMN or page is None):
        subject = Subject(
            scope=Scope.COLUMN,
            key=column.key,
            site_id=column.site_id,
            unit_id=column.unit_id,
            title=f"{column.group}—{column.name}" if column.group else column.name,
            url=url or column.url,
        )
        return subject, page.evidence if page else None
    if page is not None and rule_id not in WHOLE_COLUMN:
        subject = Subject(
            scope=Scope.PAGE,
            key=page.key,
            site_id=page.site_id,
            unit_id=unit.responsible or unit.id,
            title=page.title or page.url,
            url=url,
        )
        return subject, page.evidence
    site = config.site(site_id) if site_id else home
    subject = Subject(
        scope=Scope.UNIT,
        key=f"{site.id}/{unit.id}",
        site_id=site.id,
        unit_id=unit.responsible or unit.id,
        title=unit.short,
        url=url,
    )
    return subject, page.evidence if page else None


def _home_of(config: Config, unit: Unit) -> Site:
    """The site on which a unit is looked for first: where its catalogue stands, else the portal."""
    wanted = SiteKind.PLATFORM if unit.catalogue is not None else SiteKind.PORTAL
    return next((s for s in config.sites if s.kind is wanted), config.sites[0])
