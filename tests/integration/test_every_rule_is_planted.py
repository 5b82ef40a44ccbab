"""Every rule that a machine judges is planted in some city on loopback, those that no loopback can show
in a test of their own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from checks.registry import by_machine
from tests.integration.test_mute_portals import MUTE, STALE
from tests.replica import evolve, generate
from tests.replica.dates import tamper, truth
from tests.replica.inspected import inspected
from tests.replica.spec import Spec

ROOT = Path(__file__).parent
ELSEWHERE = {
    "no-https": ("crawler/test_network.py", "test_a_port_that_refuses_is_no_https"),
    "bad-certificate": ("crawler/test_network.py", "test_a_certificate_that_ended_is_read"),
    "long-redirects": ("crawler/test_network.py", "test_the_way_to_the_home_page_is_counted"),
    "no-ipv6": ("crawler/test_network.py", "test_no_record_is_told_from_a_name_server"),
    "slow-response": ("crawler/test_network.py", "test_three_spaced_requests_are_timed"),
    "site-unreachable": ("test_availability_probes.py", "test_errors_are_the_sites"),
}
"""A site on an address has no name, no certificate and no record; a week of probes is no scan."""


def test_every_rule_is_planted_somewhere_or_shown_by_itself() -> None:
    planted: set[str] = set()
    for seed in (101, 508):
        replica = generate(Spec(seed=seed, stale_homes=("portal",)))
        planted |= {t.rule for t in (*replica.truth.findings, *inspected(replica))}
    dated = tamper(evolve(generate(Spec(seed=505, pages=2000)), date(2018, 6, 11)))
    planted |= {t.rule for t in truth(dated)}
    planted |= {rule for portal in (MUTE, STALE) for rule, _, _ in portal.truth}
    assert planted.isdisjoint(ELSEWHERE)
    assert planted | ELSEWHERE.keys() == {rule.id for rule in by_machine()}


def test_what_is_shown_elsewhere_is_shown_there() -> None:
    for file, name in ELSEWHERE.values():
        assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8")
