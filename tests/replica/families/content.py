"""What a county publishes: columns, units, titles, bodies. About nobody, and no family's markup.

Names are chosen by the seed among those in use, so that no two sites call all columns alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from tests.replica.families.model import Column, Identity, Kind, Plan, Post, Spec, State, Unit
from tests.replica.text import DOINGS, HEADS, SENTENCES, TOPICS

PLACES = (
    ("南塘县", "nantang", "nt"),
    ("清源市", "qingyuanshi", "qy"),
    ("云岭县", "yunling", "yl"),
    ("东溪市", "dongxi", "dx"),
    ("石桥区", "shiqiao", "sq"),
    ("白川县", "baichuan", "bc"),
    ("临湖市", "linhu", "lh"),
    ("安堰县", "anyan", "ay"),
)
TOWNS = (
    "青石镇",
    "长坪镇",
    "柳溪镇",
    "大塘乡",
    "双桥镇",
    "和平街道",
    "松林乡",
    "新圩镇",
    "石门镇",
    "上湾乡",
)
OFFICES = (
    ("fgw", "发展和改革委员会", "发改委"),
    ("czj", "财政局", "财政局"),
    ("jyj", "教育局", "教育局"),
    ("mzj", "民政局", "民政局"),
    ("rsj", "人力资源和社会保障局", "人社局"),
    ("nyj", "农业局", "农业局"),
    ("slj", "水利局", "水利局"),
    ("hbj", "环境保护局", "环保局"),
    ("tjj", "统计局", "统计局"),
    ("ajj", "安全生产监督管理局", "安监局"),
    ("wjw", "卫生和计划生育委员会", "卫计委"),
    ("jtj", "交通运输局", "交通局"),
)  # fmt: skip
SURNAMES, GIVEN = "张王李赵陈刘杨黄周吴", "志建明晓文国立海春云"
WECHAT = "https://mp.weixin.qq.com/s/{}"
PAPERS = (
    "http://www.jxnews.example/system/2018/{:02d}/{:02d}/0168{}.shtml",
    "http://www.xinhua.example/local/2018-{:02d}/{:02d}/c_1122{}.htm",
)


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of column: how it is called, what it holds, how often."""

    slug: str
    names: tuple[str, ...]
    categories: tuple[str, ...]
    titles: str
    """Key of ``_TITLES``."""
    rows: tuple[int, int] = (0, 0)
    every: int | None = None
    state: State = State.FILLED
    optional: bool = False


DONGTAI, TONGZHI, ZHENGCE, RENSHI = "dongtai", "tongzhi", "zhengce", "renshi-guihua"
YUSUAN, TONGJI, CAIJING, ZHONGDIAN, HUDONG, CHANGQI = (
    "yujuesuan", "tongji", "caijing", "zhongdian", "hudong", "changqi",
)  # fmt: skip

