"""What holds for all tests."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A browser takes seconds to start: only the tests that are about it crawl with one.
os.environ["XUNJIAN_CHROMIUM"] = "off"

# How long an example takes depends on what else the machine does: that is no failure. The examples
# are the same at every run, so that what fails is the change; XUNJIAN_RANDOM=1 draws new ones.
settings.register_profile(
    "xunjian",
    deadline=None,
    derandomize=os.environ.get("XUNJIAN_RANDOM") != "1",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("xunjian")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than processors: many tests wait for an answer or a process of their own."""
    return (os.cpu_count() or 1) + 1


LONGEST = (
    "test_year", "test_killed_scan", "test_replica_scan", "test_replica_dates", "test_bad_input", "test_commands",
    "test_regime_of_scans", "test_recheck", "test_hostile_sites", "test_site_move", "test_backup",
)  # fmt: skip
"""Modules that take minutes, the longest first: begun last they would keep one process alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side the long ones begin: first those of ``LONGEST``, then all others that crawl."""
    if hasattr(config, "workerinput"):
        place = {name: i for i, name in enumerate(LONGEST)}
        last = len(place)
        items.sort(
            key=lambda item: place.get(
                item.path.stem, last if "integration" in item.path.parts else last + 1
            )
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Side by side (``-n … --dist loadscope``) the tests of a module stay in one process, for they
    share what it set up; those of a module that says ``SPREAD = True`` are dealt out one by one.

    Not by marks (``loadgroup``): xdist 3.8 writes them into a field that pytest 9.2 no longer has.
    """
    if config.getoption("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return nodeid if _spread(config.rootpath / path) else path

    return ByModule(config, log)


@cache
def _spread(path: Path) -> bool:
    return re.search(r"^SPREAD = True$", path.read_text("utf-8"), re.M) is not None
