"""Lists of units, columns and sites to and from Excel, which is where clerks keep them.

``export_lists`` writes a workbook, ``read_lists`` reads one back into equal objects, and
``import_lists`` turns one into configuration files. The shape of the sheets is declared in
``config.sheets``; ``config.workbook`` reads their rows and ``config.lists`` makes lists of them.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from config import sheets, yaml_files
from config.lists import Lists, Reading
from config.loader import COLUMNS, SITES, UNITS
from config.problems import ConfigError, Problem, echo
from config.schema import Config
from config.sheets import Column, Kind, Sheet

CELL = 32_767
"""Longest text that a cell holds, in characters."""

_HELP = (
    "这是巡检程序的单位、栏目、站点名单，可以在这里修改后再导入。",
    "表头的先后可以调换；不要改表头的名称，也不要用公式。",
    "编号定了就不再改：历史记录靠它认单位和栏目。新增一行时请用小写拼音，如 caizhengju。",
    "别名、变体、主机有多个时用“；”隔开；某一项自己含有“；”或“、”时，请每项单独一行（Alt+回车）。",
    "更新周期写成 14日、6个月、每年10月31日前 或 长期公开；栏目的周期不填，就用栏目类别的周期。",
    "“已核对”为“否”的单位只列出，不排名、不提醒、不通报。",
    "联系人请填岗位，不填个人姓名。",
)


def export_lists(config: Config, path: Path, *, overwrite: bool = False) -> None:
    """Write the lists of a configuration to a workbook.

    Raises ``ConfigError`` when the file exists and ``overwrite`` is false, cannot be written, or a
    value is too long for a cell.
    """
    if path.suffix.lower() != ".xlsx":
        raise ConfigError(
            [Problem(path.as_posix(), "名单写成 Excel 工作簿", "请把文件名写成以 .xlsx 结尾")]
        )
    if not path.absolute().parent.is_dir():
        raise ConfigError(
            [Problem(path.as_posix(), f"没有目录 {path.parent}", "请先建立目录，或换一个位置")]
        )
    if path.exists() and not overwrite:
        raise ConfigError(
            [Problem(path.as_posix(), "文件已经存在", "请换一个文件名，或加 --overwrite")]
        )
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    content = _content(config)
    remarks = workbook.create_sheet("说明")
    remarks.column_dimensions["A"].width = 100
    for line in _HELP:
        remarks.append([line])
    for sheet in sheets.ALL:
        _write_sheet(workbook.create_sheet(sheet.name), sheet, content)
    packed = io.BytesIO()
    workbook.save(packed)
    try:
        yaml_files.replace_file(path, packed.getvalue())
    except OSError as error:
        reason = f"写不了这个文件（{type(error).__name__}）"
        raise ConfigError(
            [Problem(path.as_posix(), reason, "请先在 Excel 里关闭它，并核对目录的权限")]
        ) from error


def _content(config: Config) -> dict[str, list[dict[str, Any]]]:
    """Every sheet's rows: field → value."""
    return {
        sheets.UNITS.name: [dict(unit) for unit in config.units],
        sheets.CONTACTS.name: [
            {"unit": unit.id, **dict(contact)} for unit in config.units for contact in unit.contacts
        ],
        sheets.COUNTS.name: [
            {"group": group, "count": count} for group, count in config.required_counts.items()
        ],
        sheets.CATEGORIES.name: [dict(category) for category in config.categories],
        sheets.CATALOGUES.name: [dict(catalogue) for catalogue in config.catalogues],
        sheets.COLUMNS.name: [
            {"holder_kind": kind, "holder": holder.id, **dict(column)}
            for kind, holders in (("catalogue", config.catalogues), ("site", config.sites))
            for holder in holders
            for column in holder.columns
        ],
        sheets.SITES.name: [
            dict(site) | {f"rate.{name}": value for name, value in dict(site.rate or ()).items()}
            for site in config.sites
        ],
    }


def _write_sheet(
    worksheet: Worksheet, sheet: Sheet, content: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    rows = content[sheet.name]
    for index, column in enumerate(sheet.columns, 1):
        head = worksheet.cell(1, index, column.header)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="DDEBF7")
        letter = get_column_letter(index)
        worksheet.column_dimensions[letter].width = column.width
        offered = _offered(column, content)
        if offered:
            validation = DataValidation(
                type="list",
                formula1=offered,
                allow_blank=True,
                showErrorMessage=column.refers is None,
            )
            validation.error = "请从下拉列表中选一个"
            validation.add(f"{letter}2:{letter}{len(rows) + 500}")
            worksheet.add_data_validation(validation)
    for number, row in enumerate(rows, 2):
        for index, column in enumerate(sheet.columns, 1):
            value = sheets.to_cell(column, row.get(column.key))
            cell = worksheet.cell(number, index)
            if isinstance(value, str):
                value = sheets.escape(value)
                if len(value) > CELL:
                    reason = (
                        f"{sheet.name}第 {number} 行的{column.header}超过 {CELL} 个字，单元格放不下"
                    )
                    raise ConfigError([Problem("导出", reason, "请先在 YAML 文件里改短")])
                cell.value = value
                # Text stays text, whatever it begins with: it must never become a formula.
                cell.data_type = "s"
                cell.quotePrefix = value[:1] in "=+-@"
                cell.alignment = Alignment(wrap_text="\n" in value, vertical="top")
            elif value is not None:
                cell.value = value
            if column.kind is not Kind.NUMBER:
                cell.number_format = "@"
    worksheet.freeze_panes = "B2"
    worksheet.auto_filter.ref = worksheet.dimensions


def _offered(column: Column, content: Mapping[str, Sequence[Mapping[str, Any]]]) -> str | None:
    """A column's drop-down list, as Excel writes it."""
    if column.kind is Kind.FLAG:
        return '"是,否"'
    if column.kind is Kind.CHOICE:
        return '"' + ",".join(column.choices.values()) + '"'
    source = {
        "unit": sheets.UNITS.name,
        "catalogue": sheets.CATALOGUES.name,
        "category": sheets.CATEGORIES.name,
    }.get(column.refers or "")
    if source is None or column.kind is Kind.LIST or not content[source]:
        return None
    return f"='{source}'!$A$2:$A${len(content[source]) + 1}"


def read_lists(path: Path, base: Path | None = None) -> Lists:
    """Read a workbook. Lists of which it has no sheet are taken from the files in ``base``.

    Raises ``ConfigError`` with all problems, each with sheet, row and column.
    """
    return Reading(path, base).lists()


def import_lists(path: Path, directory: Path, *, overwrite: bool = False) -> list[Path]:
    """Turn a workbook into configuration files in a directory; returns the files written.

    What the workbook has no sheet for stays as it is. Everything is checked, together with what is
    there already, before anything is written. Raises ``ConfigError``.
    """
    reading = Reading(path, directory)
    lists = reading.lists()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    texts = {}
    for file, names in reading.touched().items():
        heading = (
            f"由工作簿 {echo(path.name)} 的工作表 {'、'.join(names)} 导入（工作簿摘要 {digest}）。\n"
            "各项的意思见 config/schema.py；可以直接修改本文件，也可以改工作簿后重新导入。"
        )
        texts[file] = {
            COLUMNS: lambda h: yaml_files.columns_text(
                lists.categories, lists.catalogues, lists.sites, h
            ),
            SITES: lambda h: yaml_files.sites_text(lists.sites, h),
            UNITS: lambda h: yaml_files.units_text(lists.units, lists.required_counts, h),
        }[file](heading)
    return yaml_files.write(directory, texts, overwrite=overwrite)
