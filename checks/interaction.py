"""Letters, consultations, proposals and guides as they are laid before the rules; no rule stands here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from checks.case import ColumnCase
from checks.facts import Entry, Fetched, Link, LinkFate, TreeReading, Unverified
from checks.model import Subject
from checks.parts import Guide, Letter
from checks.workdays import WorkCalendar
from config import interaction_words
from config.schema import ColumnRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A letter with what is known of it beside its page."""

    letter: Letter
    role: ColumnRole | None
    """Of the column that it stands in; ``None``: not known."""
    listed: Entry | None
    calendar: WorkCalendar
    repeated: bool = False
    """Another letter of the site says the same."""

    @property
    def asked(self) -> date | None:
        """When it came; the list's date where its page shows none."""
        if self.letter.asked is not None or self.listed is None:
            return self.letter.asked
        return self.listed.published


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCase:
    subject: Subject
    post: Post | Unverified
    fetched: Fetched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A call for opinions (意见征集), with what else its site shows of it."""

    title: str
    published: date | None
    ends: date | None
    """The last day as its page writes it; ``None``: it names none that we can read."""
    answered_here: bool
    """Its own page shows the result."""
    others: tuple[str, ...] | Unverified
    """Titles of the entries that may tell its result."""
    later: tuple[tuple[str, date | None], ...] = ()
    """Other entries of the columns of consultations that call for nothing: title and date."""


COMMON_PAIRS = 3
"""Pairs of characters that two titles have in common, to speak of one matter perhaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationCase:
    subject: Subject
    consultation: Consultation | Unverified
    fetched: Fetched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCase:
    """A column of interaction with its role, as ``ColumnCase`` lays it."""

    subject: Subject
    role: ColumnRole
    column: ColumnCase
    answered_here: frozenset[str] = frozenset()
    """Addresses of its entries whose own pages show a reply."""
    unread: frozenset[str] = frozenset()
    """Addresses of its entries whose pages nobody has read."""

    @property
    def fetched(self) -> Fetched | None:
        return self.column.fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsCase:
    """A site with its columns of interaction and service, and the menu that they stand in."""

    subject: Subject
    columns: Mapping[ColumnRole, tuple[ColumnCase, ...]]
    tree: TreeReading | Unverified
    fetched: Fetched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideSeen:
    """A service guide with the fates of what it links to."""

    guide: Guide
    forms: tuple[Link, ...] = ()
    """Its attachments."""
    fates: Mapping[str, LinkFate] = field(default_factory=dict)
    certain: bool = True
    """It stands in a column of guides; elsewhere a notice may look like one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideCase:
    subject: Subject
    guide: GuideSeen | Unverified
    fetched: Fetched | None


# --- letters --------------------------------------------------------------------------------------


class Reply(StrEnum):
    OPEN = "open"
    GIVEN = "given"
    UNKNOWN = "unknown"
    """The page does not say whether there is one."""


_NOTHING = frozenset(
    [
        "",
        "无",
        "暂无",
        "暂无回复",
        "暂无答复",
        "未回复",
        "未答复",
        "暂未回复",
        "暂未答复",
        "等待回复",
        "待回复",
        "尚未回复",
    ]
)
_SIGNS = re.compile(r"[\W_]+")


def core(text: str) -> str:
    """Letters and digits only."""
    return _SIGNS.sub("", text)


def reply_of(letter: Letter) -> Reply:
    """Whether a letter was answered, by its answer, its date or its state."""
    if letter.answer is not None and core(letter.answer) not in _NOTHING:
        return Reply.GIVEN
    if letter.answered is not None:
        return Reply.GIVEN
    words = interaction_words.letters()
    state = letter.state or ""
    if any(word in state for word in words.open):
        return Reply.OPEN
    if any(word in state for word in words.closed):
        return Reply.GIVEN
    return Reply.UNKNOWN if letter.answer is None else Reply.OPEN


def answer_of(letter: Letter) -> str:
    """The answer's text; empty where none is public."""
    answer = letter.answer or ""
    return "" if core(answer) in _NOTHING else answer


_BY_ROLE = {
    ColumnRole.COMPLAINTS: "投诉",
    ColumnRole.PETITIONS: "信访",
    ColumnRole.INTERVIEWS: "访谈",
    ColumnRole.SURVEYS: "征集",
}
ASKING = "咨询"


def kind_of(post: Post) -> str:
    """投诉, 信访, 纪检, 访谈, 征集, 建议 or 咨询."""
    if post.role in _BY_ROLE:
        return _BY_ROLE[post.role]
    said = post.letter.kind or ""
    kinds = interaction_words.letters().kinds
    return next((k for k, words in kinds.items() if any(w in said for w in words)), ASKING)


