"""``make demo``: the main job on the replica, for someone who has just cloned the project.

Serves both sites on loopback, creates the database, runs a weekly scan with its progress, prints
the summary and says what to type next. Ends by itself. ``--picture FILE.svg`` writes the summary
as the README shows it. ``--serve`` shows the demo's two sites again, at the addresses that its
configuration names, until Ctrl-C; ``--mend UNIT`` then mends all that is the unit's own there.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from datetime import UTC, datetime
from pathlib import Path

from config.settings import Settings
from reports import terminal
from reports.sheet import console, svg
from services import views
from services.workspace import Workspace
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import Hindrances, Served, serve
from tests.replica.server import run as serve_here
from tests.replica.spec import Spec

HOME = Path("demo-data")
SPEC = Spec(seed=2018)
PORTS = HOME / "sites.json"
SERVING = HOME / "serving.json"


def again() -> int:
    """Serve the demo's sites at the ports that its configuration names."""
    try:
        ports = json.loads(PORTS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        print("还没有演示数据：请先运行 make demo", file=sys.stderr)
        return 2
    print("演示用的两个网站已启动，按 Ctrl-C 停止；另开一个终端继续试用", flush=True)
    try:
        serve_here(SPEC, Hindrances(), ports["portal"], ports["platform"], SERVING)
    except OSError as error:
        print(
            f"端口被占用（{error.strerror}）：是否已经启动？不行就重新 make demo", file=sys.stderr
        )
        return 2
    finally:
        SERVING.unlink(missing_ok=True)
    return 0


def mend(name: str) -> int:
    """Mend what is the unit's own on the sites being served."""
    unit = views.find_unit(workspace(), name)
    if unit is None:
        print(f"演示里没有叫“{name}”的单位", file=sys.stderr)
        return 2
    try:
        told = json.loads(SERVING.read_text(encoding="utf-8"))
        Served(told["portal"], told["platform"], told["control"], told["pid"]).mend(unit.id)
    except (FileNotFoundError, OSError):
        print("演示网站没有启动：请先在另一个终端运行 make demo-site", file=sys.stderr)
        return 2
    print(f"{unit.short}已在演示网站上整改")
    return 0


def main() -> int:
    if sys.argv[1:] == ["--serve"]:
        return again()
    if len(sys.argv) == 3 and sys.argv[1] == "--mend":
        return mend(sys.argv[2])
    program = Path(sysconfig.get_path("scripts")) / (
        "xunjian.exe" if sys.platform == "win32" else "xunjian"
    )
    shutil.rmtree(HOME, ignore_errors=True)
    spec = SPEC
    options = ("--config", str(HOME / "config"), "--data", str(HOME))

    def run(*words: str) -> int:
        return subprocess.run([str(program), *options, *words], check=False).returncode

    print("演示：在本机建立“中国瑞昌”和“政府信息公开平台”两个网站的副本，检测一遍", flush=True)
    with serve(spec) as served:
        write_config(generate(spec), HOME / "config", served.portal, served.platform)
        PORTS.write_text(json.dumps({"portal": served.portal, "platform": served.platform}))
        for words in (
            ("db", "upgrade"),
            ("scan", "--kind", "weekly", "--as-of", spec.as_of.isoformat()),
            ("summary", "--limit", "12"),
        ):
            status = run(*words)
            if status:
                return status
    if len(sys.argv) == 3 and sys.argv[1] == "--picture":
        picture(Path(sys.argv[2]))
    command = f"{Path(os.path.relpath(program)).as_posix()} {' '.join(options)}"
    ws, now = workspace(), datetime.now(UTC)
    worst = views.summary(ws, now=now).need_fixes()[0].short
    found = views.findings(ws, now=now, unit_id=_id_of(ws, worst)).findings
    # One that quotes its page, so that the evidence has something to mark.
    one = next((f for f in found if f.snippet.startswith("<")), found[0]).short_id
    print(f"\n数据、存证和配置都在 {HOME}/，可随时删去。副本网站已停，以下命令不需要它：")
    for words, what in (
        (f"show {worst}", "最差的单位：每个问题、依据和整改要求"),
        ("summary", "全部需要整改的单位"),
        (f"show {one}", "一个问题的来龙去脉"),
        (f"evidence {one} --out {HOME}/pages", "问题所依据的页面，标出位置，用浏览器打开"),
        (f"revoke {one} --reason 试用", "把它当作误报撤销，恢复扣分"),
        ("--help", "全部命令"),
    ):
        print(f"  {what}\n    {command} {words}")
    print("\n从提醒到考评：先在另一个终端运行 make demo-site（再启动那两个网站），然后依次试")
    for words, what in (
        (
            f"{command} --now 2018-06-05T10:00 remind {worst} --done",
            "提醒最差的单位（登记为已发出）",
        ),
        (f'make demo-mend UNIT="{worst}"', "该单位在网站上整改"),
        (f"{command} --now 2018-06-08T10:00 recheck {worst}", "复查：几秒钟，已整改"),
        (f"{command} --now 2018-06-08T10:00 remind --all --done", "提醒其余的单位"),
        (f"{command} --now 2018-07-02T10:00 scan --kind monthly --quiet", "逾期以后再检测一次"),
        (f"{command} --now 2018-07-03T10:00 circular --period 2018Q2", "起草通报"),
        (f"{command} --now 2018-07-03T10:00 assess --year 2018", "年终考评表"),
    ):
        print(f"  {what}\n    {words}")
    return 0


def _id_of(ws: Workspace, name: str) -> str:
    unit = views.find_unit(ws, name)
    assert unit is not None
    return unit.id


def workspace() -> Workspace:
    return Workspace(Settings(data=HOME, config=str(HOME / "config")), Path.cwd())


def picture(path: Path) -> None:
    """The summary as a picture for the README."""
    out = console(io.StringIO(), width=118, record=True)
    terminal.print_summary(out, views.summary(workspace(), now=datetime.now(UTC)), limit=8)
    path.write_text(svg(out, "xunjian summary"), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
