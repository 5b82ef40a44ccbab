"""The portal's spider: mandatory columns in the site's own menu, pages by their source."""

from __future__ import annotations

from typing import ClassVar

from checks.facts import Unverified
from crawler.spiders.base import SiteSpider, TreeFound


class PortalSpider(SiteSpider):
    name = "portal"
    by_catalogue: ClassVar[bool] = False

    async def trees(self) -> dict[str | None, TreeFound | Unverified]:
        own = await self.site_tree()
        return {} if own is None else {None: own}
