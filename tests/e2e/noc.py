"""Programs of a NOC that the daemon speaks to, and who receives what it tells."""

from __future__ import annotations

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from tests.e2e.terminal import PATIENCE
from tests.requires import require_program


class Receiver:
    """A webhook receiver that keeps every message."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        kept = self.messages

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                kept.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Answer)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def about(self, fault: str) -> list[dict[str, Any]]:
        """Return the messages about a fault."""
        return [message for message in self.messages if message["groupLabels"].get("fault") == fault]


class Program:
    """A program of Debian that can be ended and started again; its output goes to a file."""

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        self._folder = folder
        self._name = name
        self._words = [require_program(name), *arguments]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with (self._folder / f"{self._name}.log").open("ab") as log:
            self._process = subprocess.Popen(self._words, cwd=self._folder, stdout=log, stderr=log)

    def end(self) -> None:
        """End it as an init system does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None
