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
    ("queryList", ("articlelist:", "-articlelist.json", "/querylist")),
    ("truecms", ("messagecontroller/getmessage", "initdata")),
    ("gkmlpt", ("/gkmlpt/", "window._config")),
    ("nfcms", ("nfcms_site_id", "nfcms_post_id")),
    (
        "ucap",
        ("ucap-content", "_isagg=true"),
    ),
    ("label8888", ("site/label/8888",)),
    ("epoint", ("ewb-front", "lightfrontaction", "webbuildercommon.js", "siteguid", "ewb-")),
    ("gkfs", ("gkfs(",)),
    (
        "trs",
        (
            "createpagehtml(",
            "trs_editor",
            "trs_ueditor",
            "trs_editor_view",
            "trs_web",
            "currchnlcls",
        ),
    ),
    ("vsb", ("vsb_content", "_showdynclicks", "wbnewsid", "_sitegray")),
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


def recognise(tree: Tree, url: str) -> str | None:
    """Name of the family whose sign comes first; ``None`` when no sign is seen."""
    parts = [script.text for script in tree.scripts]
    parts.extend([el.get("src") for el in tree.sources])
    parts.extend({el.names for el in tree.elements if el.names})
    parts.extend({el.get("href") for el in tree.anchors})
    sample = "\n".join(parts)[:_LOOK_AT].lower()
    for name, signs in _IN_TEXT:
        if any(sign in sample for sign in signs):
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
