"""The operator's systems and partners, played by `python -m mocks` in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import typer

from linkwright.partner_settings import Partner
from linkwright.settings import SYSTEMS, Settings

START_WITHIN_S = 30.0
PARTNER_PREFIX = "partner-"


@contextmanager
def mocks_running(*told: str) -> Iterator[Mapping[str, str]]:
    """Start all mocks on free ports, told these options, and yield their base URLs by name.

    They end with this process.
    """
    with tempfile.TemporaryDirectory(prefix="linkwright-mocks-") as folder:
        ports_file = Path(folder) / "ports.json"
        command = [sys.executable, "-m", "mocks", "--base-port", "0", "--ports-file", str(ports_file)]
        command += [*told, "--with-parent", str(os.getpid())]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own interpreter and module
        try:
            yield _urls(process, ports_file)
        finally:
            process.terminate()
            process.wait(timeout=10)


def _urls(process: subprocess.Popen[bytes], ports_file: Path) -> Mapping[str, str]:
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end:
        if ports_file.exists():
            urls: dict[str, str] = json.loads(ports_file.read_text())
            return urls
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise typer.BadParameter("the mocks did not start; is linkwright installed with its extra 'demo'?")


def with_mocks(settings: Settings, urls: Mapping[str, str]) -> Settings:
    """The same settings, pointed at the mocks."""
    partners = tuple(Partner(name=name, url=url) for name, url in urls.items() if name.startswith(PARTNER_PREFIX))
    networks = (*settings.outward_networks, "127.0.0.0/8")
    return replace(
        settings, systems={name: urls[name] for name in SYSTEMS}, partners=partners, outward_networks=networks
    )
