"""Honesty of dates (伪造发稿日期, 突击更新): what an entry claims against what was seen.

Every hit is suspected: a person looks at the observations, which stand side by side in the snippet, one
a line. What a snippet says rests on past readings alone, so that what a person rejected stays rejected.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from statistics import median

from checks.dates_facts import (
    CLOCKS,
    Arrival,
    DatesCase,
    Look,
    Row,
    arrivals,
    comparable,
)
from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Fetched
from checks.model import Context, Hit, Remark, Scope, Severity, Unsettled
from checks.proof import months_before, shanghai_day
from checks.sources import INSPECTION, INSPECTION_LINK

_FORGED = Basis(
    INSPECTION,
    "单项否决“安全、泄密事故等严重问题”之五：弄虚作假（如伪造发稿日期）",
    INSPECTION_LINK,
)
_OURS = Basis("本市设置", "从哪些迹象看出日期不实，没有官方口径", unconfirmed=True)
_REMEDY = "请核实真实的发布时间并更正；确属补录、迁移的，请说明情况。"
_HONEST = "只是疑似，不是结论：补录旧文件、网站迁移、审核流程长都会留下同样的痕迹，请先向单位核实。"
SHOWN = 5
"""Entries that one message or snippet names."""


def _title(row: Row) -> str:
    return f"《{row.listed.title[:40]}》"


def _read(look: Look) -> str:
    how = "读到末页" if look.whole else f"按日期递减读到 {look.back_to}"
    return f"{look.on} 第{look.scan_id}次检测：{how}，共{len(look.rows)}条"


# --- backdated entries, sudden filling ------------------------------------------------------------


def _unseen(arrival: Arrival, case: DatesCase, grace: int) -> Look | None:
    """The last reading before its first listing that would have shown the entry if its date were
    true, and did not; ``None``: nothing speaks against it."""
    row, claimed = arrival.row, arrival.row.claimed
    if arrival.first == 0 or claimed is None or row.edited or row.listed.pinned:
        return None
    first = case.looks[arrival.first]
    if row.known_since is not None and row.known_since < first.started:
        return None
    for look in reversed(case.looks[: arrival.first]):
        if (look.on - claimed).days <= grace:
            continue
        if look.would_show(claimed) and comparable(look, first, case.rebuilt):
            return look
    return None


def _late_ones(case: DatesCase, rows: Iterable[Row], grace: int) -> list[tuple[Arrival, Look]]:
    found = []
    for arrival in arrivals(rows, case.looks):
        look = _unseen(arrival, case, grace)
        if look is not None:
            found.append((arrival, look))
    return found


def _sudden(
    case: DatesCase, rows: Sequence[Row], grace: int, months: int, least: int
) -> dict[int, list[Arrival]]:
    """Places of readings at which a silent column was filled, with what filled it."""
    by_place: dict[int, list[Arrival]] = defaultdict(list)
    for arrival, look in _late_ones(case, rows, grace):
        if look is case.looks[arrival.first - 1]:
            by_place[arrival.first].append(arrival)
    for arrival in arrivals(rows, case.looks):
        if _recycled_at(arrival, case) and arrival not in by_place[arrival.first]:
            by_place[arrival.first].append(arrival)
    found = {}
    for place, arrived in sorted(by_place.items()):
        newest = _newest(case.looks[place - 1]) if place else None
        if newest is None or newest >= months_before(case.looks[place - 1].on, months):
            continue
        spread = [a for a in arrived if a.row.claimed is not None and a.row.claimed > newest]
        calendar = {(a.row.claimed.year, a.row.claimed.month) for a in spread if a.row.claimed}
        copies = any(a.row.twin is not None for a in spread)
        if len(spread) >= least and (len(calendar) > 1 or copies):
            found[place] = spread
    return found


def _recycled_at(arrival: Arrival, case: DatesCase) -> bool:
    """It came newly, between two readings of the same list, as a copy of an older text."""
    row = arrival.row
    if arrival.first == 0 or row.twin is None or row.edited or row.listed.pinned:
        return False
    before, first = case.looks[arrival.first - 1], case.looks[arrival.first]
    if row.known_since is not None and row.known_since < first.started:
        return False
    whole = before.whole or before.back_to is not None
    return bool(before.rows) and whole and comparable(before, first, case.rebuilt)


def _newest(look: Look) -> date | None:
    """The newest date that a complete reading showed; later ones than its own day do not count."""
    if not look.whole and look.back_to is None:
        return None
    days = [row.claimed for row in look.rows if row.claimed is not None and row.claimed <= look.on]
    return max(days, default=None)


_GRACE = Param(1, "声称的日期可以比读取日早几日而不算", "日", 0, 366, unconfirmed=True)
_SILENT = Param(3, "此前几个月没有更新算停更", "月", 1, 36, unconfirmed=True)
_LEAST = Param(5, "一次新增几条以上算突击", "条", 2, 100, unconfirmed=True)


@rule(
    id="backdated-entry",
    title="发布日期早于首次见到的时间",
    scope=Scope.COLUMN,
    severity=Severity.SERIOUS,
    basis=(_FORGED, _OURS),
    remedy=_REMEDY,
    doc=Doc(
        checks="栏目以前完整读过一次，当时没有这条信息，而它声称的发布日期比那次读取还早。",
        why="如属实，就是倒填发布日期；伪造发稿日期是单项否决。",
        good="2018-05-28 读过栏目，没有这条；它声称 2018-05-27 发布（相差一日以内）。",
        bad="2018-05-28 栏目读到末页，没有这条；2018-06-04 出现，声称 2018-05-10 发布。",
        mend="改回真实的发布日期；需要注明成文日期的，写在正文或“成文日期”一栏。",
        doubts=_HONEST
        + "置顶的、标有更新时间的、从别的栏目移来的、网站改版前后的、一次大批导入的都不列。",
    ),
    needs=("over_time",),
    params={
        "grace_days": _GRACE,
        "bulk": Param(20, "一次新增超过几条算导入，不列", "条", 1, 10000, unconfirmed=True),
        "silent_months": _SILENT,
        "sudden": _LEAST,
    },
)
def backdated_entry(over_time: DatesCase, context: Context) -> Iterator[Hit | Remark | Unsettled]:
    case, params = over_time, context.params
    rows = () if not isinstance(case.rows, tuple) else case.rows
    grace = params["grace_days"]
    late = _late_ones(case, rows, grace)
    sudden = _sudden(case, rows, grace, params["silent_months"], params["sudden"])
    counts = Counter(arrival.first for arrival, _ in late)
    for place, count in sorted(counts.items()):
        if place in sudden:
            yield Remark("停更后一次补上的，按突击更新记录")
        elif count > params["bulk"]:
            look = case.looks[place]
            yield Remark(f"{look.on} 一次出现 {count} 条旧日期的信息，应是导入或迁移，不逐条列出")
    for arrival, look in late:
        place, row = arrival.first, arrival.row
        if place in sudden or counts[place] > params["bulk"]:
            continue
        first = case.looks[place]
        yield Hit(
            what=row.url,
            message=f"{_title(row)}声称 {row.claimed} 发布，而 {look.on} 读栏目时还没有这条，"
            f"{first.on} 才见到{_by_server(row, look.on)}；要求发布日期与实际发布时间一致",
            snippet="\n".join(_side_by_side(row, look, first)),
            url=row.url,
            suspected=True,
        )
    if case.cut:
        for arrival in arrivals(rows, case.looks):
            if arrival.first == 0:
                yield Unsettled(what=arrival.row.url)


def _side_by_side(row: Row, look: Look, first: Look) -> Iterator[str]:
    yield f"声称：{row.claimed} 发布"
    yield f"{_read(look)}，没有这条"
    yield f"{first.on} 第{first.scan_id}次检测：首次见到这条"


def _by_server(row: Row, after: date) -> str:
    """What the server's own word adds; weak, and never told alone."""
    if row.last_modified is None or row.last_modified <= after:
        return ""
    return f"（服务器记录网页生成于 {row.last_modified}，仅供参考）"


