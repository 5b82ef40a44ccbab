"""Signs by which a page's CMS family is recognised, in the order in which they are believed.

A host mixes products, so this is asked of each page. The families' endpoints live in
``crawler.cms``; here is only the name, for the facts.
"""

from __future__ import annotations

import re

from crawler.extract.tree import Tree

_IN_TEXT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("jpage", ("dataproxy.jsp", "<datastore")),
    ("xxgk", ("/module/xxgk/",)),
    ("jpaas", ("jpaas-publish-server", "unitbuild.js")),
    ("queryList", ("articleList:", "-articleList.json", "/queryList")),
    ("truecms", ("messageController/getMessage", 'id="initData"')),
    ("gkmlpt", ("/gkmlpt/", "window._CONFIG")),
    ("nfcms", ("NFCMS_SITE_ID", "NFCMS_POST_ID")),
    (
        "ucap",
        ("UCAP-CONTENT", "<UCAPTITLE", "<ucaptitle", "_isAgg=true", "kaipuyun.cn/exposure/ucap"),
    ),
    ("label8888", ("site/label/8888",)),
    ("epoint", ("EWB-FRONT", "lightfrontaction", "webBuilderCommon.js", "siteGuid", "ewb-")),
    ("gkfs", ("gkfs(",)),
    (
        "trs",
        (
            "createPageHTML(",
            "TRS_Editor",
            "TRS_UEDITOR",
            "trs_editor_view",
            "trs_web",
            "CurrChnlCls",
        ),
    ),
    ("vsb", ("vsb_content", "_showDynClicks", "wbnewsid", "_sitegray")),
    ("webplus", ("wp_articlecontent", "sudyfile-attr", "/_upload/tpl/")),
    ("dedecms", ("plus/list.php?tid=", "/plus/count.php", "dedeajax")),
    ("ewcms", ("/component/interaction/", "ruichang.css", "/pub_res/")),
    ("phpcms", ("xxgk-list-", "xxgk-show-", "api-ajax_list-")),
)
_IN_URL = (
    ("jpage", re.compile(r"/col/col\d+/|/art/20\d\d/.*art_")),
    ("trs", re.compile(r"/20\d{4}/t20\d{6}_\d+\.s?html?")),
    ("vsb", re.compile(r"/info/\d+/\d+\.htm")),
    ("ewcms", re.compile(r"/document/20\d\d-\d\d-\d\d/\d+_\d+\.html")),
    ("label8888", re.compile(r"/public/(?:column/)?\d+(?:/\d+\.html|\?)")),
)
_LOOK_AT = 400_000


def recognise(tree: Tree, text: str, url: str) -> str | None:
    """Name of the family whose sign comes first; ``None`` when no sign is seen."""
    sample = text[:_LOOK_AT]
    for name, signs in _IN_TEXT:
        for sign in signs:
            if sign in sample:
                return name
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
