"""What is stuck: probes that stopped, certificates about to end, slots and messages that wait on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.probes import HOME
from services.availability import certificate_of
from services.workspace import SHANGHAI, Workspace
from storage import messages, probes, slots
from storage.models import ScanKind
from storage.regime_tables import MessageState, SlotRow, SlotState

SILENT = timedelta(days=1)
"""Without a probe for so long, the scheduler is taken to be down."""
LATE = timedelta(days=1)
"""After its time, a slot that is still due is worth a word."""
QUEUED = timedelta(hours=1)


def stuck_lines(ws: Workspace, *, now: datetime) -> list[str]:
    """Each in Chinese with what to do; none of them says that stored accounts are wrong."""
    return [*_probes(ws, now), *_slots(ws, now), *_outbox(ws, now)]


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _probes(ws: Workspace, now: datetime) -> Iterator[str]:
    if not ws.probes.enabled:
        yield "探测  已关闭（probes.yaml 的 enabled）：站点能不能打开没有记录"
        return
    for site in ws.config.enabled_sites:
        last = next(
            (p for p in probes.newest(ws.engine, site.id, until=now) if p.page == HOME), None
        )
        if last is None:
            yield f"探测  {site.name}：还没有探测过；xunjian serve 运行时按时探测"
        elif now - last.at > SILENT:
            yield (
                f"探测  {site.name}：{_moment(last.at)} 以后没有探测过，"
                "请看 xunjian serve 是否在运行"
            )
        shown = certificate_of(ws, site.id, now)
        if shown is not None and (shown.expired or shown.soon):
            words = "已过期" if shown.expired else f"还有 {shown.days_left} 天到期"
            yield f"证书  {site.name}：{words}（{_moment(shown.until)}），请网站运维单位更换"
    if not ws.probes.controls:
        yield "探测  没有对照地址（probes.yaml 的 controls），超时一律记为未能核实"


def _slots(ws: Workspace, now: datetime) -> Iterator[str]:
    names = {s.id: s.name for s in ws.config.sites}
    for row in slots.waiting(ws.engine):
        what = f"排期  {_kind(row)} {row.slot} {names.get(row.site_id, row.site_id)}".rstrip()
        if row.state is SlotState.RUNNING:
            if row.lease_until is not None and row.lease_until < now:
                yield (
                    f"{what}：标为进行中，但占用已于 {_moment(row.lease_until)} 到期，"
                    "做它的程序多半已不在；xunjian serve 会接着做"
                )
        elif row.until <= now:
            yield f"{what}：过了补做期限（{_moment(row.until)}）还没有做，xunjian serve 会记为漏做"
        elif now - row.due_at > LATE:
            why = f"（{row.result}）" if row.result else ""
            yield f"{what}：{_moment(row.due_at)} 就该做，还没有做{why}"


def _kind(row: SlotRow) -> str:
    try:
        return ScanKind(row.kind).words
    except ValueError:
        return "第三方报告导入" if row.kind == "third_party" else row.kind


def _outbox(ws: Workspace, now: datetime) -> Iterator[str]:
    count = messages.counts(ws.engine)
    if failed := count.get(MessageState.FAILED, 0):
        yield f"发送  {failed} 条消息没有送出，已不再重试：用 xunjian messages 查看原因"
    if count.get(MessageState.QUEUED, 0):
        late = len(messages.due(ws.engine, now - QUEUED, 10_000))
        if late:
            yield f"发送  {late} 条消息排队超过 1 小时没有发出：请看 xunjian serve 是否在运行"
