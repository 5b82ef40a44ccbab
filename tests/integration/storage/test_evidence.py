from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete
from warcio.archiveiterator import ArchiveIterator

from storage import evidence as evidence_module
from storage.db import StorageError, writing
from storage.evidence import EvidenceGone, EvidenceStore, Stored
from storage.lock import FileLock
from storage.models import EvidenceRow
from storage.scans import ScanWriter
from tests.integration.storage.samples import HOST, begin, day, digest, html, store_page, url

HEADERS = [(b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


def put(store: EvidenceStore, address: str, body: bytes, at_day: int = 0) -> Stored:
    return store.put("portal", address, 200, HEADERS, body, day(at_day))


def attached(engine: Engine, root: Path, at_day: int = 0) -> EvidenceStore:
    store = EvidenceStore(root, engine)
    store.attach(begin(engine, day(at_day)), day(at_day), "portal")
    return store


def files(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("*/*"))


def test_a_scan_writes_a_file_of_its_own_that_opens_in_warc_tools(
    engine: Engine, root: Path
) -> None:
    store = attached(engine, root)
    put(store, url(1), b"one")
    put(store, url(2), b"two")
    put(store, url(3), b"one")
    store.close()
    assert files(root) == ["1-1.warc.gz"]
    with (root / "2018" / "1-1.warc.gz").open("rb") as file:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"))
            for record in ArchiveIterator(file, check_digests="raise")
            if record.raw_stream.read() is not None
        ]
    assert records == [
        ("warcinfo", None),
        ("response", url(1)),
        ("response", url(2)),
        ("revisit", url(3)),
    ]


def test_one_copy_of_each_distinct_response_is_kept(engine: Engine, root: Path) -> None:
    store = attached(engine, root)
    assert put(store, url(1), b"one").new
    assert put(store, url(1), b"one") == Stored(digest(b"one"), 0, False)
    store.close()
    later = attached(engine, root, 7)
    assert not put(later, url(1), b"one", 7).new
    assert put(later, url(1), b"other", 7).new
    later.close()
    assert files(root) == ["1-1.warc.gz", "2-1.warc.gz"]


def test_the_same_payload_at_another_address_is_read_through_its_first_record(
    engine: Engine, root: Path
) -> None:
    store = attached(engine, root)
    put(store, url(1), b"one" * 1000)
    store.close()
    later = attached(engine, root, 7)
    stored = put(later, url(2), b"one" * 1000, 7)
    later.close()
    assert stored.new
    record = later.get(stored.digest, url(2))
    assert (record.url, record.body, record.fetched_at) == (url(2), b"one" * 1000, day(7))
    assert later.get(stored.digest).url == url(1)
    assert ("X-Archive-Orig-Content-Encoding", "gzip") in record.headers


def test_evidence_that_is_gone_or_damaged_is_told(engine: Engine, root: Path) -> None:
    store = attached(engine, root)
    with pytest.raises(EvidenceGone, match="已清理"):
        store.get("ab" * 32)
    stored = put(store, url(1), b"one")
    store.close()
    path = next(root.glob("*/*.gz"))
    data = path.read_bytes()
    path.write_bytes(data[:-100] + bytes(100))
    with pytest.raises(EvidenceGone, match="损坏"):
        store.get(stored.digest)
    path.unlink()
    with pytest.raises(EvidenceGone, match="缺失或损坏"):
        store.get(stored.digest)


def test_a_torn_tail_is_cut_off_and_what_rows_name_stays(engine: Engine, root: Path) -> None:
    store = attached(engine, root)
    stored = put(store, url(1), b"one")
    store.close()
    path = next(root.glob("*/*.gz"))
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(gzip.compress(b"WARC/1.1 and so on")[:-5])
    path.with_name(path.name + ".lock").touch()  # its writer was killed
    assert EvidenceStore(root, engine).recover() > 0
    assert path.stat().st_size == size
    assert store.get(stored.digest).body == b"one"
    assert files(root) == ["1-1.warc.gz"]


def test_a_file_that_no_row_names_is_removed(engine: Engine, root: Path) -> None:
    store = attached(engine, root)
    put(store, url(1), b"one")
    store.write()
    assert store._file is not None
    store._file.handle.close()  # as if killed here
    store._file.lock.release(remove=False)
    assert EvidenceStore(root, engine).recover() > 0
    assert files(root) == []


def test_a_file_that_is_being_written_is_left_alone(engine: Engine, root: Path) -> None:
    store = attached(engine, root)
    put(store, url(1), b"one")
    store.write()
    assert EvidenceStore(root, engine).recover() == 0
    store.close()
    assert store.get(digest(b"one")).body == b"one"


def test_two_processes_of_one_scan_write_two_files(engine: Engine, root: Path) -> None:
    scan_id = begin(engine)
    stores = [EvidenceStore(root, engine) for _ in range(2)]
    for number, store in enumerate(stores):
        store.attach(scan_id, day(0), "portal")
        put(store, url(number), f"{number}".encode())
    for store in stores:
        store.close()
    assert files(root) == [f"{scan_id}-1.warc.gz", f"{scan_id}-2.warc.gz"]


def test_a_new_file_is_begun_when_one_is_full(
    engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_module, "FILE_LIMIT", 700)
    store = attached(engine, root)
    for number in range(3):
        put(store, url(number), html(number))
    store.close()
    assert len(files(root)) > 1
    assert [store.get(digest(html(n))).body for n in range(3)] == [html(n) for n in range(3)]


def test_a_disk_that_is_full_is_told_and_the_next_try_goes_on(
    engine: Engine, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = attached(engine, root)
    put(store, url(1), b"one")
    whole = evidence_module._write_all

    def full(handle: object, data: bytes) -> None:
        whole(handle, data[: len(data) // 2])  # type: ignore[arg-type]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(evidence_module, "_write_all", full)
    with pytest.raises(StorageError, match="磁盘空间"):
        store.commit()
    monkeypatch.setattr(evidence_module, "_write_all", whole)
    put(store, url(2), b"two")
    store.close()
    assert store.get(digest(b"one")).body == b"one"
    assert store.get(digest(b"two")).body == b"two"


def crawl(engine: Engine, root: Path, at_day: int, numbers: list[int]) -> None:
    store = EvidenceStore(root, engine)
    writer = ScanWriter(engine, store, begin(engine, day(at_day)), "portal")
    for number in numbers:
        store_page(writer, store, number, day(at_day))
    store.put("portal", f"{HOST}/list", 200, HEADERS, b"a list page", day(at_day))
    writer.flush()
    store.close()


def test_pruning_keeps_what_a_scan_since_then_has_observed(engine: Engine, root: Path) -> None:
    crawl(engine, root, 0, [1, 2])
    crawl(engine, root, 500, [1, 3])
    store = EvidenceStore(root, engine)
    pruned = store.prune(date(2019, 6, 1))
    assert (pruned.records, pruned.files) == (1, 0)
    assert pruned.bytes > 0
    assert files(root) == ["1-1-kept-1.warc.gz", "2-1.warc.gz"]
    assert store.get(digest(html(1))).body == html(1)
    assert store.get(digest(b"a list page")).url == f"{HOST}/list"
    with pytest.raises(EvidenceGone):
        store.get(digest(html(2)))
    with (root / "2018" / "1-1-kept-1.warc.gz").open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo", "response", "response"]
    assert store.prune(date(2019, 6, 1)).records == 0


def test_pruning_everything_removes_the_file(engine: Engine, root: Path) -> None:
    crawl(engine, root, 0, [1, 2])
    pruned = EvidenceStore(root, engine).prune(date(2030, 1, 1))
    assert (pruned.records, pruned.files) == (3, 1)
    assert files(root) == []


def test_pruning_keeps_the_first_record_that_a_kept_revisit_leads_to(
    engine: Engine, root: Path
) -> None:
    store = attached(engine, root)
    put(store, url(1), b"one")
    store.close()
    later = attached(engine, root, 500)
    put(later, url(2), b"one", 500)
    later.close()
    later.prune(day(400).date())
    assert later.get(digest(b"one"), url(2)).body == b"one"


def test_what_was_pruned_is_stored_again_when_it_comes_again(engine: Engine, root: Path) -> None:
    store = attached(engine, root)
    put(store, url(1), b"one")
    store.close()
    store.prune((day(0) + timedelta(days=900)).date())
    again = attached(engine, root, 901)
    assert put(again, url(1), b"one", 901).new
    again.close()
    assert again.get(digest(b"one")).fetched_at == day(901)


def test_rows_whose_evidence_was_never_committed_do_not_exist(
    engine: Engine, root: Path, opening: Callable[..., Engine]
) -> None:
    store = attached(engine, root)
    put(store, url(1), b"one")
    store.write()
    with pytest.raises(EvidenceGone):
        store.get(digest(b"one"))
    store.close()
    with writing(engine) as connection:
        connection.execute(delete(EvidenceRow))
    with pytest.raises(EvidenceGone):
        store.get(digest(b"one"))


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "x.lock"), FileLock(tmp_path / "x.lock")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    second.release()
    assert list(tmp_path.iterdir()) == []
