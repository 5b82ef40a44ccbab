"""Findings that stand in no ledger: what the standards of sites find in the newest whole scan. They are
worked out when somebody asks for one; nothing is recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.model import Finding
from checks.registry import RULES
from config.loader import standard_names
from config.schema import Standard
from reports import views as v
from scorecards.life import FindingState
from services.book import NOBODY, class_of, pick_scan
from services.judge import judge_facts
from services.workspace import UsageError, Workspace, shanghai_day
from storage.models import ScanRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    finding: Finding
    standard: Standard
    scan: ScanRow


def beside(ws: Workspace, prefix: str) -> Beside | None:
    """The one finding whose fingerprint begins with ``prefix``; ``None``: there is none.

    Raises ``UsageError`` where several do.
    """
    prefix = prefix.strip().lower()
    if re.fullmatch("[0-9a-f]{6,32}", prefix) is None:
        return None
    try:
        scan = pick_scan(ws)
    except UsageError:  # nothing was scanned
        return None
    own = ws.standard(scan.standard)
    found: dict[str, Beside] = {}
    for name in standard_names(ws.settings.standards):
        standard = ws.standard(name)
        if standard.subject != "site" or not standard.rules.keys() - own.rules.keys():
            continue
        for mark, finding in judge_facts(ws, scan, standard).findings.items():
            if mark.startswith(prefix):
                found.setdefault(mark, Beside(finding=finding, standard=standard, scan=scan))
    if len(found) > 1:
        some = "、".join(sorted(found)[:4])
        raise UsageError(f"有多个问题的编号以 {prefix} 开头，请多写几位：{some}")
    return next(iter(found.values()), None)


def view(ws: Workspace, held: Beside) -> v.FindingDetailView:
    """It, as ``show`` prints one of the ledger: without a life."""
    finding, standard = held.finding, held.standard
    rule = RULES[finding.rule_id]
    unit = next((u for u in ws.config.units if u.id == finding.subject.unit_id), None)
    class_id, label = class_of(standard, rule.id, shanghai_day(held.scan.as_of))
    return v.FindingDetailView(
        finding=v.FindingView(
            fingerprint=finding.fingerprint,
            short_id=finding.fingerprint[:8],
            unit_id=unit.id if unit else None,
            unit_short=unit.short if unit else NOBODY,
            site_id=finding.subject.site_id,
            rule_id=rule.id,
            rule_title=rule.title,
            class_id=class_id,
            class_label=label,
            severity=rule.severity,
            state=FindingState.SUSPECTED if finding.suspected else FindingState.OPEN,
            subject_title=finding.subject.title,
            message=finding.message,
            url=finding.url,
            path=finding.path,
            snippet=finding.snippet,
            evidence=finding.evidence,
            basis=tuple(b.words for b in rule.basis),
            remedy=rule.remedy,
            deadline="没有期限",
            measured_at=held.scan.as_of,
            pages=finding.pages,
        ),
        events=(),
        why=rule.doc.why,
        trial_run=ws.config.city.trial_run,
        note=f"按{standard.title}检查出来的，不在本市台账里：不提醒、不计期限、不扣本市的分",
        standard=standard.id,
    )
