"""Signs by which a page's CMS family is recognised, in the order in which they are believed.

A host mixes products, so this is asked of each page. The families' endpoints live in
``crawler.cms``; here is only the name, for the facts.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.extract.tree import Tree

_SIGNS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    # family, signs in scripts, in names of classes and ids, in addresses of links and scripts
    ("jpage", ("dataproxy.jsp", "<datastore"), (), ()),
    ("xxgk", ("/module/xxgk/",), (), ("/module/xxgk/",)),
    ("jpaas", ("jpaas-publish-server",), (), ("jpaas-publish-server", "unitbuild.js")),
    ("queryList", ("articlelist:", "articlelist :", "-articlelist.json", "/querylist"), (), ()),
    ("truecms", ("messagecontroller/getmessage",), ("initdata",), ()),
    ("gkmlpt", ("window._config",), (), ("/gkmlpt/",)),
    ("nfcms", ("nfcms_site_id", "nfcms_post_id"), ("nfw-cms",), ()),
    ("ucap", ("_isagg", "getfilelistbycodeid"), ("ucap-content",), ("/common/search/",)),
    ("label8888", ("site/label/8888",), (), ("site/label/8888",)),
    (
        "epoint",
        ("lightfrontaction", "siteguid", "getgovinfolist"),
        ("ewb-", "moreinfolist1", "wb-page-"),
        ("ewb-front", "webbuildercommon.js", "/govxxgk/", "moreinfo.aspx?categorynum"),
    ),
    ("gkfs", ("gkfs(",), (), ()),
    ("trs", ("createpagehtml(",), ("trs_", "currchnlcls"), ()),
    (
        "vsb",
        ("_showdynclicks", "wbnewsid"),
        ("vsb_content",),
        ("/_sitegray/", "wbnewsid=", "/system/resource/"),
    ),
    (
        "webplus",
        (),
        ("wp_articlecontent", "wp_paging", "wp_news"),
        ("/_upload/tpl/", "/_upload/article/"),
    ),
    (
        "dedecms",
        ("dedeajax",),
        ("dede_pages",),
        ("plus/list.php?tid=", "/plus/count.php", "/plus/view.php?aid=", "/plus/search.php"),
    ),
    (
        "empirecms",
        (),
        (),
        ("/e/action/listinfo", "/e/action/showinfo", "/e/public/", "/e/search/", "/e/data/js/"),
    ),
    ("ewcms", (), (), ("/component/interaction/", "ruichang.css", "/pub_res/")),
    (
        "phpcms",
        ("api-ajax_list-",),
        (),
        ("xxgk-list-", "xxgk-show-", "news-list-", "news-show-", "index.php?m=content&c=index"),
    ),
    ("siteweaver", (), (), ("article/showclass.asp?classid=", "showarticle.asp?articleid=")),
    ("ilist", (), (), ("info/ilist.jsp?",)),
)
_IN_URL = (
    ("jpage", re.compile(r"/col/col\d+/|/art/20\d\d/.*art_")),
    ("trs", re.compile(r"/20\d{4}/t20\d{6}_\d+\.s?html?")),
    ("vsb", re.compile(r"/info/\d+/\d+\.htm")),
    ("ewcms", re.compile(r"/document/20\d\d-\d\d-\d\d/\d+_\d+\.html")),
    (
        "label8888",
        re.compile(
            r"/public/(?:column/)?\d+(?:/\d+\.html|\?)|/content/(?:column|article)/\d+(?:\?|$)"
        ),
    ),
    ("epoint", re.compile(r"/MoreInfo\.aspx\?|govInfoPub\.html", re.I)),
)
_OWN_URL = (
    ("webplus", re.compile(r"/c\d+a\d+/page\.(?:htm|psp)")),
    ("dedecms", re.compile(r"/plus/(?:list|view)\.php\?")),
    ("empirecms", re.compile(r"/e/action/(?:ListInfo|ShowInfo)")),
    ("phpcms", re.compile(r"/(?:xxgk|news)-(?:list|show)-[\w-]+\.html")),
    ("sitefactory", re.compile(r"/Category_\d+/|/Item/\d+\.aspx")),
    ("siteweaver", re.compile(r"/Show(?:Class|Article)\.asp\?", re.I)),
    ("ilist", re.compile(r"/info/iList\.jsp")),
)
"""Addresses that no other make has: they say more than what a page links to."""
_LOOK_AT = 400_000
_REMEMBERED = range(2000, 32_000)
"""Sizes of the scripts that are remembered, in characters: the pages of a site repeat them."""


def _in_script(text: str) -> frozenset[str]:
    """The families whose signs a script holds."""
    text = text.lower()
    return frozenset(
        family for family, signs, _, _ in _SIGNS if any(sign in text for sign in signs)
    )


def sign_of(family: str, text: str, url: str) -> str | None:
    """A sign of the family that a page's markup or address shows; ``None``: none is seen there."""
    text = text[:_LOOK_AT].lower()
    for name, *kinds in _SIGNS:
        if name == family:
            found = next((sign for signs in kinds for sign in signs if sign in text), None)
            if found is not None:
                return found
    for name, pattern in _IN_URL:
        if name == family and (match := pattern.search(url)) is not None:
            return match[0]
    return None


_in_known_script = lru_cache(maxsize=256)(_in_script)


def recognise(tree: Tree, url: str) -> str | None:
    """Name of the family whose sign comes first; ``None`` when no sign is seen."""
    for name, pattern in _OWN_URL:
        if pattern.search(url):
            return name
    seen: set[str] = set()
    others: list[str] = []
    left = _LOOK_AT
    for script in tree.scripts:
        text = script.text[: max(0, left)]
        left -= len(text) + 1
        if len(text) in _REMEMBERED:
            seen |= _in_known_script(text)
        else:
            others.append(text)
    seen |= _in_script("\n".join(others))
    names = "\n".join({el.names for el in tree.elements})[:_LOOK_AT]
    addresses = {el.attrs.get("href") for el in tree.anchors}
    addresses.update([el.attrs.get("src") for el in tree.sources])
    linked = "\n".join(filter(None, addresses))[:_LOOK_AT].lower()
    for family, _, in_names, in_links in _SIGNS:
        if family in seen:
            return family
        for sign in in_names:
            if sign in names:
                return family
        for sign in in_links:
            if sign in linked:
                return family
    for name, pattern in _IN_URL:
        if pattern.search(url):
            return name
    generator = tree.metas.get("generator", "").lower()
    for word, name in (
        ("dedecms", "dedecms"),
        ("empirecms", "empirecms"),
        ("phpcms", "phpcms"),
        ("drupal", "drupal"),
    ):
        if word in generator:
            return name
    return None
