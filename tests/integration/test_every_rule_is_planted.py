"""Every rule that a machine judges is planted in some city on loopback, those that no loopback can show
in a test of their own."""

from __future__ import annotations

from datetime import date

from checks.registry import by_machine
from tests.integration import test_network_rules
from tests.integration.test_mute_portals import MUTE, STALE
from tests.replica import evolve, generate
from tests.replica.dates import tamper, truth
from tests.replica.inspected import inspected
from tests.replica.spec import Spec

FAULTY = "test_a_server_at_fault_is_found_under_its_rule_and_no_other"
TIMED = "test_the_middle_one_of_three_answers_is_slow_or_not"
PROBED = "test_a_site_that_often_fails_in_a_week_of_hourly_probes_is_unreachable"
ELSEWHERE: dict[str, tuple[str, str]] = {
    "no-https": ("a site on an address is asked for no HTTPS", FAULTY),
    "bad-certificate": ("no certificate is for a site on an address", FAULTY),
    "long-redirects": ("a crawl's home page is reached without a redirect", FAULTY),
    "no-ipv6": ("a site on an address has no record", FAULTY),
    "slow-response": ("loopback is never slow without sleeping", TIMED),
    "site-unreachable": ("a week of probes is no scan", PROBED),
}
"""Rule → why no scan of a city on loopback shows it, and the test in ``test_network_rules`` that does."""


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
    assert all(callable(getattr(test_network_rules, name)) for _, name in ELSEWHERE.values())
    faulty = {rule for _, truth in test_network_rules.CASES.values() for rule, _, _ in truth}
    # That of missing pages is planted in a city as well.
    assert faulty - {"soft-404"} == {
        rule for rule, (_, name) in ELSEWHERE.items() if name == FAULTY
    }
