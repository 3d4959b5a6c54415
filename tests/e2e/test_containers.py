"""The container files: what they mount and copy exists, and the programs in them understand what they get."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from tests.command_lines import parse
from tests.markdown import TOP
from tests.requires import require, require_program

pytestmark = pytest.mark.e2e
CONTAINERFILE = TOP / "deploy" / "Containerfile"
COMPOSE = TOP / "deploy" / "compose" / "compose.yaml"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]


def mounts(service: str) -> Iterator[tuple[Path, PurePosixPath]]:
    """Yield what a service mounts of the repository, and where; named volumes and the user's own are not of it."""
    for volume in SERVICES[service]["volumes"]:
        words = re.fullmatch(r"(\$\{.*\}|[^:]+):([^:]+)(?::ro)?", volume)
        assert words is not None, volume
        source, target = words.groups()
        if source.startswith("."):
            yield (COMPOSE.parent / source).resolve(), PurePosixPath(target)


def laid_out(service: str, folder: Path) -> Path:
    """Lay a service's files out below a folder as its container sees them."""
    for source, target in mounts(service):
        place = folder.joinpath(*target.parts[1:])
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, dirs_exist_ok=True)
        else:
            shutil.copy(source, place)
    return folder


def option(service: str, name: str) -> PurePosixPath:
    (word,) = [word for word in SERVICES[service]["command"] if word.startswith(f"{name}=")]
    return PurePosixPath(word.partition("=")[2])


def tool(name: str, *arguments: str | Path) -> None:
    done = subprocess.run(
        [require_program(name), *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_mounted_exists_and_ports_are_this_machines_alone(service: str) -> None:
    assert not [source for source, _ in mounts(service) if not source.exists()]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[service]["ports"])
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    named = {volume.partition(":")[0] for volume in SERVICES[service]["volumes"] if re.match(r"\w+:", volume)}
    assert named <= set(yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["volumes"])


def test_compose_itself_reads_the_file(tmp_path: Path) -> None:
    """docker-compose needs no daemon to hold a file against its schema and to fill in what the user names."""
    program = require_program("docker-compose")
    given = {"NETMON_INVENTORY": str(tmp_path), "GRAFANA_PASSWORD": "chosen"}
    words, plain = [program, "-f", str(COMPOSE), "config"], {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, env=plain | given)
    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)["services"]
    assert read.keys() == SERVICES.keys()
    assert Path(read["netmon"]["build"]["context"]).joinpath(read["netmon"]["build"]["dockerfile"]) == CONTAINERFILE
    assert f"{tmp_path}:/etc/netmon/inventory:ro" in read["netmon"]["volumes"]
    refused = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, env=plain)
    assert refused.returncode != 0
    assert "name the folder of your inventory" in refused.stderr


def test_images_are_named_in_full_and_by_one_version() -> None:
    named = {service: drawn["image"] for service, drawn in SERVICES.items() if "image" in drawn}
    bases = re.findall(r"^FROM (\S+)", CONTAINERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert named.keys() == SERVICES.keys() - {"netmon"}
    assert all(re.fullmatch(r"docker\.io/[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", image) for image in named.values())
    assert set(bases) == {"docker.io/library/python:3.12-slim"}


def test_nothing_is_watched_by_default_and_no_password_is_shipped() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    assert "${NETMON_INVENTORY:?" in text
    assert "${GRAFANA_PASSWORD:?" in text


def test_prometheus_and_alertmanager_understand_what_they_are_given(tmp_path: Path) -> None:
    for service, name, words in (
        ("prometheus", "promtool", ("check", "config")),
        ("alertmanager", "amtool", ("check-config",)),
    ):
        folder = laid_out(service, tmp_path / service)
        tool(name, *words, folder.joinpath(*option(service, "--config.file").parts[1:]))


def test_grafana_finds_its_dashboards_and_its_data(tmp_path: Path) -> None:
    root = laid_out("grafana", tmp_path)
    provisioning = root / "etc" / "grafana" / "provisioning"
    (providers,) = (provisioning / "dashboards").glob("*.yaml")
    for provider in yaml.safe_load(providers.read_text(encoding="utf-8"))["providers"]:
        boards = list(root.joinpath(*PurePosixPath(provider["options"]["path"]).parts[1:]).glob("*.json"))
        assert len(boards) >= 5
        assert all(json.loads(board.read_text(encoding="utf-8"))["uid"] for board in boards)
    (sources,) = (provisioning / "datasources").glob("*.yaml")
    (source,) = yaml.safe_load(sources.read_text(encoding="utf-8"))["datasources"]
    assert source["url"] == "http://prometheus:9090"


def test_services_find_each_other_and_links_lead_to_what_is_open() -> None:
    config = yaml.safe_load((COMPOSE.parent / "prometheus.yaml").read_text(encoding="utf-8"))
    (scraped,) = config["scrape_configs"][0]["static_configs"]
    (told,) = config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    assert {one.partition(":")[0] for one in (*scraped["targets"], told)} <= SERVICES.keys()
    opened = SERVICES["netmon"]["ports"][0].rpartition(":")[0]
    assert scraped["labels"]["instance"] == opened
    assert f"--alertmanager.label=instance={opened}" in SERVICES["netmon"]["command"]  # or there are two messages
    parse([word.replace("=", " ", 1).split(" ")[0] for word in SERVICES["netmon"]["command"] if "=" not in word])


def copied() -> list[tuple[list[str], str]]:
    text = CONTAINERFILE.read_text(encoding="utf-8")
    lines = [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line]
    return [(words[:-1], words[-1]) for words in lines]


def test_nothing_but_what_is_copied_is_sent_to_the_builder() -> None:
    rules = TOP.joinpath(".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert "*" in rules
    assert let_through == {source for sources, _ in copied() for source in sources}


def test_the_image_has_all_that_netmon_is_built_of(tmp_path: Path) -> None:
    """Build netmon from nothing but what the image's first stage copies."""
    for sources, target in copied():
        for source in sources:
            place = tmp_path / target / (source if target == "./" else "")
            if (TOP / source).is_dir():
                shutil.copytree(TOP / source, tmp_path / target, symlinks=True, dirs_exist_ok=True)
            else:
                shutil.copy(TOP / source, place)
    require(importlib.util.find_spec("setuptools") is not None, "this Python has no setuptools to build with")
    words = [sys.executable, "-c", "import setuptools; setuptools.setup()", "-q", "build", "--build-lib", "built"]
    built = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert built.returncode == 0, built.stderr
    inside = {str(path.relative_to(tmp_path / "built")) for path in (tmp_path / "built").rglob("*")}
    assert {
        "netmon/exporter/catalogue.py",
        "netmon/py.typed",
        "netmon/data/runbooks/NetmonFault.md",
        "netmon/data/tuban/network.yaml",
    } <= inside
    assert any(name.startswith("netmon/exporter/") and name.endswith(".css") for name in inside)
