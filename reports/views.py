"""View models: what an output shows, already joined and decided, with nothing left to look up.

``services`` fill them; ``terminal`` and ``machine`` render them. Points are integers in hundredths,
coverage in hundredths of a percent, instants aware, texts in Chinese unless they are identifiers.
Text may come from the web and is not escaped here: each output escapes for its own medium.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from checks.declaration import Rule
from checks.model import Scope, Severity
from config.schema import UnitGroup
from reports.movement import SinceView, UnitTrend
from reports.waiver_lines import WaiverLine
from scorecards.life import FindingState

GROUPS = {
    UnitGroup.DEPARTMENT: "政府部门",
    UnitGroup.PARTY: "党委部门及群团",
    UnitGroup.TOWN: "乡镇场街道",
    UnitGroup.CITY: "市本级",
}


def said(subject_title: str, message: str, unit_short: str = "") -> str:
    """A message with its subject before it, unless the message names it already or it begins
    with the unit, which stands beside."""
    bare = _bare(subject_title)
    if not bare or bare in _bare(message) or (unit_short and subject_title.startswith(unit_short)):
        return message
    return f"{subject_title}：{message}"


def _bare(text: str) -> str:
    """A column's path reads 发展规划—工作计划 here and 发展规划 > 工作计划 there."""
    return re.sub(r"[\s>—]", "", text)


SEVERITIES = {Severity.SERIOUS: "严重", Severity.COMMON: "一般", Severity.HINT: "提示"}
SCOPES = {Scope.PAGE: "页面", Scope.COLUMN: "栏目", Scope.UNIT: "单位", Scope.SITE: "站点"}


