"""From bytes to text: which encoding a page is really in.

The declared charset is a hint, the bytes decide. GB2312 and GBK are decoded as GB18030, their
superset. Nothing is replaced silently: what could not be decoded is counted.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from checks.facts import Encoding

MAX_BYTES = 6_000_000
"""Bytes of a page that are read; the rest of a longer one is ignored."""

_DETECT = 20_000
"""Bytes that the detector of last resort may look at."""

_HEADER = re.compile(r"charset\s*+=[\s\"']*+([\w.:\-]+)", re.I)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*+=[\s\"']*+([\w.:\-]+)", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:\-]+)", re.I)
_HTML_COMMENT = re.compile(rb"<!--.*?-->", re.S)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALIASES = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "gb18030": "gb18030",
    "hz": "hz",
    "hz-gb-2312": "hz",
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "unicode": "utf-8",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
_RUN = re.compile("\ufffd+")


@lru_cache(maxsize=256)
def _codec(name: str) -> str | None:
    """Python's codec for a declared name; ``None`` when it is unknown or no text encoding."""
    name = name.strip().lower()
    if name in _ALIASES:
        return _ALIASES[name]
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Refuse byte-to-byte codecs (zip, base64 …), and UTF-16/32 without a mark: never true here.
    if not getattr(info, "_is_text_encoding", True) or info.name.startswith(
        ("utf-16", "utf-32", "utf-7")
    ):
        return None
    if info.name in {
        "unicode_escape",
        "raw_unicode_escape",
        "idna",
        "punycode",
        "undefined",
        "mbcs",
        "oem",
    }:
        return None
    return info.name


def _strict(body: bytes, codec: str) -> str | None:
    """``body`` decoded without an error; a character cut off at the very end is no error."""
    try:
        return body.decode(codec)
    except UnicodeDecodeError as error:
        if len(body) - error.start < 4 and error.start and error.end >= len(body):
            try:
                return body[: error.start].decode(codec)
            except UnicodeDecodeError:
                return None
        return None
    except (LookupError, UnicodeError):
        return None


def _count(text: str) -> int:
    return len(_RUN.findall(text)) if "\ufffd" in text else 0


def _replace(body: bytes, codec: str) -> tuple[str, int]:
    """``body`` with wrong sequences replaced, and how many there were (a cut end not counted)."""
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    text = decoder.decode(body, final=False)
    own = body.count(b"\xef\xbf\xbd") if codec == "utf-8" else 0
    return text, max(0, _count(text) - own)


def _detected(body: bytes) -> str | None:
    """What charset-normalizer makes of the start of ``body``; the last resort."""
    from charset_normalizer import from_bytes  # costly to import and rarely needed

    try:
        best = from_bytes(
            body[:_DETECT],
            cp_isolation=["utf_8", "gb18030", "big5hkscs", "cp1252", "shift_jis", "euc_kr"],
            steps=3,
        ).best()
    except Exception:
        return None
    return _codec(best.encoding) if best else None


def decode(body: bytes, content_type: str | None = None) -> tuple[str, Encoding]:
    """The text of a page, and how it was got. Never raises.

    Order: byte order mark; UTF-8 when the bytes are valid UTF-8 beyond ASCII; then the first of the
    declared charsets (header, then meta), GB18030 and Big5 whose text reads like Chinese throughout;
    else, with a detector's guess, whatever of these shows the fewest signs of being wrong. Wrong
    sequences are replaced by U+FFFD and counted.
    """
    body = body[:MAX_BYTES]
    header = _HEADER.search(content_type) if content_type else None
    in_header = header[1] if header else None
    # A charset in a comment is an old template's.
    head = body[:4096]
    if b"<!--" in head:
        head = _HTML_COMMENT.sub(b"", head)
    near = head.lower().find(b"charset")
    found = _META.search(head, max(0, near - 320)) if near >= 0 else None
    found = found or _XML.match(head)
    in_meta = found[1].decode("ascii", "replace") if found else None

    def result(text: str, used: str, wrong: int) -> tuple[str, Encoding]:
        return text, Encoding(
            used=used, declared_header=in_header, declared_meta=in_meta, undecodable=wrong
        )

    for mark, marked_by in _BOMS:
        if body.startswith(mark):
            try:
                marked, wrong = _replace(body, marked_by)
            except (UnicodeError, LookupError):
                break
            name = "utf-8" if marked_by == "utf-8-sig" else marked_by
            return result(marked.lstrip("\ufeff"), name, wrong)

    plain = _strict(body, "utf-8")
    if plain is not None:
        # Escape-coded Chinese is plain ASCII.
        if {in_header, in_meta} & {"hz-gb-2312", "HZ-GB-2312"} and "~{" in plain:
            hz = _strict(body, "hz")
            if hz is not None:
                return result(hz, "hz", 0)
        return result(plain, "utf-8", 0)
    declared = [known for name in (in_header, in_meta) if name and (known := _codec(name))]
    trials: list[_Trial] = []
    western = "cp1252" in declared  # declared of many a Chinese page: believed last
    named = [codec for codec in declared if codec != "cp1252"]
    for codec in dict.fromkeys(
        [*named, "gb18030", "big5hkscs", "utf-8", *(["cp1252"] if western else [])]
    ):
        tried = _try(body, codec, codec in declared)
        if tried is None:
            continue
        if not tried.cost:
            return result(tried.text, codec, 0)
        trials.append(tried)
    if not trials or min(trial.cost for trial in trials) > _DOUBTFUL:
        guess = _detected(body)
        guessed = _try(body, guess, guess in declared) if guess else None
        if guessed is not None:
            trials.append(guessed)
    if not trials:
        text, wrong = _replace(body, "utf-8")
        return result(text, "utf-8", wrong)
    best = min(trials, key=lambda item: item.cost)
    return result(best.text, best.codec, best.wrong)


