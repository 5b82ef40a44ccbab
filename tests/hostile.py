"""Hostile pages: real ones with their bytes damaged, and texts that regular expressions choke on."""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import crawler.cms
import crawler.extract

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _constants as ops  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]

MODULES = ("crawler.answers", "crawler.walls", "crawler.menus", "crawler.scriptmenus",
           "crawler.marks", "crawler.naming", "crawler.search", "crawler.urls")  # fmt: skip


def modules() -> list[ModuleType]:
    """Every module that reads what comes from the web."""
    names = list(MODULES)
    for package in (crawler.extract, crawler.cms):
        names += [f"{package.__name__}.{info.name}" for info in iter_modules(package.__path__)]
    return [import_module(name) for name in names]


def expressions() -> dict[str, re.Pattern[str]]:
    """Every compiled expression of those modules, by its place."""
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                found[f"{module.__name__}.{name}"] = value
    return found


def _text(items: object, repeat: int = 1) -> str:
    """A text that a parsed expression matches, or nearly: look-arounds are left aside."""
    out = []
    for op, value in items:  # type: ignore[attr-defined]
        if op in {ops.LITERAL, ops.NOT_LITERAL}:
            out.append(chr(value) if op is ops.LITERAL else "x")
        elif op is ops.ANY:
            out.append("x")
        elif op is ops.IN:
            out.append(_one_of(value))
        elif op in {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}:
            low, _, inner = value
            out.append(_text(inner) * max(low, repeat))
        elif op is ops.SUBPATTERN:
            out.append(_text(value[3], repeat))
        elif op is ops.BRANCH:
            out.append(_text(value[1][0], repeat))
        elif op is ops.ATOMIC_GROUP:
            out.append(_text(value, repeat))
    return "".join(out)


def _one_of(choices: object) -> str:
    kinds = {
        ops.CATEGORY_DIGIT: "1", ops.CATEGORY_SPACE: " ", ops.CATEGORY_WORD: "a",
        ops.CATEGORY_NOT_SPACE: "a", ops.CATEGORY_NOT_DIGIT: "a", ops.CATEGORY_NOT_WORD: "-",
    }  # fmt: skip
    negated = set()
    for op, value in choices:  # type: ignore[attr-defined]
        if op is ops.NEGATE:
            negated.add("")
        elif negated:
            if op is ops.LITERAL:
                negated.add(chr(value))
        elif op is ops.LITERAL:
            return chr(value)
        elif op is ops.RANGE:
            return chr(value[0])
        elif op is ops.CATEGORY:
            return kinds.get(value, "a")
    return next((char for char in "a1 -甲" if char not in negated), "a")


def _repeats(items: object, before: str = "") -> Iterator[tuple[str, str]]:
    """Each long repeat of a parsed expression: what matches before it, and what is repeated."""
    for op, value in items:  # type: ignore[attr-defined]
        if op in {ops.MAX_REPEAT, ops.MIN_REPEAT}:
            _, high, inner = value
            if high is ops.MAXREPEAT or high >= 100:
                yield before, _text(inner)
            yield from _repeats(inner, before)
        elif op is ops.SUBPATTERN:
            yield from _repeats(value[3], before)
        elif op is ops.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, before)
        before += _text([(op, value)])


def attacks(pattern: re.Pattern[str], size: int) -> list[str]:
    """Texts of about so many characters that make a search start over and over, or come near to a
    match and fail at the end."""
    parsed = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    found = set()
    for before, again in _repeats(parsed):
        if again:
            found.add(before + again * (size // len(again)) + "\x00")
            unit = before + again * 3
            found.add(unit * (size // len(unit)) + "\x00")
    whole = _text(parsed) or "x"
    found.add(whole[:-1] * (size // max(len(whole) - 1, 1)) if len(whole) > 1 else whole * size)
    return sorted(text[: size + 200] for text in found)


def page_of(attack: str) -> str:
    """The text wherever a page may hold one."""
    quoted = attack.replace('"', "&quot;")
    return (
        f"<html><head><title>{attack}</title><meta name='ArticleTitle' content=\"{quoted}\">"
        f'<script>{attack}</script></head><body class="{quoted}"><h1>{attack}</h1>'
        f'<div class="info">发布时间：2024-03-05 来源：{attack}</div>'
        f'<ul class="list"><li><a href="{quoted}" title="{quoted}" onclick="{quoted}">{attack}</a>'
        f"<span>{attack}</span></li><li><a href='/b.html'>关于做好工作的通知</a>"
        f'<span>2024-01-02</span></li></ul><div id="zoom" style="{quoted}"><p>{attack}</p></div>'
        f"{attack}</body></html>"
    )


def damaged(body: bytes, seed: int) -> bytes:
    """A page with its bytes damaged: flipped, cut, doubled, with bombs of markup put in."""
    dice = random.Random(seed)
    data = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        kind = dice.randrange(9)
        if kind == 0:
            for _ in range(dice.randint(1, 200)):
                data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            del data[at : at + dice.randint(1, 3000)]
        elif kind == 3:
            data[at:at] = data[: dice.randint(1, len(data) or 1)]
        elif kind == 4:
            data[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 400)))
        elif kind == 5:
            bomb = dice.choice(
                [b"<div>", b"<b>", b"<table><tr><td>", b"<a href=x>y", b"<!--", b"<![CDATA[", b"\0",
                 b"</div>", b"<p>", b"<ul><li>", b"&#0;", b"&#xD800;", b"\xed\xa0\x80", b"<script>",
                 b"<select><option>", b" a='b'", b"\"", b"2024-01-", b"[{(", b"<svg><math>"]
            )  # fmt: skip
            data[at:at] = bomb * dice.choice([1, 50, 3000])
        elif kind == 6:
            charset = dice.choice([b"gbk", b"utf-16", b"big5", b"x-bogus", b"utf-7"])
            data = bytearray(re.sub(rb"charset=[\"']?[\w-]+", b"charset=" + charset, bytes(data)))
        elif kind == 7:
            data = bytearray(bytes(data).replace(b">", b"", dice.randint(1, 5)))
        else:
            data = bytearray(bytes(data).replace(b'"', b"", dice.randint(1, 9)))
        if not data:
            break
    return bytes(data[:3_000_000])
