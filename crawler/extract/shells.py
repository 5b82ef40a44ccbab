"""Shells: column pages that show no list of their own and lead to where it stands.

Read from a page on which no list was recognised: its frames, where its script leads at once, the
columns below it with the rows that it shows of them, and the one link that it consists of.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from checks.facts import Entry
from crawler import urls
from crawler.extract.encoding import decode
from crawler.extract.groups import is_furniture
from crawler.extract.listing import LOADS, TEMPLATE, find_list
from crawler.extract.rows import entry_of
from crawler.extract.sections import columns_below, mores_of, preview_of
from crawler.extract.tree import El, Tree, build

LITTLE = 60
"""Visible characters below which a page is nothing but what its script does."""
FEW = 200
"""Characters beside its one link below which a page only leads on."""
MOST_FRAMES = 6
_LEADS = re.compile(
    r"(?:^|[^.\w])(?:(?:window|top|self|parent|document)\s*\.\s*)*location\s*"
    r"(?:(?:\.\s*href\s*)?=\s*|\.\s*(?:replace|assign)\s*\(\s*)[\"']([^\"'\s]{1,400})[\"']"
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shell:
    """What a page without a list leads to."""

    frames: tuple[str, ...] = ()
    """Addresses of its visible frames, in order."""
    target: str | None = None
    """Where its script leads at once."""
    below: tuple[tuple[str, str], ...] = ()
    """Names (or empty) and addresses of the columns below it."""
    shown: tuple[Entry, ...] = ()
    """The rows that its blocks show of those columns."""
    sole: str | None = None
    """The only place that anything in its middle leads to."""
    loads: bool = False
    """Its scripts may bring more than it shows."""


def read_shell(body: bytes, *, url: str, content_type: str | None = None) -> Shell:
    """Read one page; an empty ``Shell`` when it leads nowhere. Never raises."""
    try:
        text, encoding = decode(body, content_type)
        tree = build(text)
        try:
            base = urls.canonical(tree.base, url) if tree.base else None
            return _read(tree, urls.Resolver(base or url, charset=encoding.used), url)
        finally:
            tree.release()
    except Exception:
        log.exception("could not read %s", url[:200])
        return Shell()


def _read(tree: Tree, resolver: urls.Resolver, url: str) -> Shell:
    own = urls.canonical(url)
    groups = [
        group
        for group in find_list(tree, resolver, url, True, False).groups
        if group.read and group.dated >= 0.5 and not (group.furniture or group.beside)
    ]
    mores = mores_of(tree, resolver, url)
    shown = {
        row.url: entry_of(row)
        for group in groups
        if preview_of(group, groups, mores)
        for row in group.read
    }
    return Shell(
        frames=_frames(tree, resolver, own),
        target=_target(tree, resolver, own),
        below=columns_below(tree, resolver, url),
        shown=tuple(shown.values()),
        sole=_sole(tree, resolver, own),
        loads=any(LOADS.search(script.text[:100_000]) for script in tree.scripts)
        or any(TEMPLATE.search("".join(line.parts)) for line in tree.lines[:2000])
        or any("unitbuild" in el.get("src") for el in tree.sources),
    )


def _frames(tree: Tree, resolver: urls.Resolver, own: str | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for el in tree.sources:
        if el.tag not in {"iframe", "frame"} or el.hidden:
            continue
        if any(el.get(side).strip() in {"0", "1", "0px", "1px"} for side in ("width", "height")):
            continue
        source = el.get("src").strip()
        if not source or source[:6].lower() == "about:" or source[:11].lower() == "javascript:":
            continue
        target = resolver.canonical(source)
        if target is not None and target != own:
            found.setdefault(target)
    return tuple(found)[:MOST_FRAMES]


def _target(tree: Tree, resolver: urls.Resolver, own: str | None) -> str | None:
    if tree.body.chars > LITTLE:
        return None
    found = {
        target
        for script in tree.scripts
        if len(script.text) < 5000
        for match in _LEADS.finditer(script.text)
        if (target := resolver.canonical(match[1])) is not None and target != own
    }
    return found.pop() if len(found) == 1 else None


def _sole(tree: Tree, resolver: urls.Resolver, own: str | None) -> str | None:
    """The one place that the links outside menus, head and foot lead to, with little text beside."""
    found: set[str] = set()
    for el in tree.anchors:
        if el.hidden or _is_around(el, tree):
            continue
        href = el.get("href").strip()
        target = resolver.canonical(href) if href and href[0] != "#" else None
        if target is not None and target != own:
            found.add(target)
        if len(found) > 1:
            return None
    if len(found) != 1:
        return None
    beside = sum(
        sum(map(len, line.parts)) - line.linked
        for line in tree.lines
        if not _is_around(line.block, tree)
    )
    return found.pop() if beside <= FEW else None


def _is_around(el: El, tree: Tree) -> bool:
    return any(
        at.tag in {"nav", "footer", "header"}
        or (at.names and is_furniture(at.names) and at.chars * 10 <= tree.body.chars * 7)
        for at in el.up()
    )
