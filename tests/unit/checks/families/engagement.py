"""Channels, letters made public, consultations with their results, proposals with their replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from checks.case import ColumnCase
from checks.facts import (
    ColumnState,
    DateState,
    Entry,
    Node,
    StopReason,
    TreeReading,
    Unverified,
)
from checks.interaction import ChannelsCase, Consultation, ConsultationCase, RoleCase
from checks.model import OutcomeKind, Scope
from config.schema import ColumnRole
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import (
    ABSENT_COLUMN,
    WALL,
    column_case,
    fetched,
    listed,
    reading,
    row,
    subject,
    tree,
)

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED
BARE, CUT = tree(), tree(complete=False)
LETTERS, SURVEYS, PROPOSALS = ColumnRole.LETTERS, ColumnRole.SURVEYS, ColumnRole.PROPOSALS
READ = listed(date(2018, 5, 1))
UNREAD = column_case(WALL)
ELSEWHERE = replace(READ, state=ColumnState.DELEGATED)


def menu(*names: str, complete: bool = True) -> TreeReading:
    nodes = tuple(Node(name=name, url="http://127.0.0.1/n") for name in names)
    return replace(BARE, nodes=nodes, complete=complete)


def channels(
    *columns: ColumnCase, role: ColumnRole = LETTERS, of: TreeReading | Unverified = BARE
) -> ChannelsCase:
    return ChannelsCase(
        subject=subject(Scope.SITE, "portal"),
        columns={role: columns} if columns else {},
        tree=of,
        fetched=fetched(),
    )


def case_of(
    rule: str, side: Any, name: str, made: Any, kind: OutcomeKind, **params: Any
) -> RuleCase:
    return RuleCase(rule=rule, side=side, name=name, case=made, kind=kind, params=params)


def role(column: ColumnCase, of: ColumnRole = LETTERS, **changes: Any) -> RoleCase:
    return RoleCase(subject=column.subject, role=of, column=column, **changes)


CALL = "关于公开征求《瑞昌市城市供水管理办法（草案）》意见的公告"
RESULT = "《瑞昌市城市供水管理办法（草案）》意见采纳情况"
NEARLY = "供水办法修改意见的反馈"


def consultation(**changes: Any) -> ConsultationCase:
    base = Consultation(
        title=CALL,
        published=date(2018, 3, 1),
        ends=date(2018, 3, 31),
        answered_here=False,
        others=("瑞昌市校车安全规定意见采纳情况",),
    )
    return ConsultationCase(
        subject=subject(), consultation=replace(base, **changes), fetched=fetched()
    )


UNREAD_CALL = ConsultationCase(subject=subject(), consultation=WALL, fetched=None)


def surveys(
    count: int, *more: Entry, title: str = "关于某某办法公开征求意见的公告", **proof: Any
) -> ColumnCase:
    first = date(2018, 5, 1)
    entries = tuple(row(first, n, title=title) for n in range(count))
    return column_case(reading((*entries, *more), **proof))


def call(on: date | None, n: int, title: str = CALL) -> Entry:
    return row(on, n, title=title)


def proposals(*entries: tuple[str, date | None], proof: Any = None, **changes: Any) -> RoleCase:
    made = tuple(row(on, n, title=title) for n, (title, on) in enumerate(entries))
    return role(column_case(reading(made, **(proof or {}))), PROPOSALS, **changes)


REPLY = ("关于第12号建议的答复", date(2018, 5, 1))
ASKED = "第7号提案：关于改造老旧小区的提案"

_N, _S, _F, _C, _M = (
    "no-inquiry-channel", "stale-letters", "few-surveys", "consultation-without-result",
    "missing-proposal-reply",
)  # fmt: skip
_TWO_MONTHS = listed(date(2018, 4, 4))

CASES = [
    case_of(_N, "bad", "the column for letters is not there", channels(ABSENT_COLUMN), FINDING),
    case_of(_N, "bad", "none is configured, none is in the menu", channels(), SUSPECTED),
    case_of(_N, "bad", "petitions are no such channel", channels(of=menu("网上信访", "纪检举报")), SUSPECTED),
    case_of(_N, "good", "it was read", channels(READ), FINE),
    case_of(_N, "good", "it leads to the province's platform", channels(ELSEWHERE), FINE),
    case_of(_N, "good", "the menu shows one by another name", channels(ABSENT_COLUMN, of=menu("市长信箱")), FINE),
    case_of(_N, "good", "even a menu in part shows one", channels(of=menu("市长信箱", complete=False)), FINE),
    case_of(_N, "unverified", "the menu was not read whole", channels(ABSENT_COLUMN, of=CUT), UNVERIFIED),
    case_of(_N, "unverified", "the menu was not read", channels(ABSENT_COLUMN, of=WALL), UNVERIFIED),
    case_of(_N, "unverified", "the column could not be read", channels(UNREAD), UNVERIFIED),

    case_of(_S, "bad", "two months and a day", role(listed(date(2018, 4, 3))), FINDING),
    case_of(_S, "edge", "exactly two months", role(_TWO_MONTHS), FINE),
    case_of(_S, "edge", "the limit is the standard's", role(_TWO_MONTHS), FINDING, months=1),
    case_of(_S, "good", "its own cadence does not count", role(listed(date(2018, 5, 1))), FINE),
    case_of(_S, "good", "no column of letters", role(listed(date(2018, 1, 1)), SURVEYS), NOT_APPLICABLE),
    case_of(_S, "good", "the column is missing", role(ABSENT_COLUMN), NOT_APPLICABLE),
    case_of(_S, "unverified", "the column was not read", role(UNREAD), UNVERIFIED),
    case_of(_S, "unverified", "nothing was read in it", role(column_case(reading(()))), UNVERIFIED),

    case_of(_F, "bad", "five in a year", channels(surveys(5), role=SURVEYS), FINDING),
    case_of(_F, "edge", "six", channels(surveys(6), role=SURVEYS), FINE),
    case_of(_F, "edge", "the least is the standard's", channels(surveys(6), role=SURVEYS), FINDING, least=7),
    case_of(_F, "edge", "six over two columns", channels(surveys(3), surveys(3), role=SURVEYS), FINE),
    case_of(_F, "edge", "results do not count", channels(surveys(5, call(date(2018, 5, 1), 9, RESULT)), role=SURVEYS), FINDING),
    case_of(_F, "edge", "a year to the day counts", channels(surveys(5, call(date(2017, 6, 4), 9)), role=SURVEYS), FINE),
    case_of(_F, "edge", "a day more does not", channels(surveys(5, call(date(2017, 6, 3), 9)), role=SURVEYS), FINDING),
    case_of(_F, "edge", "how long is the standard's", channels(surveys(5, call(date(2017, 6, 3), 9)), role=SURVEYS), FINE, months=13),
    case_of(_F, "bad", "the titles do not tell what they are", channels(surveys(6, title="常务会议"), role=SURVEYS), SUSPECTED),
    case_of(_F, "bad", "nothing at all", channels(ABSENT_COLUMN, role=SURVEYS), FINDING),
    case_of(_F, "good", "it leads to another site", channels(replace(ELSEWHERE), role=SURVEYS), NOT_APPLICABLE),
    case_of(_F, "good", "enough although not all was read", channels(surveys(6), UNREAD, role=SURVEYS), FINE),
    case_of(_F, "unverified", "no column has this role", channels(), UNVERIFIED),
    case_of(_F, "unverified", "the column was not read", channels(UNREAD, role=SURVEYS), UNVERIFIED),
    case_of(_F, "unverified", "it was not read to its end", channels(surveys(5, stop=StopReason.FAILED), role=SURVEYS), UNVERIFIED),
    case_of(_F, "unverified", "a date was not read", channels(surveys(5, replace(row(None, 9), date_state=DateState.UNREAD)), role=SURVEYS), UNVERIFIED),

    case_of(_C, "bad", "over for two months", consultation(), FINDING),
    case_of(_C, "bad", "what came later speaks of the same matter", consultation(later=(("城市供水将有新规矩", date(2018, 4, 2)),)), SUSPECTED),
    case_of(_C, "bad", "what came later speaks of another matter", consultation(later=(("校车管理办法出台", date(2018, 4, 2)),)), FINDING),
    case_of(_C, "bad", "what speaks of the same matter came before", consultation(later=(("城市供水将有新规矩", date(2018, 3, 30)),)), FINDING),
    case_of(_C, "bad", "nobody knows when what speaks of the matter came", consultation(later=(("城市供水将有新规矩", None),)), SUSPECTED),
    case_of(_C, "edge", "thirty days after its end", consultation(ends=date(2018, 5, 5)), FINE),
    case_of(_C, "edge", "thirty-one days after its end", consultation(ends=date(2018, 5, 4)), FINDING),
    case_of(_C, "edge", "the limit is the standard's", consultation(ends=date(2018, 5, 5)), FINDING, days=29),
    case_of(_C, "edge", "without an end it is open for thirty days", consultation(ends=None, published=date(2018, 4, 5)), FINE),
    case_of(_C, "edge", "and a day more is suspected", consultation(ends=None, published=date(2018, 4, 4)), SUSPECTED),
    case_of(_C, "edge", "how long is the standard's", consultation(ends=None, published=date(2018, 4, 5)), SUSPECTED, open_days=29),
    case_of(_C, "edge", "a year to the day", consultation(published=date(2017, 6, 4)), FINDING),
    case_of(_C, "edge", "a day more", consultation(published=date(2017, 6, 3)), NOT_APPLICABLE),
    case_of(_C, "edge", "the window is the standard's", consultation(published=date(2017, 6, 3)), FINDING, window_months=13),
    case_of(_C, "good", "the result is public", consultation(others=(RESULT,)), FINE),
    case_of(_C, "good", "the result stands on its own page", consultation(answered_here=True), FINE),
    case_of(_C, "bad", "something may be its result", consultation(others=(NEARLY,)), SUSPECTED),
    case_of(_C, "good", "undated, with its end", consultation(published=None, ends=date(2018, 5, 30)), FINE),
    case_of(_C, "unverified", "no date at all", consultation(published=None, ends=None), UNVERIFIED),
    case_of(_C, "unverified", "the results were not read", consultation(others=WALL), UNVERIFIED),
    case_of(_C, "unverified", "never read", UNREAD_CALL, UNVERIFIED),

    case_of(_M, "good", "replies are public", proposals(REPLY), FINE),
    case_of(_M, "bad", "none in a year", proposals(("关于第12号建议的答复", date(2017, 6, 3))), FINDING),
    case_of(_M, "edge", "one a year ago to the day", proposals(("关于第12号建议的答复", date(2017, 6, 4))), FINE),
    case_of(_M, "edge", "how long is the standard's", proposals(("关于第12号建议的答复", date(2017, 6, 4))), FINDING, yearly=11),
    case_of(_M, "bad", "a proposal without its reply", proposals(REPLY, (ASKED, date(2017, 12, 3))), SUSPECTED),
    case_of(_M, "edge", "six months to the day", proposals(REPLY, (ASKED, date(2017, 12, 4))), FINE),
    case_of(_M, "edge", "those months are the standard's", proposals(REPLY, (ASKED, date(2017, 12, 4))), SUSPECTED, months=5),
    case_of(_M, "edge", "a year ago to the day", proposals(REPLY, (ASKED, date(2017, 6, 4))), SUSPECTED),
    case_of(_M, "edge", "older ones are left alone", proposals(REPLY, (ASKED, date(2017, 6, 3))), FINE),
    case_of(_M, "good", "its reply is there", proposals(("关于第7号提案的复函", date(2018, 3, 1)), (ASKED, date(2017, 12, 3))), FINE),
    case_of(_M, "bad", "the reply is to a 建议 of this number", proposals(("关于第7号建议的答复", date(2018, 3, 1)), (ASKED, date(2017, 12, 3))), SUSPECTED),
    case_of(_M, "good", "the reply stands on its own page", proposals((ASKED, date(2017, 12, 3)), answered_here=frozenset(["http://127.0.0.1/e0"])), FINE),
    case_of(_M, "good", "an entry that is no proposal", proposals(REPLY, ("建议提案工作会议", date(2017, 12, 3))), FINE),
    case_of(_M, "bad", "a page that nobody read may hold the reply", proposals((ASKED, date(2018, 3, 3)), unread=frozenset(["http://127.0.0.1/e0"])), SUSPECTED),
    case_of(_M, "good", "an undated reply may be new", proposals(("关于第12号建议的答复", None)), FINE),
    case_of(_M, "good", "no column of proposals", role(READ, LETTERS), NOT_APPLICABLE),
    case_of(_M, "good", "the column is missing", role(ABSENT_COLUMN, PROPOSALS), NOT_APPLICABLE),
    case_of(_M, "unverified", "it was not read", role(UNREAD, PROPOSALS), UNVERIFIED),
    case_of(_M, "unverified", "not to its end", proposals((ASKED, date(2017, 12, 3)), proof={"stop": StopReason.FAILED}), UNVERIFIED),
]  # fmt: skip
