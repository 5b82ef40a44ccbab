"""The fields of an article or a disclosure entry, each with its origin and how sure it is.

Every field is tried in a written order, visible text before meta tags: templates copied between
sites keep wrong meta values, and a publication date in a tag is often the date of a rebuild. What
lost is kept for ``probe``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from checks.facts import DateState
from crawler import urls
from crawler.extract import dates
from crawler.extract.choices import Candidate, Choice, choose
from crawler.extract.container import Found
from crawler.extract.labels import EMPTY, Field, next_cell, unbracketed
from crawler.extract.titles import Heading, covers_most, in_furniture
from crawler.extract.tree import El, Tree, bare, squeeze

# --- date ----------------------------------------------------------------------------------------

_DATED_NAMES = re.compile(
    r"time|date|pub|fbsj|riqi|rq|shijian|info|source|attr|msg|sub|property|from|author|describe|ly|post|massage|bar"
)
_SCRIPT_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d\s*[-/年]\s*\d{1,2}\s*[-/月]\s*\d{1,2}(?!\d)")
_WEEKDAY = re.compile(r"[(（]?(?:星期|周)[一二三四五六日天][)）]?")
_WRITTEN = re.compile(r"document\.write(?:ln)?\(\s*([\"'])([^\"'<>]{2,40})\1\s*\)")
_PUB_SCRIPT = re.compile(
    r"pub_?(?:lish)?_?(?:date|time)|fbsj|发布(?:时间|日期)|docreltime|createdate", re.I
)


@dataclass(slots=True)
class Dated:
    """The publish date, and what it means when there is none."""

    choice: Choice[date]
    state: DateState


def _lines_of(tree: Tree, body: El | None) -> tuple[int, int]:
    """First and last line of the body."""
    if body is None:
        return (0, 0)
    first = last = 0
    for number, line in enumerate(tree.lines):
        if body.holds(line.block):
            first = first or number
            last = number
    return first, last


def _inside(item: Field, bounds: tuple[int, int]) -> float:
    """How much less a label is believed that stands in the body: at its edges it may be the page's
    own line, further in it is a cited text's."""
    if item.cited:
        return 0.7
    if item.line - bounds[0] <= 2:
        return 0.15
    return 0.3 if bounds[1] - item.line <= 2 and item.leads else 0.7


def _first_cell_date(item: Field) -> date | None:
    raw = item.raw[:80]
    found = dates.find(raw, 1)
    if found and found[0].start <= 24:
        return found[0].date
    return None


def read_date(
    tree: Tree,
    url: str,
    labels: list[Field],
    heading: Heading | None,
    body: Found | None,
    entry: bool,
) -> Dated:
    """The publication date (日期 as shown), in the order: label, place, tag, meta, address."""
    out: list[Candidate[date]] = []
    meta_text = _first_meta(
        tree,
        (
            "pubdate",
            "publishdate",
            "firstpublishedtime",
            "publishedtime",
            "article:published_time",
            "published",
            "pubtime",
            "docreltime",
            "releasedate",
        ),
    )
    meta = dates.stamp(meta_text) if meta_text else None
    lines = tree.lines
    start = heading.line if heading else 0
    body_el = body.el if body else None
    bounds = _lines_of(tree, body_el)
    empty_label: Field | None = None
    partial: Field | None = None
    for item in labels:
        group = item.group
        if group not in _DATE_GROUPS:
            continue
        base = _DATE_GROUPS[group]
        if group == "made" and entry:
            base = 0.9
        found = _first_cell_date(item)
        inside = (
            body_el is not None
            and body_el.holds(item.block)
            and not (heading and body_el.holds(heading.el))
        )
        if found is None:
            if (
                group in {"published", "dated"}
                and not inside
                and abs(item.line - start) <= 25
                and not item.value
            ):
                scripted = _script_value(tree, item.block)
                if scripted:
                    out.append(Candidate(scripted, f"script after label {item.label}", 0.85))
                elif group == "published" or item.label in {"日期", "时间"}:
                    empty_label = empty_label or item
            elif group in {"published", "dated"} and dates.only_month_day(item.value):
                partial = partial or item
            continue
        if (
            not dates.whole(item.value)
            and group in {"dated", "made"}
            and len(bare(item.value)) > 24
        ):
            base -= 0.25  # a sentence such as 时间：2024年5月1日至3日
        confidence = base
        distance = item.line - start
        if inside:
            confidence -= _inside(item, bounds)
        elif heading and not -6 <= distance <= 30 and group in {"dated", "updated"}:
            confidence -= 0.35
        elif heading and not -12 <= distance <= 60:
            confidence -= 0.1
        if item.block.hidden or in_list_row(item.block, lines[item.line].linked):
            confidence -= 0.35
        if in_footer(item.block):
            confidence -= 0.65
        if found == meta:
            confidence += 0.03
        elif meta and group == "updated" and meta < found:
            confidence -= 0.12
        out.append(Candidate(found, f"label {item.label}", min(confidence, 0.99)))
    tagged = _tagged(tree)
    if tagged:
        out.append(Candidate(tagged, "publishtime element", 0.93 + 0.02 * (tagged == meta)))
    if not any(item.confidence >= 0.85 for item in out):
        out.extend(_unlabelled(tree, heading, body_el, meta))
        scripted = _script_beside(tree, heading, body_el)
        if scripted:
            out.append(Candidate(scripted, "script beside the heading", 0.75))
    if meta:
        out.append(Candidate(meta, "meta PubDate", 0.7))
    in_url = urls.url_date(url)
    if in_url and (heading or body):
        out.append(Candidate(in_url, ADDRESS, 0.4))
    choice = choose([item for item in out if item.confidence > 0.3])
    for candidate in out:
        if candidate.confidence <= 0.3:
            candidate.lost = "not the publication of this page"
            choice.candidates.append(candidate)
    read = choice.read
    if read is not None and read.where != ADDRESS:
        return Dated(choice, DateState.READ)
    doubt = (
        partial is not None
        or heading is None
        or body is None
        or (empty_label is not None and _filled_by_script(tree, empty_label))
        or _written_by_script(tree)
        or _image_after_heading(tree, heading, body.el)
    )
    if read is not None:
        if doubt:  # the page may print a date that we could not read: nobody is to be blamed
            choice.read = replace(read, where=f"{ADDRESS}, date not read")
        return Dated(choice, DateState.READ)
    if partial is not None:
        return Dated(choice, DateState.MONTH_DAY)
    return Dated(choice, DateState.UNREAD if doubt else DateState.ABSENT)


