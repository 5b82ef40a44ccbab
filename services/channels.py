"""Send channels: Apprise behind one small interface, and the address of a channel for a unit.

Addresses are secrets: none stands in a log, a message or an error of ours.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from config.channels import Channel, load_channels
from config.loader import find_config
from config.schema import Unit
from services.workspace import Workspace

if TYPE_CHECKING:
    from apprise import NotifyBase  # slow to import, and needed only where something is sent

LONGEST_SECONDS = 60
"""How long one attempt may take; Apprise gives up then."""
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PLACEHOLDER = "unit@example.com"
"""Stands for a unit's mail where an address is only vetted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel said."""

    ok: bool
    detail: str
    """In Chinese, without addresses and secrets."""


class Sender(Protocol):
    """Hands one message to one channel's address."""

    def send(self, address: str, subject: str, body: str) -> Answer: ...

    def fault(self, address: str) -> str | None:
        """Why the address is none that can be sent to (in Chinese); ``None``: it can be."""
        ...

    def longest(self, address: str) -> int | None:
        """Bytes that the channel takes in one message; ``None``: not known."""
        ...


class AppriseSender:
    """Through Apprise: its own log silenced, no attachments, no escapes, text as it is."""

    def send(self, address: str, subject: str, body: str) -> Answer:
        from apprise import Apprise, AppriseResultStatus, NotifyFormat

        plugin = self._plugin(address)
        if plugin is None:
            return Answer(False, "渠道地址不可用")
        outlet = Apprise()
        outlet.add(plugin)
        try:
            result = outlet.notify(
                body=body,
                title=subject,
                body_format=NotifyFormat.TEXT,
                interpret_escapes=False,
                timeout=LONGEST_SECONDS,
            )
        except (
            Exception
        ) as error:  # a plugin of another's making: whatever it raises is no delivery
            return Answer(False, f"渠道出错（{type(error).__name__}）")
        if result:
            return Answer(True, "渠道已接受")
        if result.status == AppriseResultStatus.TIMEOUT:
            return Answer(False, f"{LONGEST_SECONDS} 秒内没有应答")
        said = " ".join(str(getattr(entry, "message", entry)) for entry in result.logs())
        return Answer(False, _in_chinese(said))

    def fault(self, address: str) -> str | None:
        if "://" not in address:
            return "不是 Apprise 地址（要以 mailtos://、wecombot://、dingtalk:// 等开头）"
        return (
            None if self._plugin(address) is not None else "写法 Apprise 不认识，或少了必需的部分"
        )

    def longest(self, address: str) -> int | None:
        plugin = self._plugin(address)
        limit = getattr(plugin, "body_maxlen", None)
        return limit if isinstance(limit, int) and limit > 0 else None

    def _plugin(self, address: str) -> NotifyBase | None:
        from apprise import Apprise, AppriseAsset

        _silence()
        asset = AppriseAsset(app_id="xunjian", app_desc="巡检", async_mode=False)
        return Apprise.instantiate(address, asset=asset)


def _silence() -> None:
    """Apprise's log may name addresses; ours says what happened in our own words."""
    theirs = logging.getLogger("apprise")
    theirs.setLevel(logging.WARNING)  # what went wrong is read from the result
    theirs.propagate = False
    if not theirs.handlers:
        theirs.addHandler(logging.NullHandler())


def _in_chinese(said: str) -> str:
    """What went wrong, from Apprise's log, of which nothing is repeated."""
    if (status := re.search(r"error=(\d{3})\b", said)) is not None:
        return f"渠道没有接受（返回 {status[1]}）"
    if re.search(r"(?i)connection error|timed? ?out|refused|unreachable|resolve", said):
        return "连不上渠道的服务器，或被服务器拒绝"
    if re.search(r"(?i)auth|login|credential", said):
        return "渠道拒绝登录：请核对账号和口令"
    return "渠道没有接受"


def vetted(
    ws: Workspace, sender: Sender | None = None, env: Mapping[str, str] | None = None
) -> None:
    """Raises ``ConfigError`` with file and line for addresses that Apprise does not know. An
    address from an environment variable that is not set here cannot be vetted and passes."""
    via, env = sender or AppriseSender(), os.environ if env is None else env

    def vet(_name: str, channel: Channel) -> tuple[str, str] | None:
        try:
            fault = via.fault(channel.address(env, _PLACEHOLDER))
        except KeyError:
            return None
        return (fault, "请对照 Apprise 的说明改正（https://appriseit.com）") if fault else None

    place = find_config(ws.settings.config, ws.cwd, ws.settings.data)
    load_channels(place, (u.id for u in ws.config.units), vet=vet)


def unit_mail(unit: Unit) -> str | None:
    """The unit's registered mail address: its posts', the first that is one."""
    for contact in unit.contacts:
        if _MAIL.fullmatch(contact.mail.strip()):
            return contact.mail.strip()
    return None


def address_for(
    ws: Workspace, name: str, unit_id: str, env: Mapping[str, str]
) -> tuple[str | None, str]:
    """A channel's whole address for a unit, or why there is none (in Chinese)."""
    channel = ws.channels.channels.get(name)
    if channel is None or not channel.enabled:
        return None, f"渠道 {name} 已从 channels.yaml 去掉或停用"
    unit = next((u for u in ws.config.units if u.id == unit_id), None)
    mail = unit_mail(unit) if unit is not None else None
    if channel.per_unit and mail is None:
        return None, "单位没有登记邮箱（units.yaml 的 contacts）"
    try:
        return channel.address(env, mail or ""), ""
    except KeyError as missing:
        return None, f"环境变量 {missing.args[0]} 没有设置"
