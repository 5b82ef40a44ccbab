"""Letters, consultations, proposals and guides of the replica, in columns that are there anyway.

Of a conforming city every letter is answered, every consultation has its result, every proposal its
reply, every guide its elements; the plants are few and each has a trap beside it. Which entries are
dressed depends on the state's first day only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from checks.workdays import official
from tests.replica import leaders
from tests.replica.forms import FORMS

if TYPE_CHECKING:
    from tests.replica.site import Article, Column, Replica
    from tests.replica.truth import TruthFinding

ROLES = {"mstd": "letters", "jcgk": "surveys", "jyta": "proposals", "ggfw": "guides"}
"""Portal columns with a role, while nothing is planted on the column itself."""
ID = "11010519491231002X"
"""The sample number of GB 11643-1999: nobody's."""
ELEMENTS = (
    ("事项名称", "个体工商户登记"),
    ("设定依据", "《个体工商户条例》第八条。"),
    ("申请条件", "有经营能力的公民。"),
    ("申请材料", "登记申请书、身份证明、经营场所证明。"),
    ("办理地点", "市行政服务中心二楼。"),
    ("办公时间", "工作日上午九点到下午五点。"),
    ("咨询电话", "0792-4220000"),
    ("办理流程", "申请、受理、审查、决定、送达。"),
)
SUBJECTS = (
    "供水",
    "养犬",
    "校车",
    "停车",
    "燃气",
    "户外广告",
    "公园",
    "河道采砂",
    "菜市场",
    "电梯",
)
SURVEYS, FEW = 6, 5
"""Calls for opinions of a year: as many as there must be, and one too few."""


@dataclass(frozen=True, slots=True)
class LetterPiece:
    """How one letter departs from an ordinary one, answered on the day it came."""

    state: str = "已回复"
    answered: date | None = None
    """``None``: on the day it came, unless it is open."""
    question: str | None = None
    answer: str | None = None
    kind: str = "在线咨询"
    dated: bool = True
    """The date of the answer is shown."""


@dataclass(slots=True)
class Engaged:
    """What became of the entries, and what must be found of it."""

    letters: dict[int, LetterPiece] = field(default_factory=dict)
    texts: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Article number → its paragraphs."""
    truth: list[TruthFinding] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    """Slug of a portal column → its role."""


def engage(replica: Replica) -> Engaged:
    """Dress the entries (their titles are changed in place) and tell the truth of them."""
    columns = {slug: replica.by_key[f"portal/{slug}"] for slug in ROLES}
    made = Engaged(roles={s: ROLES[s] for s, column in columns.items() if not column.treatment})
    for slug, dress in (
        ("mstd", _letters),
        ("jcgk", _consultations),
        ("jyta", _proposals),
        ("ggfw", _guides),
    ):
        if slug in made.roles:
            dress(replica, columns[slug], made)
    leaders.dress(replica, made)
    if "ggfw" not in made.roles:
        made.truth.append(_told(replica, "no-service-matters", None, suspected=True))
    return made


def free_entries(replica: Replica, column: Column) -> list[Article]:
    """Entries that nothing else is planted on, the newest first."""
    plan = replica.plan
    taken = {*plan.articles, *plan.shared, *plan.moved}
    return [
        a
        for a in sorted(column.entries, key=lambda a: (a.published, a.number), reverse=True)
        if a.column == column.key and a.number not in taken and a.published <= replica.spec.as_of
    ]


def _told(
    replica: Replica,
    rule: str,
    article: Article | None,
    *,
    what: str = "",
    suspected: bool = False,
    note: str = "",
) -> TruthFinding:
    from tests.replica import names
    from tests.replica.truth import TruthFinding

    return TruthFinding(
        rule=rule,
        unit=article.unit if article is not None else names.OPERATOR,
        site="portal",
        subject=f"page:{article.path}" if article is not None else "site:portal",
        what_contains=what,
        note=note,
        suspected=suspected,
    )


# --- letters --------------------------------------------------------------------------------------


def _months(day: date, months: int) -> date:
    from tests.replica.site import months_before

    return months_before(day, months)


def _letters(replica: Replica, column: Column, made: Engaged) -> None:
    today = replica.spec.as_of
    calendar = official()
    old = [
        a
        for a in free_entries(replica, column)
        if _months(today, 11) < a.published < _months(today, 3)
    ]
    asked = "请问小区门口的路面什么时候能够修好，我们已经等了很久。"

    def take(piece: LetterPiece, *rules: tuple[str, str, bool]) -> None:
        if not old:
            return
        article = old.pop(0)
        made.letters[article.number] = piece
        made.truth += [
            _told(replica, rule, article, what=what, suspected=suspected)
            for rule, what, suspected in rules
        ]

    if replica.spec.plants:
        take(LetterPiece(state="办理中", question=asked), ("unanswered-letter", "", False))
        take(
            LetterPiece(state="已受理", question="测试", kind="在线咨询"),
            ("unanswered-letter", "", False),
        )
        if old:
            late = calendar.add_workdays(old[0].published, 16)
            take(
                LetterPiece(answered=late, question=f"{asked}路灯也不亮。"),
                ("late-reply", "16个工作日", False),
            )
        if old:
            slow = calendar.add_workdays(old[0].published, 8)
            take(
                LetterPiece(answered=slow, question=f"{asked}下水道也堵了。"),
                ("late-reply", "8个工作日", True),
            )
        take(LetterPiece(answer="您好，已转办。"), ("perfunctory-reply", "", False))
        take(LetterPiece(answer="请咨询办事大厅窗口。"), ("perfunctory-reply", "", True))
        take(LetterPiece(dated=False), ("incomplete-reply", "date", False))
        take(LetterPiece(question=f"{asked}我的身份证号{ID}。"), ("asker-exposed", "id", False))
        take(
            LetterPiece(question=f"{asked}商家电话13800000000。"), ("asker-exposed", "phone", True)
        )
    # Traps: they look like the faults above.
    take(LetterPiece(state="办理中", question=asked + "请转信访部门。", kind="网上信访"))
    if old:
        take(LetterPiece(answered=calendar.add_workdays(old[0].published, 7)))
    if old:
        complaint = calendar.add_workdays(old[0].published, 15)
        take(LetterPiece(answered=complaint, kind="投诉监督"))
    take(
        LetterPiece(
            answer="您好，已转建设部门办理，该路面已于上周修补完毕，感谢您的监督，如有问题请继续反映。"
        )
    )
    take(LetterPiece(question=f"{asked}电话138****0000，身份证号1101051949****002X。"))
    newest = [a for a in free_entries(replica, column) if (today - a.published).days <= 6]
    if newest:
        made.letters[newest[0].number] = LetterPiece(state="办理中", question=asked + "谢谢。")


def letter_rows(replica: Replica, article: Article, texts: list[str]) -> Iterator[tuple[str, str]]:
    """Label and text of every row of a letter's page."""
    piece = replica.engaged.letters.get(article.number, LetterPiece())
    open_now = piece.state != "已回复"
    yield "标题", article.title
    yield "类型", piece.kind
    yield "提交时间", f"{article.published:%Y-%m-%d}"
    yield "内容", piece.question or texts[0]
    yield "受理状态", piece.state
    if open_now:
        yield "受理单位", article.source or ""
        return
    yield "回复单位", article.source or ""
    if piece.dated:
        yield "回复时间", f"{piece.answered or article.published:%Y-%m-%d}"
    yield "回复内容", piece.answer or texts[1]


