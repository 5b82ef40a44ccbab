"""What the identity rules must find in a replica with plants (``tests.replica.marks``)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.replica import names
from tests.replica.marks import CODES, WRONG_DOMAIN
from tests.replica.site import Replica
from tests.replica.truth import TruthFinding


def truth(replica: Replica) -> Iterator[TruthFinding]:
    if not replica.spec.plants:
        return
    for site, rule, what, suspected in _truth():
        yield TruthFinding(
            rule=rule,
            unit=names.OPERATOR,
            site=site,
            subject=f"site:{site}",
            what_contains=what,
            suspected=suspected,
        )


def _truth() -> Iterator[tuple[str, str, str, bool]]:
    yield "portal", "missing-site-mark", "公安机关备案", False
    yield "portal", "mark-mismatch", "找错入口", False
    yield "portal", "missing-site-tags", "SiteDomain", False
    yield "portal", "floating-window", "主题活动", False
    yield "portal", "advertising", "mall.jd.com", True
    yield "portal", "search-misses-title", "", True
    yield "platform", "missing-site-mark", "主办单位", True
    yield "platform", "improper-domain", WRONG_DOMAIN, False
    yield "platform", "advertising", "cpro.baidustatic.com", False
    for site in CODES:
        for tag in ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"):
            yield site, "missing-column-tags", tag, False
        for tag in ("ArticleTitle", "PubDate", "ContentSource"):
            yield site, "missing-article-tags", tag, False
