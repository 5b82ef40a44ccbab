"""What ``probe`` is given may be anything: it ends, and says in Chinese what is wrong."""

from __future__ import annotations

import gzip
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from services import probe
from services.workspace import UsageError


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names there")
def test_a_pipe_or_a_device_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(UsageError, match="不是普通文件"):
            probe.probe_file(path, None)


def test_a_file_of_a_gigabyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sparse.html"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(UsageError, match="超过 8 MB"):
        probe.probe_file(path, None)


@pytest.mark.parametrize("url", ["http://[::1", "http://a:99999/", "http://", "ftp://a/"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(UsageError, match="地址"):
        probe.probe_url(url, None)


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(gzip.compress(b"x" * 50_000_000))
            return
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x")
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_an_answer_without_an_end_or_packed_unasked_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probe, "LONGEST", 0.2)
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        root = f"http://127.0.0.1:{server.server_address[1]}"
        with pytest.raises(UsageError, match="没有传完"):
            probe.probe_url(f"{root}/endless", None)
        with pytest.raises(UsageError, match="压缩方式"):
            probe.probe_url(f"{root}/packed", None)
        server.shutdown()
        thread.join()