def letter_state(replica: Replica, article: Article) -> str:
    return replica.engaged.letters.get(article.number, LetterPiece()).state


# --- consultations --------------------------------------------------------------------------------


def _consultations(replica: Replica, column: Column, made: Engaged) -> None:
    today = replica.spec.as_of
    free = [a for a in free_entries(replica, column) if a.published > _months(today, 11)]
    counted = 0
    for subject in SUBJECTS[: FEW if replica.spec.plants else SURVEYS]:
        if not free:
            break
        call = free.pop()  # the oldest that is left
        counted += 1
        ends = call.published + timedelta(days=10)
        name = f"瑞昌市{subject}管理办法（草案）"
        call.title = f"关于公开征求《{name}》意见的公告"
        made.texts[call.number] = (
            f"为做好{subject}管理工作，现就《{name}》向社会公开征求意见。",
            f"征求意见时间：{call.published.year}年{call.published.month}月{call.published.day}日至"
            f"{ends.year}年{ends.month}月{ends.day}日。",
            "有关单位和各界人士可以通过信函、电子邮件提出意见，请注明联系方式。",
        )
        over = (today - ends).days > 30
        if counted == 1 and over and replica.spec.plants:
            made.truth.append(_told(replica, "consultation-without-result", call))
        elif counted == 2:  # the trap: its own page tells the result
            made.texts[call.number] += ("采纳情况", "共收到意见十二条，采纳九条。")
        elif free and (over or counted % 2):
            result = free.pop()
            result.title = f"《{name}》征求意见采纳情况"
            made.texts[result.number] = (
                f"《{name}》征求意见期间共收到意见十二条，采纳九条，未采纳的已经逐条说明理由。",
                "感谢社会各界的关心和支持，有关意见将继续研究吸收。",
            )
    if counted < SURVEYS:
        possible = _possible(replica, column)
        made.truth.append(_told(replica, "few-surveys", None, suspected=possible >= SURVEYS))


def _possible(replica: Replica, column: Column) -> int:
    since = _months(replica.spec.as_of, 12)
    return sum(a.published >= since and "采纳" not in a.title for a in column.entries)


# --- proposals ------------------------------------------------------------------------------------


