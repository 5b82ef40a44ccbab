"""The small decisions of judging: what counts as settled, and what a longer period adds."""

from __future__ import annotations

from checks.facts import Missing, Unverified
from checks.model import Finding, Outcome, OutcomeKind, Scope, Subject
from services.cases import _settled
from services.standing import kept

SUBJECT = Subject(
    scope=Scope.UNIT, key="portal/zgh", site_id="portal", unit_id="zgh", title="预决算", url=None
)
WHY = Unverified(code=Missing.UNDATED, reason="日期未能读出")


def _found(*marks: str) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            fingerprint=mark,
            rule_id="missing-budget",
            subject=SUBJECT,
            what=f"预算 {mark}",
            message="",
            path="",
            snippet="",
            url=None,
            suspected=False,
            evidence=None,
        )
        for mark in marks
    )


def _outcome(kind: OutcomeKind, *marks: str, unsettled: tuple[str, ...] = ()) -> Outcome:
    return Outcome(
        rule_id="missing-budget",
        subject=SUBJECT,
        kind=kind,
        unverified=WHY if kind is OutcomeKind.UNVERIFIED else None,
        findings=_found(*marks),
        unsettled=unsettled,
    )


def test_a_rule_that_names_what_it_could_not_check_has_settled_the_rest() -> None:
    assert _settled(_outcome(OutcomeKind.FINE))
    assert _settled(_outcome(OutcomeKind.UNVERIFIED, unsettled=("a",)))
    assert not _settled(_outcome(OutcomeKind.UNVERIFIED))
    assert not _settled(_outcome(OutcomeKind.NOT_APPLICABLE))


def test_of_a_longer_period_only_what_stands_open_is_kept() -> None:
    standing = {"2018": None}
    longer = _outcome(OutcomeKind.FINDING, "2017", "2018", "2019")
    now = _outcome(OutcomeKind.FINDING, "2019")
    left = kept(longer, now, standing)  # type: ignore[arg-type]
    assert [f.fingerprint for f in left.findings] == ["2018", "2019"]


def test_a_longer_period_that_shows_nothing_open_changes_no_verdict() -> None:
    now = _outcome(OutcomeKind.FINE)
    left = kept(_outcome(OutcomeKind.FINDING, "2017"), now, {"2018": None})  # type: ignore[dict-item]
    assert left == now
    open_still = _outcome(OutcomeKind.UNVERIFIED, unsettled=("2018",))
    assert kept(open_still, now, {"2018": None}).unsettled == ("2018",)  # type: ignore[dict-item]
