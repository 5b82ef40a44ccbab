"""What holds for all tests."""

from __future__ import annotations

import os

import pytest

# A browser takes seconds to start: only the tests that are about it crawl with one.
os.environ["XUNJIAN_CHROMIUM"] = "off"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than processors: many tests wait for an answer or a process of their own."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Side by side (``-n``), the tests of a module stay together, for they share what it set up;
    those of a module that says ``SPREAD = True`` are dealt out one by one. The long ones begin."""
    if config.getoption("dist", "no") == "no":
        return
    for item in items:
        if not getattr(getattr(item, "module", None), "SPREAD", False):
            item.add_marker(pytest.mark.xdist_group(str(item.path)))
    items.sort(key=lambda item: "integration" not in item.path.parts)
