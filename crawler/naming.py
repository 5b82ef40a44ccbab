"""Names and addresses as menus show them: which text can be a column's name, which is furniture,
which is a unit's; when two addresses are one page.

Pure. Nothing here is certain; what a name leads to is what counts (``crawler.charting``).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from crawler import urls

MAX_NAME = 24
"""Characters of a column's name."""
_BLANKS = re.compile(r"[\s\u200b\ufeff\xa0\u3000]+")
_BULLETS = "·•>»›*#.,、。＞→▪■◆●○+|:：-–—_=【】[]<«‹←↓▼▽▲△▶►☆★※"
_COUNT = re.compile(r"[(（\[]\s*\d+\s*(?:条|篇)?\s*[)）\]]$")
_TAIL_MORE = re.compile(r"(?:[\s>»›+·.…\-|]*(?:更多|more)[\s>»›+·.…\-|]*)$", re.I)
_HAN = re.compile(r"[\u3400-\u9fff]")
_DATED = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}|\d{1,2}[-/月]\d{1,2}")
_SENTENCE = re.compile(r"[，。；！？!?;《》]|\.{2,}|…")
_DOCUMENT = re.compile(
    r"^(?:关于|转发|印发)|(?:的通知|的公告|的通告|的决定|的批复|的意见|的报告|的函|的公示|的请示|的答复)$"
)
_PERSON = re.compile(
    r"(?:书记|[县市区州旗镇乡局厅部处院]长|主任|党组成员|常委|委员|主席|秘书长|巡视员|调研员)[\u4e00-\u9fff]{2,4}$"
)
_PERSON_COLUMN = ("信箱", "信息", "分工", "简介", "之窗", "活动", "会议", "讲话", "动态")
_MORE = re.compile(
    r"^[\s>»›+·.…\-|【\[(（]*(?:更多|more|查看更多|查看全部|全部|点击更多|更多信息|更多内容|更多新闻|更多动态)"
    r"[\s>»›+·.…\-|】\])）]*$|^[>»›+]{1,4}$|^\.{3,6}$",
    re.I,
)
_FURNITURE_WORDS = """
首页 网站首页 返回首页 回首页 回到首页 主页 平台首页 设为首页 设为主页 加入收藏 收藏本站 加入收藏夹 添加收藏 收藏
联系我们 关于我们 关于本站 关于网站 网站地图 站点地图 网站导航 本站导航 站点导航 网站声明 隐私声明 隐私保护 隐私政策
版权声明 版权保护 免责声明 法律声明 使用帮助 网站帮助 帮助 帮助中心 常见链接 无障碍 无障碍浏览 无障碍阅读 无障碍版 进入无障碍 无障碍模式
长者模式 长者专区 关怀版 关怀模式 老年模式 适老化 适老版 适老模式 简体 繁体 繁體 简体中文 繁体中文 繁體中文 简体版 繁体版 繁體版
手机版 移动版 手机网站 电脑版 触屏版 微信 微博 官方微信 官方微博 政务微信 政务微博 新浪微博 腾讯微博 客户端 移动客户端
微信公众号 公众号 抖音 头条号 支付宝 小程序 手机客户端 登录 登陆 注册 用户登录 用户注册 个人中心 用户中心 我的主页 退出 邮箱 邮箱登录
搜索 检索 高级搜索 高级检索 站内搜索 全文检索 智能搜索 智能检索 智能问答 智能机器人 搜一搜 查询 重置 提交 全部 更多 打印 关闭 关闭窗口 打印本页
返回 返回顶部 返回上一页 上一页 下一页 尾页 末页 上一篇 下一篇 上一条 下一条 正文 内容 详情 分享 转发 点赞 回到顶部 置顶
字体 字号 我为政府网站找错 网站找错 政府网站找错 友情链接 常用链接 相关链接 网站链接 外文版 英文版 english 日本語 한국어
网站纠错 网页纠错 错误信息举报 技术支持 网站维护 站长统计 rss订阅 rss 订阅 浏览器下载 网站管理 后台管理 管理登录 网站标识码
查看 查看详情 详细 展开 收起 播放 暂停 上一张 下一张 换一批 切换 导航 菜单 网站群 集约化平台 ipv6 全国 省内 市内
"""
_FURNITURE = frozenset(_FURNITURE_WORDS.split())
_FURNITURE_PART = re.compile(
    r"检索$|搜索$|icp备|公网安备|版权所有|主办单位|承办单位|您好|欢迎|今天是|天气|访问量|浏览次数|扫一扫|二维码|无障碍|适老|找错|公众号|标识码|长者|智能(?:咨询|互动|问答)|新媒体|logo|邮件系统|办公系统|首都之窗|点击进入|网上接诉|小助手|手机版|客户端|当前位置|所在位置|更多栏目"
)
_GENERIC_WORDS = """
公开目录 信息公开目录 政府信息公开目录 栏目导航 网站导航 导航 目录 目录导航 分类导航 栏目 栏目列表 栏目分类 信息分类 分类 分类目录 频道导航
快速导航 快速通道 快捷导航 相关栏目 栏目菜单 本栏目导航 子栏目 下级栏目 菜单 主菜单 首页 网站首页 主题导航 频道 公开栏目 目录索引 目录树 快速入口 快捷入口 热门 推荐 常用 服务入口 主站链接
信息目录 公开信息目录 所有栏目 全部栏目 导航栏 左侧导航 栏目索引 本类栏目 公开分类
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_FORM = re.compile(
    r"信箱|依申请公开申请|我要(?:写信|咨询|投诉|建议|留言|提问|申请)|在线(?:投诉|举报|咨询|申请|留言|提交|填报)|^(?:写信|留言)$|申请表?$|表单|登录$|注册$|查询$|检索$|搜索$"
)
_SEARCH_URL = re.compile(
    r"/(?:jsearch|search|irs|so|was\d|query|login|signin|sso|register)\b", re.I
)
_VERSION_URL = re.compile(
    r"/(?:big5|gb2big5|wza|english|en|eng|print|wap|mobile|m|rss|slhsj|sp)/|[?&](?:print|lang)=|\bprint\.(?:jsp|asp|php|do)",
    re.I,
)
_ARTICLE_URL = re.compile(
    r"/t20\d{6}_\d+\.|/art_\w+\.html|/art/20\d\d/|/content_\d+\.|/content/\w*post_\d+|/post_\d+\.html|/info/\d+/\d+\.htm"
    r"|/20\d\d(?:-\d\d?-\d\d?|/\d\d?[-/]?\d\d?|\d{4})/|/c?20\d{6}/|/[0-9a-f]{32}\.s?html?|xxgk-show-|news-show-|/document/20\d\d-"
    r"|[?&](?:wbnewsid|aid|articleid|infoid|newsid|article_id)=|/(?:article|news|detail|show|view|Item)/\d+\.|/content/(?:article|detail)/"
    r"|/\w*(?:show(?!class|list)|view|read|detail|content)\w*\.(?:aspx?|php|jsp)\?",
    re.I,
)
_INDEX_FILE = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php|do)$", re.I)


def squeeze(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


@lru_cache(maxsize=20_000)
def column_name(text: str) -> str:
    """A link's or heading's text as a column would be called: without bullets, counts, “更多”."""
    name = _BLANKS.sub("", unicodedata.normalize("NFC", text))
    for _ in range(3):
        name = _COUNT.sub("", _TAIL_MORE.sub("", name)).strip(_BULLETS)
    if name.count("（") > name.count("）") or name.count("(") > name.count(")"):
        return name
    return name


@lru_cache(maxsize=20_000)
def key(name: str) -> str:
    """A name as names are compared: width, case, quotes and blanks left out."""
    folded = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s“”\"'‘’·•、,，/\-—]+", "", folded).casefold()


def is_more(text: str) -> bool:
    """Whether a link only says “更多”."""
    return _MORE.match(squeeze(text)) is not None


@lru_cache(maxsize=20_000)
def may_name(name: str) -> bool:
    """Whether a cleaned text could be a column's name."""
    if not 2 <= len(name) <= MAX_NAME or len(_HAN.findall(name)) < 2:
        return False
    if _PERSON.search(name) and not name.endswith(_PERSON_COLUMN):
        return False
    if _DATED.search(name) or _SENTENCE.search(name) or _DOCUMENT.search(name):
        return False
    return not is_furniture(name)


