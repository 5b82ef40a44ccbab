"""The year-end assessment as views, and its derivation line by line (``reports.assessed`` prints them).

Every line of arithmetic is an expression over the values of earlier lines, and its result; a person
with a calculator, rounding half up to two decimals after each line, comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from checks.registry import RULES
from config.assessment import Assessment
from scorecards.assess import (
    DeductionPart,
    KindPart,
    Occasion,
    RectificationPart,
    SettledTask,
    UnitResult,
)
from scorecards.score import points_text

KINDS = {
    "spot": "日常抽查",
    "weekly": "周检",
    "monthly": "月检",
    "quarterly": "季检",
    "annual": "年终检测",
}
DEDUCTIONS = {
    "repeats": "反弹",
    "circulars": "通报",
    "third_party": "第三方检测发现",
    "prefecture": "设区市检查发现",
    "province": "省检查发现",
}
SHORT = 8


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called."""

    units: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[int, str] = field(default_factory=dict)
    """Fingerprints by id."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Rule ids by fingerprint."""

    def unit(self, unit_id: str) -> str:
        return self.units.get(unit_id, unit_id)

    def finding(self, number: int) -> str:
        return self.findings.get(number, "")[:SHORT] or "?"

    def rule(self, number: int) -> str:
        rule_id = self.rules.get(self.findings.get(number, ""), "")
        rule = RULES.get(rule_id)
        return rule.title if rule else rule_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentView:
    """The table of a year: units by group, ranked ones first."""

    city: str
    year: int
    first: date
    last: date
    standard_id: str
    standard_title: str
    settings: Assessment
    trial_run: bool
    warnings: tuple[str, ...]
    results: tuple[UnitResult, ...]
    names: Names


@dataclass(frozen=True, slots=True)
class DerivationView:
    """One unit's line of the table, derived."""

    table: AssessmentView
    result: UnitResult


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation: words, and where something is calculated, the expression and its value."""

    words: str
    expression: str = ""
    value: int | None = None
    """Hundredths."""
    level: int = 1
    """0: a heading; 1 or 2: indented that deep."""

    @property
    def text(self) -> str:
        if self.value is None:
            return self.words
        worked = f"{self.expression} = " if self.expression else ""
        return f"{self.words}：{worked}{points_text(self.value)}"


def iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def remark(view: AssessmentView, result: UnitResult) -> str:
    """What must be said beside a unit's line."""
    words = [result.reason] if result.reason else []
    if result.last < view.last.toordinal():
        heirs = "、".join(view.names.unit(u) for u in result.heirs)
        words.append(f"已并入 {heirs}" if heirs else "已撤销，没有写明并入哪个单位")
        if result.left_open:
            words.append(
                f"尚未整改的 {len(result.left_open)} 个问题" + (f"由 {heirs} 接办" if heirs else "")
            )
    if result.predecessors:
        words.append("由 " + "、".join(view.names.unit(u) for u in result.predecessors) + " 并入")
    return "；".join(words)


def derivation(view: AssessmentView, result: UnitResult) -> Iterator[Step]:
    """The lines by which a person recomputes a unit's total."""
    names = view.names
    yield Step(f"考评期 {iso(result.first)} 至 {iso(result.last)}", level=0)
    if said := remark(view, result):
        yield Step(said)
    if result.left_open:
        listed = "、".join(sorted(names.finding(n) for n in result.left_open))
        yield Step(f"尚未整改的问题：{listed}")
    if result.kinds or result.missed:
        yield from _scanned(view, result)
    if result.total is None or result.scans is None or result.base is None:
        return
    yield from _rectified(view, result.rectification)
    yield Step("三、扣分", level=0)
    for part in result.deductions:
        yield from _deducted(names, part)
    yield from _totalled(view, result)


def _scanned(view: AssessmentView, result: UnitResult) -> Iterator[Step]:
    yield Step("一、平时检测", level=0)
    weights = view.settings.scans.by_kind
    done = {k.kind: k for k in result.kinds}
    for kind, weight in weights.items():
        part = done.get(kind)
        if part is not None:
            yield Step(f"{KINDS[kind]}（权重 {weight}）：检测到 {len(part.occasions)} 次")
            for occasion in part.occasions:
                yield from _occasion(view, occasion)
            scores = " + ".join(points_text(o.score) for o in part.occasions)
            n = len(part.occasions)
            yield Step(f"{KINDS[kind]}平均", f"({scores}) ÷ {n}", part.mean)
        elif weight:
            yield Step(f"{KINDS[kind]}（权重 {weight}）：没有检测到，权重按比例分给其余各种")
    for m in result.missed:
        yield Step(
            f"不计：{KINDS[m.kind]} {m.slot}（第 {m.scan_id} 次检测，{iso(m.day)}）：{m.reason}",
            level=2,
        )
    yield Step(f"应检 {result.held} 次（不含抽查），检测到 {result.reached} 次")
    if result.scans is not None:
        yield Step("平时检测得分", _weighed(result.kinds), result.scans)


def _weighed(kinds: tuple[KindPart, ...]) -> str:
    top = " + ".join(f"{k.weight} × {points_text(k.mean)}" for k in kinds)
    return f"({top}) ÷ ({' + '.join(str(k.weight) for k in kinds)})"


