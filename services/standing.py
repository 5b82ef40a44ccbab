"""What stands open of periods before the judged one is judged again with it: a new year neither mends
what was owed in the old one, nor finds anew what nobody was told of then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from checks.model import Outcome
from storage.findings import StoredFinding

Standing = Mapping[str, Mapping[str, StoredFinding]]
"""By subject key, then by fingerprint."""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d{2})")


def since(mine: Mapping[str, StoredFinding], judge_from: date) -> date:
    """The first day of the period that reaches back to the oldest of these findings; ``judge_from``
    where none names an earlier year."""
    years = [int(found[0]) for s in mine.values() if (found := _YEAR.search(s.what))]
    return min([judge_from, *(date(year, 1, 1) for year in years)])


def kept(longer: Outcome, now: Outcome, mine: Mapping[str, StoredFinding]) -> Outcome:
    """What a rule said of a longer period, less what neither stands open nor belongs to ours."""
    ours = {f.fingerprint for f in now.findings}
    found = tuple(f for f in longer.findings if f.fingerprint in ours or f.fingerprint in mine)
    if found:
        return replace(longer, findings=found)
    return replace(now, unsettled=now.unsettled + longer.unsettled)
