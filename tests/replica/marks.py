"""The replica's marks, tags and home-page furniture, what is wrong with them, and the traps beside."""

from __future__ import annotations

import html

from tests.replica.site import Replica

CODES = {"portal": "3604810001", "platform": "3604810002"}
WRONG_CODE = "3604810009"
SITE_NAMES = {"portal": "中国瑞昌", "platform": "瑞昌市政府信息公开平台"}
DOMAIN = "www.ruichang.gov.cn"
WRONG_DOMAIN = "www.ruichang.com"
TAGGED = ("modern", "meta")
"""Templates that carry the column's and the article's tags in a replica with plants."""


def site_tags(replica: Replica, site: str) -> dict[str, str]:
    """The tags of every page of a site."""
    domain = DOMAIN
    if replica.spec.plants:
        domain = {"portal": "", "platform": WRONG_DOMAIN}[site]
    return {"SiteName": SITE_NAMES[site], "SiteDomain": domain, "SiteIDCode": CODES[site]}


def has_tags(replica: Replica, template: str) -> bool:
    """Whether pages of a template carry more than nothing in their head."""
    return template in TAGGED or not replica.spec.plants


def moment(day: str, number: int) -> str:
    """A PubDate; some systems write the seconds, too."""
    return f"{day} 09:{number % 60:02d}" + (":00" if number % 3 == 0 else "")


def footer(replica: Replica, site: str, about: str) -> str:
    planted = replica.spec.plants
    bare = planted and site == "portal"
    code = WRONG_CODE if bare else CODES[site]
    police = "" if bare else "　赣公网安备 36048102000001号"
    sponsor = "" if planted and site == "platform" else "主办：瑞昌市人民政府　"
    badge = '<a href="http://bszs.conac.example/sitename"><img src="/images/badge.png" alt="党政机关"></a>'
    if site == "platform":  # a script writes it, as the issuer asks for
        badge = (
            "<script>document.write(unescape(\"%3Cspan id='_ideConac'%3E%3C/span%3E%3Cscript "
            "src='http://dcs.conac.cn/js/15/224/0000/60000001/CA152240000600000010001.js'%3E%3C/script%3E"
            '"));</script>'
        )
    return (
        f'<div class="footer"><p>{about}<a href="/wzdt/ditu.html">网站地图</a><a href="/wzdt/lianxi.html">联系我们</a></p>'
        f"<p>{sponsor}承办：瑞昌市信息办　联系电话：0792-4220000</p>"
        f'<p>网站标识码：{CODES[site]}　<a href="http://beian.miit.example/">赣ICP备05000001号</a>'
        f"{police}</p><p>{badge}"
        f'<script id="_jiucuo_" sitecode="{code}" src="/js/jiucuo.js"></script></p></div>'
    )


SEARCH = {"portal": "/jiansuo.html", "platform": "/chaxun.html"}
"""Where each site's search answers; ``/search/`` is closed to programs."""
FIELD = "q"


def search_form(site: str) -> str:
    return (
        f'<form class="search" action="{SEARCH[site]}" method="get"><input type="hidden" name="lx" value="0">'
        f'<input type="text" name="{FIELD}" placeholder="请输入关键字"><input type="submit" value="搜索"></form>'
    )


def results(replica: Replica, site: str, words: str) -> str:
    """What the search of a site shows. The planted portal's index is empty; the platform cuts and
    marks what it finds."""
    asked = html.escape(words[:60])
    held = [a for a in replica.articles.values() if a.site == site and words and words in a.title]
    if not held or (replica.spec.plants and site == "portal"):
        return f'<div class="main"><p>抱歉，没有找到与“{asked}”相关的信息</p><p>没有找到满意的结果？请换一个词</p></div>'
    rows = ""
    for article in held[:10]:
        title = html.escape(article.title)
        if site == "platform":
            title = f"<em>{html.escape(article.title[:5])}</em>{html.escape(article.title[5:9])}…"
        rows += f'<li><a href="{article.path}">{title}</a><span>{article.published:%Y-%m-%d}</span></li>'
    return f'<div class="main"><p>搜索“{asked}”，共找到 {len(held)} 条</p><ul>{rows}</ul></div>'


def furniture(replica: Replica, site: str) -> str:
    """What a home page shows beside its content: windows and advertisements, and what only looks so."""
    traps = (
        '<div class="side-float" style="position:fixed;right:10px"><a href="#top"><img src="/images/badge.png" '
        'alt="返回顶部"></a></div>'
        '<div id="piao-old" class="piaochuang" style="position:absolute;display:none"><a href="/wzdt/lianxi.html">'
        '<img src="/images/badge.png" alt="旧活动"></a></div>'
    )
    if not replica.spec.plants:
        return traps
    if site == "portal":
        return (
            traps + '<div id="gg1" style="position:absolute"><a href="/wzdt/lianxi.html"><img '
            'src="/images/badge.png" alt="主题活动"></a></div><script>var ad1 = new AdMove("gg1"); ad1.Run();</script>'
            '<div class="tuijian"><a href="https://mall.jd.com/index-1.html"><img src="/images/badge.png" alt="特产"></a>'
            '<a href="https://www.taobao.com/">助农网店</a></div>'
        )
    return traps + '<script src="http://cpro.baidustatic.com/cpro/ui/c.js"></script>'
