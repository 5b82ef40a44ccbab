"""Service guides laid before the rules: those of the columns for them, and pages that call themselves one."""

from __future__ import annotations

from collections.abc import Iterator

from checks.facts import LinkKind, Unverified
from checks.interaction import GuideCase, GuideSeen
from checks.model import Scope, Subject
from config.schema import ColumnRole, Site
from services.cases import NEVER_READ
from services.judging.ground import Ground
from services.judging.interaction import role_columns
from storage.models import Sight


def lay(ground: Ground) -> None:
    if not ground.wants("incomplete-guide", "dead-guide-form"):
        return
    for site in ground.sites:
        for case in _cases(ground, site):
            ground.judge(case, case.fetched)


def _cases(ground: Ground, site: Site) -> Iterator[GuideCase]:
    roles = {key: column.role for key, column in role_columns(ground, site).items()}
    for page in ground.pages:
        if page.site_id != site.id or "guide" not in page.parts or page.outcome is Sight.ABSENT:
            continue
        if ground.units is not None and page.unit_id not in ground.units:
            continue
        title = page.title or (page.listed.title if page.listed else "") or "办事指南"
        here = roles.get(page.column_key or "") is ColumnRole.GUIDES
        if not here and "指南" not in title:
            continue
        seen: GuideSeen | Unverified = page.unverified or NEVER_READ
        if page.unverified is None and page.version_id is not None:
            facts = page.load()
            links = facts.body.links if facts.body is not None else ()
            if facts.guide is not None:
                seen = GuideSeen(
                    guide=facts.guide,
                    forms=tuple(link for link in links if link.kind is LinkKind.FILE),
                    fates=ground.fates,
                    certain=here,
                )
        subject = Subject(
            scope=Scope.PAGE,
            key=page.subject_key,
            site_id=site.id,
            unit_id=page.unit_id,
            title=title,
            url=page.url,
        )
        yield GuideCase(subject=subject, guide=seen, fetched=page.fetched)
