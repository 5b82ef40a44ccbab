"""Letters: open, late, empty or incomplete answers, askers exposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from checks.facts import Missing, Unverified
from checks.interaction import LetterCase, Post
from checks.model import OutcomeKind
from checks.parts import Letter
from checks.workdays import official
from config.schema import ColumnRole
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import fetched, row, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED
WALL = Unverified(code=Missing.WALL, reason="网站要求验证，未能读取")
ID = "11010519491231002X"
"""The sample number of GB 11643-1999."""

LETTER = Letter(
    subject="关于小区自来水水压的咨询",
    kind="在线咨询",
    asked=date(2018, 5, 14),
    asked_text="2018-05-14",
    question="我们小区自来水水压一直很低，什么时候能够解决？",
    asker="张先生",
    state="已回复",
    answered=date(2018, 5, 18),
    answered_text="2018-05-18",
    answer="您好，经现场查看，加压泵已于5月17日更换，水压恢复正常。",
    answered_by="市水利局",
)
OPEN = replace(LETTER, state="办理中", answered=None, answered_text="", answer=None)


def post(letter: Letter = LETTER, **changes: Any) -> Post:
    base = Post(letter=letter, role=ColumnRole.LETTERS, listed=None, calendar=official())
    return replace(base, **changes)


def case(letter: Letter | Unverified = LETTER, **changes: Any) -> LetterCase:
    made = letter if isinstance(letter, Unverified) else post(letter, **changes)
    return LetterCase(subject=subject(), post=made, fetched=fetched())


def asked(day: date, letter: Letter = OPEN, **changes: Any) -> LetterCase:
    return case(replace(letter, asked=day), **changes)


def said(answer: str, **changes: Any) -> LetterCase:
    return case(replace(LETTER, answer=answer, **changes))


def _case(
    rule: str, side: Any, name: str, made: LetterCase, kind: OutcomeKind, **params: Any
) -> RuleCase:
    return RuleCase(rule=rule, side=side, name=name, case=made, kind=kind, params=params)


_U, _L, _P, _I, _A = (
    "unanswered-letter", "late-reply", "perfunctory-reply", "incomplete-reply", "asker-exposed",
)  # fmt: skip
_OLD = asked(date(2018, 3, 3))
_EARLIER = replace(_OLD, fetched=fetched(datetime(2018, 6, 2, 4, tzinfo=UTC)))

CASES = [
    _case(_U, "bad", "three months and a day", _OLD, FINDING),
    _case(_U, "edge", "exactly three months", asked(date(2018, 3, 4)), FINE),
    _case(_U, "edge", "the limit is the standard's", asked(date(2018, 4, 3)), FINDING, months=2),
    _case(_U, "good", "answered", case(), FINE),
    _case(_U, "good", "the state alone says that it was answered", asked(date(2018, 3, 3), replace(OPEN, state="已办结")), FINE),
    _case(_U, "good", "the date alone says that it was answered", asked(date(2018, 3, 3), replace(OPEN, state=None, answered=date(2018, 3, 9))), FINE),
    _case(_U, "good", "the answer alone says that it was answered", asked(date(2018, 3, 3), replace(OPEN, state="已受理", answer="已经修好")), FINE),
    _case(_U, "bad", "an answer that says there is none", asked(date(2018, 3, 3), replace(OPEN, state=None, answer="暂无回复")), FINDING),
    _case(_U, "bad", "an empty answer", asked(date(2018, 3, 3), replace(OPEN, state=None, answer="")), FINDING),
    _case(_U, "bad", "未办结 is not 办结", asked(date(2018, 3, 3), replace(OPEN, state="未办结")), FINDING),
    _case(_U, "unverified", "the page does not say", asked(date(2018, 3, 3), replace(OPEN, state=None)), UNVERIFIED),
    _case(_U, "unverified", "undated", case(replace(OPEN, asked=None)), UNVERIFIED),
    _case(_U, "unverified", "never read", case(WALL), UNVERIFIED),
    _case(_U, "bad", "the list tells the date", case(replace(OPEN, asked=None), listed=row(date(2018, 3, 3))), FINDING),
    _case(_U, "good", "the page's date comes first", case(OPEN, listed=row(date(2018, 3, 3))), FINE),
    _case(_U, "good", "not yet late when it was read", _EARLIER, FINE),
    _case(_U, "edge", "exactly a year ago", asked(date(2017, 6, 4)), FINDING),
    _case(_U, "edge", "more than a year ago", asked(date(2017, 6, 3)), NOT_APPLICABLE),
    _case(_U, "edge", "the window is the standard's", asked(date(2017, 6, 3)), FINDING, window_months=13),
    _case(_U, "good", "a petition", asked(date(2018, 3, 3), role=ColumnRole.PETITIONS), NOT_APPLICABLE),
    _case(_U, "good", "an interview", asked(date(2018, 3, 3), role=ColumnRole.INTERVIEWS), NOT_APPLICABLE),
    _case(_U, "good", "a survey", asked(date(2018, 3, 3), role=ColumnRole.SURVEYS), NOT_APPLICABLE),
    _case(_U, "good", "a report to the discipline body", asked(date(2018, 3, 3), replace(OPEN, kind="纪检举报")), NOT_APPLICABLE),
    _case(_U, "edge", "complaints where the standard asks for them", asked(date(2018, 3, 3), role=ColumnRole.COMPLAINTS), FINDING),
    _case(_U, "edge", "complaints where the standard leaves them out", asked(date(2018, 3, 3), role=ColumnRole.COMPLAINTS), NOT_APPLICABLE, excluded="投诉、信访"),
    _case(_U, "edge", "the kind as printed", asked(date(2018, 3, 3), replace(OPEN, kind="投诉监督")), NOT_APPLICABLE, excluded="投诉"),
    _case(_U, "edge", "no kind is a question", asked(date(2018, 3, 3), replace(OPEN, kind=None)), NOT_APPLICABLE, excluded="咨询"),
    _case(_U, "bad", "a test", asked(date(2018, 3, 3), replace(OPEN, subject="测试", question="测试")), SUSPECTED),
    _case(_U, "bad", "a heading like a test over a question", asked(date(2018, 3, 3), replace(OPEN, subject="您好")), FINDING),
    _case(_U, "bad", "the same letter again", asked(date(2018, 3, 3), repeated=True), SUSPECTED),

    # 2018-05-14 is a Monday; its seventh working day is the 23rd, its fifteenth the 4th of June.
    _case(_L, "good", "answered after four working days", case(), FINE),
    _case(_L, "edge", "the seventh working day", case(replace(LETTER, answered=date(2018, 5, 23))), FINE),
    _case(_L, "edge", "the eighth may be a complex matter", case(replace(LETTER, answered=date(2018, 5, 24))), SUSPECTED),
    _case(_L, "edge", "the fifteenth may be a complex matter", case(replace(LETTER, answered=date(2018, 6, 4))), SUSPECTED),
    _case(_L, "bad", "the sixteenth", case(replace(LETTER, asked=date(2018, 5, 11), answered=date(2018, 6, 4))), FINDING),
    _case(_L, "edge", "the limit is the standard's", case(), SUSPECTED, days=3),
    _case(_L, "edge", "the complex limit is the standard's", case(replace(LETTER, answered=date(2018, 5, 24))), FINDING, complex_days=7),
    _case(_L, "edge", "a complaint has fifteen", case(replace(LETTER, answered=date(2018, 6, 4), kind="投诉监督")), FINE),
    _case(_L, "edge", "a complaint after sixteen", case(replace(LETTER, asked=date(2018, 5, 11), answered=date(2018, 6, 4), kind="投诉监督")), FINDING),
    _case(_L, "edge", "a complaint's limit is the standard's", case(replace(LETTER, kind="投诉监督")), FINDING, complaint_days=3),
    _case(_L, "bad", "open for weeks", asked(date(2018, 5, 2)), FINDING),
    _case(_L, "good", "open since last week", asked(date(2018, 5, 28)), FINE),
    _case(_L, "bad", "open for exactly three months", asked(date(2018, 3, 4)), FINDING),
    _case(_L, "good", "open longer than three months", _OLD, NOT_APPLICABLE),
    _case(_L, "edge", "those months are the standard's", _OLD, FINDING, months=4),
    _case(_L, "edge", "older than a year", case(replace(LETTER, asked=date(2017, 6, 3), answered=date(2017, 9, 1))), NOT_APPLICABLE),
    _case(_L, "edge", "exactly a year ago", case(replace(LETTER, asked=date(2017, 6, 4), answered=date(2017, 9, 1))), FINDING),
    _case(_L, "edge", "the window is the standard's", case(replace(LETTER, asked=date(2017, 6, 3), answered=date(2017, 9, 1))), FINDING, window_months=13),
    _case(_L, "good", "a petition has limits of its own", asked(date(2018, 5, 2), role=ColumnRole.PETITIONS), NOT_APPLICABLE),
    _case(_L, "bad", "the calendar does not know the year", case(replace(LETTER, asked=date(2018, 5, 2), answered=date(2018, 6, 4)), calendar=replace(official(), known_years=frozenset())), SUSPECTED),
    _case(_L, "bad", "a test", asked(date(2018, 5, 2), replace(OPEN, subject="测试", question="")), SUSPECTED),
    _case(_L, "bad", "the same letter again", asked(date(2018, 5, 2), repeated=True), SUSPECTED),
    _case(_L, "unverified", "the answer's date was not read", case(replace(LETTER, answered=None)), UNVERIFIED),
    _case(_L, "unverified", "answered before it was asked", case(replace(LETTER, answered=date(2018, 5, 13))), UNVERIFIED),
    _case(_L, "good", "answered on the day it came", case(replace(LETTER, answered=date(2018, 5, 14))), FINE),
    _case(_L, "unverified", "the page does not say", asked(date(2018, 5, 2), replace(OPEN, state=None)), UNVERIFIED),
    _case(_L, "unverified", "undated", case(replace(OPEN, asked=None)), UNVERIFIED),

    _case(_P, "bad", "passed on and no more", said("您好，已转办。"), FINDING),
    _case(_P, "bad", "courtesies and no more", said("您好！您的来信收悉，感谢您的来信。"), FINDING),
    _case(_P, "bad", "with salutation, signature and date", said("张先生：已转相关部门办理。市水利局2018年5月18日"), FINDING),
    _case(_P, "bad", "signed by the unit it was sent to", said("已收到。市城管局", answered_by=None, sent_to="市城管局"), FINDING),
    _case(_P, "bad", "a short one that refers elsewhere", said("请咨询市水利局营业厅"), SUSPECTED),
    _case(_P, "good", "passed on, and what came of it", said("您好，您反映的问题已转市水利局办理，该局于5月17日更换了加压泵，目前水压已经恢复正常，请放心使用。"), FINE),
    _case(_P, "good", "short and to the point", said("可以，带身份证办理。"), FINE),
    _case(_P, "edge", "thirty letters are short", said("请咨询" + "营" * 27), SUSPECTED),
    _case(_P, "edge", "thirty-one are not", said("请咨询" + "营" * 28), FINE),
    _case(_P, "edge", "how short is the standard's", said("请咨询" + "营" * 27), FINE, short=29),
    _case(_P, "good", "no answer is not an empty one", case(OPEN), NOT_APPLICABLE),
    _case(_P, "unverified", "never read", case(WALL), UNVERIFIED),

    _case(_I, "good", "unit and date", case(), FINE),
    _case(_I, "bad", "no unit", case(replace(LETTER, answered_by=None)), FINDING),
    _case(_I, "bad", "no date", case(replace(LETTER, answered=None, answered_text="")), FINDING),
    _case(_I, "good", "signed and dated at its end", said("已经修好。市水利局2018年5月18日", answered_by=None, answered=None, answered_text=""), FINE),
    _case(_I, "good", "the unit that it was sent to", case(replace(LETTER, answered_by=None, sent_to="市水利局")), FINE),
    _case(_I, "good", "the list names the unit", case(replace(LETTER, answered_by=None), listed=row(date(2018, 5, 14), source="市水利局")), FINE),
    _case(_I, "bad", "the list names none", case(replace(LETTER, answered_by=None), listed=row(date(2018, 5, 14))), FINDING),
    _case(_I, "good", "a date that we cannot read is one", case(replace(LETTER, answered=None, answered_text="五月十八日")), FINE),
    _case(_I, "good", "no answer", case(OPEN), NOT_APPLICABLE),
    _case(_I, "unverified", "never read", case(WALL), UNVERIFIED),

    _case(_A, "good", "nobody is named", case(), FINE),
    _case(_A, "bad", "a whole ID number", case(replace(LETTER, question=f"我的身份证号是{ID}")), FINDING),
    _case(_A, "bad", "an ID number in the answer", said(f"身份证号{ID}的申请已办结"), FINDING),
    _case(_A, "good", "a number with a wrong check digit", case(replace(LETTER, question="编号110105194912310021")), FINE),
    _case(_A, "bad", "name and mobile number beside each other", case(replace(LETTER, question="我叫李四光，电话13800000000")), FINDING),
    _case(_A, "bad", "a mobile number alone", case(replace(LETTER, question="这家店的电话13800000000打不通")), SUSPECTED),
    _case(_A, "bad", "the asker's number and whole name", case(replace(LETTER, asker="李四光", particulars=("联系电话：13800000000",))), FINDING),
    _case(_A, "bad", "the asker's number without the name", case(replace(LETTER, particulars=("联系电话：13800000000",))), SUSPECTED),
    _case(_A, "good", "the number is masked", case(replace(LETTER, particulars=("联系电话：138****0000",))), FINE),
    _case(_A, "bad", "a whole name", case(replace(LETTER, asker="李四光")), SUSPECTED),
    _case(_A, "good", "a name that is masked", case(replace(LETTER, asker="李**")), FINE),
    _case(_A, "bad", "a home to its door", case(replace(LETTER, particulars=("联系地址：人民路12号3栋201室",))), SUSPECTED),
    _case(_A, "good", "a street", case(replace(LETTER, particulars=("联系地址：人民路",))), FINE),
    _case(_A, "good", "the office's number in the answer", said("请拨打13800000000"), FINE),
    _case(_A, "unverified", "never read", case(WALL), UNVERIFIED),
]  # fmt: skip
