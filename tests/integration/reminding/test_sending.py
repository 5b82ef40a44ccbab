"""Reminders through a real mail server: sent once, in working hours, retried, never stale."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.life import EventKind
from scheduler.jobs import jobs
from scorecards.escalation import Step
from scorecards.life import FindingState
from services import sending
from services.remind import record_notice, record_reminded
from services.sending import escalation_job, outbox_job, queue_reminders
from services.workspace import UsageError
from storage import findings as ledger
from storage import messages as outbox
from storage.regime_tables import MessageState
from tests.integration.reminding.desk import (
    Desk,
    Postbox,
    at,
    finding_of,
    free_port,
    mail_channel,
    mail_server,
)
from tests.integration.scanning import ROOT

S = FindingState


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Postbox, int]]:
    with mail_server() as running:
        yield running


@pytest.fixture
def box(server: tuple[Postbox, int]) -> Postbox:
    server[0].mails.clear()
    server[0].closed = False
    return server[0]


@pytest.fixture
def desk(tmp_path: Path, server: tuple[Postbox, int], box: Postbox) -> Desk:
    return Desk(tmp_path, channels=mail_channel(server[1]))


def queue(desk: Desk) -> int:
    return len(queue_reminders(desk.ws, now=desk.now).messages)


def run(desk: Desk) -> sending.Sent:
    return outbox_job(desk.ws, desk.now)


def states(desk: Desk) -> list[MessageState]:
    return [m.state for m in outbox.listing(desk.ws.engine)]


def test_a_reminder_arrives_in_chinese_and_the_finding_is_reminded_with_the_day_it_names(
    desk: Desk, box: Postbox
) -> None:
    mark = desk.find("通知公告", url="http://www.example.gov.cn/tzgg/")
    assert desk.life(mark).state is S.OPEN
    assert queue(desk) == 1
    assert desk.life(mark).state is S.OPEN, "queued is not told"
    sent = run(desk)
    assert (len(sent.sent), sent.words) == (1, "已发送 1 条")
    (mail,) = box.mails
    assert mail["subject"] == "【网站检查提醒】市财政局：1个问题请整改"
    assert mail["to"] == "finance@example.com"
    assert "attachment" not in mail.as_string()
    (body,) = box.bodies()
    assert "工作动态—通知公告：截至 2018-06-04，最近更新 2018-04-02" in body
    assert "http://www.example.gov.cn/tzgg/" in body
    assert "请在6月19日（含当日）前整改并回复" in body  # 2018-06-18 is the Dragon Boat Festival
    life = desk.life(mark)
    assert (life.state, life.deadline) == (S.REMINDED, date(2018, 6, 19))
    event = ledger.find(desk.ws.engine, mark).events[-1]
    assert event.data["channel"] == "mail"
    assert event.data["send_id"] == sent.sent[0]
    (kept,) = outbox.listing(desk.ws.engine)
    assert kept.body.split() == body.split(), "the log holds what was sent"


def test_the_same_finding_is_not_sent_twice_in_a_window_and_a_new_one_goes_alone(
    desk: Desk, box: Postbox
) -> None:
    desk.find("a")
    assert queue(desk) == 1
    assert queue(desk) == 0
    run(desk)
    desk.later(days=1)
    again = queue_reminders(desk.ws, [desk.ws.config.unit("finance")], now=desk.now)
    assert again.messages == ()
    assert "1个已经提醒过" in dict(again.skipped)["市财政局"]
    desk.find("b")
    assert queue(desk) == 1
    run(desk)
    assert len(box.mails) == 2
    assert "—b：" in box.bodies()[1]
    assert "—a：" not in box.bodies()[1]


def test_a_mail_server_that_is_down_for_a_day_loses_nothing(tmp_path: Path) -> None:
    port = free_port()
    desk = Desk(tmp_path, channels=mail_channel(port))
    mark = desk.find()
    queue(desk)
    tried = 0
    while desk.now < at("2018-06-05", "10:00"):
        result = run(desk)
        tried += len(result.retried)
        assert not result.failed
        desk.later(minutes=5)
    assert 5 <= tried < 20, "it is tried again, ever less often"
    assert desk.life(mark).state is S.OPEN
    (waiting,) = outbox.listing(desk.ws.engine)
    assert "连不上" in waiting.detail
    with mail_server(port) as (box, _):
        while desk.now < at("2018-06-05", "18:00") and not box.mails:
            run(desk)
            desk.later(minutes=5)
        assert len(box.mails) == 1
        body = box.bodies()[0]
    life = desk.life(mark)
    assert life.state is S.REMINDED
    # Reckoned from the day on which it was taken, in the mail as in the record.
    assert life.deadline == date(2018, 6, 20)
    assert "6月20日" in body


def test_after_the_last_attempt_it_has_failed_and_that_is_reported_and_can_be_mended(
    tmp_path: Path,
) -> None:
    port = free_port()
    desk = Desk(tmp_path, channels=mail_channel(port, retry="{attempts: 2, first_minutes: 1}"))
    mark = desk.find()
    queue(desk)
    assert len(run(desk).retried) == 1
    desk.later(minutes=1)
    failed = run(desk)
    assert failed.words == "失败 1 条"
    assert states(desk) == [MessageState.FAILED]
    assert desk.life(mark).state is S.OPEN
    assert sending.outbox_hint(desk.ws) == "有 1 条提醒没有发出去：用 xunjian messages 查看"
    desk.later(days=2)
    assert run(desk).words == "没有要发送的消息"
    sending.queue_again(desk.ws, failed.failed[0], now=desk.now)
    with mail_server(port) as (box, _):
        run(desk)
        assert len(box.mails) == 1
    assert states(desk) == [MessageState.SENT]
    assert sending.outbox_hint(desk.ws) is None


def test_a_server_that_refuses_the_letter_has_not_taken_it(desk: Desk, box: Postbox) -> None:
    box.closed = True
    mark = desk.find()
    queue(desk)
    assert len(run(desk).retried) == 1
    assert desk.life(mark).state is S.OPEN
    box.closed = False
    desk.later(minutes=5)
    assert len(run(desk).sent) == 1


@pytest.mark.parametrize(
    ("queued", "sent"),
    [
        ("2018-06-04T17:59", "2018-06-04T17:59"),
        ("2018-06-04T18:00", "2018-06-05T08:30"),
        ("2018-06-05T08:29", "2018-06-05T08:30"),
        ("2018-06-08T18:30", "2018-06-11T08:30"),  # a weekend
        ("2018-09-29T10:00", "2018-09-29T10:00"),  # a Saturday that is worked
        ("2018-09-30T18:00", "2018-10-08T08:30"),  # National Day week
        ("2018-10-03T10:00", "2018-10-08T08:30"),
    ],
)
def test_nothing_is_sent_in_quiet_hours_or_on_holidays(
    desk: Desk, box: Postbox, queued: str, sent: str
) -> None:
    desk.now = at(*queued.split("T"))
    mark = desk.find()
    queue(desk)
    result = run(desk)
    due = at(*sent.split("T"))
    if due > desk.now:
        assert (len(result.waiting), result.opens_at, box.mails) == (1, due, [])
        desk.now = due - timedelta(minutes=1)
        run(desk)
        assert box.mails == []
        assert desk.life(mark).state is S.OPEN
        desk.now = due
        run(desk)
    assert len(box.mails) == 1
    assert desk.life(mark).reminded_at == due


def test_what_was_settled_while_it_waited_is_not_told(desk: Desk, box: Postbox) -> None:
    kinds = (EventKind.RECTIFIED, EventKind.REVOKED, EventKind.WAIVED, EventKind.DISPUTED)
    desk.now = at("2018-06-04", "19:00")
    marks = [desk.find(kind.value) for kind in kinds]
    stays = desk.find("stays")
    queue(desk)
    desk.later(hours=2)
    for mark, kind in zip(marks, kinds, strict=True):
        desk.happens(mark, kind)
    desk.now = at("2018-06-05", "09:00")
    run(desk)
    (body,) = box.bodies()
    assert "—stays：" in body
    assert all(f"—{kind.value}：" not in body for kind in kinds)
    assert outbox.listing(desk.ws.engine)[0].findings == (stays,)
    assert [desk.life(m).reminders for m in marks] == [0, 0, 0, 0]


def test_a_message_of_which_nothing_is_left_is_withdrawn(desk: Desk, box: Postbox) -> None:
    desk.now = at("2018-06-04", "19:00")
    mark = desk.find()
    queue(desk)
    desk.later(hours=1)
    desk.happens(mark, EventKind.REVOKED)
    desk.now = at("2018-06-05", "09:00")
    assert run(desk).words == "撤回 1 条"
    assert (states(desk), box.mails) == ([MessageState.WITHDRAWN], [])


def test_two_channels_tell_the_same_thing_and_the_finding_is_reminded_once(
    desk: Desk, box: Postbox, server: tuple[Postbox, int]
) -> None:
    more = mail_channel(server[1]).replace("default: [mail]", "default: [mail, group]")
    address = f"mailto://127.0.0.1:{server[1]}?from=office@example.com&to=group@example.com"
    desk.configure(more + f'  group: {{title: 工作群, url: "{address}"}}\n')
    mark = desk.find()
    assert queue(desk) == 2
    run(desk)
    first, second = box.bodies()
    assert first == second
    assert {m["to"] for m in box.mails} == {"finance@example.com", "group@example.com"}
    assert desk.life(mark).reminders == 1


def test_a_telephone_call_while_the_mail_is_down_sets_the_day_and_the_mail_names_it(
    tmp_path: Path,
) -> None:
    port = free_port()
    desk = Desk(tmp_path, channels=mail_channel(port))
    mark = desk.find()
    queue(desk)
    run(desk)
    desk.later(minutes=1)
    record_reminded(desk.ws, None, channel="phone", now=desk.now, note="办公室接听，答应周五前改好")
    desk.now = at("2018-06-06")
    with mail_server(port) as (box, _):
        run(desk)
        assert "6月19日" in box.bodies()[0]
    life = desk.life(mark)
    assert (life.deadline, life.reminders) == (date(2018, 6, 19), 1)


PROCESS = """
import sys
from datetime import datetime
from pathlib import Path
from config.settings import Settings
from services.sending import outbox_job, queue_reminders
from services.workspace import Workspace
home, now = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
ws = Workspace(Settings(data=home / "data", config=str(home / "config"), actor="x"), home)
sys.stdin.readline()
queue_reminders(ws, now=now)
print(len(outbox_job(ws, now).sent))
"""


def test_two_processes_at_once_send_each_reminder_once(desk: Desk, box: Postbox) -> None:
    for name in ("a", "b"):
        desk.find(name)
    desk.find("c", unit="newhealth", url=None)
    desk.now = at("2018-12-03")
    command = [sys.executable, "-c", PROCESS, str(desk.directory), desk.now.isoformat()]
    both = [
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    counts = [int(process.communicate(timeout=60)[0]) for process in both]
    assert sum(counts) == 2
    assert sorted(m["to"] for m in box.mails) == ["finance@example.com", "health@example.com"]


def test_a_successor_is_told_of_what_it_took_over(desk: Desk, box: Postbox) -> None:
    desk.now = at("2018-11-26")
    mark = desk.find("疾控", unit="oldhealth")
    made = queue_reminders(desk.ws, now=desk.now)
    assert dict(made.skipped)["市卫计委"].startswith("没有登记邮箱")
    desk.now = at("2018-12-03")
    assert queue(desk) == 1
    run(desk)
    (mail,) = box.mails
    assert mail["to"] == "health@example.com"
    body = box.bodies()[0]
    assert body.startswith("【网站检查提醒】市卫健委：")
    assert "（原市卫计委）" in body
    assert desk.life(mark).state is S.REMINDED


def test_units_that_are_not_confirmed_or_cannot_be_reached_are_named_and_not_told(
    desk: Desk, box: Postbox
) -> None:
    for unit in ("town", "mute"):
        desk.find(unit=unit)
    made = queue_reminders(desk.ws, now=desk.now)
    why = dict(made.skipped)
    assert made.messages == ()
    assert "未核对" in why["某镇"]
    assert "没有登记邮箱" in why["市档案局"]


def test_the_trial_run_sends_nothing_even_of_what_is_queued(tmp_path: Path) -> None:
    with mail_server() as (box, port):
        desk = Desk(tmp_path, channels=mail_channel(port))
        desk.find()
        queue(desk)
        city = desk.directory / "config" / "city.yaml"
        city.write_text(city.read_text(encoding="utf-8").replace("false", "true"), encoding="utf-8")
        desk.configure(mail_channel(port))
        assert len(run(desk).waiting) == 1
        with pytest.raises(UsageError, match="试运行"):
            queue_reminders(desk.ws, now=desk.now)
        assert box.mails == []


def test_a_missing_secret_is_a_failed_attempt_that_names_the_variable_and_no_address(
    desk: Desk, box: Postbox, server: tuple[Postbox, int]
) -> None:
    secret = f"mailto://127.0.0.1:{server[1]}?from=office@example.com&to=a@example.com"
    desk.configure('default: [mail]\nchannels:\n  mail: {title: 邮件, url: "${XJ_TEST_MAIL}"}\n')
    desk.find()
    queue(desk)
    assert len(outbox_job(desk.ws, desk.now, env={}).retried) == 1
    assert outbox.listing(desk.ws.engine)[0].detail == "环境变量 XJ_TEST_MAIL 没有设置"
    desk.later(minutes=5)
    assert len(outbox_job(desk.ws, desk.now, env={"XJ_TEST_MAIL": secret}).sent) == 1
    assert "example.com" not in outbox.listing(desk.ws.engine)[0].detail


def test_the_daily_job_reminds_only_where_it_may_and_issues_no_notice(
    desk: Desk, box: Postbox, server: tuple[Postbox, int]
) -> None:
    late = desk.find("late")
    desk.happens(late, EventKind.REMINDED, deadline="2018-06-08")
    desk.now = at("2018-06-11")
    desk.find("new")
    done = escalation_job(desk.ws, desk.now)
    assert (done.queued, done.steps[Step.REMIND], done.steps[Step.NOTICE]) == (0, 1, 1)
    assert done.words == "待提醒 1 个，应发整改通知 1 个"
    desk.configure(mail_channel(server[1], auto_remind="true"))
    assert escalation_job(desk.ws, desk.now).queued == 1
    assert escalation_job(desk.ws, desk.now).queued == 0
    run(desk)
    (body,) = box.bodies()
    assert "—new：" in body
    assert "—late：" not in body
    assert desk.life(late).noticed_at is None


def test_a_second_reminder_says_so_and_gives_no_more_time(desk: Desk, box: Postbox) -> None:
    mark = desk.find()
    queue(desk)
    run(desk)
    desk.now = at("2018-06-14")  # three working days before the 19th: 15, 19 and a holiday between
    assert queue(desk) == 1
    run(desk)
    assert "这是再次提醒，期限仍为6月19日" in box.bodies()[1]
    life = desk.life(mark)
    assert (life.deadline, life.reminders) == (date(2018, 6, 19), 2)
    desk.now = at("2018-06-19")
    assert queue(desk) == 0


def test_what_a_scan_recorded_later_than_the_timers_clock_is_told_all_the_same(
    desk: Desk, box: Postbox
) -> None:
    finding = finding_of("late", "finance")
    found = replace(desk.event(EventKind.FOUND), recorded_at=desk.now + timedelta(hours=3))
    ledger.add_finding(desk.ws.engine, finding, found)
    queue(desk)
    run(desk)
    assert desk.life(finding.fingerprint).state is S.REMINDED
    record_notice(desk.ws, [finding.fingerprint], "1", None, desk.now)
    assert desk.life(finding.fingerprint).noticed_at == desk.now


def test_the_timers_jobs_look_once_a_working_day_and_send_when_it_may_be(
    desk: Desk, box: Postbox, server: tuple[Postbox, int]
) -> None:
    desk.configure(mail_channel(server[1], auto_remind="true"))
    mark = desk.find()
    done: list[tuple[str, str]] = []
    listed = [job for job in jobs() if job.name in ("到期事项", "发送提醒")]
    assert len(listed) == 2
    desk.now = at("2018-06-09", "07:00")  # a Saturday
    while desk.now < at("2018-06-12", "12:00"):
        for job in listed:
            if job.due(desk.ws, desk.now):
                done.append((desk.now.strftime("%m-%d %H:%M"), job.run(desk.ws, desk.now)))
        desk.later(minutes=30)
    assert done == [
        ("06-11 08:30", "待提醒 1 个；自动提醒已排队 1 条"),
        ("06-11 08:30", "已发送 1 条"),
        ("06-12 08:30", ""),
    ]
    assert desk.life(mark).reminded_at == at("2018-06-11", "08:30")


def test_a_tick_that_is_hours_old_sends_nothing_at_night(desk: Desk, box: Postbox) -> None:
    desk.find()
    queue(desk)
    tick = desk.now
    assert any(job.due(desk.ws, tick) for job in jobs() if job.name == "发送提醒")
    desk.now = at("2018-06-04", "22:00")
    assert not any(job.due(desk.ws, tick) for job in jobs() if job.name == "发送提醒")
