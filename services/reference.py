"""The rule reference under ``docs/rules``: written from the declarations, and held against them."""

from __future__ import annotations

from pathlib import Path

from reports.rules_reference import pages
from reports.views import RulesView


def write_reference(view: RulesView, directory: Path) -> list[Path]:
    """Write every page; pages of rules that are no more are removed. Gives what was written."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = pages(view.rules)
    for old in directory.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    written = []
    for name, text in wanted.items():
        path = directory / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def stale_pages(view: RulesView, directory: Path) -> list[str]:
    """Names of pages that are missing, outdated or left over."""
    wanted = pages(view.rules)
    have = {p.name: p.read_text(encoding="utf-8") for p in directory.glob("*.md")}
    return sorted(n for n in wanted.keys() | have.keys() if wanted.get(n) != have.get(n))
