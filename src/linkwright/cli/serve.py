"""`linkwright serve`: the server, on its own or with the demo's whole world."""

import ctypes
import gc
import sys
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Annotated

import typer

from linkwright.cli.configured import configured
from linkwright.cli.mock_world import mocks_running, with_mocks
from linkwright.errors import BadSetting, Refused, Unavailable
from linkwright.settings import Settings, is_loopback

M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -8, -3, -1
LARGE_BYTES, IDLE_BYTES = 1_000_000, 4_000_000


def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind to; loopback by default.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to bind to.")] = None,
    database: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the store.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Address that callers use, when behind a proxy.")] = None,
    with_mocks_: Annotated[
        bool, typer.Option("--with-mocks", help="Play the operator's systems and partners.")
    ] = False,
    topology: Annotated[str, typer.Option(help="Network of the mocks, a name that topohub knows.")] = "germany50",
    insecure: Annotated[bool, typer.Option(help="Bind to more than loopback without authentication.")] = False,
) -> None:
    """Serve TMF645 and TMF641."""
    told = {"host": host, "port": port, "database": database, "public_url": public_url}
    settings = replace(configured(), **{name: value for name, value in told.items() if value is not None})  # type: ignore[arg-type]
    if not is_loopback(settings.host) and not settings.asks_who_calls and not insecure:
        typer.echo(
            f"{settings.host} can be reached from outside and nobody is asked who he is. Configure [tokens] or "
            "[api_keys], bind to loopback behind a gateway that authenticates, or say --insecure.",
            err=True,
        )
        raise typer.Exit(2)
    with ExitStack() as stack:
        if with_mocks_:
            settings = with_mocks(settings, stack.enter_context(mocks_running("--topology", topology)))
        run(settings)


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    from linkwright.cli.logs import log_to_stderr

    _share_one_heap()
    log_to_stderr()
    import uvicorn

    from linkwright.api.http_protocol import HttpProtocol
    from linkwright.engine.liveness import EngineBusy
    from linkwright.wiring.application import build

    sys.setswitchinterval(0.002)  # a design that computes must not keep a request waiting for its turn
    try:
        app = build(settings)
    except (Refused, BadSetting) as wrong:
        typer.echo(f"Settings: {wrong}", err=True)
        raise typer.Exit(2) from wrong
    except (Unavailable, EngineBusy) as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(1) from missing
    _spare_the_collector()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        proxy_headers=False,  # our own address is a setting, and the caller's is not asked for
        http=HttpProtocol,
        ws="none",
    )


def _spare_the_collector() -> None:
    """What is there by now stays for good and need not be looked through again; requests leave hardly any circles.

    Everybody waits while it looks: often at little is better than seldom at much.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 3, 130)


def _share_one_heap() -> None:
    """Threads that take turns anyway need no heap of their own, which is what glibc gives them (other libcs do not).

    Large documents lie beside it and are given back at once. Within it they would leave holes, and glibc puts them
    there as soon as it has given back one of their size.
    """
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, 1)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        libc.mallopt(M_TRIM_THRESHOLD, IDLE_BYTES)
