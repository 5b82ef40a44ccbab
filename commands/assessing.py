"""Commands of the year's end: ``assess``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands.door import Format, FormatOption, State, app, day_written, say, show_view, unit_called
from config.schema import UnitGroup
from reports import assessed
from reports.commandline import Command
from services.workspace import UsageError


class GroupChoice(StrEnum):
    DEPARTMENT = "department"
    PARTY = "party"
    TOWN = "town"


@app.command(cls=Command, help="年终考评：全年的得分、等次和名次")
def assess(
    year: Annotated[int, typer.Option("--year", metavar="年份", help="考评哪一年，如 2018")],
    standard: Annotated[
        str | None, typer.Option("--standard", metavar="标准", help="检查标准；默认用本市的")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日期", help="只算到这一天；默认算到年底或今天")
    ] = None,
    group: Annotated[
        GroupChoice | None,
        typer.Option(
            "--group",
            metavar="组别",
            help="只列一组：department 政府部门，party 党委部门及群团，town 乡镇场街道",
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option("--explain", metavar="单位", help="逐行列出这个单位的算式，可用计算器复核"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="文件.xlsx", help="写成 Excel：总表，每个单位一张表列出算式"),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.assessment import DerivationView
    from reports.assessment_book import write_book
    from services.assess import assess_year

    ws = State.workspace
    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(f"--out 的文件名要以 .xlsx 结尾：{out.name}")
    who = unit_called(explain) if explain else None
    view = assess_year(
        ws,
        year,
        now=ws.now(),
        standard_name=standard,
        as_of=day_written(as_of),
        group=UnitGroup(group.value) if group else None,
        unit_id=who.id if who else None,
        details=who is not None or out is not None,
    )
    if who is not None and not view.results:
        raise UsageError(
            f"{who.short} 不在 {year} 年的考评表里：它在这一年{'没有存续' if group is None else '不属于所选的组'}，"
            "或是市本级"
        )
    if out is not None:
        write_book(view, out)
        say(f"已写入 {out}")
    if who is not None:
        show_view(DerivationView(view, view.results[0]), form, assessed.print_derivation)
    elif out is None:
        show_view(view, form, assessed.print_assessment)
