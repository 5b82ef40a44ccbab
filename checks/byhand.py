"""What a person, a leader or another inspector found (人工记录): kinds of problems that no machine judges.

They stand among the rules so that lists, papers and reminders know their titles, bases and
remedies. The runner passes them over, and a standard may not name them: they never enter the score
of a scan.
"""

from __future__ import annotations

import re
import unicodedata

from checks.declaration import Basis, Doc, Rule, Verdict
from checks.model import Scope, Severity
from checks.sources import CITY_COMPLETE, CITY_CONTENT, CITY_LATE, CITY_LAYOUT, LOCAL_LAYOUT

_WHY = (
    "程序不能代替人看网站：领导和群众发现的、上级和第三方指出的问题，同样要登记、提醒、复查、销号。"
)
_DOUBTS = (
    "人工记录以记录人所见为准，程序不作判断，不计入检测得分；记错的用 xunjian revoke 撤销，"
    "事出有因的用 xunjian waive 豁免。"
)


def _nobody() -> Verdict:
    raise AssertionError("a by-hand rule is never run")


def _by_hand(
    *,
    id: str,
    title: str,
    scope: Scope,
    severity: Severity,
    basis: tuple[Basis, ...],
    remedy: str,
    checks: str,
    good: str,
    bad: str,
    mend: str,
) -> Rule:
    return Rule(
        id=id,
        title=title,
        scope=scope,
        severity=severity,
        basis=basis,
        remedy=remedy,
        doc=Doc(checks=checks, why=_WHY, good=good, bad=bad, mend=mend, doubts=_DOUBTS),
        needs=(),
        by_hand=True,
        judge=_nobody,
    )


hand_missing = _by_hand(
    id="hand-missing",
    title="栏目缺失",
    scope=Scope.UNIT,
    severity=Severity.SERIOUS,
    basis=(CITY_COMPLETE,),
    remedy="请补设所缺的栏目，并发布应公开的信息。",
    checks="人工检查、领导批示、第三方或上级检查指出的栏目缺失、栏目空白、应公开而未公开。",
    good="应设的栏目都有，点开有内容。",
    bad="上级检查指出：没有“重大建设项目”栏目。",
    mend="按指出的问题补设栏目、补发信息，回告市政府办复查。",
)
hand_late = _by_hand(
    id="hand-late",
    title="更新不及时",
    scope=Scope.COLUMN,
    severity=Severity.SERIOUS,
    basis=(CITY_LATE,),
    remedy="请及时发布该栏目应更新的信息。",
    checks="人工检查、领导批示、第三方或上级检查指出的栏目更新不及时。",
    good="栏目在规定的期限内有新的信息。",
    bad="第三方检测指出：“工作动态”栏目两个月没有更新。",
    mend="补发应更新的信息，并按周期保持更新，回告市政府办复查。",
)
hand_content = _by_hand(
    id="hand-content",
    title="内容有问题",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(CITY_CONTENT,),
    remedy="请按指出的问题更正信息内容。",
    checks="人工检查、领导批示、第三方或上级检查指出的内容差错：错别字、表述错误、信息不实、过期、打不开等。",
    good="内容准确，附件和链接打得开。",
    bad="领导浏览时发现：通知中的会议日期写错。",
    mend="更正内容；不宜公开的撤下，回告市政府办复查。",
)
hand_layout = _by_hand(
    id="hand-layout",
    title="排版不合要求",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=(CITY_LAYOUT, LOCAL_LAYOUT),
    remedy="请按信息填报格式重新排版。",
    checks="人工检查、领导批示、第三方或上级检查指出的排版问题。",
    good="段落、字体、图片、表格整齐。",
    bad="上级检查指出：表格超出页面，看不全。",
    mend="在后台编辑器中重新排版，回告市政府办复查。",
)

LIKE = {
    "hand-missing": "missing-column",
    "hand-late": "overdue-column",
    "hand-content": "undated-entry",
    "hand-layout": "mixed-indent",
}
"""The machine's rule of the same kind: where a summary counts by class, a by-hand finding stands in
the class of this one."""

KINDS = {
    "missing": "hand-missing",
    "late": "hand-late",
    "content": "hand-content",
    "layout": "hand-layout",
}
"""By-hand rules by the word that a person types."""

WHOLE_COLUMN = frozenset({"hand-missing", "hand-late"})
"""Said of a column as a whole: there is one such finding a column, however it is worded."""

LONGEST_WHAT = 200
_NOISE = re.compile(r"[\W_]+")


def identity(rule_id: str, scope: Scope, message: str, url: str | None = None) -> str:
    """The ``what`` of a by-hand finding: with rule and subject it makes the fingerprint.

    The words, without spaces, punctuation and the difference of full-width letters, and behind them
    the address where the subject is not that page itself. What is said of a column as a whole has
    none: the next inspector words it differently.
    """
    if scope is Scope.COLUMN and rule_id in WHOLE_COLUMN:
        return ""
    words = _NOISE.sub("", unicodedata.normalize("NFKC", message).casefold())[:LONGEST_WHAT]
    return f"{words} @ {url}" if url and scope is not Scope.PAGE else words
