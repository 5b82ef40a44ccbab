"""Identity marks of a home page, from its text, links and scripts. Pure.

Marks come in three forms: text of the footer, links and pictures, and scripts that write them when
the page is shown. A script that is known by its address or id stands for its mark; one that nobody
knows may write any, and is named, so that no mark is called missing because of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from checks.parts import Intruder, Marks, SearchForm
from crawler.extract.tree import El, Tree, bare, squeeze
from crawler.urls import Resolver

MOST = 120
"""Characters kept of a value."""
HEAD, FOOT = 10_000, 30_000
"""Characters of a long page's text that are looked at: marks stand at its head and in its footer."""
NAMED = 8
"""Unknown scripts, advertisements and windows that are kept of a page."""

_CODE = re.compile(r"标识码(?:编号)?[:：]?(bm\d{4,12}|\d{6,14}|[0-9A-Za-z]{4,14})", re.I)
_ICP = re.compile(
    r"[\u4e00-\u9fff]?ICP[备備證证]案?(?:编号|号)?[:：]?第?(\d{6,12})号?(?:-\d{1,3})?", re.I
)
_POLICE = re.compile(r"公网安备(?:案)?(?:编)?号?[:：]?第?[:：]?(\d{8,16})号?")
_SAID = r"\s*[:：]\s*([^\s|｜,，;；:：。<>©]{2,40})"
_SPONSOR = re.compile(r"主\s?办(?:\s?单\s?位|方)?" + _SAID)
_SPONSOR_SPACED = re.compile(r"主\s?办\s?单\s?位\s+([^\s|｜,，;；:：。<>©]{4,40})")
_BY_SPONSOR = re.compile(r"([\u4e00-\u9fff（）()、]{4,40})主办(?![单事理公方人])")
_OTHER = re.compile(
    r"(?:承\s?办|主\s?管|版权所有)(?:\s?单\s?位|方)?\s*[:：©]+\s*((?!联系|网站)[\u4e00-\u9fff（）()、]{4,40})"
    r"|版权归([\u4e00-\u9fff（）()、]{4,40}?)所有"
    r"|((?!联系|网站)[\u4e00-\u9fff（）()、]{3,38}(?:府|局|委|厅|办|部|院|署|会|室|中心|网|网站))\s*(?:©\s*)?版权所有"
)
_CONTACT = re.compile(
    r"联系我们|联系方式|联系电话|(?:电\s?话|热\s?线|电子邮箱|邮\s?箱|地\s?址)\s*[:：]|(?<![\d/])0\d{2,3}[-—－]\d{7,8}|[A-Za-z0-9_.-]{1,64}@[\w-]{1,64}\.\w"
)
_MAP = re.compile(r"(?:网站|站点|本站)(?:地图|导航)|sitemap", re.I)
_PARTY = re.compile(
    r"conac\.cn|_ideconac|imgconac|/(?:red|blue)icon|(?:dzjg|jiguan|sydw|conac|dangzheng)\w{0,40}\.(?:png|gif|jpg)"
    r"|/CA\d{15,30}\w{0,40}\.js|(?:^|\s)(?:conac|dzjg|j-gov)(?:\s|$)|党政机关|事业单位网?站?标[识志]",
    re.I,
)
_ERROR = re.compile(r"zfwzgl\.www\.gov\.cn|pucha\.kaipuyun|jiucuo|网站找错|网站纠错", re.I)
_ERROR_CODE = re.compile(
    r"(?:[?&]|\b)(?:site_?code|bm)['\"]?\s*[=:,]\s*['\"]?([0-9A-Za-z]{6,14})", re.I
)
_ACCESSIBLE = re.compile(r"无障碍|长者|关怀版|适老")
_MINISTRY = re.compile(r"miit\.gov\.cn|miibeian", re.I)
_POLICE_SITE = re.compile(r"(?<![a-z])beian\.(?:mps\.)?gov\.cn", re.I)
_FOOT = re.compile(
    r"foot|bottom|copyright|dibu|banquan|yejiao|(?:^|[\s_-])bq(?:[\s_-]|$)|btm|foter"
)
_FILL = re.compile(
    r"(?:\.load\(|include\w*\(|\$\.(?:get|ajax)\(|fetch\(|\.src\s*=|src\s*=\s*\\?['\"])[^;]{0,120}?"
    r"(?:foot|bottom|copyright|dibu|yejiao|common_b)[\w/.-]*\.(?:s?html?|js|jsp|aspx?|php)",
    re.I,
)
_KNOWN = re.compile(
    r"jquery|bootstrap|swiper|slick|layui|layer|vue|echarts|share|tongji|hm\.js|hm\.baidu|cnzz|51\.la|stat|count"
    r"|analy|piwik|matomo|collect|slid|scroll|tab|menu|nav|search|lazy|wow|animate|respond|html5|wx|weixin|qrcode"
    r"|barrier|wza|wzafw|aria|video|player|conac\.cn|jiucuo|kaipuyun|zfwzgl|font|print|date|time|calendar|rem"
    r"|gov\.cn/js/\w*access|webtrends|ipv6|cookie|login|md5|crypt|json",
    re.I,
)
_AD_HOSTS = re.compile(
    r"(?:^|[/.])(?:cpro\.baidu(?:static)?\.com|pos\.baidu\.com|dup\.baidustatic\.com|cbjs\.baidu\.com"
    r"|googlesyndication\.com|doubleclick\.net|adsbygoogle|tanx\.com|alimama\.(?:com|cn)|mediav\.com|gdt\.qq\.com"
    r"|union\.(?:sogou|360)\.(?:com|cn)|e\.so\.com)",
    re.I,
)
_SHOPS = re.compile(
    r"(?:^|\.)(?:taobao\.com|tmall\.com|jd\.com|pinduoduo\.com|yangkeduo\.com|suning\.com|vip\.com|1688\.com"
    r"|meituan\.com|ctrip\.com|58\.com|ganji\.com|anjuke\.com)$",
    re.I,
)
_WINDOW = re.compile(
    r"(?:^|[\s_-])(?:piao\w*|float(?:ing)?[_-]?(?:ad|adv|div|win|window|box|pic|img|layer)\w*|(?:ad|adv|gg)[_-]?(?:float|move|piao)\w*"
    r"|floater|couplet\w*|duilian\w*|xuanfu\w*|move[_-]?(?:ad|div|box)\w*|ad(?:v)?[_-]?(?:left|right))(?:[\s_-]|$)"
)
_MOVES = re.compile(
    r"new\s+AdMove\(\s*['\"]([\w-]{1,80})|(?:float(?:ing)?Ad|floatad|piaochuang|piaofu|moveAd|adMove)\w{0,40}\(\s*['\"]#?([\w-]{1,80})",
    re.I,
)
_AGAIN = re.compile(r"setInterval|setTimeout|requestAnimationFrame")
_SHIFTS = re.compile(r"\.style\.(?:left|top|pixelLeft|pixelTop)\s*=")
_BY_ID = re.compile(r"getElementById\(\s*['\"]([\w-]{1,80})['\"]")
_PLACED = re.compile(r"position\s*:\s*(?:absolute|fixed)", re.I)
_SERVICE = re.compile(
    r"返回顶部|回顶部|微信|微博|客服|客户端|二维码|扫一扫|无障碍|长者|智能|问答|小程序|APP", re.I
)
_NO_WORDS = frozenset(["hidden", "submit", "button", "image", "reset", "checkbox", "radio", "password", "file"])  # fmt: skip