ADDRESS = "address"
"""Where a date was found that the page itself does not print."""


def _written_by_script(tree: Tree) -> bool:
    """A script may write the date of publication into the page."""
    return any(
        _PUB_SCRIPT.search(script.text)
        or ("document.write" in script.text and _SCRIPT_DATE.search(script.text))
        for script in tree.scripts
    )


_DATE_GROUPS = {"published": 0.95, "dated": 0.9, "updated": 0.8, "made": 0.72, "signed": 0.62}


def _first_meta(tree: Tree, names: tuple[str, ...]) -> str:
    for name in names:
        value = tree.metas.get(name)
        if value:
            return value
    return ""


_FOOTER = re.compile(r"foot|copyright|bottom|friend")


def in_footer(el: El) -> bool:
    """Whether an element lies in the page's footer."""
    return any(
        at.tag == "footer" or (at.names and _FOOTER.search(at.names) and not covers_most(at))
        for at in el.up()
    )


def in_list_row(block: El, linked: int) -> bool:
    """Whether a line lies in a row of links: its date is that link's."""
    return linked > 0 and any(at.tag == "li" for _, at in zip(range(3), block.up(), strict=False))


def _tagged(tree: Tree) -> date | None:
    for el in tree.elements:
        if el.tag in {"publishtime", "time"}:
            found = dates.first(el.text(hidden=True)) or (
                dates.stamp(el.get("datetime"))
                if el.get("pubdate") or el.tag == "publishtime"
                else None
            )
            if found and el.tag == "publishtime":
                return found
    return None


def _script_value(tree: Tree, block: El) -> date | None:
    """A date that an inline script inside ``block`` writes."""
    for script in tree.scripts:
        if block.holds(script.el):
            match = _SCRIPT_DATE.search(script.text)
            if match:
                return dates.first(match[0])
    return None


def _script_text(tree: Tree, block: El) -> str:
    """The one text that inline scripts inside ``block`` write; ``""`` when they write none or more."""
    found: set[str] = set()
    for script in tree.scripts:
        if block.holds(script.el):
            for match in _WRITTEN.finditer(script.text[:4000]):
                text = trim_source(match[2])
                if text and not dates.find(text, 1) and not text.isascii():
                    found.add(text)
    return found.pop() if len(found) == 1 else ""


def _script_beside(tree: Tree, heading: Heading | None, body: El | None) -> date | None:
    """The one date in a script that writes into the place between heading and body."""
    if heading is None or body is None:
        return None
    found: set[date] = set()
    for script in tree.scripts:
        if heading.el.end <= script.el.index < body.index and "document.write" in script.text:
            found.update(item.date for item in dates.find(script.text[:4000], 3))
    return found.pop() if len(found) == 1 else None


