"""A real Alertmanager with the routes and texts that netmon ships, and the far ends that it writes to."""

from __future__ import annotations

import json
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from tests.markdown import TOP
from tests.plain_http import HTTP
from tests.requires import require_program

pytestmark = pytest.mark.lab
SHIPPED = TOP / "dashboards" / "alertmanager"
PATIENCE = 60.0
HOSTILE = "<script>alert(1)</script>, {{ range .Alerts }}, Socorejo & *Beji*"


class Posted(BaseHTTPRequestHandler):
    """Takes what webhooks and Telegram's API are posted, by the path that it is posted to."""

    kept: ClassVar[dict[str, list[dict[str, Any]]]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.kept.setdefault(self.path, []).append(body)
        chat = {"id": int(body.get("chat_id", 0)), "type": "group"}
        answer = json.dumps({"ok": True, "result": {"message_id": 1, "date": 1, "chat": chat}}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""


class Mailed(socketserver.StreamRequestHandler):
    """Takes mail by as much of SMTP (RFC 5321) as that needs."""

    kept: ClassVar[list[str]]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline().decode().strip():
            if line == "DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = list(iter(lambda: self.rfile.readline().decode(), ".\r\n"))
                self.kept.append("".join(lines))
            self.wfile.write(b"221 bye\r\n" if line == "QUIT" else b"250 ok\r\n")


class Office:
    """Everybody who gets a message."""

    def __init__(self, stack: ExitStack) -> None:
        self.posts: dict[str, list[dict[str, Any]]] = {}
        self.mails: list[str] = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Posted,), {"kept": self.posts}))
        self.smtp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Here", (Mailed,), {"kept": self.mails}))
        for server in (self.http, self.smtp):
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            stack.callback(server.server_close)
            stack.callback(thread.join)
            stack.callback(server.shutdown)

    def config(self) -> dict[str, Any]:
        """Return what netmon ships with these addresses in it, and with less patience."""
        text = (SHIPPED / "alertmanager.yaml").read_text(encoding="utf-8")
        here = f"127.0.0.1:{self.http.server_port}"
        for shipped in ("127.0.0.1:9096", "127.0.0.1:9097"):
            assert shipped in text
            text = text.replace(shipped, here)
        routing: dict[str, Any] = yaml.safe_load(text)
        routing["templates"] = [str(SHIPPED / "netmon.tmpl")]
        routing["route"] |= {"group_wait": "1s", "group_interval": "1s"}
        for route in routing["route"]["routes"]:
            route |= {"group_wait": "1s", "group_interval": "1s"}
        noc, mail, _ = routing["receivers"]
        noc["telegram_configs"][0]["api_url"] = f"http://{here}"
        mail["email_configs"][0]["smarthost"] = f"127.0.0.1:{self.smtp.server_address[1]}"
        return routing


@contextmanager
def alertmanager(folder: Path, office: Office) -> Iterator[str]:
    """Run Alertmanager on any free port; yield its address."""
    program = require_program("prometheus-alertmanager")
    (folder / "am.yaml").write_text(yaml.safe_dump(office.config()), encoding="utf-8")
    words = [program, "--config.file=am.yaml", "--storage.path=s", "--web.listen-address=127.0.0.1:0"]
    log = folder / "log"
    with (
        log.open("wb") as said,
        subprocess.Popen([*words, "--cluster.listen-address="], cwd=folder, stdout=said, stderr=said) as process,
    ):
        try:
            wait_for(lambda: "msg=Listening" in log.read_text() or "address=127" in log.read_text(), log.read_text)
            port = next(
                part.rpartition(":")[2]
                for part in log.read_text().split()
                if part.startswith("address=127.0.0.1:") and not part.endswith(":0")
            )
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_for(holds: Callable[[], object], said: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, said()
        time.sleep(0.05)


@pytest.fixture
def office() -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(stack)


def alert(name: str, severity: str, description: str, **labels: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": name, "severity": severity, "instance": "n:1", "job": "netmon", **labels},
        "annotations": {
            "summary": f"{name} in English.",
            "summary_id": f"{name} dalam bahasa.",
            "description": f"{description} are dark.",
            "description_id": f"{description} padam.",
        },
        "startsAt": "2026-11-25T07:03:07Z",
    }


def test_telegram_mail_webhook_and_paste_get_one_message_each_and_nothing_of_a_name_is_run(
    office: Office, tmp_path: Path
) -> None:
    fault = alert("NetmonFault", "critical", HOSTILE, fault="F7")
    shadowed = alert("NetmonVillageDisconnected", "critical", HOSTILE, fault="F7", site="a", district="d")
    reload = alert("NetmonReloadFailed", "warning", HOSTILE)
    with alertmanager(tmp_path, office) as url:
        sent = HTTP.post(f"{url}/api/v2/alerts", json=[fault, shadowed, reload])
        assert sent.is_success, sent.text
        ways = ("/bot123456:replace-me/sendMessage", "/netmon", "/whatsapp")
        wait_for(lambda: office.posts.keys() >= set(ways) and office.mails, lambda: office.posts)
        over = [one | {"endsAt": "2026-11-25T08:10:00Z"} for one in (shadowed, fault)]
        ended_by = HTTP.post(f"{url}/api/v2/alerts", json=over)
        assert ended_by.is_success, ended_by.text
        wait_for(lambda: all(len(office.posts[way]) == 2 for way in ways), lambda: office.posts)

    begun, ended = office.posts[ways[0]]
    assert (begun["chat_id"], begun["parse_mode"]) == ("-1001234567890", "HTML")
    assert begun["text"].startswith("<b>NetmonFault dalam bahasa. [F7]</b>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;, {{ range .Alerts }}, Socorejo &amp; *Beji* padam." in begun["text"]
    assert "Sejak 25-11-2026 14:03:07 WIB" in begun["text"]
    assert "NetmonVillageDisconnected" not in begun["text"]  # inhibited: the fault says it
    assert ended["text"].startswith("<b>Selesai: NetmonFault dalam bahasa. [F7]</b>")
    assert ended["text"].count("setelah 1h6m53s") == 1  # nor is that over which nobody was told of

    assert [one["status"] for one in office.posts["/netmon"]] == ["firing", "resolved"]
    paste = office.posts["/whatsapp"][0]["attachments"][0]["text"]
    assert paste.startswith("*NetmonFault dalam bahasa. [F7]*\n")
    assert HOSTILE in paste

    (mail,) = office.mails
    read = message_from_string(mail, policy=policy.default)
    assert read["Subject"] == "NetmonReloadFailed in English."
    html = read.get_body(("html",))
    plain = read.get_body(("plain",))
    assert html is not None
    assert plain is not None
    assert "&lt;script&gt;" in html.get_content()
    assert "<script>" not in html.get_content()
    assert "&amp;lt;" not in html.get_content()  # escaped once, not twice
    assert "{{ range .Alerts }}" in plain.get_content()
