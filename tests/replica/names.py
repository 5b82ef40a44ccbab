"""Who and what there is: units, catalogues, columns and their cadences.

Townships and the better known departments are real public bodies (offices, not persons); those
called 示例 only fill the city's numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

CITY = "city"
OFFICE = "zfb"
"""Answers for the city's own catalogue."""
OPERATOR = "xxb"
"""Runs both sites: template faults are its own."""


@dataclass(frozen=True, slots=True)
class Body:
    id: str
    name: str
    short: str
    aliases: tuple[str, ...]
    group: str
    kind: str


def _bodies(group: str, table: str) -> tuple[Body, ...]:
    rows = (line.split("|") for line in table.strip().splitlines())
    return tuple(
        Body(slug, name, short, tuple(a for a in aliases.split(",") if a), group, kind)
        for slug, name, short, aliases, kind in rows
    )


TOWNS = _bodies(
    "town",
    """
pcjd|瑞昌市湓城街道办事处|湓城街道|湓城街道办事处,湓城街办|街道
gljd|瑞昌市桂林街道办事处|桂林街道|桂林街道办事处,桂林街办|街道
mtz|瑞昌市码头镇人民政府|码头镇|码头镇人民政府|镇
byz|瑞昌市白杨镇人民政府|白杨镇|白杨镇人民政府|镇
nyz|瑞昌市南义镇人民政府|南义镇|南义镇人民政府|镇
hgz|瑞昌市横港镇人民政府|横港镇|横港镇人民政府|镇
fz|瑞昌市范镇人民政府|范镇|范镇人民政府|镇
zcz|瑞昌市肇陈镇人民政府|肇陈镇|肇陈镇人民政府|镇
gfz|瑞昌市高丰镇人民政府|高丰镇|高丰镇人民政府|镇
xfz|瑞昌市夏畈镇人民政府|夏畈镇|夏畈镇人民政府|镇
lyx|瑞昌市乐园乡人民政府|乐园乡|乐园乡人民政府|乡
hyx|瑞昌市洪一乡人民政府|洪一乡|洪一乡人民政府|乡
hyuanx|瑞昌市花园乡人民政府|花园乡|花园乡人民政府|乡
hxx|瑞昌市洪下乡人民政府|洪下乡|洪下乡人民政府|乡
wjx|瑞昌市武蛟乡人民政府|武蛟乡|武蛟乡人民政府|乡
hlsx|瑞昌市横立山乡人民政府|横立山乡|横立山乡人民政府|乡
hjx|瑞昌市黄金乡人民政府|黄金乡|黄金乡人民政府|乡
nanyx|瑞昌市南阳乡人民政府|南阳乡|南阳乡人民政府|乡
shnc|瑞昌市赛湖农场|赛湖农场|赛湖|场
qslc|瑞昌市青山林场|青山林场||场
ddslc|瑞昌市大德山林场|大德山林场|大德山|场
""",
)

DEPARTMENTS = _bodies(
    "department",
    """
zfb|瑞昌市人民政府办公室|市政府办|政府办,市府办,市政府办公室|office
fgw|瑞昌市发展和改革委员会|市发改委|发改委|department
czj|瑞昌市财政局|市财政局|财政局|department
tjj|瑞昌市统计局|市统计局|统计局|department
mzj|瑞昌市民政局|市民政局|民政局|department
sjj|瑞昌市市场和质量监督管理局|市监局|市市监局,市场监管局|department
wjw|瑞昌市卫生和计划生育委员会|市卫计委|卫计委|department
hbj|瑞昌市环境保护局|市环保局|环保局|department
jtj|瑞昌市教育体育局|市教体局|教体局|department
gaj|瑞昌市公安局|市公安局|公安局|department
rsj|瑞昌市人力资源和社会保障局|市人社局|人社局|department
gtj|瑞昌市国土资源局|市国土局|国土局|department
nyj|瑞昌市农业局|市农业局|农业局|department
lyj|瑞昌市林业局|市林业局|林业局|department
slj|瑞昌市水利局|市水利局|水利局|department
jtysj|瑞昌市交通运输局|市交通运输局|交通局|department
jsj|瑞昌市城乡规划建设局|市建设局|规划建设局|department
cgj|瑞昌市城市管理局|市城管局|城管局|department
swj|瑞昌市商务局|市商务局|商务局|department
gxw|瑞昌市工业和信息化委员会|市工信委|工信委|department
kjj|瑞昌市科学技术局|市科技局|科技局|department
sfj|瑞昌市司法局|市司法局|司法局|department
wgxj|瑞昌市文化广电新闻出版局|市文广新局|文广新局|department
lfw|瑞昌市旅游发展委员会|市旅发委|旅发委|department
sjju|瑞昌市审计局|市审计局|审计局|department
ajj|瑞昌市安全生产监督管理局|市安监局|安监局|department
fpb|瑞昌市扶贫和移民办公室|市扶贫移民办|扶贫办|department
fgj|瑞昌市房产管理局|市房管局|房管局|institution
lsj|瑞昌市粮食局|市粮食局|粮食局|department
xmj|瑞昌市畜牧水产局|市畜牧水产局|畜牧局|institution
xfj|瑞昌市信访局|市信访局|信访局|department
fwzx|瑞昌市行政服务中心|市行政服务中心|行政服务中心|institution
jyzx|瑞昌市公共资源交易中心|市公共资源交易中心|交易中心|institution
xxb|瑞昌市信息办|市信息办|信息办,市政府信息办|institution
msb|瑞昌市“马上办”机构|马上办||institution
dag|瑞昌市档案馆|市档案馆|档案馆|institution
gjj|瑞昌市住房公积金管理机构|公积金中心||institution
swju|瑞昌市税务局|市税务局|税务局|vertical
qxj|瑞昌市气象局|市气象局|气象局|vertical
slj1|瑞昌市示例一局|示例一局||department
slj2|瑞昌市示例二局|示例二局||department
slj3|瑞昌市示例三局|示例三局||department
slj4|瑞昌市示例四局|示例四局||department
slj5|瑞昌市示例五局|示例五局||department
slj6|瑞昌市示例六中心|示例六中心||institution
slj7|瑞昌市示例七中心|示例七中心||institution
""",
)