_DOUBTFUL = 20.0
"""Signs of a wrong guess from which on the detector is asked."""

_COMMON = frozenset(
    "的一是在不了有和人中大为国以会地作上时到发年工展部市政府关于通知公告信息开服务县区局省委办民生产安全经济社会"
    "月日第号位组织领导实施管理机构规定方案项目建设情况报来源布期名称文件主题单位各项进行加强切做好重点动活资按要求及其他"
    "本全面新成员村镇乡街道教育卫健康财税环保交通水利农业科技网站联系电话地址版权所有上下页首前位置正"
    "為國會時發於關開務縣區產濟組織領導實機構規項設況報來佈稱題單進強點動資員鎮鄉衛財稅環業網聯繫電話權頁"
)
"""Characters that a page of a Chinese government is full of, in both scripts."""

_FEW = 0.12
"""Share of these that the Chinese of such a page surely has; a wrong guess gives a few in a hundred."""

_NOT_WESTERN = re.compile(r"[^\x00-\x7f]{2,}|[^\x00-\x7f\w\s“”‘’–—…«»]")


@dataclass(slots=True)
class _Trial:
    """A codec tried on the whole page."""

    codec: str
    text: str
    wrong: int
    cost: float
    """Signs that it is the wrong one; 0 when the text reads well."""


def _try(body: bytes, codec: str, declared: bool) -> _Trial | None:
    text = _strict(body, codec)
    wrong = 0
    if text is None:
        try:
            text, wrong = _replace(body, codec)
        except (UnicodeError, LookupError):
            return None
    rare = _rarity(text)
    cost = wrong + 2.0 * _implausible(text) + rare
    if codec == "cp1252":
        cost += len(_NOT_WESTERN.findall(text))
    # A declared charset with a few bad bytes is better than another that swallows them.
    if declared and not rare:
        cost /= 2
    return _Trial(codec, text, wrong, cost)


def _rarity(text: str) -> float:
    """How much too rare the Chinese characters of a text are for a page that was read right."""
    han = _HAN.findall(text, 0, 4 * _DETECT)
    if not han:
        return 0.0
    common = sum(sign in _COMMON for sign in han)
    share = common / len(han)
    return 0.0 if share >= _FEW else (_FEW - share) * len(han)


_HAN = re.compile("[\u4e00-\u9fff\u3105-\u3129]")
_ODD = re.compile(
    "[\ue000-\uf8ff\u0080-\u009f]|[\u4e00-\u9fff][\u30a0-\u30ff\uff66-\uff9f][\u4e00-\u9fff]"
    "|锟斤拷|烫烫烫|[\u3400-\u4dbf]"
)
_ODD_SIGN = re.compile("[\ue000-\uf8ff\u0080-\u009f\u30a0-\u30ff\uff66-\uff9f锟烫\u3400-\u4dbf]")
"""Signs of which every match of ``_ODD`` has one; found much faster, and hardly a page has any."""


def _implausible(text: str) -> int:
    """Signs of a wrong guess in the start of a decoded text; 0 when it reads like Chinese."""
    sample = text[:_DETECT]
    if not _ODD_SIGN.search(sample):
        return 0
    odd = len(_ODD.findall(sample))
    if odd <= 3:
        return 0
    han = sum("\u4e00" <= sign <= "\u9fff" for sign in sample[:4000])
    return odd if odd > max(3, han // 50) else 0
