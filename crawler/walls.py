"""Walls: answers that stand in the way of a page, what kind each is, and what the office can do.

A wall is recognised, backed off from and reported; it is never worked around. Pure.
"""

from __future__ import annotations

import re
from enum import StrEnum

from checks.facts import Missing, Unverified


class Wall(StrEnum):
    """Kinds of wall, by the word that a clerk reads."""

    CHALLENGE = "防护验证"
    RATE = "频率限制"
    CAPTCHA = "验证码"
    LOGIN = "需要登录"
    FENCE = "访问限制"
    UPKEEP = "网站维护"
    BLOCKED = "拦截页"
    """A carrier's, a registrar's or a filter's page in the place of the site."""

    @property
    def advice(self) -> str:
        """What the office can do."""
        return _ADVICE[self]


_ADVICE = {
    Wall.CHALLENGE: "请网站运维单位把本程序的地址和 User-Agent 加入防护白名单",
    Wall.RATE: "请把 rate.interval_seconds 调大，或请网站运维单位放宽对本程序地址的限制",
    Wall.CAPTCHA: "请网站运维单位把本程序的地址和 User-Agent 加入防护白名单",
    Wall.LOGIN: "需要登录的栏目不对公众公开，请核对栏目地址，或改由人工检查",
    Wall.FENCE: "请网站运维单位放行本程序的地址，或在政务外网内运行本程序",
    Wall.UPKEEP: "请待网站维护结束后重新检测",
    Wall.BLOCKED: "请核对域名解析、备案和本机网络，用手机流量打开网站比较",
}
_CODES = {Wall.UPKEEP: Missing.SERVER}


def stands(wall: Wall, sign: str) -> Unverified:
    """未能核实 by a wall: its kind, by what it was known, and what to do."""
    return Unverified(
        code=_CODES.get(wall, Missing.WALL), reason=f"{wall.value}：{sign}；{wall.advice}"
    )


BY_STATUS: dict[int, tuple[Wall, str]] = {
    401: (Wall.LOGIN, "服务器要求登录（401）"),
    403: (Wall.FENCE, "服务器拒绝访问（403）"),
    405: (Wall.FENCE, "服务器不接受这种请求（405）"),
    412: (Wall.CHALLENGE, "网站防护系统要求验证（412，瑞数）"),
    429: (Wall.RATE, "网站限制访问频率（429）"),
    451: (Wall.FENCE, "服务器按规定不提供（451）"),
    512: (Wall.CHALLENGE, "网站防护系统要求验证（512，加速乐）"),
    521: (Wall.CHALLENGE, "网站防护系统要求验证（521，加速乐）"),
}

BY_MARK: tuple[tuple[bytes, str], ...] = (
    (b"acw_sc__v2", "阿里云防护验证页"),
    (b"__jsl_clearance", "加速乐验证页"),
    (b"$_ts", "瑞数验证页"),
    (b"C3VK=", "访问验证页"),
    (b"_waf_", "防火墙验证页"),
    (b"/_guard/", "防火墙验证页"),
    (b"safeline", "雷池防火墙验证页"),
    (b"cf-chl", "Cloudflare 验证页"),
    (b"yunsuo_session", "云锁验证页"),
)
"""What only a challenge's script has, where the page says next to nothing."""

MOST_LINKS = 5
"""Links from which on a small page is no wall, whatever words stand on it."""

