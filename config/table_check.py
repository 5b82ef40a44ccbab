"""What is wrong with the table of a standard beyond its shape: references, doubles, sums, and what
does not go together. Each complaint has its place in the file, so that it is told with its line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from config.indicators import MEASURES, Condition, CountBy, Indicator, JudgedBy, Part, PartKind
from config.problems import Loc, nearest
from config.schema import Standard

Complaint = tuple[Loc, str, str]


def faults(standard: Standard, unknown: Collection[str] = ()) -> Iterator[Complaint]:
    """What is wrong with the table of a standard beyond its shape: place, what, remedy. ``unknown``:
    rules among its own that do not exist, which is told already."""
    if standard.subject == "unit":
        for field in ("parts", "indicators"):
            if getattr(standard, field):
                yield (
                    (field,),
                    f"以单位为对象的检查标准不能有 {field}",
                    "请删去，或把 subject 改成 site",
                )
        return
    if standard.classes:
        yield (
            ("classes",),
            "以网站为对象的检查标准不用 classes",
            "分值写在 indicators 里，请删去 classes",
        )
    if standard.assessment is not None:
        yield ("assessment",), "以网站为对象的检查标准没有年终考评", "请删去 assessment"
    for rule_id, setting in standard.rules.items():
        for field, written in (
            ("class", setting.score_class),
            ("points", "points" in setting.model_fields_set),
            ("cap", setting.cap is not None),
        ):
            if written:
                yield (
                    ("rules", rule_id, field),
                    f"规则 {rule_id} 写了 {field}：以网站为对象的检查标准，分值写在 indicators 的条目里",
                    "请删去这一项",
                )
    for field, items in (("parts", standard.parts), ("indicators", standard.indicators)):
        if not items:
            yield (field,), f"以网站为对象的检查标准缺少 {field}", f"请补上 {field}"
        yield from _doubles((field,), [item.id for item in items])
    yield from _parts(standard.parts)
    yield from _indicators(standard, unknown)
    yield from _sums(standard)


def _doubles(loc: Loc, ids: Sequence[str]) -> Iterator[Complaint]:
    for i, id_ in enumerate(ids):
        if id_ in ids[:i]:
            yield (*loc, i, "id"), f"id “{id_}”重复", "请换一个 id"


def _parts(parts: Sequence[Part]) -> Iterator[Complaint]:
    scored = [p for p in parts if p.kind is PartKind.DEDUCT]
    for i, part in enumerate(parts):
        here: Loc = ("parts", i)
        if part.kind is PartKind.DEDUCT:
            for field in ("total", "pass_line"):
                if getattr(part, field) is None:
                    yield here, f"“{part.title}”缺少 {field}", f"请补上“{field}: …”一行"
            if (
                part.total is not None
                and part.pass_line is not None
                and part.pass_line > part.total
            ):
                yield (
                    (*here, "pass_line"),
                    f"“{part.title}”的 pass_line（{part.pass_line}）大于 total（{part.total}）",
                    "合格线不能高于满分，请改正其中一个",
                )
            if part is not scored[0]:
                yield (*here, "kind"), "扣分部分只能有一个", "请并入前面的扣分部分"
        elif part.kind is PartKind.BONUS:
            if part.total is None:
                yield here, f"“{part.title}”缺少 total（满分）", "请补上“total: …”一行"
            if not scored:
                yield (*here, "kind"), "没有扣分部分，加分无从加起", "请补上扣分部分"
            elif not set(part.sites) <= set(scored[0].sites):
                yield (*here, "sites"), "加分部分的 sites 超出了扣分部分的 sites", "请改成一致"
        elif part.total is not None:
            yield (*here, "total"), "单项否决部分没有分值", "请删去这一行"
        if part.of == "media" and part.kind is not PartKind.VETO:
            yield (*here, "of"), "政务新媒体只有单项否决", "请把 kind 改成 veto，或删去 of"


def _indicators(standard: Standard, unknown: Collection[str]) -> Iterator[Complaint]:
    parts = {p.id: p for p in standard.parts}
    used = {r for x in standard.indicators for c in x.conditions for r in c.rules}
    # Of a rule that nothing uses and one like it that is not listed one is misspelt: told once.
    meant = {
        rule_id: wanted
        for rule_id in standard.rules.keys() - used
        if (wanted := nearest(rule_id, sorted(used - standard.rules.keys())))
    }
    listed = {*standard.rules, *(meant[r] for r in meant.keys() & unknown)}
    for i, indicator in enumerate(standard.indicators):
        here: Loc = ("indicators", i)
        part = parts.get(indicator.part)
        if part is None:
            yield _unknown((*here, "part"), "部分", indicator.part, parts)
            continue
        if part.kind is PartKind.VETO and indicator.points is not None:
            yield (*here, "points"), "单项否决指标没有分值", "请删去这一行"
        if part.kind is PartKind.BONUS and indicator.points is None:
            yield here, f"加分指标“{indicator.title}”缺少 points（分值）", "请补上“points: …”一行"
        yield from _doubles((*here, "conditions"), [c.id for c in indicator.conditions])
        for j, condition in enumerate(indicator.conditions):
            yield from _condition(
                (*here, "conditions", j),
                indicator,
                condition,
                part,
                listed,
            )
    for rule_id in standard.rules:
        if rule_id not in used and rule_id not in meant:
            yield (
                ("rules", rule_id),
                f"规则 {rule_id} 没有一条指标用到",
                "请在 indicators 的条目里用上，或从 rules 里删去",
            )


def _unknown(loc: Loc, kind: str, wanted: str, known: Collection[str]) -> Complaint:
    guess = nearest(wanted, sorted(known))
    remedy = f"是不是 {guess}？请改正" if guess else "已有的：" + ("、".join(known) or "无")
    return loc, f"没有这个{kind}“{wanted}”", remedy


def _condition(
    here: Loc, indicator: Indicator, condition: Condition, part: Part, rules: Collection[str]
) -> Iterator[Complaint]:
    called = f"“{indicator.title}”的条目“{condition.title}”"
    for k, rule_id in enumerate(condition.rules):
        if rule_id not in rules:
            guess = nearest(rule_id, sorted(rules))
            yield (
                (*here, "rules", k),
                f"{called}用到的规则 {rule_id} 没有列在 rules 里",
                f"是不是 {guess}？请改正" if guess else f"请在 rules 里加上“{rule_id}: {{}}”",
            )
    if condition.measure is not None:
        if condition.measure not in MEASURES:
            yield _unknown((*here, "measure"), "测量值", condition.measure, MEASURES)
        if condition.rules:
            yield (*here, "measure"), f"{called}既写了 rules 又写了 measure", "请只留一个"
    elif condition.at_least != condition.at_least.to_integral_value():
        yield (*here, "at_least"), f"{called}的 at_least 不是整数", "按个数计的请写整数"
    if condition.per is not None and condition.measure is None:
        yield (*here, "per"), f"{called}没有 measure，per 没有用处", "请删去这一行"
    if condition.each > 1 and condition.count is not CountBy.SUBJECT:
        yield (*here, "each"), f"{called}写了 each，计数就要按对象", "请补上“count: subject”"
    if condition.clears and condition.judge is not JudgedBy.ASSISTED:
        yield (*here, "clears"), f"{called}不是程序辅助，clears 没有用处", "请删去这一行"
    if condition.judge is JudgedBy.AUTO and not condition.rules and condition.measure is None:
        yield (
            here,
            f"{called}由程序判定，却没有写 rules 或 measure",
            "请补上，或把 judge 改成 person",
        )
    if condition.judge is JudgedBy.ASSISTED and not condition.rules:
        yield here, f"{called}由程序辅助，却没有写 rules", "请补上，或把 judge 改成 person"
    if condition.judge is JudgedBy.PERSON and (condition.rules or condition.measure):
        yield (
            (*here, "judge"),
            f"{called}由人工判定，却写了 rules 或 measure",
            "请把 judge 改成 assisted，或删去 rules",
        )
    if condition.judge is not JudgedBy.AUTO and not condition.checklist:
        yield here, f"{called}要人看，却没有写 checklist（看什么、怎样算）", "请补上 checklist"
    if part.kind is PartKind.VETO:
        if condition.points is not None or condition.cap is not None:
            yield here, f"{called}是单项否决，不扣分", "请删去 points 和 cap"
    elif condition.points is None:
        yield here, f"{called}缺少 points（每个扣多少分）", "请补上“points: …”一行"
    elif not condition.points:
        yield (*here, "points"), f"{called}的 points 是 0", "请写上分值，或删去这一条"


def _sums(standard: Standard) -> Iterator[Complaint]:
    """Where every indicator of a part has its points, they make the part's total."""
    for i, part in enumerate(standard.parts):
        own = [x.points for x in standard.indicators if x.part == part.id]
        if part.total is None or not own or any(p is None for p in own):
            continue
        together = sum((p for p in own if p is not None), Decimal(0))
        if together != part.total:
            yield (
                ("parts", i, "total"),
                f"“{part.title}”各指标的分值合计 {together}，与满分 {part.total} 不一致",
                "请改正各指标的 points，或改正 total",
            )
