"""The text of a reminder: complete, short, harmless, and in the tone of a colleague."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from reports.messages import Letter, Problem, clean, safe_link, subject, text

DAY = date(2018, 6, 5)
ID = "11010519491231002X"  # its check digit is right


def problem(number: int = 1, **changes: object) -> Problem:
    given_: dict[str, object] = {
        "fingerprint": f"{number:032x}",
        "kind": "栏目更新超期",
        "words": f"工作动态—栏目{number}：截至 2018-06-04，最近更新 2018-04-02；要求14日内更新",
        "url": f"http://www.example.gov.cn/xxgk/{number}/",
        "remedy": "请尽快发布最新信息。",
        "basis": "《评分表》：“栏目不更新”",
        "site": "信息公开平台",
        "deadline": date(2018, 6, 20),
    }
    return Problem(**(given_ | changes))  # type: ignore[arg-type]


def letter(*problems: Problem, unit: str = "市财政局") -> Letter:
    return Letter(
        unit_id="finance",
        unit=unit,
        sender="市信息办",
        answer="整改后请回复。",
        consequence="逾期未整改的，将按规定通报。",
        day=DAY,
        problems=problems or (problem(),),
    )


def test_one_problem_is_told_in_the_official_manner_of_a_group_message() -> None:
    assert text(letter()) == (
        "【网站检查提醒】市财政局：信息公开平台 工作动态—栏目1：截至 2018-06-04，最近更新 2018-04-02；"
        "要求14日内更新。请在6月20日（含当日）前整改并回复。\n"
        "网址：http://www.example.gov.cn/xxgk/1/\n"
        "怎样改：请尽快发布最新信息。依据：《评分表》：“栏目不更新”\n"
        "整改后请回复。逾期未整改的，将按规定通报。——市信息办，6月5日"
    )
    assert subject(letter()) == "【网站检查提醒】市财政局：1个问题请整改"


def test_many_problems_are_put_together_the_worst_told_and_the_rest_counted() -> None:
    many = [problem(n) for n in range(1, 9)] + [
        problem(9, kind="空白栏目"),
        problem(10, kind="错链"),
    ]
    said = text(letter(*many), listed=5)
    first = said.splitlines()[0]
    assert "有10个问题（栏目更新超期8个、空白栏目1个、错链1个）" in first
    assert "请在6月20日（含当日）前整改并回复" in first
    assert len("".join(said.splitlines()[:2])) <= 170, "the part above the list is a short message"
    told = re.findall(r"xxgk/(\d+)/", said)
    assert told == ["1", "2", "3", "9", "10"], "each kind has its say, the worst of it first"
    assert "以上列出5个，另有5个见整改清单" in said
    assert said.count("怎样改：") == 3


def test_everything_is_told_when_there_is_room() -> None:
    some = [problem(n) for n in range(1, 6)]
    said = text(letter(*some), listed=5)
    assert all(p.url is not None and p.url in said for p in some)
    assert "见整改清单" not in said


def test_a_channel_that_takes_little_gets_less_but_always_the_day_and_the_number() -> None:
    many = [problem(n) for n in range(1, 11)]
    sizes = []
    for longest in (4000, 2048, 1200, 900, 700):
        said = text(letter(*many), listed=10, longest=longest)
        assert len(said.encode()) <= longest
        assert "10个问题" in said
        assert "6月20日" in said
        assert "整改清单" in said or said.count("xxgk/") == 10
        sizes.append(said.count("xxgk/"))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1]


def test_a_second_reminder_names_the_first_ones_day() -> None:
    old = problem(2, deadline=date(2018, 6, 8), again=True)
    alone = text(letter(old))
    assert "这是再次提醒，期限仍为6月8日" in alone
    assert "请在" not in alone.splitlines()[0]
    both = text(letter(problem(1), old))
    assert "请在6月20日（含当日）前整改并回复。其中1个是再次提醒，期限仍为6月8日" in both
    assert "（再次提醒，期限6月8日）" in both


def test_the_year_is_told_where_it_is_another_one() -> None:
    assert "请在2019年1月4日（含当日）前" in text(letter(problem(deadline=date(2019, 1, 4))))


def test_no_id_or_telephone_number_leaves_the_house() -> None:
    for number in (
        ID,
        "360481199001010015",
        "13879200000",
        "138 7920 0000",
        "360481-19900101-0015",
    ):
        said = text(letter(problem(words=f"张三身份证{number}公示", url=None)))
        assert number not in said
        assert not re.search(r"\d{9,}", said.replace("2018", ""))
    kept = "市财政局2018年预算（0792-4222222），360481；2018-06-04 2018-06-05"
    assert clean(kept) == kept


def test_links_are_whole_or_left_out() -> None:
    for fine in (
        "http://www.example.gov.cn/a?id=20180604123456789&b=1#x",
        "https://例子.中国/文件/1.html",
    ):
        assert safe_link(fine) == fine
    for bad in (
        None, "", "javascript:alert(1)", "http://a b/", "http://a/\n伪造", "http://a/\u202egpj",
        "http://a/<at>", f"http://a/?id={ID}", "http://a/" + "x" * 700, "file:///etc/passwd",
    ):  # fmt: skip
        assert safe_link(bad) is None
    assert "见整改清单" in text(letter(problem(url="javascript:alert(1)")))


HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\x1b[31m\r\n\u202e\u200b<>@【】http://=|`*0123456789Xx"),
    ),
    max_size=300,
)


@given(words=HOSTILE, url=st.one_of(st.none(), HOSTILE), unit=HOSTILE, kind=HOSTILE)
def test_whatever_a_page_says_the_message_stays_harmless(
    words: str, url: str | None, unit: str, kind: str
) -> None:
    problems = [
        problem(1, words=words, url=url, kind=kind, remedy=words, basis=words, site=unit),
        problem(2),
    ]
    for some in (problems[:1], problems):
        said = text(letter(*some, unit=unit))
        for char in said.replace("\n", ""):
            assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
        said.encode("gbk", "replace")
        said.encode("utf-8")
        assert "<" not in said
        assert ">" not in said
        assert not re.search(r"\d{12}", re.sub(r"https?://\S+", "", said))
        known = {safe_link(p.url) for p in some}
        assert set(re.findall(r"[A-Za-z]+://[^\s]+", said)) <= known
        # Nothing of a page begins a line of its own.
        assert len(said.splitlines()) <= 14
        assert said.startswith("【网站检查提醒】")
        assert "请在6月20日（含当日）前整改并回复" in said
        assert "市信息办" in said.splitlines()[1 if len(some) > 1 else -1]


def test_what_counts_only_from_a_day_to_come_is_told_without_a_time_to_mend_it() -> None:
    ahead = (
        (date(2019, 1, 1), "定期公开的信息未公开", 2),
        (date(2019, 1, 1), "来信答复超过规定时限", 1),
    )
    line = (
        "另外，2019年1月1日起计分的问题：定期公开的信息未公开2个、来信答复超过规定时限1个，"
        "请提前整改（现在不扣分）。"
    )
    one, many = letter(), letter(problem(1), problem(2))
    for told in (one, many):
        said = text(replace(told, ahead=ahead))
        assert said.count(line) == 1
        assert len(re.findall("前整改并回复", said)) == 1
        assert said.replace(line + "\n", "").replace("\n" + line, "") == text(told)
    assert subject(replace(one, ahead=ahead)) == subject(one), "it is not counted among them"
