"""Servers in processes of their own, and what they cost: CPU over all their processes, memory, flushes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.flushes import Flushes

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
START_WITHIN_S = 60.0


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    flushes: Flushes
    started_s: float

    def cpu_s(self) -> float:
        return sum(_cpu_ticks(pid) for pid in _tree(self.pid)) / TICKS_PER_S

    def memory_mb(self) -> float:
        return sum(_memory_kb(pid, "VmRSS") for pid in _tree(self.pid)) / 1024

    def peak_mb(self) -> float:
        """The most that each process ever had, added up."""
        return sum(_memory_kb(pid, "VmHWM") for pid in _tree(self.pid)) / 1024


@contextmanager
def running(command: list[str], folder: Path, probe: str, library: Path | None) -> Iterator[Server]:
    """Start `command` with `--port` in `folder`; it has started when `probe` is answered, whatever the answer."""
    folder.mkdir(parents=True, exist_ok=True)
    port, flushes = _free_port(), Flushes(folder / "flushes")
    began = time.perf_counter()
    environment = os.environ | flushes.environment(library)
    process = subprocess.Popen([*command, "--port", str(port)], cwd=folder, env=environment)
    try:
        _wait_for_answer(process, port, probe)
        yield Server(process.pid, port, flushes, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(timeout=30)


def linkwright(database: Path, *, toml: Path | None = None) -> list[str]:
    """The product as an operator runs it; its settings file lies in its folder."""
    if toml is not None and toml != database.parent / "linkwright.toml":
        raise ValueError("the settings lie beside the database")
    return linkwright_on(f"sqlite:///{database}")


def linkwright_on(database_url: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "linkwright", "serve", "--database", database_url]


def peer(name: str, database: Path) -> list[str]:
    """`naive` or `limit` of this folder."""
    root = str(Path(__file__).parent.parent)
    start = f"import sys; sys.path.insert(0, {root!r}); from benchmarks.{name} import main; main()"
    return [sys.executable, "-W", "ignore", "-c", start, "--database", str(database)]


def settings_for(urls: Mapping[str, str], partner_prefix: str) -> str:
    systems = [f'{name} = "{url}"' for name, url in urls.items() if not name.startswith(partner_prefix)]
    partners = [f'[partners.{name}]\nurl = "{url}"' for name, url in urls.items() if name.startswith(partner_prefix)]
    return "\n".join(["[systems]", *systems, *partners])


def _wait_for_answer(process: subprocess.Popen[bytes], port: int, probe: str) -> None:
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as caller:
                caller.sendall(f"GET {probe} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n".encode())
                if caller.recv(1024).startswith(b"HTTP/1.1 "):
                    return
        except ConnectionError:
            time.sleep(0.005)
    raise RuntimeError("a server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tree(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _stat(pid: int) -> list[str]:
    """From the state on, as in proc(5); empty for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else 0


def _memory_kb(pid: int, name: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in status if line.startswith(name)), 0)
