"""linkwright in a process of its own, for whoever plays a customer beside it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

START_WITHIN_S = 30.0


@contextmanager
def server(folder: Path, toml: str) -> Iterator[str]:
    """linkwright on SQLite in a process of its own, as an operator would run it; gives its base URL."""
    port = _free_port()
    base_url = f"http://127.0.0.1:{port}"
    settings = folder / "linkwright.toml"
    settings.write_text(toml)
    command = [sys.executable, "-m", "linkwright", "serve", "--port", str(port)]
    command += ["--database", f"sqlite:///{folder / 'linkwright.db'}"]
    process = subprocess.Popen(command, cwd=folder, env=os.environ)  # noqa: S603 - our own interpreter and module
    try:
        _wait_until_ready(process, base_url)
        yield base_url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(process: subprocess.Popen[bytes], base_url: str) -> None:
    import requests

    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(f"{base_url}/health/ready", timeout=1).status_code == 200:
                return
        except requests.ConnectionError:
            pass  # not listening yet: the loop ends at its deadline
        time.sleep(0.05)
    typer.echo("linkwright did not start.", err=True)
    raise typer.Exit(1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
