"""Whole sites of the CMS families: each with its own markup, addresses, endpoints, and truth.

``FAMILIES`` names them; ``make(name, spec, root)`` makes one. A family's module is imported when it
is asked for. ``python -m tests.replica.families serve NAME`` serves one.
"""

from __future__ import annotations

from importlib import import_module

from tests.replica.families.family import FamilySite
from tests.replica.families.model import Spec, Truth

FAMILIES: dict[str, str] = {
    # name: "module:class" below this package; one line a family, the helpers' merges stay small
    "trs": "trs:TrsSite",
    "jpage": "jpage:JpageSite",
    "xxgk": "xxgk:XxgkSite",
    "jpaas": "jpaas:JpaasSite",
    "truecms": "truecms:TrueCmsSite",
    "gkmlpt": "gkmlpt:GkmlptSite",
    "ucap": "ucap:UcapSite",
    "ucap-post": "ucap:UcapPostSite",
    "vsb": "vsb:VsbSite",
    "webplus": "webplus:WebplusSite",
    "dedecms": "dedecms:DedecmsSite",
    "empirecms": "empirecms:EmpirecmsSite",
    "sitefactory": "sitefactory:SitefactorySite",
    "phpcms": "phpcms:PhpcmsSite",
    "label8888": "label8888:Label8888Site",
    "epoint": "epoint:EpointSite",
    "epoint_old": "epoint_old:EpointOldSite",
    "static_plain": "static_plain:StaticPlainSite",
    "ewcms": "ewcms:EwcmsSite",
    "asp": "asp:AspSite",
    "gkfs": "gkfs:GkfsSite",
    "querylist": "querylist:QuerylistSite",
    "trs_hunan": "trs_variants:TrsHunanSite",
    "trs_nanjing": "trs_variants:TrsNanjingSite",
    "trs_cluster": "trs_cluster:TrsClusterSite",
    "nfcms": "nfcms:NfcmsSite",
}


def make(name: str, spec: Spec, root: str) -> FamilySite:
    """The site ``name`` of this seed and day, as reached under ``root``."""
    module, _, cls = FAMILIES[name].partition(":")
    found: type[FamilySite] = getattr(import_module(f"{__name__}.{module}"), cls)
    return found(spec, root)


__all__ = ["FAMILIES", "FamilySite", "Spec", "Truth", "make"]