PARTY = _bodies(
    "party",
    """
swb|中共瑞昌市委办公室|市委办|市委办公室|party
jw|中共瑞昌市纪律检查委员会|市纪委|纪委|party
zzb|中共瑞昌市委组织部|市委组织部|组织部|party
xcb|中共瑞昌市委宣传部|市委宣传部|宣传部|party
tzb|中共瑞昌市委统一战线工作部|市委统战部|统战部|party
zfw|中共瑞昌市委政法委员会|市委政法委|政法委|party
ngb|中共瑞昌市委农村工作部|市委农工部|农工部|party
dx|中共瑞昌市委党校|市委党校|党校|party
bb|中共瑞昌市委机构编制委员会办公室|市编办|编办|party
zgw|瑞昌市直属机关工作委员会|市直工委|直属机关党工委|party
lgj|中共瑞昌市委老干部局|市委老干局|老干局|party
dsb|中共瑞昌市委党史工作机构|市委党史办|党史办|party
xcban|中共瑞昌市委巡察工作机构|市委巡察办|巡察办|party
rdb|瑞昌市人大常委会办公室|市人大办||party
zxb|政协瑞昌市委员会办公室|市政协办||party
zgh|瑞昌市总工会|市总工会|总工会|party
tsw|共青团瑞昌市委员会|团市委||party
fl|瑞昌市妇女联合会|市妇联|妇联|party
kx|瑞昌市科学技术协会|市科协|科协|party
wl|瑞昌市文学艺术界联合会|市文联|文联|party
cl|瑞昌市残疾人联合会|市残联|残联|party
gsl|瑞昌市工商业联合会|市工商联|工商联|party
hszh|瑞昌市红十字会|市红十字会|红十字会|party
ql|瑞昌市归国华侨联合会|市侨联|侨联|party
rmt|瑞昌市融媒体机构|市融媒体中心|瑞昌报|party
slh|瑞昌市示例联合会|示例联合会||party
""",
)

REFORMED = _bodies(
    "department",
    """
sthjj|瑞昌市生态环境局|市生态环境局|生态环境局|department
wglj|瑞昌市文化广电旅游局|市文广旅局|文广旅局|department
""",
)
"""Founded in the reform of 2018: only in the replica that lives through the year."""

CITY_BODY = Body(CITY, "瑞昌市人民政府", "市本级", ("市政府",), "city", "市")
BODIES = {b.id: b for b in (CITY_BODY, *DEPARTMENTS, *TOWNS, *PARTY, *REFORMED)}

STRANGERS = ("新华社", "江西日报", "九江新闻网", "人民网", "中国政府网", "九江市人民政府办公室")
"""Sources that are no unit of the city: what they wrote can't be attributed."""


@dataclass(frozen=True, slots=True)
class Cadence:
    id: str
    title: str
    days: int | None = None
    months: int | None = None
    yearly_by: str | None = None
    official: str | None = None
    """Its class in the official tables, where the title is another."""

    @property
    def standing(self) -> bool:
        return self.days is None and self.months is None and self.yearly_by is None


