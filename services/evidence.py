"""The page as it was, with the place of a finding marked: a file that is safe to open."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from checks.life import EventKind
from checks.model import Finding
from checks.registry import RULES
from crawler.extract.encoding import decode
from crawler.extract.tame import tame
from crawler.urls import canonical
from services.beside import beside
from services.workspace import SHANGHAI, UsageError, Workspace
from storage import findings as ledger
from storage.db import StorageError
from storage.evidence import EvidenceRecord
from storage.findings import FindingUnknown, StoredFinding

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Nothing of the page may run, load or be sent."""
_ACTIVE = (
    "script, iframe, frame, object, embed, applet, base, link, form, meta, svg, math, template"
)
_ADDRESSES = frozenset(
    [
        "href",
        "src",
        "srcset",
        "srcdoc",
        "action",
        "formaction",
        "background",
        "poster",
        "ping",
        "data",
        "lowsrc",
        "dynsrc",
        "xlink:href",
    ]
)
DEEPEST = 200
"""How far down the element that holds a snippet is looked for."""
_MARK = "outline: 3px solid #c00; background: #fff3b0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What ``write_evidence`` wrote."""

    page: Path
    raw: Path
    """The body as the server sent it, decoded from its transfer encoding only."""
    marked: bool
    """The place was found in the page and marked."""
    record: EvidenceRecord
    after: Path | None = None
    """The page as it was when the problem was seen to be mended; ``None``: not mended, or no page."""


def write_evidence(ws: Workspace, prefix: str, directory: Path) -> Written:
    """Write the page that a finding rests on, also one that stands in no ledger. Raises ``UsageError`` when it rests on none."""
    found: StoredFinding | None = None
    finding: Finding | None
    try:
        found = ledger.find(ws.engine, prefix)
    except FindingUnknown:
        held = beside(ws, prefix)
        if held is None:
            raise
        finding = held.finding
    else:
        seen = ledger.last_sightings(ws.engine, [found.fingerprint]).get(found.fingerprint)
        finding = seen.finding if seen is not None else None
    if finding is None or finding.evidence is None:
        mark = finding.fingerprint if finding is not None else prefix
        raise UsageError(f"问题 {mark[:8]} 不是从某个页面看出的，没有页面存证")
    record = ws.evidence.get(finding.evidence or "", finding.subject.url)
    text, marked = marked_page(record, finding)
    stem = f"{finding.fingerprint[:8]}-{finding.rule_id}"
    # Never a name that a browser would run as a page by itself.
    raw, page = directory / f"{stem}.bytes", directory / f"{stem}.html"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        raw.write_bytes(record.body)
        page.write_text(text, encoding="utf-8", errors="replace")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"写不进目录 {directory}（{type(error).__name__}）：请用 --out 另指一个可以写的目录"
        ) from None
    after = None
    if found is not None:
        after = _write_after(ws, found, finding, directory / f"{stem}-after.html")
    return Written(page=page, raw=raw, marked=marked, record=record, after=after)


def _write_after(ws: Workspace, found: StoredFinding, finding: Finding, path: Path) -> Path | None:
    """The page on which the newest rectification rests, nothing marked; ``None`` without one."""
    mended = [e for e in found.events if e.kind is EventKind.RECTIFIED and e.data.get("after")]
    if not mended or any(
        e.kind is EventKind.RECURRED and e.at > mended[-1].at for e in found.events
    ):
        return None
    try:
        record = ws.evidence.get(str(mended[-1].data["after"]), finding.subject.url)
    except StorageError:
        return None  # its bytes have been cleared away; what stood before may still be there
    clean = replace(finding, what="", snippet="", message=f"已整改。原来的问题：{finding.message}")
    text, _ = marked_page(record, clean)
    path.write_text(text, encoding="utf-8", errors="replace")
    return path


def marked_page(record: EvidenceRecord, finding: Finding) -> tuple[str, bool]:
    """The page with everything active taken out, the place marked and a note on top."""
    tree = LexborHTMLParser(tame(decode(record.body, record.content_type)[0]))
    node = _place(tree, finding, record.url)
    if node is not None:
        node.attrs["style"] = f"{node.attributes.get('style') or ''};{_MARK}"
        node.attrs["id"] = "xunjian-place"
    _disarm(tree)
    body = tree.body.html if tree.body is not None and tree.body.html else ""
    title = html.escape(RULES[finding.rule_id].title)
    page = (
        "<!DOCTYPE html><html lang='zh-CN'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>存证：{title}</title></head>"
        f"{_note(record, finding, marked=node is not None)}{body}</html>"
    )
    return page, node is not None


def _note(record: EvidenceRecord, finding: Finding, *, marked: bool) -> str:
    at: datetime = record.fetched_at.astimezone(SHANGHAI)
    words = "代码" if finding.snippet.lstrip().startswith("<") else "原文"
    rows = [
        ("问题", f"{RULES[finding.rule_id].title}：{finding.message}"),
        ("网址", record.url),
        ("取证时间", f"{at:%Y-%m-%d %H:%M:%S}（北京时间）"),
        ("位置", "页面中以红框标出" if marked else "没有可标出的一处，请看整个页面"),
        (words, finding.snippet),
        ("存证编号", record.digest),
        ("说明", "为安全起见，不载入样式、图片和脚本，版面与网站上不同，文字原样未改"),
    ]
    lines = "".join(
        f"<div><b>{html.escape(k)}</b> {html.escape(value)}</div>" for k, value in rows if value
    )
    jump = '<div><a href="#xunjian-place">转到标出的位置</a></div>' if marked else ""
    style = "border:2px solid #c00;background:#fff;color:#000;padding:8px;margin:0 0 16px;"
    style += "font:14px/1.6 sans-serif;overflow-wrap:anywhere"
    return f"<div style='{style}'>{lines}{jump}</div>"


def _place(tree: LexborHTMLParser, finding: Finding, url: str) -> LexborNode | None:
    """The element that a finding points at; ``None`` when it cannot be told."""
    if finding.what.startswith(("http://", "https://")):
        target = finding.what.split(" @ ")[0]
        for node in tree.css("a[href], img[src], area[href]"):
            address = node.attributes.get("href") or node.attributes.get("src") or ""
            if canonical(address, url) == target:
                return node
        return None
    wanted = _words(finding.snippet)
    if len(wanted) < 2 or tree.body is None:
        return None
    node, depth = tree.body, 0
    while depth < DEEPEST:
        inner = next((c for c in node.iter() if wanted in _words(c.text(deep=True))), None)
        if inner is None:
            break
        node, depth = inner, depth + 1
    return node if depth else None


def _words(text: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^<>]*>", "", text)).rstrip("…")


def _disarm(tree: LexborHTMLParser) -> None:
    # A browser that runs scripts reads what stands in it otherwise than this parser does.
    tree.unwrap_tags(["noscript"])
    for node in tree.css(_ACTIVE):
        node.decompose()
    for node in tree.css("*"):
        for name in list(node.attributes):
            if name.startswith("on") or name in _ADDRESSES:
                if name == "href":
                    node.attrs["title"] = node.attributes.get("href") or ""
                del node.attrs[name]
