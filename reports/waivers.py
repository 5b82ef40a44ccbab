"""The waiver ledger for people: what is waived, for how long, on what proof, and what speaks against it."""

from __future__ import annotations

from rich.console import Console

from reports.machine import Shape, instant, shape
from reports.sheet import Sheet, day
from reports.tables import table
from reports.waiver_lines import WaiverLine, WaiversView
from scorecards.waivers import Standing


def print_waivers(out: Console, view: WaiversView) -> None:
    sheet = Sheet(out)
    if not view.waivers:
        sheet.line("没有豁免或不适用的事项")
        return
    for line in view.waivers:
        print_waiver(sheet, line)
    doubtful = [w for w in view.waivers if w.standing is Standing.CONTESTED]
    sheet.gap()
    sheet.line((f"共 {len(view.waivers)} 项，存疑 {len(doubtful)} 项", "dim"))
    if doubtful:
        sheet.text(
            f"核对以后  xunjian waivers --uphold {doubtful[0].id} --reason …  维持，"
            f"或  --end {doubtful[0].id} --reason …  终止",
            label="接着  ",
        )


def print_waiver(sheet: Sheet, line: WaiverLine) -> None:
    doubt = line.standing is Standing.CONTESTED
    sheet.line(
        (f"{line.id}. {line.kind.label}", "bold"),
        f"  {line.unit_short}  {line.duty_words}",
        (f"  {line.standing.label}", "yellow" if doubt else "dim"),
    )
    sheet.text(f"{line.period_from.isoformat()} 至 {line.until}", indent=3, label="期间  ")
    sheet.text(line.reason, indent=3, label="理由  ", lines=3)
    sheet.text(f"{line.proof}（{line.actor}，{day(line.at)}）", indent=3, label="凭据  ", lines=3)
    for contest in line.contests:
        if contest.waiting:
            sheet.text(contest.words, indent=3, label="存疑  ", style="yellow", lines=3)
            sheet.text(contest.evidence, indent=9, style="blue", lines=2)
    for at, what, actor, reason in line.log:
        sheet.text(f"{day(at)} {actor}：{reason}", indent=3, label=f"{what}  ", lines=3)


@shape.register
def _(view: WaiversView) -> Shape:
    return {"schema": "xunjian.waivers/1", "waivers": [shape(w) for w in view.waivers]}


@shape.register
def _(line: WaiverLine) -> Shape:
    return {
        "id": line.id,
        "kind": line.kind.value,
        "unit": line.unit_id,
        "unit_short": line.unit_short,
        "duty": line.duty,
        "duty_words": line.duty_words,
        "from": line.period_from.isoformat(),
        "until": line.period_to.isoformat() if line.period_to else None,
        "reason": line.reason,
        "proof": line.proof,
        "actor": line.actor,
        "at": instant(line.at),
        "standing": line.standing.value,
        "contests": [
            {
                "at": instant(c.at),
                "words": c.words,
                "evidence": c.evidence,
                "waiting": c.waiting,
            }
            for c in line.contests
        ],
    }


@table.register
def _(view: WaiversView) -> tuple[list[str], list[list[object]]]:
    header = ["编号", "类别", "单位", "事项", "起", "止", "理由", "凭据", "经办人", "状态", "存疑"]
    return header, [
        [
            *(w.id, w.kind.label, w.unit_short, w.duty_words, w.period_from, w.until),
            *(w.reason, w.proof, w.actor, w.standing.label),
            "；".join(c.words for c in w.contests if c.waiting),
        ]
        for w in view.waivers
    ]
