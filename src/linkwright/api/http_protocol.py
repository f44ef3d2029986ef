"""HTTP as it comes over the socket: what is none, or has a head without an end, is refused by a TMF error too."""

from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from linkwright.api.errors import error_reply

LONGEST_HEAD = 64 * 1024
"""Bytes of an address with all its headers."""


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's own, with a bound on the head of a request and one shape for every refusal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_body = self._ended = self._deaf = False
        self._unfinished = 0
        self._running: RequestResponseCycle | None = None

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._ended = False
        super().data_received(data)
        self._unfinished = 0 if self._in_body or self._ended else self._unfinished + len(data)
        if self._unfinished > LONGEST_HEAD:
            self._refuse_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_body:  # what comes after a body in chunks would be kept with the headers
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > LONGEST_HEAD:
            self._refuse_head()
        if not self._deaf:
            self._in_body = True
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body, self._ended = False, True
        if not self._deaf:
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _refuse_head(self) -> None:
        told = f"Address and headers may have {LONGEST_HEAD} bytes at most."
        self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, told)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        """Nothing more is listened to. Who still waits for the answer to a request gets that, and not this for it."""
        if self._deaf:
            return
        self._deaf = True
        self.pipeline.clear()
        running = self._running
        if running is not None and not running.response_complete and not running.more_body:
            running.keep_alive = False
            return
        body = error_reply(status, message).body
        head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)
