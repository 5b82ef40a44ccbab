"""Answers: what a server's reply means, before anybody reads the page.

A reply is a page, a page that is unchanged, a page that is gone, a redirect, or no page at all: a
wall, a server's error, silence. Only the first four say something about the site; the last is
未能核实, with its reason in Chinese.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from checks.facts import Missing, Unverified
from crawler.urls import canonical
from crawler.walls import BY_STATUS, Wall, by_mark, by_words, stands

SMALL_PAGE = 20_000
"""Bytes below which a page with status 200 is looked at for walls and soft 404s."""
LITTLE_TEXT = 300
"""Visible characters below which a marker on a page is the page's whole message."""


class AnswerKind(StrEnum):
    PAGE = "page"
    UNCHANGED = "unchanged"
    GONE = "gone"
    """404, 410 or a soft 404."""
    REDIRECT = "redirect"
    FAILED = "failed"
    """A wall, a server's error, silence, or something too large."""
    REFUSED = "refused"
    """Not asked: robots.txt, outside the scope, a private address, a host given up."""
    LEFT = "left"
    """Not asked: the window or the budget ended first."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of asking for one address."""

    url: str
    """The address asked for."""
    final_url: str
    """The address that answered, after redirects."""
    kind: AnswerKind
    at: datetime
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    missing: Unverified | None = None
    """Why there is no page; for FAILED, REFUSED and LEFT."""
    target: str | None = None
    """Where a redirect leads."""
    attempts: int = 1
    unconnected: bool = False
    """No connection could be made at all."""
    final: bool = False
    """Asking again would not change it."""

    @cached_property
    def digest(self) -> str:
        """sha256 of the body, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def again(self) -> bool:
        """Whether another attempt later in the scan may help."""
        return (
            self.kind is AnswerKind.FAILED
            and not self.final
            and self.status not in FINAL_STATUSES
            and (self.missing is None or self.missing.code is not Missing.NOT_CAPTURED)
        )


class Unfetched(Exception):
    """No reply, or none that was kept; carries the reason.

    ``refused``: nothing was sent. ``unconnected``: there was nobody to send it to.
    """

    def __init__(
        self, missing: Unverified, *, refused: bool = False, unconnected: bool = False
    ) -> None:
        super().__init__(missing.reason)
        self.missing = missing
        self.refused = refused
        self.unconnected = unconnected


PUSHBACK = frozenset({412, 429, 503})
FINAL_STATUSES = frozenset({401, 403, 451})
"""Refusals of one address that asking again does not change."""
GONE_STATUSES = frozenset({404, 410})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOGIN = re.compile(r"/(?:login|signin|sso|ids|cas|passport)(?:[/.?]|$)|oauth2?/authorize", re.I)
CHALLENGE_BYTES = 200_000
"""Bytes below which a page is looked at for a challenge's script: some bear a large one."""
CHALLENGE_TEXT = 80
"""Visible characters up to which a larger page can be a challenge."""
_GONE_WORDS = re.compile(
    r"(?:页面|网页|文件|内容|信息).{0,6}(?:不存在|已(?:被)?删除|没有找到|未找到|找不到)"
    r"|^\W*404\b|404\s*(?:错误|Not Found)|Page Not Found|Object not found",
    re.I,
)
# Every pattern that meets a page's bytes takes time linear in them, whatever they are: one that
# goes back over what it has seen is an hour's silence to a page made for it.
_TITLE = re.compile(r"<title[^<>]*>", re.I)
_TAG = re.compile(r"<(?:(!--)|(script|style|title)\b|[^<>]*>)", re.I)
_ENDS = {
    "!--": re.compile("-->"),
    **{name: re.compile(rf"</{name}\s*>", re.I) for name in ("script", "style", "title")},
}
_LINK = re.compile(rb"<a\s[^<>]{0,300}href", re.I)
_META = re.compile(rb"<meta\b[^<>]*>", re.I)
_IS_REFRESH = re.compile(rb"""http-equiv ?= ?["']? ?refresh""", re.I)
_REFRESH = re.compile(
    rb"""content ?= ?["']? ?(\d{1,4}) ?[;,] ?url ?= ?['"]?([^"'\s>]+)""",
    re.I,
)


Outcome = tuple[AnswerKind, Unverified | None, str | None]


def outcome(
    status: int, headers: Mapping[str, str], body: bytes, url: str, *, bodiless: bool = False
) -> Outcome:
    """What a reply is: its kind, the reason when it is no page, the target when a redirect.

    ``headers``: names in lower case. ``bodiless``: a reply to HEAD. A soft 404 by the host's own habit is ``Calibration``'s matter.
    """
    if status == 304:
        return AnswerKind.UNCHANGED, None, None
    if status in REDIRECTS:
        return _redirect(headers.get("location", ""), url)
    if status in GONE_STATUSES:
        return AnswerKind.GONE, None, None
    if status >= 400 and len(body) <= CHALLENGE_BYTES and (wall := _challenge(status, body)):
        return AnswerKind.FAILED, wall, None
    if status in BY_STATUS:
        return AnswerKind.FAILED, stands(*BY_STATUS[status]), None
    if status >= 500:
        return _failed(Missing.SERVER, f"服务器出错（{status}）")
    if not 200 <= status < 300:
        return _failed(Missing.SERVER, f"服务器返回 {status}")
    return (AnswerKind.PAGE, None, None) if bodiless else _page(status, headers, body, url)


def _failed(code: Missing, reason: str) -> Outcome:
    return AnswerKind.FAILED, Unverified(code=code, reason=reason), None


