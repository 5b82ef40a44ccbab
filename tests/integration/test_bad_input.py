"""Bad input: each a clear message that names the remedy, the rest of the work done, the right
exit status, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import cli
from crawler.spiders.portal import PortalSpider
from services.workspace import SHANGHAI
from storage import readings
from storage.lock import FileLock
from storage.models import ScanState
from tests.integration.scanning import ROOT, Office
from tests.replica import generate
from tests.replica.compare import compare
from tests.replica.config import write_config
from tests.replica.inspected import of_standard
from tests.replica.server import Served, serve
from tests.replica.site import Replica
from tests.replica.spec import Spec
from tests.replica.truth import TruthFinding

CHINESE = re.compile("[\u4e00-\u9fff]")
UNIT = "财政局"


@dataclass(frozen=True)
class Town:
    """A served replica, and an office that has scanned it."""

    replica: Replica
    served: Served
    good: Office

    @property
    def truth(self) -> tuple[TruthFinding, ...]:
        """What the city's own standard must find."""
        return of_standard(self.replica, self.good.workspace.standard())

    @property
    def as_of(self) -> tuple[str, str]:
        return ("--as-of", self.replica.today.isoformat())

    def office(self, place: Path) -> Office:
        """Another desk with the same configuration and no data."""
        shutil.copytree(self.good.config, place / "config")
        return Office(place / "config", place / "data")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    place = tmp_path_factory.mktemp("bad")
    replica = generate(Spec(seed=606, pages=1))
    with serve(replica) as served:
        config = write_config(replica, place / "config", served.portal, served.platform)
        good = Office(config, place / "data")
        done = good.run("scan", "--as-of", replica.today.isoformat())
        assert done.returncode == 0, done.stderr
        assert done.stdout == "", "data goes to stdout, and a scan has none"
        yield Town(replica, served, good)


@pytest.fixture
def office(town: Town, tmp_path: Path) -> Office:
    return town.office(tmp_path)


def change(office: Office, file: str, edit: Callable[[Any], None]) -> None:
    """Change one file of an office's configuration."""
    path = office.config / file
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(document)
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")


def refused(done: subprocess.CompletedProcess[str], *words: str, status: int = 2) -> None:
    """A clear Chinese message on stderr, nothing on stdout, no traceback, the right status."""
    said = re.sub(r"\s+", "", done.stderr)
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert CHINESE.search(said)
    for word in words:
        assert re.sub(r"\s+", "", word) in said, (word, done.stderr)


# --- sites that are not well ----------------------------------------------------------------------


def test_a_site_where_nothing_listens_leaves_the_other_scored(town: Town, office: Office) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        port = closed.getsockname()[1]

        def nobody_there(sites: Any) -> None:
            sites["sites"][0]["url"] = f"http://127.0.0.1:{port}/"

        change(office, "sites.yaml", nobody_there)
        done = office.run("scan", *town.as_of)
    refused(done, "中国瑞昌未能访问", "无法建立连接", "xunjian summary", status=3)
    assert {f.subject.site_id for f in office.findings(1)} == {"platform"}
    planted = [t for t in town.truth if t.site == "platform"]
    result = compare(planted, office.findings(1))
    assert result.invented == [], f"\n{result}"
    summary = json.loads(office.run("summary", "--format", "json").stdout)
    sites = {s["id"]: s for s in summary["scan"]["sites"]}
    assert sites["portal"]["reason"]
    assert sites["portal"]["pages"] == 0
    townships = [u for u in summary["units"] if u["group"] == "town"]
    assert len(townships) == 21
    assert all(u["score_high"] is not None for u in townships)