@rule(
    id="sudden-filling",
    title="突击更新",
    scope=Scope.COLUMN,
    severity=Severity.SERIOUS,
    basis=(_FORGED, _OURS),
    remedy="请核实这批信息真实的发布时间；今后请按更新周期及时发布。",
    doc=Doc(
        checks="停更几个月的栏目，两次读取之间忽然多出一批信息，声称的日期散布在停更的几个月里，"
        "或者是旧文重发。",
        why="如属实，就是为应付检查突击补填，是弄虚作假；单项否决。",
        good="停更三个月后一次发布6条，日期都是发布当天。",
        bad="2018-05-28 读过栏目，最新是 2018-01-10；2018-06-04 多出6条，声称从2月到5月陆续发布。",
        mend="更正这批信息的日期；平时按周期更新，不要攒到检查前。",
        doubts=_HONEST + "第一次读到的栏目、网站改版前后的都不列。",
    ),
    needs=("over_time",),
    params={"entries": _LEAST, "silent_months": _SILENT, "grace_days": _GRACE},
)
def sudden_filling(over_time: DatesCase, context: Context) -> Iterator[Hit]:
    case, params = over_time, context.params
    rows = () if not isinstance(case.rows, tuple) else case.rows
    found = _sudden(case, rows, params["grace_days"], params["silent_months"], params["entries"])
    if not found:
        return
    place = max(found)
    filled = sorted(found[place], key=lambda a: (a.row.claimed or date.min, a.row.url))
    before, first = case.looks[place - 1], case.looks[place]
    days = [a.row.claimed for a in filled if a.row.claimed is not None]
    copies = sum(a.row.twin is not None for a in filled)
    recycled = f"，其中 {copies} 条与旧文相同" if copies else ""
    newest = _newest(before)
    spread = f"{min(days)} 至 {max(days)} 陆续" if len(set(days)) > 1 else f"都在 {min(days)} "
    lines = [f"{_read(before)}，最新一条 {newest}"]
    lines += [f"{first.on} 第{first.scan_id}次检测：新增 {len(filled)} 条{recycled}"]
    lines += [f"声称 {a.row.claimed}：{_title(a.row)}" for a in filled[:SHOWN]]
    yield Hit(
        what="",
        message=f"栏目从 {newest} 起没有更新，{before.on} 至 {first.on} 之间一次多出 {len(filled)} 条，"
        f"声称 {spread}发布{recycled}；要求及时更新，不得突击补填",
        snippet="\n".join(lines),
        suspected=True,
    )


