"""Exploring whole sites of the families: which of their columns are found, and that nothing else is."""

from __future__ import annotations

import pytest

from tests.replica.families import FAMILIES
from tests.replica.families.exploring import compare, explored
from tests.replica.families.model import Spec

LEAST = 0.98
LEAST_LOOKS = 0.95


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_the_columns_of_a_familys_site_are_found_with_name_place_and_unit(name: str) -> None:
    survey, truth = explored(name, Spec(seed=4))
    found = compare(truth, survey)
    assert found.share >= LEAST, found.wrong
    assert found.right >= LEAST_LOOKS * found.truth, found.wrong
    # A platform's guide and application page are texts in its menu, which the truth leaves out.
    assert len(found.extra) <= (1 - LEAST) * found.truth + (3 if truth.units else 0), found.extra
    if truth.units:
        assert survey.kind.value == truth.kind
        assert len(survey.units) == len(truth.units)
    else:
        assert survey.identity.name == truth.identity.site_name
    # Not every make prints the code.
    assert survey.identity.site_code in (None, truth.identity.site_code)
    assert {u.name for u in truth.units} | {u.short for u in truth.units} >= {
        u.name for u in survey.units
    }
