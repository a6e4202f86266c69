"""The container: the real Dockerfile is built and its commands run as its user; the compose file goes through a real parser.

There is no Docker engine where the tests run: buildah builds and runs in a chroot, on a base made by debootstrap and imported under the
base image's name. The read-only root, dropped capabilities and the health check's timing are therefore checked as text, not run.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, lacking

BASE, IMAGE = "docker.io/library/debian:bookworm-slim", "localhost/firstrung-test:latest"
CHROOT = ("--isolation=chroot",)


def call(*words: str | Path, timeout: float = 900) -> str:
    """Run a program; what it said, on either stream. Fails with that when it fails."""
    done = subprocess.run(
        [*words], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout
    )
    assert done.returncode == 0, f"{words}: {done.stdout[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A container of the image, built from the Dockerfile in this checkout."""
    if not (shutil.which("buildah") and shutil.which("debootstrap")) or os.getuid() != 0:
        lacking("buildah and debootstrap (and root) are needed to build the image")
    folder = tmp_path_factory.mktemp("image")
    if BASE not in call("buildah", "images", "--format", "{{.Name}}:{{.Tag}}"):
        call("debootstrap", "--variant=minbase", "bookworm", folder / "base")
        call("tar", "-C", folder / "base", "-cf", folder / "base.tar", ".")
        call("podman", "import", folder / "base.tar", BASE)
    trusted = os.environ.get("PIP_CERT", "/etc/ssl/certs/ca-certificates.crt")
    (folder / "pip.conf").write_text("[global]\ncert = /trusted.crt\n")
    volumes = ("--volume", f"{trusted}:/trusted.crt:ro", "--volume", f"{folder / 'pip.conf'}:/etc/pip.conf:ro")
    call("buildah", "bud", *CHROOT, "--network=host", "--pull=never", "--layers", *volumes, "-t", IMAGE, ROOT)
    name = call("buildah", "from", "--pull=never", IMAGE).strip()
    yield name
    call("buildah", "rm", name)


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_the_image_runs_the_demo_and_the_service_as_an_unprivileged_user(container: str) -> None:
    script = """
        set -e
        test "$(id -un)" = firstrung
        ! touch /app/x 2>/dev/null
        ! touch /opt/firstrung/x 2>/dev/null
        cd /data
        firstrung --version
        firstrung demo --out out >/dev/null
        test -s out/digest.eml
        mkdir -p c && printf 'schedule: {tick_seconds: 1}\\n' > c/service.yaml
        export FIRSTRUNG_CONFIG=/data/c FIRSTRUNG_DATABASE=sqlite:////data/a.db
        firstrung run & service=$!
        for _ in $(seq 40); do firstrung status --check 2>/dev/null && break; sleep 1; done
        firstrung status --check
        kill -TERM $service
        wait $service
        echo well
    """
    said = call("buildah", "run", *CHROOT, "--user", "firstrung", container, "--", "sh", "-c", script)

    assert said.rstrip().endswith("well")
    assert '"event": "leading"' in said


@pytest.mark.long
def test_the_image_s_configuration_is_what_we_say(container: str) -> None:
    said = call("buildah", "inspect", "--type", "image", IMAGE)

    assert '"User": "firstrung"' in said
    assert '"FIRSTRUNG_CONFIG=/config"' in said


def compose() -> dict[str, dict[str, object]]:
    """The services of the compose file."""
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services: dict[str, dict[str, object]] = loaded["services"]
    return services


def test_every_service_of_ours_is_read_only_without_rights_and_named_in_a_profile() -> None:
    services = compose()
    assert {"app", "leader", "worker", "upgrade", "postgres", "mail"} <= set(services)
    for name, service in services.items():
        assert service["profiles"], name
        if str(service["image"]).startswith("firstrung"):
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]
        else:
            assert ":" in str(service["image"]).rsplit("/", 1)[-1], f"{name} is not pinned"


def test_every_command_of_the_compose_file_and_the_unit_exists() -> None:
    from cli.main import COMMANDS

    ours = [service for service in compose().values() if str(service["image"]).startswith("firstrung")]
    words = [service["command"] for service in ours]
    assert all(isinstance(said, list) and said[0] in COMMANDS for said in words)
    unit = (ROOT / "deploy" / "firstrung.service").read_text()
    assert "ExecStart=/opt/firstrung/bin/firstrung run\n" in unit


@pytest.mark.long
def test_compose_s_own_parser_takes_the_file() -> None:
    if not shutil.which("podman-compose"):
        lacking("podman-compose is not installed")
    said = subprocess.run(
        ["podman-compose", "--dry-run", "-f", ROOT / "docker-compose.yml", "up", "-d"],
        check=False, capture_output=True, text=True, env={**os.environ, "POSTGRES_PASSWORD": "x"},
    )  # fmt: skip
    made = said.stdout + said.stderr
    for name in compose():
        assert f"_{name}_1" in made, made[-2000:]
    assert "--read-only" in made


@pytest.mark.long
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        lacking("systemd-analyze is not installed")
    unit = (ROOT / "deploy" / "firstrung.service").read_text().replace("/opt/firstrung/bin/firstrung run", "/bin/true")
    (tmp_path / "firstrung.service").write_text(unit.replace("User=firstrung\nGroup=firstrung\n", ""))
    said = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "firstrung.service"], check=False, capture_output=True, text=True
    )
    assert "firstrung.service" not in said.stderr, said.stderr