# --- out of order ---------------------------------------------------------------------------------

NEAR = 5
"""Neighbours by number that are looked at on either side."""
AGREE = 4
"""Of those with lower numbers, how many must be later than the entry claims."""
ABOVE = 2
"""How many with higher numbers there must be; all that are near must be later as well."""
IN_A_ROW = 3
"""More consecutive numbers than these with old dates are an import."""


def _too_early(group: Sequence[Row], tolerance: int) -> list[tuple[Row, list[Row]]]:
    """Rows of one series whose numbers lie among much later ones, each with its neighbours.

    A draft that was published long after its making has a later date than its number suggests:
    that is ordinary, and never told. Nothing is told of a series in which a tenth is out of order.
    """
    ordered = sorted(group, key=lambda row: (row.number.value if row.number else 0, row.url))
    days = [row.claimed or date.min for row in ordered]
    limit = timedelta(days=tolerance)
    level: list[int] = []
    low: list[int] = []
    below: dict[int, list[int]] = {}
    for i, day in enumerate(days):
        near = level[-NEAR:]
        if sum(days[j] - day > limit for j in near) >= AGREE:
            low.append(i)
            below[i] = near
        else:
            level.append(i)
    if len(low) * 10 > max(len(ordered), 10):
        return []
    found = []
    for run in _runs(low):
        if len(run) > IN_A_ROW:
            continue
        for i in run:
            above = [j for j in level if j > i][:NEAR]
            if len(above) < ABOVE or any(days[j] - days[i] <= limit for j in above):
                continue
            about = [ordered[j] for j in (*below[i], *above[:ABOVE])]
            if not _there_before(ordered[i], about):
                found.append((ordered[i], about))
    return found