def read_marks(tree: Tree, resolver: Resolver, charset: str) -> Marks:
    """The marks that a page shows. ``charset``: of the page; its forms send in it."""
    text = _ends(tree.body.text(hidden=True))
    tight = bare(text)
    site_code = _first(_CODE, tight)
    icp, police = _whole(_ICP, tight), _whole(_POLICE, tight)
    sponsor = _sponsor(text)
    contact, sitemap = _contact(tree, text), _sitemap(tree, resolver)
    anchors = [(el, el.get("href")) for el in tree.anchors]
    shown = sum(1 for mark in (site_code, icp, police, sponsor, contact, sitemap) if mark)
    start, end = _foot(tree)
    return Marks(
        site_code=site_code,
        error_code=_error(tree),
        icp=icp,
        icp_linked=any(_MINISTRY.search(href) for _, href in anchors),
        police=police,
        police_linked=any(_POLICE_SITE.search(href) for _, href in anchors),
        party_mark=_party(tree),
        sponsor=sponsor,
        operator=_other(text),
        contact=contact,
        sitemap=sitemap,
        search=_search(tree, resolver, charset),
        accessible=_ACCESSIBLE.search(tight) is not None,
        footer=shown >= 2 and any((site_code, icp, police, sponsor)),
        unknown=_unknown(tree, start, end),
        adverts=_adverts(tree, resolver),
        floating=_floating(tree, resolver),
    )


