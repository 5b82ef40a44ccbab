"""Whole sites: every column and entry of every family's site is found, once, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.replica.families import FAMILIES, Spec, make
from tests.replica.families.model import State
from tests.replica.families.scan import scan

SPREAD = True
"""Each test serves a site of its own."""


@pytest.mark.parametrize("name", FAMILIES)
def test_every_column_and_entry_of_the_site_is_found_once_and_nothing_else(
    name: str, tmp_path: Path
) -> None:
    outcome = scan(name, tmp_path)
    assert "\n".join(outcome.wrong) == ""
    assert "\n".join(outcome.wrong_articles) == ""


@pytest.mark.parametrize("name", FAMILIES)
def test_the_site_has_what_a_real_one_has(name: str) -> None:
    site = make(name, Spec(), "http://127.0.0.1:80")
    truth = site.truth()
    leaves = [c for c in truth.columns if c.state is not State.PARENT]
    assert truth.pages >= 300
    assert len(leaves) >= 12
    most = max(len(c.entries) for c in leaves)
    assert any(c.pages > 2 for c in leaves) or most <= site.per_page
    assert most > 30
    assert any(c.state is State.EMPTY for c in leaves)
    for column in leaves:
        addresses = [e.address for e in column.entries]
        assert len(set(addresses)) == len(addresses)
        assert bool(addresses) == (column.state is State.FILLED)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_same_seed_makes_the_same_site_and_another_seed_another(name: str) -> None:
    root = "http://127.0.0.1:80"
    first, again, other = (make(name, Spec(seed), root).truth() for seed in (1, 1, 2))
    assert first == again
    assert first.columns != other.columns
