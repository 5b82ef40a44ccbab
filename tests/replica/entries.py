"""Disclosure entries with faults in their tables, and traps beside them; drawn into ``Plan.entries``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from checks.workdays import official
from tests.replica.forms import CLEAN
from tests.replica.site import Article, Replica
from tests.replica.spec import stream

if TYPE_CHECKING:
    from tests.replica.truth import TruthFinding

WORKDAYS = 20
FAULTS: dict[str, tuple[str, str]] = {
    "index-empty": ("bad-index-number", "nothing under 索引号"),
    "index-odd": ("bad-index-number", "written as no other"),
    "index-twice": ("duplicate-index-number", "another entry's number"),
    "number-round": ("bad-document-number", "round brackets"),
    "number-zero": ("bad-document-number", "第 and a leading zero"),
    "number-year": ("bad-document-number", "the year of another document"),
    "issuer-empty": ("missing-issuer", "nothing under 发布机构"),
    "topic-empty": ("missing-topic", "nothing under 分类"),
    "late": ("late-disclosure", "a working day too late"),
    "made-after": ("late-disclosure", "made after it was published"),
    "text-twice": ("duplicate-text", "one text in one column, twice"),
    "doc-missing": ("missing-interpretation", "none"),
    "doc-near": ("missing-interpretation", "one of another year"),
    "doc-late": ("late-interpretation", "four working days and more"),
    "doc-forward": ("unlinked-interpretation", "the interpretation does not lead back"),
    "doc-back": ("unlinked-interpretation", "the document does not lead on"),
}
SUSPECTED = frozenset(("number-year", "made-after", "doc-near"))
TRAPS: dict[str, str] = {
    "index-long": "bad-index-number: a longer running number",
    "number-notice": "bad-document-number: an announcement's number",
    "late-exact": "late-disclosure: exactly twenty working days",
    "text-reprint": "duplicate-text: another unit's reprint",
    "doc-linked": "late-interpretation: within three working days; unlinked-interpretation: linked both ways",
}
ISSUED = ("platform/city.zfwj", "platform/city.zfbwj")
"""Where the documents stand that owe an interpretation."""
INTERPRETED = "portal/zcjd"
MATTERS = {
    "doc-missing": "粮食储备",
    "doc-near": "古树名木保护",
    "doc-late": "家庭医生签约",
    "doc-forward": "城区限行",
    "doc-back": "自行车运营",
    "doc-linked": "农村饮水",
}
POLICY = "实施方案"
META = frozenset(("number-year", "late", "late-exact", "made-after", "issuer-empty"))
"""Only one template prints both dates, and a source in its tags beside the issuer."""
PAIRED = frozenset(("index-twice", "text-twice", "text-reprint"))
NAMED = ":"
"""``text-twice:<number>``: the other entry of a pair."""


def draw(replica: Replica) -> dict[int, str]:
    """Article number → what is done to it (with ``:<number>`` the other one of a pair)."""
    spec, plan = replica.spec, replica.plan
    taken = {*plan.articles, *plan.shared, *plan.moved}
    clean = {form.name for form in CLEAN}
    pool = [
        a
        for a in replica.articles.values()
        if a.site == "platform"
        and a.published >= max(spec.judge_from, spec.as_of - timedelta(days=80))
        and a.number not in taken
        and a.form in clean
        and not (column := replica.by_key[a.column]).treatment
        and column.slot.required
        and column.holder not in plan.units
        and column.slot.category in ("news", "notice", "plan")
    ]
    stream(spec.seed, "entries").shuffle(pool)
    planted: dict[int, str] = {}
    wanted = [*TRAPS, *(FAULTS if spec.plants else ())]
    held: set[int] = set()
    for name in wanted:
        if name in MATTERS:
            planted |= _issue(name, replica, {*taken, *planted, *held})
            continue
        found = _place(name, pool, held)
        if found is not None:
            article, other = found
            planted[article.number] = name if other is None else f"{name}:{other.number}"
            held |= {article.number, *(() if other is None else (other.number,))}
    return planted


def _place(name: str, pool: list[Article], held: set[int]) -> tuple[Article, Article | None] | None:
    for article in pool:
        if article.number in held or not _fits(name, article):
            continue
        if name not in PAIRED:
            return article, None
        for other in pool:
            if other.number in held or other.number == article.number:
                continue
            # Copies a week apart and more are another family's (recycled-text).
            gap = (article.published - other.published).days
            if 0 < gap < 7 and _pairs(name, article, other):
                return article, other
    return None


def _issue(name: str, replica: Replica, taken: set[int]) -> dict[int, str]:
    """A document, and the entry of the interpretation column that interprets it."""
    clean = {form.name for form in CLEAN}

    def free(key: str) -> list[Article]:
        column = replica.by_key[key]
        if column.treatment or column.holder in replica.plan.units:
            return []
        since = replica.spec.judge_from + timedelta(days=5)
        return [
            a
            for a in column.entries
            if a.published >= since and a.form in clean and a.number not in taken
        ]

    documents = [a for key in ISSUED for a in free(key)]
    if name == "doc-missing":
        if replica.by_key[INTERPRETED].treatment not in ("", "old", "old-portal"):
            return {}  # nobody can say that it has none
        due = _workdays_before(replica.spec.as_of, 5)
        return {a.number: name for a in [d for d in documents if d.published <= due][:1]}
    for document in documents:
        for entry in free(INTERPRETED):
            days = official().workdays_between(document.published, entry.published)
            soon = document.published <= entry.published and days <= 3
            if days >= 4 if name == "doc-late" else soon:
                return {
                    document.number: f"{name}:{entry.number}",
                    entry.number: f"of-{name}:{document.number}",
                }
    return {}


def _fits(name: str, article: Article) -> bool:
    return (article.template == "meta") == (name in META) or name in PAIRED


def _pairs(name: str, article: Article, other: Article) -> bool:
    match name:
        case "index-twice":
            return article.column != other.column
        case "text-twice":
            return article.column == other.column and other.form == "by-hand"
        case _:
            return article.unit != other.unit and other.form == "by-hand"


def dress(articles: dict[int, Article], planted: dict[int, str]) -> None:
    """Give the articles their plants; copies take the title and the form of what they copy."""
    for number, what in planted.items():
        article = articles.get(number)
        if article is None:
            continue
        article.planted = what
        matter = MATTERS.get(kind(article).removeprefix("of-"))
        if matter is not None:
            year = article.published.year
            called = f"瑞昌市{year}年{matter}{POLICY}"
            article.title = f"关于印发《{called}》的通知"
            if kind(article).startswith("of-"):
                if kind(article) == "of-doc-near":
                    called = called.replace(str(year), str(year - 1))
                article.title = f"《{called}》政策解读"
        other = articles.get(copied(article) or 0)
        if other is not None:
            article.title, article.form = other.title, other.form


def kind(article: Article) -> str:
    return article.planted.partition(NAMED)[0]


def copied(article: Article) -> int | None:
    """Number of the article whose text this one bears."""
    return _other(article) if kind(article).startswith("text-") else None


def leads_to(article: Article) -> int | None:
    """Number of the article that this one links to: a document to its interpretation, or back."""
    what = kind(article)
    onward = what in ("doc-linked", "doc-late", "doc-forward")
    back = what in ("of-doc-linked", "of-doc-late", "of-doc-back")
    return _other(article) if onward or back else None


def _other(article: Article) -> int:
    return int(article.planted.partition(NAMED)[2])


def index_of(article: Article, plain: Callable[[int, date], str]) -> str:
    """索引号 as printed. ``plain``: how numbers are made, of a number and a day."""
    usual = plain(article.number, article.published)
    match kind(article):
        case "index-empty":
            return ""
        case "index-odd":
            return usual.replace("-", "/", 1)
        case "index-long":
            return usual + "07"
        case "index-twice":
            return plain(_other(article), article.published)
        case _:
            return usual


def number_of(article: Article, usual: str | None) -> str | None:
    year, serial = article.published.year, article.number % 97 + 1
    if kind(article) in MATTERS:
        return f"瑞府办字〔{year}〕{serial}号"
    if article.column in ISSUED and POLICY in article.title:
        return None  # else it would owe an interpretation
    match kind(article):
        case "number-round":
            return f"瑞府办字({year}){serial}号"
        case "number-zero":
            return f"瑞府办字〔{year}〕第0{serial}号"
        case "number-year":
            return f"瑞府办字〔{year - 2}〕{serial}号"
        case "number-notice":
            return f"{year}年第{serial}号"
        case _:
            return usual


def made_of(article: Article, usual: date) -> date:
    match kind(article):
        case "late":
            return _workdays_before(article.published, WORKDAYS + 1)
        case "late-exact":
            return _workdays_before(article.published, WORKDAYS)
        case "made-after":
            return article.published + timedelta(days=3)
        case _:
            return usual


def _workdays_before(day: date, count: int) -> date:
    """The last day from which ``day`` is the ``count``-th working day or later."""
    calendar, made = official(), day
    while calendar.workdays_between(made, day) < count:
        made -= timedelta(days=1)
    return made


def truth(replica: Replica) -> Iterator[TruthFinding]:
    from tests.replica.truth import TruthFinding

    for number in replica.plan.entries:
        article = replica.articles.get(number)
        fault = FAULTS.get(kind(article)) if article is not None else None
        if article is not None and fault is not None:
            rule, note = fault
            yield TruthFinding(
                rule=rule,
                unit=article.unit,
                site=article.site,
                subject=f"page:{article.path}",
                note=note,
                suspected=kind(article) in SUSPECTED,
            )
