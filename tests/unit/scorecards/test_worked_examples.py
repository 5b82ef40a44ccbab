"""The worked examples of ``docs/standards.md``: their arithmetic, a calculator's and the program's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from checks.model import Severity
from config.loader import load_standard
from config.schema import Standard, Unit, UnitGroup
from scorecards.indicators import reckon
from scorecards.score import Counted, Coverage, score
from scorecards.site_card import Column, Fault, Looked, Measured, Said, SiteCard, SiteFacts

ROOT = Path(__file__).resolve().parents[3]
AS_OF = datetime(2018, 6, 4, 1, tzinfo=UTC)
TODAY = date(2018, 6, 4)


@dataclass(frozen=True)
class Example:
    """Facts as they stand in the document, and its lines: name, expression, value in hundredths."""

    facts: list[list[str]]
    lines: list[tuple[str, str, int]]


def example(standard_id: str) -> Example:
    text = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {standard_id}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert section is not None
    found, steps = re.findall(r"```text\n(.*?)```", section[1], re.S)
    lines = []
    for line in steps.strip().splitlines():
        read = re.fullmatch(r"(\S+)\s+(.+?)\s+= ([\d.]+)", line)
        assert read is not None, line
        lines.append((read[1], read[2], round(Fraction(read[3]) * 100)))
    return Example([line.split() for line in found.strip().splitlines()], lines)


def calculated(expression: str) -> Fraction:
    """What a calculator says; ``at most N`` bounds what stands before it."""
    before, _, bound = expression.partition(", at most ")
    assert re.fullmatch(r"[0-9. +\-×]+", before), before
    numbers = re.sub(r"\d+(\.\d+)?", lambda m: f"Fraction('{m[0]}')", before)
    value = Fraction(eval(numbers.replace("×", "*"), {"Fraction": Fraction}))
    return min(value, Fraction(bound)) if bound else value


@pytest.mark.parametrize("standard_id", ["ruichang-2018", "census-2015", "inspection-2019"])
def test_a_calculator_confirms_every_line_of_the_examples(standard_id: str) -> None:
    lines = example(standard_id).lines
    assert len(lines) >= 15
    for name, expression, value in lines:
        assert calculated(expression) * 100 == value, name


def standard(standard_id: str) -> Standard:
    return load_standard(ROOT / "config" / "standards" / f"{standard_id}.yaml")


def test_the_example_of_a_unit_is_what_the_program_deducts() -> None:
    told, table = example("ruichang-2018"), standard("ruichang-2018")
    counted = [
        Counted(
            fingerprint=f"{rule}:{i}", rule_id=rule, subject_key=f"{rule}/{i}",
            severity=Severity.COMMON, measured_at=AS_OF,
        )
        for rule, count in told.facts
        for i in range(int(count))
    ]  # fmt: skip
    unit = Unit(id="u", name="某局", short="某局", group=UnitGroup.DEPARTMENT)
    coverage = Coverage(verified=1, applicable=1, rules=frozenset(table.rules))
    card = score(unit, counted, (), coverage, table, AS_OF, today=TODAY, max_age_days=30)
    ours = {r.rule_id: r.deducted for r in card.rules if r.count}
    ours |= {c.class_id: c.deducted for c in card.classes}
    assert card.score_high is not None
    assert {name: value for name, _, value in told.lines} == {**ours, "score": card.score_high}


def site_card(standard_id: str) -> SiteCard:
    told, table = example(standard_id), standard(standard_id)
    faults: list[Fault] = []
    columns: list[Column] = []
    answers = {
        f"{x.id}.{c.id}": Said(count=0, actor="甲", day=TODAY)
        for x in table.indicators
        for c in x.conditions
        if c.judge == "person"
    }
    measures = {"week-failures": Measured(value=0)}
    for kind, *words in told.facts:
        if kind == "answer":
            name, count = words
            answers[name] = Said(count=int(count), actor="甲", day=TODAY)
        elif kind == "measure":
            name, value = words
            measures[name] = Measured(value=round(Fraction(value) * 100))
        else:
            scope, where, count = words
            for i in range(int(count)):
                key = f"portal/{kind}.{where}.{i}"
                faults.append(
                    Fault(
                        fingerprint=f"{key}:{scope}", rule_id=kind, subject_key=key, scope=scope,
                        confirmed=kind == "incomplete-guide",
                    )
                )  # fmt: skip
                if scope == "column":
                    columns.append(Column(key=key, category=where, names=(where,)))
    facts = SiteFacts(
        site_id="portal",
        kind="portal",
        faults=tuple(faults),
        looked={rule: Looked(judged=9) for rule in table.rules},
        columns=tuple(columns),
        measures=measures,
        answers=answers,
    )
    return reckon(table, facts, AS_OF, TODAY)


@pytest.mark.parametrize("standard_id", ["census-2015", "inspection-2019"])
def test_the_example_of_a_site_is_what_the_program_deducts(standard_id: str) -> None:
    card = site_card(standard_id)
    assert card.score is not None
    ours = {"score": card.score}
    for part in card.parts:
        if part.kind == "veto":
            assert part.vetoed == 0
            continue
        if part.high is not None:
            ours[part.id] = part.high
        for x in part.indicators:
            ours |= {f"{x.id}.{c.id}": c.deducted for c in x.conditions if c.deducted}
            if (
                x.deducted
                and sum(bool(c.deducted) for c in x.conditions) + (x.raw != x.deducted) > 1
            ):
                ours[x.id] = x.deducted
    assert {name: value for name, _, value in example(standard_id).lines} == ours
