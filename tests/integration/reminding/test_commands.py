"""``remind``, ``due`` and ``messages`` as a clerk types them; notices on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import cli
from checks.life import EventKind
from config.problems import ConfigError
from scorecards.life import FindingState
from services import channels as outlets
from services.remind import record_notice, record_reminded
from services.workspace import UsageError
from storage import findings as ledger
from storage import messages as outbox
from tests.integration.reminding.desk import Desk, at, free_port, mail_channel, mail_server

S = FindingState
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def run(desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """One command on the desk at its clock: status, standard output, messages."""
    monkeypatch.chdir(desk.directory)

    def one(*words: str) -> tuple[int, str, str]:
        head = ["--config", str(desk.directory / "config"), "--data", str(desk.directory / "data")]
        head += ["--actor", "信息办", "--now", desk.now.isoformat()]
        status = cli.run([*head, *words])
        out, err = capsys.readouterr()
        return status, out, " ".join(err.split())

    return one


def test_remind_prints_what_to_paste_and_changes_nothing(desk: Desk, run: Run) -> None:
    mark = desk.find("通知公告" * 12)
    status, out, said = run("remind", "市财政局")
    assert status == 0
    assert out.startswith("【网站检查提醒】市财政局：某市网 工作动态—通知公告")
    assert len(out.splitlines()) == 4, "no line of what is pasted is broken"
    assert "没有记录" in said
    assert "xunjian remind 市财政局 --done" in said
    assert desk.life(mark).state is S.OPEN


def test_done_records_the_day_that_the_text_named(desk: Desk, run: Run) -> None:
    mark = desk.find()
    assert "请在6月19日（含当日）前" in run("remind", "市财政局")[1]
    status, _, said = run("remind", "市财政局", "--done")
    assert status == 0
    assert "已记录：文字提醒 1 个单位，1 个问题，经办人 信息办" in said
    life = desk.life(mark)
    assert (life.state, life.deadline) == (S.REMINDED, date(2018, 6, 19))
    assert ledger.find(desk.ws.engine, mark).events[-1].data["channel"] == "text"
    status, out, said = run("remind", "市财政局", "--done")
    assert (status, out) == (0, "")
    assert "1个已经提醒过" in said
    assert desk.life(mark).reminders == 1


def test_done_on_an_earlier_day_reckons_from_it_and_leaves_out_what_was_found_since(
    desk: Desk, run: Run
) -> None:
    told = desk.find("a")
    desk.now = at("2018-06-07")
    new = desk.find("b")
    assert run("remind", "市财政局", "--done", "--on", "2018-06-05")[0] == 0
    assert desk.life(told).deadline == date(2018, 6, 20)
    assert desk.life(new).state is S.OPEN
    status, _, said = run("remind", "市财政局", "--done", "--on", "2018-06-08")
    assert status == 2
    assert "还没有到" in said


def test_a_telephone_call_is_recorded_with_what_was_said_and_without_a_persons_number(
    desk: Desk, run: Run
) -> None:
    mark = desk.find()
    status, _, said = run("remind", "市财政局", "--by-phone")
    assert status == 2
    assert "电话要点" in said
    note = "办公室接听13879200000，答应周五前改好"
    assert run("remind", "市财政局", "--by-phone", "--reason", note)[0] == 0
    event = ledger.find(desk.ws.engine, mark).events[-1]
    assert (event.kind, event.data["channel"]) == (EventKind.REMINDED, "phone")
    assert event.reason == "办公室接听138***，答应周五前改好"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), "请写要提醒的单位，或用 --all"),
        (("市财政局", "--all"), "两者用一个"),
        (("没有的局",), "没有叫“没有的局”的单位"),
        (("市财政局", "--done", "--send"), "只能用一个"),
        (("市财政局", "--channel", "mail"), "要与 --send 同用"),
        (("市财政局", "--on", "2018-06-01"), "要与 --done 或 --by-phone 同用"),
        (("市财政局", "--send", "--channel", "mail"), "没有启用任何渠道"),
        (("市财政局", "--done", "--reason", "啊" * 501), "500 字以内"),
    ],
)
def test_what_cannot_be_done_is_told_in_chinese(
    desk: Desk, run: Run, words: tuple[str, ...], wanted: str
) -> None:
    mark = desk.find()
    status, out, said = run("remind", *words)
    assert (status, out) == (2, "")
    assert wanted in said
    assert desk.life(mark).state is S.OPEN


def test_units_that_are_not_confirmed_are_not_reminded(desk: Desk, run: Run) -> None:
    mark = desk.find(unit="town")
    status, out, said = run("remind", "某镇", "--done")
    assert (status, out) == (0, "")
    assert "单位名单未核对" in said
    assert desk.life(mark).state is S.OPEN
    desk.find(unit="finance")
    status, out, said = run("remind", "--all", "--format", "json")
    view = json.loads(out)
    assert view["schema"] == "xunjian.letters/1"
    assert [m["unit"] for m in view["letters"]] == ["finance"]
    assert view["letters"][0]["deadline"] == "2018-06-19"
    assert view["skipped"][0]["short"] == "某镇"


@pytest.mark.parametrize("words", [("--all",), ("--all", "--done"), ("--all", "--send")])
def test_the_trial_run_refuses(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "trial").mkdir()
    desk = Desk(tmp_path / "trial", trial=True)
    mark = desk.find()
    head = ["--config", str(desk.directory / "config"), "--data", str(desk.directory / "data")]
    assert cli.run([*head, "--now", desk.now.isoformat(), "remind", *words]) == 2
    assert desk.life(mark).state is S.OPEN
    with pytest.raises(UsageError, match="试运行"):
        record_notice(desk.ws, [mark], "1", None, desk.now)


def test_send_hands_it_to_the_channel_and_the_log_shows_it(desk: Desk, run: Run) -> None:
    mark = desk.find()
    with mail_server() as (box, port):
        desk.configure(mail_channel(port))
        status, _, said = run("remind", "市财政局", "--send")
        assert status == 0
        assert "已排队 1 条：已发送 1 条" in said
        assert len(box.mails) == 1
        again = run("remind", "--all", "--send")
        assert again[0] == 0
        assert "没有可发送的提醒" in again[2]
        assert len(box.mails) == 1
    assert desk.life(mark).state is S.REMINDED
    _, out, _ = run("messages")
    assert "已发送" in out
    assert "市财政局" in out
    view = json.loads(run("messages", "--format", "json")[1])
    assert view["schema"] == "xunjian.messages/1"
    (line,) = view["messages"]
    assert (line["state"], line["channel"], line["findings"]) == ("sent", "mail", [mark])
    assert line["sent_at"] == "2018-06-04T02:00:00.000000Z"
    assert "127.0.0.1" not in run("messages", "--format", "csv")[1]


def test_in_quiet_hours_it_waits_and_says_until_when(desk: Desk, run: Run) -> None:
    desk.find()
    with mail_server() as (box, port):
        desk.configure(mail_channel(port))
        desk.now = at("2018-09-30", "18:30")
        status, _, said = run("remind", "--all", "--send")
        assert status == 0
        assert "2018-10-08 08:30 起" in said
        assert box.mails == []
        assert "2018-10-08 08:30 起发送" in run("messages")[1]
        desk.now = at("2018-10-08", "08:30")
        assert "已发送 1 条" in run("messages", "--send")[2]
        assert len(box.mails) == 1


def test_a_channel_that_is_down_is_reported_and_the_message_can_be_taken_back(
    desk: Desk, run: Run
) -> None:
    desk.find()
    desk.configure(mail_channel(free_port()))
    status, _, said = run("remind", "--all", "--send")
    assert status == 3
    assert "未成将再试 1 条" in said
    assert "连不上" in run("messages", "--state", "queued")[1]
    assert run("messages", "--withdraw", "1")[0] == 0
    status, _, said = run("messages", "--withdraw", "1")
    assert status == 2
    assert "不在排队" in said
    assert run("messages", "--retry", "1")[0] == 2


def test_a_wrong_address_is_told_before_anything_is_queued(desk: Desk, run: Run) -> None:
    desk.find()
    text = 'default: [mail]\nchannels:\n  mail:\n    title: 邮件\n    url: "mailtoo://a:s3cret@h"\n'
    desk.configure(text)
    status, _, said = run("remind", "--all", "--send")
    assert status == 2
    assert "第 5 行：渠道 mail 的 url 写法 Apprise 不认识" in said
    assert "s3cret" not in said
    assert outbox.listing(desk.ws.engine) == []
    desk.configure(text.replace("mailtoo://a:s3cret@h", "${NOT_SET_HERE}"))
    outlets.vetted(desk.ws, env={})
    with pytest.raises(ConfigError, match="Apprise"):
        outlets.vetted(desk.ws, env={"NOT_SET_HERE": "s3cret"})


def test_due_lists_each_step_and_the_notice_moves_it_on(desk: Desk, run: Run) -> None:
    mark = desk.find("a")
    run("remind", "市财政局", "--done")
    desk.now = at("2018-06-20")
    desk.find("b")
    desk.find("c", unit="town")
    status, out, _ = run("due", "--format", "json")
    assert status == 0
    rows = {row["unit"]: row for row in json.loads(out)["units"]}
    assert (rows["finance"]["notice"], rows["finance"]["remind"]) == (1, 1)
    assert (rows["finance"]["deadline"], rows["finance"]["late_workdays"]) == ("2018-06-19", 1)
    assert "未核对" in rows["town"]["note"]
    table = run("due")[1]
    assert table.index("市财政局") < table.index("某镇")
    assert "应发整改通知 1" in table

    assert record_notice(desk.ws, [mark], "整改2018-1", None, desk.now) == (mark,)
    life = desk.life(mark)
    assert (life.state, life.deadline, life.noticed_at) == (
        S.REMINDED, date(2018, 6, 27), desk.now,
    )  # fmt: skip
    desk.now = at("2018-06-28")
    rows = {r["unit"]: r for r in json.loads(run("due", "--format", "json")[1])["units"]}
    assert (rows["finance"]["notice"], rows["finance"]["circular"]) == (0, 1)


def test_a_notice_is_recorded_for_all_of_its_findings_or_for_none(desk: Desk) -> None:
    fine, settled, strange = desk.find("a"), desk.find("b"), desk.find("c", unit="town")
    desk.later(hours=1)
    desk.happens(settled, EventKind.RECTIFIED)
    day = date(2018, 6, 29)
    for marks, number, limit, wanted in (
        ([fine, settled], "1", day, "已整改"),
        ([fine, strange], "1", day, "未核对"),
        ([fine, "0" * 32], "1", day, "没有编号"),
        ([fine], " ", day, "--number"),
        ([fine], "1", date(2018, 6, 1), "已经过去"),
    ):
        with pytest.raises(UsageError, match=wanted):
            record_notice(desk.ws, marks, number, limit, desk.now)
        assert desk.life(fine).noticed_at is None
    record_notice(desk.ws, [fine], "瑞整改2018-1", day, desk.now)
    assert desk.life(fine).deadline == day


def test_a_year_whose_calendar_is_not_known_is_warned_of(desk: Desk) -> None:
    desk.now = at("2035-06-04")
    desk.find()
    made = record_reminded(desk.ws, None, channel="text", now=desk.now)
    assert any("2035年" in warning for warning in made.warnings)