def _redirect(location: str, url: str) -> Outcome:
    target = canonical(location, url) if location else None
    if target is None:
        return _failed(Missing.SERVER, "服务器要求跳转，但没有给出可用的地址")
    if _LOGIN.search(target) and not _LOGIN.search(url):
        return AnswerKind.FAILED, stands(Wall.LOGIN, "跳转到登录页"), None
    return AnswerKind.REDIRECT, None, target


def _page(status: int, headers: Mapping[str, str], body: bytes, url: str) -> Outcome:
    if status == 202 and len(body) < SMALL_PAGE:
        return AnswerKind.FAILED, stands(Wall.CHALLENGE, "网站防护系统要求验证（202）"), None
    kind = headers.get("content-type", "").lower()
    if kind and "html" not in kind and "xml" not in kind and not kind.startswith("text/"):
        return AnswerKind.PAGE, None, None
    if len(body) >= SMALL_PAGE:
        wall = _large_challenge(body)
        return (AnswerKind.FAILED, wall, None) if wall else (AnswerKind.PAGE, None, None)
    text, title = _visible(body)
    if len(text) <= LITTLE_TEXT:
        wall = by_mark(body)
        if wall is not None:
            return AnswerKind.FAILED, wall, None
        target = refresh_target(body, url)
        if target is not None:
            return AnswerKind.REDIRECT, None, target
        if _GONE_WORDS.search(title) or _GONE_WORDS.search(text):
            return AnswerKind.GONE, None, None
        wall = by_words(title, text, len(_LINK.findall(body)))
        if wall is not None:
            return AnswerKind.FAILED, wall, None
        if not text and not title and len(body) < 200:
            return _failed(Missing.SERVER, "返回的页面是空的")
    return AnswerKind.PAGE, None, None


def _challenge(status: int, body: bytes) -> Unverified | None:
    """A challenge in the place of an error: 瑞数 answers 400 as well, others 403 or 503."""
    if status in BY_STATUS and BY_STATUS[status][0] is not Wall.FENCE:
        return None
    wall = by_mark(body)
    return wall if wall is not None and len(_visible(body)[0]) <= LITTLE_TEXT else None


def _large_challenge(body: bytes) -> Unverified | None:
    """A challenge whose script alone makes the page large."""
    if len(body) > CHALLENGE_BYTES:
        return None
    wall = by_mark(body)
    return wall if wall is not None and len(_visible(body)[0]) <= CHALLENGE_TEXT else None


def _visible(body: bytes) -> tuple[str, str]:
    """Visible text and title of a small page, roughly."""
    try:
        markup = body.decode("utf-8")
    except UnicodeDecodeError:
        markup = body.decode("gb18030", errors="replace")
    title = ""
    if (opened := _TITLE.search(markup)) is not None:
        end = _ENDS["title"].search(markup, opened.end())
        title = markup[opened.end() : end.start()] if end is not None else ""
    return " ".join(_without_tags(markup).split()), " ".join(title.split())


def _without_tags(markup: str) -> str:
    """``markup`` with blanks in the place of tags, comments, scripts, styles and titles."""
    kept = []
    endless = set()
    at = 0
    while (tag := _TAG.search(markup, at)) is not None:
        kept.append(markup[at : tag.start()])
        at = tag.end()
        name = (tag[1] or tag[2] or "").lower()
        if not name or name in endless:
            continue
        end = _ENDS[name].search(markup, at)
        if end is not None:
            at = end.end()
        else:
            endless.add(name)
    kept.append(markup[at:])
    return " ".join(kept)


def refresh_target(body: bytes, url: str) -> str | None:
    """Where a page leads at once by ``<meta http-equiv=refresh>``; ``None``: nowhere else."""
    for found in _META.finditer(body[:SMALL_PAGE]):
        meta = b" ".join(found[0].split())
        match = _REFRESH.search(meta) if _IS_REFRESH.search(meta) else None
        if match is not None and int(match[1]) <= 5:
            target = canonical(match[2].decode("utf-8", errors="replace"), url)
            return target if target != canonical(url) else None
    return None


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a host answers for a page that surely does not exist."""

    honest: bool
    """It says 404 or 410: its other answers can be taken at their word."""
    digest: str = ""
    title: str = ""
    length: int = 0
    target: str | None = None
    """It redirects there instead."""

    @classmethod
    def of(cls, answer: Answer) -> Calibration:
        if answer.kind is AnswerKind.PAGE:
            text, title = _visible(answer.body[:200_000])
            return cls(
                honest=False,
                digest=answer.digest,
                title=title,
                length=len(text),
                target=answer.final_url if answer.final_url != answer.url else None,
            )
        return cls(honest=answer.kind is AnswerKind.GONE)

    def is_gone(self, answer: Answer, site_root: str) -> bool:
        """Whether a reply with status 200 is what the host says for a missing page."""
        if self.honest or answer.kind is not AnswerKind.PAGE or answer.url == site_root:
            return False
        if self.target is not None:
            return answer.final_url == self.target and answer.url != self.target
        if not self.digest:
            return False
        if answer.digest == self.digest:
            return True
        text, title = _visible(answer.body[:200_000])
        return (
            bool(self.title)
            and title == self.title
            and abs(len(text) - self.length) <= 40
            and (self.length <= LITTLE_TEXT)
        )


_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body)", re.I)
_FILE_STARTS = (
    b"%PDF",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
)


def is_html_instead(head: bytes) -> bool:
    """Whether the first bytes of a promised file or picture are those of a web page."""
    if head.startswith(_FILE_STARTS):
        return False
    head = head[:4000].lstrip().removeprefix(b"\xef\xbb\xbf").lstrip()
    while head.startswith(b"<!--"):
        head = head.partition(b"-->")[2].lstrip()
    return _HTML_START.match(head) is not None
