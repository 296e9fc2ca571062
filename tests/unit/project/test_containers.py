"""The image and the compose file: same image everywhere, no root, nothing writable but the home."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from cli.main import app
from core import settings

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """Services of the compose file, merges applied."""
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


@pytest.mark.parametrize("name", ["api", "schema", "job"])
def test_what_we_run_is_one_image_without_rights(services: dict[str, dict[str, Any]], name: str):
    service = services[name]
    assert service["image"] == "sas-platform"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    verbs = getattr(typer.main.get_command(app), "commands", {})
    assert service["command"][0] in verbs


def test_settings_given_to_containers_exist(services: dict[str, dict[str, Any]]):
    known = {
        f"SAS_{field}".upper()
        for cls in (settings.HomeSettings, settings.DatabaseSettings, settings.ServerSettings)
        for field in cls.model_fields
    }
    given = {
        name for service in services.values() for name in service["environment"] if name.startswith("SAS_")
    }
    dockerfile = (ROOT / "Dockerfile").read_text()
    given |= set(re.findall(r"\b(SAS_\w+)=", dockerfile))
    assert given
    assert given <= known


def test_the_api_is_published_on_this_machine_only(services: dict[str, dict[str, Any]]):
    assert all(port.startswith("127.0.0.1:") for port in services["api"]["ports"])
    assert "ports" not in services["database"]


def test_no_password_is_written_in_the_file():
    text = (ROOT / "compose.yaml").read_text()
    assert re.findall(r"PASSWORD: (.*)", text) == ["${POSTGRES_PASSWORD:?choose a password}"]


def test_the_image_does_not_run_as_root():
    users = re.findall(r"^USER (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users
    assert users[-1] not in {"0", "root"}


def test_docker_accepts_the_compose_file():
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode != 0
    ):
        pytest.skip("docker compose is not on this machine")
    environment = {"POSTGRES_PASSWORD": "x", "PATH": str(Path(docker).parent)}
    done = subprocess.run(
        [docker, "compose", "config", "-q"], check=False, cwd=ROOT, env=environment, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
