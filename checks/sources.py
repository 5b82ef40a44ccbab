"""The official documents that the rules rest on, each cited once."""

from __future__ import annotations

from checks.declaration import Basis

CENSUS = "《全国政府网站普查评分表》（国办发〔2015〕15号附件2）"
INSPECTION = "《政府网站与政务新媒体检查指标》（国办秘函〔2019〕19号）"
GUIDELINES = "《政府网站发展指引》（国办发〔2017〕47号）附件《网页设计规范》"
CITY = "瑞昌市2018年政府信息公开年度报告"

INSPECTION_LINK = "https://www.gov.cn/zhengce/content/2019-04/18/content_5384134.htm"

CITY_LATE = Basis(CITY, "检测问题种类“信息更新不及时”；报告未写具体天数")
CITY_CONTENT = Basis(CITY, "检测问题种类“信息内容有问题”；报告未列细目")
CITY_LAYOUT = Basis(CITY, "检测问题种类“排版不合要求”；报告未列细目")
CITY_COMPLETE = Basis(CITY, "公开要“帽子底下有人”、不“开天窗”；平台三类目录的一级、二级栏目")
CITY_FORMAT = Basis(CITY, "2019年安排“规范信息填报格式”；培训内容“信息质量、文字排版等”")

LOCAL_LAYOUT = Basis("本市设置", "排版的具体口径没有官方来源", unconfirmed=True)