def _occasion(view: AssessmentView, occasion: Occasion) -> Iterator[Step]:
    weight = sum(t.weight for t in occasion.terms)
    top = " + ".join(
        f"{t.weight} × ({points_text(t.cap)} - {points_text(t.deducted)}) ÷ {points_text(t.cap)}"
        for t in occasion.terms
    )
    yield Step(
        f"{occasion.slot} 第 {occasion.scan_id} 次检测（{iso(occasion.day)}，"
        f"{'、'.join(t.title for t in occasion.terms)}）",
        top if weight == 100 else f"({top}) ÷ {weight} × 100",
        occasion.score,
        level=2,
    )
    if occasion.removed:
        marks = "、".join(mark[:SHORT] for mark in occasion.removed)
        moved = "；".join(
            f"{t.title}原扣 {points_text(t.before)}，现扣 {points_text(t.deducted)}"
            for t in occasion.terms
            if t.before != t.deducted
        )
        yield Step(f"后来撤销或豁免的 {marks} 不扣分（{moved or '各类扣分不变'}）", level=2)


def _rectified(view: AssessmentView, part: RectificationPart | None) -> Iterator[Step]:
    rules = view.settings.rectification
    yield Step("二、整改", level=0)
    if part is None:
        yield Step("没有到期的整改任务，只看平时检测")
        return
    for task in part.tasks:
        yield Step(_task(view.names, task), level=2)
    n = len(part.tasks)
    yield Step(
        f"按期整改率（%，{n} 项任务，{part.in_time} 项按期）",
        f"{part.in_time} ÷ {n} × 100",
        part.rate,
    )
    yield Step("平均用时（工作日）", f"{part.days} ÷ {n}", part.mean)
    full, zero = rules.full_workdays, rules.zero_workdays
    if part.mean <= full * 100:
        yield Step(f"整改速度（平均不超过 {full} 个工作日，满分）", "", part.speed)
    elif part.mean >= zero * 100:
        yield Step(f"整改速度（平均达到 {zero} 个工作日，不得分）", "", part.speed)
    else:
        worked = f"({zero} - {points_text(part.mean)}) ÷ ({zero} - {full}) × 100"
        yield Step(f"整改速度（{full} 个工作日以内满分，{zero} 个以上 0 分）", worked, part.speed)
    yield Step(
        "整改得分",
        f"({rules.rate} × {points_text(part.rate)} + {rules.days} × {points_text(part.speed)})"
        f" ÷ ({rules.rate} + {rules.days})",
        part.score,
    )


def _task(names: Names, settled: SettledTask) -> str:
    task = settled.task
    words = f"{names.finding(settled.finding_id)} {names.rule(settled.finding_id)}："
    words += f"{iso(task.reminded)} 提醒，期限 {iso(task.deadline)}，"
    if task.mended is not None:
        words += f"{iso(task.mended)} 整改" + ("（单位反馈，复查属实）" if task.claimed else "")
        if task.disputed is not None:
            words += f"（{iso(task.disputed)} 起申诉，期限中止）"
    elif task.waived is not None and task.waived == settled.ended:
        words += f"{iso(task.waived)} 豁免，此前没有整改"
    else:
        words += f"到 {iso(settled.ended)} 没有整改"
    verdict = "按期" if settled.in_time else "逾期"
    return f"{words}，用 {settled.days} 个工作日，{verdict}"


def _deducted(names: Names, part: DeductionPart) -> Iterator[Step]:
    title = DEDUCTIONS[part.key]
    for day, number in part.findings:
        yield Step(f"{title}：{iso(day)} {names.finding(number)} {names.rule(number)}", level=2)
    for day, document in part.circulars:
        yield Step(f"{title}：{iso(day)} {document}", level=2)
    unit = "次" if part.key in ("repeats", "circulars") else "个"
    worked = f"{part.count} × {points_text(part.points)}"
    raw = part.count * part.points
    words = f"{title}（{part.count} {unit}，每{unit} {points_text(part.points)} 分）"
    yield Step(words, worked, raw)
    if raw > part.deducted:
        yield Step(f"{title}最多扣 {points_text(part.cap)} 分，按上限计", "", part.deducted)


def _totalled(view: AssessmentView, result: UnitResult) -> Iterator[Step]:
    base, scans, total = result.base or 0, result.scans or 0, result.total or 0
    parts = view.settings.parts
    yield Step("四、合计", level=0)
    worked = points_text(scans)
    if result.rectification is not None:
        worked = (
            f"({parts.scans} × {points_text(scans)}"
            f" + {parts.rectification} × {points_text(result.rectification.score)})"
            f" ÷ ({parts.scans} + {parts.rectification})"
        )
    yield Step("基础分", worked, base)
    left = base - sum(d.deducted for d in result.deductions)
    minus = "".join(f" - {points_text(d.deducted)}" for d in result.deductions)
    yield Step("总分", f"{points_text(base)}{minus}", left)
    if left < 0:
        yield Step("总分不足 0 分，按 0 分计", "", total)
    if result.grade is not None:
        limits = "，".join(
            f"{g.title} {g.at_least.normalize():f} 分以上"
            for g in view.settings.grades_of(result.group.value)
            if g.at_least
        )
        yield Step(f"等次：{result.grade}（{limits}）")
    if result.rank is not None:
        yield Step(f"名次：{result.group.label} {result.of} 个单位中第 {result.rank} 名")