def _proposals(replica: Replica, column: Column, made: Engaged) -> None:
    today = replica.spec.as_of
    from tests.replica.truth import TruthFinding

    free = free_entries(replica, column)
    if not free:  # of a very small city: nobody answers
        made.truth.append(
            TruthFinding(
                "missing-proposal-reply", column.unit, "portal", f"column:{column.key}", "没有公开", "no reply at all",
            )
        )  # fmt: skip
        return
    newest = free.pop(0)
    newest.title = "关于市人大代表第12号建议的答复"
    made.texts[newest.number] = (
        "您提出的关于加快老旧小区改造的建议收悉，现答复如下。",
        "市建设部门已经将三个小区列入年度计划，预计年底前完工。",
    )
    due = [a for a in free if _months(today, 11) < a.published < _months(today, 6)]
    if due:
        trap = due.pop(0)
        trap.title = "第21号提案：关于增设公交站点的提案"
        made.texts[trap.number] = (
            "提案建议在城东增设公交站点，方便群众出行。",
            "市交通运输局答复如下：已经增设两处站点。",
        )
    if due and replica.spec.plants:
        article = due.pop(0)
        article.title = "第7号提案：关于改造城南农贸市场的提案"
        made.texts[article.number] = ("提案建议改造城南农贸市场，改善购物环境，方便周边群众。",)
        made.truth.append(
            TruthFinding(
                "missing-proposal-reply", column.unit, "portal", f"column:{column.key}", "提案7",
                "no reply of this number", suspected=True,
            )
        )  # fmt: skip


# --- guides ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Guide:
    """How one guide departs from the ordinary one."""

    kind: str
    form: str = ""
    """``""``: as the article comes, if its text alone stands there."""
    words: tuple[tuple[str, str], ...] = ()
    """Other labels for the same elements."""
    headings: bool = False
    none: str = ""
    """The label under which it says that nothing is wanted."""
    lacks: str = ""
    """The label that it does not have."""
    empty: str = ""
    """The label under which nothing stands."""
    found: str = ""
    """The class that must be found missing."""
    suspected: bool = False


_GUIDES = (
    _Guide("设立"),
    _Guide(
        "变更",
        words=(("设定依据", "办理依据"), ("申请条件", "受理条件"), ("咨询电话", "联系电话")),
        headings=True,
    ),
    _Guide("注销", lacks="设定依据", found="设定依据"),
    _Guide("备案", form="guide-table", words=(("申请材料", "所需材料"), ("办理流程", "办事程序"))),
    _Guide("歇业", form="guide-docx", none="申请条件"),
    _Guide("迁入", empty="办理地点", found="办理地点"),
    _Guide("迁出", form="guide-docx", lacks="咨询电话", found="联系电话", suspected=True),
)
"""Those in which nothing must be found are the traps: other words, headings, a table, a form that can
be had, nothing wanted."""


def _guides(replica: Replica, column: Column, made: Engaged) -> None:
    for article, guide in zip(free_entries(replica, column), _GUIDES, strict=False):
        planted = bool(guide.found) and replica.spec.plants
        article.title = f"个体工商户{guide.kind}登记办事指南"
        loose = not FORMS[article.form].resources and article.form not in ("tabled", "signed")
        article.form = guide.form or (article.form if loose else "by-hand")
        made.texts[article.number] = tuple(_guide_lines(guide, planted))
        if planted:
            made.truth.append(
                _told(
                    replica,
                    "incomplete-guide",
                    article,
                    what=guide.found,
                    suspected=guide.suspected,
                )
            )
    if replica.spec.plants:
        _dead_form(replica, made)


def _guide_lines(guide: _Guide, planted: bool) -> Iterator[str]:
    for at, (label, text) in enumerate(ELEMENTS):
        if planted and label == guide.lacks:
            continue
        if label == "事项名称":
            text = f"个体工商户{guide.kind}登记"
        elif label == guide.none:
            text = "无"
        elif planted and label == guide.empty:
            text = ""
        shown = dict(guide.words).get(label, label)
        if guide.headings:
            yield f"{'一二三四五六七八'[at]}、{shown}"
            yield text
        else:
            yield f"{shown}：{text}"


def _dead_form(replica: Replica, made: Engaged) -> None:
    """A form that cannot be had: on an article whose attachment is gone anyway."""
    gone = (
        a
        for a in replica.articles.values()
        if a.site == "portal"
        and a.form in ("file-404", "file-html")
        and a.number not in replica.plan.shared
        and a.number not in replica.plan.traps
        and a.published >= replica.spec.judge_from
        and replica.by_key[a.column].slot.required
        and not replica.by_key[a.column].treatment
    )
    article = next(gone, None)
    if article is None:
        return
    article.title = "个体工商户年报办事指南"
    made.texts[article.number] = tuple(f"{label}：{text}" for label, text in ELEMENTS)
    made.truth.append(_told(replica, "dead-guide-form", article))


def truth(replica: Replica) -> Iterator[TruthFinding]:
    yield from replica.engaged.truth
