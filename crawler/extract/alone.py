"""Whether an empty body is surely all that an article shows: nothing in or beside it that a script, a
player or another block would fill with its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.facts import Paragraph
from crawler.extract.tree import REFRESH, El, Tree

SHORT = 200
"""Characters of text up to which a body is looked at."""
LEVELS = 3
"""Blocks around the container that are looked at."""
SENTENCE = 15
"""Characters outside links that a line with a full stop has at least, to be another text."""

_FILLED = frozenset(
    ["script", "iframe", "frame", "canvas", "svg", "object", "embed", "video", "audio", "noscript",
     "template", "form", "input", "textarea", "select", "img", "picture", "math", "param"]
)  # fmt: skip
"""Elements that show something, or fill in what is shown."""
_FRAMES = frozenset(["iframe", "frame", "object", "embed", "video", "audio", "canvas"])
_LOADS = re.compile(
    r"\.ajax|getJSON|XMLHttpRequest|fetch\s?\(|axios|new Vue|createApp|ReactDOM|\.pdf|pdf\.js|flexpaper|"
    r"location\.(?:href|replace|assign)|(?:window|document|self|top)\.location|window\.open"
)
"""What a script says that loads a text, shows a file or leads elsewhere."""
_MOST_SCRIPT = 20_000
"""Characters of a script that are looked at; of a longer one nobody knows what it does."""


def is_alone(tree: Tree, container: El, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether nothing but the container's own text could be the article's."""
    if sum(len(p.text) for p in paragraphs) > SHORT:
        return False
    if tree.truncated or REFRESH in tree.metas or not container.names.split():
        return False
    if any(_fills(el) for el in container.descend() if el is not container):
        return False
    return not _scripted(tree, container) and not _beside(tree, container)


def _fills(el: El) -> bool:
    if el.tag in _FILLED or el.hidden:
        return True
    style = el.get("style")
    return "background" in style and "url" in style


def _scripted(tree: Tree, container: El) -> bool:
    """Scripts that fill the container by its name, load something or lead elsewhere."""
    own = [name for name in container.names.split() if len(name) > 2]
    for script in tree.scripts:
        text = script.text
        if len(text) > _MOST_SCRIPT or _LOADS.search(text):
            return True
        lower = text.lower()
        if any(name in lower for name in own):
            return True
    return False


def _beside(tree: Tree, container: El) -> bool:
    """Frames, pictures or sentences in the blocks around the container."""
    scope = container
    for _ in range(LEVELS):
        if scope.parent is None or scope.parent.tag in {"body", "html"}:
            break
        scope = scope.parent
    if any(scope.holds(el) and el.tag in _FRAMES for el in tree.sources):
        return True
    near = container.parent
    if near is not None and any(near.holds(el) and not container.holds(el) for el in tree.images):
        return True
    for line in tree.lines:
        if not scope.holds(line.block) or container.holds(line.block):
            continue
        bare = line.bare
        if "。" in bare and len(bare) - line.linked >= SENTENCE:
            return True
    return False
