"""Which law was in force."""

from __future__ import annotations

from datetime import date

from checks.disclosure_facts import clause


def test_the_regulation_that_is_cited_is_the_one_in_force() -> None:
    assert "492" in clause("annual", date(2019, 5, 14))
    assert "第三十一条" in clause("annual", date(2019, 5, 14))
    assert "711" in clause("annual", date(2019, 5, 15))
    assert "第十二条" in clause("guide", date(2019, 5, 15))