def _ends(text: str) -> str:
    """A long text's beginning and end."""
    if len(text) <= HEAD + FOOT:
        return text
    return f"{text[:HEAD]}\n{text[-FOOT:]}"


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None


def _whole(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0][:MOST] if found else None


def _sponsor(text: str) -> str | None:
    for pattern in (_SPONSOR, _SPONSOR_SPACED, _BY_SPONSOR):
        found = pattern.search(text)
        if found is not None:
            return (
                re.sub(r"(?:承办|协办|主管|技术支持|联系电话|版权).*$", "", found[1])[:MOST] or None
            )
    return None


def _other(text: str) -> str | None:
    found = _OTHER.search(text)
    return (found[1] or found[2] or found[3])[:MOST] if found else None


def _contact(tree: Tree, text: str) -> str | None:
    found = _CONTACT.search(text)
    if found is not None:
        return squeeze(text[found.start() : found.start() + 40])
    for el in tree.anchors:
        if _CONTACT.search(el.get("title")):
            return squeeze(el.get("title"))[:40]
    return None


def _sitemap(tree: Tree, resolver: Resolver) -> str | None:
    for el in tree.anchors:
        words = f"{el.text(hidden=True)[:20]} {el.get('title')[:20]}"
        if _MAP.search(words) or re.search(r"sitemap\.s?html?", el.get("href"), re.I):
            return resolver.canonical(el.get("href")) or squeeze(words)[:MOST]
    for el in tree.images:
        if _MAP.search(f"{el.get('alt')} {el.get('title')}"):
            return squeeze(el.get("alt") or el.get("title"))[:MOST]
    return None


_SEEN = ("href", "src", "id", "alt", "title", "onclick", "class", "data-setting")


def _signs(tree: Tree) -> Iterator[tuple[El | None, str]]:
    """What links, pictures, frames and scripts say of themselves, and the scripts' own words."""
    for el in tree.elements:
        if el.tag in ("a", "img", "script", "iframe", "frame", "area", "span", "div", "embed"):
            for name in _SEEN:
                value = el.attrs.get(name)
                if value:
                    yield el, value[:500]
    for script in tree.scripts:
        yield None, unquote(script.text[:20_000])


def _party(tree: Tree) -> str | None:
    for el, words in _signs(tree):
        found = _PARTY.search(words)
        if found is not None:
            return (words if el is not None else found[0])[:MOST]
    return None


def _error(tree: Tree) -> str | None:
    entrance = False
    for el in tree.elements:
        code = el.attrs.get("sitecode")
        if code is not None and (el.tag == "script" or "jiucuo" in el.names):
            entrance = True
            if code.strip():
                return code.strip()[:MOST]
    for bearer, words in _signs(tree):
        found = _ERROR.search(words)
        if found is None:
            continue
        entrance = True
        if bearer is not None:
            near = " ".join(str(value)[:500] for value in bearer.attrs.values())
        else:
            near = words[max(0, found.start() - 200) : found.end() + 300]
        code_found = _ERROR_CODE.search(near)
        if code_found is not None:
            return code_found[1]
    if not entrance and "政府网站找错" in bare(_ends(tree.body.text(hidden=True))):
        entrance = True
    return "" if entrance else None


