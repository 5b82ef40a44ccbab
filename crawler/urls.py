"""Addresses: one canonical spelling a page, and what an address alone tells.

Everything that compares, stores or requests an address takes it from :func:`canonical`. The path
keeps its case (servers on Linux tell ``/ZWGK/`` from ``/zwgk/``); scheme and host do not.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from urllib.parse import quote

MAX_URL = 2000
"""Longest address that is followed or stored, in characters."""

ATTACHMENTS = frozenset(
    [
        "doc",
        "docx",
        "wps",
        "wpt",
        "dot",
        "dotx",
        "rtf",
        "odt",
        "xls",
        "xlsx",
        "et",
        "csv",
        "ods",
        "ppt",
        "pptx",
        "dps",
        "pps",
        "ppsx",
        "odp",
        "pdf",
        "ofd",
        "ceb",
        "cebx",
        "zip",
        "rar",
        "7z",
        "tar",
        "gz",
        "bz2",
        "txt",
        "xml",
        "json",
        "mp3",
        "mp4",
        "wav",
        "wma",
        "wmv",
        "avi",
        "flv",
        "mov",
        "mpg",
        "mpeg",
        "m4a",
        "m4v",
        "swf",
        "exe",
        "msi",
        "apk",
        "dwg",
        "shp",
        "caj",
        "epub",
        "iso",
    ]
)
"""Name endings of files that are offered for download."""

IMAGES = frozenset(["jpg", "jpeg", "png", "gif", "bmp", "webp", "svg", "ico", "tif", "tiff"])

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_BLANKS = " \t\r\n\f\v\u3000\xa0\u200b\ufeff"
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_\-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_\-]*[a-z0-9_])?")
_PATH_SESSION = re.compile(r";(?:jsession|session|php?sess)id[^/?;]*|/\([A-Z]\([^/()]*\)\)", re.I)
_QUERY_SESSION = re.compile(
    r"(?:jsessionid|phpsessid|sessionid|session_id|aspsessionid\w*|cfid|cftoken)=", re.I
)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_UNSAFE = re.compile(r"[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]")
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_\-~%+@!,=]+(?:\.[A-Za-z0-9_\-~%+@!,=]+)*)*/?")
_CACHE_SIZE = 20_000


def _encode(text: str, charset: str) -> str:
    """``text`` with everything an address may not hold percent-encoded."""
    try:
        return quote(text, safe="!#$%&'()*+,/:;=?@[]~|", encoding=charset, errors="strict")
    except (UnicodeEncodeError, LookupError):
        return quote(text, safe="!#$%&'()*+,/:;=?@[]~|", encoding="utf-8", errors="replace")


def _escape(match: re.Match[str]) -> str:
    char = chr(int(match[0][1:], 16))
    return char if char in _UNRESERVED else match[0].upper()


def _authority(rest: str, default_port: str) -> str | None:
    """``host`` or ``host:port`` in canonical spelling; ``None`` when it is not one."""
    host, colon, port = rest.partition(":")
    host = host.lower().rstrip(".")
    if not host or len(host) > 253:
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if not _HOST.fullmatch(host):
        return None
    if colon and port:
        if not (port.isascii() and port.isdigit()) or int(port) > 65535:
            return None
        if str(int(port)) != default_port:
            return f"{host}:{int(port)}"
    return host


def _path(path: str) -> str:
    """``path`` without dot segments, doubled slashes and session ids; always absolute."""
    if "%" in path:
        path = _ESCAPE.sub(_escape, path)
    if _PLAIN_PATH.fullmatch(path):
        return path or "/"
    path = path.replace("\\", "/")
    if ";" in path or "(" in path:
        path = _PATH_SESSION.sub("", path)
    out: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part in {"", "."}:
            continue
        if part == "..":
            if out:
                out.pop()
        else:
            out.append(part)
    tail = "/" if out and parts[-1] in {"", ".", ".."} else ""
    path = "/" + "/".join(out) + tail
    return _encode(path, "utf-8") if _UNSAFE.search(path) else path


def _query(query: str, charset: str) -> str:
    if _QUERY_SESSION.search(query):
        query = "&".join(p for p in query.split("&") if not _QUERY_SESSION.match(p))
    if "%" in query:
        query = _ESCAPE.sub(lambda match: match[0].upper(), query)
    return _encode(query, charset) if _UNSAFE.search(query) else query


@lru_cache(maxsize=32)
def _shared(origin: str, charset: str) -> dict[str, str | None]:
    return {}


class Resolver:
    """Resolves the addresses of one page against its base.

    Built once a page; :meth:`canonical` remembers what it was asked, since menus repeat links.
    """

    __slots__ = ("_charset", "_dir", "_origin", "_own", "_path", "_scheme", "_seen", "_shared")

    def __init__(self, base: str | None, charset: str = "utf-8") -> None:
        own = canonical(base) if base else None
        self._own = own
        self._charset = charset
        self._seen: dict[str, str | None] = {}
        self._scheme = self._origin = self._path = self._dir = ""
        if own:
            scheme, _, rest = own.partition("://")
            host, slash, tail = rest.partition("/")
            path = (slash + tail).partition("?")[0]
            self._scheme = scheme
            self._origin = f"{scheme}://{host}"
            self._path = path
            self._dir = path[: path.rfind("/") + 1]
        self._shared = _shared(self._origin, charset)

    def canonical(self, url: str) -> str | None:
        """Canonical absolute address of ``url`` on this page, or ``None`` (see :func:`canonical`)."""
        # What does not hang on the page's folder is the same on every page of the site.
        known = self._shared if url[:1] == "/" or url[:4] == "http" else self._seen
        try:
            return known[url]
        except KeyError:
            if len(known) > _CACHE_SIZE:
                known.clear()
            found = known[url] = self._resolve(url)
            return found

    def _resolve(self, url: str) -> str | None:
        url = url.strip(_BLANKS)
        if not url or len(url) > MAX_URL:
            return None
        if "\n" in url or "\r" in url or "\t" in url:
            url = url.replace("\n", "").replace("\r", "").replace("\t", "")
        url = url.partition("#")[0]
        if not url:
            return self._own
        match = _SCHEME.match(url)
        scheme = self._scheme
        if match:
            scheme = match[0][:-1].lower()
            if scheme not in {"http", "https"}:
                return None
            url = url[match.end() :]
            if url[:2].replace("\\", "/") != "//":
                return None
        url, mark, query = url.partition("?")
        if url[:2].replace("\\", "/") == "//":
            if not scheme:
                return None
            rest = url[2:].replace("\\", "/")
            authority, slash, tail = rest.partition("/")
            host = _authority(authority, "80" if scheme == "http" else "443")
            if host is None:
                return None
            origin = f"{scheme}://{host}"
            path = slash + tail
        else:
            if not self._origin:
                return None
            origin = self._origin
            if not url:
                path = self._path
            elif url[0] in "/\\":
                path = url
            else:
                path = self._dir + url
        found = origin + _path(path)
        if mark:
            query = _query(query, self._charset)
            if query:
                found = f"{found}?{query}"
        return found if len(found) <= MAX_URL else None


@lru_cache(maxsize=64)
def _resolver(base: str | None) -> Resolver:
    return Resolver(base)


_ABSOLUTE = Resolver(None)


@lru_cache(maxsize=_CACHE_SIZE)
def canonical(url: str, base: str | None = None) -> str | None:
    """The one spelling of ``url``, resolved against ``base``; ``None`` when it cannot be fetched.

    Drops the fragment, session ids, dot segments, doubled slashes and default ports; lower-cases
    scheme and host, never the path; writes each percent escape in one way. Refuses anything but http and https, malformed addresses and
    those longer than ``MAX_URL``.
    """
    if base is None:
        return _ABSOLUTE._resolve(url)
    return _resolver(base)._resolve(url)


def twin(url: str) -> str:
    """What an address has in common with its twins: http and https, with and without ``www.``"""
    return url.partition("://")[2].removeprefix("www.")


@lru_cache(maxsize=4096)
def _host_of(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition("?")[0].partition(":")[0].lower()


def host(url: str) -> str:
    """Host of an absolute address, lower case, without the port; empty when there is none."""
    return _host_of(url)


def same_site(url: str, hosts: Collection[str]) -> bool:
    """Whether ``url`` lies on one of a site's ``hosts`` (``www.`` makes no difference)."""
    own = _host_of(url)
    if not own:
        return False
    if own in hosts:
        return True
    twin = own[4:] if own.startswith("www.") else f"www.{own}"
    return twin in hosts


