"""``xunjian report xlsx``: the list of problems (问题清单) as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from config.schema import Unit
from reports.problem_list import ProblemRow, problem_list_xlsx
from services.book import in_order, short_length
from services.papers import Desk, vetted_out, write_file
from services.workspace import Workspace, shanghai_day
from storage import scans


def write_list(
    ws: Workspace, out: Path, unit: Unit | None = None, *, now: datetime, overwrite: bool = False
) -> int:
    """Write all certain problems that stand open (of ``unit``, or of all units) to ``out``; gives
    how many. Raises ``UsageError``."""
    vetted_out(out, ".xlsx", overwrite=overwrite)
    desk = Desk(ws, now)
    rows = list(_rows(desk, unit))
    data = problem_list_xlsx(
        rows, city=ws.config.city.name, day=desk.day, trial_run=ws.config.city.trial_run
    )
    write_file(out, data)
    return len(rows)


def _rows(desk: Desk, unit: Unit | None) -> Iterator[ProblemRow]:
    as_of = {s.id: s.as_of for s in scans.list_scans(desk.ws.engine)}
    short = short_length(desk.book.stored)
    place = {u.id: i for i, u in enumerate(desk.ws.config.units)}
    standing: dict[str, list[str]] = {}
    for mark, life in desk.book.lives.items():
        owner = desk.book.unit_of(mark) or ""
        if life.state.is_open and (unit is None or owner == unit.id):
            standing.setdefault(owner, []).append(mark)
    columns = desk.columns_of(m for marks in standing.values() for m in marks)
    for owner in sorted(standing, key=lambda o: (place.get(o, len(place)), o)):
        for mark in in_order(standing[owner], None, desk.book):
            stored, life = desk.book.stored[mark], desk.book.lives[mark]
            seen = desk.book.sightings.get(mark)
            at = as_of.get(seen.scan_id) if seen else None
            looked = f"；{shanghai_day(at)}检测时仍在" if at else ""
            again = f"；反弹{life.times_recurred}次" if life.times_recurred else ""
            yield ProblemRow(
                unit=desk.called(owner) if owner in desk.units else "未归属",
                channel=desk.channel(stored.site_id),
                column=columns[mark],
                kind=desk.kind(stored.rule_id),
                description=desk.description(mark),
                url=desk.url(mark),
                found_at=life.first_found,
                basis=desk.basis(mark),
                deadline=life.deadline_text,
                standing=f"未改（{life.state.label}）{looked}{again}",
                short_id=mark[:short],
            )
