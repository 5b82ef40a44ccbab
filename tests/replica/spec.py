"""What a replica is asked to be, and the streams of chance it is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything that decides a replica; equal specs give equal bytes."""

    seed: int = 1
    as_of: date = date(2018, 6, 4)
    """The Shanghai day on which the planted state holds."""
    pages: int = 3000
    """Pages of both sites together, roughly (lists and files included; at least some 2,000)."""
    plants: bool = True
    """False: a conforming city without any planted problem (traps stay)."""
    stale_homes: tuple[str, ...] = ()
    """Sites (``portal``, ``platform``) whose home page has not been renewed for weeks."""
    padding: int = 0
    """Least size of an HTML page in bytes (30,000 for benchmarks); 0: as it comes."""

    @property
    def judge_from(self) -> date:
        return date(self.as_of.year, 1, 1)


def stream(seed: int, *parts: object) -> Random:
    """The stream of one object: what others draw never moves it."""
    return Random("\x1f".join(map(str, (seed, *parts))))
