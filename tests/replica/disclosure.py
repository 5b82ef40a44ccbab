"""The parts of disclosure in the replica: a planted one has no guide, and a link beside it that only
sounds like one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.replica import names

if TYPE_CHECKING:
    from tests.replica.site import Replica
    from tests.replica.truth import TruthFinding

PAGES = {"gongkaizhinan": "公开指南", "banshi": "办事公开指南"}
"""Name of the file under ``/gkzn/`` → title."""


def link(replica: Replica) -> str:
    """The item in the platform's menu."""
    name = "banshi" if replica.spec.plants else "gongkaizhinan"
    return f'<li><a href="/gkzn/{name}.htm">{PAGES[name]}</a></li>'


def truth(replica: Replica) -> Iterator[TruthFinding]:
    from tests.replica.truth import TruthFinding

    if replica.spec.plants:
        yield TruthFinding(
            rule="missing-disclosure-part",
            unit=names.OPERATOR,
            site="platform",
            subject="site:platform",
            what_contains="guide",
            note="no guide; 办事公开指南 is another thing",
            suspected=True,
        )