def test_half_of_the_pages_failing_accuses_nobody(town: Town, office: Office) -> None:
    town.served.ask("/hinder?fail_half=1")
    try:
        done = office.run("scan", *town.as_of)
    finally:
        town.served.ask("/hinder")
    refused(done, "xunjian summary", status=done.returncode)
    assert done.returncode in (0, 3)
    result = compare(town.truth, office.findings(1))
    assert result.invented == [], f"\n{result}"
    summary = json.loads(office.run("summary", "--format", "json").stdout)
    assert summary["scan"]["unverified"] > 100
    shown = office.run("show", UNIT)
    assert "500" in shown.stdout
    assert office.run("doctor").returncode == 0


def test_a_unit_without_pages_is_not_scored_and_takes_nothing_from_the_others(
    town: Town, office: Office
) -> None:
    def one_more(units: Any) -> None:
        units["units"].append(
            {
                "id": "xinban",
                "name": "瑞昌市新设机构办公室",
                "short": "新设办",
                "group": "department",
                "catalogue": "department",
                "confirmed": True,
            }
        )

    change(office, "units.yaml", one_more)
    done = office.run("scan", *town.as_of)
    assert done.returncode == 0, done.stderr
    result = compare(town.truth, office.findings(1))
    assert result.exact, f"\n{result}"
    summary = json.loads(office.run("summary", "--format", "json").stdout)
    (new,) = [u for u in summary["units"] if u["unit"] == "xinban"]
    assert new["score_high"] is None
    assert not new["graded"]
    shown = office.run("show", "新设办")
    assert shown.returncode == 0
    assert "未能核实" in shown.stdout
    assert "没有找到" in shown.stdout


def test_a_unit_without_pages_can_be_all_that_is_scanned(town: Town, office: Office) -> None:
    def only_new(units: Any) -> None:
        units["units"].append(
            {"id": "xin", "name": "瑞昌市新设办", "short": "新办", "group": "department"}
        )

    change(office, "units.yaml", only_new)
    done = office.run("scan", "--unit", "新办", *town.as_of)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    # Nobody gave it a catalogue, or said since when it is there: its budget is only asked after.
    found = office.findings(1)
    assert {(f.rule_id, f.suspected) for f in found} <= {("missing-department-budget", True)}
    assert {f.subject.unit_id for f in found} <= {"xin"}


def test_an_error_of_ours_in_one_site_is_told_and_the_other_is_judged(
    town: Town, office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_spider: PortalSpider) -> Any:
        raise KeyError("an error of ours")

    monkeypatch.setattr(PortalSpider, "trees", broken)
    report = office.scan(as_of=town.replica.today)
    assert report.incomplete
    assert report.state is ScanState.PARTIAL
    assert report.judged is not None
    (reason,) = [s.reason.reason for s in report.crawl.sites if s.reason is not None]
    assert "程序内部出错" in reason
    assert "an error of ours" in caplog.text
    assert {f.subject.site_id for f in office.findings(1)} == {"platform"}
    assert len(readings.columns(office.workspace.engine, 1, 35)) > 400


# --- configuration --------------------------------------------------------------------------------


def _replace(old: str, new: str) -> Callable[[bytes], bytes]:
    def edit(raw: bytes) -> bytes:
        assert old.encode() in raw
        return raw.replace(old.encode(), new.encode(), 1)

    return edit