_BY_WORDS: tuple[tuple[Wall, re.Pattern[str], str], ...] = (
    (
        Wall.RATE,
        re.compile(
            r"访问(?:过于|太|频率过)?(?:频繁|过快|过高)|请求过于频繁|操作过于频繁|too many requests",
            re.I,
        ),
        "返回的是访问过于频繁的提示",
    ),
    (
        Wall.CAPTCHA,
        re.compile(
            r"请(?:输入|填写|完成)验证码|拖动滑块|滑动(?:验证|滑块)|人机(?:验证|识别)|captcha", re.I
        ),
        "返回的是验证码页",
    ),
    (
        Wall.BLOCKED,
        re.compile(
            r"未(?:进行|完成|取得)?(?:网站|域名)?备案|尚未备案|域名(?:已|已经)?(?:过期|到期|停止解析)|域名(?:出售|转让)"
            r"|该域名(?:正在|可以)?(?:出售|转让)|domain (?:is )?(?:for sale|expired|parked)|反诈(?:中心|骗)|涉嫌诈骗"
            r"|此网站(?:已被|被)(?:关停|停用)|网站(?:已被|已经)(?:关停|暂停)",
            re.I,
        ),
        "返回的是运营商、注册商或过滤系统的页面",
    ),
    (
        Wall.FENCE,
        re.compile(
            r"(?:您的|你的|当前)?\s*IP.{0,12}(?:禁止|不允许|无权|受限|限制|不在)|仅限.{0,8}(?:内网|外网|本地).{0,4}访问"
            r"|所在(?:地区|区域).{0,8}(?:无法|不能|禁止|限制)|无权访问|禁止(?:境外|海外)访问|Access Denied|403 Forbidden",
            re.I,
        ),
        "返回的是限制访问的提示",
    ),
    (
        Wall.CHALLENGE,
        re.compile(
            r"请稍[候等]|安全(?:验证|检查|检测)|访问(?:异常|验证|被拦截|被拒绝)|请完成验证|正在(?:检查|检测|验证)您的浏览器"
            r"|请(?:开启|启用)\s*JavaScript|Web\s*应用防火墙|enable javascript|just a moment|云防护|请求被(?:拦截|阻断)",
            re.I,
        ),
        "返回的是安全验证页",
    ),
    (
        Wall.UPKEEP,
        re.compile(
            r"(?:网站|系统|站点|服务器|平台).{0,8}(?:维护|升级|改版|调整)(?:中|期间)|正在(?:维护|升级|改版)|暂停(?:服务|访问|对外)"
            r"|临时(?:关闭|关停)|under maintenance",
            re.I,
        ),
        "返回的是维护提示页",
    ),
)
_LOGIN_TITLE = re.compile(r"统一身份认证|用户登录|请先登录|登录页|^\s*登\s*录\s*$|单点登录")


def by_words(title: str, text: str, links: int) -> Unverified | None:
    """The wall that a small page with status 200 is by its words; ``None``: it is none.

    ``text``: all that is visible on it; ``links``: how many links it has. A page that leads on to
    many others is a page, whatever it says of captchas.
    """
    if _LOGIN_TITLE.search(title) and links <= MOST_LINKS * 2:
        return stands(Wall.LOGIN, "返回的是登录页")
    if links > MOST_LINKS:
        return None
    words = f"{title}\n{text}"
    for wall, pattern, sign in _BY_WORDS:
        if pattern.search(words):
            return stands(wall, sign)
    return None


def by_mark(body: bytes) -> Unverified | None:
    """The challenge whose script a page carries; only for a page that says next to nothing."""
    for mark, sign in BY_MARK:
        if mark in body:
            return stands(Wall.CHALLENGE, sign)
    if b"document.cookie" in body and _RELOADS.search(body):
        return stands(Wall.CHALLENGE, "网站防护系统要求脚本设置 Cookie 后重新访问")
    return None


_RELOADS = re.compile(
    rb"location(?:\.href)?\s{0,9}=[^=]|location\.(?:reload|replace|assign)\s{0,9}\("
)
_ANOTHERS = re.compile(
    r"博彩|赌[博场球]|百家乐|老虎机|六合彩|时时彩|彩票(?:平台|投注|注册)|棋牌|娱乐城|真人(?:娱乐|视讯)|电子游艺"
    r"|(?:足球|体育)(?:投注|竞彩|博)|开元棋牌|澳门(?:新)?(?:葡京|威尼斯|金沙|太阳城)|成人(?:视频|影院|电影)|色情|黄色网站"
)


def anothers(title: str) -> Unverified | None:
    """The title of a home page that no public body's site has: the domain was taken over, or
    somebody answers in its place."""
    if _ANOTHERS.search(title) is None:
        return None
    return stands(Wall.BLOCKED, f"首页标题是“{title[:40]}”，域名可能被劫持、抢注，或网页被篡改")
