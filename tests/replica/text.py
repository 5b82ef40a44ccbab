"""Titles and sentences: plain official Chinese, correctly punctuated, about nobody."""

from __future__ import annotations

from datetime import date
from random import Random

PLACES = (
    "湓城街道",
    "码头镇",
    "白杨镇",
    "横港镇",
    "南义镇",
    "高丰镇",
    "夏畈镇",
    "洪一乡",
    "花园乡",
    "武蛟乡",
    "黄金乡",
    "赛湖农场",
)
TOPICS = (
    "脱贫攻坚", "河长制", "安全生产", "秸秆禁烧", "防汛抗旱", "义务植树", "食品安全", "农村危房改造",
    "扫黑除恶", "城乡环境整治", "基层党建", "春耕备耕", "森林防火", "健康扶贫", "招商引资", "放管服改革",
    "信访维稳", "项目建设", "文明创建", "消防安全", "校园安全", "就业创业", "农产品质量", "电子商务",
    "水污染防治", "大气污染防治", "土地确权", "节能降耗", "市场监管", "税收宣传", "老年人健康", "禁毒宣传",
)  # fmt: skip
DOINGS = (
    "工作推进会",
    "专题培训会",
    "现场调度会",
    "专项检查",
    "集中宣传活动",
    "业务培训",
    "督查活动",
    "座谈会",
    "应急演练",
    "工作部署会",
)
SENTENCES = (
    "会议传达了上级有关文件精神，听取了各单位工作进展情况的汇报，并对下一步工作作了安排。",
    "会议要求，各单位要提高认识，压实责任，把各项任务落到实处。",
    "要加强组织领导，明确工作分工，确保按时间节点完成任务。",
    "工作人员深入村组农户，详细了解生产生活情况，宣传有关政策。",
    "截至目前，全市共排查隐患四十余处，已全部整改到位。",
    "通过开展此次活动，进一步增强了广大干部群众的参与意识。",
    "各乡（镇、场、街道）要结合实际，制定具体实施方案，并及时报送进展情况。",
    "要坚持问题导向，建立工作台账，逐项对账销号。",
    "有关部门将加大监督检查力度，对工作不力的单位进行通报。",
    "近年来，我市坚持生态优先、绿色发展，城乡面貌发生了明显变化。",
    "此项工作由牵头单位负责统筹，责任单位密切配合，形成工作合力。",
    "活动现场气氛热烈，群众踊跃参加，取得了良好效果。",
    "下一步，将继续巩固工作成果，健全长效机制，防止问题反弹。",
    "各单位要对照要求开展自查，发现问题及时整改，并做好资料归档。",
    "要加大宣传力度，充分利用广播、网络等渠道，营造良好氛围。",
    "符合条件的对象可向户籍所在地的便民服务大厅提出申请，由工作人员初审后公示。",
    "根据工作需要，经研究，现将有关事项通知如下。",
    "资金使用情况接受社会监督，任何单位和个人不得截留、挪用。",
)
BUDGET_TABLES = (
    "收支总体情况表",
    "收入总体情况表",
    "支出总体情况表",
    "财政拨款收支总体情况表",
    "一般公共预算支出情况表",
    "一般公共预算基本支出情况表",
    "“三公”经费支出情况表",
    "政府性基金预算支出情况表",
)
HEADS = ("一、提高思想认识", "二、明确工作任务", "三、落实保障措施", "四、强化督促检查")
NUMBERED = (
    "1.加强领导，明确责任人；2.细化措施，按月调度；3.严格考核，奖惩分明。",
    "上半年完成投资3.75亿元，同比增长12.6%，占年度计划的51.8%。",
    "办理时间：周一至周五8:30—12:00、14:30—17:30，咨询电话0792-4220000。",
    "系统网址为http://www.ruichang.example/fw/index.html，邮箱为xxgk@ruichang.example。",
    "产品须符合GB/T 9704-2012，并附A4纸质材料（含PDF、JPG文件），宽带不低于10.5 Mbps。",
    "会上播放了宣传片“Beautiful Ruichang, Happy Home”，并介绍了WTO、GDP等常识。",
)
"""Half-width marks where they belong: decimals, times, addresses, English, numbering."""


def paragraphs(r: Random, count: int) -> list[str]:
    """``count`` paragraphs of one to four sentences."""
    return ["".join(r.sample(SENTENCES, r.randint(1, 4))) for _ in range(count)]


def title(r: Random, category: str, column: str, owner: str, day: date) -> str:
    """The title of one entry; ``owner`` is the short name of who publishes."""
    topic, place, doing = r.choice(TOPICS), r.choice(PLACES), r.choice(DOINGS)
    year = day.year
    if category == "news":
        return r.choice(
            (
                f"{owner}召开{topic}{doing.replace('活动', '会')}",
                f"{owner}开展{topic}{doing}",
                f"{owner}深入{place}督导{topic}工作",
                f"{place}扎实推进{topic}工作",
                f"我市{day.month}月份{topic}工作稳步推进",
                f"强化{topic}责任 推动工作落实",
            )
        )
    if category == "standing":
        return r.choice(
            (
                f"{owner}{column}",
                f"{owner}主要职责",
                f"{owner}内设机构",
                f"{owner}办公地址及联系方式",
            )
        )
    if category == "budget":
        return r.choice(
            (
                f"{owner}{year}年部门预算",
                f"{owner}{year - 1}年度部门决算",
                f"{owner}{year}年“三公”经费预算",
            )
        )
    if category == "plan":
        return r.choice(
            (
                f"{owner}{year}年{topic}工作计划",
                f"{owner}{year}年工作要点",
                f"关于{year}年公开招聘工作人员的公告（{r.randint(1, 9)}号）",
                f"关于印发《瑞昌市{topic}三年行动方案》的通知",
                f"关于{year}年{topic}工作先进单位的通报",
            )
        )
    if category == "interaction":
        return r.choice(
            (
                f"关于{place}{topic}的咨询",
                f"请问{topic}补助如何申请",
                f"反映{place}道路照明问题",
                f"建议加强{topic}宣传",
            )
        )
    return r.choice(
        (
            f"关于印发《瑞昌市{year}年{topic}实施方案》的通知",
            f"关于做好{year}年{topic}工作的通知",
            f"瑞昌市{topic}项目公示（{year}年第{r.randint(1, 60)}号）",
            f"《瑞昌市{topic}管理办法》政策解读",
            f"关于{place}{topic}有关情况的公告",
            f"{owner}关于开展{topic}专项行动的通告",
        )
    )
