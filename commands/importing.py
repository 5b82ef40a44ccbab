"""Commands about others' results: ``import`` and ``agreement``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands.door import Format, FormatOption, State, app, day_written, show_view
from reports.commandline import Command


class Source(StrEnum):
    THIRD_PARTY = "third-party"
    PROVINCE = "province"
    PREFECTURE = "prefecture"


PeriodOption = Annotated[
    str | None, typer.Option("--period", metavar="时期", help="2018、2018Q4 或 2018-11")
]


@app.command("import", cls=Command, help="导入第三方、省、设区市的检查结果（Excel）")
def bring_in(
    source: Annotated[
        Source,
        typer.Argument(metavar="来源", help="third-party 第三方，province 省，prefecture 设区市"),
    ],
    file: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="对方的问题清单")],
    period: PeriodOption = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date", metavar="日期", help="检查日，用于没有写检查时间的行；默认取各行最晚的一天"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试读，不写入")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.inspections import print_import
    from services.importing import take_in

    view = take_in(
        State.workspace,
        source.value,
        file,
        period=period,
        day=day_written(date),
        dry_run=dry_run,
    )
    show_view(view, form, print_import)


@app.command(cls=Command, help="与其他检查的吻合程度：双方都有、只有对方、只有我们，按规则")
def agreement(
    source: Annotated[
        Source | None,
        typer.Option(
            "--source", metavar="来源", help="third-party、province 或 prefecture；默认全部"
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="日期", help="只看此日以后的检查")
    ] = None,
    period: PeriodOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.inspections import print_agreement
    from services.agreement import agreement as compare

    view = compare(
        State.workspace,
        source=source.value if source else None,
        since=day_written(since),
        period=period,
    )
    show_view(view, form, print_agreement)