def is_junk(letter: Letter) -> bool:
    """A test or a letter without any content."""
    junk = interaction_words.letters().junk
    subject, question = core(letter.subject).lower(), core(letter.question).lower()
    said = [text for text in (subject, question) if text]
    return all(text in junk or len(text) < 2 for text in said)


_DATE = re.compile(r"\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?$")


def substance(letter: Letter) -> str:
    """What an answer says beside courtesies, salutation, signature and date; letters only."""
    answer = answer_of(letter)
    head, colon, rest = answer.partition("：")
    if colon and len(head) <= 20 and rest.strip():
        answer = rest
    text = _DATE.sub("", answer.strip().rstrip("。 "))
    signer = letter.answered_by or letter.sent_to
    if signer and text.rstrip().endswith(signer):
        text = text.rstrip()[: -len(signer)]
    text = core(text)
    courtesies = sorted(interaction_words.letters().courtesies, key=len, reverse=True)
    for word in courtesies:
        text = text.replace(core(word), "")
    return text


# --- consultations --------------------------------------------------------------------------------

_FULL = r"(?P<{0}y>20\d\d)\s*[年./-]\s*(?P<{0}m>\d{{1,2}})\s*[月./-]\s*(?P<{0}d>\d{{1,2}})"
_UNTIL = re.compile(
    r"(?:截止|截至|至|到|—|－|~|～|前)(?:时间|日期|日)?(?:为|是|：|:|于|到|至)?\s*(?:(?:20\d\d)年)?\s*"
    + _FULL.format("")
)
_BEFORE = re.compile(_FULL.format("") + r"\s*日?\s*(?:之?前|以前|截止|止)")


def period_end(text: str) -> date | None:
    """The last day of a consultation as its text writes it; ``None``: none that we understand."""
    found = []
    for pattern in (_UNTIL, _BEFORE):
        for match in pattern.finditer(text[:6000]):
            try:
                found.append(date(int(match["y"]), int(match["m"]), int(match["d"])))
            except ValueError:
                continue
    return max(found, default=None)


_FRAME = re.compile(
    r"关于|公开|面向社会|向社会|征求意见稿|征求|征集|征询|意见建议|意见|建议|采纳情况|采纳|反馈情况|反馈|结果|情况|"
    r"的|公告|通知|通告|公示|启事|说明|汇总|草案|稿|对|管理|办法|规定|条例|方案|规划|实施细则|[《》〈〉]"
)
_PLACE = re.compile(r"^[\u4e00-\u9fff]{2,3}[省市县区]")
ALIKE = 1.0
"""Of two titles, one names the whole matter of the other: it tells its result."""
DOUBTFUL = 0.45
"""They may speak of the same; never surer than so without naming it."""


def is_call(title: str) -> bool:
    """Whether a title calls for opinions, and does not tell their result."""
    words = interaction_words.letters().consultations
    return any(word in title for word in words.calls) and not is_result(title)


def is_result(title: str) -> bool:
    return any(word in title for word in interaction_words.letters().consultations.results)


_COMMON = re.compile(
    r"管理|办法|实施|方案|细则|规定|条例|意见|工作|通知|公告|关于|草案|征集|征求|开展|情况|有关|我市|全市|市民|公示|加强|做好|\d+|年|度"
)
"""What titles have in common that speak of different matters."""


def speaks_alike(call: str, other: str) -> bool:
    """Whether two titles have words of their matters in common: three pairs of characters."""
    asked, told = (_COMMON.sub("\n", _matter(title)) for title in (call, other))
    mine = {asked[i : i + 2] for i in range(len(asked) - 1)}
    mine = {pair for pair in mine if "\n" not in pair}
    return sum(told[i : i + 2] in mine for i in range(len(told) - 1)) >= COMMON_PAIRS


def likeness(call: str, result: str) -> float:
    """0 to 1: how surely a result's title speaks of the matter of a call's."""
    asked, told = _matter(call), _matter(result)
    if len(min(asked, told, key=len)) >= 2 and (asked in told or told in asked):
        return 1.0
    return min(DOUBTFUL, SequenceMatcher(None, asked, told, autojunk=False).ratio())


def _matter(title: str) -> str:
    return _PLACE.sub("", core(_FRAME.sub("", title)))


# --- proposals ------------------------------------------------------------------------------------

_NUMBER = re.compile(r"第?\s*(\d{1,4})\s*号")


def proposal_of(title: str) -> tuple[str, int] | None:
    """建议 or 提案 with its number, where a title names one."""
    number = _NUMBER.search(title)
    kind = next((k for k in ("提案", "建议") if k in title), None)
    return (kind, int(number[1])) if number and kind else None


def is_proposal_reply(title: str) -> bool:
    return any(word in title for word in interaction_words.letters().proposals.replies)
