"""For every rule: a bad case, its nearest good twin, both sides of its limits, one unverifiable.

``test_rules`` runs them all, and fails for a registered rule that lacks one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from checks.case import Case
from checks.facts import (
    ColumnState,
    DateState,
    Encoding,
    LinkKind,
    LinkState,
    Missing,
    NameMatch,
    PageKind,
    Place,
    Unverified,
)
from checks.model import OutcomeKind
from config.schema import Cadence
from tests.unit.checks.samples import (
    ABSENT_COLUMN,
    TEXT,
    TODAY,
    WALL,
    body,
    budget_case,
    column_case,
    empty,
    link,
    linking,
    listed,
    page,
    page_case,
    para,
    read,
    row,
    site_case,
    sized,
    titled,
    tree,
    unit_case,
    written,
)

Side = Literal["bad", "good", "edge", "unverified"]

FINE, FINDING, SUSPECTED, NOT_APPLICABLE, UNVERIFIED = (
    OutcomeKind.FINE,
    OutcomeKind.FINDING,
    OutcomeKind.SUSPECTED,
    OutcomeKind.NOT_APPLICABLE,
    OutcomeKind.UNVERIFIED,
)


@dataclass(frozen=True, kw_only=True)
class RuleCase:
    rule: str
    side: Side
    name: str
    """A sentence that says what the case proves."""
    case: Case
    kind: OutcomeKind
    params: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


CASES: list[RuleCase] = []


def _add(rule: str, *cases: tuple[Any, ...]) -> None:
    for side, name, case, kind, *rest in cases:
        extra = rest[0] if rest else {}
        CASES.append(RuleCase(rule=rule, side=side, name=name, case=case, kind=kind, **extra))


def _ago(days: int) -> date:
    return TODAY - timedelta(days=days)


# --- timeliness -----------------------------------------------------------------------------------

_add(
    "overdue-column",
    ("bad", "a list read whole with nothing newer than March", listed(_ago(90)), FINDING),
    ("good", "the same list with one entry of last week", listed(_ago(7), _ago(90)), FINE),
    ("edge", "an entry exactly 14 days old is in time", listed(_ago(14)), FINE),
    ("edge", "an entry 15 days old is overdue", listed(_ago(15)), FINDING),
    (
        "edge",
        "an entry exactly six months old is in time",
        listed(date(2017, 12, 4), cadence=Cadence(months=6)),
        FINE,
    ),
    (
        "edge",
        "an entry six months and a day old is overdue",
        listed(date(2017, 12, 3), cadence=Cadence(months=6)),
        FINDING,
    ),
    (
        "edge",
        "on the yearly day itself last year's entry is in time",
        listed(date(2017, 1, 1), cadence=Cadence(yearly_by="06-04")),
        FINE,
    ),
    (
        "edge",
        "the day after the yearly day this year's entry is required",
        listed(date(2017, 12, 31), cadence=Cadence(yearly_by="06-03")),
        FINDING,
    ),
    (
        "edge",
        "undated entries are ignored unless the standard says otherwise",
        listed(None, None),
        UNVERIFIED,
    ),
    (
        "edge",
        "undated entries are no update where the standard says so",
        listed(None, None),
        FINDING,
        {"params": {"undated_counts_as": "not_updated"}},
    ),
    (
        "good",
        "a standing column is never overdue",
        listed(_ago(2000), cadence=Cadence()),
        NOT_APPLICABLE,
    ),
    ("good", "an absent column is not overdue as well", ABSENT_COLUMN, NOT_APPLICABLE),
    (
        "good",
        "a column that leads to another site is not judged here",
        column_case(WALL, state=ColumnState.DELEGATED),
        NOT_APPLICABLE,
    ),
    (
        "good",
        "a blank column is not overdue as well",
        column_case(empty(empty_mark="暂无信息")),
        NOT_APPLICABLE,
    ),
    ("unverified", "a column behind a wall is not judged", column_case(WALL), UNVERIFIED),
)

_add(
    "stale-home-page",
    ("bad", "a home page whose newest row is of April", site_case(date(2018, 4, 1)), FINDING),
    ("good", "a home page of yesterday", site_case(_ago(1)), FINE),
    ("edge", "exactly 14 days old is in time", site_case(_ago(14)), FINE),
    ("edge", "15 days old is stale", site_case(_ago(15)), FINDING),
    (
        "edge",
        "a home page read before it was late says nothing of today",
        replace(
            site_case(_ago(15)),
            fetched=replace(site_case(None).fetched, at=datetime(2018, 6, 1, 4, tzinfo=UTC)),
        ),
        UNVERIFIED,
    ),
    (
        "edge",
        "one that was late already when it was read is stale",
        replace(
            site_case(date(2018, 5, 17)),
            fetched=replace(site_case(None).fetched, at=datetime(2018, 6, 1, 4, tzinfo=UTC)),
        ),
        FINDING,
    ),
    (
        "edge",
        "one that was just in time when it was read is left open",
        replace(
            site_case(date(2018, 5, 18)),
            fetched=replace(site_case(None).fetched, at=datetime(2018, 6, 1, 4, tzinfo=UTC)),
        ),
        UNVERIFIED,
    ),
    ("unverified", "a home page without dates proves nothing", site_case(None), UNVERIFIED),
    ("unverified", "a home page behind a wall", replace(site_case(None), home=WALL), UNVERIFIED),
)

# --- completeness ---------------------------------------------------------------------------------

_variant = listed(TODAY, match=NameMatch.VARIANT, found_name="工作动态")

_add(
    "missing-column",
    (
        "bad",
        "a column that the whole tree does not hold is missing",
        unit_case(columns=(ABSENT_COLUMN,)),
        FINDING,
    ),
    ("good", "the same column found is there", unit_case(), FINE),
    ("good", "an accepted variant of the name is there", unit_case(columns=(_variant,)), FINE),
    (
        "good",
        "a column that leads to another site is there",
        unit_case(columns=(column_case(WALL, state=ColumnState.DELEGATED),)),
        FINE,
    ),
    (
        "good",
        "a column that was found but not read is there",
        unit_case(columns=(column_case(WALL, match=NameMatch.EXACT),)),
        FINE,
    ),
    (
        "good",
        "a unit without a catalogue owes no columns",
        unit_case(columns=(), tree=WALL),
        NOT_APPLICABLE,
    ),
    (
        "unverified",
        "a tree that was not read whole proves no absence",
        unit_case(columns=(ABSENT_COLUMN,), tree=tree(complete=False)),
        UNVERIFIED,
    ),
    (
        "unverified",
        "a tree behind a wall",
        unit_case(columns=(ABSENT_COLUMN,), tree=WALL),
        UNVERIFIED,
    ),
    (
        "unverified",
        "a column of which nothing is known is not called missing",
        unit_case(columns=(column_case(WALL),)),
        UNVERIFIED,
    ),
)

_add(
    "blank-column",
    (
        "bad",
        "a column that says 暂无信息 is blank",
        column_case(empty(empty_mark="暂无信息")),
        FINDING,
    ),
    ("good", "a column with one entry is not", listed(_ago(2000)), FINE),
    (
        "bad",
        "an earlier reading with entries makes it suspected",
        column_case(empty(empty_mark="暂无信息"), previous_entries=1, previous_shape="s1"),
        SUSPECTED,
    ),
    ("good", "an absent column is not blank as well", ABSENT_COLUMN, NOT_APPLICABLE),
    (
        "unverified",
        "no rows and no mark prove nothing",
        column_case(empty()),
        UNVERIFIED,
    ),
    ("unverified", "a column behind a wall is not blank", column_case(WALL), UNVERIFIED),
)

_budget = row(date(2018, 2, 9), title="市总工会2018年部门预算")
_accounts = row(date(2018, 9, 20), 1, title="市总工会2017年部门决算")
_LATE_YEAR = {"today": date(2018, 12, 3), "as_of": datetime(2018, 12, 3, 4, tzinfo=UTC)}
_then = {"on": datetime(2018, 12, 3, 4, tzinfo=UTC)}


def _on(day: date) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    return {"context": {"today": day, "as_of": at}}


def _budget_on(day: date, *entries: Any) -> Any:
    return budget_case(*entries, on=datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


_add(
    "missing-budget",
    ("bad", "no budget of this year by June", budget_case(), FINDING),
    ("good", "this year's budget is there", budget_case(_budget), FINE),
    (
        "edge",
        "on the last day itself nothing is late",
        _budget_on(date(2018, 4, 30)),
        FINE,
        _on(date(2018, 4, 30)),
    ),
    (
        "edge",
        "the day after it is",
        _budget_on(date(2018, 5, 1)),
        FINDING,
        _on(date(2018, 5, 1)),
    ),
    (
        "edge",
        "after October the accounts of last year are owed too",
        budget_case(_budget, **_then),
        FINDING,
        {"context": _LATE_YEAR},
    ),
    (
        "good",
        "with both there nothing is owed in December",
        budget_case(_budget, _accounts, **_then),
        FINE,
        {"context": _LATE_YEAR},
    ),
    (
        "bad",
        "last year's budget published this year is not this year's",
        budget_case(row(date(2018, 2, 9), title="市总工会2017年部门预算")),
        FINDING,
    ),
    (
        "good",
        "a title without a year counts by its date",
        budget_case(row(date(2018, 2, 9), title="部门预算公开")),
        FINE,
    ),
    (
        "good",
        "a year in Chinese numerals is a year",
        budget_case(row(None, title="二〇一八年部门预算")),
        FINE,
    ),
    (
        "good",
        "预决算 of the year holds both",
        budget_case(row(date(2018, 2, 9), title="2018年部门预决算公开"), **_then),
        FINE,
        {"context": _LATE_YEAR},
    ),
    (
        "bad",
        "an undated title without a year proves nothing",
        budget_case(row(None, title="部门预算公开")),
        FINDING,
    ),
    (
        "bad",
        "预决算 of another year is another year's",
        budget_case(row(date(2018, 2, 9), title="2016年部门预决算公开")),
        FINDING,
    ),
    (
        "bad",
        "accounts of the year before last are not last year's",
        budget_case(_budget, row(date(2018, 9, 9), 2, title="2016年部门决算"), **_then),
        FINDING,
        {"context": _LATE_YEAR},
    ),
    (
        "unverified",
        "accounts of this year's number may be called by the year in which they came out",
        budget_case(_budget, row(date(2018, 9, 9), 2, title="2018年部门决算"), **_then),
        UNVERIFIED,
        {"context": _LATE_YEAR},
    ),
    ("good", "a unit that owes none on the portal", unit_case(budget=None), NOT_APPLICABLE),
    (
        "unverified",
        "a title without a year whose date could not be read leaves it open",
        budget_case(row(None, title="部门预算公开", date_state=DateState.UNREAD)),
        UNVERIFIED,
    ),
    ("unverified", "a budget column behind a wall", unit_case(budget=WALL), UNVERIFIED),
)

# --- content --------------------------------------------------------------------------------------

_undated = page(published=None, date_state=DateState.ABSENT)

_add(
    "undated-entry",
    (
        "bad",
        "no date on the page and none in the list",
        page_case(_undated, listed=row(None)),
        FINDING,
    ),
    ("bad", "no date on a page that no list shows", page_case(_undated), FINDING),
    ("good", "the list's date is a date", page_case(_undated, listed=row(TODAY)), FINE),
    (
        "good",
        "month and day in the list are a date",
        page_case(_undated, listed=row(None, date_state=DateState.MONTH_DAY)),
        FINE,
    ),
    ("good", "a dated page", page_case(), FINE),
    (
        "bad",
        "a date that only the address holds is not printed",
        page_case(page(published=replace(read(date(2018, 5, 21)), where="address"))),
        FINDING,
    ),
    (
        "good",
        "a date of the page's tags is one",
        page_case(page(published=replace(read(date(2018, 5, 21)), where="meta PubDate"))),
        FINE,
    ),
    (
        "unverified",
        "a date that we could not read is no missing date",
        page_case(page(published=None, date_state=DateState.UNREAD)),
        UNVERIFIED,
    ),
    (
        "unverified",
        "neither is one in the list",
        page_case(_undated, listed=row(None, date_state=DateState.UNREAD)),
        UNVERIFIED,
    ),
    ("unverified", "a page behind a wall", page_case(WALL), UNVERIFIED),
)

_GBK_READ = "\u951b\u5c80\u6d47\u951b\u6b7f\u6d47\u951b"
_LATIN_READ = "瑞昌市".encode().decode("latin-1")
_CP1252_READ = "ç‘žæ˜Œå¸‚"


def _lost(count: int, used: str) -> Any:
    """A body of 100 characters, some of them lost, on a page that declares GBK."""
    text = "好" * (100 - count) + "\ufffd" * count
    return page_case(
        page(
            body=body(text),
            encoding=Encoding(
                used=used, declared_header=None, declared_meta="gb2312", undecodable=count
            ),
        )
    )


_add(
    "garbled-text",
    ("bad", "锟斤拷 is garbled", written(TEXT + "锟斤拷锟斤拷"), FINDING),
    (
        "good",
        "rare characters of place names are not",
        written("湓城街道、夏畈镇、瀼溪、堉、垴、燚。" * 3),
        FINE,
    ),
    ("bad", "a replacement character in the body", written("关于\ufffd实工作的要求。"), FINDING),
    ("bad", "a replacement character in the title", titled("关于\ufffd实工作的通知"), FINDING),
    ("bad", "UTF-8 read as Latin-1", written(_LATIN_READ * 2), FINDING),
    ("bad", "UTF-8 read as Windows-1252", written(_CP1252_READ), FINDING),
    (
        "good",
        "French and German words",
        written("Société générale à l’été, Größe: naïve façade"),
        FINE,
    ),
    ("bad", "UTF-8 read as GBK", written(_GBK_READ), FINDING),
    ("good", "the word 锛 alone", written("用锛子加工木材，" + TEXT), FINE),
    ("bad", "烫烫烫", written("烫烫烫烫" + TEXT), FINDING),
    ("good", "烫 twice is a word", written("小心烫烫的开水，" + TEXT), FINE),
    ("edge", "two private-use characters may be bullets", written("\uf0b7\uf0b7" + TEXT), FINE),
    ("edge", "three in a row are garbled", written("\uf0b7\uf0b7\uf0b7" + TEXT), FINDING),
    (
        "edge",
        "a fifth of it lost, read against its declaration, is still a fault",
        _lost(20, "big5"),
        FINDING,
    ),
    ("unverified", "more than that may be our own mistake", _lost(21, "big5"), UNVERIFIED),
    ("bad", "but not where it was read as it declares itself", _lost(21, "gb18030"), FINDING),
    ("unverified", "a page whose body was not recognised", page_case(page(body=None)), UNVERIFIED),
    ("unverified", "a page behind a wall", page_case(WALL), UNVERIFIED),
)

# --- links ----------------------------------------------------------------------------------------

for _rule, _kind in (
    ("dead-link", LinkKind.PAGE),
    ("dead-attachment", LinkKind.FILE),
    ("broken-image", LinkKind.IMAGE),
):
    _other = LinkKind.PAGE if _kind is not LinkKind.PAGE else LinkKind.FILE
    _add(
        _rule,
        ("bad", "a target seen dead twice", linking(_kind, LinkState.DEAD), FINDING),
        ("good", "a target that is alive", linking(_kind, LinkState.ALIVE), FINE),
        (
            "bad",
            "a dead target outside the body",
            linking(_kind, LinkState.DEAD, in_body=False),
            FINDING,
        ),
        (
            "good",
            "a dead target of another kind is another rule's",
            linking(_other, LinkState.DEAD),
            FINE,
        ),
        ("good", "a target that was not looked up says nothing", linking(_kind, None), FINE),
        (
            "unverified",
            "a target that timed out is not dead",
            linking(_kind, LinkState.UNVERIFIED),
            UNVERIFIED,
        ),
        (
            "unverified",
            "links that were not reached",
            page_case(fates=Unverified(code=Missing.NOT_REACHED, reason="未轮到")),
            UNVERIFIED,
        ),
        (
            "good",
            "a page published before the judged period",
            replace(
                linking(_kind, LinkState.DEAD),
                page=replace(
                    linking(_kind, LinkState.DEAD).page, published=read(date(2017, 12, 31))
                ),
            ),
            NOT_APPLICABLE,
        ),
    )

# --- layout ---------------------------------------------------------------------------------------

_IN = para(lead="\u3000\u3000")
_STYLE_IN = para(text_indent=2.0)
_BARE = para()
_NO_BODY = (
    "unverified",
    "a page whose body was not recognised",
    page_case(page(body=None)),
    UNVERIFIED,
)

_add(
    "mixed-indent",
    (
        "bad",
        "two paragraphs indented by hand and two not",
        written(_IN, _BARE, _IN, _BARE),
        FINDING,
    ),
    ("good", "all indented", written(_IN, _IN, _IN, _IN), FINE),
    ("good", "none indented", written(_BARE, _BARE, _BARE, _BARE), FINE),
    (
        "good",
        "typed blanks and a set indent are both an indent",
        written(_IN, _STYLE_IN, _IN, _STYLE_IN),
        FINE,
    ),
    ("bad", "a set indent and none", written(_STYLE_IN, _BARE, _STYLE_IN, _BARE), FINDING),
    (
        "edge",
        "one bare paragraph among indented ones may be meant so",
        written(_IN, _IN, _IN, _BARE),
        FINE,
    ),
    ("edge", "two are a mix", written(_IN, _IN, _BARE, _BARE), FINDING),
    (
        "edge",
        "half an em is no indent",
        written(para(lead="\u00a0"), para(lead="\u00a0"), _IN, _IN),
        FINE,
    ),
    (
        "good",
        "headings, salutations, attachments and signatures stand flush",
        written(
            "各乡（镇、场）人民政府、街道办事处，市政府各部门，市直（驻市）各单位：",
            _IN,
            _IN,
            "一、提高认识，加强领导，切实把安全生产工作摆上重要议事日程。",
            "（二）压实责任，严格落实安全生产责任制，做到守土有责守土尽责。",
            "附件：瑞昌市2018年安全生产检查任务分解表和联系人名单。",
            "瑞昌市人民政府办公室",
            "2018年5月21日",
        ),
        FINE,
    ),
    (
        "good",
        "centred paragraphs and tables stand apart",
        written(
            _IN,
            _IN,
            para(centred=True),
            para(centred=True),
            para(in_table=True),
            para(in_table=True),
        ),
        FINE,
    ),
    (
        "good",
        "ordinary spaces collapse: neither bare nor indented",
        written(_IN, _IN, para(lead="    "), para(lead="    ")),
        FINE,
    ),
    _NO_BODY,
)

_FS, _ST = para(fonts=("仿宋_GB2312",)), para(fonts=("宋体",))
_16, _14 = para(sizes=("16pt",)), para(sizes=("14pt",))

_add(
    "mixed-fonts",
    ("bad", "two families", written(_FS, _FS, _ST, _ST), FINDING),
    ("good", "one family", written(_FS, _FS, _FS), FINE),
    (
        "good",
        "names of one family",
        written(_FS, para(fonts=("FangSong",)), para(fonts=("仿宋",))),
        FINE,
    ),
    ("good", "宋体 and SimSun", written(_ST, para(fonts=("SimSun",))), FINE),
    (
        "good",
        "Latin fonts beside a Chinese one",
        written(
            para(fonts=("仿宋", "Times New Roman")), para(fonts=("仿宋",)), para(fonts=("Calibri",))
        ),
        FINE,
    ),
    (
        "good",
        "a run-in heading in another font",
        written(para(fonts=("楷体", "仿宋")), _FS, _FS),
        FINE,
    ),
    (
        "good",
        "headings in another font",
        written(para("一、总体要求", fonts=("黑体",)), _FS, _FS),
        FINE,
    ),
    ("bad", "two sizes", written(_16, _14), FINDING),
    ("good", "one size", written(_16, _16), FINE),
    ("edge", "sizes less than the limit apart", written(_16, para(sizes=("14.6pt",))), FINE),
    ("edge", "sizes exactly the limit apart", written(_16, para(sizes=("14.5pt",))), FINDING),
    (
        "edge",
        "one paragraph that changes its size",
        written(para(sizes=("14pt", "18pt")), _14),
        FINE,
    ),
    ("edge", "two paragraphs that do", written(*[para(sizes=("14pt", "18pt"))] * 2), FINDING),
    ("good", "sizes that are not numbers", written(*[para(sizes=("14pt", "large"))] * 2), FINE),
    ("good", "styled paragraphs beside unstyled ones", written(_16, _BARE, _BARE), FINE),
    _NO_BODY,
)

_MARK = Place(path="p", snippet='<p class="MsoNormal">')

_add(
    "word-leftovers",
    ("bad", "a body with Word's marks", written(word_marks=(_MARK,)), FINDING),
    ("good", "a body without", written(), FINE),
    (
        "edge",
        "fewer than the standard asks for",
        written(word_marks=(_MARK,)),
        FINE,
        {"params": {"least": 2}},
    ),
    (
        "edge",
        "as many as it asks for",
        written(word_marks=(_MARK,) * 2),
        FINDING,
        {"params": {"least": 2}},
    ),
    _NO_BODY,
)

_add(
    "br-paragraphs",
    (
        "bad",
        "a whole text in one block, parted by line breaks",
        written(para(TEXT * 6, breaks=5)),
        FINDING,
    ),
    ("good", "the same text in paragraphs", written(*[TEXT] * 6), FINE),
    ("edge", "two breaks are not yet many", written(para(TEXT * 3, breaks=2)), FINE),
    ("edge", "three are", written(para(TEXT * 4, breaks=3)), FINDING),
    (
        "good",
        "short lines are an address or a poem",
        written(para("地址：瑞昌市人民路1号\n" * 4, breaks=3)),
        FINE,
    ),
    ("good", "one such block in a long text", written(para(TEXT * 4, breaks=3), *[TEXT] * 9), FINE),
    ("good", "inside a table", written(para(TEXT * 6, breaks=5, in_table=True)), FINE),
    _NO_BODY,
)

_NONE = para("")

_add(
    "empty-paragraphs",
    ("bad", "five empty paragraphs between two texts", written(TEXT, *[_NONE] * 5, TEXT), FINDING),
    ("good", "one empty paragraph", written(TEXT, _NONE, TEXT), FINE),
    ("edge", "two are not yet a run", written(TEXT, *[_NONE] * 2, TEXT), FINE),
    ("edge", "three are", written(TEXT, *[_NONE] * 3, TEXT), FINDING),
    ("good", "blank lines at the end cannot be seen", written(TEXT, *[_NONE] * 5), FINE),
    (
        "good",
        "blank lines before a signature are customary",
        written(TEXT, *[_NONE] * 3, "瑞昌市人民政府办公室"),
        FINE,
    ),
    (
        "good",
        "blank lines before a centred date",
        written(TEXT, *[_NONE] * 3, para(centred=True)),
        FINE,
    ),
    (
        "good",
        "paragraphs that hold pictures are not empty",
        written(
            TEXT,
            *[para("", path=f"p:nth-of-type({n})") for n in range(2, 6)],
            TEXT,
            links=tuple(
                replace(
                    link(f"http://127.0.0.1/{n}.jpg", LinkKind.IMAGE),
                    path=f"p:nth-of-type({n}) > img",
                )
                for n in range(2, 6)
            ),
        ),
        FINE,
    ),
    (
        "bad",
        "a picture elsewhere does not fill them",
        written(
            TEXT,
            *[para("", path=f"p:nth-of-type({n})") for n in range(2, 6)],
            TEXT,
            links=(
                replace(
                    link("http://127.0.0.1/1.jpg", LinkKind.IMAGE),
                    path="p:nth-of-type(20) > img",
                ),
            ),
        ),
        FINDING,
    ),
    ("good", "empty cells of a table", written(TEXT, *[para("", in_table=True)] * 4, TEXT), FINE),
    _NO_BODY,
)

_add(
    "oversized-object",
    ("bad", "a table of 1600 px", written(sized=(sized(1600, "table"),)), FINDING),
    ("good", "a picture of 600 px", written(sized=(sized(600),)), FINE),
    ("edge", "exactly the page's width", written(sized=(sized(1200),)), FINE),
    ("edge", "a pixel more", written(sized=(sized(1201),)), FINDING),
    (
        "edge",
        "a standard may allow more",
        written(sized=(sized(1201),)),
        FINE,
        {"params": {"page_width": 1300}},
    ),
    _NO_BODY,
)

_add(
    "untidy-title",
    ("bad", "a blank inside an official title", titled("关于开展 安全生产检查的通知"), FINDING),
    ("good", "the same title without", titled("关于开展安全生产检查的通知"), FINE),
    ("bad", "letters spaced out", titled("关于召开会议的通 知"), FINDING),
    ("bad", "a blank after 关于", titled("市政府办公室关于 做好防汛工作的通知"), FINDING),
    ("bad", "blanks inside quotation marks", titled("关于转发《 实施方案 》的通知"), FINDING),
    ("bad", "two blanks beside a number", titled("瑞昌市2018年  义务植树方案"), FINDING),
    (
        "bad",
        "wide blanks that only the heading shows",
        page_case(
            page(
                title=read("全市经济 工作会议召开"),
                title_as_typed="全市经济 \u3000工作会议召开",
            )
        ),
        FINDING,
    ),
    (
        "good",
        "关于 in a headline makes it no document",
        titled("关于安全生产这件事 我们怎么看"),
        FINE,
    ),
    ("good", "a blank after a bracketed word", titled("【图解】 一图读懂政府工作报告"), FINE),
    ("bad", "two blanks", titled("全市经济  工作会议召开"), FINDING),
    ("bad", "a blank at the end", titled("全市经济工作会议召开 "), FINDING),
    ("bad", "a wide blank at the beginning", titled("\u3000全市经济工作会议召开"), FINDING),
    ("bad", "cut by three points", titled("关于开展全市安全生产大检查工作的..."), FINDING),
    ("bad", "cut by a short ellipsis", titled("关于开展全市安全生产大检查工作的…"), FINDING),
    ("good", "a full ellipsis is punctuation", titled("那一年，我们的青春……"), FINE),
    ("good", "two phrases set apart by a blank", titled("坚定信心 真抓实干"), FINE),
    (
        "good",
        "joint issuers set apart by a blank",
        titled("中共瑞昌市委 瑞昌市人民政府关于表彰先进集体的决定"),
        FINE,
    ),
    ("good", "joint issuers after 关于", titled("关于转发市教育局 市财政局实施方案的通知"), FINE),
    ("good", "a blank beside a number", titled("瑞昌市 2018 年预算公开"), FINE),
    ("edge", "a confident title is judged", titled("关于召开会议的通 知", 0.8), FINDING),
    ("edge", "an unsure one is not", titled("关于召开会议的通 知", 0.79), UNVERIFIED),
    (
        "unverified",
        "a page whose title was not recognised",
        page_case(page(title=None)),
        UNVERIFIED,
    ),
)

_entry = {"kind": PageKind.ENTRY, "source": None}

_add(
    "missing-source",
    ("bad", "a source label without a value", page_case(page(source=None)), FINDING),
    ("good", "a source is given", page_case(), FINE),
    ("bad", "no label at all", page_case(page(source=None, source_label=False)), FINDING),
    (
        "bad",
        "no label on a page whose head was just understood",
        page_case(page(source=None, source_label=False, title=read("民声通道", 0.8))),
        FINDING,
    ),
    (
        "unverified",
        "a label that is missing on a page whose head was not understood",
        page_case(page(source=None, source_label=False, title=read("民声通道", 0.79))),
        UNVERIFIED,
    ),
    (
        "unverified",
        "a label whose place a script may fill",
        page_case(page(**_entry, source_label=False, source_hidden=True)),
        UNVERIFIED,
    ),
    (
        "good",
        "a disclosure entry with its issuer",
        page_case(page(**_entry, issuer=read("市安监局"))),
        FINE,
    ),
    ("bad", "a disclosure entry with neither", page_case(page(**_entry)), FINDING),
    (
        "good",
        "a list page has no source",
        page_case(page(kind=PageKind.LIST, source=None)),
        NOT_APPLICABLE,
    ),
    (
        "good",
        "a page published before the judged period",
        page_case(page(source=None, published=read(date(2017, 12, 31)))),
        NOT_APPLICABLE,
    ),
    (
        "good",
        "an undated page may be older",
        page_case(replace(_undated, source=None)),
        NOT_APPLICABLE,
    ),
    ("unverified", "a page behind a wall", page_case(WALL), UNVERIFIED),
    (
        "unverified",
        "a page whose date was not read may be older",
        page_case(page(source=None, published=None, date_state=DateState.UNREAD)),
        UNVERIFIED,
    ),
)

_HALF = "会议指出,要抓好落实"

_add(
    "halfwidth-punctuation",
    (
        "bad",
        "half-width commas in a Chinese text",
        written(_HALF + "," + _HALF + "。" + _HALF + "."),
        FINDING,
    ),
    ("good", "full-width ones", written("会议指出，要抓好落实。" * 4), FINE),
    ("edge", "two are not yet a habit", written(_HALF, _HALF), FINE),
    ("edge", "three are", written(_HALF, _HALF, _HALF), FINDING),
    (
        "good",
        "numbers, times, addresses, numbering and Latin words",
        written(
            "上午9:30,PM2.5下降1.5%,比例为3:2,约1,200人。见http://www.ruichang.gov.cn/a.html。",
            "(一)总体要求。(1)范围。1.目标。A.B.C. WTO(World Trade Organization)。电话:0792-4222222",
            "联系人:2018 年。IPv6;HTTPS,TLS!",
        ),
        FINE,
    ),
    (
        "bad",
        "parentheses round Chinese words",
        written("各乡镇(含街道)、部门(含直属)、单位(驻市)。"),
        FINDING,
    ),
    (
        "good",
        "inside a table",
        written(para(_HALF, in_table=True), *[para(_HALF, in_table=True)] * 3),
        FINE,
    ),
    _NO_BODY,
)
