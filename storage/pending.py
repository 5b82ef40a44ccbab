"""What waits to be written, and how it is written: a few batch statements for hundreds of pages.

Rows of versions get their ids from the database; whatever refers to one waits under the version's
key (subject, digest, reader) until then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from checks.facts import LinkKind
from storage import facts
from storage.insert import insert_new, parts, upsert
from storage.models import (
    AliasRow,
    BlockLinkRow,
    BlockRow,
    LinkCheckRow,
    ObservationRow,
    PageHitsRow,
    SiteRunRow,
    SubjectRow,
    TargetRow,
    VersionLinkRow,
    VersionRow,
)
from storage.types import key64

VersionKey = tuple[int, str, str]
"""Subject, digest and reader of a version."""
Targets = Iterable[tuple[str, LinkKind]]
"""Addresses that are linked to."""
Row = dict[str, Any]

_S = SubjectRow.__table__
_T = TargetRow.__table__
_SEEN_LAST = (
    update(SubjectRow)
    .where(_S.c.id == bindparam("of_id"))
    .values(last_scan=bindparam("in_scan"), url=bindparam("at_url"))
)
_CHECKED = update(TargetRow).where(_T.c.id == bindparam("of_id")).values(checked_at=bindparam("at"))


class Pending:
    """Rows of one site and scan that no transaction has written yet."""

    def __init__(self, scan_id: int, site_id: str) -> None:
        self.scan_id = scan_id
        self.site_id = site_id
        self._blocks_sent: set[str] = set()
        self._targets_sent: set[int] = set()
        self.clear()

    def clear(self) -> None:
        """All that waited has been committed."""
        self.subjects: dict[int, Row] = {}
        self.aliases: list[Row] = []
        self.versions: dict[VersionKey, Row] = {}
        self.hits: dict[tuple[VersionKey, str], bytes | None] = {}
        self.observations: dict[int, Row] = {}
        self.addresses: dict[int, str | None] = {}
        """Present addresses of the subjects observed."""
        self.checks: dict[int, Row] = {}
        self.deltas: dict[str, float] = {}
        self.bytes = 0
        self._links: dict[VersionKey, tuple[int, ...]] = {}
        self._blocks: list[Row] = []
        self._block_links: list[Row] = []
        self._targets: list[Row] = []

    def __bool__(self) -> bool:
        return bool(
            self.observations or self.subjects or self.aliases or self.checks or self.deltas
        )

    def version(self, key: VersionKey, packed: bytes, targets: Targets, **columns: Any) -> None:
        """A content with its packed facts and what its body links to."""
        self.bytes += len(packed)
        self.versions[key] = {
            "subject_id": key[0],
            "digest": key[1],
            "reader": key[2],
            "kind": None,
            "title": None,
            "published": None,
            "source": None,
            "rows": None,
            "shape": None,
            "made": None,
            "index_number": None,
            "text_key": None,
            "parts": "",
            "blocks": "",
            "facts": packed,
        } | columns
        self._links[key] = self._target_ids(targets)

    def block(self, digest: str, data: bytes) -> None:
        """A link block, packed: kept once a site."""
        if digest in self._blocks_sent:
            return
        self._blocks_sent.add(digest)
        block = facts.unpack_block(data)
        block_id = key64("block", self.site_id, digest)
        self._blocks.append(
            {
                "id": block_id,
                "site_id": self.site_id,
                "digest": digest,
                "path": block.path,
                "links": facts.LINKS.pack(block.links),
            }
        )
        self._block_links.extend(
            {"block_id": block_id, "target_id": target_id}
            for target_id in self._target_ids(facts.targets_of(block.links))
        )

    def target(self, url: str, kind: LinkKind) -> int:
        """An address that is linked to; returns its id."""
        target_id = key64("target", url)
        if target_id not in self._targets_sent:
            self._targets_sent.add(target_id)
            self._targets.append({"id": target_id, "url": url, "kind": kind, "checked_at": None})
        return target_id

    def _target_ids(self, targets: Targets) -> tuple[int, ...]:
        return tuple({self.target(url, kind): None for url, kind in targets})

    # -- writing ---------------------------------------------------------------------------

    def write(self, connection: Connection) -> dict[VersionKey, int]:
        """Write everything into the caller's transaction; returns the ids of the versions."""
        subjects = list(self.subjects.values())
        upsert(connection, SubjectRow.__table__, subjects, changing=("last_scan", "url"))
        insert_new(connection, AliasRow.__table__, self.aliases)
        insert_new(connection, BlockRow.__table__, self._blocks)
        insert_new(connection, TargetRow.__table__, self._targets)
        insert_new(connection, BlockLinkRow.__table__, self._block_links)
        ids = self._write_versions(connection)
        self._write_about_versions(connection, ids)
        if self.checks:
            upsert(connection, LinkCheckRow.__table__, list(self.checks.values()))
            connection.execute(
                _CHECKED,
                [{"of_id": key, "at": row["checked_at"]} for key, row in self.checks.items()],
            )
        if self.deltas:
            run = SiteRunRow.__table__.c
            connection.execute(
                update(SiteRunRow)
                .where(SiteRunRow.scan_id == self.scan_id, SiteRunRow.site_id == self.site_id)
                .values({run[name]: run[name] + delta for name, delta in self.deltas.items()})
            )
        return ids

    def _write_versions(self, connection: Connection) -> dict[VersionKey, int]:
        referred = (row["version_id"] for row in self.observations.values())
        keys = {key for key in referred if isinstance(key, tuple)}
        keys |= {*self.versions, *(key for key, _ in self.hits)}
        if not keys:
            return {}
        columns = (VersionRow.id, VersionRow.subject_id, VersionRow.digest, VersionRow.reader)
        ids: dict[VersionKey, int] = {}
        for part in parts(sorted({key[0] for key in keys})):
            for row in connection.execute(select(*columns).where(VersionRow.subject_id.in_(part))):
                key = (row.subject_id, row.digest, row.reader)
                if key in keys:
                    ids[key] = row.id
        new = [key for key in self.versions if key not in ids]
        if new:
            inserted = connection.execute(
                insert(VersionRow).returning(VersionRow.id, sort_by_parameter_order=True),
                [self.versions[key] for key in new],
            )
            ids.update(zip(new, inserted.scalars(), strict=True))
        return ids

    def _write_about_versions(self, connection: Connection, ids: dict[VersionKey, int]) -> None:
        insert_new(
            connection,
            VersionLinkRow.__table__,
            [
                {"version_id": ids[key], "target_id": target_id}
                for key, targets in self._links.items()
                for target_id in targets
            ],
        )
        upsert(
            connection,
            PageHitsRow.__table__,
            [
                {"version_id": ids[key], "rules_digest": digest, "hits": packed}
                for (key, digest), packed in self.hits.items()
            ],
        )
        rows = [
            {**row, "version_id": ids[row["version_id"]]}
            if isinstance(row["version_id"], tuple)
            else row
            for row in self.observations.values()
        ]
        upsert(connection, ObservationRow.__table__, rows)
        seen_before = [key for key in self.observations if key not in self.subjects]
        if seen_before:
            connection.execute(
                _SEEN_LAST,
                [
                    {"of_id": key, "in_scan": self.scan_id, "at_url": self.addresses[key]}
                    for key in seen_before
                ],
            )
