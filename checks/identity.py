"""Identity: marks, tags, names, search, and what does not belong on a government site.

All are judged a site: what a template leaves out is one problem of who runs the site, with the
number of pages and some of them named, never one a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checks.declaration import Basis, Doc, Verdict, rule
from checks.facts import Missing, Unverified
from checks.identity_facts import Configured, SearchLook, Tagged
from checks.model import Hit, NotApplicable, Remark, Scope, Severity, Unsettled
from checks.parts import Intruder, Marks
from checks.sources import GUIDELINES, INSPECTION, INSPECTION_LINK

GUIDELINES_LINK = "https://www.gov.cn/zhengce/content/2017-06/08/content_5200760.htm"
DOMAIN_NOTICE = "《国务院办公厅关于加强政府网站域名管理的通知》（国办函〔2018〕55号）"
NAMED = 3
"""Pages that a message names."""
CODE = "网站标识码"

_TAGS = "网页标签：网站标签、栏目标签、内容页标签的必选项"
_FOOT = Basis(
    GUIDELINES,
    "底部功能区应列明党政机关网站标识、网站标识码、ICP备案编号、公安机关备案标识、主办单位、联系方式、网站地图",
    GUIDELINES_LINK,
    unconfirmed=True,
)
_MARKS = Basis(INSPECTION, "扣分指标“功能设计”：网站标识、“我为政府网站找错”入口", INSPECTION_LINK)


@rule(
    id="missing-site-mark",
    title="首页缺少网站标识",
    scope=Scope.SITE,
    version=2,
    severity=Severity.COMMON,
    basis=(_MARKS, _FOOT),
    remedy="请在首页底部补上所缺的标识，并链接到主管部门的查询页面。",
    doc=Doc(
        checks="首页有没有网站标识码、ICP备案编号、公安机关备案号、党政机关（事业单位）网站标识、主办单位、"
        "联系方式和网站地图。“我为政府网站找错”入口另有一条规则。",
        why="这些标识让公众认得出真网站、找得到主办单位；上级检查逐项核对。",
        good="页脚有“主办单位：某市人民政府办公室 网站标识码：3604810001 赣ICP备11001234号”等，"
        "党政机关标识由 dcs.conac.cn 的脚本显示。",
        bad="页脚有主办单位和备案号，没有网站标识码。",
        mend="按《网页设计规范》补全页脚；党政机关标识从主管部门取得代码后放在全站页脚。",
        doubts="页脚由脚本或框架写入、里面有不认识的脚本时，标识可能由它显示，记未能核实，不算缺少。"
        "只有“版权所有”“承办”而没有“主办”字样的，主办单位按疑似记。标识做成没有说明文字的图片时可能误判。",
    ),
    needs=("marks",),
)
def missing_site_mark(marks: Marks) -> Iterator[Hit | Unsettled]:
    held = {
        CODE: marks.site_code,
        "ICP备案": marks.icp or marks.icp_linked,
        "公安机关备案": marks.police or marks.police_linked,
        "党政机关标识": marks.party_mark,
        "主办单位": marks.sponsor,
        "联系方式": marks.contact,
        "网站地图": marks.sitemap,
    }
    why = _unsure(marks)
    for name, there in held.items():
        if there:
            continue
        if why is not None:
            yield Unsettled(what=name, unverified=why)
            continue
        half = name == "主办单位" and marks.operator is not None
        seen = f"只写明“{marks.operator}”，没有“主办单位”字样" if half else f"首页没有读到{name}"
        yield Hit(
            what=name,
            message=f"{seen}；要求首页底部列明{name}",
            suspected=half,
            in_body=False,
        )


@rule(
    id="missing-error-entry",
    title="没有“我为政府网站找错”入口",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(_MARKS,),
    remedy="请从主管部门取得“我为政府网站找错”的代码，放在全站页脚。",
    doc=Doc(
        checks="首页有没有“我为政府网站找错”的入口：链接、图片或者主管部门的脚本。",
        why="公众发现错误，要能从网站上直接反映到主管部门。",
        good="页脚有“我为政府网站找错”的图标，由主管部门的脚本显示。",
        bad="页脚的标识都读到了，没有找错入口。",
        mend="按主管部门给的代码原样放在页脚，不要只放图片。",
        doubts="页脚由脚本或框架写入、里面有不认识的脚本时，入口可能由它显示，记未能核实。点开能不能用，要人工看。",
    ),
    needs=("marks",),
)
def missing_error_entry(marks: Marks) -> Verdict:
    if marks.error_code is not None:
        return None
    why = _unsure(marks)
    if why is not None:
        return why
    message = "首页没有读到“我为政府网站找错”入口；要求首页底部设置入口"
    return [Hit(what="", message=message, in_body=False)]


def _unsure(marks: Marks) -> Unverified | None:
    """Why a mark that was not read may be there all the same; ``None``: it is not there."""
    if not marks.footer:
        reason = "首页没有读到页脚文字，标识可能由脚本显示"
    elif marks.unknown:
        reason = f"页脚里有不认识的脚本或框架，标识可能由它显示：{marks.unknown[0][:80]}"
    else:
        return None
    return Unverified(code=Missing.READER, reason=reason)


@rule(
    id="mark-mismatch",
    title="网站标识码不一致",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(
        Basis(GUIDELINES, _TAGS + "：SiteIDCode 为10位政府网站标识码", GUIDELINES_LINK),
        _MARKS,
    ),
    remedy="请核对本站的政府网站标识码，把页脚、网页标签和找错入口中的标识码改成一致。",
    doc=Doc(
        checks="页脚的网站标识码、SiteIDCode 标签、“我为政府网站找错”入口的标识码，与登记的标识码是否一致，"
        "是否为10位数字（国务院部门为 bm 加8位数字）。",
        why="标识码写错，公众的找错留言会送到别的网站，上级也无法核对身份。",
        good="页脚、SiteIDCode、找错入口都是 3604810001。",
        bad="页脚是 3604810001，找错入口是 3604820001。",
        mend="以主管部门核发的标识码为准，逐处改正。",
        doubts="站点设置里没有写标识码时，只比较网页上的几处，多数一致的算对；各处一致而只与设置不同的，"
        "可能是设置写错，按疑似记。",
    ),
    needs=("configured", "marks", "home_tags"),
)
def mark_mismatch(configured: Configured, marks: Marks, home_tags: Tagged) -> Verdict:
    places = {
        "页脚": marks.site_code or "",
        "SiteIDCode 标签": home_tags.says("SiteIDCode"),
        "找错入口": marks.error_code or "",
    }
    shown = {place: code.lower() for place, code in places.items() if code}
    own = (configured.site_code or "").strip().lower()
    if not shown or (len(shown) == 1 and not own and not _odd(shown)):
        return NotApplicable("可以比对的网站标识码不足两处")
    return _mismatches(shown, own)


def _mismatches(shown: dict[str, str], own: str) -> Iterator[Hit]:
    agreed = len(set(shown.values())) == 1
    right = own or max(shown.values(), key=list(shown.values()).count)
    where = "登记的标识码" if own else "其他各处"
    for place, code in shown.items():
        if not _well_formed(code):
            message = f"{place}的网站标识码“{code}”格式不对；要求10位"
        elif code != right:
            message = f"{place}的网站标识码为 {code}，{where}为 {right}；要求一致"
        else:
            continue
        # All places agreeing against the configuration speak against the configuration.
        doubtful = agreed and len(shown) > 1 and _well_formed(code)
        yield Hit(what=place, message=message, suspected=doubtful, in_body=False)


def _well_formed(code: str) -> bool:
    return re.fullmatch(r"bm\d{8}|\d{10}", code) is not None


def _odd(shown: dict[str, str]) -> bool:
    return any(not _well_formed(code) for code in shown.values())


# --- tags -----------------------------------------------------------------------------------------

SITE_TAGS = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN_TAGS = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE_TAGS = ("ArticleTitle", "PubDate", "ContentSource")
PUB_DATE = "PubDate 格式"

_MOMENT = re.compile(r"\d{4}([-—–－])\d{1,2}\1\d{1,2}[ T]\d{1,2}[:：∶]\d{2}(?:[:：∶]\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")  # fmt: skip


@rule(
    id="missing-site-tags",
    title="首页缺少网站标签",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(Basis(GUIDELINES, _TAGS + "（SiteName、SiteDomain、SiteIDCode）", GUIDELINES_LINK),),
    remedy="请在首页和全站页面的 head 中补上所缺的网站标签并填写内容。",
    doc=Doc(
        checks="首页 head 中有没有 SiteName、SiteDomain、SiteIDCode 三个标签，内容是否为空。",
        why="标签供上级和搜索引擎识别网站，是《网页设计规范》的必选项。",
        good='<meta name="SiteName" content="某市人民政府">，三个标签都有内容。',
        bad='没有 SiteDomain，或者写成 <meta name="SiteIDCode" content="">。',
        mend="在全站模板的 head 中统一加上。",
        doubts="标签名不分大小写；只要有内容就算有，内容对不对由“网站标识码不一致”等规则检查。",
    ),
    needs=("home_tags",),
)
def missing_site_tags(home_tags: Tagged) -> Iterator[Hit]:
    for name in SITE_TAGS:
        if not home_tags.says(name):
            yield Hit(
                what=name,
                message=f"首页{_state(home_tags, name)}；要求填写 {name}",
                in_body=False,
            )


@rule(
    id="missing-column-tags",
    title="栏目页缺少栏目标签",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(
        Basis(
            GUIDELINES,
            _TAGS + "（ColumnName、ColumnDescription、ColumnKeywords、ColumnType）",
            GUIDELINES_LINK,
        ),
    ),
    remedy="请在栏目页模板的 head 中补上所缺的栏目标签并填写内容。",
    doc=Doc(
        checks="已读到的栏目首页，head 中有没有四个栏目标签，内容是否为空。同一个标签记一个问题，写明缺少的栏目数。",
        why="栏目标签说明栏目放什么、属于哪一类，是《网页设计规范》的必选项。",
        good='<meta name="ColumnType" content="政策文件">，四个标签都有内容。',
        bad="30个栏目中有12个没有 ColumnType。",
        mend="在栏目模板的 head 中统一加上，栏目说明由各栏目填写。",
        doubts="内容由数据接口提供、没有读到网页的栏目不计。",
    ),
    needs=("column_tags",),
)
def missing_column_tags(column_tags: Sequence[Tagged]) -> Iterator[Hit]:
    yield from _lacking(column_tags, COLUMN_TAGS, "栏目")


@rule(
    id="missing-article-tags",
    title="内容页缺少内容标签",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(
        Basis(
            GUIDELINES,
            _TAGS + "（ArticleTitle、PubDate、ContentSource；PubDate 的格式为 YYYY-MM-DD HH:MM）",
            GUIDELINES_LINK,
        ),
    ),
    remedy="请在内容页模板的 head 中补上所缺的内容标签并填写内容。",
    doc=Doc(
        checks="评判期内发布的内容页（多时每个栏目抽查几页），head 中有没有 ArticleTitle、PubDate、ContentSource，"
        "内容是否为空，PubDate 是否写到时分。同一个标签记一个问题，写明缺少的页数并举例。",
        why="内容标签供上级和搜索引擎取得标题、时间和来源，是《网页设计规范》的必选项。",
        good='<meta name="PubDate" content="2018-06-01 09:30">，秒可有可无。',
        bad='没有 ArticleTitle，或者 <meta name="PubDate" content="2018-06-01">。',
        mend="在内容页模板的 head 中统一加上，由发布系统填写。",
        doubts="只看类型识别有把握的内容页；旧模板做的页面也要有标签，可以申请豁免。",
    ),
    needs=("article_tags",),
)
def missing_article_tags(article_tags: Sequence[Tagged]) -> Iterator[Hit]:
    yield from _lacking(article_tags, ARTICLE_TAGS, "内容页")
    odd = [p for p in article_tags if (said := p.says("PubDate")) and not _MOMENT.fullmatch(said)]
    if odd:
        message = (
            f"{len(article_tags)} 个内容页中有 {len(odd)} 个的 PubDate 格式不对"
            f"（如“{odd[0].says('PubDate')[:30]}”）；要求写成 YYYY-MM-DD HH:MM：{_names(odd)}"
        )
        yield Hit(what=PUB_DATE, message=message, url=odd[0].url, in_body=False)


def _lacking(pages: Sequence[Tagged], names: Sequence[str], kind: str) -> Iterator[Hit]:
    for name in names:
        lacking = [page for page in pages if not page.says(name)]
        if lacking:
            message = (
                f"{len(pages)} 个{kind}中有 {len(lacking)} 个没有填写 {name}；"
                f"要求每个{kind}填写：{_names(lacking)}"
            )
            yield Hit(what=name, message=message, url=lacking[0].url, in_body=False)


def _state(page: Tagged, name: str) -> str:
    empty = any(tag.name == name.lower() for tag in page.tags)
    return f"的 {name} 标签是空的" if empty else f"没有 {name} 标签"


def _names(pages: Sequence[Tagged]) -> str:
    named = "、".join(f"“{p.title[:20].strip()}”" for p in pages[:NAMED])
    return named + (" 等" if len(pages) > NAMED else "")


# --- names and search -----------------------------------------------------------------------------

_GOV = re.compile(r"(?:[a-z0-9-]+\.)+gov\.cn|gov\.cn|[^.\s]+\.(?:政务|xn--zfr164b)")


@rule(
    id="improper-domain",
    title="网站域名不合规定",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(
        Basis(
            GUIDELINES.partition("附件")[0],
            "英文域名以 .gov.cn 为后缀，不得使用其他后缀",
            GUIDELINES_LINK,
        ),
        Basis(
            DOMAIN_NOTICE,
            "门户网站为 www.□□□.gov.cn，部门网站为 ○○○.□□□.gov.cn；中文域名为 △△△.政务",
        ),
    ),
    remedy="请按规定申请和启用 .gov.cn 域名，并注销不合规定的域名。",
    doc=Doc(
        checks="网站的域名是否以 .gov.cn（中文域名为 .政务）为后缀；门户网站的英文域名是否为 www.□□□.gov.cn。",
        why="统一的后缀使公众认得出政府网站；2017年、2018年的文件都作了规定。",
        good="www.ruichang.gov.cn，slj.bd.gov.cn。",
        bad="www.ruichang.com，ruichang.jx.cn。",
        mend="申请 .gov.cn 域名，老域名跳转到新域名并按程序注销。",
        doubts="在本机或内网检测的，以 SiteDomain 标签中的域名为准，没有则不适用。门户网站不以 www 开头的按疑似记，"
        "检测用的地址可能不是对外公布的地址。",
    ),
    needs=("configured", "home_tags"),
)
def improper_domain(configured: Configured, home_tags: Tagged) -> Verdict:
    if configured.public:
        hosts = [configured.host]
    else:
        hosts = re.split(r"[,，;；、\s]+", home_tags.says("SiteDomain"))
    names = [name for name in (bare_host(host) for host in hosts) if name]
    if not names:
        return NotApplicable("不是对外公布的地址，SiteDomain 标签也没有写域名")
    return _domains(names, configured.portal)


def _domains(names: Sequence[str], portal: bool) -> Iterator[Hit]:
    for name in names:
        if not _GOV.fullmatch(name):
            yield Hit(
                what=name,
                message=f"域名为 {name}；要求以 .gov.cn 为后缀（中文域名为 .政务）",
                in_body=False,
            )
    english = [name for name in names if name.endswith(".gov.cn")]
    if portal and english and not any(name.startswith("www.") for name in english):
        yield Hit(
            what="www",
            message=f"门户网站的域名为 {english[0]}；要求为 www.□□□.gov.cn",
            suspected=True,
            in_body=False,
        )


def bare_host(text: str) -> str:
    """The host name in what a tag or a configuration calls a domain, in lower case; else empty."""
    host = re.sub(r"^[a-z]+://", "", text.strip().lower())
    host = re.split(r"[/:?#]", host)[0].rstrip(".")
    return host if "." in host and not re.fullmatch(r"[\d.]+", host) else ""


@rule(
    id="search-misses-title",
    title="站内搜索找不到已发布的信息",
    scope=Scope.SITE,
    version=2,
    severity=Severity.COMMON,
    basis=(
        Basis(
            INSPECTION,
            "扣分指标“功能设计”：站内搜索，以已发布信息的标题检索，结果第一页应当找得到",
            INSPECTION_LINK,
        ),
    ),
    remedy="请修复站内搜索并重建索引，保证按标题能在结果第一页找到已发布的信息。",
    doc=Doc(
        checks="用一条已发布信息的完整标题向首页的站内搜索查一次，看结果第一页有没有这条信息。每站每次检测只查一次。",
        why="公众主要靠搜索找信息；检查人员就是用已发布的标题来试的。",
        good="搜索“关于印发某某办法的通知”，第一条就是它。",
        bad="搜索已发布的标题，结果第一页说“没有找到相关信息”。",
        mend="检查搜索引擎的索引是否更新、是否覆盖全部栏目和互动内容。",
        doubts="一律记疑似，由人工打开核对：结果可能是脚本随后写上的。搜索由脚本、外站或需要验证的系统提供，或者结果页读不出结果时，记未能核实。"
        "结果中标出了所查的词，或者写明没有找到并重复了所查的标题，才算读懂。"
        "新发布的信息可能尚未收录，所以查的是一周以前发布的。",
    ),
    needs=("search_look",),
)
def search_misses_title(search_look: SearchLook) -> Verdict:
    if search_look.found:
        return Remark(f"搜索“{search_look.title[:40]}”，结果第一页有这条信息")
    if not search_look.rows and not search_look.said_none:
        return Unverified(code=Missing.READER, reason="没有读懂站内搜索的结果页")
    rows = f"显示的 {search_look.rows} 条中没有它" if search_look.rows else "说没有结果"
    return [
        Hit(
            what="",
            message=f"搜索已发布的“{search_look.title[:60]}”，结果第一页{rows}；要求第一页找得到",
            snippet=search_look.page,
            url=search_look.asked,
            suspected=True,
            in_body=False,
        )
    ]


# --- what does not belong there -------------------------------------------------------------------

_PURE = Basis(
    GUIDELINES.partition("附件")[0],
    "政府网站不得刊登商业广告，页面不得设置悬浮、闪烁、弹出的窗口；原文没有见到，见于市级考核表",
    GUIDELINES_LINK,
    unconfirmed=True,
)


@rule(
    id="advertising",
    title="首页有商业广告",
    scope=Scope.SITE,
    severity=Severity.SERIOUS,
    basis=(_PURE,),
    remedy="请撤下商业广告及其脚本。",
    doc=Doc(
        checks="首页有没有广告联盟的脚本、框架，有没有带图片的购物、团购类网站链接。",
        why="政府网站刊登商业广告，损害公信力，也可能被植入其他内容。",
        good="首页的图片链接都指向政府网站和本站专题。",
        bad="页面引用 cpro.baidustatic.com 的广告脚本。",
        mend="删去广告代码；建站公司自带的广告一并清理。",
        doubts="只有广告联盟的脚本和框架算查实，购物类网站的图片链接按疑似记：助农专题可能正当地链接到电商平台。",
    ),
    needs=("marks",),
)
def advertising(marks: Marks) -> Iterator[Hit]:
    for one in marks.adverts:
        yield _intruding(one, "商业广告")


@rule(
    id="floating-window",
    title="首页有悬浮窗口",
    scope=Scope.SITE,
    severity=Severity.HINT,
    basis=(_PURE,),
    remedy="请把悬浮窗口的内容放进专题或通知栏目，并撤下窗口。",
    doc=Doc(
        checks="首页有没有在页面上飘动或悬浮的图片窗口（飘窗、对联）。",
        why="飘窗遮挡内容，妨碍老年人和视障人士使用，无障碍和适老化改造都要求去掉。",
        good="专题以图片链接排在首页固定位置；侧边只有“返回顶部”和二维码。",
        bad="首页有随脚本移动的图片，点击进入活动专题。",
        mend="撤下飘窗代码，专题入口排进版面。",
        doubts="由脚本移动的算查实；只按样式看出悬浮的按疑似记。返回顶部、微信、客服等侧边按钮不算。",
    ),
    needs=("marks",),
)
def floating_window(marks: Marks) -> Iterator[Hit]:
    for one in marks.floating:
        yield _intruding(one, "悬浮窗口")


def _intruding(one: Intruder, kind: str) -> Hit:
    return Hit(
        what=one.what,
        message=f"首页有{kind}“{one.shows[:60]}”；要求不设{kind}",
        path=one.path,
        snippet=one.shows,
        suspected=not one.certain,
        in_body=False,
    )
