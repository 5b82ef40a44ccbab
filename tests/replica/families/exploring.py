"""How a survey compares with a site's truth.

``python -m tests.replica.families.exploring [NAME…]`` explores each family's site and prints it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from config.schema import Rate
from crawler.explore import explore
from crawler.naming import page_key
from crawler.survey import SeenColumn, Survey
from tests.replica.families import FAMILIES, make
from tests.replica.families.model import Spec, State, TrueColumn, Truth
from tests.replica.families.server import serving

RATE = Rate(interval_seconds=0, concurrency=4, timeout_seconds=10, retry_after_seconds=0, retries=1)
LOOKS = {State.FILLED: "list", State.EMPTY: "blank"}


@dataclass
class Compared:
    """What of a site's truth was found."""

    placed: int = 0
    """Columns with the right name, above, unit and address."""
    right: int = 0
    """Those of them that are also what their page is: a list, blank, a text …"""
    truth: int = 0
    wrong: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    """Columns that are none."""

    @property
    def share(self) -> float:
        return self.placed / max(self.truth, 1)


def compare(truth: Truth, survey: Survey) -> Compared:
    """Each true column against the seen column of its name and unit."""
    out = Compared(truth=len(truth.columns))
    used: set[int] = set()
    for column in truth.columns:
        found = _counterpart(column, truth, survey.columns, used)
        if found is None:
            out.wrong.append(f"{column.name} ({column.unit}): not found, {column.address}")
            continue
        used.add(id(found))
        problems = list(_problems(column, found))
        out.placed += not problems
        look = LOOKS.get(column.state, column.state.value)
        if found.look.value != look:
            problems.append(f"{found.look}, not {look}: {found.missing}")
        if problems:
            out.wrong.append(f"{column.name} ({column.unit}): {'; '.join(problems)}")
        else:
            out.right += 1
    out.extra = [
        f"{c.name} ({c.unit}) {'/'.join(c.above)} {c.look} {c.url}"
        for c in survey.columns
        if id(c) not in used
    ]
    return out


def _counterpart(
    column: TrueColumn, truth: Truth, seen: Sequence[SeenColumn], used: set[int]
) -> SeenColumn | None:
    units: set[str | None] = {column.unit}
    units |= {n for u in truth.units if u.name == column.unit for n in (u.name, u.short)}
    alike = [c for c in seen if id(c) not in used and c.name == column.name and c.unit in units]
    alike.sort(key=lambda c: (c.above != column.above, not _at(c, column)))
    return alike[0] if alike else None


def _at(seen: SeenColumn, column: TrueColumn) -> bool:
    if column.state is State.ELSEWHERE:
        return column.target in (seen.target, seen.url)
    return page_key(seen.url) == page_key(column.address)


def _problems(column: TrueColumn, found: SeenColumn) -> Iterator[str]:
    if found.above != column.above:
        yield f"above {found.above}, not {column.above}"
    if not _at(found, column):
        yield f"at {found.url}, not {column.address}"


@cache
def explored(name: str, spec: Spec, bound: int = 300) -> tuple[Survey, Truth]:
    """A family's site, explored (once in a process), and its truth."""
    with serving(lambda root: make(name, spec, root)) as state:
        (survey,) = explore(
            [state.root + "/"],
            bound=bound,
            config_rate=RATE,
            user_agent="xunjian/0.1 (replica)",
            as_of=datetime.combine(spec.as_of, datetime.min.time(), UTC),
        )
        assert not state.faults, state.faults[:3]
        assert state.site is not None
        return survey, state.site.truth()


def main(names: Sequence[str]) -> int:
    for name in names or list(FAMILIES):
        for seed in (1, 2, 3):
            survey, truth = explored(name, Spec(seed))
            found = compare(truth, survey)
            print(
                f"{name}\tseed {seed}\t{found.placed}/{found.truth} columns\t{found.right} with look\t{len(found.extra)} extra\t"
                f"{len(survey.units)}/{len(truth.units)} units\t{survey.kind}\t{survey.requests} requests\t"
                f"{survey.missing.reason if survey.missing else ''}"
            )
            for line in found.wrong[:40]:
                print(f"    wrong  {line}")
            for line in found.extra[:40]:
                print(f"    extra  {line}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
