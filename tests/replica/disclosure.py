"""The parts of disclosure in the replica: a planted one has no annual reports, and a link beside them
that only sounds like it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.replica import names

if TYPE_CHECKING:
    from tests.replica.site import Replica
    from tests.replica.truth import TruthFinding

PAGES = {"gongkainianbao": "公开年报", "qiyenianbao": "企业年报公示"}
"""Name of the file under ``/gkzn/`` → title."""


def link(replica: Replica) -> str:
    """The item in the platform's menu."""
    name = "qiyenianbao" if replica.spec.plants else "gongkainianbao"
    return f'<li><a href="/gkzn/{name}.htm">{PAGES[name]}</a></li>'


def truth(replica: Replica) -> Iterator[TruthFinding]:
    from tests.replica.truth import TruthFinding

    if replica.spec.plants:
        yield TruthFinding(
            rule="missing-disclosure-part",
            unit=names.OPERATOR,
            site="platform",
            subject="site:platform",
            what_contains="annual",
            note="no annual reports; 企业年报公示 is another thing",
            suspected=True,
        )
