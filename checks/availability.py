"""Availability: whether a site opens, safely, fast, over IPv6, and says honestly what is not there.

The facts are the probes of a week and one look a scan. What our own network cannot do is unverified.
"""

from __future__ import annotations

from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Missing, Unverified
from checks.identity_facts import Answer, NetworkLook, Seen
from checks.model import Context, Hit, NotApplicable, Scope, Severity
from checks.probes import WatchVerdict, WeekWatch
from checks.sources import CENSUS, GUIDELINES, INSPECTION, INSPECTION_LINK

GUIDE = GUIDELINES.partition("附件")[0]
NOT_PUBLIC = NotApplicable("站点地址不是对外公布的域名")


@rule(
    id="site-unreachable",
    title="站点无法访问",
    scope=Scope.SITE,
    severity=Severity.SERIOUS,
    basis=(
        Basis(
            INSPECTION,
            "单项否决“站点无法访问”：监测1周，每天间隔性访问20次以上，超过（含）15秒仍打不开的次数比例累计超过（含）5%",
            INSPECTION_LINK,
        ),
        Basis(CENSUS, "单项否决“站点无法访问”"),
    ),
    remedy="请立即查明网站打不开的原因并恢复访问。",
    doc=Doc(
        checks="最近一个完整的自然周，对首页的定时探测中15秒打不开的比例是否达到5%。",
        why="网站经常打不开，是单项否决指标，整个网站直接判为不合格。",
        good="一周有效探测168次，打不开2次，占1.19%。",
        bad="一周有效探测168次，打不开12次，占7.14%。",
        mend="检查服务器、线路、域名解析和防护设备，避免把正常访问拦在门外。",
        doubts="每天有效探测不足20次、一周未满的，记未能核实；我方网络中断时的探测不计。",
    ),
    needs=("week",),
)
def site_unreachable(week: WeekWatch) -> Verdict:
    if week.verdict is WatchVerdict.UNVERIFIED:
        return Unverified(code=Missing.UNPROVEN, reason=week.reason)
    if week.verdict is WatchVerdict.PASSED:
        return None
    return [
        Hit(
            what="",
            message=f"{week.first:%Y-%m-%d} 至 {week.last:%Y-%m-%d}，{week.reason}；"
            "要求打不开的次数低于5%",
            in_body=False,
        )
    ]


def _unknown(seen: Seen) -> Unverified:
    return Unverified(code=Missing.NETWORK, reason=seen.detail or "我方网络不能确定")


@rule(
    id="no-https",
    title="网站不支持HTTPS",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(Basis(GUIDE, "安全防护：采用安全的传输协议；原文没有见到", unconfirmed=True),),
    remedy="请为网站申请证书并开通 HTTPS 访问。",
    doc=Doc(
        checks="网站能不能用 https:// 打开。",
        why="明文传输容易被篡改、劫持，浏览器会提示不安全。",
        good="https://www.ruichang.gov.cn/ 可以打开。",
        bad="只能用 http:// 打开，443端口拒绝连接。",
        mend="申请证书，在服务器或防护设备上开通 443 端口，并把 http 跳转到 https。",
        doubts="连接超时可能是我方网络或防护设备造成的，握手失败可能是只支持国密协议，都记未能核实；"
        "地址带端口的不知道 HTTPS 在哪个端口，记未能核实；本机和内网的站点不适用。",
    ),
    needs=("network",),
)
def no_https(network: NetworkLook) -> Verdict:
    if not network.public and network.https.answer is Answer.UNKNOWN:
        return NOT_PUBLIC
    if network.https.answer is Answer.UNKNOWN:
        return _unknown(network.https)
    if network.https.answer is Answer.YES:
        return None
    message = f"{network.host} {network.https.detail}；要求支持 HTTPS 访问"
    return [Hit(what="", message=message, in_body=False)]


