"""What a column is for, by its name, its place and its entries: category, cadence, unit.

Pure. For drafts that a person reviews (``xunjian init``): each answer says how it was come by, and
what is doubtful. An official cadence is never loosened because a site is late.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from checks.facts import Entry
from config import wordlists
from config.schema import Cadence, Category, UnitGroup

FALLBACK = "weifenlei"
"""Category id of what could not be told."""
LEAST_TITLES = 4
"""Entries from which on titles or dates say something about a column."""
BUDGETS = 0.8
"""Share of budgets and accounts from which on a column of financial information holds these."""
LEAST_DATED = 5
PERIODIC = frozenset({"tongji", "caijing"})
"""Categories whose information comes by the calendar. Others follow events: how often these were
is no measure of how often they must be."""

_BRACKETED = re.compile(r"[（(【\[][^（）()【】\[\]]*[)）】\]]$")
_EDGES = re.compile(r"^[\s·•>»▪■◆●○|:：]+|[\s·•>»|:：]+$")
_TAIL = re.compile(r"(?:栏目|信息公开|专栏|信息|公开|情况|列表|一览|工作)$")
_CITY = re.compile(r"^(.{1,6}?(?:省|自治区|市|县|区|旗|州|盟))(?=.{2,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """A column's category."""

    category: str
    """Id of one of ``wordlists.categories()``, or ``FALLBACK``."""
    cadence: Cadence | None = None
    """``None``: the category's own."""
    by: str
    """In Chinese: what it was told by."""
    sure: bool
    cadence_note: str = ""
    """In Chinese: why the cadence is not the category's, or what the dates say."""


def clean(name: str) -> str:
    """A name for comparison: half width, no blanks, bullets or bracketed remark at the end."""
    folded = "".join(unicodedata.normalize("NFKC", name).split())
    folded = _EDGES.sub("", folded).replace('"', "")
    bare = _BRACKETED.sub("", folded)
    return (bare if len(bare) >= 2 else folded).translate(_QUOTES)


_QUOTES = str.maketrans(dict.fromkeys("“”‘’'", ""))


def classify(
    name: str,
    above: Sequence[str] = (),
    entries: Sequence[Entry] = (),
    *,
    kin: Sequence[Entry] = (),
    text: bool = False,
) -> Classified:
    """The category of a column called ``name`` below ``above`` (outermost first) with ``entries``.

    ``kin``: entries of the same column of other units, whose titles count but not their dates.
    ``text``: its page is one text, no list.
    """
    found, by, sure = _by_name(clean(name)), f"名称“{name}”", True
    if found is None or found[1] == _WEAK:
        # The column above says what the weak words of a name only suggest.
        for parent in reversed(above):
            higher = _by_name(clean(parent))
            if higher is not None and (found is None or higher[1] < _WEAK):
                found, by = higher, f"上级栏目“{parent}”"
                sure = higher[1] <= _MARK
                break
    if found is not None and found[0] == "caijing" and _are_budgets([*entries, *kin]):
        # 财政信息 of a unit: nothing else falls due, and these once a year.
        found, by, sure = ("yujuesuan", _WEAK), "信息标题（都是预算、决算）", False
    if found is None:
        titled = _by_titles(entries)
        if titled is not None:
            found, by, sure = (titled, _WEAK), "信息标题", False
    for yearly in wordlists.columns().yearly:
        if any(word in clean(name) for word in yearly.words):
            return Classified(
                category=yearly.category,
                cadence=yearly.cadence,
                by=by,
                sure=True,
                cadence_note=yearly.basis,
            )
    if found is None:
        if text:
            return Classified(category="changqi", by="栏目是一篇文字", sure=False)
        return Classified(category=FALLBACK, by="名称、上级栏目和信息标题都看不出类别", sure=False)
    category = found[0]
    if text and category != "changqi":
        return Classified(
            category=category,
            cadence=Cadence(),
            by=by,
            sure=sure,
            cadence_note="栏目是一篇文字，不是列表，暂不查更新",
        )
    cadence, note = cadence_by_dates(_category(category), entries)
    return Classified(category=category, cadence=cadence, by=by, sure=sure, cadence_note=note)


def _category(category_id: str) -> Category:
    return next(c for c in wordlists.categories() if c.id == category_id)


_EXACT, _MARK, _ENDING, _WEAK = range(4)


def _by_name(name: str) -> tuple[str, int] | None:
    """Category and strength of the sign that a cleaned name gives; ``None``: none."""
    if not name:
        return None
    known = {clean(k): v for k, v in wordlists.known_columns().items()}
    lexicon = wordlists.columns().categories
    stem = _TAIL.sub("", name)
    for candidate in dict.fromkeys((name, stem)):
        if candidate in known:
            return known[candidate], _EXACT
        for category, words in lexicon.items():
            if candidate in words.names:
                return category, _EXACT
    best: tuple[int, str] | None = None
    for category, words in lexicon.items():
        for mark in words.marks:
            if mark in name and (best is None or len(mark) > best[0]):
                best = (len(mark), category)
    if best is not None:
        return best[1], _MARK
    for candidate in dict.fromkeys((name, stem)):
        for category, words in lexicon.items():
            for ending in words.endings:
                if candidate.endswith(ending) and (best is None or len(ending) > best[0]):
                    best = (len(ending), category)
        if best is not None:
            return best[1], _ENDING
    last: tuple[int, int, str] | None = None
    for category, words in lexicon.items():
        for word in words.words:
            at = name.rfind(word)
            if at >= 0 and (last is None or (at + len(word), len(word)) > last[:2]):
                last = (at + len(word), len(word), category)
    return (last[2], _WEAK) if last is not None else None