# --- what scripts may write -----------------------------------------------------------------------


def _foot(tree: Tree) -> tuple[int, int]:
    """First element of the footer, and the one after its last; (0, 0): no footer was recognised."""
    start, end = 0, 0
    for line in tree.lines:
        words = line.bare
        if len(words) > 300 or not (
            _CODE.search(words) or _ICP.search(words) or _POLICE.search(words)
        ):
            continue
        box = line.block
        for el in line.block.up():
            if el.tag in ("body", "html"):
                break
            if _FOOT.search(el.names) or el.tag == "footer":
                box = el
        if box is line.block and box.parent is not None and box.parent.tag not in ("body", "html"):
            box = box.parent
        if end == 0:
            start = box.index
        end = max(end, box.end)
    return start, end


def _unknown(tree: Tree, start: int, end: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for el in tree.sources:
        address = el.get("src") or el.get("data")
        if el.tag in ("iframe", "frame") and _FOOT.search(address.lower()):
            found[address[:MOST]] = None
        elif el.tag in ("script", "iframe", "frame") and address:
            named = _FOOT.search(address.rsplit("/", 1)[-1].lower())
            if (start <= el.index < end or named) and not _KNOWN.search(address):
                found[address[:MOST]] = None
    for el in tree.elements[start:end]:
        # An empty element with settings of its own is a place that some script fills.
        if not el.kids and any(name.startswith("data-") for name in el.attrs):
            words = " ".join(f"{name} {value}" for name, value in el.attrs.items())
            if el.tag in ("div", "span", "p", "a", "li") and not _KNOWN.search(words):
                found[f"{el.tag} {squeeze(words)}"[:MOST]] = None
    for script in tree.scripts:
        filled = _FILL.search(unquote(script.text[:20_000]))
        if filled is not None:
            found[squeeze(filled[0])[:MOST]] = None
    return tuple(found)[:NAMED]


# --- search ---------------------------------------------------------------------------------------


def _search(tree: Tree, resolver: Resolver, charset: str) -> SearchForm | None:
    """The form that searches the site; where several do, one that works without a script."""
    forms = [el for el in tree.elements if el.tag == "form"]
    found = [form for form in (_form(tree, el, resolver, charset) for el in forms) if form]
    plain = next((form for form in found if form.plain), None)
    if plain is not None or found:
        return plain or found[0]
    for el in tree.elements:
        if el.tag == "input" and (el.get("type") or "text").lower() in ("text", "search"):
            words = f"{el.get('name')} {el.get('id')} {el.get('placeholder')} {el.get('value')}"
            if re.search(r"search|搜|检索|关键", words, re.I):
                return SearchForm(action="", field=el.get("name")[:MOST])
    return None


def _form(tree: Tree, form: El, resolver: Resolver, charset: str) -> SearchForm | None:
    inside = [el for el in form.descend() if el.tag in ("input", "button")]
    boxes = [
        el
        for el in inside
        if el.tag == "input" and (el.get("type") or "text").lower() not in _NO_WORDS
    ]
    secret = any(el.get("type").lower() == "password" for el in inside)
    if secret or len(boxes) != 1:
        return None
    box = boxes[0]
    about = " ".join(
        (
            form.get("action"), form.get("id"), form.get("name"), form.names,
            box.get("name"), box.get("id"), box.get("placeholder"), box.get("value"),
        )
    )  # fmt: skip
    if not re.search(r"search|query|so\.|/so[/?]|搜|检索|关键|keyword|\bq\b|\bqt\b", about, re.I):
        return None
    action = form.get("action")
    target = (
        resolver.canonical(action)
        if action and not action.lower().startswith("javascript:")
        else None
    )
    scripted = (
        bool(form.get("onsubmit"))
        or target is None
        or any(el.get("onclick") for el in inside if el is not box)
    )
    fixed = [
        (el.get("name"), el.get("value"))
        for el in inside
        if el.tag == "input" and el.get("type").lower() == "hidden" and el.get("name")
    ]
    for select, options in tree.selects:
        if form.holds(select) and select.get("name") and options:
            chosen = next((o for o in options if o[2]), options[0])
            fixed.append((select.get("name"), chosen[0]))
    field = box.get("name")
    plain = (form.get("method") or "get").lower() == "get" and not scripted and bool(field)
    sent = (form.get("accept-charset") or charset).split(",")[0].split()
    return SearchForm(
        action=(target or "")[:500],
        field=field[:MOST],
        fixed=tuple((n[:MOST], v[:MOST]) for n, v in fixed[:20]),
        charset=sent[0].lower() if sent else "utf-8",
        plain=plain,
    )


# --- what does not belong there -------------------------------------------------------------------


def _place(address: str) -> str:
    """Host and path of an address, its identity: queries carry times and numbers."""
    split = urlsplit(address)
    return f"{split.netloc.lower()}{split.path}"[:MOST]


def _adverts(tree: Tree, resolver: Resolver) -> tuple[Intruder, ...]:
    found: dict[str, Intruder] = {}
    for el in (*tree.sources, *tree.anchors):
        address = el.get("src") or el.get("href") or el.get("data")
        if not address or el.hidden:
            continue
        if _AD_HOSTS.search(address):
            _add(
                found,
                Intruder(
                    what=_place(address), shows=address[:MOST], path=el.path, certain=el.tag != "a"
                ),
            )
        elif (
            el.tag == "a"
            and _SHOPS.search(_host(resolver.canonical(address) or ""))
            and any(kid.tag == "img" for kid in el.descend())
        ):
            _add(found, Intruder(what=_place(address), shows=address[:MOST], path=el.path))
    for script in tree.scripts:
        sign = _AD_HOSTS.search(script.text[:20_000])
        if sign is not None:
            _add(
                found,
                Intruder(
                    what=sign[0].strip("/."),
                    shows=sign[0].strip("/."),
                    path=script.el.path,
                    certain=True,
                ),
            )
    return tuple(found.values())[:NAMED]


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()


def _floating(tree: Tree, resolver: Resolver) -> tuple[Intruder, ...]:
    """Pictures with a link that a script moves over the page, or that lie over it by their style."""
    moved, shifted = set(), set()
    for script in tree.scripts:
        text = script.text[:50_000]
        for found in _MOVES.finditer(text):
            moved.add(found[1] or found[2])
        # A script of their own may move a slide as well: nobody is sure.
        if _AGAIN.search(text) and _SHIFTS.search(text):
            shifted |= set(_BY_ID.findall(text))
    windows: dict[str, Intruder] = {}
    for el in tree.elements:
        own = el.get("id")
        by_script = bool(own) and own in moved
        called = own in shifted or _WINDOW.search(el.names)
        if not by_script and not (called and _PLACED.search(el.get("style"))):
            continue
        if el.hidden or el.chars > 60 or _SERVICE.search(_said(el)):
            continue
        link = _picture_link(el)
        if link is None:
            continue
        target = resolver.canonical(link.get("href")) or link.get("href")
        shows = squeeze(link.get("title") or _said(el)) or target
        _add(
            windows,
            Intruder(
                what=_place(target) or own, shows=shows[:MOST], path=el.path, certain=by_script
            ),
        )
    return tuple(windows.values())[:NAMED]


def _said(el: El) -> str:
    words = [el.text()]
    words += [
        f"{kid.get('alt')} {kid.get('title')}" for kid in el.descend() if kid.tag in ("a", "img")
    ]
    return " ".join(words)


def _picture_link(el: El) -> El | None:
    for kid in el.descend():
        if kid.tag == "a" and kid.get("href") and any(k.tag == "img" for k in kid.descend()):
            href = kid.get("href").strip().lower()
            return None if href.startswith(("javascript", "#")) else kid
    return None


def _add(found: dict[str, Intruder], one: Intruder) -> None:
    earlier = found.get(one.what)
    if earlier is None or (one.certain and not earlier.certain):
        found[one.what] = one
