"""What holds for all tests."""

from __future__ import annotations

import os

# A browser takes seconds to start: only the tests that are about it crawl with one.
os.environ["XUNJIAN_CHROMIUM"] = "off"
