"""Leaders (领导信息): who stands on a page, with post, photo, duties and résumé.

Read are labels (姓名, 职务, 分工, 简历), tables with such a heading, headings of post and name, and
sentences that only a résumé or a statement of duties begins with. A page with several leaders is cut
where the next name stands. What might be there unseen (tabs, panes of a script) counts as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from checks.parts import Leader
from config import interaction_words
from crawler.extract import fields
from crawler.extract.letters import Vocabulary
from crawler.extract.titles import covers_most
from crawler.extract.tree import El, Line, Tree, bare, squeeze

MOST = 60
"""Leaders that are read of one page."""
MOST_LINES = 3000
LONGEST_HEAD = 60
"""Characters of a line that can be a heading of post and name."""
TABS = 2
"""Labels without a value one after another from which on they are tabs."""
SMALL = 50
"""Pixels up to which a picture is no photo."""
NAME, POST, DUTIES, RESUME = "姓名", "职务", "分工", "简历"

_HINT = re.compile("简历|履历|分工|分管|职务|[，,]\\s*[男女]\\s*[，,]")
_CHINESE = "\u4e00-\u9fff"
_RESUME = re.compile(
    f"^(?P<name>[{_CHINESE}·]{{2,8}}?)(?:同志)?[（(，,、：:]{{1,2}}(?:性别[：:]?)?[男女](?:性)?[，,、；;。]"
)
_NOW = re.compile("现任(?P<post>[^。；;，,\n]{2,60})")
_LIFE = re.compile(
    r"(?:19|20)\d\d\s*[年.]\s*\d{0,2}\s*月?\s*(?:出生|生|参加工作|入党|加入中国共产党|毕业|[-—–至~])"
)
_DUTY = re.compile(
    f"^(?:[（(]?[一二三四五六七八九十\\d]{{1,2}}[)）、.．]\\s*)?(?:主持|负责|分管|协管|协助|主管)[{_CHINESE}“（(]{{2}}"
)
_ICON = re.compile(
    r"icon|logo|banner|btn|button|arrow|weixin|wechat|qrcode|erweima|ewm|gongan|beian|jiucuo|zfwzzc|"
    r"dzjg|line|dot|blank|spacer|search|print|share|close|nopic|nophoto|default|bg[._-]|_bg|title|top[._-]"
)
_FRAME = re.compile(r"head|nav|foot|banner|logo|share|code|menu|crumb|link|ewm|wei")


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary.of(interaction_words.leaders().labels)


@cache
def _head() -> re.Pattern[str]:
    posts = "|".join(sorted(interaction_words.leaders().posts, key=len, reverse=True))
    name = f"[{_CHINESE}]{{1,4}}(?:[ ·][{_CHINESE}]{{1,4}})?"
    return re.compile(
        rf"^(?:(?P<post>[{_CHINESE}、，,（）() ]{{0,40}}(?:{posts}))[：: ]{{1,3}}(?P<name>{name})"
        rf"|(?P<name2>{name})[：:，, ]{{1,3}}(?P<post2>[{_CHINESE}、，,（）() ]{{0,40}}(?:{posts})))$"
    )


@cache
def _post() -> re.Pattern[str]:
    """A line that is a post and nothing else: 市委常委、常务副市长."""
    posts = "|".join(sorted(interaction_words.leaders().posts, key=len, reverse=True))
    return re.compile(rf"[{_CHINESE}、，,（）() ]{{0,40}}(?:{posts})")


def name_of(text: str) -> str:
    """A person's name without blanks; empty where the text is no name."""
    words, found = interaction_words.leaders(), bare(text)
    if not re.fullmatch(f"[{_CHINESE}]{{2,4}}|[{_CHINESE}]{{2,8}}·[{_CHINESE}]{{2,8}}", found):
        return ""
    if found in words.not_names or any(found.endswith(post) for post in words.posts):
        return ""
    letters = interaction_words.letters()
    surname = found[0] in letters.surnames or found.startswith(letters.double_surnames)
    return found if surname or "·" in found else ""


@dataclass(slots=True)
class _Person:
    name: str
    block: El | None
    post: str = ""
    texts: dict[str, bool] = field(default_factory=dict)
    """Label or element → whether something stands there."""
    order: list[str] = field(default_factory=list)
    """Labels as they came."""


