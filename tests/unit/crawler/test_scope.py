"""Which hosts may be asked, and at which addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.schema import Site, SiteKind
from crawler.scope import Scope, host_key, is_loopback_name, server_key


def site(site_id: str, url: str, *hosts: str, allow_private: bool = False) -> Site:
    return Site(
        id=site_id,
        name=site_id,
        kind=SiteKind.PORTAL,
        url=url,
        hosts=hosts,
        operator="x",
        allow_private=allow_private,
    )


SCOPE = Scope(
    [site("a", "http://www.a.gov.cn/", "xxgk.a.gov.cn"), site("b", "http://127.0.0.1:8001/")]
)


def test_configured_hosts_are_covered_with_their_www_twins_in_both_schemes() -> None:
    for url in ("http://www.a.gov.cn/x", "https://a.gov.cn/x", "http://xxgk.a.gov.cn:80/"):
        assert SCOPE.site_of(url) == "a"


def test_other_hosts_and_ports_are_not() -> None:
    for url in (
        "http://b.gov.cn/",
        "http://www.a.gov.cn.evil.example/",
        "http://127.0.0.1:8002/",
        "http://127.0.0.1/",
        "http://a.gov.cn:8080/",
        "http://[::1]:8001/",
        "http://user@evil.example/",
        "http://a:b:c/",
        "",
    ):
        assert not SCOPE.covers(url)


def test_sites_that_share_a_host_both_own_it() -> None:
    scope = Scope([site("a", "http://h.cn/a/"), site("b", "http://h.cn/b/")])
    assert scope.owns("a", "http://h.cn/x")
    assert scope.owns("b", "http://h.cn/x")


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "100.64.0.1",
        "0.0.0.0",
        "::ffff:10.0.0.1",
        "fc00::1",
    ],
)
def test_a_public_name_may_not_resolve_to_a_private_address(address: str) -> None:
    assert not SCOPE.may_connect("www.a.gov.cn", address)


PRIVATE = st.one_of(
    *(
        st.integers(int(net[0]), int(net[-1])).map(ipaddress.IPv4Address)
        for net in map(
            ipaddress.IPv4Network, ("10.0.0.0/8", "127.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16")
        )
    )
)
WAYS_ROUND = (
    lambda ip: f"64:ff9b::{ip}",
    lambda ip: f"::{ip}",
    lambda ip: f"::ffff:{ip}",
    lambda ip: str(ipaddress.IPv6Address((0x2002 << 112) | (int(ip) << 80) | 1)),
    lambda ip: str(ipaddress.IPv6Address((0x20010000 << 96) | (int(ip) ^ 0xFFFFFFFF))),
)


@given(PRIVATE, st.sampled_from(WAYS_ROUND))
def test_no_ipv6_address_leads_round_to_a_private_one(
    ip: ipaddress.IPv4Address, way: Callable[[ipaddress.IPv4Address], str]
) -> None:
    assert not SCOPE.may_connect("www.a.gov.cn", way(ip))


@pytest.mark.parametrize(
    "address", ["2408:8719::1", "64:ff9b::111.75.1.1", "::ffff:111.75.1.1", "2002:6f4b:101::1"]
)
def test_a_public_ipv6_address_is_fine(address: str) -> None:
    assert SCOPE.may_connect("www.a.gov.cn", address)


def test_a_public_address_and_a_loopback_literal_are_fine() -> None:
    assert SCOPE.may_connect("www.a.gov.cn", "111.75.1.1")
    assert SCOPE.may_connect("127.0.0.1", "127.0.0.1")
    assert not SCOPE.may_connect("b.gov.cn", "111.75.1.1")


def test_allow_private_opens_the_extranet_but_never_link_local() -> None:
    scope = Scope([site("a", "http://nw.a.gov.cn/", allow_private=True)])
    assert scope.may_connect("nw.a.gov.cn", "10.1.2.3")
    assert not scope.may_connect("nw.a.gov.cn", "169.254.169.254")
    assert not scope.may_connect("nw.a.gov.cn", "224.0.0.1")


def test_host_keys() -> None:
    assert host_key("https://A.gov.cn:443/x") == "a.gov.cn"
    assert host_key("http://a.gov.cn:8080/x") == "a.gov.cn:8080"
    assert host_key("http://a.gov.cn:99999/") == ""
    assert is_loopback_name("localhost")
    assert not is_loopback_name("a.gov.cn")


def test_a_host_and_its_www_twin_take_turns_together() -> None:
    assert server_key("http://www.a.gov.cn/x") == server_key("https://a.gov.cn/y") == "a.gov.cn"
    assert SCOPE.servers("a") == {"a.gov.cn", "xxgk.a.gov.cn"}
    assert SCOPE.servers("b") == {"127.0.0.1:8001"}
