"""CMS families whose lists are filled by a script, from an endpoint of the family's own.

One module a family, all with the same few functions (``family.Family``). A host mixes products, so
a family is recognised on each column page, never by its host. How to add one: ``docs/cms.md``.
"""

from __future__ import annotations

from crawler.cms import (
    aspnet,
    epoint,
    ewcms,
    gkmlpt,
    jpaas,
    jpage,
    label8888,
    phpcms,
    querylist,
    truecms,
    ucap,
    xxgk,
)
from crawler.cms.family import Catalogued, Family, Sign

FAMILIES: tuple[Family, ...] = (
    jpage,
    xxgk,
    jpaas,
    querylist,
    truecms,
    gkmlpt,
    ucap,
    label8888,
    epoint,
    ewcms,
    phpcms,
    aspnet,
)
"""In the order in which they are asked; the first that recognises a page has it."""

CATALOGUED: tuple[Catalogued, ...] = (gkmlpt, label8888)
"""Those whose pages also declare the tree of columns.

Not ``xxgk``: every column page of an organ names the same tree, under that page's own address, and
exploring would draft each column once a page.
"""


def recognise(text: str, url: str) -> tuple[Family, Sign] | None:
    """The family of a column page, and by what it was known; ``None``: none of these."""
    for family in FAMILIES:
        sign = family.recognise(text, url)
        if sign is not None:
            return family, sign
    return None


def shows_all(url: str) -> bool:
    """Whether a family shows all its columns at this one address, told apart by their names."""
    return gkmlpt.shows_all(url)
