"""What a stored scan knows of one site, as ``scorecards.indicators`` reckons with it.

Nothing is fetched and nothing recorded here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from checks.model import Finding, OutcomeKind
from checks.probes import WatchVerdict
from config.schema import Config, Site, SiteKind, Standard, UnitGroup
from scorecards.site_card import Column, Fault, Looked, Measured, Said, SiteFacts, Stands, Unsure
from services.availability import week_watch
from services.cases import Judgement
from services.judge import still_standing
from services.workspace import Workspace, end_of_day
from storage import answers
from storage.models import ScanRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A finding that stands, and whether a person confirmed it."""

    finding: Finding
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    facts: SiteFacts
    findings: Mapping[str, Standing]
    """By fingerprint: those of ``facts.faults``."""


def gather(
    ws: Workspace,
    scan: ScanRow,
    standard: Standard,
    result: Judgement,
    sites: list[Site],
    day: date,
    *,
    known_at: datetime,
) -> dict[str, Gathered]:
    """By site. ``day``: answers and the week's probes are taken as they stand on it.

    A portal knows of the disclosure platforms too: some conditions look at what stands there.
    """
    said = answers.holding(ws.engine, standard.id, day, known_at=known_at)
    looked = _looked(result)
    own = {s.id: columns_of(ws.config, s, day) for s in ws.config.sites}
    city = frozenset(
        expected.key
        for s in ws.config.sites
        if s.kind is SiteKind.PLATFORM
        for expected in ws.config.expected_columns(s.id, day)
        if ws.config.unit(expected.owner_id).group is UnitGroup.CITY
    )
    standing = sorted(still_standing(ws, scan, result), key=lambda item: item[0].fingerprint)
    doubts = {
        (o.rule_id, o.subject.key): o
        for outcomes in result.outcomes.values()
        for o in outcomes
        if o.kind is OutcomeKind.UNVERIFIED
    }

    def gathered(site: Site) -> Gathered:
        near = {site.id}
        if site.kind is SiteKind.PORTAL:
            near |= {s.id for s in ws.config.sites if s.kind is SiteKind.PLATFORM}

        def place(where: str, key: str) -> Stands:
            if where == site.id:
                return Stands.OWN
            return Stands.CITY if key in city else Stands.PLATFORM

        held = {
            finding.fingerprint: Standing(finding=finding, confirmed=confirmed)
            for finding, confirmed in standing
            if finding.subject.site_id in near
        }
        facts = SiteFacts(
            site_id=site.id,
            kind=site.kind.value,
            faults=tuple(
                Fault(
                    fingerprint=mark,
                    rule_id=one.finding.rule_id,
                    subject_key=one.finding.subject.key,
                    scope=one.finding.subject.scope.value,
                    stands=place(one.finding.subject.site_id, one.finding.subject.key),
                    suspected=one.finding.suspected and not one.confirmed,
                    confirmed=one.confirmed,
                )
                for mark, one in held.items()
            ),
            unsure=tuple(
                Unsure(
                    rule_id=rule_id,
                    subject_key=key,
                    reason=doubts[rule_id, key].reason,
                    scope=doubts[rule_id, key].subject.scope.value,
                    stands=place(doubts[rule_id, key].subject.site_id, key),
                )
                for rule_id, key in sorted(doubts)
                if doubts[rule_id, key].subject.site_id in near
            ),
            looked=looked.get(site.id, {}),
            looked_platform=_together(looked, near - {site.id}),
            columns=tuple(
                replace(c, stands=place(other, c.key)) for other in sorted(near) for c in own[other]
            ),
            measures=_measures(ws, standard, site, day, known_at),
            answers={
                condition: Said(
                    count=answer.count or 0,
                    points=answer.points,
                    note=answer.note,
                    actor=answer.actor,
                    day=answer.valid_from,
                    until=answer.valid_to,
                )
                for (site_id, condition), answer in said.items()
                if site_id == site.id
            },
        )
        return Gathered(facts=facts, findings=held)

    return {site.id: gathered(site) for site in sites}


def columns_of(config: Config, site: Site, day: date) -> tuple[Column, ...]:
    """The site's expected columns under the names of the official tables."""
    return tuple(
        Column(
            key=expected.key,
            category=config.category(expected.category).called,
            names=(expected.name, *expected.variants),
        )
        for expected in config.expected_columns(site.id, day)
    )


def _together(
    looked: Mapping[str, Mapping[str, Looked]], sites: Collection[str]
) -> dict[str, Looked]:
    found: dict[str, Looked] = {}
    for site_id in sorted(sites):
        for rule_id, at in looked.get(site_id, {}).items():
            before = found.get(rule_id, Looked())
            found[rule_id] = Looked(
                judged=before.judged + at.judged,
                not_applicable=before.not_applicable + at.not_applicable,
                why=before.why or at.why,
            )
    return found


def _looked(result: Judgement) -> dict[str, dict[str, Looked]]:
    why: dict[tuple[str, str], str] = {}
    for outcome in result.spoken:
        if outcome.kind is OutcomeKind.NOT_APPLICABLE:
            why.setdefault((outcome.subject.site_id, outcome.rule_id), outcome.reason)
    found: dict[str, dict[str, Looked]] = defaultdict(dict)
    for (_, site_id, rule_id), kinds in sorted(result.tallies.items()):
        before = found[site_id].get(rule_id, Looked())
        found[site_id][rule_id] = Looked(
            judged=before.judged
            + kinds[OutcomeKind.FINE]
            + kinds[OutcomeKind.FINDING]
            + kinds[OutcomeKind.SUSPECTED],
            not_applicable=before.not_applicable + kinds[OutcomeKind.NOT_APPLICABLE],
            why=why.get((site_id, rule_id), ""),
        )
    return found


def _measures(
    ws: Workspace, standard: Standard, site: Site, day: date, known_at: datetime
) -> dict[str, Measured]:
    wanted = {c.measure for x in standard.indicators for c in x.conditions}
    found: dict[str, Measured] = {}
    if "week-failures" in wanted:
        found["week-failures"] = _week(ws, site, day, min(known_at, end_of_day(day)))
    return found


def _week(ws: Workspace, site: Site, day: date, as_of: datetime) -> Measured:
    """The share of failed visits in the last whole week; of the week at hand where that one cannot
    be judged and this one can."""
    last = day + timedelta(days=1) - timedelta(days=7)
    reasons = []
    for week in dict.fromkeys((last, day)):
        watch = week_watch(ws, site.id, week, as_of=as_of)
        if watch.verdict is not WatchVerdict.UNVERIFIED and watch.share is not None:
            return Measured(value=watch.share, reason=f"{watch.name}：{watch.reason}")
        reasons.append(f"{watch.name}：{watch.reason}")
    return Measured(value=None, reason=reasons[0])
