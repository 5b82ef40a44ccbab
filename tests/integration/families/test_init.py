"""``xunjian init`` on a whole site of each family, then a scan, with nothing edited by hand.

For every column of the truth: is it in the draft, under its name, in its category, with its cadence,
for its unit? And what the draft has beyond the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import wordlists
from config.loader import load
from config.schema import Cadence, Config, ExpectedColumn
from config.settings import Settings
from crawler.survey import Survey
from crawler.urls import canonical
from services.classifying import clean, forms_of
from services.drafting import draft
from services.init import InitRequest, as_files, run_init
from services.workspace import Workspace
from tests.integration.scanning import Office
from tests.replica.families import FAMILIES, make
from tests.replica.families.exploring import explored
from tests.replica.families.model import Spec, State, TrueColumn, Truth
from tests.replica.families.scan import column_differences
from tests.replica.families.server import serving

LEAST = 0.95
COLUMNS = (State.FILLED, State.EMPTY, State.ELSEWHERE, State.TEXT)

SPREAD = True
"""Each test serves a site of its own."""


@dataclass
class Marks:
    """How a draft stands against the truth."""

    wanted: int = 0
    right: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    """The draft's key of each true column that it has, by the truth's."""
    misses: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    def mark(self, what: str, column: TrueColumn, right: bool, got: object = "") -> None:
        self.right[what] = self.right.get(what, 0) + right
        if not right:
            where = " > ".join((*column.above, column.name))
            self.misses.append(f"{what}: {column.unit or ''} {where}: {got}")

    def share(self, what: str) -> float:
        return self.right.get(what, 0) / max(self.wanted, 1)


def loaded(survey: Survey, folder: Path) -> Config:
    """The draft of a survey as the program reads it."""
    for name, text in as_files(draft([survey]), datetime.now(UTC)).items():
        (folder / name).write_text(text, encoding="utf-8")
    return load(folder)


def compare(config: Config, truth: Truth) -> Marks:
    marks = Marks()
    columns = [c for s in config.sites for c in config.expected_columns(s.id, truth.as_of)]
    taken: set[str] = set()
    for true in truth.columns:
        if true.state not in COLUMNS:
            continue
        marks.wanted += 1
        found = _found(columns, true, config, taken)
        if found is None:
            for what in ("name", "category", "cadence", "unit"):
                marks.mark(what, true, False, "not in the draft")
            continue
        taken.add(found.key)
        marks.keys[true.key] = found.key
        marks.mark("name", true, clean(found.name) == clean(true.name), found.name)
        categories = true.categories or (found.category,)
        marks.mark("category", true, found.category in categories, found.category)
        marks.mark("cadence", true, _cadence_right(found, true), found.cadence.words)
        marks.mark("unit", true, _unit_right(config, found, true), found.unit_id)
    for column in columns:
        if column.key not in taken:
            marks.extra.append(f"{column.owner_id} {column.group} > {column.name} {column.url}")
    return marks


def _found(
    columns: list[ExpectedColumn], true: TrueColumn, config: Config, taken: set[str]
) -> ExpectedColumn | None:
    """The draft's column for a true one: at its address, or by its name in its unit's tree."""
    address = canonical(true.address)
    same = [c for c in columns if c.key not in taken and address in (c.url, c.fallback)]
    if true.state is State.ELSEWHERE:
        same = [c for c in columns if c.key not in taken and c.url is None and c.fallback is None]
    named = [c for c in same if clean(c.name) == clean(true.name)]
    if named or (same and true.state is not State.ELSEWHERE):
        return (named or same)[0]
    return next(
        (
            c
            for c in columns
            if c.key not in taken
            and true.unit is not None
            and _is_unit(config, c.owner_id, true.unit)
            and clean(true.name) in {clean(n) for n in (c.name, *c.variants)}
        ),
        None,
    )


def _is_unit(config: Config, unit_id: str, name: str) -> bool:
    unit = config.unit(unit_id)
    known = {f for n in (unit.name, unit.short, *unit.aliases) for f in forms_of(n)}
    return bool(known & set(forms_of(name)))


def _unit_right(config: Config, found: ExpectedColumn, true: TrueColumn) -> bool:
    if true.unit is None:
        return found.owner_id == found.unit_id or found.owner_id == config.sites[0].operator
    return _is_unit(config, found.unit_id, true.unit)


def _cadence_right(found: ExpectedColumn, true: TrueColumn) -> bool:
    """The official limit of its category where there is one; else one that its rhythm can keep."""
    if true.state is State.TEXT:
        return found.cadence == Cadence()
    categories = {c.id: c for c in wordlists.categories()}
    for category_id in true.categories:
        category = categories[category_id]
        if not category.unconfirmed:
            return found.cadence == category.cadence
    if true.state is not State.FILLED or true.every is None:
        return True
    if found.cadence.standing:
        return not true.categories
    if found.cadence.yearly_by is not None:
        return true.every >= 300
    limit = found.cadence.days or (found.cadence.months or 0) * 30
    return limit >= true.every


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_drafts_columns_have_the_right_name_category_cadence_and_unit(
    name: str, tmp_path: Path
) -> None:
    survey, truth = explored(name, Spec(seed=4))
    marks = compare(loaded(survey, tmp_path), truth)
    shares = {w: marks.share(w) for w in ("name", "category", "cadence", "unit")}
    print(name, marks.wanted, shares, len(marks.extra), survey.requests, *marks.misses, sep="\n  ")
    assert min(shares.values()) >= LEAST, (shares, marks.misses)
    # A platform's guide and application page are texts in its menu, which the truth leaves out.
    assert len(marks.extra) <= 0.05 * marks.wanted + (3 if truth.units else 0), marks.extra


@pytest.mark.parametrize("name", ["trs", "gkfs", "gkmlpt", "epoint_old", "trs_cluster"])
def test_a_drafted_site_is_scanned_at_once_and_every_entry_is_found(
    name: str, tmp_path: Path
) -> None:
    """Plain pages, a platform of units, all columns at one address, post-backs in GBK, and a portal
    with units, which are two sites of the draft."""
    office = Office(config=tmp_path / "config", data=tmp_path / "data")
    with serving(lambda root: make(name, Spec(), root)) as served:
        assert served.site is not None
        truth = served.site.truth()
        ws = Workspace(Settings(data=office.data, actor="tester"), tmp_path)
        request = InitRequest(urls=[truth.home], out=office.config)
        report = run_init(ws, request, now=datetime.now(UTC))
        assert report.config is not None, report.surveys
        keys = compare(report.config, truth).keys
        scan = office.scan(as_of=truth.as_of)
        assert not served.faults
    assert not scan.incomplete
    assert not column_differences(truth, office, scan, lambda _, c: keys.get(c.key))
