"""The files under ``deploy/`` name what there is. No service and no container is started here."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UNIT = ROOT / "deploy" / "xunjian.service"
IMAGE = ROOT / "deploy" / "Containerfile"


def test_the_service_ends_in_order_and_does_not_restart_over_a_wrong_configuration() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    service = parser["Service"]
    assert service["KillSignal"] == "SIGTERM"
    assert service["RestartPreventExitStatus"] == "2"
    assert service["ExecStart"].endswith("/bin/xunjian serve")
    assert service["ProtectSystem"] == "strict"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not there")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text(encoding="utf-8")
    copy = tmp_path / "xunjian.service"
    copy.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", text), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    told = [line for line in done.stderr.splitlines() if "xunjian" in line]
    assert (done.returncode, told) == (0, []), done.stderr


def test_the_image_takes_every_package_and_every_file_that_it_names() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", IMAGE.read_text(encoding="utf-8"), re.MULTILINE)
    sources = {name.rstrip("/") for line in copied for name in line.split()}
    assert all((ROOT / name).exists() for name in sources)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {p.rstrip("*") for p in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert packages | {"alembic", "cli.py", "requirements.txt"} <= sources


def test_the_image_runs_the_scheduler_and_is_stopped_as_it_likes_to_be() -> None:
    text = IMAGE.read_text(encoding="utf-8")
    assert 'ENTRYPOINT ["xunjian"]' in text
    assert 'CMD ["serve"]' in text
    assert "STOPSIGNAL SIGTERM" in text
    assert re.search(r"^USER (?!root)\w+$", text, re.MULTILINE)
