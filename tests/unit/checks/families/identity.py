"""Identity: marks, tags, domain, search, advertisements and floating windows, each side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from checks.facts import Unverified
from checks.identity_facts import Configured, IdentityCase, SearchLook, Tagged
from checks.model import NotApplicable, OutcomeKind, Scope
from checks.parts import Intruder, Marks, Tag
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import WALL, fetched, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED

CODE = "3604810001"
MARKS = Marks(
    site_code=CODE,
    error_code=CODE,
    icp="赣ICP备05000001号",
    police="公网安备36048102000001号",
    party_mark="http://bszs.conac.cn/sitename?method=show&id=1",
    sponsor="瑞昌市人民政府办公室",
    operator="瑞昌市信息办",
    contact="联系我们",
    sitemap="http://www.ruichang.gov.cn/map.html",
    footer=True,
)
HOST = "www.ruichang.gov.cn"


def tagged(title: str = "首页", **tags: str) -> Tagged:
    said = tuple(Tag(name=name.lower(), content=value) for name, value in tags.items())
    return Tagged(title=title, url=f"http://{HOST}/{title}", tags=said)


SITE = {"SiteName": "瑞昌市人民政府", "SiteDomain": HOST, "SiteIDCode": CODE}
COLUMN = {
    "ColumnName": "要闻",
    "ColumnDescription": "要闻",
    "ColumnKeywords": "要闻",
    "ColumnType": "工作动态",
}
ARTICLE = {"ArticleTitle": "通知", "PubDate": "2018-06-01 09:30", "ContentSource": "市政府办"}
COLUMNS = (tagged("要闻", **COLUMN),)
ARTICLES = (tagged("通知", **ARTICLE),)
LOOK = SearchLook(title="关于某事的通知", page=f"http://{HOST}/a.html", asked=f"http://{HOST}/s?q=1", found=True, rows=3)  # fmt: skip


def case(
    *,
    marks: Marks | Unverified = MARKS,
    home: Tagged | Unverified | None = None,
    configured: Configured | None = None,
    columns: tuple[Tagged, ...] | Unverified | NotApplicable = COLUMNS,
    articles: tuple[Tagged, ...] | Unverified | NotApplicable = ARTICLES,
    search: SearchLook | Unverified | NotApplicable = LOOK,
) -> IdentityCase:
    return IdentityCase(
        subject=subject(Scope.SITE, "portal"),
        configured=configured or Configured(host=HOST, portal=True, site_code=CODE),
        marks=marks,
        home=tagged(**SITE) if home is None else home,
        columns=columns,
        articles=articles,
        search=search,
        fetched=fetched(),
    )


def without(**changes: Any) -> Marks:
    return replace(MARKS, **changes)


def _of(rule: str, side: Any, name: str, made: IdentityCase, kind: OutcomeKind) -> RuleCase:
    return RuleCase(rule=rule, side=side, name=name, case=made, kind=kind)


def _marks(rule: str, side: Any, name: str, kind: OutcomeKind, **changes: Any) -> RuleCase:
    return _of(rule, side, name, case(marks=without(**changes)), kind)


def _codes(side: Any, name: str, kind: OutcomeKind, *codes: str | None) -> RuleCase:
    """Footer, tag, entrance, configured."""
    foot, tag, entrance, own = codes
    made = case(
        marks=without(site_code=foot, error_code=entrance),
        home=tagged(**{**SITE, "SiteIDCode": tag or ""}),
        configured=Configured(host=HOST, portal=True, site_code=own),
    )
    return _of("mark-mismatch", side, name, made, kind)


def _domain(
    side: Any,
    name: str,
    kind: OutcomeKind,
    host: str,
    *,
    portal: bool = True,
    tag: str | None = None,
) -> RuleCase:
    """``tag``: the site is no public one, and this is its SiteDomain."""
    made = case(
        configured=Configured(host=host, portal=portal, public=tag is None),
        home=tagged(**{**SITE, "SiteDomain": tag or HOST if tag is None else tag}),
    )
    return _of("improper-domain", side, name, made, kind)


def _article(side: Any, name: str, kind: OutcomeKind, **tags: str) -> RuleCase:
    good = tagged("好", **ARTICLE)
    page = tagged("通知", **{**ARTICLE, **tags})
    return _of("missing-article-tags", side, name, case(articles=(good, page)), kind)


_M, _S, _E = "missing-site-mark", "search-misses-title", "missing-error-entry"
_C, _A = "missing-column-tags", "missing-article-tags"
_OTHER = "3604820001"
_AD = Intruder(what="cpro.baidustatic.com/c.js", shows="cpro.baidustatic.com", certain=True)
_WINDOW = Intruder(what="/zt", shows="主题活动", certain=True)

CASES = [
    _marks(_M, "good", "all marks are there", FINE),
    _marks(_M, "bad", "no code in the footer", FINDING, site_code=None),
    _marks(_M, "bad", "no record number and no link to the ministry", FINDING, icp=None),
    _marks(_M, "good", "the record number is a linked picture", FINE, icp=None, icp_linked=True),
    _marks(_M, "bad", "no police record", FINDING, police=None),
    _marks(_M, "good", "the police record is a linked picture", FINE, police=None, police_linked=True),
    _marks(_M, "bad", "no party mark", FINDING, party_mark=None),
    _marks(_M, "bad", "no sponsor of any kind", FINDING, sponsor=None, operator=None),
    _marks(_M, "bad", "somebody is named, not as the sponsor", SUSPECTED, sponsor=None),
    _marks(_M, "bad", "no contact", FINDING, contact=None),
    _marks(_M, "good", "no entrance for errors: another rule's", FINE, error_code=None),
    _marks(_E, "good", "an entrance with the site's code", FINE),
    _marks(_E, "bad", "no entrance for errors", FINDING, error_code=None),
    _marks(_E, "good", "an entrance for errors without a code", FINE, error_code=""),
    _marks(_E, "unverified", "a script that nobody knows may write it", UNVERIFIED, error_code=None, unknown=("/js/foot.js",)),
    _marks(_E, "unverified", "the footer was not read", UNVERIFIED, error_code=None, footer=False),
    _of(_E, "unverified", "the home page was not read", case(marks=WALL), UNVERIFIED),
    _marks(_M, "bad", "no map", FINDING, sitemap=None),
    _marks(_M, "unverified", "a script that nobody knows may write it", UNVERIFIED, party_mark=None, unknown=("/js/foot.js",)),
    _marks(_M, "unverified", "the footer was not read", UNVERIFIED, police=None, footer=False),
    _marks(_M, "good", "a script that nobody knows, and nothing missing", FINE, unknown=("/js/foot.js",)),
    _of(_M, "unverified", "the home page was not read", case(marks=WALL), UNVERIFIED),
    _codes("good", "all agree", FINE, CODE, CODE, CODE, CODE),
    _codes("good", "all agree, nothing configured", FINE, CODE, CODE, CODE, None),
    _codes("good", "letters of either case", FINE, "BM16000001", "bm16000001", None, "bm16000001"),
    _codes("bad", "the entrance has another's", FINDING, CODE, CODE, _OTHER, CODE),
    _codes("bad", "the footer has another's, nothing configured", FINDING, _OTHER, CODE, CODE, None),
    _codes("bad", "two places, each its own", FINDING, CODE, _OTHER, None, None),
    _codes("bad", "all agree against the configuration", SUSPECTED, _OTHER, _OTHER, _OTHER, CODE),
    _codes("bad", "one place alone against the configuration", FINDING, _OTHER, None, None, CODE),
    _codes("bad", "nine digits", FINDING, "360481000", None, None, None),
    _codes("bad", "eleven digits, everywhere the same", FINDING, "36048100011", "36048100011", "36048100011", "36048100011"),
    _codes("good", "one place and nothing to compare it with", NOT_APPLICABLE, CODE, None, None, None),
    _codes("good", "no code anywhere", NOT_APPLICABLE, None, None, None, CODE),
    _of("mark-mismatch", "unverified", "the home page was not read", case(marks=WALL, home=WALL), UNVERIFIED),
    _of("missing-site-tags", "good", "all three", case(), FINE),
    _of("missing-site-tags", "bad", "an empty one", case(home=tagged(**{**SITE, "SiteIDCode": ""})), FINDING),
    _of("missing-site-tags", "bad", "none at all", case(home=tagged()), FINDING),
    _of("missing-site-tags", "unverified", "the home page was not read", case(home=WALL), UNVERIFIED),
    _of(_C, "good", "all four", case(), FINE),
    _of(_C, "bad", "one column lacks its class", case(columns=(tagged("要闻", **COLUMN), tagged("通知", **{**COLUMN, "ColumnType": ""}))), FINDING),
    _of(_C, "unverified", "no column was read", case(columns=WALL), UNVERIFIED),
    _of(_C, "good", "there are no columns", case(columns=NotApplicable("没有应查的栏目页")), NOT_APPLICABLE),
    _article("good", "all three", FINE),
    _article("good", "with seconds", FINE, PubDate="2026-07-06 10:41:54"),
    _article("good", "with long dashes", FINE, PubDate="2019—09—18 06:23"),
    _article("good", "with a T", FINE, PubDate="2019-09-18T06:23:00+08:00"),
    _article("bad", "the day alone", FINDING, PubDate="2019-09-18"),
    _article("bad", "slashes", FINDING, PubDate="2019/09/18 06:23"),
    _article("bad", "words after the time", FINDING, PubDate="2019-09-18 06:23 来源"),
    _article("bad", "an empty source", FINDING, ContentSource=""),
    _article("bad", "no title", FINDING, ArticleTitle=""),
    _of(_A, "unverified", "no page was read", case(articles=WALL), UNVERIFIED),
    _domain("good", "a portal", FINE, HOST),
    _domain("good", "a department", FINE, "slj.bd.gov.cn", portal=False),
    _domain("good", "a Chinese name", FINE, "瑞昌市.政务", portal=False),
    _domain("good", "the central portal", FINE, "www.gov.cn"),
    _domain("bad", "a commercial suffix", FINDING, "www.ruichang.com"),
    _domain("bad", "the words of the suffix in the wrong place", FINDING, "ruichang.gov.cn.com"),
    _domain("bad", "the words without their dot", FINDING, "ruichanggov.cn", portal=False),
    _domain("bad", "a portal without www", SUSPECTED, "zwgk.ruichang.gov.cn"),
    _domain("good", "a platform without www", FINE, "zwgk.ruichang.gov.cn", portal=False),
    _domain("good", "on loopback, named in its tag", FINE, "127.0.0.1", tag=f"http://{HOST}/"),
    _domain("good", "two names joined by a comma", FINE, "127.0.0.1", tag=f"zwgk.ruichang.gov.cn,{HOST}"),
    _domain("bad", "on loopback, a wrong name in its tag", FINDING, "127.0.0.1", tag="www.ruichang.com"),
    _domain("bad", "one of two names is wrong", FINDING, "127.0.0.1", tag=f"{HOST}，ruichang.cn"),
    _domain("good", "on loopback without a name", NOT_APPLICABLE, "127.0.0.1", tag=""),
    _domain("good", "on loopback, named by its number", NOT_APPLICABLE, "127.0.0.1", tag="10.1.2.3"),
    _of("improper-domain", "unverified", "the home page was not read", case(home=WALL), UNVERIFIED),
    _of(_S, "good", "it is on the first page", case(), FINE),
    _of(_S, "bad", "others are shown instead", case(search=replace(LOOK, found=False, rows=1)), SUSPECTED),
    _of(_S, "bad", "it says there is nothing", case(search=replace(LOOK, found=False, rows=0, said_none=True)), SUSPECTED),
    _of(_S, "unverified", "neither results nor words", case(search=replace(LOOK, found=False, rows=0)), UNVERIFIED),
    _of(_S, "unverified", "the search is a script", case(search=WALL), UNVERIFIED),
    _marks("advertising", "good", "none", FINE),
    _marks("advertising", "bad", "a known network", FINDING, adverts=(_AD,)),
    _marks("advertising", "bad", "a shop's picture", SUSPECTED, adverts=(replace(_AD, certain=False),)),
    _of("advertising", "unverified", "the home page was not read", case(marks=WALL), UNVERIFIED),
    _marks("floating-window", "good", "none", FINE),
    _marks("floating-window", "bad", "moved by a script", FINDING, floating=(_WINDOW,)),
    _marks("floating-window", "bad", "by its style alone", SUSPECTED, floating=(replace(_WINDOW, certain=False),)),
    _of("floating-window", "unverified", "the home page was not read", case(marks=WALL), UNVERIFIED),
]  # fmt: skip
