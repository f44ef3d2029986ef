"""A line to a database that can be cut and mended: for whoever talks through it the server is gone."""

import socket
import threading
from contextlib import suppress
from typing import Any, Self

from sqlalchemy import URL, make_url

CHUNK = 65_536


class CutLine:
    """Passes on every connection that comes to its port, as long as it is not cut."""

    def __init__(self, database_url: str) -> None:
        self._there = make_url(database_url)
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door: socket.socket | None = None
        self._port = 0
        self._speaks = threading.Event()
        self._speaks.set()
        self.mend()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    @property
    def url(self) -> str:
        """The same database, by way of this line."""
        here: URL = self._there.difference_update_query(("host", "port")).set(host="127.0.0.1", port=self._port)
        return here.render_as_string(hide_password=False)

    def mend(self) -> None:
        door = socket.create_server(("127.0.0.1", self._port))
        self._port = door.getsockname()[1]
        self._door = door
        threading.Thread(target=self._let_in, args=(door,), daemon=True).start()

    def fall_silent(self) -> None:
        """Pass on nothing, and hang up on nobody, until the line is cut."""
        self._speaks.clear()

    def cut(self) -> None:
        """Refuse whoever comes, and hang up on all who talk."""
        with self._lock:
            ends, self._ends, door, self._door = self._ends, set(), self._door, None
        if door is not None:
            _close(door)
        for end in ends:
            _close(end)
        self._speaks.set()

    def _let_in(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = door.accept()
                server = self._server()
                with self._lock:
                    self._ends |= {caller, server}
                    is_cut = self._door is not door
                if is_cut:
                    _close(caller)
                    _close(server)
                for source, sink in ((caller, server), (server, caller)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                self._speaks.wait()
                sink.sendall(data)
        _close(source)
        _close(sink)

    def _server(self) -> socket.socket:
        address: Any = self._there
        host = address.host or address.query.get("host") or "/var/run/postgresql"
        port = address.port or int(address.query.get("port", 5432))
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
