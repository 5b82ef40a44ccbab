from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from storage import deflate, warc

URL = "http://www.example.gov.cn/新闻/1.html"
AT = datetime(2018, 12, 3, 1, 2, 3, 456789, tzinfo=UTC)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def response(body: bytes, headers: warc.Headers = ()) -> bytes:
    return warc.response(URL, 200, headers, body, AT, digest(body))


def opened(data: bytes) -> list[tuple[ArcWarcRecord, bytes]]:
    records = ArchiveIterator(BytesIO(data), check_digests="raise")
    return [(record, record.raw_stream.read()) for record in records]


@given(st.binary(max_size=3000))
def test_any_body_comes_back_through_warcio_with_its_digest_verified(body: bytes) -> None:
    [(record, payload)] = opened(response(body, [("Content-Type", "text/html")]))
    assert payload == body
    assert record.rec_type == "response"
    assert record.rec_headers.get_header("WARC-Target-URI") == URL
    assert record.rec_headers.get_header("WARC-Payload-Digest") == f"sha256:{digest(body)}"
    assert record.rec_headers.get_header("WARC-Date") == "2018-12-03T01:02:03.456789Z"
    assert record.http_headers.get_header("Content-Type") == "text/html"


@given(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40)), max_size=5))
def test_hostile_headers_break_no_record(headers: list[tuple[bytes, bytes]]) -> None:
    data = response(b"<html>", headers) + response(b"second")
    assert [payload for _, payload in opened(data)] == [b"<html>", b"second"]


def test_a_header_cannot_smuggle_another_line() -> None:
    record = warc.read(response(b"x", [("X-A", "1\r\nSet-Cookie: y\r\n\r\nbody")]))
    assert record.headers == (("X-A", "1  Set-Cookie: y    body"), ("Content-Length", "1"))


def test_headers_about_the_bytes_on_the_wire_are_set_aside() -> None:
    headers = [
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("content-length", "9"),
    ]
    record = warc.read(response(b"decoded", headers))
    assert record.body == b"decoded"
    assert dict(record.headers) == {
        "X-Archive-Orig-Content-Encoding": "gzip",
        "X-Archive-Orig-Transfer-Encoding": "chunked",
        "X-Archive-Orig-content-length": "9",
        "Content-Length": "7",
    }


def test_a_revisit_names_the_record_that_has_its_payload() -> None:
    first = ("http://www.example.gov.cn/a", datetime(2018, 1, 1, tzinfo=UTC))
    data = warc.revisit(URL, 200, [("ETag", '"1"')], AT, digest(b"x"), first=first)
    [(record, payload)] = opened(data)
    assert payload == b""
    assert record.rec_type == "revisit"
    assert record.rec_headers.get_header("WARC-Refers-To-Target-URI") == first[0]
    assert record.rec_headers.get_header("WARC-Refers-To-Date") == "2018-01-01T00:00:00.000000Z"
    assert record.rec_headers.get_header("WARC-Profile").endswith("identical-payload-digest")
    assert record.http_headers.get_header("ETag") == '"1"'


def test_a_file_opens_with_a_warcinfo_record() -> None:
    [(record, payload)] = opened(warc.info("1-1.warc.gz", AT, "xunjian"))
    assert record.rec_type == "warcinfo"
    assert b"software: xunjian" in payload


def test_a_record_is_read_back_with_status_and_instant() -> None:
    record = warc.read(warc.response(URL, 599, (), b"x", AT, digest(b"x")))
    assert (record.kind, record.url, record.status, record.body, record.at) == (
        "response",
        URL,
        599,
        b"x",
        AT,
    )


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b no gzip", b"plain text"])
def test_a_damaged_record_raises_value_error(damage: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        warc.read(damage)


@given(st.binary(max_size=2000))
def test_packed_bytes_are_ordinary_zlib_and_gzip(data: bytes) -> None:
    assert deflate.unpack(deflate.pack(data)) == data
    assert warc.sha256(data) == digest(data)


def test_without_isa_l_zlib_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import zlib

    monkeypatch.setattr(deflate, "import_module", _missing)
    assert deflate._engine() is zlib


def _missing(name: str) -> None:
    raise ImportError(name)


def test_what_a_browser_showed_is_a_conversion_and_comes_back_marked() -> None:
    body = "<html>显示</html>".encode()
    data = warc.conversion(URL, body, AT, digest(body))
    [(record, payload)] = opened(data)
    assert (record.rec_type, payload) == ("conversion", body)
    assert record.rec_headers.get_header("WARC-Target-URI") == URL
    again = warc.read(data)
    assert (again.kind, again.url, again.status, again.body) == ("conversion", URL, 200, body)
    assert dict(again.headers)["X-Xunjian-Rendered"] == "yes"