CATEGORIES = {
    c.id: c
    for c in (
        Cadence("news", "动态要闻", days=14),
        Cadence("notice", "通知公告与政策", months=6, official="政策文件"),
        Cadence("plan", "人事规划", months=12, official="人事、规划计划"),
        Cadence("interaction", "互动交流", months=3),
        Cadence("budget", "预决算", yearly_by="04-30"),
        Cadence("standing", "概况"),
        Cadence("annual", "公开年报", yearly_by="03-31"),
    )
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One column that a catalogue (or the portal) must have."""

    slug: str
    name: str
    group: str | None
    group_dir: str
    category: str
    variants: tuple[str, ...] = ()
    unit: str | None = None
    required: bool = True


def _short_catalogue(intro: str, documents: str, variants: tuple[str, ...]) -> tuple[Slot, ...]:
    return (
        Slot("jj", intro, "概况信息", "gkxx", "standing", variants),
        Slot("ldxx", "领导信息", "概况信息", "gkxx", "standing", ("领导之窗",)),
        Slot("wj", documents, "法规文件", "fgwj", "notice"),
        Slot("gzjh", "工作计划", "发展规划", "fzgh", "plan", ("计划总结",)),
        Slot("zwdt", "政务动态", "工作动态", "gzdt", "news", ("工作动态信息",)),
        Slot("czyjs", "财政预决算", "财经类信息", "cjxx", "budget", ("预决算公开",)),
    )


CATALOGUES: dict[str, tuple[str, tuple[Slot, ...]]] = {
    "city": (
        "市本级目录",
        (
            Slot("bjzfjs", "本级政府介绍", "概况信息", "gkxx", "standing", ("政府简介",)),
            Slot("ldxx", "领导信息", "概况信息", "gkxx", "standing", ("领导之窗",)),
            Slot("zfwj", "政府文件", "法规文件", "fgwj", "notice"),
            Slot("zfbwj", "政府办公室文件", "法规文件", "fgwj", "notice"),
            Slot("fzgh", "发展规划", "发展规划", "fzgh", "plan"),
            Slot("gzjh", "工作计划", "发展规划", "fzgh", "plan"),
            Slot("zwdt", "政务动态", "工作动态", "gzdt", "news"),
            Slot("gggs", "公告公示", "工作动态", "gzdt", "notice"),
            Slot("tjsj", "统计数据", "工作动态", "gzdt", "notice", unit="tjj"),
            Slot("rsrm", "人事任免", "人事信息", "rsxx", "plan", unit="rsj"),
            Slot("klzp", "考录招聘", "人事信息", "rsxx", "plan", unit="rsj"),
            Slot("bzjl", "表彰奖励", "人事信息", "rsxx", "plan"),
            Slot("czyjs", "财政预决算", "财经类信息", "cjxx", "budget", unit="czj"),
            Slot("bmyjs", "部门预决算及“三公”经费", "财经类信息", "cjxx", "budget", unit="czj"),
            Slot("zfcg", "政府采购与招投标", "财经类信息", "cjxx", "notice"),
            Slot("jr", "金融", "财经类信息", "cjxx", "notice"),
            Slot("zsxm", "招商项目", "财经类信息", "cjxx", "notice"),
            Slot("zfyj", "执法依据", "行政执法", "xzzf", "standing"),
        ),
    ),
    "department": (
        "政府部门目录",
        _short_catalogue("部门介绍", "其他有关文件", ("单位简介", "部门简介", "机构简介")),
    ),
    "town": (
        "乡镇场街道目录",
        _short_catalogue("本级政府介绍", "部门文件", ("单位简介", "本地概况", "乡镇简介")),
    ),
}

BUDGET_COLUMN = "bmyjs"
ANNUAL = Slot("gknb", "公开年报", "信息公开", "gknb", "annual", ("信息公开年报",))
"""Where the city's units publish their annual reports: the last column of the city's catalogue."""

PORTAL_COLUMNS: tuple[Slot, ...] = (
    Slot("zcfg", "政策法规", None, "zhengwugongkai/zhengcefagui", "notice"),
    Slot("zfwj", "政府文件", None, "zhengwugongkai/zhengfuwenjian", "notice"),
    Slot("rsxx", "人事信息", None, "zhengwugongkai/renshixinxi", "plan", unit="rsj"),
    Slot("cjxx", "财经信息", None, "zhengwugongkai/caijingxinxi", "notice", unit="czj"),
    Slot("ggfw", "公共服务", None, "zhengwugongkai/gonggongfuwu", "notice"),
    Slot("zbcg", "招标采购", None, "zhengwugongkai/zhaobiaocaigou", "notice"),
    Slot("hjbh", "环境保护", None, "zhengwugongkai/huanjingbaohu", "notice", unit="hbj"),
    Slot("jcgk", "决策公开", None, "zhengwugongkai/juecegongkai", "notice"),
    Slot("xwfb", "新闻发布", None, "zhengwugongkai/xinwenfabu", "notice"),
    Slot("jyta", "建议提案", None, "zhengwugongkai/jianyitian", "plan"),
    Slot("zcjd", "政策解读", None, "zhengwugongkai/zhengcejiedu", "notice"),
    Slot("mstd", "民声通道", None, "component/interaction", "interaction"),
    Slot(
        BUDGET_COLUMN,
        "部门预决算",
        None,
        "zhuantizhuanlan/bumenyujuesuan",
        "budget",
        ("部门预决算专栏",),
    ),
    Slot("rcyw", "瑞昌要闻", None, "renshiruichang/ruichangyaowen", "news", required=False),
    Slot("tpxw", "图片新闻", None, "renshiruichang/tupianxinwen", "news", required=False),
)
"""The twelve mandatory columns, the budget column, and two that no one demands."""
