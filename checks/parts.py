"""Parts of special pages: what a disclosure entry, a letter, a guide, a leader's page or a footer shows.

Facts, as in ``checks.facts``: each hangs on ``Page`` where the reader recognised it, and is ``None``
where the page is no such thing. Inside one, ``None`` or ``""`` means that the page shows no such
field. Dates are Asia/Shanghai calendar dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One meta tag of 《网页设计规范》, its name in lower case, empty content kept as ``""``."""

    name: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """The table over a disclosure entry, as printed. Of a text, ``None``: no such label, or what
    stands there could not be read; ``""``: the label is printed and nothing stands there."""

    index_number: str | None = None
    """索引号."""
    document_number: str | None = None
    """发文字号, 文号; 无 counts as nothing."""
    issuer: str | None = None
    """发布机构, 公开机构."""
    made: date | None = None
    """成文日期, else 生成日期."""
    made_text: str = ""
    """As printed; a text without ``made`` is a date that was not understood."""
    published: date | None = None
    """发布日期, 公开日期; ``None`` where the page surely prints none beside ``made``."""
    topic: str | None = None
    """主题分类, 信息分类."""
    state: str | None = None
    """有效性, 效力状态."""
    form: str | None = None
    """公开方式, 公开形式."""
    labels: tuple[str, ...] = ()
    """Every label of the table, without its blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter of the public (信箱, 民声通道) with its answer, as the page shows it."""

    subject: str = ""
    kind: str | None = None
    """咨询, 投诉, 建议 …, as printed."""
    asked: date | None = None
    asked_text: str = ""
    question: str = ""
    asker: str | None = None
    """The asker's name as shown (张**, 张先生, a whole name)."""
    state: str | None = None
    """办理状态 as printed."""
    answered: date | None = None
    answered_text: str = ""
    answer: str | None = None
    """``None``: no answer; ``""``: an answer's block that is empty."""
    answered_by: str | None = None
    """答复单位."""
    sent_to: str | None = None
    """受理单位."""
    number: str | None = None
    """受理编号."""
    particulars: tuple[str, ...] = ()
    """What the page shows of the asker beside the name, each ``标签：值`` (联系电话, 地址 …)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideElement:
    """One element of a service guide: one of the eight classes, and what stands under it."""

    name: str
    """事项名称, 设定依据, 申请条件, 办理材料, 办理地点, 办理时间, 联系电话, 办理流程."""
    label: str
    """As printed."""
    text: str
    """Its beginning, at most 200 characters; empty where nothing stands under the label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A service guide (办事指南)."""

    matter: str = ""
    elements: tuple[GuideElement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """One leader of a leadership page (领导信息); several may stand on one page."""

    name: str
    post: str = ""
    has_photo: bool = False
    has_resume: bool = False
    has_duties: bool = False
    """分工."""
    blank: tuple[str, ...] = ()
    """分工, 简历: labels that stand there with nothing under them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchForm:
    """The search of a site as its home page offers it."""

    action: str
    """Absolute address; empty where only a script sends it."""
    field: str = ""
    """The input that takes the words."""
    fixed: tuple[tuple[str, str], ...] = ()
    """The form's other fields with what they send by default."""
    charset: str = "utf-8"
    """In which the words are sent."""
    plain: bool = False
    """A GET form that works without a script: others cannot be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intruder:
    """What does not belong on a government page: an advertisement, a floating window."""

    what: str
    """Host and path that it leads to or comes from, else the name of its block: its identity."""
    shows: str = ""
    """Text, picture or address that it shows, at most 120 characters."""
    path: str = ""
    certain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a home page's text, links and scripts say of the site's identity; ``None``: not there."""

    site_code: str | None = None
    """网站标识码 in the text."""
    error_code: str | None = None
    """``sitecode`` of the 我为政府网站找错 entrance; ``""``: the entrance is there without one."""
    icp: str | None = None
    icp_linked: bool = False
    """It leads to the ministry's record system."""
    police: str | None = None
    police_linked: bool = False
    party_mark: str | None = None
    """党政机关 or 事业单位 mark: where it leads, its script's or picture's address."""
    sponsor: str | None = None
    """主办单位."""
    operator: str | None = None
    """承办单位 or who holds the copyright, where 主办单位 is not named so."""
    contact: str | None = None
    sitemap: str | None = None
    """Address of 网站地图; its words where a script opens it."""
    search: SearchForm | None = None
    accessible: bool = False
    """无障碍 or 长者 entrance."""
    footer: bool = False
    """The footer stands in the page itself: two of the marks that are text were read in it."""
    unknown: tuple[str, ...] = ()
    """Scripts and frames in the footer, or that fill one, of which nobody knows what they write."""
    adverts: tuple[Intruder, ...] = ()
    floating: tuple[Intruder, ...] = ()
