"""Service guides: there at all, complete, their forms alive."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from checks.facts import LinkFate, LinkKind, LinkState, Unverified
from checks.guides import CLASSES
from checks.interaction import GuideCase, GuideSeen
from checks.model import OutcomeKind
from checks.parts import Guide, GuideElement
from config.schema import ColumnRole
from tests.unit.checks.families.engagement import (
    CUT,
    ELSEWHERE,
    READ,
    UNREAD,
    case_of,
    channels,
    menu,
)
from tests.unit.checks.samples import ABSENT_COLUMN, AS_OF, WALL, fetched, link, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED
GUIDES = ColumnRole.GUIDES
FORM = link("http://127.0.0.1/form.doc", LinkKind.FILE, "申请表")


def guide(*without: str, empty: str = "", matter: str = "", **changes: Any) -> GuideCase:
    elements = tuple(
        GuideElement(name=name, label=name, text="" if name == empty else "有")
        for name in CLASSES
        if name not in without
    )
    seen = GuideSeen(guide=Guide(matter=matter, elements=elements), **changes)
    return GuideCase(subject=subject(), guide=seen, fetched=fetched())


def with_form(state: LinkState | None) -> GuideCase:
    fate = LinkFate(
        url=FORM.url,
        state=state or LinkState.ALIVE,
        status=404,
        reason="404 未找到",
        checked_at=AS_OF,
    )
    return guide(forms=(FORM,), fates={FORM.url: fate} if state else {})


_UNREAD = GuideCase(subject=subject(), guide=WALL, fetched=None)
_NO_ADDRESS = replace(ELSEWHERE, reading=Unverified(code=WALL.code, reason="未记录"))
_N, _I, _D = "no-service-matters", "incomplete-guide", "dead-guide-form"

CASES = [
    case_of(_N, "bad", "the column is not there", channels(ABSENT_COLUMN, role=GUIDES), FINDING),
    case_of(_N, "bad", "none is configured, none is in the menu", channels(), SUSPECTED),
    case_of(_N, "good", "it was read", channels(READ, role=GUIDES), FINE),
    case_of(_N, "good", "the menu shows one", channels(of=menu("网上办事")), FINE),
    case_of(_N, "good", "it leads to the province's site", channels(ELSEWHERE, role=GUIDES), NOT_APPLICABLE),
    case_of(_N, "good", "it leads elsewhere, nobody knows where", channels(_NO_ADDRESS, role=GUIDES), NOT_APPLICABLE),
    case_of(_N, "unverified", "the menu was not read whole", channels(of=CUT), UNVERIFIED),
    case_of(_N, "unverified", "the column was not read", channels(UNREAD, role=GUIDES), UNVERIFIED),

    case_of(_I, "good", "all eight classes", guide(), FINE),
    case_of(_I, "bad", "no legal basis", guide("设定依据"), FINDING),
    case_of(_I, "bad", "nothing stands under the label", guide(empty="办理材料"), FINDING),
    case_of(_I, "good", "its title is the matter's name", guide("事项名称", matter="个体户登记"), FINE),
    case_of(_I, "edge", "one missing is forgiven", guide("设定依据"), FINE, forgiven=1),
    case_of(_I, "edge", "two are not", guide("设定依据", "办理流程"), FINDING, forgiven=1),
    case_of(_I, "bad", "an attachment may hold the rest", guide("设定依据", forms=(FORM,)), SUSPECTED),
    case_of(_I, "bad", "it stands in no column of guides", guide("设定依据", certain=False), SUSPECTED),
    case_of(_I, "unverified", "never read", _UNREAD, UNVERIFIED),

    case_of(_D, "bad", "the form is gone", with_form(LinkState.DEAD), FINDING),
    case_of(_D, "good", "the form is there", with_form(LinkState.ALIVE), FINE),
    case_of(_D, "good", "it was not looked up", with_form(None), FINE),
    case_of(_D, "good", "no forms", guide(), NOT_APPLICABLE),
    case_of(_D, "unverified", "nobody could tell", with_form(LinkState.UNVERIFIED), UNVERIFIED),
    case_of(_D, "unverified", "never read", _UNREAD, UNVERIFIED),
]  # fmt: skip
