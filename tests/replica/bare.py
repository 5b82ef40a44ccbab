"""Articles of the replica that are only a title, and traps beside them: too old to judge, filled by a
script. Pictures and films alone are among the traps of ``forms``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.replica.forms import CLEAN

if TYPE_CHECKING:
    from tests.replica.site import Article, Replica
    from tests.replica.truth import TruthFinding

RULE = "title-only-entry"
TEMPLATES = ("modern", "trs", "meta", "gbk")
"""Whose containers bear a name that readers know."""
FAULTS = ("bare", "bare-blanks")


def draw(replica: Replica) -> dict[int, str]:
    """Article number → the form of its body."""
    wanted = [(name, template) for name in FAULTS for template in TEMPLATES]
    recent = _free(replica, old=False)
    drawn: dict[int, str] = {}
    for name, template in wanted if replica.spec.plants else ():
        article = _next(recent, (template,))
        if article is not None:
            drawn[article.number] = name
    for form, some in (("bare-script", recent), ("bare", _free(replica, old=True))):
        article = _next(some, TEMPLATES)
        if article is not None:
            drawn[article.number] = form
    return drawn


def _next(some: list[Article], templates: tuple[str, ...]) -> Article | None:
    """The first of one of these templates, taken out."""
    at = next((i for i, a in enumerate(some) if a.template in templates), None)
    return None if at is None else some.pop(at)


def _free(replica: Replica, *, old: bool) -> list[Article]:
    """Ordinary articles that no other family has to do with."""
    plan, spec = replica.plan, replica.spec
    taken = {*plan.articles, *plan.shared, *plan.moved, *plan.entries, *replica.engaged.texts}
    dressed = {entry.number for entry in _told(replica)}
    clean = {form.name for form in CLEAN if not form.resources}
    return [
        a
        for a in replica.articles.values()
        if a.number not in taken
        and a.number not in dressed
        and a.form in clean
        and (a.published < spec.judge_from) is old
        and (column := replica.by_key[a.column]).slot.required
        and not column.treatment
        and column.holder not in plan.units
        and column.slot.category in ("news", "notice")
    ]


def _told(replica: Replica) -> Iterator[Article]:
    """Articles whose titles duties or key areas gave them."""
    words = [w for duty in replica.duties.document for group in duty["words"] for w in group]
    words += [w for item in replica.areas.items for group in item.get("words", ()) for w in group]
    for article in replica.articles.values():
        if any(word in article.title for word in words):
            yield article


def truth(replica: Replica) -> Iterator[TruthFinding]:
    from tests.replica.truth import TruthFinding

    for number, form in replica.plan.bare.items():
        article = replica.articles[number]
        if form not in FAULTS or article.published < replica.spec.judge_from:
            continue
        yield TruthFinding(
            rule=RULE,
            unit=article.unit,
            site=article.site,
            subject=f"page:{article.path}",
            note=f"{article.form} on the template {article.template}",
            suspected=True,
        )