BROKEN = {
    "indentation": ("units.yaml", _replace("units:\n", "units:\n   x:\n"), "行"),
    "tab": ("city.yaml", _replace("id: ", "\tid: "), "第 1 行"),
    "unclosed quote": ("city.yaml", _replace("name: ", 'name: "'), "行"),
    "unknown field": ("city.yaml", _replace("office: ", "ofice: "), "office"),
    "number for a word": ("city.yaml", _replace("judge_from: ", "judge_from: 7 # "), "judge_from"),
    "a day that is none": ("city.yaml", _replace("2018-01-01", "2018-02-30"), "日期"),
    "unknown operator": ("sites.yaml", _replace("operator: ", "operator: no-"), "operator"),
    "not an address": ("sites.yaml", _replace("url: http", "url: htp"), "url"),
    "unknown category": ("columns.yaml", _replace("category: ", "category: no-"), "category"),
    "same unit twice": ("units.yaml", lambda raw: raw + raw.partition(b"units:\n")[2], "重复"),
    "empty file": ("sites.yaml", lambda _: b"", "文件是空的"),
    "a list for a table": ("sites.yaml", lambda _: b"- a\n- b\n", "字段: 值"),
    "saved as GBK": ("units.yaml", lambda raw: raw.decode().encode("gbk"), "UTF-8"),
    "zero bytes": ("city.yaml", lambda raw: raw + b"\0", "行"),
    "an object": ("city.yaml", lambda raw: raw + b"note: !!python/object:os.system x\n", "行"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_told_with_its_place_and_remedy(
    kind: str, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    file, edit, word = BROKEN[kind]
    path = office.config / file
    path.write_bytes(edit(path.read_bytes()))
    status, out, err = here(office, capsys, "scan")
    said = re.sub(r"\s+", "", err)
    assert (status, out) == (2, "")
    assert file in said
    assert re.sub(r"\s+", "", word) in said, err
    assert "；" in said, "what is wrong; what to do"
    assert "Traceback" not in err
    assert not (office.data / "xunjian.sqlite3").exists()


def test_a_missing_file_and_a_missing_folder_are_told(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    (office.config / "columns.yaml").unlink()
    status, _, err = here(office, capsys, "summary")
    assert status == 2
    assert "columns.yaml" in err
    assert "Traceback" not in err
    gone = Office(office.config / "nowhere", office.data)
    status, _, err = here(gone, capsys, "scan")
    assert status == 2
    assert "没有这个配置目录" in err


# --- words that are not known ---------------------------------------------------------------------


def here(office: Office, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """One command in this process: status, stdout, and stderr with its wrapped lines joined."""
    capsys.readouterr()
    status = cli.run(["--config", str(office.config), "--data", str(office.data), *words])
    out, err = capsys.readouterr()
    return status, out, err.replace("\n", "")


WORDS = {
    ("show", "没有这个单位"): "xunjian lists units",
    ("show", "deadbeef"): "xunjian findings",
    ("findings", "--unit", "不存在"): "xunjian lists units",
    ("findings", "--rule", "不存在"): "xunjian rules",
    ("findings", "--state", "nonsense"): "open",
    ("findings", "--limit", "0"): "--limit",
    ("scorecards", "--unit", "不存在"): "xunjian lists units",
    ("summary", "--format", "xml"): "json",
    ("summary", "--scan", "999"): "xunjian runs",
    ("summary", "--scan", "abc"): "整数",
    ("explain", "nosuch"): "xunjian rules",
    ("revoke",): "缺少",
    ("revoke", "deadbeef", "--reason", "测试"): "xunjian findings",
    ("revoke", "zzz", "--reason", "测试"): "问题编号",
    ("evidence", "deadbeef"): "xunjian findings",
    ("audit", "--standard", "nosuch"): "ruichang-2018",
    ("scan", "--site", "nosuch"): "portal、platform",
    ("scan", "--unit", "没有"): "xunjian lists units",
    ("scan", "--as-of", "2018-13-01"): "2018-06-04",
    ("scan", "--kind", "foo"): "weekly",
    ("scan", "--resume"): "直接运行 xunjian scan",
    ("probe", "no-such-file.html"): "检查路径",
    ("lists", "import", "no-such.xlsx", "somewhere"): "核对文件名",
    ("frobnicate",): "--help",
    ("--nosuch", "scan"): "--help",
}


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_an_unknown_word_is_told_with_what_is_known(
    words: tuple[str, ...], town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = here(town.good, capsys, *words)
    assert (status, out) == (2, ""), err
    assert re.sub(r"\s+", "", WORDS[words]) in re.sub(r"\s+", "", err)
    assert "Traceback" not in err
    assert CHINESE.search(err)


@pytest.mark.parametrize(
    "words",
    [("summary",), ("show", UNIT), ("findings",), ("scorecards",), ("unattributed",), ("audit",)],
    ids=" ".join,
)
def test_before_the_first_scan_each_command_says_what_to_do(
    words: tuple[str, ...], office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = here(office, capsys, *words)
    assert (status, out) == (2, "")
    assert "xunjianscan" in re.sub(r"\s+", "", err)


# --- when a scan may not begin --------------------------------------------------------------------


def test_a_day_of_ones_own_is_refused_for_a_site_that_is_not_on_loopback(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    def real(sites: Any) -> None:
        sites["sites"][0]["url"] = "https://www.example.gov.cn/"

    change(office, "sites.yaml", real)
    change(office, "city.yaml", _polite)
    status, _, err = here(office, capsys, "scan", "--as-of", "2018-06-04")
    assert status == 2
    assert "--as-of" in err
    assert "回环" in err
    assert here(office, capsys, "runs")[0] == 0
    assert not (office.data / "evidence").exists()


def _polite(city: Any) -> None:
    city["crawl_window"] = ["00:00", "23:59"]
    city["rate"] = {"interval_seconds": 2, "concurrency": 1}


def test_outside_the_window_nothing_is_asked(
    town: Town, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(SHANGHAI)
    window = [f"{now + timedelta(hours=h):%H:%M}" for h in (2, 4)]

    def closed(city: Any) -> None:
        city["crawl_window"] = window

    change(office, "city.yaml", closed)
    asked = sum(town.served.stats().values())
    status, _, err = here(office, capsys, "scan", *town.as_of)
    assert status == 2
    assert window[0] in err
    assert "crawl_window" in err
    assert sum(town.served.stats().values()) == asked


def test_a_second_scan_of_one_data_folder_waits_for_the_first(
    town: Town, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.data.mkdir()
    first = FileLock(office.data / "scan.lock")
    assert first.acquire()
    try:
        status, _, err = here(office, capsys, "scan", *town.as_of)
    finally:
        first.release()
    assert status == 2
    assert "另一个检测" in err
    assert "--data" in err


# --- databases and disks --------------------------------------------------------------------------


def test_a_database_of_a_newer_program_is_left_as_it_is(town: Town, office: Office) -> None:
    shutil.copytree(town.good.data, office.data)
    with closing(sqlite3.connect(office.data / "xunjian.sqlite3")) as database:
        database.execute("update alembic_version set version_num = '9999_of_tomorrow'")
        database.commit()
    for words in (("scan",), ("summary",), ("doctor",), ("db", "upgrade")):
        refused(office.run(*words), "更新版本", "升级本程序")
    with closing(sqlite3.connect(office.data / "xunjian.sqlite3")) as database:
        assert database.execute("select count(*) from scan").fetchone() == (1,)


def test_what_is_no_database_is_told(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.data.mkdir()
    (office.data / "xunjian.sqlite3").write_text("no database\n" * 200)
    status, _, err = here(office, capsys, "summary")
    assert status == 2
    assert "不是数据库文件" in err
    assert "备份" in err


@pytest.mark.parametrize("words", [("scan",), ("summary",), ("doctor",)], ids=" ".join)
def test_a_data_folder_that_cannot_be_made_is_told(
    words: tuple[str, ...], town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    for data in (tmp_path / "file", tmp_path / "file" / "data"):
        status, out, err = here(Office(town.good.config, data), capsys, *words)
        assert (status, out) == (2, ""), err
        assert "--data" in err
        assert "Traceback" not in err


def test_what_cannot_be_written_out_is_told(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    mark = next(f.fingerprint for f in town.good.findings(1) if f.evidence and f.in_body)
    inside = str(tmp_path / "file" / "x")
    for words in (
        ("evidence", mark, "--out", inside),
        ("rules", "--write", inside),
        ("lists", "export", inside + ".xlsx"),
    ):
        status, _, err = here(town.good, capsys, *words)
        assert status == 2, err
        assert "file" in err
        assert "Traceback" not in err


def test_evidence_that_cannot_be_kept_ends_the_scan_resumably(town: Town, office: Office) -> None:
    office.data.mkdir()
    (office.data / "evidence").write_text("in the way")
    refused(office.run("scan", *town.as_of), "存证", "xunjian scan --resume", status=3)
    (office.data / "evidence").unlink()
    done = office.run("scan", "--resume")
    assert done.returncode == 0, done.stderr
    assert compare(town.truth, office.findings(1)).exact


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on a file's size to set")
def test_a_full_disk_ends_the_scan_resumably(town: Town, office: Office) -> None:
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000));"
        "import cli; cli.main(sys.argv[1:])"
    )
    words = [sys.executable, "-c", limited, *office.command("scan", *town.as_of)[3:]]
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120
    )
    refused(done, "磁盘空间", "xunjian scan --resume", status=3)
    done = office.run("scan", "--resume")
    assert done.returncode == 0, done.stderr
    assert compare(town.truth, office.findings(1)).exact


# --- output ---------------------------------------------------------------------------------------


def _reading(town: Town) -> list[tuple[str, ...]]:
    """Every command that only looks."""
    mark = town.good.findings(1)[0].fingerprint
    return [
        ("summary",),
        ("show", UNIT, "--all"),
        ("show", mark),
        ("findings",),
        ("findings", "--unattributed"),
        ("scorecards",),
        ("scorecards", "--unit", UNIT),
        ("runs",),
        ("unattributed",),
        ("rules",),
        ("explain", "dead-link"),
        ("audit",),
        ("probe", town.served.url("portal")),
    ]


def _run(town: Town, words: tuple[str, ...], env: Mapping[str, str]) -> tuple[int, bytes, bytes]:
    done = subprocess.run(
        town.good.command(*words),
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, **env},
    )
    return done.returncode, done.stdout, done.stderr


def test_every_reading_command_writes_to_a_gbk_console(town: Town) -> None:
    gbk = {"PYTHONIOENCODING": "gbk:strict", "PYTHONUTF8": "0"}
    for words in [*_reading(town), ("doctor",), ("lists", "units"), ("--help",)]:
        status, out, err = _run(town, words, gbk)
        assert status == 0, (words, err.decode("gbk", "replace"))
        assert CHINESE.search(out.decode("gbk")), words
        assert b"Traceback" not in err, words


def test_json_is_all_that_goes_to_stdout(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    for words in _reading(town):
        status, out, err = here(town.good, capsys, *words, "--format", "json")
        assert status == 0, (words, err)
        assert isinstance(json.loads(out), dict), words


def test_no_color_means_no_escape_sequences(town: Town) -> None:
    for env in ({"NO_COLOR": "1", "FORCE_COLOR": ""}, {"NO_COLOR": "1", "TERM": "xterm-256color"}):
        status, out, err = _run(town, ("show", UNIT), env)
        assert status == 0
        assert b"\x1b[" not in out + err


# --- help -----------------------------------------------------------------------------------------


def _commands(
    group: Any = None, name: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    group = typer.main.get_command(cli.app) if group is None else group
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*name, word))
        else:
            yield (*name, word), command


def test_every_command_and_option_has_chinese_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name, command in _commands():
        assert CHINESE.search(command.help or ""), name
        for param in command.params:
            if param.param_type_name == "option":
                assert CHINESE.search(param.help or ""), (name, param.name)
        capsys.readouterr()
        assert cli.run([*name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert "用法：" in shown
        for english in ("Usage:", "Options", "Arguments", "Show this message", "[default"):
            assert english not in shown, (name, english)


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [
        " ".join(name)
        for name, _ in _commands()
        if not re.search(r"\b" + r"\s+".join(name) + r"\b", readme)
    ]
    assert missing == []