def read(tree: Tree, title: str | None = None) -> tuple[Leader, ...]:
    """The leaders of the page, in their order; none where it surely shows none. ``title``: the
    page's."""
    text = "".join(part for line in tree.lines[:MOST_LINES] for part in line.parts)
    if not _HINT.search(text):
        return ()
    people = list(_tabled(tree)) or list(_told(tree, title))
    photos = [el for el in tree.images if _is_photo(el)]
    return tuple(
        Leader(
            name=person.name,
            post=person.post,
            has_photo=_has_photo(person, people, photos, tree),
            has_resume=_there(person, RESUME),
            has_duties=_there(person, DUTIES),
            blank=tuple(k for k in (DUTIES, RESUME) if person.texts.get(k) is False),
        )
        for person in people[:MOST]
    )


def _there(person: _Person, key: str) -> bool:
    return person.texts.get(key, False)


# --- lines ----------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, title: str | None, tree: Tree) -> None:
        self.people: list[_Person] = []
        self.tree = tree
        self.pending = ""
        """The label whose text may stand in the next line."""
        self.pending_block: El | None = None
        name, post = _named(squeeze(title or ""))
        if name:
            self.people.append(_Person(name, None, post))

    def start(self, name: str, post: str, block: El) -> None:
        now = self.people[-1] if self.people else None
        if now is not None and now.name == name:
            now.post = now.post or post
            now.block = now.block or block
            return
        known = next((p for p in self.people if p.name == name), None)
        if known is not None:  # named again, in a list of all of them
            self.people.remove(known)
            self.people.append(known)
            return
        self.people.append(_Person(name, block, post))

    def line(self, line: Line) -> None:
        self.unseen(line.block.index)
        found = _vocabulary().find([line], line.block)
        if found:
            for item in found:
                self.label(item.key, item.value, line.block)
            return
        text = squeeze("".join(line.parts))
        if not text:
            return
        pending, self.pending = self.pending, ""
        now = _NOW.search(text)
        if pending == NAME and (name := name_of(text)):
            self.start(name, "", line.block)
        elif pending == POST:
            self.post(text)
        elif resume := _RESUME.match(bare(text[:60])):
            if name := name_of(resume["name"]):
                self.start(name, "", line.block)
            self.has(RESUME)
            self.post(now["post"] if now else "")
        elif len(text) <= LONGEST_HEAD and (named := _named(text))[0]:
            self.start(*named, line.block)
        elif len(text) <= LONGEST_HEAD and self.people and _post().fullmatch(text):
            self.post(text)
        elif pending in (DUTIES, RESUME):
            self.has(pending)
        elif _DUTY.match(text):
            self.has(DUTIES)
        elif _LIFE.search(text) or now:
            self.has(RESUME)
            self.post(now["post"] if now else "")

    def link(self, line: Line) -> None:
        """A link behind a label leads to its text; one called as a label is a tab."""
        if not self.people or len(line.bare) > LONGEST_HEAD:
            return
        for item in _vocabulary().find([line], line.block):
            tab = not item.value and item.label not in interaction_words.leaders().columns
            if item.key in (DUTIES, RESUME) and (item.value or tab):
                self.people[-1].texts[item.key] = True

    def unseen(self, end: int | None = None) -> None:
        """A label without a text: a picture, a link, a frame or a place for a script that stands
        under it may be the text: up to ``end``, else in its own block and in the next one."""
        block, key = self.pending_block, self.pending
        self.pending_block = None
        if block is None or key not in (DUTIES, RESUME) or not self.people:
            return
        if end is None:
            end = _behind(block)
        if any(_may_show(el) for el in self.tree.elements[block.index + 1 : end]):
            self.people[-1].texts[key] = True

    def label(self, key: str, value: str, block: El) -> None:
        self.pending = "" if value else key
        self.pending_block = None if value else block
        if key == NAME:
            if name := name_of(value):
                self.start(name, "", block)
        elif key == POST:
            if value:
                self.post(value)
        elif key in (DUTIES, RESUME) and self.people:
            person = self.people[-1]
            person.order.append(key)
            person.texts[key] = person.texts.get(key, False) or bool(value)
            if now := _NOW.search(value):
                self.post(now["post"])
        elif self.people:
            self.people[-1].order.append("")

    def post(self, text: str) -> None:
        if self.people:
            self.people[-1].post = self.people[-1].post or text[:80]

    def has(self, key: str) -> None:
        if self.people:
            self.people[-1].texts[key] = True
            self.people[-1].order.append("")


