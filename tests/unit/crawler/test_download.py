"""What DNS answers is checked again, and bodies are bounded while they come."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from typing import Any

import pytest
import yarl

from config.schema import Site, SiteKind
from crawler.answers import Unfetched
from crawler.download import FewCookies, GuardedResolver, PrivateAddress, _inflater, identity
from crawler.scope import Scope


def resolver(monkeypatch: pytest.MonkeyPatch, *addresses: str, allow_private: bool = False) -> Any:
    async def made() -> Any:
        site = Site(
            id="a",
            name="a",
            kind=SiteKind.PORTAL,
            url="http://www.a.gov.cn/",
            operator="x",
            allow_private=allow_private,
        )
        guarded = GuardedResolver(Scope([site]))

        async def dns(host: str, port: int = 0, family: int = socket.AF_UNSPEC) -> Any:
            return [{"hostname": host, "host": a, "port": port} for a in addresses]

        monkeypatch.setattr(guarded._dns, "resolve", dns)
        return await guarded.resolve("www.a.gov.cn", 80)

    return asyncio.run(made())


def test_a_name_that_resolves_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(PrivateAddress):
        resolver(monkeypatch, "10.0.0.1", "127.0.0.1")


def test_private_addresses_are_left_out_of_a_mixed_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    found = resolver(monkeypatch, "10.0.0.1", "111.75.1.1")
    assert [a["host"] for a in found] == ["111.75.1.1"]


def test_an_extranet_site_may_be_private(monkeypatch: pytest.MonkeyPatch) -> None:
    found = resolver(monkeypatch, "10.0.0.1", allow_private=True)
    assert [a["host"] for a in found] == ["10.0.0.1"]


@pytest.mark.parametrize("wbits", [15, -15])
def test_deflate_is_read_with_and_without_its_header(wbits: int) -> None:
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress(b"page" * 100) + packer.flush()
    inflate = _inflater("deflate")
    assert inflate is not None
    assert inflate.decompress(packed, 65_536) == b"page" * 100


def test_a_bomb_comes_in_bounded_pieces() -> None:
    inflate = _inflater("gzip")
    assert inflate is not None
    packer = zlib.compressobj(wbits=31)
    data = packer.compress(b"\0" * 10_000_000) + packer.flush()
    piece = inflate.decompress(data, 1_000)
    assert len(piece) == 1_000
    assert inflate.unconsumed_tail


def test_an_encoding_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(Unfetched, match="压缩方式"):
        _inflater("br")
    assert _inflater("identity") is None


def test_a_server_cannot_make_every_request_carry_its_cookies() -> None:
    async def carried() -> tuple[int, int]:
        jar, where = FewCookies(unsafe=True), yarl.URL("http://127.0.0.1/")
        jar.update_cookies_from_headers(["gate=passed", "big=" + "x" * 30_000], where)
        first = len(jar)
        for n in range(50):
            jar.update_cookies_from_headers([f"c{n}-{m}=x" for m in range(100)], where)
        return first, len(jar)

    first, last = asyncio.run(carried())
    assert first == 1
    assert last <= 60


def test_requests_name_the_program() -> None:
    assert identity("xunjian/9 (+office)")["User-Agent"] == "xunjian/9 (+office)"


def test_a_body_of_several_gzip_members_is_read_whole() -> None:
    inflate = _inflater("gzip")
    assert inflate is not None
    data = gzip.compress(b"one ") + gzip.compress(b"two")
    text = inflate.decompress(data, 100)
    assert inflate.eof
    text += inflate.decompress(inflate.restart(), 100)
    assert text == b"one two"
    assert inflate.restart() == b""