@rule(
    id="bad-certificate",
    title="网站证书有误",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(Basis(GUIDE, "安全防护：采用安全的传输协议；原文没有见到", unconfirmed=True),),
    remedy="请更换证书，使其在有效期内、域名相符、链条完整。",
    doc=Doc(
        checks="HTTPS 证书是否过期、尚未生效，是否发给本站域名，签发机构是否受信任。",
        why="证书有误时浏览器拦住访问，公众打不开网站。",
        good="证书有效期至2019-06-01，发给 *.ruichang.gov.cn。",
        bad="证书2018-05-01到期，没有更换。",
        mend="续签或重新申请证书，并把中间证书一并装上。",
        doubts="签发机构不受信任的按疑似记：本系统所带的根证书可能比浏览器少，国密证书也会如此。",
    ),
    needs=("network",),
)
def bad_certificate(network: NetworkLook) -> Verdict:
    if network.https.answer is Answer.NO:
        return NotApplicable("不支持 HTTPS，按“网站不支持HTTPS”记录")
    look = network.certificate
    if look is None:
        return NOT_PUBLIC if not network.public else _unknown(network.https)
    faults = []
    if look.until < look.seen_at:
        faults.append(("过期", f"证书已于 {look.until:%Y-%m-%d} 到期", True))
    elif look.since > look.seen_at:
        faults.append(("未生效", f"证书 {look.since:%Y-%m-%d} 才生效", True))
    if not look.covers:
        faults.append(("域名", f"证书不是发给 {network.host} 的", True))
    if not faults and not look.trusted:
        faults.append(("链条", "证书的签发机构不受信任或链条不全", False))
    return [
        Hit(what=what, message=f"{seen}；要求证书有效", suspected=not sure, in_body=False)
        for what, seen, sure in faults
    ]


@rule(
    id="long-redirects",
    title="首页跳转次数过多",
    scope=Scope.SITE,
    severity=Severity.HINT,
    basis=(Basis("本市设置", "首页跳转的次数没有官方来源", unconfirmed=True),),
    remedy="请把首页改为一次跳转直接到达。",
    doc=Doc(
        checks="从 http 首页地址到最终页面，中间跳转了几次，是否循环跳转。",
        why="跳转越多打开越慢，也容易在部分浏览器中打不开。",
        good="http://www.ruichang.gov.cn/ 跳转一次到 https://www.ruichang.gov.cn/。",
        bad="依次跳转到 https、/index、/portal/、/portal/index.html 共4次。",
        mend="在服务器上直接跳转到最终地址，去掉中间页。",
        doubts="没有到达页面的记未能核实，由可用性探测另行记录；跳转到没有配置的主机的不跟随。"
        "要先接受 Cookie 才能打开的首页会跳转回原处，不算循环。",
    ),
    needs=("network",),
    params={"most": Param(3, "最多允许跳转几次", "次", 0, 20, unconfirmed=True)},
)
def long_redirects(network: NetworkLook, context: Context) -> Verdict:
    if network.chain.answer is Answer.UNKNOWN:
        return _unknown(network.chain)
    most = context.params["most"]
    if network.chain.answer is Answer.NO:
        message = f"首页循环跳转，始终没有到达页面；要求不超过{most}次"
        return [Hit(what="循环", message=message, in_body=False)]
    jumps = len(network.hops) - 1
    if jumps <= most:
        return None
    return [
        Hit(
            what="",
            message=f"首页跳转 {jumps} 次才到达；要求不超过{most}次",
            snippet=" → ".join(network.hops)[:300],
            in_body=False,
        )
    ]


