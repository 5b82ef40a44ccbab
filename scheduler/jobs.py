"""What the scheduler does beside scans: probes, sending, escalation. One line a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scheduler import probes
from services import sending
from services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is looked after at every tick, in the order of the list."""

    name: str
    """In Chinese, as messages call it."""
    due: Callable[[Workspace, datetime], bool]
    """Whether there is anything to do now; cheap, for it is asked every minute."""
    run: Callable[[Workspace, datetime], str]
    """Does it, and says in Chinese what was done; empty: nothing worth saying. It must be harmless
    when two processes run it at once, and when it is killed and run again."""


def jobs() -> list[Job]:
    """All jobs, in the order in which they run."""
    daily = sending.Daily()
    return [
        Job("可用性探测", probes.is_waiting, probes.probe_and_tell),
        Job(
            "到期事项",
            lambda ws, now: daily.due(ws, _present(ws, now)),
            lambda ws, now: daily.run(ws, _present(ws, now)),
        ),
        Job(
            "发送提醒",
            lambda ws, now: sending.outbox_due(ws, _present(ws, now)),
            lambda ws, now: sending.outbox_job(ws, _present(ws, now)).words,
        ),
    ]


def _present(ws: Workspace, now: datetime) -> datetime:
    """A tick that ran a scan is hours old when its jobs' turn comes; what is sent is sent now."""
    return max(now, ws.now())
