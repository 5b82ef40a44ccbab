"""Sites that were rebuilt: what a person confirmed, and the new addresses of pages that are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from checks.life import Event
from storage import findings as ledger
from storage.db import reading, writing
from storage.insert import insert_new, parts
from storage.models import AliasRow, SubjectRow
from storage.regime_tables import MoveRow
from storage.types import url_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One rebuilt site."""

    id: int
    site_id: str
    at: datetime
    """From then on the new one stands."""
    recorded_at: datetime
    actor: str
    old_url: str
    new_url: str
    mapping: Mapping[str, Any]
    """``columns``: key → ``url`` and ``name``; ``unmapped``: keys; ``grace_until``: ISO day."""

    @property
    def grace_until(self) -> date | None:
        text = self.mapping.get("grace_until")
        return date.fromisoformat(text) if text else None


def moves(engine: Engine) -> list[Move]:
    """In the order in which they were recorded."""
    with reading(engine) as connection:
        rows = connection.execute(select(MoveRow.__table__).order_by(MoveRow.id)).all()
    return [Move(**row._mapping) for row in rows]


def known_pages(engine: Engine, urls: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Number and key of the page that is known under each address."""
    asked = {url_key(url): url for url in urls}
    found: dict[str, tuple[int, str]] = {}
    with reading(engine) as connection:
        for part in parts(sorted(asked)):
            query = (
                select(AliasRow.url_key, SubjectRow.id, SubjectRow.key)
                .join(SubjectRow, SubjectRow.id == AliasRow.subject_id)
                .where(AliasRow.url_key.in_(part))
            )
            for key, number, subject in connection.execute(query):
                found[asked[bytes(key)]] = (number, subject)
    return found


def keep(
    engine: Engine,
    move: Move,
    addresses: Mapping[str, int],
    noted: Iterable[tuple[str, Event]],
) -> int:
    """Record a move, the new addresses of known pages (address → the page's number), and remarks in
    the logs of findings, in one transaction; gives its number. An address that is known already
    stays with its page."""
    with writing(engine) as connection:
        number = int(
            connection.execute(
                insert(MoveRow)
                .values(
                    site_id=move.site_id,
                    at=move.at,
                    recorded_at=move.recorded_at,
                    actor=move.actor,
                    old_url=move.old_url,
                    new_url=move.new_url,
                    mapping=dict(move.mapping),
                )
                .returning(MoveRow.id)
            ).scalar_one()
        )
        rows = [
            {
                "url_key": url_key(url),
                "url": url,
                "subject_id": page,
                "first_seen": move.recorded_at,
            }
            for url, page in sorted(addresses.items())
        ]
        insert_new(connection, AliasRow.__table__, rows)
        for url, page in sorted(addresses.items()):
            connection.execute(update(SubjectRow).where(SubjectRow.id == page).values(url=url))
        ledger.append(connection, [], list(noted), "hand")
    return number
