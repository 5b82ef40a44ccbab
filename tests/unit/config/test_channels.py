"""``channels.yaml``: optional, told with file and line when wrong, never repeating an address."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.workdays import official
from config.channels import Channel, Channels, Retry, load_channels
from config.problems import ConfigError

UNITS = ("finance", "office")
CALENDAR = official()
SHANGHAI = ZoneInfo("Asia/Shanghai")
SECRET = "mailtos://clerk:s3cret-pass@smtp.example.com"


def load(tmp_path: Path, text: str, **more: object) -> Channels:
    (tmp_path / "channels.yaml").write_text(text, encoding="utf-8")
    return load_channels(tmp_path, UNITS, **more)  # type: ignore[arg-type]


def complaint(tmp_path: Path, text: str, **more: object) -> str:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, text, **more)
    said = str(raised.value)
    assert "s3cret" not in said
    assert "smtp.example.com" not in said
    return said


def test_without_the_file_or_with_comments_alone_nothing_is_sent_and_defaults_hold(
    tmp_path: Path,
) -> None:
    for settings in (load_channels(tmp_path, UNITS), load(tmp_path, "# default: [mail]\n")):
        assert settings == Channels()
        assert settings.names_for("finance") == ()
        assert not settings.auto_remind


def test_the_file_that_comes_with_the_city_enables_nothing() -> None:
    shipped = Path(__file__).resolve().parents[3] / "config" / "ruichang"
    assert (shipped / "channels.yaml").is_file()
    settings = load_channels(shipped, ())
    assert not any(c.enabled for c in settings.channels.values())
    assert not settings.auto_remind
    assert settings.no_send_hours == ("18:00", "08:30")
    assert not settings.send_on_holidays


def test_units_have_their_own_channels_or_the_default_ones(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "default: [mail, off]\nunits: {office: []}\nchannels:\n"
        f'  mail: {{title: 邮件, url: "{SECRET}"}}\n'
        "  off: {title: 停用, enabled: false}\n",
    )
    assert settings.names_for("finance") == ("mail",)
    assert settings.names_for("office") == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("default: [mial]\nchannels:\n  mail: {title: 邮件, url: 'a://b'}\n", "是不是 mail"),
        ("units: {finanse: []}\n", "是不是 finance"),
        ("channels:\n  mail: {title: 邮件}\n", "没有 url"),
        ("no_send_hours: ['18:00', '18:00']\n", "同一时刻"),
        ("no_send_hours: ['25:00', '08:00']\n", "第 1 行"),
        ("window_days: 0\n", "不能小于 1"),
        (f"window_day: 7\nsender: {SECRET}\n", "window_days"),
        (f'channels:\n  mail: {{title: 邮件, url: ["{SECRET}"]}}\n', "channels.yaml 第 2 行"),
        (f"channels:\n  mail:\n    title: 邮件\n    url：{SECRET}\n", "中文冒号"),
        (f'channels:\n  mail: {{title: "{SECRET * 9}", url: "{SECRET}"}}\n', "不能超过 200"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_no_address(
    tmp_path: Path, text: str, wanted: str
) -> None:
    assert wanted in complaint(tmp_path, text)


def test_an_address_that_the_sender_does_not_know_is_told_without_it(tmp_path: Path) -> None:
    text = f'channels:\n  mail: {{title: 邮件, url: "{SECRET}"}}\n'
    said = complaint(tmp_path, text, vet=lambda _name, _channel: ("写法不认识", "请改正"))
    assert "channels.yaml 第 2 行：渠道 mail 的 url 写法不认识；请改正" in said


def test_an_address_takes_its_secret_from_the_environment_and_the_units_mail() -> None:
    channel = Channel(title="邮件", url="mailtos://${USER_1}:${PASS}@h?to={mail}")
    assert channel.variables() == ("USER_1", "PASS")
    assert channel.per_unit
    whole = channel.address({"USER_1": " u ", "PASS": "p"}, "a@b.cn")
    assert whole == "mailtos://u:p@h?to=a@b.cn"
    with pytest.raises(KeyError, match="PASS"):
        channel.address({"USER_1": "u", "PASS": " "})


def test_waits_double_up_to_the_longest() -> None:
    retry = Retry(first_minutes=5, longest_minutes=240)
    waits = [retry.wait(n).total_seconds() / 60 for n in range(1, 9)]
    assert waits == [5, 10, 20, 40, 80, 160, 240, 240]
    assert Retry().wait(10_000) == timedelta(minutes=240)


MOMENTS = st.builds(
    lambda n: datetime(2018, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=n),
    st.integers(min_value=0, max_value=353 * 86_400),
)
CLOCKS = st.times().map(lambda t: t.strftime("%H:%M"))


@given(at=MOMENTS, start=CLOCKS, end=CLOCKS, always=st.booleans())
def test_sending_opens_at_the_first_moment_that_is_neither_quiet_nor_a_holiday(
    at: datetime, start: str, end: str, always: bool
) -> None:
    if start == end:
        return
    settings = Channels(no_send_hours=(start, end), send_on_holidays=always)

    def may(moment: datetime) -> bool:
        local = moment.astimezone(SHANGHAI)
        low, high, clock = time.fromisoformat(start), time.fromisoformat(end), local.time()
        quiet = low <= clock < high if low < high else clock >= low or clock < high
        return not quiet and (always or CALENDAR.is_workday(local.date()))

    opens = settings.opening(at, CALENDAR.is_workday)
    assert opens >= at
    assert may(opens)
    if opens > at:
        assert not may(at)
        assert not may(opens - timedelta(microseconds=1))
        assert not any(may(at + (opens - at) * n / 20) for n in range(20))


def test_quiet_hours_may_be_none_and_a_holiday_still_counts() -> None:
    free = Channels(no_send_hours=None)
    night = datetime(2018, 6, 4, 23, tzinfo=SHANGHAI)
    assert free.opening(night, CALENDAR.is_workday) is night
    saturday = datetime(2018, 6, 9, 10, tzinfo=SHANGHAI)
    opens = free.opening(saturday, CALENDAR.is_workday)
    assert opens == datetime.combine(date(2018, 6, 11), time(), SHANGHAI)