@lru_cache(maxsize=20_000)
def is_furniture(name: str) -> bool:
    """Whether a cleaned text belongs to the page's furniture: 首页, 设为首页, 网站地图 …"""
    low = key(name)
    return low in _FURNITURE or _FURNITURE_PART.search(low) is not None


def is_generic(name: str) -> bool:
    """Whether a heading only says that columns follow."""
    return key(name) in _GENERIC or is_furniture(name) or is_more(name)


def is_form(name: str) -> bool:
    """Whether a column's name is that of a mailbox, a search or an application form."""
    return _FORM.search(name) is not None


def is_article_url(url: str) -> bool:
    """Whether an address by its look is one article's."""
    return _ARTICLE_URL.search(url) is not None


def leads_nowhere(url: str) -> bool:
    """Whether an address is a search, a login, another version of the page, a file or a picture."""
    path = url.partition("://")[2]
    path = path[path.find("/") :] if "/" in path else "/"
    return (
        urls.is_attachment(url)
        or urls.is_image(url)
        or _SEARCH_URL.search(path) is not None
        or _VERSION_URL.search(path) is not None
    )


@lru_cache(maxsize=20_000)
def page_key(url: str) -> str:
    """What two spellings of one page's address have in common: scheme, ``www.``, the index file,
    a slash at the end and case left out."""
    rest = url.partition("://")[2].removeprefix("www.")
    path, mark, query = rest.partition("?")
    path = _INDEX_FILE.sub("/", path).rstrip("/")
    return f"{path}{mark}{query}".lower()


