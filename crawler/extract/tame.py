"""Markup that would make the parser slow or greedy, made harmless before it is parsed.

HTML's own rules are quadratic in nesting, in the attributes of one tag, in formatting elements left
open, and in the options of a list to choose from. Real pages come nowhere near the bounds here; what goes over them is dropped, tag by tag,
and the text stays.
"""

from __future__ import annotations

import re
from collections import Counter

MEDIUM = 40_000
"""Texts up to this many characters can do harm only by formatting elements left open."""

REOPENED = 30_000
"""Formatting elements that the parser may have to open again, paragraph by paragraph; on real pages
fewer than a hundred."""

OPTIONS = 5_000
"""Options of lists to choose from; the parser's time grows with their square."""

DEPTH = 500
"""Nesting that is left in the markup."""

ATTRIBUTES = 200
"""Attributes of one tag that are kept."""

_MANY = 2000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_OPENING = re.compile(r"<([a-zA-Z][a-zA-Z0-9:]*)")
_CLOSING = re.compile(r"</([a-zA-Z][a-zA-Z0-9:]*)")
_TAG_WHOLE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>?")
_FORMATS = re.compile(
    r"<(?=[biusfetcnBIUSFETCN])(?:[biusBIUS]|[fF][oO][nN][tT]|[eE][mM]|[sS][tT][rR]\w+|[bB][iI][gG]|[sS][mM][aA]\w+|[tT][tT]|[cC][oO][dD][eE]|[nN][oO][bB][rR])[\s>/]"
)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000}")
_ATTRIBUTE = re.compile(r"[\s/]+[^\s/>=]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]*))?")
_BRACKET_IN_VALUE = re.compile(r"=\s{0,9}(?:\"[^\"<]*<|'[^'<]*<)")
_START = re.compile(r"<[a-zA-Z][^\s/>]*")
_CLOSE_THEMSELVES = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "optgroup",
        "dd",
        "dt",
        "br",
        "img",
        "input",
        "meta",
        "link",
        "hr",
        "col",
        "area",
        "base",
        "embed",
        "param",
        "source",
        "track",
        "wbr",
        "html",
        "head",
        "body",
        "script",
        "style",
        "title",
    ]
)
_FORMATTING = frozenset(
    [
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    ]
)
_OPTION = frozenset(["option", "optgroup"])
_REOPENING = frozenset(
    [
        "p",
        "div",
        "td",
        "li",
        "dd",
        "dt",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
    ]
)


def tame(text: str) -> str:
    """``text`` with what would make parsing slow taken out; the same text for every real page."""
    if len(text) <= MEDIUM and len(_FORMATS.findall(text)) * text.count("<") <= REOPENED:
        return text
    longest = max(map(len, text.split("<")))
    if (
        # No tag can have so many attributes where none is so long and no value holds a bracket.
        text.count("=") > 15_000
        and (longest > 2 * ATTRIBUTES or _BRACKET_IN_VALUE.search(text) is not None)
    ) or (longest > 20_000 and _LONG_TAG.search(text)):
        text = _fewer_attributes(text)
    opened = _counted(_OPENING.findall(text))
    reopening = sum(opened[name] for name in _REOPENING)
    if sum(opened[name] for name in _FORMATTING) * reopening > REOPENED:
        closed = _counted(_CLOSING.findall(text))
        left_open = sum(max(0, opened[name] - closed[name]) for name in _FORMATTING)
        if left_open * reopening > REOPENED:
            text = _without(text, _FORMATTING)
    if opened["option"] > OPTIONS:
        text = _without(text, _OPTION)
    nesting = sum(number for name, number in opened.items() if name not in _CLOSE_THEMSELVES)
    if nesting > _MANY and _deepest(text) > DEPTH:
        text = _flatter(text)
    return text


def _without(text: str, names: frozenset[str]) -> str:
    """``text`` without the tags of these names."""
    return _TAG_WHOLE.sub(lambda match: "" if match[2].lower() in names else match[0], text)


def _counted(names: list[str]) -> Counter[str]:
    """How often each tag is named, whatever its case."""
    out: Counter[str] = Counter()
    for name, number in Counter(names).items():
        out[name.lower()] += number
    return out


def _deepest(text: str) -> int:
    depth = deepest = 0
    for slash, name in _TAG.findall(text):
        if name.lower() in _CLOSE_THEMSELVES:
            continue
        if slash:
            depth = max(0, depth - 1)
        else:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _flatter(text: str) -> str:
    """``text`` without the tags that stand deeper than ``DEPTH``."""
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        if match[2].lower() in _CLOSE_THEMSELVES:
            return match[0]
        if match[1]:
            inside = depth > DEPTH
            depth = max(0, depth - 1)
            return "" if inside else match[0]
        depth += 1
        return "" if depth > DEPTH else match[0]

    return _TAG_WHOLE.sub(keep, text)


def _fewer_attributes(text: str) -> str:
    """``text`` with at most ``ATTRIBUTES`` attributes a tag."""
    out: list[str] = []
    at = 0
    while True:
        start = _START.search(text, at)
        if start is None:
            out.append(text[at:])
            return "".join(out)
        out.append(text[at : start.end()])
        at = start.end()
        number = 0
        while attribute := _ATTRIBUTE.match(text, at):
            number += 1
            if number <= ATTRIBUTES and len(attribute[0]) <= 20_000:
                out.append(attribute[0])
            at = attribute.end()