@rule(
    id="no-ipv6",
    title="网站不支持IPv6",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(
        Basis(INSPECTION, "扣分指标“功能设计”：IPv6改造", INSPECTION_LINK),
        Basis("《推进互联网协议第六版（IPv6）规模部署行动计划》（2017年）", "政府网站支持IPv6访问"),
    ),
    remedy="请为网站域名配置 AAAA 记录，并使网站能经 IPv6 访问。",
    doc=Doc(
        checks="域名有没有 AAAA 记录，经 IPv6 能不能打开首页。",
        why="IPv6 改造是国家部署，也是检查指标。",
        good="www.ruichang.gov.cn 有 AAAA 记录，经 IPv6 打得开。",
        bad="没有 AAAA 记录。",
        mend="向网络服务商申请 IPv6 地址并配置解析，防护设备同时放行。",
        doubts="没有 AAAA 记录的按疑似记：我方的域名服务器可能不答 IPv6 的查询。我方没有 IPv6 网络时，"
        "有记录而不能访问的记未能核实。",
    ),
    needs=("network",),
)
def no_ipv6(network: NetworkLook) -> Verdict:
    if not network.public:
        return NOT_PUBLIC
    if network.aaaa.answer is Answer.UNKNOWN:
        return _unknown(network.aaaa)
    if network.aaaa.answer is Answer.NO:
        message = f"{network.host} 没有 AAAA 记录；要求支持 IPv6 访问"
        return [Hit(what="AAAA", message=message, suspected=True, in_body=False)]
    if network.ipv6.answer is Answer.UNKNOWN:
        return _unknown(network.ipv6)
    if network.ipv6.answer is Answer.NO:
        message = f"{network.host} 有 AAAA 记录，{network.ipv6.detail}；要求经 IPv6 打得开"
        return [Hit(what="访问", message=message, in_body=False)]
    return None


LEAST_TIMES = 3


@rule(
    id="slow-response",
    title="首页打开慢",
    scope=Scope.SITE,
    severity=Severity.HINT,
    basis=(Basis(GUIDELINES, "页面加载一般不超过3秒；见于引用", unconfirmed=True),),
    remedy="请优化首页和服务器，使首页在3秒内响应。",
    doc=Doc(
        checks="一次检测中间隔请求首页几次，居中的一次响应用了多久。",
        why="打开慢的网站公众不愿用，也更容易被判为打不开。",
        good="三次分别用0.4秒、0.5秒、0.9秒。",
        bad="三次分别用4.8秒、5.2秒、6.0秒。",
        mend="压缩首页的图片和脚本，给首页加缓存，检查服务器和数据库。",
        doubts="我方到网站的线路慢也会这样，所以一律按疑似记；不足三次的记未能核实。",
    ),
    needs=("network",),
    params={"seconds": Param(3, "首页响应最长多少秒", "秒", 1, 60, unconfirmed=True)},
)
def slow_response(network: NetworkLook, context: Context) -> Verdict:
    times = sorted(network.milliseconds)
    if len(times) < LEAST_TIMES:
        return Unverified(code=Missing.UNPROVEN, reason="首页有响应的请求不足三次，不能说明快慢")
    middle, most = times[len(times) // 2], context.params["seconds"]
    if middle <= most * 1000:
        return None
    message = f"首页响应用了 {middle / 1000:g} 秒（{len(times)}次居中）；要求不超过{most}秒"
    return [Hit(what="", message=message, suspected=True, in_body=False)]


@rule(
    id="soft-404",
    title="不存在的页面不返回404",
    scope=Scope.SITE,
    severity=Severity.HINT,
    basis=(Basis("本市设置", "不存在的页面应返回404，没有官方来源", unconfirmed=True),),
    remedy="请让网站对不存在的页面返回404状态码，并给出返回首页的提示。",
    doc=Doc(
        checks="请求一个肯定不存在的地址，看网站是不是返回404或410。",
        why="不存在的页面返回正常状态，断链就查不出来，搜索引擎也会收录空页。",
        good="返回404，页面提示“您访问的页面不存在”。",
        bad="返回200，显示首页或者一张提示图片。",
        mend="在服务器上配置404错误页，不要一律跳转首页。",
        doubts="请求被防护设备拦下、服务器出错、跳转到别的网站或登录页的，记未能核实。",
    ),
    needs=("network",),
)
def soft_404(network: NetworkLook) -> Verdict:
    if network.absent.answer is Answer.UNKNOWN:
        return _unknown(network.absent)
    if network.absent.answer is Answer.YES:
        return None
    message = f"请求不存在的地址，{network.absent.detail}；要求返回404"
    return [Hit(what="", message=message, url=network.absent_url or None, in_body=False)]
