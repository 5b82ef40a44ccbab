"""``make demo``: the main job on the replica, for someone who has just cloned the project.

Serves both sites on loopback, creates the database, runs a weekly scan with its progress, prints
the summary and says what to type next. Ends by itself.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import serve
from tests.replica.spec import Spec

HOME = Path("demo-data")


def main() -> int:
    program = Path(sysconfig.get_path("scripts")) / (
        "xunjian.exe" if sys.platform == "win32" else "xunjian"
    )
    shutil.rmtree(HOME, ignore_errors=True)
    spec = Spec(seed=2018)
    options = ("--config", str(HOME / "config"), "--data", str(HOME))

    def run(*words: str) -> int:
        return subprocess.run([str(program), *options, *words], check=False).returncode

    print("演示：在本机建立“中国瑞昌”和“政府信息公开平台”两个网站的副本，检测一遍")
    with serve(spec) as served:
        write_config(generate(spec), HOME / "config", served.portal, served.platform)
        for words in (
            ("db", "upgrade"),
            ("scan", "--kind", "weekly", "--as-of", spec.as_of.isoformat()),
            ("summary", "--limit", "12"),
        ):
            status = run(*words)
            if status:
                return status
    command = f"{program.as_posix()} {' '.join(options)}"
    print(f"\n数据、存证和配置都在 {HOME}/，可随时删去。副本网站已停，以下命令不需要它：")
    print(f"  {command} show 市环保局        一个单位的每个问题、依据和改法")
    print(f"  {command} summary              全部需要整改的单位")
    print(f"  {command} evidence 问题编号    问题所依据的页面，标出位置")
    print(f"  {command} revoke 问题编号 --reason 理由    撤销误报")
    print(f"  {command} --help               全部命令")
    return 0


if __name__ == "__main__":
    sys.exit(main())
