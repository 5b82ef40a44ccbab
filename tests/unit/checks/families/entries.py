"""Disclosure entries: numbers, issuers, topics, dates, and the same text twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from checks.entry_facts import EntryCase, Habit, Twin, habit_of
from checks.facts import PageKind
from checks.model import NotApplicable as Nothing
from checks.model import OutcomeKind
from checks.parts import Disclosure
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import WALL, fetched, page, page_case, read, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED
CASES: list[RuleCase] = []


def _add(rule: str, side: Any, name: str, case: Any, kind: OutcomeKind, **params: Any) -> None:
    CASES.append(RuleCase(rule=rule, side=side, name=name, case=case, kind=kind, params=params))


# --- index numbers --------------------------------------------------------------------------------

NUMBER = "014742224A/2018-0043406"


def habit(following: int = 39, others: int = 1) -> Habit:
    made = habit_of([f"014742224A/2018-{n:07d}" for n in range(following)] + ["无-号"] * others)
    assert made is not None
    return made


def twin(n: int = 1, **changes: Any) -> Twin:
    base = Twin(
        key=f"p{n}",
        url=f"http://127.0.0.1/p{n}",
        title="关于做好防汛工作的通知",
        published=date(2018, 5, n),
        unit_id="u1",
        column_key="portal/tzgg",
        text_key=f"text{n}",
    )
    return replace(base, **changes)


def entry(**changes: Any) -> EntryCase:
    base = EntryCase(subject=subject(), me=twin(9), index=NUMBER, habit=habit(), fetched=fetched())
    return replace(base, **changes)


_I = "bad-index-number"
_add(_I, "bad", "the label is there and nothing under it", entry(index=""), FINDING)
_add(_I, "bad", "empty, on a site without a habit", entry(index="", habit=None), FINDING)
_add(_I, "good", "written as all others", entry(), FINE)
_add(_I, "bad", "another separator", entry(index="014742224A-2018-0043406"), FINDING)
_add(_I, "bad", "no year where all have one", entry(index="014742224A/218-0043406"), FINDING)
_add(_I, "bad", "a part is missing", entry(index="014742224A/2018"), FINDING)
_add(_I, "good", "a longer running number", entry(index="014742224A/2018-00434061"), FINE)
_add(_I, "good", "a code with other letters", entry(index="X14742B/2017-1"), FINE)
_odd = entry(index="无号")
_add(_I, "edge", "nineteen of twenty follow", replace(_odd, habit=habit(19, 1)), FINDING)
_add(
    _I,
    "edge",
    "eighteen of nineteen are too few",
    replace(_odd, habit=habit(18, 1)),
    NOT_APPLICABLE,
)
_add(_I, "edge", "less than 95% follow", replace(_odd, habit=habit(94, 6)), NOT_APPLICABLE)
_add(_I, "edge", "exactly 95% follow", replace(_odd, habit=habit(95, 5)), FINDING)
_add(_I, "good", "a site with no number at all", replace(_odd, habit=None), NOT_APPLICABLE)
_add(_I, "good", "no disclosure entry", entry(index=Nothing("不是信息公开条目")), NOT_APPLICABLE)
_add(_I, "unverified", "the page was not read", entry(index=WALL, me=WALL), UNVERIFIED)

_D = "duplicate-index-number"
_OTHER = twin(3, title="关于森林防火的公告")
_add(_D, "bad", "an earlier entry of another text", entry(same_number=(_OTHER,)), FINDING)
_add(_D, "good", "no other", entry(), FINE)
_add(_D, "good", "the earlier one is not blamed", entry(same_number=(twin(20),)), FINE)
_add(
    _D,
    "good",
    "the same text in another column",
    entry(same_number=(twin(3, text_key="text9"),)),
    FINE,
)
_add(_D, "good", "short, with the same title", entry(same_number=(twin(3, text_key=None),)), FINE)
_add(
    _D,
    "bad",
    "short, with another title",
    entry(same_number=(replace(_OTHER, text_key=None),)),
    FINDING,
)
_add(_D, "bad", "the same title over another text", entry(same_number=(twin(3),)), FINDING)
_add(_D, "good", "four others", entry(same_number=tuple(twin(n) for n in range(1, 5))), FINDING)
_add(
    _D,
    "bad",
    "five others: the template may print it",
    entry(same_number=tuple(twin(n) for n in range(1, 6))),
    SUSPECTED,
)
_add(_D, "unverified", "the page was not read", entry(index=WALL, me=WALL), UNVERIFIED)
_add(
    _D,
    "good",
    "no disclosure entry",
    entry(index=Nothing("不是信息公开条目"), same_number=(_OTHER,)),
    NOT_APPLICABLE,
)

_T = "duplicate-text"


def copied(**changes: Any) -> EntryCase:
    """An entry of the ninth whose text stood there on the third."""
    return entry(same_text=(twin(3, text_key="text9", **changes),))


_add(_T, "bad", "published twice within a week", copied(), FINDING)
_add(_T, "good", "no other has the text", entry(), FINE)
_add(_T, "good", "the first is not blamed", entry(same_text=(twin(20),)), FINE)
_add(_T, "good", "another unit reprints it", copied(unit_id="u2"), FINE)
_add(_T, "good", "another attachment", copied(files=frozenset(["五月表"])), FINE)
_add(_T, "bad", "another title", copied(title="关于再次做好防汛工作的通知"), SUSPECTED)
_add(
    _T, "bad", "the title differs in marks only", copied(title="关于做好“防汛工作”的通知"), FINDING
)
_add(_T, "bad", "another picture", copied(pictures=frozenset(["a.jpg"])), SUSPECTED)
_add(_T, "bad", "another column, days later", copied(column_key="portal/zcfg"), SUSPECTED)
_add(
    _T,
    "good",
    "two columns on one day",
    copied(column_key="portal/zcfg", published=date(2018, 5, 9), url="http://127.0.0.1/p0"),
    FINE,
)
_add(
    _T,
    "bad",
    "one column twice on one day",
    copied(published=date(2018, 5, 9), url="http://127.0.0.1/p0"),
    FINDING,
)
_add(
    _T,
    "bad",
    "two columns on one day under two titles",
    copied(
        column_key="portal/zcfg",
        published=date(2018, 5, 9),
        url="http://127.0.0.1/p0",
        title="公告",
    ),
    SUSPECTED,
)
_add(
    _T,
    "bad",
    "nobody knows whose",
    entry(me=twin(9, unit_id=None), same_text=(twin(3, unit_id=None),)),
    SUSPECTED,
)
_add(
    _T,
    "good",
    "its date is not known",
    entry(me=twin(9, published=None), same_text=(twin(3),)),
    FINE,
)
_add(_T, "good", "the other's date is not known", copied(published=None), FINE)
_add(_T, "edge", "exactly ninety days before", copied(published=date(2018, 2, 8)), FINDING)
_add(_T, "edge", "ninety-one days before", copied(published=date(2018, 2, 7)), FINE)
_add(_T, "edge", "the span is the standard's", copied(), FINE, days=5)
_add(_T, "edge", "the span is the standard's, exactly", copied(), FINDING, days=6)
_add(_T, "unverified", "the page was not read", entry(index=WALL, me=WALL), UNVERIFIED)


# --- on the page alone ----------------------------------------------------------------------------


def table(**changes: Any) -> Disclosure:
    base = Disclosure(
        index_number=NUMBER,
        document_number="瑞府办字〔2018〕119号",
        issuer="市教育局",
        made=date(2018, 5, 3),
        made_text="2018-05-03",
        published=date(2018, 5, 4),
        topic="教育",
    )
    return replace(base, **changes)


def shown(**changes: Any) -> Any:
    return page_case(page(kind=PageKind.ENTRY, disclosure=table(**changes)))


_UNSURE = page_case(page(kind=PageKind.ENTRY, kind_confidence=0.5, disclosure=table()))
_OLD_READER = page_case(page(kind=PageKind.ENTRY, disclosure=None))
for _rule, _field in (("missing-issuer", "issuer"), ("missing-topic", "topic")):
    _add(_rule, "bad", "printed and empty", shown(**{_field: ""}), FINDING)
    _add(_rule, "good", "filled in", shown(), FINE)
    _add(_rule, "good", "no such label", shown(**{_field: None}), FINE)
    _add(_rule, "good", "no entry", page_case(), FINE)
    _add(_rule, "unverified", "the kind of the page is not sure", _UNSURE, UNVERIFIED)
    _add(_rule, "unverified", "read before tables were", _OLD_READER, UNVERIFIED)


def numbered(
    number: str, where: str = "label 文号", made: date | None = None, on: date = date(2018, 5, 21)
) -> Any:
    held = Disclosure(made=made) if made else None
    return page_case(
        page(
            document_number=replace(read(number), where=where), disclosure=held, published=read(on)
        )
    )


_N = "bad-document-number"
_GOOD = "瑞府办字〔2018〕119号"
for _wrong in (
    "瑞府办字(2018)119号", "瑞府办字[2018]119号", "瑞府办字【2018】119号", "瑞府办字（2018）119号",
    "瑞府办字〔2018〕第119号", "瑞府办字〔2018〕019号", "瑞府办字〔2018〕119",
):  # fmt: skip
    _add(_N, "bad", f"written {_wrong}", numbered(_wrong), FINDING)
_add(_N, "good", "as the standard wants it", numbered(_GOOD), FINE)
_add(
    _N,
    "good",
    "blanks and wide digits are no fault here",
    numbered("瑞府办字〔２０１８〕 119号"),
    FINE,
)
_add(
    _N, "bad", "the year of publication cut to two digits", numbered("瑞府办字〔18〕119号"), FINDING
)
_add(_N, "bad", "a cut year in other brackets", numbered("瑞府办字（18）第119号"), FINDING)
_add(_N, "good", "two digits that are no year of the page", numbered("瑞府办字〔12〕119号"), FINE)
_add(_N, "good", "an announcement's number", numbered("2018年第5号"), FINE)
_add(_N, "good", "an order's number", numbered("第12号令"), FINE)
_add(_N, "bad", "under the title", numbered("瑞府办字(2018)119号", "head of the body"), FINDING)
_add(_N, "good", "cited in the body", numbered("瑞府办字(2018)119号", "body"), FINE)
_add(_N, "good", "none", page_case(), FINE)
_add(_N, "bad", "a year to come", numbered("瑞府办字〔2019〕119号"), FINDING)
_add(
    _N,
    "good",
    "the year of publication",
    numbered("瑞府办字〔2018〕1号", made=date(2018, 1, 3)),
    FINE,
)
_add(_N, "bad", "a year before the republic", numbered("瑞府办字〔1948〕119号"), FINDING)
_add(_N, "good", "its first year", numbered("瑞府办字〔1949〕119号"), FINE)
_add(
    _N,
    "bad",
    "made in another year",
    numbered("瑞府办字〔2016〕119号", made=date(2018, 1, 3)),
    SUSPECTED,
)
_add(
    _N,
    "bad",
    "numbered last year, made in February",
    numbered("瑞府办字〔2017〕119号", made=date(2018, 2, 1)),
    SUSPECTED,
)
_add(
    _N,
    "good",
    "numbered last year, made in January",
    numbered("瑞府办字〔2017〕119号", made=date(2018, 1, 31)),
    FINE,
)
_add(
    _N,
    "bad",
    "made the year before its number",
    numbered("瑞府办字〔2018〕119号", made=date(2017, 12, 31)),
    SUSPECTED,
)
_add(_N, "good", "nobody knows when it was made", numbered("瑞府办字〔2016〕119号"), FINE)
_add(_N, "unverified", "the page was not read", page_case(WALL), UNVERIFIED)

_L = "late-disclosure"


def between(made: date | None, published: date | None, text: str = "x") -> Any:
    return shown(made=made, made_text=text, published=published)


_add(_L, "bad", "a year late", between(date(2018, 1, 3), date(2018, 5, 30)), FINDING)
_add(_L, "good", "published the next day", shown(), FINE)
_add(_L, "edge", "twenty working days", between(date(2018, 5, 3), date(2018, 5, 31)), FINE)
_add(_L, "edge", "twenty-one working days", between(date(2018, 5, 3), date(2018, 6, 1)), FINDING)
_add(
    _L,
    "edge",
    "holidays and make-up days count as they were worked",
    between(date(2018, 4, 3), date(2018, 5, 3)),
    FINE,
)
_add(
    _L,
    "edge",
    "the Sunday after the twentieth working day",
    between(date(2018, 5, 4), date(2018, 6, 3)),
    FINE,
)
_add(
    _L,
    "edge",
    "the Monday after it",
    between(date(2018, 5, 4), date(2018, 6, 4)),
    FINDING,
)
_add(
    _L,
    "edge",
    "the limit is the standard's",
    between(date(2018, 5, 3), date(2018, 5, 8)),
    FINDING,
    workdays=2,
)
_add(
    _L,
    "edge",
    "the limit is the standard's, exactly",
    between(date(2018, 5, 3), date(2018, 5, 7)),
    FINE,
    workdays=2,
)
_add(
    _L,
    "good",
    "made before the judged period",
    between(date(2017, 12, 31), date(2018, 5, 30)),
    NOT_APPLICABLE,
)
_add(_L, "edge", "made on its first day", between(date(2018, 1, 1), date(2018, 5, 30)), FINDING)
_add(
    _L, "bad", "made after it was published", between(date(2018, 5, 5), date(2018, 5, 4)), SUSPECTED
)
_add(_L, "good", "made and published on one day", between(date(2018, 5, 4), date(2018, 5, 4)), FINE)
_add(_L, "good", "no day of making", between(None, date(2018, 5, 4), ""), NOT_APPLICABLE)
_add(_L, "good", "no day of publication beside it", between(date(2018, 1, 3), None), NOT_APPLICABLE)
_add(
    _L,
    "unverified",
    "the day of making was not understood",
    between(None, date(2018, 5, 4)),
    UNVERIFIED,
)
_add(
    _L,
    "unverified",
    "a year whose holidays nobody knows",
    between(date(2018, 5, 4), date(2099, 5, 4)),
    UNVERIFIED,
)
_add(_L, "unverified", "read before tables were", _OLD_READER, UNVERIFIED)