def _filled_by_script(tree: Tree, item: Field) -> bool:
    """Whether the place of an empty label waits for a script: a script or an empty hook in it."""
    scope = item.block
    if any(scope.holds(script.el) for script in tree.scripts):
        return True
    for el in scope.descend():
        if (
            el is not scope
            and not el.kids
            and el.tag in {"span", "em", "i", "b", "font", "label", "p", "div"}
            and el.get("id")
        ):
            return True
        if el.tag == "img":
            return True
    return "{{" in item.raw


def _image_after_heading(tree: Tree, heading: Heading, body: El) -> bool:
    """Whether a small picture stands where the date would: between heading and body."""
    for image in tree.images:
        if heading.el.end <= image.index < body.index:
            address = image.get("src").lower()
            if "date" in address or "time" in address or "rq" in address:
                return True
    return False


def _unlabelled(
    tree: Tree, heading: Heading | None, body: El | None, meta: date | None
) -> list[Candidate[date]]:
    """Dates without a label that stand by the heading, where date and source are printed."""
    lines = tree.lines
    out: list[Candidate[date]] = []
    first = max(0, heading.line - 4) if heading else 0
    last = heading.line + 14 if heading else len(lines)
    held = heading is not None and body is not None and body.holds(heading.el)
    for number in range(first, min(last, len(lines))):
        line = lines[number]
        size = sum(map(len, line.parts))
        if size > 4000 or line.linked * 2 > size:
            continue
        text = line.text
        if len(text) > 160:
            continue
        in_body = body is not None and body.holds(line.block)
        if in_body and (not held or number > (heading.line if heading else 0) + 4):
            break
        found = dates.find(text, 1)
        if (
            not found
            and size <= 12
            and len(line.parts) > 1
            and (day := dates.loose("\x1f".join(line.parts)))
        ):
            found = [dates.Found(day, 0, len(text))]  # a day box: 08 over 2023-11
        if not found or (
            heading and number == heading.line and bare(heading.text).startswith(line.bare)
        ):
            continue
        at = found[0]
        rest = bare(text[: at.start] + text[at.end :])
        if heading and number > heading.line and "今" not in rest and "现在" not in rest:
            rest = _WEEKDAY.sub("", rest)
        named = any(
            _DATED_NAMES.search(el.names)
            for _, el in zip(range(2), line.block.up(), strict=False)
            if el.names
        )
        sure = 0.62
        if heading and number == heading.line and rest == bare(heading.text):
            out.append(Candidate(at.date, "in the heading's line", 0.82))
            continue
        if "星期" in rest and number < (heading.line if heading else 10**6):
            continue
        if dates.whole(text):
            sure = 0.8
        elif (
            "来源" in rest
            or "字体" in rest
            or "字号" in rest
            or "浏览" in rest
            or "阅读" in rest
            or "作者" in rest
            or "点击" in rest
        ):
            sure = 0.84
        elif len(rest) > 40 or in_furniture(line.block) or "星期" in rest or "今天" in rest:
            continue
        if named:
            sure += 0.05
        if at.date == meta:
            sure += 0.05
        if heading is None:
            sure -= 0.2
        elif number < heading.line:
            sure -= 0.12
        out.append(Candidate(at.date, "beside the heading", sure))
    return out


# --- source and the rest ---------------------------------------------------------------------------


def read_source(
    tree: Tree,
    labels: list[Field],
    heading: Heading | None,
    body: Found | None,
    entry: bool = False,
) -> tuple[Choice[str], bool, Choice[str], bool]:
    """Source as written, whether a source label is printed, the issuer of an entry, and whether a
    script may show either in the place of its label."""
    out: list[Candidate[str]] = []
    issuers: list[Candidate[str]] = []
    printed = hidden = False
    start = heading.line if heading else 0
    body_el = body.el if body else None
    bounds = _lines_of(tree, body_el)
    meta = squeeze(tree.metas.get("contentsource", "") or tree.metas.get("source", ""))
    titles = {bare(tree.metas.get("articletitle", "")), bare(heading.text) if heading else ""}
    if meta.lower() in EMPTY or bare(meta) in titles:
        meta = ""  # some templates print the title there
    for item in labels:
        group = item.group
        if group not in {"source", "supplier", "issuer"}:
            continue
        inside = (
            body_el is not None
            and body_el.holds(item.block)
            and not (heading and body_el.holds(heading.el))
        )
        far = heading is not None and not -12 <= item.line - start <= 60
        value = trim_source(item.value)
        # An empty place that a script may fill is not known to be empty: it accuses nobody.
        if group == "source" and not inside and not item.block.hidden:
            printed = printed or bool(value) or not _filled_by_script(tree, item)
        if not value and group in {"source", "issuer"} and not inside and not item.block.hidden:
            hidden = hidden or _waits(tree, item)
        if not value and group == "source":
            scripted = "" if inside or far else _script_text(tree, item.block)
            if scripted:
                out.append(Candidate(scripted, f"script after label {item.label}", 0.8))
            continue
        if not value or len(value) > 60:
            continue
        base = {"source": 0.93, "supplier": 0.78, "issuer": 0.74}[group]
        if group == "issuer" and entry:  # what the page's own table says is before a tag
            base = 0.78 if meta else 0.82
        if inside:
            base -= _inside(item, bounds)
        elif far:
            base -= 0.2
        if item.block.hidden:
            base -= 0.3
        if value == meta:
            base += 0.05
        read = Candidate(value, f"label {item.label}", base)
        if group == "issuer":
            issuers.append(Candidate(value, f"label {item.label}", min(0.97, base + 0.2)))
        out.append(read)
    if meta:
        out.append(Candidate(meta, "meta ContentSource", 0.76 if not printed else 0.6))
    if "contentsource" in tree.metas:
        printed = True
    choice = choose([item for item in out if item.confidence > 0.45])
    choice.candidates.extend(
        Candidate(item.value, item.where, item.confidence, "not about this page")
        for item in out
        if item.confidence <= 0.45
    )
    return choice, printed, choose(issuers), hidden


