"""The views for scripts: versioned JSON. Spreadsheets get theirs from ``tables``.

JSON names its shape in ``schema`` (``xunjian.summary/1``); a key is never renamed or given another
meaning under the same number. Points and percentages are numbers in points and percent, instants
UTC in ISO 8601, dates Shanghai calendar dates; what is not known is ``null``, never 0 or "". The
shapes are documented in ``docs/output.md``.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, date, datetime
from functools import singledispatch
from typing import IO, Any

from reports.views import (
    ColumnLine,
    FindingDetailView,
    FindingsView,
    FindingView,
    RulesView,
    RuleUse,
    RuleView,
    RunsView,
    ScanMeta,
    ScorecardsView,
    StandardLine,
    SummaryRow,
    SummaryView,
    UnattributedView,
    UnitView,
)

Shape = dict[str, Any]


@singledispatch
def shape(view: object) -> Shape:
    """The JSON shape of a view; raises ``TypeError`` for what is none."""
    raise TypeError(f"no JSON shape for {type(view).__name__}")


_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def as_json(view: object) -> bytes:
    """UTF-8, keys in the documented order, ending in a newline. Characters that could act on a
    terminal or hide are written as ``\\u`` escapes: nothing is lost, nothing acts."""
    text = json.dumps(shape(view), ensure_ascii=False, indent=2, allow_nan=False)
    return (_UNSEEN.sub(_escaped, text) + "\n").encode()


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def write(data: bytes, stream: IO[str] | None = None) -> None:
    """To standard output, in UTF-8 whatever the console's encoding is."""
    out = stream or sys.stdout
    buffer = getattr(out, "buffer", None)
    if buffer is None:
        out.write(data.decode())
        return
    out.flush()
    buffer.write(data)
    buffer.flush()


def points(value: int | None) -> float | None:
    return None if value is None else value / 100


