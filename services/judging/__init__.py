"""Laying stored facts before the rules, one module a family.

Each module has ``lay(ground)``: it builds its cases from what is stored, asks the rules and hands the
outcomes over. Nothing is fetched and nothing recorded here. ``services.judge`` calls ``LAYERS`` in
order, after the columns, homes and pages that ``services.cases`` lays.
"""

from __future__ import annotations

from collections.abc import Callable

from services.judging import (
    annual,
    areas,
    availability,
    budgets,
    dates,
    disclosure,
    duties,
    entries,
    guides,
    identity,
    interaction,
    interpretations,
    leaders,
    media,
)
from services.judging.ground import Ground

LAYERS: tuple[Callable[[Ground], None], ...] = (
    duties.lay,
    budgets.lay,
    areas.lay,
    disclosure.lay,
    annual.lay,
    leaders.lay,
    media.lay,
    dates.lay,
    availability.lay,
    identity.lay,
    entries.lay,
    interpretations.lay,
    interaction.lay,
    guides.lay,
)
