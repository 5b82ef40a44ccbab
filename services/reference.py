"""The rule reference under ``docs/rules``: written from the declarations, and held against them."""

from __future__ import annotations

from pathlib import Path

from config.loader import load_standard, standard_names
from reports.coverage import NAME, coverage
from reports.rules_reference import pages
from reports.views import RulesView


def _wanted(view: RulesView) -> dict[str, str]:
    """Every page by name: the rules, and how the shipped standards of sites are judged."""
    shipped = [load_standard(name) for name in standard_names()]
    titles = {r.rule.id: r.rule.title for r in view.rules}
    table = coverage((s for s in shipped if s.subject == "site"), titles)
    return {**pages(view.rules), NAME: table}


def write_reference(view: RulesView, directory: Path) -> list[Path]:
    """Write every page; pages of rules that are no more are removed. Gives what was written."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = _wanted(view)
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
    wanted = _wanted(view)
    have = {p.name: p.read_text(encoding="utf-8") for p in directory.glob("*.md")}
    return sorted(n for n in wanted.keys() | have.keys() if wanted.get(n) != have.get(n))
