"""Identity marks: by what a site says whose it is, read from its home page. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.extract.links import text_of
from crawler.extract.tree import Tree
from crawler.survey import Identity

MAX_NAME = 60

_ICP = re.compile(r"[\u4e00-\u9fff]?ICP[备證证]\s*\d{6,10}号(?:-\d{1,3})?", re.I)
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_POLICE = re.compile(f"[{_PROVINCES}]?" + r"公网安备\s*\d{8,16}号?")
_CODE = re.compile(r"(?:网站)?标识码[:：]?\s*([0-9A-Za-z]{8,12})")
_SAID = r"\s*[:：]\s*([^\s|｜,，;；:：。<>©]{2,40})"
_OPERATOR = re.compile(r"主\s?办(?:\s?单\s?位|方)?" + _SAID)
_UNDERTAKER = re.compile(r"承\s?办(?:\s?单\s?位|方)?" + _SAID)
_NEXT_LABEL = re.compile(
    r"(?:承办|协办|主管|技术支持|联系电话|地址|邮编|版权|维护|备案|运行|管理$|(?:政府)?网站标识码).*$"
)
_CODE_ADDRESS = re.compile(
    r"(?:bm=|sitecode=|site_code=|siteCode=)([0-9A-Za-z]{8,12})|find\w*\.html\?(?:id|code)=(\w{8,12})"
)
_PARTY = re.compile(
    r"bszs\.conac\.cn|dcs\.conac\.cn|/redicon|/blue\.png|jiguan\.gif|党政机关", re.I
)
_ERROR = re.compile(r"zfwzgl\.www\.gov\.cn|pucha\.kaipuyun\.cn|jiucuo|找错", re.I)
_TITLE_MARKS = re.compile(r"(?<!\s)\s*+(?:[_|｜»>]+|[-—–]+)\s*+")
_HOME = re.compile(
    r"[,，!！]?欢迎(?:您|你|访问|光临).*$|(?:网站)?首页$|^欢迎(?:光临|访问|您来到)?|^(?:网站)?首页"
)


def read_marks(tree: Tree) -> Identity:
    """The marks that a home page shows."""
    metas = tree.metas
    text = "\n".join(line.text for line in tree.lines)
    tight = re.sub(r"[ \t\u3000\xa0]+", "", text)
    addresses = list(_addresses(tree))
    code = metas.get("siteidcode", "") or _first(_CODE, tight, 1) or _code_in(addresses)
    operator = _operator(_OPERATOR, text) or _operator(_UNDERTAKER, text)
    return Identity(
        name=(metas.get("sitename", "")[:MAX_NAME] or site_name(tree.title)) or None,
        site_code=code or None,
        icp=_first(_ICP, tight, 0) or None,
        police=_first(_POLICE, tight, 0) or None,
        operator=operator or None,
        party_mark=any(_PARTY.search(a) for a in addresses) or "党政机关" in _alts(tree),
        report_error=any(_ERROR.search(a) for a in addresses)
        or "找错" in _alts(tree)
        or "为政府网站找错" in tight,
    )


def site_name(title: str) -> str:
    """The site's name in a home page's title; empty when there is none."""
    parts = [_HOME.sub("", part).strip() for part in _TITLE_MARKS.split(title.strip())]
    parts = [part for part in parts if len(part) >= 2]
    return parts[0][:MAX_NAME] if parts else ""


def _first(pattern: re.Pattern[str], text: str, group: int) -> str:
    found = pattern.search(text)
    return found[group].strip() if found else ""


def _operator(pattern: re.Pattern[str], text: str) -> str:
    found = _first(pattern, text, 1)
    return _NEXT_LABEL.sub("", found).strip("、.·-") if found else ""


def _addresses(tree: Tree) -> Iterable[str]:
    for el in (*tree.anchors, *tree.images, *tree.sources):
        for name in ("href", "src"):
            value = el.attrs.get(name)
            if value:
                yield value[:500]
    for script in tree.scripts:
        if "conac" in script.text or "jiucuo" in script.text:
            yield script.text[:2000]


def _code_in(addresses: Iterable[str]) -> str:
    for address in addresses:
        found = _CODE_ADDRESS.search(address)
        if found is not None:
            return found[1] or found[2]
    return ""


def _alts(tree: Tree) -> str:
    words = [f"{el.get('alt')} {el.get('title')}" for el in tree.images]
    words += [text_of(el) for el in tree.anchors if el.chars <= 20]
    return "\n".join(words)
