"""A quarter of the year lived beside the truth: every finding, every mail, every cell of the table."""

from __future__ import annotations

from datetime import date

import pytest

from tests.replica.year.live import Year


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """April to June: the sites are down for two days in May."""
    year = Year(tmp_path_factory.mktemp("year"), date(2018, 4, 1), date(2018, 6, 30))
    year.live()
    return year


def test_a_quarter_of_the_year_equals_the_truth_in_every_finding_mail_and_cell(
    quarter: Year,
) -> None:
    assert quarter.differences == []
    assert quarter.cells > 400


def test_the_quarter_holds_what_it_is_to_prove(quarter: Year) -> None:
    truth = quarter.truth
    held = {kind for kind, _, _ in truth.held}
    assert held == {"spot", "weekly", "monthly", "quarterly"}
    assert {c.slot for c in truth.cards if c.kind == "weekly"} < {
        s for k, s, _ in truth.held if k == "weekly"
    }
    assert any(len(c.stretches) > 1 for c in truth.cases.values()), "something came back"
    assert truth.circulars
    assert any(s.noticed for c in truth.cases.values() for s in c.stretches)
    assert {extra[0] for extra in truth.inspections} == {"third-party"}
