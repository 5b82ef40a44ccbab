"""The written evidence page is inert in a browser, whatever the page was."""

from __future__ import annotations

import shutil
import subprocess
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.evidence import marked_page
from storage.evidence import EvidenceRecord

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PLACE = "这里是要标出的一段文字"


def record(body: str) -> EvidenceRecord:
    return EvidenceRecord(
        digest="0" * 64,
        url="http://www.example.gov.cn/a.html",
        status=200,
        headers=(),
        content_type="text/html; charset=utf-8",
        body=body.encode(),
        fetched_at=datetime(2018, 6, 4, tzinfo=UTC),
    )


def finding(snippet: str = PLACE, message: str = "<script>document.title='RAN'</script>") -> Any:
    return cast(
        "Any",
        SimpleNamespace(
            rule_id="word-leftovers", message=message, path="body", snippet=snippet, what="x"
        ),
    )


def hostile(out: str) -> str:
    ran = "document.title='RAN'"
    inner = f"<meta http-equiv=refresh content='0;url={out}/refresh'><script>{ran}</script>"
    return f"""<html><head><base href="{out}/"><title>x</title>{inner}
    <style>@import url({out}/import); body{{background:url({out}/css)}}</style>
    <link rel=stylesheet href="{out}/link"><link rel=prefetch href="{out}/prefetch"></head>
    <body onload="{ran}" background="{out}/background"><p>{PLACE}</p>
    <script src="{out}/script"></script><img src="{out}/img" onerror="{ran}" srcset="{out}/set 1x">
    <div><noscript><!-- </noscript>{inner}<img src={out}/noscript> --></noscript></div>
    <noscript><style></noscript>{inner}</style></noscript>
    <p title="</p>{inner.replace('"', "&quot;")}">title</p>
    <svg onload="{ran}"><script>{ran}</script><style><img src={out}/svg onerror="{ran}"></style></svg>
    <math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={ran}&gt;">
    </table></math><iframe src="{out}/frame" srcdoc="<script>{ran}</script>"></iframe>
    <object data="{out}/object"></object><embed src="{out}/embed"><video poster="{out}/poster" src="{out}/v">
    </video><form action="{out}/form"><input type=image src="{out}/input" autofocus onfocus="{ran}"></form>
    <a href="javascript:{ran}" ping="{out}/ping">a</a><details open ontoggle="{ran}">d</details>
    <template>{inner}</template><xmp></xmp><textarea></textarea>{inner}<plaintext>{inner}"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_no_script_runs_and_no_request_leaves(tmp_path: Path) -> None:
    asked: list[str] = []

    class Canary(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Canary) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        text, marked = marked_page(
            record(hostile(f"http://127.0.0.1:{server.server_address[1]}")), finding()
        )
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [
                str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                "--virtual-time-budget=3000", f"--user-data-dir={tmp_path / 'profile'}", path.as_uri(),
            ],
            capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
        server.shutdown()
        thread.join()
    assert marked
    assert PLACE in done.stdout, done.stderr[-500:]
    assert "<title>RAN" not in done.stdout
    assert asked == []


@pytest.mark.parametrize(
    "body", ["<div>" * 100_000, "&lt;" * 200_000, "<p>" + "<b id=x>" * 900 + "<p>x" * 3000, "<form><svg>" * 20_000]
)  # fmt: skip
def test_no_page_takes_long_to_mark(body: str) -> None:
    began = time.monotonic()
    marked_page(record(body), finding())
    assert time.monotonic() - began < 10
