"""Writing configuration files: lists into YAML text, texts into a directory, all or none."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from config.problems import ConfigError, Problem
from config.schema import Catalogue, Category, City, Site, Unit, UnitGroup

Notes = Sequence[Sequence[str]]
"""Comments of each entry that is written, in the order in which they stand in the file."""


def columns_text(
    categories: Sequence[Category],
    catalogues: Sequence[Catalogue],
    sites: Sequence[Site],
    heading: str,
    notes: Notes = (),
) -> str:
    """``columns.yaml``; the sites' own columns are written under ``site_columns``. ``notes``: of
    each column, those of the catalogues first."""
    data = {
        "categories": [_plain(c, "cadence") for c in categories],
        "catalogues": [_plain(c, "columns") for c in catalogues],
        "site_columns": {
            s.id: [_plain(column) for column in s.columns] for s in sites if s.columns
        },
    }
    return _noted(_text(data, heading), "slug", notes)


def sites_text(sites: Sequence[Site], heading: str, notes: Notes = ()) -> str:
    """``sites.yaml``, without the columns, which ``columns_text`` writes."""
    data = {"sites": [_plain(s.model_copy(update={"columns": ()})) for s in sites]}
    return _noted(_text(data, heading), "id", notes)


def city_text(city: City, heading: str) -> str:
    """``city.yaml``."""
    plain = _plain(city, "trial_run", "crawl_window")
    return _text(plain, heading)


def units_text(
    units: Sequence[Unit],
    required_counts: Mapping[UnitGroup, int],
    heading: str,
    notes: Notes = (),
) -> str:
    """``units.yaml``; whether a unit is confirmed is always written out."""
    data = {
        "required_counts": {group.value: count for group, count in required_counts.items()},
        "units": [_plain(u, "confirmed", "full_name_confirmed") for u in units],
    }
    return _noted(_text(data, heading), "id", notes)


def _noted(text: str, key: str, notes: Notes) -> str:
    """Comments above the entries that begin with ``key``, one after the other."""
    if not notes:
        return text
    waiting = iter(notes)
    lines = []
    for line in text.splitlines():
        if line.lstrip().startswith(f"- {key}: "):
            indent = " " * (len(line) - len(line.lstrip()))
            lines += [
                f"{indent}# {' '.join(_printable(note).split())}" for note in next(waiting, ())
            ]
        lines.append(line)
    return "\n".join(lines) + "\n"


def _plain(model: BaseModel, *always: str) -> dict[str, Any]:
    """A model as plain data in the order of its fields, defaults left out but for ``always``."""
    whole = model.model_dump(mode="json", by_alias=True)
    short = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {k: short.get(k, v) for k, v in whole.items() if k in short or k in always} | {
        k: {} for k in always if k == "cadence" and k not in short
    }


def _text(data: Any, heading: str) -> str:
    comment = "".join(f"# {_printable(line)}\n" for line in heading.splitlines())
    body: str = yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, indent=2
    )
    return f"{comment}\n{body}"


def _printable(text: str) -> str:
    """What may stand in a comment: notes may quote pages."""
    return "".join(c if c.isprintable() and c != "\ufeff" else " " for c in text)


class _Dumper(yaml.SafeDumper):
    """Indents lists under their key, writes no aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(directory: Path, texts: Mapping[str, str], *, overwrite: bool = False) -> list[Path]:
    """Write files into a directory; what they replace is kept beside them as ``<name>.bak``.

    Every file is written in full under another name before the first takes its place. Raises
    ``ConfigError`` when a file exists and ``overwrite`` is false, or cannot be written.
    """
    targets = {name: directory / name for name in texts}
    existing = [t for t in targets.values() if t.exists()]
    if existing and not overwrite:
        raise ConfigError(
            [
                Problem(
                    t.as_posix(), "文件已经存在", "确要替换时请加 --overwrite，原文件会留作 .bak"
                )
                for t in existing
            ]
        )
    ready: dict[Path, Path] = {}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            ready[targets[name]] = _beside(targets[name], text.encode())
        for target in existing:
            replace_file(target.with_name(target.name + ".bak"), target.read_bytes())
        for target, new in ready.items():
            os.replace(new, target)
    except OSError as error:
        reason = f"写不了文件（{type(error).__name__}）"
        raise ConfigError(
            [Problem(directory.as_posix(), reason, "请核对目录的权限和磁盘空间")]
        ) from error
    finally:
        for new in ready.values():
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
    return list(targets.values())


def replace_file(target: Path, content: bytes) -> None:
    """Put a file in place at one stroke. Raises ``OSError``."""
    new = _beside(target, content)
    try:
        os.replace(new, target)
    finally:
        new.unlink(missing_ok=True)


def _beside(target: Path, content: bytes) -> Path:
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with new.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return new
