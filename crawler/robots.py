"""robots.txt: what a host allows.

An answer 404 (or another 4xx, or an HTML page in its place) allows everything; a host that cannot
say (5xx, time-out, 401, 403, a wall) has not given permission and nothing is fetched from it.
"""

from __future__ import annotations

import re

from protego import Protego

from checks.facts import Missing, Unverified

AGENT = "xunjian"
"""The name that robots.txt may call this program by."""
MAX_ROBOTS = 512_000
"""Bytes of a robots.txt that are read."""
LONGEST_DELAY = 30.0
"""Longest ``Crawl-delay`` that is obeyed, in seconds."""


class Robots:
    """One host's robots.txt."""

    def __init__(self, rules: Protego | None, refusal: Unverified | None = None) -> None:
        self._rules = rules
        self.refusal = refusal
        """Why nothing may be fetched from the host; ``None``: the rules decide."""

    @classmethod
    def open_to_all(cls) -> Robots:
        return cls(None)

    @classmethod
    def unreadable(cls, reason: str, code: Missing = Missing.ROBOTS) -> Robots:
        return cls(None, Unverified(code=code, reason=reason))

    @classmethod
    def parse(cls, body: bytes) -> Robots:
        """The rules in a robots.txt; an HTML page in its place allows everything."""
        text = body[:MAX_ROBOTS].decode("utf-8-sig", errors="replace")
        if len(body) >= MAX_ROBOTS:  # the last line may be cut
            text = text.rpartition("\n")[0]
        if text.lstrip()[:1] == "<":
            return cls.open_to_all()
        return cls(Protego.parse(_for_us(text)))

    def verdict(self, url: str) -> Unverified | None:
        """``None`` when the address may be fetched, else why not."""
        if self.refusal is not None:
            return self.refusal
        if self._rules is None or self._rules.can_fetch(url, AGENT):
            return None
        return Unverified(code=Missing.ROBOTS, reason="网站的 robots.txt 不允许访问此地址")

    @property
    def delay(self) -> float:
        """Seconds between requests that the host asks for, bounded; 0 when it asks for none."""
        asked = self._rules.crawl_delay(AGENT) if self._rules is not None else None
        return min(float(asked), LONGEST_DELAY) if asked and asked > 0 else 0.0


_AGENT_LINE = re.compile(r"\s*user[- ]?agent\b\s*:?([^#]*)", re.I)


def _for_us(text: str) -> str:
    """``text`` with all other programs under one name: a group of many names and many rules costs
    the parser their product."""
    kept: list[str] = []
    for line in text.splitlines():
        named = _AGENT_LINE.match(line)
        if named is not None:
            name = named[1].strip().lower()
            if name != "*":
                name = AGENT if name.partition("/")[0].strip("* ") == AGENT else "another"
            line = f"User-agent: {name}"
            if kept and kept[-1] == line:
                continue
        kept.append(line)
    return "\n".join(kept)
