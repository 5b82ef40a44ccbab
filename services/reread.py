"""Reading a scan's pages again from the evidence store, without the network.

The same reader and rules must say of the stored bytes what they said in the crawl; a mended reader
or rule shows here what it would change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checks.facts import PageKind
from checks.registry import rules_digest, select, settings_of
from checks.runner import page_answers
from crawler.extract import READER, read_page
from services.book import pick_scan
from services.workspace import Workspace
from storage import readings
from storage.evidence import EvidenceGone


@dataclass(slots=True)
class Reread:
    """What reading again gave."""

    scan_id: int
    reader: str = READER
    pages: int = 0
    same: int = 0
    gone: int = 0
    """存证已清理: the bytes are no longer kept."""
    different: list[tuple[str, str]] = field(default_factory=list)
    """Address, and what differs (in Chinese)."""


def reread(ws: Workspace, scan_id: int | None = None) -> Reread:
    """Read every page that a scan rests on again, and compare facts and rule answers."""
    scan = pick_scan(ws, scan_id)
    standard = ws.standard(scan.standard)
    rules, settings = select(standard.rules), settings_of(standard)
    digest = rules_digest(standard.rules, settings, standard.min_confidence)
    result = Reread(scan.id)
    for page in _read_pages(ws, scan.id, digest):
        result.pages += 1
        assert page.fetched is not None  # noqa: S101 - ``_read_pages`` gives no others
        try:
            record = ws.evidence.get(page.fetched.evidence or "", page.url)
        except EvidenceGone:
            result.gone += 1
            continue
        again = read_page(
            record.body,
            url=page.url or record.url,
            content_type=record.content_type,
            hint=PageKind.ARTICLE,  # as in the crawl
        ).page
        before = page.load()
        answers = page_answers(again, rules, settings, standard.min_confidence)
        if again != before:
            fields = [
                name
                for name in type(again).__dataclass_fields__
                if getattr(again, name) != getattr(before, name)
            ]
            result.different.append((page.url or "", f"读取结果不同：{'、'.join(fields)}"))
        elif page.hits is not None and dict(answers) != dict(page.hits):
            result.different.append((page.url or "", "规则结果不同"))
        else:
            result.same += 1
    return result


def _read_pages(ws: Workspace, scan_id: int, digest: str) -> Iterator[readings.StoredPage]:
    for page in readings.pages(
        ws.engine,
        scan_id,
        rules_digest=digest,
        max_age_days=ws.config.city.max_age_days,
        with_facts=True,
    ):
        if page.version_id is not None and page.fetched and page.fetched.evidence:
            yield page
