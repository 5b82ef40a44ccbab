"""A process that stores pages as a crawl does, to be killed: it resumes where it was.

``python -m tests.integration.storage.crawl_process DATABASE EVIDENCE SCAN PAGES``; prints a line a
page.
"""

from __future__ import annotations

import sys
from pathlib import Path

from checks.facts import ColumnState
from storage.db import open_engine
from storage.evidence import EvidenceStore
from storage.models import SiteState
from storage.scans import Fetch, ScanWriter
from tests.integration.storage.samples import column, day, file_link, page, store_page, url

BATCH = 7


def main(address: str, root: str, scan_id: int, pages: int) -> None:
    engine = open_engine(address)
    store = EvidenceStore(Path(root), engine)
    store.recover()
    writer = ScanWriter(engine, store, scan_id, "portal", batch=BATCH)
    writer.start()
    if writer.column_done("portal/news") is None:
        writer.column(
            "portal/news", column(pages), ColumnState.READ, fetch=Fetch(at=day(0), status=200)
        )
    for number in range(pages):
        if not writer.seen_in_scan(url(number)):
            facts = page(number, links=(file_link(f"{number}.doc"), file_link("shared.doc")))
            store_page(writer, store, number, day(0), facts=facts)
        print(number, flush=True)
    writer.finish(SiteState.COMPLETE)
    store.close()
    engine.dispose()
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