def _there_before(row: Row, near: Sequence[Row]) -> bool:
    """It was met before its neighbours claim to have been published: the numbers follow no time."""
    if row.known_since is None:
        return False
    return any(shanghai_day(row.known_since) < other.claimed for other in near if other.claimed)


def _runs(places: Iterable[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _series(rows: Iterable[Row]) -> list[list[Row]]:
    groups: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        if row.number is not None and row.claimed is not None and not row.edited:
            groups[row.number.series].setdefault(row.number.value, row)
    return [list(groups[series].values()) for series in sorted(groups)]


def _against_address(rows: Sequence[Row], days: int) -> list[Row]:
    """Rows whose address was built with quite another date; none where a fifth of them are so:
    then the date in the addresses is another one (of a migration, of drafting)."""
    built = [row for row in rows if row.in_address is not None and row.claims and not row.edited]
    limit = timedelta(days=days)
    off = [
        row
        for row in built
        if all(abs(day - (row.in_address or day)) > limit for day in row.claims)
    ]
    return off if len(off) * 5 <= len(built) else []


@rule(
    id="date-out-of-order",
    title="发布日期与系统编号不符",
    scope=Scope.COLUMN,
    severity=Severity.SERIOUS,
    basis=(_FORGED, _OURS),
    remedy=_REMEDY,
    doc=Doc(
        checks="系统按录入先后给网页编号；编号夹在很晚的信息之间、声称的日期却早得多的，"
        "或者网址里的日期与声称的日期相差很远的。",
        why="如属实，发布日期是改过的；伪造发稿日期是单项否决。",
        good="编号 5010 的信息声称 5月20日，前后编号都是5月中下旬。",
        bad="编号 5010 的信息声称 2月1日，而编号 5005 至 5015 的都是5月下旬。",
        mend="改回真实的发布日期；需要注明成文日期的，写在正文或“成文日期”一栏。",
        doubts=_HONEST + "整批编号都不按日期的（导入、迁移）不列；草稿放久了才发的不列。",
    ),
    needs=("dated",),
    params={
        "least": Param(10, "同一编号系列至少几条才判断", "条", 6, 1000, unconfirmed=True),
        "days": Param(30, "比相邻编号早几日以上才算", "日", 1, 3660, unconfirmed=True),
        "address_days": Param(
            60, "与网址里的日期相差几日以上才算", "日", 1, 3660, unconfirmed=True
        ),
    },
)
def date_out_of_order(dated: DatesCase, context: Context) -> Iterator[Hit]:
    rows = () if not isinstance(dated.rows, tuple) else dated.rows
    params = context.params
    told: dict[str, tuple[Row, list[str], list[str]]] = {}
    for group in _series(rows):
        if len(group) < params["least"]:
            continue
        for row, near in _too_early(group, params["days"]):
            about = date.fromordinal(
                int(median(other.claimed.toordinal() for other in near if other.claimed))
            )
            value = row.number.value if row.number else 0
            words = [f"编号 {value} 的前后都在 {about} 前后发布"]
            lines = [
                f"编号 {other.number.value if other.number else 0}：声称 {other.claimed}{_title(other)}"
                for other in sorted([*near, row], key=lambda r: r.number.value if r.number else 0)
            ]
            told[row.url] = (row, words, lines)
    for row in _against_address(rows, params["address_days"]):
        _, words, lines = told.setdefault(row.url, (row, [], []))
        words.append(f"网址里的日期是 {row.in_address}")
        lines.append(f"网址：{row.url}")
    for url, (row, words, lines) in sorted(told.items()):
        after = (row.claimed or date.min) + timedelta(days=params["days"])
        yield Hit(
            what=url,
            message=f"{_title(row)}声称 {row.claimed} 发布，而{'，'.join(words)}{_by_server(row, after)}；"
            "要求发布日期与实际发布时间一致",
            snippet="\n".join(lines),
            url=url,
            suspected=True,
        )


# --- the future, old texts anew -------------------------------------------------------------------


@rule(
    id="future-date",
    title="发布日期晚于读取时间",
    scope=Scope.COLUMN,
    severity=Severity.COMMON,
    basis=(_FORGED, _OURS),
    remedy="请把发布日期改为真实的日期。",
    doc=Doc(
        checks="信息声称的发布日期晚于读到它的那一天。",
        why="还没有到的日子不可能已经发布：不是填错，就是想让栏目显得没有过期。",
        good="2018-06-04 读到，声称 2018-06-04 发布。",
        bad="2018-06-04 读到，声称 2018-07-01 发布。",
        mend="改为真实的发布日期。",
        doubts="列表里印的可能是会议日期、截止日期：请打开文章核对。",
    ),
    needs=("rows", "read_at"),
)
def future_date(rows: tuple[Row, ...], read_at: Fetched | None) -> Verdict:
    if read_at is None:
        return None
    day = shanghai_day(read_at.at + CLOCKS)
    return [
        Hit(
            what=row.url,
            message=f"{_title(row)}声称 {row.claims[0]} 发布，而 {shanghai_day(read_at.at)} 就已读到；"
            "要求发布日期真实",
            snippet=f"声称：{row.claims[0]} 发布\n{_title(row)}",
            url=row.url,
            suspected=True,
        )
        for row in rows
        if row.claims and row.claims[0] > day
    ]


@rule(
    id="recycled-text",
    title="旧文改换日期重发",
    scope=Scope.COLUMN,
    severity=Severity.SERIOUS,
    basis=(_FORGED, _OURS),
    remedy="请撤下重复发布的旧文，或者恢复原来的发布日期。",
    doc=Doc(
        checks="应当更新的栏目里，正文与以前发布的另一篇完全相同，只是换了日期。",
        why="如属实，就是用旧文充作新信息，是弄虚作假。",
        good="同一篇通知同一天发在两个栏目。",
        bad="2018-05-30 发布的通知，正文与 2017-11-02 发布的一字不差。",
        mend="撤下重复的；确需重申的，请写明“重发”和原来的发布日期。",
        doubts=_HONEST + "正文短的、附件不同的、日期相近的不列。",
    ),
    needs=("dated",),
    params={"gap_days": Param(30, "两次发布相隔几日以上才算", "日", 1, 3660, unconfirmed=True)},
)
def recycled_text(dated: DatesCase, context: Context) -> Iterator[Hit]:
    for row in dated.rows if isinstance(dated.rows, tuple) else ():
        twin = row.twin
        if twin is None or not row.claims or row.edited:
            continue
        if (row.claims[0] - twin.claimed).days <= context.params["gap_days"]:
            continue
        yield Hit(
            what=row.url,
            message=f"{_title(row)}声称 {row.claimed} 发布，正文与 {twin.claimed} 发布的"
            f"《{twin.title[:40]}》完全相同；要求以新的信息更新栏目",
            snippet=f"{row.claims[0]} 发布：{_title(row)} {row.url}\n"
            f"{twin.claimed} 发布：《{twin.title[:40]}》 {twin.url}",
            url=row.url,
            suspected=True,
        )