PORTAL: tuple[tuple[str, tuple[str, ...], tuple[Sort, ...]], ...] = (
    (
        "xwzx",
        ("新闻中心", "要闻动态", "新闻资讯", "政务资讯"),
        (
            Sort("ywdt", ("{}要闻", "今日{}", "{}新闻", "本地要闻"), (DONGTAI,), "news", (57, 68), 2),
            Sort("bmdt", ("部门动态", "部门信息", "部门快讯"), (DONGTAI,), "news", (36, 46), 3),
            Sort("xzdt", ("镇街动态", "乡镇动态", "基层动态"), (DONGTAI,), "news", (24, 33), 4, optional=True),
            Sort("tzgg", ("通知公告", "公示公告", "公告公示", "公告栏"), (TONGZHI,), "notice", (45, 55), 6),
        ),
    ),
    (
        "zwgk",
        ("政务公开", "信息公开", "政府信息公开"),
        (
            Sort("zfwj", ("政策文件", "政府文件", "规范性文件"), (ZHENGCE,), "document", (33, 42), 12),
            Sort("zcjd", ("政策解读", "文件解读"), (ZHENGCE,), "reading", (15, 19), 21),
            Sort("rsxx", ("人事信息", "人事任免", "人事管理"), (RENSHI,), "person", (12, 17), 24),
            Sort("ghjh", ("规划计划", "发展规划", "规划信息"), (RENSHI,), "plan", (7, 11), 60),
            Sort("czyjs", ("财政预决算", "预算决算", "财政预决算公开"), (YUSUAN,), "budget", (14, 20), 365),
            Sort("tjsj", ("统计数据", "统计信息", "数据发布"), (TONGJI,), "figures", (21, 27), 30),
            Sort("zfxxgkzn", ("信息公开指南", "公开指南"), (CHANGQI,), "guide", state=State.TEXT),
            Sort("zfxxgknb", ("信息公开年报", "公开年报", "信息公开年度报告"), (), "annual", (3, 7), 365),
        ),
    ),
    (
        "zdly",
        ("重点领域", "重点领域信息公开"),
        (
            Sort("zbcg", ("招标采购", "招标投标", "公共资源配置"), (ZHONGDIAN,), "bid", (18, 24), 9),
            Sort("zdbc", ("征地拆迁", "征地信息", "国有土地上房屋征收"), (ZHONGDIAN,), "land", (5, 9), 40),
            Sort("fpjz", ("扶贫救济", "社会救助", "社会救助信息"), (ZHONGDIAN,), "relief", (10, 14), 25),
            Sort("zfcg", ("政府采购",), (ZHONGDIAN,), "bid", state=State.ELSEWHERE),
            Sort("gysy", ("公益事业", "重大决策预公开", "社会公益事业"), (ZHONGDIAN,), "bid", state=State.EMPTY),
            Sort("jyta", ("建议提案", "建议提案办理"), (ZHONGDIAN,), "proposal", (2, 3), 90, optional=True),
        ),
    ),
    (
        "zfjg",
        ("机构设置", "走进政府", "政府机构"),
        (
            Sort("jgzn", ("机构职能", "机构简介", "主要职责"), (CHANGQI,), "duty", state=State.TEXT),
            Sort("ldzc", ("领导之窗", "领导信息", "政府领导"), (CHANGQI,), "leader", (4, 7)),
        ),
    ),
    (
        "hdjl",
        ("互动交流", "政民互动", "公众参与"),
        (
            Sort("zxzx", ("在线咨询", "咨询回复", "网上信箱"), (HUDONG,), "letter", (26, 38), 5),
            Sort("myzj", ("民意征集", "意见征集", "网上征集"), (HUDONG,), "survey", (6, 9), 33),
        ),
    ),
)  # fmt: skip

CATALOGUE: tuple[tuple[str, str, tuple[Sort, ...]], ...] = (
    (
        "gkxx",
        "概况信息",
        (
            Sort("bmjs", ("部门介绍", "单位简介", "机构简介"), (CHANGQI,), "duty", state=State.TEXT),
            Sort("ldxx", ("领导信息", "领导之窗", "领导班子"), (CHANGQI,), "leaders", state=State.TEXT),
        ),
    ),
    ("fgwj", "法规文件", (Sort("qtwj", ("其他有关文件", "其他文件"), (ZHENGCE,), "document", (4, 8), 25),)),
    ("fzgh", "发展规划", (Sort("gzjh", ("工作计划",), (RENSHI,), "plan", (1, 4), 80),)),
    (
        "gzdt",
        "工作动态",
        (
            Sort("zwdt", ("政务动态", "工作动态信息"), (DONGTAI,), "news", (17, 36), 3),
            Sort("gggs", ("公告公示", "公示公告"), (TONGZHI,), "notice", (3, 9), 20, optional=True),
        ),
    ),
    ("cjxx", "财经类信息", (Sort("czyjs", ("财政预决算",), (YUSUAN,), "budget", (2, 5), 365),)),
)  # fmt: skip