def instant(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def calendar(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _deadline(text: str) -> str | None:
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None


def _scan(scan: ScanMeta) -> Shape:
    return {
        "id": scan.scan_id,
        "kind": scan.kind_title,
        "as_of": instant(scan.as_of),
        "measured_from": instant(scan.measured_from),
        "measured_to": instant(scan.measured_to),
        "complete": scan.complete,
        "trial_run": scan.trial_run,
        "city": scan.city,
        "requests": scan.requests,
        "pages": scan.pages,
        "not_reached": scan.not_reached,
        "unverified": scan.unverified,
        "sites": [
            {
                "id": s.site_id,
                "name": s.name,
                "url": s.url,
                "state": s.state.value,
                "requests": s.requests,
                "pages": s.pages,
                "not_reached": s.not_reached,
                "unverified": s.unverified,
                "reason": s.reason,
            }
            for s in scan.sites
        ],
    }


def _standard(standard: StandardLine) -> Shape:
    return {
        "id": standard.id,
        "title": standard.title,
        "total": points(standard.total),
        "unconfirmed": standard.unconfirmed,
        "note": standard.note,
        "classes": [{"id": c, "label": label} for c, label in standard.classes],
    }


def _row(row: SummaryRow) -> Shape:
    return {
        "unit": row.unit_id,
        "short": row.short,
        "group": row.group.value,
        "confirmed": row.confirmed,
        "graded": row.graded,
        "reason": row.reason,
        "score_high": points(row.score_high),
        "score_low": points(row.score_low),
        "coverage": points(row.coverage),
        "rank": row.rank,
        "ranked": row.ranked,
        "open": dict(row.open),
        "problems": row.problems,
        "ahead": row.ahead,
        "reminded": row.reminded,
        "overdue": row.overdue,
        "claimed": row.claimed,
        "suspected": row.suspected,
        "unverified": row.unverified,
        "worst": row.worst,
        "deadline": _deadline(row.deadline),
    }


def _finding(f: FindingView) -> Shape:
    return {
        "id": f.fingerprint,
        "short_id": f.short_id,
        "unit": f.unit_id,
        "unit_short": f.unit_short,
        "site": f.site_id,
        "rule": f.rule_id,
        "rule_title": f.rule_title,
        "class": f.class_id,
        "class_label": f.class_label,
        "severity": f.severity.value,
        "state": f.state.value,
        "subject": f.subject_title,
        "message": f.message,
        "url": f.url,
        "path": f.path,
        "snippet": f.snippet,
        "evidence": f.evidence,
        "basis": list(f.basis),
        "remedy": f.remedy,
        "restores": points(f.restores),
        "restores_rule": points(f.restores_rule),
        "deadline": _deadline(f.deadline),
        "measured_at": instant(f.measured_at),
        "unchanged_since": instant(f.unchanged_since),
        "first_found": instant(f.first_found),
        "state_since": instant(f.state_since),
        "times_recurred": f.times_recurred,
        "pages": f.pages,
        "reason": f.reason,
        "actor": f.actor,
        "counts_from": calendar(f.counts_from),
    }


def _column(column: ColumnLine) -> Shape:
    return {
        "key": column.key,
        "name": column.name,
        "group": column.group,
        "site": column.site_name,
        "url": column.url,
        "state": column.state,
        "fine": column.fine,
        "newest": calendar(column.newest),
        "entries": column.entries,
        "found_name": column.found_name,
        "cadence": column.cadence,
        "measured_at": instant(column.measured_at),
        "note": column.note,
    }


@shape.register
def _(view: SummaryView) -> Shape:
    return {
        "schema": "xunjian.summary/1",
        "scan": _scan(view.scan),
        "standard": _standard(view.standard),
        "unattributed": {"pages": view.unattributed, "findings": view.unattributed_findings},
        "missing_units": {group.value: n for group, n in view.missing_units.items()},
        "changes": {"new": view.new, "rectified": view.rectified, "recurred": view.recurred},
        "contested": view.contested,
        "units": [_row(r) for r in view.ordered()],
        "since": None if view.since is None else shape(view.since),
    }


@shape.register
def _(view: UnitView) -> Shape:
    return {
        "schema": "xunjian.unit/1",
        "scan": _scan(view.scan),
        "standard": _standard(view.standard),
        "unit": {**_row(view.row), "name": view.name},
        "arithmetic": list(view.arithmetic),
        "findings": [_finding(f) for f in view.findings],
        "suspected": [_finding(f) for f in view.suspected],
        "unverified": [
            {
                "rule": u.rule_id,
                "rule_title": u.rule_title,
                "subject": u.subject_title,
                "url": u.url,
                "reason": u.reason,
            }
            for u in view.unverified
        ],
        "columns": [_column(c) for c in view.columns],
        "rectified": view.rectified,
        "revoked": view.revoked,
        "pages": view.pages,
        "waived": [_finding(f) for f in view.waived],
        "waivers": [shape(w) for w in view.waivers],
        "trend": None if view.trend is None else shape(view.trend),
    }


@shape.register
def _(view: FindingDetailView) -> Shape:
    return {
        "schema": "xunjian.finding/1",
        "trial_run": view.trial_run,
        "note": view.note,
        "standard": view.standard or None,
        "finding": _finding(view.finding),
        "why": view.why,
        "events": [
            {
                "at": instant(e.at),
                "title": e.title,
                "actor": e.actor,
                "reason": e.reason,
                "scan": e.scan_id,
            }
            for e in view.events
        ],
        "mended": [
            {
                "at": instant(m.at),
                "before": m.before,
                "was": m.was,
                "after": m.after,
                "now": m.now,
            }
            for m in view.mended
        ],
    }


@shape.register
def _(view: FindingsView) -> Shape:
    return {
        "schema": "xunjian.findings/1",
        "trial_run": view.trial_run,
        "total": view.total,
        "findings": [_finding(f) for f in view.findings],
    }


@shape.register
def _(view: UnattributedView) -> Shape:
    return {
        "schema": "xunjian.unattributed/1",
        "total": view.total,
        "pages": [
            {
                "site": p.site_name,
                "title": p.title,
                "url": p.url,
                "source": p.source,
                "reason": p.reason,
            }
            for p in view.pages
        ],
    }


@shape.register
def _(view: ScorecardsView) -> Shape:
    return {
        "schema": "xunjian.scorecards/1",
        "trial_run": view.trial_run,
        "scorecards": [
            {"scan": c.scan_id, "standard": c.standard_id, "as_of": instant(c.as_of), **_row(c.row)}
            for c in view.cards
        ],
    }


@shape.register
def _(view: RunsView) -> Shape:
    return {
        "schema": "xunjian.runs/1",
        "runs": [
            {
                **_scan(r.scan),
                "state": r.state,
                "started_at": instant(r.started_at),
                "ended_at": instant(r.ended_at),
                "actor": r.actor,
                "new": r.new,
                "rectified": r.rectified,
                "recurred": r.recurred,
                "open": r.open,
            }
            for r in view.runs
        ],
    }


def _use(use: RuleUse) -> Shape:
    return {
        "standard": use.standard_id,
        "class_label": use.class_label,
        "points": points(use.points),
        "cap": points(use.cap),
        "unconfirmed": use.unconfirmed,
        "since": calendar(use.since),
        "params": dict(use.params),
    }


def _rule(view: RuleView) -> Shape:
    rule = view.rule
    return {
        "id": rule.id,
        "title": rule.title,
        "scope": rule.scope.value,
        "severity": rule.severity.value,
        "version": rule.version,
        "by_hand": rule.by_hand,
        "remedy": rule.remedy,
        "basis": [
            {
                "document": b.document,
                "clause": b.clause,
                "link": b.link,
                "unconfirmed": b.unconfirmed,
            }
            for b in rule.basis
        ],
        "params": {
            name: {"default": p.default, "meaning": p.meaning, "unit": p.unit}
            for name, p in rule.params.items()
        },
        "uses": [_use(u) for u in view.uses],
    }


@shape.register
def _(view: RuleView) -> Shape:
    return {"schema": "xunjian.rule/1", **_rule(view), "sections": view.rule.sections()}


@shape.register
def _(view: RulesView) -> Shape:
    return {"schema": "xunjian.rules/1", "rules": [_rule(r) for r in view.rules]}