def _behind(block: El) -> int:
    """Where the block ends that follows a label's own, out of what holds the label alone: what comes
    after it is of another matter."""
    label = block.text()
    for el in block.up():
        if el.parent is None or el.text() != label:
            break
        later = next((kid for kid in el.parent.children() if kid.index > el.index), None)
        if later is not None:
            return later.end
    return block.end


def _may_show(el: El) -> bool:
    """Whether this may show a text that no line of the page has."""
    if el.tag in ("a", "img", "iframe", "frame", "embed", "object", "script", "canvas"):
        return True
    return bool(el.get("id")) and not el.text().strip()  # a script may fill it


def _told(tree: Tree, title: str | None) -> Iterator[_Person]:
    reader = _Reader(title, tree)
    for line in tree.lines[:MOST_LINES]:
        if fields.in_footer(line.block):
            continue
        if line.linked:
            reader.link(line)
        else:
            reader.line(line)
    reader.unseen()
    for person in reader.people:
        if person.texts or (person.post and person.block is not None):
            _open_tabs(person)
            yield person


def _open_tabs(person: _Person) -> None:
    """Labels in a row without a text between them are tabs: their panes may bear no label."""
    run: list[str] = []
    for key in [*person.order, ""]:
        if key and not person.texts.get(key, False):
            run.append(key)
            continue
        if len(set(run)) >= TABS:
            person.texts |= dict.fromkeys(run, True)
        run = []


def _named(text: str) -> tuple[str, str]:
    """Name and post of a heading such as 局长：张三; both empty where the line is none."""
    match = _head().match(text)
    if match is None:
        return name_of(text), ""
    name = name_of(match["name"] or match["name2"])
    return (name, squeeze(match["post"] or match["post2"])) if name else ("", "")


# --- tables ---------------------------------------------------------------------------------------


def _tabled(tree: Tree) -> Iterator[_Person]:
    """The rows of a table whose heading names 姓名 beside 职务 or 分工."""
    keys = _vocabulary().keys
    for table in tree.elements:
        if table.tag != "table":
            continue
        rows = [el for el in table.descend() if el.tag == "tr"][:200]
        cells = [[c for c in row.children() if c.tag in ("td", "th")] for row in rows]
        if any(c for row in cells for cell in row for c in cell.descend() if c.tag == "table"):
            continue
        for at, row in enumerate(cells):
            heads = [keys.get(bare(cell.text())) for cell in row]
            if NAME in heads and {POST, DUTIES, RESUME} & set(heads) and len(cells) > at + 1:
                yield from _rows(heads, cells[at + 1 :])
                break


def _rows(heads: list[str | None], rows: Iterable[list[El]]) -> Iterator[_Person]:
    for row in rows:
        if len(row) != len(heads):  # a cell over several rows: nobody knows whose it is
            continue
        mine = {key: cell for key, cell in zip(heads, row, strict=True) if key}
        said = {key: cell.text() for key, cell in mine.items()}
        name = name_of(said.get(NAME, ""))
        if not name:
            continue
        person = _Person(name, row[0].parent, said.get(POST, "")[:80])
        person.texts = {
            key: bool(said[key].strip()) or any(_may_show(el) for el in mine[key].descend())
            for key in (DUTIES, RESUME)
            if key in said
        }
        yield person


# --- photos ---------------------------------------------------------------------------------------


def _is_photo(el: El) -> bool:
    source = f"{el.get('src')} {el.get('data-src')} {el.names}".lower()
    if _ICON.search(source.rpartition("/")[2]) or fields.in_footer(el):
        return False
    if any(at.names and _FRAME.search(at.names) and not covers_most(at) for at in el.up()):
        return False
    for side in ("width", "height"):
        number = re.match(r"\s*(\d{1,5})", el.get(side))
        if number and int(number[1]) <= SMALL:
            return False
    return bool(source.strip())


def _has_photo(person: _Person, people: list[_Person], photos: list[El], tree: Tree) -> bool:
    """Of a page of several a photo must stand beside the name, unless there are enough for all."""
    if not photos or len(people) == 1 or len(photos) >= len(people):
        return bool(photos)
    if person.block is None:
        return True
    others = [p.block for p in people if p is not person and p.block is not None]
    beside = person.block
    for el in person.block.up():
        if el is tree.root or any(el.holds(other) for other in others):
            break
        beside = el
    return any(beside.holds(photo) for photo in photos)