def _by_titles(entries: Sequence[Entry]) -> str | None:
    if len(entries) < LEAST_TITLES:
        return None
    best: tuple[int, str] | None = None
    for category, words in wordlists.columns().categories.items():
        hits = sum(any(word in e.title for word in words.titles) for e in entries)
        if hits * 2 > len(entries) and (best is None or hits > best[0]):
            best = (hits, category)
    return best[1] if best is not None else None


def _are_budgets(entries: Sequence[Entry]) -> bool:
    """Whether titles name budgets and accounts, but for a few."""
    words = wordlists.columns().categories["yujuesuan"].titles
    hits = sum(any(word in e.title for word in words) for e in entries)
    return len(entries) >= LEAST_TITLES and hits >= BUDGETS * len(entries)


# --- cadence --------------------------------------------------------------------------------------


def cadence_by_dates(category: Category, entries: Iterable[Entry]) -> tuple[Cadence | None, str]:
    """The cadence that the dates seen suggest where the category's own has no official source, and
    a word on what the dates say. ``None``: the category's own stands."""
    days = sorted({e.published for e in entries if e.published and not e.pinned}, reverse=True)
    if len(days) < LEAST_DATED:
        return None, ""
    gaps = [(newer - older).days for newer, older in itertools.pairwise(days)][:24]
    typical = median(gaps)
    words = f"已见的信息约{_interval(typical)}更新一次"
    if not category.unconfirmed or category.id not in PERIODIC:
        return None, words
    suggested = _rhythm(typical, max(gaps), days)
    return (None if suggested == category.cadence else suggested), words


def _rhythm(typical: float, longest: int, days: Sequence[date]) -> Cadence | None:
    """A limit with room for the publishing itself (what is monthly is due after two months), and
    one that the column has always kept."""
    if typical <= 10:
        return None  # many items a week do not make a duty of two weeks
    if typical > 250:
        return _yearly(days) or Cadence(months=12)
    for bound, limit, cadence in (
        (45, 60, Cadence(days=60)),
        (135, 120, Cadence(days=120)),
        (250, 270, Cadence(months=9)),
    ):
        if typical <= bound and longest <= limit:
            return cadence
    return Cadence(months=12)


def _yearly(days: Sequence[date]) -> Cadence | None:
    """Once a year in the same season: due by the end of the month after the latest of them."""
    if len({d.year for d in days}) < len(days) or max(d.month for d in days) > 11:
        return None
    if max(d.month for d in days) - min(d.month for d in days) > 3:
        return None
    month = max(d.month for d in days) + 1
    last = date(2001, month % 12 + 1, 1) - timedelta(days=1) if month < 12 else date(2001, 12, 31)
    return Cadence(yearly_by=f"{month:02d}-{last.day:02d}")


def _interval(days: float) -> str:
    if days < 1.5:
        return "每天"
    if days <= 10:
        return f"{days:.0f}天"
    if days <= 45:
        return f"{days / 7:.0f}周"
    if days <= 320:
        return f"{days / 30.4:.0f}个月"
    return f"{days / 365:.0f}年"


# --- units ----------------------------------------------------------------------------------------


def group_of(name: str, heading: str = "") -> UnitGroup:
    """The group of a unit by its name, else by what stands over it."""
    bare = clean(name)
    groups = wordlists.units().groups
    if bare in groups[UnitGroup.CITY].names:
        return UnitGroup.CITY
    for group in (UnitGroup.PARTY, UnitGroup.TOWN):
        if bare.endswith(groups[group].endings):
            return group
    for group in (UnitGroup.PARTY, UnitGroup.TOWN):
        if any(word in heading for word in groups[group].headings):
            return group
    return UnitGroup.DEPARTMENT


def unit_in(name: str, units: Iterable[str]) -> tuple[str, bool] | None:
    """The unit that a column's name names: alone (sure), or before what it is about (not sure).

    Several that fit are none, but for one that is the longer form of the other.
    """
    bare = clean(name)
    forms = {form: unit for unit in units for form in forms_of(unit)}
    if bare in forms:
        return forms[bare], True
    starting = [f for f in forms if len(f) >= 3 and bare.startswith(f) and len(bare) > len(f)]
    if starting:
        longest = max(starting, key=len)
        return forms[longest], False
    return None


def forms_of(unit: str) -> tuple[str, ...]:
    """A unit's name as it may stand: whole, without the city, with 市 / 县 / 区 before it."""
    bare = clean(unit)
    found = _CITY.match(bare)
    if found is not None:
        rest = bare[found.end(1) :]
        return tuple(dict.fromkeys((bare, rest, f"{found[1][-1]}{rest}")))
    if len(bare) >= 4 and bare[0] in "市县区":
        return bare, bare[1:]
    return (bare,)


def city_in(*texts: str | None) -> str | None:
    """The city, county or district that a text names as a government; ``None``: none."""
    for text in texts:
        found = _GOVERNMENT.search("".join((text or "").split()))
        if found is not None:
            return found[1]
    return None


_GOVERNMENT = re.compile(
    r"([\u4e00-\u9fff]{2,8}?(?:自治区|省|市|县|区|旗|州|盟))(?:人民政府|政府|委员会)"
)
