"""Interpretations by unit: the state of a document is the rules' own verdict, and sums leave out what
is not known."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from checks.facts import Missing, Unverified
from checks.interpretation_facts import Document, Interpretation, Links, Matched, PolicyCase
from checks.model import Context, Scope, Subject
from reports import machine
from reports.interpretations import (
    InterpretationsView,
    PolicyLine,
    PolicyState,
    print_interpretations,
)
from reports.sheet import console
from reports.tables import as_csv
from services.interpretations import _line, _sum

CONTEXT = Context(
    as_of=datetime(2018, 6, 4, 4, tzinfo=UTC),
    today=date(2018, 6, 4),
    judge_from=date(2018, 1, 1),
    min_confidence=0.8,
)
DOCUMENT = Document(
    title="瑞昌市河长制实施方案",
    url="http://x/1.html",
    number="瑞府办字〔2018〕5号",
    published=date(2018, 5, 3),
)
SURE = Interpretation(
    title="《瑞昌市河长制实施方案》图解",
    url="http://x/2.html",
    published=date(2018, 5, 7),
    form="图解",
)
MATCHED = Matched(sure=SURE, whole=True, read_on=date(2018, 6, 4))
NONE = replace(MATCHED, sure=None)
CASE = PolicyCase(
    subject=Subject(scope=Scope.PAGE, key="p", site_id="portal", unit_id="a", title="t", url=None),
    document=DOCUMENT,
    matched=MATCHED,
    links=Links(onward=True, back=True),
)
UNREAD = Unverified(code=Missing.NOT_REACHED, reason="栏目没有读到")


def line(**changed: object) -> PolicyLine:
    return _line("a", replace(CASE, **changed), CONTEXT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("matched", "state"),
    [
        (MATCHED, PolicyState.TIMELY),
        (replace(MATCHED, sure=replace(SURE, published=date(2018, 5, 8))), PolicyState.TIMELY),
        (replace(MATCHED, sure=replace(SURE, published=date(2018, 5, 9))), PolicyState.LATE),
        (NONE, PolicyState.MISSING),
        (replace(NONE, near=SURE), PolicyState.DOUBTFUL),
        (replace(NONE, whole=False), PolicyState.UNVERIFIED),
        (replace(NONE, read_on=date(2018, 5, 8)), PolicyState.UNVERIFIED),
        (UNREAD, PolicyState.UNVERIFIED),
    ],
)
def test_the_state_of_a_document_is_what_the_rules_say(matched: object, state: PolicyState) -> None:
    assert line(matched=matched).state is state


def test_a_document_whose_time_has_not_come_waits() -> None:
    fresh = replace(DOCUMENT, published=date(2018, 6, 1))
    assert line(document=fresh, matched=NONE).state is PolicyState.WAITING


def test_the_rate_counts_what_is_known_and_due_and_nothing_else() -> None:
    mine = [line(), line(), line(matched=NONE), line(matched=UNREAD), line(matched=replace(NONE, near=SURE))]  # fmt: skip
    told = _sum("a", "甲局", mine)
    assert (told.documents, told.interpreted, told.rate) == (5, 2, 66.7)
    assert _sum("a", "甲局", [line(matched=UNREAD)]).rate is None


def test_forms_and_mutual_links_are_counted() -> None:
    mine = [line(), line(links=Links(onward=True, back=False)), line(links=UNREAD)]
    told = _sum("a", "甲局", mine)
    assert (told.linked, told.forms) == (1, {"图解": 3})


def view(*documents: PolicyLine, one: bool = True) -> InterpretationsView:
    return InterpretationsView(
        scan_id=1,
        day=date(2018, 6, 4),
        since=date(2018, 1, 1),
        lines=(_sum("a", "甲局", documents),) if documents else (),
        total=_sum(None, "合计", documents),
        documents=documents,
        one_unit=one,
    )


def test_what_is_printed_names_the_documents_of_one_unit_and_hostile_titles_stay_text() -> None:
    out = io.StringIO()
    hostile = line(document=replace(DOCUMENT, title="[red]方案\x1b[31m"), matched=NONE)
    print_interpretations(console(out), view(line(), hostile))
    text = out.getvalue()
    assert "应解读 2 件，已解读 1 件，解读率 50%" in text
    assert "没有解读" in text
    assert "[red]方案" in text
    assert "\x1b[31m" not in text
    empty = io.StringIO()
    print_interpretations(console(empty), view())
    assert "没有应当解读的文件" in empty.getvalue()


def test_json_and_csv_say_the_same() -> None:
    shown = view(line(), line(matched=NONE))
    told = json.loads(machine.as_json(shown))
    assert told["units"][0]["missing"] == 1
    assert told["total"]["rate"] == 50.0
    assert [d["state"] for d in told["documents"]] == ["timely", "missing"]
    assert as_csv(shown).count(b"\n") == 3
