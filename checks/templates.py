"""Template faults: what the template repeats on every page is one problem of the site's operator.

A site step over findings already made, pure. Findings inside a body are never merged: what an
editor wrote a hundred times is a hundred problems.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from checks.model import Finding, Subject, fingerprint

LEAST_PAGES = 5
LEAST_SHARE = 30
"""A fault counts as the template's on at least this share (%) of the pages, and ``LEAST_PAGES``."""


def merge_template_faults(
    findings: Iterable[Finding], pages_known: int, operator: Subject
) -> tuple[Finding, ...]:
    """One site's page findings with those that its template repeats merged.

    ``pages_known``: articles and entries of the site that these findings were drawn from (all that
    storage knows and this judging covered). ``operator``: the site as a subject, with the unit that
    runs it. Merged findings come where the first of them stood; the others stay as they were.
    """
    kept = list(findings)
    seen: dict[tuple[str, str, str], set[str]] = {}
    for finding in kept:
        if not finding.in_body:
            seen.setdefault(_fault(finding), set()).add(finding.subject.key)
    repeated = {
        fault: len(pages)
        for fault, pages in seen.items()
        if len(pages) >= LEAST_PAGES and len(pages) * 100 >= LEAST_SHARE * pages_known
    }
    merged: dict[str, Finding] = {}
    for finding in kept:
        fault = _fault(finding)
        if finding.in_body or fault not in repeated:
            merged.setdefault(f"{finding.fingerprint}@{finding.subject.key}", finding)
            continue
        one = _as_template_fault(finding, repeated[fault], operator)
        merged.setdefault(one.fingerprint, one)
    return tuple(merged.values())


def _fault(finding: Finding) -> tuple[str, str, str]:
    return finding.rule_id, finding.path, finding.what


def _as_template_fault(finding: Finding, pages: int, operator: Subject) -> Finding:
    what = f"{finding.what} @ {finding.path}"
    return replace(
        finding,
        fingerprint=fingerprint(finding.rule_id, operator.key, what),
        subject=operator,
        what=what,
        message=f"{finding.message}（模板问题，{pages} 个页面相同）",
        pages=pages,
    )