_TITLES: dict[str, tuple[str, ...]] = {
    "news": (
        "{owner}召开{topic}{meeting}",
        "{owner}开展{topic}{doing}",
        "{owner}深入{town}督导{topic}工作",
        "{town}扎实推进{topic}工作",
        "{town}：{topic}按下“快进键”",
        "强化{topic}责任 推动工作落实",
        "我{level}{month}月份{topic}工作稳步推进",
        "{owner}负责人到{town}调研{topic}工作",
    ),
    "notice": (
        "关于{year}年{topic}有关事项的通知",
        "关于{town}{topic}项目的公示",
        "{place}{topic}项目公示（{year}年第{n}号）",
        "{owner}关于开展{topic}专项行动的通告",
        "关于{month}月{dom}日停电检修的公告（{town}）",
        "{owner}{year}年公开招聘工作人员公告",
    ),
    "document": (
        "关于印发《{place}{topic}管理办法》的通知",
        "关于印发{place}{year}年{topic}实施方案的通知",
        "{place}人民政府关于加强{topic}工作的意见",
        "{place}人民政府办公室关于做好{year}年{topic}工作的通知",
        "关于调整{place}{topic}工作领导小组成员的通知",
    ),
    "reading": (
        "《{place}{topic}管理办法》政策解读",
        "一图读懂：{place}{topic}三年行动方案",
        "关于《{topic}实施方案》的解读",
    ),
    "person": (
        "{place}人民政府关于{name}等同志职务任免的通知",
        "{name}同志任前公示",
        "{owner}{year}年公开招聘拟聘用人员名单公示",
        "关于表彰{year}年度{topic}工作先进单位的决定",
    ),
    "plan": (
        "{owner}{year}年工作要点",
        "{owner}{year}年{topic}工作计划",
        "{place}{topic}“十三五”规划（第{n}稿）",
        "{owner}{year}年上半年工作总结和下半年工作计划",
    ),
    "budget": (
        "{owner}{year}年部门预算",
        "{owner}{last}年度部门决算",
        "{owner}{year}年“三公”经费预算说明",
    ),
    "figures": (
        "{year}年{month}月{place}主要经济指标",
        "{place}{year}年{month}月居民消费价格情况",
        "{place}{year}年前{month}个月财政收支情况",
    ),
    "annual": ("{place}{last}年政府信息公开工作年度报告",),
    "bid": (
        "{town}{topic}工程施工招标公告",
        "{place}{topic}设备采购项目中标结果公示",
        "{town}道路硬化工程{year}年第{n}标段招标公告",
    ),
    "land": ("{town}{year}年第{n}批次建设用地征收土地公告", "{place}{town}地块征地补偿安置方案公告"),
    "relief": ("{place}{year}年{month}月城乡低保资金发放公示", "{town}{topic}补助对象名单公示（第{n}批）"),
    "proposal": ("对{place}十七届人大二次会议第{n}号建议的答复", "关于政协第{n}号提案的答复"),
    "leader": ("{level}委副书记、{level}长　{name}", "副{level}长　{name}", "{level}政府党组成员　{name}"),
    "letter": (
        "关于{town}{topic}的咨询",
        "请问{topic}补助如何申请",
        "反映{town}第{n}组路灯不亮的问题",
        "建议在{town}增设公交站点",
    ),
    "survey": ("关于《{place}{topic}管理办法（征求意见稿）》公开征求意见的公告", "{place}{topic}工作问卷调查（第{n}期）"),
}  # fmt: skip


def identity(r: Random) -> Identity:
    place, _, _ = r.choice(PLACES)
    operator = f"{place}人民政府办公室"
    return Identity(
        site_name=r.choice((f"{place}人民政府", f"{place}人民政府网", f"中国{place[:-1]}", f"{place}人民政府门户网站")),
        place=place,
        site_code=f"3604{r.randint(210000, 899999)}",
        icp=f"赣ICP备{r.randint(5000000, 19999999):08d}号-{r.randint(1, 3)}",
        police=f"赣公网安备3604{r.randint(21, 89)}02000{r.randint(100, 999)}号",
        operator=operator,
        undertaker=r.choice((f"{place}信息中心", f"{place}信息化工作办公室", operator)),
    )  # fmt: skip


