"""How one page is read: fetch it (or take a file), read it, and say which page rules fire."""

from __future__ import annotations

import ipaddress
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from checks.registry import RULES, by_machine
from checks.runner import page_answers
from config.schema import Config
from crawler.extract import probe as read_candidates
from crawler.extract import read_page
from crawler.extract.encoding import decode
from services.why import (
    explain_answer,
    explain_candidates,
    explain_encoding,
    explain_list,
    explain_rules,
    explain_system,
    place,
)
from services.workspace import UsageError

MAX_BYTES = 8_000_000
MAX_REDIRECTS = 5
TIMEOUT = httpx.Timeout(20.0)
LONGEST = 60.0
"""Seconds that one probe may take, however slowly the bytes come."""
DEFAULT_AGENT = "xunjian/0.1 (+government website inspection)"


def probe_file(path: Path, base_url: str | None) -> dict[str, Any]:
    """Read a saved page; ``base_url`` resolves its links (default: an address nobody has)."""
    try:
        # Opening a pipe or a device may never come back.
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} 不是普通文件，不读取；请指一个保存下来的网页")
        with path.open("rb") as handle:
            body = handle.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = "没有这个文件" if isinstance(error, FileNotFoundError) else "打不开"
        raise UsageError(f"读不到文件 {path}：{why}；请检查路径和权限") from None
    if len(body) > MAX_BYTES:
        raise UsageError(f"文件 {path} 超过 {MAX_BYTES // 1_000_000} MB，不读取")
    return _read(body, base_url or "http://page.invalid/page.html", None)


def probe_url(url: str, config: Config | None) -> dict[str, Any]:
    """Fetch one page, once, and read it.

    Redirects are followed by hand so that none leads to a private address. Raises ``UsageError``
    for an address that cannot be asked and for an answer that is no page.
    """
    # Bytes: what the city says of itself may be Chinese, and the crawler sends it so.
    agent = (config.city.user_agent if config else DEFAULT_AGENT).encode()
    asked = url
    ends = time.monotonic() + LONGEST
    # Uncompressed, so that a few bytes can never become more than the bound.
    headers = {b"User-Agent": agent, b"Accept-Encoding": b"identity"}
    with httpx.Client(timeout=TIMEOUT, headers=headers, trust_env=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            # The user's own address may be private; one that a page gives may not.
            _check(url, given=url == asked)
            try:
                with client.stream("GET", url) as response:
                    if response.is_redirect:
                        url = urljoin(url, response.headers.get("location", ""))
                        continue
                    if response.headers.get("content-encoding", "identity") != "identity":
                        raise UsageError(f"{url} 用了没有请求的压缩方式，不读取")
                    body = bytearray()
                    for chunk in response.iter_raw():
                        body += chunk
                        if time.monotonic() > ends:
                            raise UsageError(f"{url} 在 {LONGEST:g} 秒内没有传完，不读取")
                        if len(body) > MAX_BYTES:
                            raise UsageError(f"{url} 超过 {MAX_BYTES // 1_000_000} MB，不读取")
                    if response.status_code >= 400:
                        why = _refused(response, bytes(body), url)
                        raise UsageError(f"{url} 返回 {response.status_code}，没有页面可读；{why}")
                    return _read(bytes(body), url, response.headers.get("content-type"))
            except (httpx.InvalidURL, UnicodeError):
                raise UsageError(f"“{url}”不是可以访问的地址") from None
            except httpx.HTTPError as error:
                raise UsageError(f"打不开 {url}：{_reason(error)}") from None
    raise UsageError(f"{asked} 跳转超过 {MAX_REDIRECTS} 次，不再跟随")


def _check(url: str, *, given: bool) -> None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise UsageError(f"“{url}”不是可以访问的地址") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"“{url}”不是 http 或 https 地址")
    if given:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError:
        raise UsageError(f"找不到主机 {parts.hostname}（跳转的目的地）") from None
    for *_, address in found:
        if not ipaddress.ip_address(str(address[0]).split("%")[0]).is_global:
            raise UsageError(f"页面跳转到内网地址 {parts.hostname}，不跟随")


def _refused(response: httpx.Response, body: bytes, url: str) -> str:
    """What the crawl makes of an error, and what can be done."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    told = explain_answer(response.status_code, headers, body, url)
    gone = told["kind"] == "gone"
    return "请确认地址，或稍后再试" if gone or not told["reason"] else str(told["reason"])


def _reason(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "超时没有回应"
    if isinstance(error, httpx.ConnectError):
        return "连接不上（主机不存在、拒绝连接，或本机网络不通）"
    return f"网络错误（{type(error).__name__}）"


def _read(body: bytes, url: str, content_type: str | None) -> dict[str, Any]:
    answer = dict(read_candidates(body, url, content_type))
    page = read_page(body, url=url, content_type=content_type).page
    text = decode(body, content_type)[0]
    said = page_answers(page, by_machine())
    explain_candidates(answer["candidates"], page)
    answer["places"] = {name: place(where) for name, where in answer["from"].items()}
    answer["encodings"] = explain_encoding(page.encoding, body)
    answer["system"] = explain_system(page, text, url)
    answer["list"] = explain_list(page)
    headers = {"content-type": content_type or "text/html"}
    answer["answer"] = explain_answer(200, headers, body, url)
    answer["rules"] = explain_rules(page, by_machine(), said)
    answer["findings"] = [
        {
            "rule": rule_id,
            "title": RULES[rule_id].title,
            "message": hit.message,
            "path": hit.path,
            "snippet": hit.snippet,
            "suspected": hit.suspected,
            "remedy": RULES[rule_id].remedy,
        }
        for rule_id, answered in said.items()
        for hit in answered.hits
    ]
    return answer