def suffix(url: str) -> str:
    """Name ending of the address's path, lower case, without the dot; empty when there is none."""
    path = url.partition("?")[0].partition("#")[0]
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot + 1 :].lower() if dot >= 0 else ""


_FILE_PARAM = re.compile(
    r"(?:^|[?&])(?:file_?name|file|showname|filepath|path|name)=[^&]*\.(\w{2,5})(?:&|$)", re.I
)
_DOWNLOAD = re.compile(
    r"/downfile\.jsp|/download\.jsp|/down\.jsp|[?&]wbfileid=|/downloadattach|/attachdownload|"
    r"/file/download|/download\?|downloadservlet|/filedownload|DownloadAttachUrl",
    re.I,
)


@lru_cache(maxsize=_CACHE_SIZE)
def is_attachment(url: str) -> bool:
    """Whether the address alone shows a file for download (doc, pdf, zip …), not a page."""
    ending = suffix(url)
    if ending in ATTACHMENTS:
        return True
    if ending in {"html", "htm", "shtml"} and "?" not in url:
        return False
    if _DOWNLOAD.search(url):
        return True
    if "?" in url:
        match = _FILE_PARAM.search(url)
        return match is not None and match[1].lower() in ATTACHMENTS
    return False


def is_image(url: str) -> bool:
    """Whether the address alone shows a picture."""
    return suffix(url) in IMAGES


_URL_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"/[tTpPwW](?P<y>20\d{2}|19\d{2})(?P<m>\d{2})(?P<d>\d{2})_",
        r"[/_](?P<y>20\d{2}|19\d{2})[/\-_](?P<m>\d{1,2})[/\-_](?P<d>\d{1,2})(?=[/_.])",
        r"/(?P<y>20\d{2}|19\d{2})(?P<m>\d{2})/(?P<d>\d{2})/",
        r"/(?P<y>20\d{2}|19\d{2})/(?P<m>\d{2})(?P<d>\d{2})/",
        r"/(?P<y>20\d{2}|19\d{2})(?P<m>\d{2})(?P<d>\d{2})(?=[/_])",
    )
)


@lru_cache(maxsize=_CACHE_SIZE)
def url_date(url: str) -> date | None:
    """The full date that the address shows (its making, not its publication), or ``None``.

    A month without a day, or figures that are no date, give ``None``.
    """
    path = url.partition("://")[2].partition("?")[0]
    path = path[path.find("/") :] if "/" in path else ""
    for pattern in _URL_DATES:
        match = pattern.search(path)
        if match:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                continue
    return None
