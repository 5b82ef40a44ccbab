"""Link targets of a scan that still want checking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from checks.facts import LinkKind
from storage.insert import parts
from storage.models import (
    BlockLinkRow,
    LinkCheckRow,
    ObservationRow,
    SubjectRow,
    TargetRow,
    VersionLinkRow,
    VersionRow,
)
from storage.types import key64


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """An address to be checked."""

    url: str
    kind: LinkKind
    in_body: bool


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A link target with what its order depends on."""

    url: str
    kind: LinkKind
    in_body: bool
    checked_at: datetime | None

    @property
    def first(self) -> bool:
        """It comes before links of menus and footers."""
        return self.in_body or self.kind is LinkKind.FILE


def unchecked(connection: Connection, scan_id: int, site_id: str) -> list[Unchecked]:
    """Distinct targets of the pages that a scan has dealt with and has not checked yet."""
    observed = (
        select(ObservationRow.version_id)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .where(ObservationRow.scan_id == scan_id, SubjectRow.site_id == site_id)
    )
    columns = (TargetRow.id, TargetRow.url, TargetRow.kind, TargetRow.checked_at)
    linked = select(VersionLinkRow.target_id).where(VersionLinkRow.version_id.in_(observed))
    found: dict[int, Unchecked] = {}
    inside = select(*columns).where(TargetRow.id.in_(linked))
    for target_id, url, kind, at in connection.execute(inside):
        found[target_id] = Unchecked(url, kind, True, at)
    pages = select(VersionRow.blocks).where(VersionRow.id.in_(observed)).distinct()
    digests = {digest for text in connection.scalars(pages) for digest in text.split()}
    for part in parts(sorted(key64("block", site_id, digest) for digest in digests)):
        outside = (
            select(*columns)
            .join(BlockLinkRow, BlockLinkRow.target_id == TargetRow.id)
            .where(BlockLinkRow.block_id.in_(part))
        )
        for target_id, url, kind, at in connection.execute(outside):
            found.setdefault(target_id, Unchecked(url, kind, False, at))
    done = connection.scalars(select(LinkCheckRow.target_id).where(LinkCheckRow.scan_id == scan_id))
    for target_id in done:
        found.pop(target_id, None)
    return list(found.values())


def files_of(connection: Connection, versions: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The addresses of the files that bodies link to, by page version."""
    found: dict[int, list[str]] = defaultdict(list)
    for part in parts(sorted(set(versions))):
        query = (
            select(VersionLinkRow.version_id, TargetRow.url)
            .join(TargetRow, TargetRow.id == VersionLinkRow.target_id)
            .where(VersionLinkRow.version_id.in_(part), TargetRow.kind == LinkKind.FILE)
            .order_by(TargetRow.url)
        )
        for version_id, url in connection.execute(query):
            found[version_id].append(url)
    return {version_id: tuple(urls) for version_id, urls in found.items()}