class SiteState(StrEnum):
    DONE = "done"
    PARTIAL = "partial"
    """Ended at its window or its bound on requests: some subjects were left for the next night."""
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    UNREACHED = "unreached"
    """The site could not be read at all."""

    @property
    def label(self) -> str:
        return {
            "done": "完成",
            "partial": "部分完成",
            "running": "进行中",
            "interrupted": "中断",
            "unreached": "未能访问",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """One site's part of a scan."""

    site_id: str
    name: str
    url: str
    state: SiteState
    requests: int = 0
    pages: int = 0
    """Pages fetched and read, or found not modified."""
    not_reached: int = 0
    """未轮到: left for the next night."""
    unverified: int = 0
    """Subjects 未能核实."""
    reason: str = ""
    """Why it is not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLine:
    """The standard that a view rests on."""

    id: str
    title: str
    total: int = 10_000
    unconfirmed: bool = False
    """Some of its points have no official source."""
    note: str = ""
    classes: tuple[tuple[str, str], ...] = ()
    """Class id and label (更新不及时 …), in the order of the columns of the summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanMeta:
    """The scan that a view shows."""

    scan_id: int
    kind_title: str
    """周检, 月检 …"""
    as_of: datetime
    measured_from: datetime | None
    measured_to: datetime | None
    """When the oldest and the newest observation shown was made; ``None``: none was."""
    sites: tuple[SiteLine, ...]
    complete: bool = True
    trial_run: bool = False
    """试运行: shown for a look, counts for nothing."""
    city: str = ""

    @property
    def requests(self) -> int:
        return sum(s.requests for s in self.sites)

    @property
    def pages(self) -> int:
        return sum(s.pages for s in self.sites)

    @property
    def not_reached(self) -> int:
        return sum(s.not_reached for s in self.sites)

    @property
    def unverified(self) -> int:
        return sum(s.unverified for s in self.sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """One unit in the summary."""

    unit_id: str
    short: str
    group: UnitGroup
    rank: int | None
    """Within its group; ``None`` when it is not ranked."""
    ranked: int
    """Units ranked in its group."""
    score_high: int | None
    score_low: int | None
    coverage: int | None
    graded: bool
    reason: str = ""
    """Why it is not graded."""
    open: dict[str, int] = field(default_factory=dict)
    """Open certain problems by class id."""
    ahead: int = 0
    """Open certain problems of rules that do not count yet."""
    suspected: int = 0
    unverified: int = 0
    worst: str = ""
    """The problem that gives the most points back, in words; empty when there is none."""
    deadline: str = "未提醒"
    confirmed: bool = True
    """The list of units was confirmed by the office; otherwise listed, never ranked."""
    reminded: int = 0
    """Open ones whose time is running."""
    overdue: int = 0
    """Open ones not mended in time, also where a circular has named them since."""
    claimed: int = 0
    """Open ones that the unit says to have mended."""

    @property
    def problems(self) -> int:
        return sum(self.open.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    scan: ScanMeta
    standard: StandardLine
    rows: tuple[SummaryRow, ...]
    """Every unit of the scan, also those that are fine, not graded or not confirmed; in any order:
    ``ordered`` sorts them."""
    unattributed: int = 0
    """Pages that no unit could be told to answer for; counted and listed, never guessed."""
    unattributed_findings: int = 0
    missing_units: dict[UnitGroup, int] = field(default_factory=dict)
    """Units that the configuration still lacks, by group."""
    new: int | None = None
    rectified: int | None = None
    recurred: int | None = None
    """Against the previous scan; ``None`` when there was none."""
    database: str = ""
    since: SinceView | None = None
    """What changed since an earlier scan, where it was asked for."""
    contested: int = 0
    """Waivers that hold and that something speaks against: a person has to look."""

    def need_fixes(self) -> list[SummaryRow]:
        """Units with open problems, worst first: the lowest score, then the most problems. A unit
        without a grade comes after those with one."""
        rows = [r for r in self.rows if r.problems]
        return sorted(
            rows,
            key=lambda r: (
                not r.graded,
                r.score_high if r.score_high is not None else 1_000_000,
                -r.problems,
                r.unit_id,
            ),
        )

    def not_graded(self) -> list[SummaryRow]:
        """Units without a grade and without a known problem, the least covered first."""
        rows = [r for r in self.rows if not r.problems and not r.graded]
        return sorted(rows, key=lambda r: (r.coverage or 0, r.unit_id))

    def fine(self) -> list[SummaryRow]:
        return sorted(
            (r for r in self.rows if not r.problems and r.graded), key=lambda r: r.unit_id
        )

    def ordered(self) -> list[SummaryRow]:
        return [*self.need_fixes(), *self.not_graded(), *self.fine()]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One problem, as lists and ``show`` print it."""

    fingerprint: str
    short_id: str
    """The first characters of the fingerprint, enough to name it in a command."""
    unit_id: str | None
    unit_short: str
    """``未归属`` when no unit answers for it."""
    site_id: str
    rule_id: str
    rule_title: str
    class_id: str
    class_label: str
    severity: Severity
    state: FindingState
    subject_title: str
    message: str
    url: str | None
    path: str = ""
    snippet: str = ""
    evidence: str | None = None
    basis: tuple[str, ...] = ()
    """The official basis, one line each."""
    remedy: str = ""
    restores: int | None = None
    """Hundredths that come back if just this were mended; ``None`` when it is not scored."""
    restores_rule: int | None = None
    """What comes back when all of the unit's findings of its rule are mended."""
    deadline: str = "未提醒"
    measured_at: datetime | None = None
    unchanged_since: datetime | None = None
    first_found: datetime | None = None
    state_since: datetime | None = None
    times_recurred: int = 0
    pages: int = 1
    reason: str = ""
    """Why it is in its state (the reason of a revocation)."""
    actor: str = ""
    counts_from: date | None = None
    """The day from which its rule counts, where that is still to come: told, and costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One step in the life of a finding."""

    at: datetime
    title: str
    """In Chinese: 发现, 整改, 撤销（误报） …"""
    actor: str
    reason: str = ""
    scan_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MendedLine:
    """A rectification, before and after side by side."""

    at: datetime
    before: str | None
    """Digest of the record that showed the problem."""
    was: str
    """What stood there; empty where the problem was of a whole subject."""
    after: str | None
    """Digest of the record that shows what stands there now."""
    now: str
    """What stands there now, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDetailView:
    finding: FindingView
    events: tuple[EventLine, ...]
    mended: tuple[MendedLine, ...] = ()
    """Each time that it was mended, oldest first."""
    why: str = ""
    """Why the rule exists (from its documentation)."""
    trial_run: bool = False
    note: str = ""
    """What is to be known of it first, in Chinese: that it stands in no ledger."""
    standard: str = ""
    """Of one that stands in no ledger: the standard by which it was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedLine:
    rule_id: str
    rule_title: str
    subject_title: str
    url: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLine:
    """One expected column of a unit."""

    key: str
    name: str
    group: str
    site_name: str
    url: str | None
    state: str
    """In Chinese: 正常, 超期, 空白, 缺失, 未能核实, 转至其他网站 …"""
    fine: bool
    newest: date | None = None
    entries: int | None = None
    """``None`` when it was not read; never 0 for that."""
    found_name: str | None = None
    """The name on the site where it differs from the required one."""
    cadence: str = ""
    """半年内更新 …"""
    measured_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitView:
    row: SummaryRow
    name: str
    """Full name."""
    scan: ScanMeta
    standard: StandardLine
    arithmetic: tuple[str, ...]
    """The lines by which the score is recomputed by hand; empty when there is no score."""
    findings: tuple[FindingView, ...]
    """Open ones, those that give the most points back first."""
    suspected: tuple[FindingView, ...] = ()
    unverified: tuple[UnverifiedLine, ...] = ()
    columns: tuple[ColumnLine, ...] = ()
    rectified: int = 0
    """Findings of this unit that are mended."""
    revoked: int = 0
    pages: int = 0
    """Pages attributed to the unit."""
    trend: UnitTrend | None = None
    """Its last scans; ``None`` when it has no card."""
    waived: tuple[FindingView, ...] = ()
    """Findings that a waiver covers."""
    waivers: tuple[WaiverLine, ...] = ()
    """What is waived of it today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsView:
    """A list of findings, in the order given."""

    findings: tuple[FindingView, ...]
    total: int
    """How many there are in all; more than are listed when a limit was set."""
    trial_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnattributedPage:
    """A page that no unit could be told to answer for."""

    site_name: str
    title: str
    url: str
    source: str = ""
    """Source printed on the page; empty when there is none."""
    reason: str = ""
    """Why no unit was told: no source, unknown source, two matches (in Chinese)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnattributedView:
    pages: tuple[UnattributedPage, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardLine:
    scan_id: int
    standard_id: str
    as_of: datetime
    row: SummaryRow
    standard_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardsView:
    cards: tuple[ScorecardLine, ...]
    trial_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One scan in the list of scans."""

    scan: ScanMeta
    state: str
    """In Chinese: 完成, 未完成, 进行中."""
    started_at: datetime
    ended_at: datetime | None
    actor: str
    new: int = 0
    rectified: int = 0
    recurred: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsView:
    runs: tuple[RunLine, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleUse:
    """How one standard counts a rule; points in hundredths."""

    standard_id: str
    standard_title: str
    class_label: str
    points: int
    cap: int | None
    unconfirmed: bool = False
    since: date | None = None
    params: tuple[tuple[str, str], ...] = ()
    """Parameters that the standard sets: name and value."""
    of_sites: bool = False
    """The standard scores sites: ``class_label`` names the indicators, which have the points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """One rule with its documentation and the standards that count it."""

    rule: Rule
    uses: tuple[RuleUse, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    rules: tuple[RuleView, ...]
    """In the registry's order."""