class Writer:
    """Writes posts: unique numbers, titles that differ (save where they really do not)."""

    def __init__(self, r: Random, ident: Identity, as_of: date) -> None:
        self.r, self.ident, self.as_of = r, ident, as_of
        self._numbers = count(r.randint(210, 890) * 1000, 1)
        self._seen: set[str] = set()

    def title(self, sort: str, day: date, owner: str) -> str:
        r = self.r
        for _ in range(40):
            words = {
                "owner": owner,
                "place": self.ident.place,
                "level": self.ident.place[-1],
                "topic": r.choice(TOPICS),
                "meeting": r.choice(DOINGS).replace("活动", "会"),
                "doing": r.choice(DOINGS),
                "town": r.choice(TOWNS),
                "name": r.choice(SURNAMES) + r.choice(GIVEN) + r.choice(GIVEN),
                "year": day.year,
                "last": day.year - 1,
                "month": day.month,
                "dom": day.day,
                "n": r.randint(1, 60),
            }
            title = r.choice(_TITLES[sort]).format(**words)
            if title not in self._seen:
                break
        else:
            title = f"{title}（{r.randint(100, 999)}）"
        self._seen.add(title)
        return title

    def post(self, column: str, sort: str, day: date, owner: str) -> Post:
        r = self.r
        number = next(self._numbers)
        document = sort in ("document", "reading")
        kind = self.ident.place[0]
        return Post(
            number=number,
            title=self.title(sort, day, owner),
            day=day,
            home=column,
            source=r.choice((owner, owner, f"{self.ident.place}人民政府办公室", f"{self.ident.place}融媒体中心")),
            document_number=f"{kind}府发〔{day.year}〕{r.randint(1, 60)}号" if document else "",
            index_number=f"{r.choice('ABK')}{r.randint(10000, 99999)}-{day.month:02d}{r.randint(10, 99)}-{day.year}-{r.randint(1, 999):04d}",
            attachment=r.choice(("", "", "", "附件：报名表.doc", "附件1：资金安排表.xls", "附件.pdf"))
            if sort not in ("news", "leader", "letter")
            else "",
            parts=r.choice((2, 3)) if sort in ("news", "document") and r.random() < 0.06 else 1,
        )  # fmt: skip

    def posts(self, column: str, sort: str, rows: int, every: int, owners: list[str]) -> list[Post]:
        """``rows`` posts, the newest first, about ``every`` days apart."""
        day = self.as_of - timedelta(days=self.r.randint(1, max(1, min(every, 10))))
        out: list[Post] = []
        for n in range(rows):
            if sort == "budget":  # budgets come in spring, accounts in autumn, all on a few days
                year = self.as_of.year - (n * 2 // max(rows, 3))
                day = date(year, 3, 20 + n % 8) if n % 2 == 0 else date(year - 1, 9, 21 + n % 8)
            elif sort == "annual":
                day = date(self.as_of.year - n, 3, self.r.randint(5, 28))
            out.append(self.post(column, sort, day, self.r.choice(owners)))
            step = max(1, round(every * self.r.uniform(0.5, 1.5)))
            # Several on one day are usual where much is published.
            day -= timedelta(days=0 if every < 5 and self.r.random() < 0.25 else step)
        out.sort(key=lambda p: p.day, reverse=True)
        return out


def _quirks(w: Writer, column: str, sort: str, posts: list[Post]) -> list[Post]:
    """Rows that real lists have: an old one on top, files, links to other hosts, like titles."""
    r = w.r
    if sort == "notice" and len(posts) > 20:
        old = replace(
            posts[-1],
            day=posts[-1].day - timedelta(days=400),
            pinned=True,
            title=f"{w.ident.place}政府信息公开工作长期公告",
        )
        posts = [old, *posts[:-1]]
        at = r.sample(range(2, len(posts)), 5)
        posts[at[0]] = replace(posts[at[0]], kind=Kind.FILE, target="pdf", parts=1, attachment="")
        posts[at[1]] = replace(posts[at[1]], kind=Kind.FILE, target="doc", parts=1, attachment="")
        posts[at[2]] = _off(
            w, posts[at[2]], WECHAT.format("".join(r.choices("abcdefgXYZ0123456789_-", k=22)))
        )
        posts[at[3]] = replace(posts[at[3]], title=posts[at[4]].title)  # two of one title
    if sort == "news" and len(posts) > 50:
        for at in r.sample(range(len(posts)), 2):
            day = posts[at].day
            posts[at] = _off(
                w, posts[at], r.choice(PAPERS).format(day.month, day.day, r.randint(1000, 9999))
            )
    return posts  # fmt: skip


def _off(w: Writer, post: Post, target: str) -> Post:
    return replace(post, kind=Kind.OFFSITE, target=target, parts=1, attachment="")


def portal(spec: Spec, *, ident: Identity | None = None) -> Plan:
    """A county's portal: about twenty columns in two levels, more than 300 posts."""
    r = Random(spec.seed * 7919 + 11)
    ident = ident or identity(r)
    w = Writer(r, ident, spec.as_of)
    owners = [f"{ident.place[-1]}{short}" for _, _, short in OFFICES]
    columns: list[Column] = []
    dropped = False
    for group, names, sorts in PORTAL:
        name = r.choice(names)
        columns.append(Column(key=group, slug=group, name=name, state=State.PARENT))
        for sort in sorts:
            if sort.optional and not dropped and r.random() < 0.5:
                dropped = True
                continue
            columns.append(column(w, sort, sort.slug, (name,), (group,), owners, None))
    _share(r, columns)
    return Plan(spec=spec, identity=ident, columns=numbered(columns))


def platform(
    spec: Spec, *, departments: int = 6, towns: int = 3, ident: Identity | None = None
) -> Plan:
    """A disclosure platform: one catalogue a unit, groups over columns."""
    r = Random(spec.seed * 104729 + 7)
    ident = ident or identity(r)
    units = units_of(r, ident, departments, towns)
    return Plan(spec=spec, identity=ident, columns=catalogues(r, ident, units, spec), units=units)


def units_of(r: Random, ident: Identity, departments: int, towns: int) -> tuple[Unit, ...]:
    _, _, prefix = next((p for p in PLACES if p[0] == ident.place), ("", "", "rc"))
    level = ident.place[-1]
    some = sorted(r.sample(range(len(OFFICES)), departments))
    units = [
        Unit(slug=f"{prefix}{level_slug(level)}{OFFICES[n][0]}", name=f"{ident.place}{OFFICES[n][1]}", short=f"{level}{OFFICES[n][2]}", group="department")
        for n in some
    ]  # fmt: skip
    slugs = ("qsz", "cpz", "lxz", "dtx", "sqz", "hpjd", "slx", "xwz", "smz", "swx")
    for n in sorted(r.sample(range(len(TOWNS)), towns)):
        office = "办事处" if TOWNS[n].endswith("街道") else "人民政府"
        units.append(
            Unit(slug=slugs[n], name=f"{ident.place}{TOWNS[n]}{office}", short=TOWNS[n], group="town")
        )  # fmt: skip
    return tuple(units)


def level_slug(level: str) -> str:
    return {"县": "x", "市": "s", "区": "q"}.get(level, "")


def catalogues(
    r: Random, ident: Identity, units: tuple[Unit, ...], spec: Spec
) -> tuple[Column, ...]:
    """Every unit's catalogue. One unit's 其他有关文件 is empty."""
    w = Writer(r, ident, spec.as_of)
    called = {s.slug: r.choice(s.names) for _, _, sorts in CATALOGUE for s in sorts}
    columns: list[Column] = []
    bare = r.choice(units).slug
    for unit in units:
        for group, name, sorts in CATALOGUE:
            key = f"{unit.slug}.{group}"
            columns.append(
                Column(key=key, slug=group, name=name, state=State.PARENT, unit=unit.name)
            )
            for sort in sorts:
                if sort.optional and unit.group == "town":
                    continue
                if sort.slug == "qtwj" and unit.slug == bare:
                    sort = replace(sort, state=State.EMPTY)
                sort = replace(sort, names=(called[sort.slug],))
                own = f"{unit.slug}.{sort.slug}"
                columns.append(column(w, sort, own, (name,), (key,), [unit.short], unit.name))
    return numbered(columns)


def numbered(columns: list[Column]) -> tuple[Column, ...]:
    """The same columns, their posts numbered in the order of their days."""
    posts = {p.number: p for c in columns for p in c.posts}
    ordered = sorted(posts.values(), key=lambda p: (p.day, p.number))
    first = min(posts, default=0)
    new = {p.number: first + n for n, p in enumerate(ordered)}
    return tuple(
        replace(c, posts=tuple(replace(p, number=new[p.number]) for p in c.posts)) for c in columns
    )


def column(
    w: Writer,
    sort: Sort,
    key: str,
    above: tuple[str, ...],
    above_keys: tuple[str, ...],
    owners: list[str],
    unit: str | None,
) -> Column:
    """A column of this sort, with its posts."""
    r = w.r
    place = w.ident.place
    name = r.choice(sort.names).format(place[:-1])
    posts: list[Post] = []
    if sort.state is State.FILLED:
        posts = w.posts(key, sort.titles, r.randint(*sort.rows), sort.every or 200, owners)
        posts = _quirks(w, key, sort.titles, posts)
    text = ""
    if sort.state is State.TEXT:
        who = unit or f"{place}人民政府"
        text = standing(r, sort.titles, who)
    return Column(
        key=key,
        slug=sort.slug,
        name=name,
        state=sort.state,
        categories=sort.categories,
        every=sort.every,
        above=above,
        above_keys=above_keys,
        unit=unit,
        posts=tuple(posts),
        text=text,
        target=f"http://www.ccgp-province.example/{r.randint(100, 999)}/index.htm"
        if sort.state is State.ELSEWHERE
        else "",
    )


def _share(r: Random, columns: list[Column]) -> None:
    """One document stands among the notices as well: one page, in two columns."""
    at = {c.key: n for n, c in enumerate(columns)}
    documents, notices = columns[at["zfwj"]], columns[at["tzgg"]]
    post = next(p for p in documents.posts[3:] if p.parts == 1)
    rest = [p for p in notices.posts if not p.pinned]
    top = [p for p in notices.posts if p.pinned]
    rest.append(post)
    rest.sort(key=lambda p: p.day, reverse=True)
    columns[at["tzgg"]] = replace(notices, posts=(*top, *rest))


def standing(r: Random, sort: str, who: str) -> str:
    """A text that seldom changes; paragraphs in lines."""
    head = {
        "duty": f"{who}贯彻执行国家有关法律法规和方针政策，主要职责如下：",
        "guide": f"为方便公民、法人和其他组织获得{who}的政府信息，编制本指南。",
        "leaders": f"{who}领导班子成员及分工：",
    }[sort]
    lines = [
        f"（{n}）{sentence}"
        for n, sentence in zip("一二三四五六", r.sample(SENTENCES, 6), strict=True)
    ]
    return "\n".join((head, *lines, "办公时间：周一至周五8:30—12:00、14:30—17:30"))


def paragraphs(post: Post) -> list[list[str]]:
    """The body, a list of paragraphs for each page of the article."""
    r = Random(post.number)
    out = []
    for part in range(post.parts):
        lines = ["".join(r.sample(SENTENCES, r.randint(1, 4))) for _ in range(r.randint(3, 6))]
        if post.parts > 1:
            lines.insert(0, HEADS[part % len(HEADS)])
        out.append(lines)
    return out


def chunks(posts: tuple[Post, ...], size: int) -> Iterator[tuple[Post, ...]]:
    """List pages; one without rows for an empty list."""
    for at in range(0, max(len(posts), 1), size):
        yield posts[at : at + size]