def _waits(tree: Tree, item: Field) -> bool:
    """Whether a script fills the place of an empty label, in its own block or in the next cell."""
    beside = next_cell(item.block)
    return _filled_by_script(tree, item) or (
        beside is not None and any(beside.holds(script.el) for script in tree.scripts)
    )


_SOURCE_END = re.compile(
    r"(?:(?<!\s)\s*+(?:[（(]?(?:19|20)\d\d\s*+[-/.年]\s*+\d{1,2}|\d{1,2}:\d{2})|"
    r"\s(?:作者|编辑|记者|字号|浏览|点击|阅读|发布|时间|日期)).*$",
    re.S,
)


def trim_source(value: str) -> str:
    """A source without the date or counter that follows on its line."""
    value = unbracketed(squeeze(_SOURCE_END.sub("", value)).strip("|｜ ;；,，:：\x1f"))
    return "" if value.lower() in EMPTY else value


_DOCUMENT = re.compile(
    r"^[\u4e00-\u9fff（）()]{1,20}\s*[〔\[［（(【﹝]\s*(?:19|20)\d\d\s*[〕\]］）)】﹞]\s*第?\s*\d{1,5}\s*号$"
)
_INDEX = re.compile(r"^[\w\u4e00-\u9fff()（）\[\]〔〕/\-—.·\s:：]{4,60}$")


def read_index(labels: list[Field]) -> Choice[str]:
    """索引号 of a disclosure entry."""
    out: list[Candidate[str]] = []
    for item in labels:
        if item.group == "index":
            value = item.value.strip()
            if (
                value.lower() not in EMPTY
                and _INDEX.match(value)
                and any(sign.isdigit() for sign in value)
            ):
                out.append(Candidate(value, f"label {item.label}", 0.95))
    return choose(out)


def read_document(labels: list[Field], first_lines: list[str], entry: bool) -> Choice[str]:
    """文号 from its label, or from the head of the body where documents print it."""
    out: list[Candidate[str]] = []
    for item in labels:
        if item.group == "document":
            value = item.value.strip()
            if (
                value.lower() not in EMPTY
                and len(value) <= 60
                and any(sign.isdigit() for sign in value)
            ):
                shaped = _DOCUMENT.match(value) is not None
                if shaped or (entry and len(value) <= 40):
                    out.append(Candidate(value, f"label {item.label}", 0.95 if shaped else 0.85))
    for text in first_lines:
        if len(text) <= 40 and _DOCUMENT.match(text):
            out.append(Candidate(text, "head of the body", 0.8))
            break
    return choose(out)


def is_entry(labels: list[Field]) -> bool:
    """Whether the page shows a disclosure table: 索引号 and at least two of its neighbours, and of
    all of them a value at least: labels alone are the heads of a list."""
    valued = False
    groups: set[str] = set()
    index: set[str] = set()
    near: list[int] = []
    for item in labels:
        if item.group == "index":
            index.add(item.value)
            near.append(item.line)
            valued = valued or bool(item.value)
    if not near or len(index) > 3:
        return False
    for item in labels:
        if min(abs(item.line - line) for line in near) > 30:
            continue
        if item.group in {"issuer", "document", "made", "signed", "named"}:
            groups.add(item.group)
        elif item.label in {
            "主题分类",
            "体裁分类",
            "组配分类",
            "公开方式",
            "公开范围",
            "有效性",
            "信息分类",
            "主题词",
            "时效性",
            "公开形式",
            "分类",
        }:
            groups.add(item.label)
        elif item.group == "published":
            groups.add("published")
        else:
            continue
        valued = valued or bool(item.value)
    return valued and len(groups) >= 2
