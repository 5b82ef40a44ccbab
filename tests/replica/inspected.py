"""What the rules beyond the city's own standard must say of a replica: one provider a family.

``truth`` holds what ``ruichang-2018`` must find; here stands the rest, so that each family plants
and tells its own. ``tests/integration/test_replica_inspected.py`` holds a scan against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from config.schema import Standard
from services.workspace import Workspace
from tests.replica import (
    annual,
    areas,
    bare,
    budgets,
    disclosure,
    duties,
    engage,
    entries,
    identity,
    media,
)
from tests.replica.site import Replica
from tests.replica.truth import TruthFinding

Provider = Callable[[Replica], Iterable[TruthFinding]]

PROVIDERS: tuple[Provider, ...] = (
    entries.truth,
    budgets.truth,
    media.truth,
    identity.truth,
    engage.truth,
    duties.truth,
    areas.truth,
    disclosure.truth,
    bare.truth,
    annual.truth,
)
"""Each gives the findings of its family's rules, the suspected ones marked; none without plants."""

ENTERED: tuple[Callable[[Workspace, Replica], None], ...] = (media.look,)
"""What people enter beside a scan, a family each."""


def of_standard(replica: Replica, standard: Standard) -> tuple[TruthFinding, ...]:
    """All that a scan under the city's standard must find, also what does not count yet. Accounts are
    left out: a person's look at them comes after the scan."""
    known = standard.rules.keys() - {"silent-account"}
    return (*replica.truth.findings, *(t for t in inspected(replica) if t.rule in known))


def inspected(replica: Replica) -> tuple[TruthFinding, ...]:
    """All that the families must find, and not one more."""
    return tuple(truth for provider in PROVIDERS for truth in provider(replica))