_UNIT = re.compile(
    r"(?:局|委|委员会|厅|署|镇|乡|街道|街道办|办事处|街办|人民政府|管委会|管理区|农场|林场|垦殖场|茶场|总场|妇联|总工会|工会|联合会|工商联|残联|侨联|文联|科协"
    r"|[市县区]委|团[市县区]委|[市县区府政改医编保台侨研信访事贫防革]办|办公室|公积金中心|服务中心|交易中心|管理中心|[宣传组织统战农工]部|党校|法院|检察院|支队|大队|供销社|红十字会|档案馆|气象台)$"
)
_NO_UNIT = re.compile(
    r"政务(?:服务)?中心$|新闻中心$|便民服务中心$|办事大厅|数据中心$|互动中心$|^(?:[市县区省]|本级)?(?:人民)?政府$|公开办公室$|个人中心$|政府部门|乡镇街道$"
    r"|^(?:乡镇|街道|镇街|部门|各部门|美丽乡村|特色小镇|办公室)$|^(?:组织|内设)机构|格局$|结局$|布局$|全局$|督办$|承办$|主办$|交办$|通办$"
)


@lru_cache(maxsize=20_000)
def is_unit(name: str) -> bool:
    """Whether a name reads like a unit's (市财政局, 码头镇, 湓城街道 …)."""
    return 2 <= len(name) <= 24 and bool(_UNIT.search(name)) and not _NO_UNIT.search(name)


_SITE = re.compile(
    r"(?:门户网站|政府网站?|信息网|网站|服务网|公开网|政务网|在线|平台|政府网|公众网|之窗网?|信息港)$|^中国[\u4e00-\u9fff]{2,6}$|人民政府$|^www\."
)


def is_site(name: str) -> bool:
    """Whether a name reads like a whole site's."""
    return _SITE.search(name) is not None
