"""``xunjian init`` as a clerk runs it: a whole site, and everything that can be wrong."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.loader import load
from tests.integration.scanning import ROOT, Office
from tests.replica.families import Spec, make
from tests.replica.families.server import Serving, serving


@pytest.fixture(scope="module")
def served() -> Iterator[Serving]:
    with serving(lambda root: make("trs", Spec(), root)) as site:
        yield site


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(config=tmp_path / "none", data=tmp_path / "data")


def test_a_site_is_drafted_shown_on_a_page_and_scanned_at_once(
    served: Serving, office: Office, tmp_path: Path
) -> None:
    out = tmp_path / "mine"
    run = office.run("init", served.root, "--out", str(out), "--quiet", env={"COLUMNS": "100"})
    assert run.returncode == 0, run.stderr
    assert load(out).sites[0].columns
    assert len(run.stdout.splitlines()) <= 50
    assert str(out) in run.stderr
    scan = Office(config=out, data=office.data).run("scan", "--as-of", "2018-06-04", "--quiet")
    assert scan.returncode == 0, scan.stderr


def test_the_page_survives_a_gbk_console(served: Serving, office: Office, tmp_path: Path) -> None:
    words = office.command("init", served.root, "--out", str(tmp_path / "x"))
    env = {**os.environ, "PYTHONIOENCODING": "gbk:strict"}
    run = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, env=env, timeout=120)
    assert run.returncode == 0, run.stderr.decode("gbk")
    assert "门户网站" in run.stdout.decode("gbk")


def test_json_is_all_that_stands_on_stdout(served: Serving, office: Office, tmp_path: Path) -> None:
    run = office.run("init", served.root, "--out", str(tmp_path / "x"), "--format", "json")
    shown = json.loads(run.stdout)
    assert shown["schema"] == "xunjian.draft/1"
    assert shown["sites"][0]["columns"]


def test_without_a_directory_the_draft_lies_beside_the_data_under_the_citys_name(
    served: Serving, office: Office
) -> None:
    run = office.run("init", served.root, "--quiet", "--city", "清水县")
    assert run.returncode == 0, run.stderr
    assert (office.data / "config" / "qingshui" / "sites.yaml").is_file()
    again = office.run("init", served.root, "--quiet", "--city", "清水县")
    assert again.returncode == 0
    assert (office.data / "config" / "qingshui-draft2" / "sites.yaml").is_file()


def test_a_configuration_that_is_there_is_never_lost(
    served: Serving, office: Office, tmp_path: Path
) -> None:
    (tmp_path / "sites.yaml").write_text("sites: []\n", encoding="utf-8")
    before = served.log.copy()
    run = office.run("init", served.root, "--out", str(tmp_path))
    assert run.returncode == 2
    assert "sites.yaml" in run.stderr
    assert "--overwrite" in run.stderr
    assert (tmp_path / "sites.yaml").read_text(encoding="utf-8") == "sites: []\n"
    assert served.log == before  # refused before anybody was asked
    forced = office.run("init", served.root, "--out", str(tmp_path), "--overwrite", "--quiet")
    assert forced.returncode == 0, forced.stderr
    assert (tmp_path / "sites.yaml.bak").read_text(encoding="utf-8") == "sites: []\n"


@pytest.mark.parametrize(
    "url", ["ftp://a.gov.cn/", "http://", "http://[::1", "javascript:alert(1)", "//"]
)
def test_what_is_no_address_is_refused_in_chinese(url: str, office: Office) -> None:
    run = office.run("init", url)
    assert run.returncode == 2
    assert "不是网址" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_site_that_does_not_answer_is_said_and_nothing_is_written(
    office: Office, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]  # bound, and not listening
        run = office.run(
            "init", f"http://127.0.0.1:{port}/", "--out", str(tmp_path / "x"), "--quiet"
        )
    assert run.returncode == 3
    assert "无法" in run.stdout
    assert not (tmp_path / "x").exists()
