"""Whose report a title is."""

from __future__ import annotations

import pytest

from checks.annual_facts import head_of, is_report, years_of


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("瑞昌市财政局2017年政府信息公开工作年度报告", "瑞昌市财政局"),
        ("2017年度瑞昌市财政局信息公开年报", "瑞昌市财政局"),
        ("关于码头镇2017年政务公开工作总结的报告", "码头镇"),
        ("瑞昌市2017年政府信息公开工作年度报告", "瑞昌市"),
        ("2017年政府信息公开工作年度报告", ""),
        ("洪一乡二〇一七年度政府信息公开工作报告", "洪一乡"),
    ],
)
def test_the_head_of_a_title_names_whose_report_it_is(title: str, head: str) -> None:
    assert head_of(title) == head
    assert years_of(title) == {2017}
    assert is_report(title)


def test_what_is_no_report() -> None:
    assert not is_report("政府信息公开指南")
    assert years_of("投入2000万元") == frozenset()
