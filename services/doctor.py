"""Self-examination: do the accounts of the scans close, and do database and evidence agree?"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from crawler.browser import try_out
from services.retention import kept_since
from services.upkeep import stuck_lines
from services.workspace import Workspace, start_of_day
from storage import lookups, scans
from storage.evidence import EvidenceGone


@dataclass(slots=True)
class Report:
    lines: list[str] = field(default_factory=list)
    faults: int = 0

    def check(self, good: bool, words: str) -> None:
        self.lines.append(("相符  " if good else "不符  ") + words)
        self.faults += not good


def examine(ws: Workspace) -> Report:
    """Look at every scan's accounts and at the evidence that observations rest on."""
    report = Report()
    report.lines.append(f"数据库  {ws.settings.database_url}")
    report.lines.append(_browser())
    report.lines += stuck_lines(ws, now=ws.now())
    names = {s.id: s.name for s in ws.config.sites}
    listed = scans.list_scans(ws.engine)
    if not listed:
        report.lines.append("还没有检测记录，没有可核对的账目")
        return report
    for scan in listed:
        for run in scans.site_runs(ws.engine, scan.id):
            where = f"第 {scan.id} 次检测 {names.get(run.site_id, run.site_id)}："
            ended = run.fetched + run.not_modified + run.failed + run.skipped
            report.check(
                run.requests == ended,
                f"{where}请求 {run.requests} = 取回 {run.fetched} + 未修改 {run.not_modified}"
                f" + 失败 {run.failed} + 略过 {run.skipped}",
            )
            stored = lookups.pages_read(ws.engine, scan.id, run.site_id)
            checked = lookups.pages_with_answers(ws.engine, scan.id, run.site_id)
            report.check(stored == checked, f"{where}存入页面 {stored} 个，已检查 {checked} 个")
    since = kept_since(ws, max(scan.as_of for scan in listed))
    missing = lookups.evidence_missing(ws.engine, start_of_day(since))
    report.check(missing == 0, f"检测结果所依据的存证：缺 {missing} 份")
    broken = _unreadable(ws)
    report.check(
        not broken, f"存证文件：损坏或读不出 {len(broken)} 份 {'、'.join(broken[:5])}".rstrip()
    )
    return report


def _browser() -> str:
    """Whether lists that only a script can fill can be read here (that they cannot is no fault)."""
    works, words = asyncio.run(try_out())
    if works:
        return f"浏览器  可用：{words}"
    return f"浏览器  不可用：{words}；由脚本填充、又没有已知接口的栏目将是未能核实"


def _unreadable(ws: Workspace) -> list[str]:
    """Digests whose record cannot be read, or whose bytes are not what the digest says."""
    broken = []
    for digest in lookups.evidence_digests(ws.engine):
        try:
            ws.evidence.get(digest)
        except EvidenceGone:
            broken.append(digest[:12])
    return broken
