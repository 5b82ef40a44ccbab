"""A real scan of a whole site under the configuration of its truth, compared with that truth.

Every difference is a line of text; a test asks that there are none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from checks.facts import ColumnReading, ColumnState, Unverified
from checks.model import Scope
from services.scan import ScanReport
from storage import findings as ledger
from storage import readings
from storage.models import ScanState
from tests.integration.scanning import Office
from tests.replica.families import Spec, make
from tests.replica.families.config import column_key, slug, write_config
from tests.replica.families.model import State, TrueColumn, Truth
from tests.replica.families.server import Serving, serving

BLANK = "blank-column"
MAX_AGE = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A scan beside the truth."""

    truth: Truth
    report: ScanReport
    office: Office
    served: Serving
    columns: int
    """Columns that were compared."""
    entries: int
    """Entries that had to be found."""
    wrong: tuple[str, ...]
    """Every difference in the lists."""
    wrong_articles: tuple[str, ...]
    """Every difference in the articles' own pages."""


def scan(name: str, place: Path, spec: Spec | None = None) -> Outcome:
    """Serve the family's site, scan it, compare. ``place``: an empty folder."""
    spec = spec or Spec()
    with serving(lambda root: make(name, spec, root)) as served:
        assert served.site is not None
        truth = served.site.truth()
        office = Office(write_config(truth, place / "config"), place / "data")
        report = office.scan(as_of=spec.as_of)
    wrong = [*_columns(truth, office, report), *_accounts(report, served)]
    return Outcome(
        truth=truth,
        report=report,
        office=office,
        served=served,
        columns=sum(c.state is not State.PARENT for c in truth.columns),
        entries=sum(len(c.entries) for c in truth.columns),
        wrong=tuple(wrong),
        wrong_articles=tuple(_articles(truth, office, report)),
    )


def _accounts(report: ScanReport, served: Serving) -> list[str]:
    wrong = [f"the site's own code failed: {fault}" for fault in served.faults]
    if report.state is not ScanState.COMPLETE:
        wrong.append(f"the scan is {report.state}")
    for site in report.crawl.sites:
        if not site.counters.closed:
            wrong.append(f"the accounts do not close: {site.counters}")
        if site.reason is not None:
            wrong.append(f"the site: {site.reason.reason}")
    return wrong


def _columns(
    truth: Truth,
    office: Office,
    report: ScanReport,
    key_of: Callable[[Truth, TrueColumn], str | None] = column_key,
) -> list[str]:
    """``key_of``: the key under which the scan's configuration has a column; ``None``: not at all."""
    engine = office.workspace.engine
    stored = readings.columns(engine, report.scan_id, MAX_AGE)
    blank = {f.subject.key for f in office.findings(report.scan_id) if f.rule_id == BLANK}
    unverified = {
        v.subject.key: v.reason
        for v in ledger.verdicts(engine, report.scan_id)
        if v.rule_id == BLANK and v.subject.scope is Scope.COLUMN
    }
    wrong: list[str] = []
    for column in truth.columns:
        if column.state is State.PARENT:
            continue
        key = key_of(truth, column)
        if key is None:
            continue
        told = f"{column.key} {column.name}"
        found = stored.get(key)
        if found is None:
            wrong.append(f"{told}: no reading")
        elif column.state is State.ELSEWHERE:
            if found.state is not ColumnState.DELEGATED:
                wrong.append(f"{told}: leads elsewhere, but is {found.state}: {found.reading}")
        elif isinstance(found.reading, Unverified):
            wrong.append(f"{told}: {found.reading.code}: {found.reading.reason}")
        elif column.state is State.EMPTY:
            if found.reading.entries:
                wrong.append(f"{told}: is empty, {len(found.reading.entries)} rows read")
            elif key not in blank:
                wrong.append(f"{told}: is empty, and not found blank: {unverified.get(key)}")
        elif column.state is State.TEXT:
            if len(found.reading.entries) != 1:
                wrong.append(f"{told}: is one text, {len(found.reading.entries)} rows read")
        else:
            if key in blank:
                wrong.append(f"{told}: ACCUSED of being blank")
            wrong.extend(f"{told}: {line}" for line in _rows(truth, column, found.reading))
    return wrong


def _same(address: str, truth: Truth) -> str:
    """One spelling of an address: other hosts of the site count as its own, %xx as what it says."""
    own = truth.home.rstrip("/")
    for host in truth.hosts:
        if address.startswith(f"http://{host}/"):
            address = own + address.removeprefix(f"http://{host}")
    return unquote(address, errors="surrogateescape")


def _rows(truth: Truth, column: TrueColumn, reading: ColumnReading) -> list[str]:
    wanted = {_same(e.address, truth): e for e in column.entries}
    read = Counter(_same(e.url, truth) for e in reading.entries)
    wrong = [f"{n} times: {address}" for address, n in read.items() if n > 1]
    missing = [e for address, e in wanted.items() if address not in read]
    more = [e for e in reading.entries if _same(e.url, truth) not in wanted]
    proof = reading.proof
    if missing or more:
        wrong.append(
            f"{len(missing)} of {len(wanted)} missing (first: {missing[:1]}), {len(more)} too many"
            f" (first: {more[:1]}); {proof.pages_read} pages, stop {proof.stop}, {proof.reader},"
            f" claimed {proof.total_claimed} rows {proof.pages_claimed} pages"
        )
    elif proof.stop.value != "end":
        wrong.append(f"all rows read, but the end is not known: {proof.stop}")
    for entry in reading.entries:
        true = wanted.get(_same(entry.url, truth))
        if true is None:
            continue
        if entry.title != " ".join(true.title.split()):
            wrong.append(f"title {entry.title!r}, is {true.title!r}")
        if entry.published != true.day:
            wrong.append(f"{true.title}: day {entry.published} ({entry.date_state}), is {true.day}")
        if truth.marks_pinned and entry.pinned != true.pinned:
            wrong.append(f"{true.title}: pinned {entry.pinned}, is {true.pinned}")
    return wrong


def _articles(truth: Truth, office: Office, report: ScanReport) -> list[str]:
    pages = {
        _same(page.url or "", truth): page
        for page in readings.pages(
            office.workspace.engine, report.scan_id, rules_digest="", max_age_days=MAX_AGE
        )
    }
    wrong = []
    for article in truth.articles:
        page = pages.get(_same(article.address, truth))
        if page is None or page.unverified is not None or page.version_id is None:
            wrong.append(f"{article.address}: not read: {page and page.unverified}")
            continue
        if page.title != " ".join(article.title.split()):
            wrong.append(f"{article.address}: title {page.title!r}, is {article.title!r}")
        if page.published != article.day:
            wrong.append(f"{article.address}: day {page.published}, is {article.day}")
        if article.source and page.source != article.source:
            wrong.append(f"{article.address}: source {page.source!r}, is {article.source!r}")
    more = pages.keys() - {_same(a.address, truth) for a in truth.articles}
    texts = {_same(c.address, truth).rstrip("/") for c in truth.columns if c.state is State.TEXT}
    wrong.extend(
        f"{address}: a page too many"
        for address in sorted(more)
        if address.rstrip("/") not in texts
    )
    return wrong


column_differences = _columns

__all__ = ["Outcome", "column_differences", "scan", "slug"]
