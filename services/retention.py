"""How long evidence is kept: every version that a scan of the kept assessment years observed."""

from __future__ import annotations

import logging
from datetime import date, datetime

from services.workspace import Workspace, shanghai_day, start_of_day
from storage import scans
from storage.db import StorageError

log = logging.getLogger(__name__)


def kept_since(ws: Workspace, as_of: datetime) -> date:
    """The first Shanghai day of the oldest assessment year whose evidence is kept at ``as_of``."""
    return date(shanghai_day(as_of).year - ws.config.city.keep_evidence_years + 1, 1, 1)


def drop_old_evidence(ws: Workspace, as_of: datetime) -> int:
    """Remove what no scan of the kept years observed; returns the bytes gained.

    For the end of a scan, its evidence closed. What cannot be removed now (a full disk, a file that
    another program holds open) is left for the next time: no scan fails for it.
    """
    since = kept_since(ws, as_of)
    if all(scan.as_of >= start_of_day(since) for scan in scans.list_scans(ws.engine)):
        return 0
    try:
        gone = ws.evidence.prune(since)
    except (OSError, StorageError):
        log.warning("old evidence could not be removed", exc_info=True)
        return 0
    log.info(
        "evidence from before %s removed: %d records, %d bytes", since, gone.records, gone.bytes
    )
    return gone.bytes
