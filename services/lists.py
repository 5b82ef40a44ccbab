"""The lists that clerks keep in Excel, and a look at the units."""

from __future__ import annotations

from pathlib import Path

from config import excel
from config.schema import UnitGroup
from services.workspace import Workspace


def unit_lines(ws: Workspace) -> list[str]:
    """The units by group, in lines; what was not confirmed is marked in every line."""
    lines: list[str] = []
    for group in UnitGroup:
        units = [u for u in ws.config.units if u.group is group]
        wanted = ws.config.required_counts.get(group)
        lines.append(
            f"{group.label}：{len(units)} 个" + (f"（应有 {wanted} 个）" if wanted else "")
        )
        for unit in units:
            mark = "" if unit.confirmed else "  【未核对】"
            lines.append(f"  {unit.id}  {unit.short}  {unit.name}{mark}")
    return lines


def export(ws: Workspace, file: Path, *, overwrite: bool = False) -> None:
    """Write units, columns and sites to a workbook."""
    excel.export_lists(ws.config, file, overwrite=overwrite)


def bring_in(ws: Workspace, file: Path, directory: Path, *, overwrite: bool) -> list[Path]:
    """Read a workbook and write it as a configuration. Raises ``ConfigError`` with every bad row."""
    return excel.import_lists(file, directory, overwrite=overwrite)
