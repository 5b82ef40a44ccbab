"""When new media accounts were seen to have published last: appended, the newest look counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Engine, select

from checks.media_facts import AccountState, MediaUpdate
from storage.db import reading, writing
from storage.insert import insert_new
from storage.inspection_tables import MediaUpdateRow


def add(engine: Engine, updates: Iterable[MediaUpdate], *, actor: str, at: datetime) -> int:
    """Keep looks; one of the same account, day and source that is there already stays as it is.
    Returns how many were new."""
    rows = [
        {
            "account": u.account,
            "seen_on": u.seen_on,
            "last_on": u.last_on,
            "title": u.title,
            "state": u.state.value,
            "source": u.source,
            "actor": actor,
            "recorded_at": at,
        }
        for u in updates
    ]
    table = MediaUpdateRow.__table__
    with writing(engine) as connection:
        before = {
            tuple(row)
            for row in connection.execute(select(table.c.account, table.c.seen_on, table.c.source))
        }
        insert_new(connection, table, rows)
    return len({(r["account"], r["seen_on"], r["source"]) for r in rows} - before)


def newest(engine: Engine, day: date, *, known_at: datetime) -> Mapping[str, MediaUpdate]:
    """By account: the newest look not after ``day``; of one day the one recorded last. Looks that
    were recorded after ``known_at`` do not count."""
    query = (
        select(MediaUpdateRow.__table__)
        .where(MediaUpdateRow.seen_on <= day, MediaUpdateRow.recorded_at <= known_at)
        .order_by(MediaUpdateRow.seen_on, MediaUpdateRow.recorded_at, MediaUpdateRow.id)
    )
    with reading(engine) as connection:
        return {
            row.account: MediaUpdate(
                account=row.account,
                seen_on=row.seen_on,
                last_on=row.last_on,
                title=row.title,
                state=AccountState(row.state),
                source=row.source,
            )
            for row in connection.execute(query)
        }
