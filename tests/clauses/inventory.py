"""The resource inventory, as it is once a planned access has slipped: all answers of the mock, with other dates."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests


class Inventory:
    """Stands before the mock of the inventory; `slipped` has the later dates by the id of the access."""

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.slipped: dict[str, str] = {}
        told = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                answer = requests.get(f"{told.behind}{self.path}", timeout=30)
                body = told.later(answer)
                self.send_response(answer.status_code)
                kept = ("content-type", "x-total-count", "x-result-count")
                for name, value in answer.headers.items():
                    if name.lower() in kept:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind = {"Content-Type": self.headers["Content-Type"]}
                answer = requests.post(f"{told.behind}{self.path}", data=body, headers=kind, timeout=30)
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def later(self, answer: requests.Response) -> bytes:
        if answer.status_code not in (200, 206) or not self.slipped:
            return answer.content
        found = answer.json()
        for one in found if isinstance(found, list) else [found]:
            if one.get("id") in self.slipped:
                one["startOperatingDate"] = self.slipped[one["id"]]
        return json.dumps(found).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
