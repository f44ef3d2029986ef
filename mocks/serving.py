"""Several applications in one process and one event loop, each on a port of its own."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import orjson
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mocks.frame import CLOSE_EXTENSION

STARTED_EVERY_S = 0.005
PARENT_EVERY_S = 0.5
GRACE_S = 1

Ready = Callable[[Mapping[str, str]], None]


class ClosableProtocol(HttpToolsProtocol):
    """Lets an application close the connection that its request came on."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast(dict[str, Any], self.scope)["extensions"] = {CLOSE_EXTENSION: self.transport.abort}


class _Server(uvicorn.Server):
    """Leaves the signals of the process to whoever runs all servers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 is any free one.

    Raises:
        OSError: the port is taken, or the host is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def url_of(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve_all(
    apps: Mapping[str, ASGIApp], sockets: Mapping[str, socket.socket], ready: Ready, stop: asyncio.Event
) -> None:
    """Serve until `stop` is set; `ready` gets the base URL of each application once all of them listen."""
    servers = {name: _server(app) for name, app in apps.items()}
    running = [asyncio.ensure_future(server.serve([sockets[name]])) for name, server in servers.items()]
    try:
        while not all(server.started for server in servers.values()):
            await _first_failure(running, STARTED_EVERY_S)
        ready({name: url_of(sockets[name]) for name in apps})
        await stop.wait()
    finally:
        for server in servers.values():
            server.should_exit = True
        await asyncio.gather(*running)


async def _first_failure(running: Sequence[asyncio.Future[None]], within_s: float) -> None:
    """Wait; raises what a server ended with, if one ended."""
    ended, _ = await asyncio.wait(running, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    for server in ended:
        server.result()
        raise RuntimeError("a mock server ended before it had started")


def _server(app: ASGIApp) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            http=ClosableProtocol,
            lifespan="on",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
        )
    )


def write_ports(file: Path, urls: Mapping[str, str]) -> None:
    """Whoever reads the file sees all of it or none."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_bytes(orjson.dumps(dict(urls), option=orjson.OPT_INDENT_2))
    draft.replace(file)


async def parent_gone(pid: int, stop: asyncio.Event) -> None:
    """Sets `stop` once the process is gone; a dead parent hands its children to somebody else."""
    is_parent = os.getppid() == pid
    while _is_alive(pid) and (not is_parent or os.getppid() == pid):  # noqa: ASYNC110 - no event tells of it
        await asyncio.sleep(PARENT_EVERY_S)
    stop.set()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
