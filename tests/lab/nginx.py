"""A real nginx that hosts villages' websites, and a real dnsmasq that knows their names, on addresses of loopback."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dns.asyncquery
import dns.exception
import dns.message

from netmon.probes.sockets import KernelSockets
from tests.ports import free_port
from tests.requires import require_program

PATIENCE = 30.0  # seconds for a daemon to begin

_PAGES: Mapping[str, str] = {
    "good": "<html><head><title>Desa Socorejo</title></head><body><h1>Selamat datang</h1>" + "<p>Kabar desa</p>" * 9,
    "parked": "<html><head><title>socorejo.test</title></head><body><p>This domain is for sale. Buy this domain.</p>",
    "suspended": "<html><head><title>Account Suspended</title></head><body>Contact your hosting provider.</body>",
    "default": "<html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1></body></html>",
    "opensid": "<html><head><title>Desa Senggig1</title></head><body>" + "<p>Website resmi</p>" * 200,
    "empty": "<html><head><title></title></head><body>   </body></html>",
}


class Names(KernelSockets):
    """The kernel's sockets, but names are asked of the test's own name server alone."""

    def __init__(self, server: str, port: int, patience: float = 1.0) -> None:
        self.server = server
        self.port = port
        self.patience = patience

    async def resolve(self, host: str) -> list[str]:
        query = dns.message.make_query(host, "A")
        try:
            answer = await dns.asyncquery.udp(query, self.server, timeout=self.patience, port=self.port)
        except dns.exception.Timeout as error:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution") from error
        found = [record.to_text() for rrset in answer.answer for record in rrset if rrset.rdtype == 1]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found


@contextlib.contextmanager
def nginx(folder: Path, servers: str, listens: Sequence[tuple[str, int]]) -> Iterator[subprocess.Popen[bytes]]:
    """Run nginx with these `server` blocks until the end; it is ready when all addresses are listened on."""
    program = require_program("nginx")
    root = folder / "pages"
    root.mkdir(exist_ok=True)
    for name, page in _PAGES.items():
        (root / f"{name}.html").write_text(page)
    (root / "big.html").write_text("<p>x</p>" * 400_000)
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # or its workers may not read the test's folder
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events { worker_connections 2048; }\n"
        f"http {{ access_log off; root {root}; default_type text/html; {temporary}\n"
        "server_names_hash_max_size 8192; server_names_hash_bucket_size 128;\n"
        f"{servers}\n}}\n"
    )
    running = subprocess.Popen([program, "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        _await_listening(running, listens)
        yield running
    finally:
        running.terminate()
        running.wait(PATIENCE)


@contextlib.contextmanager
def dnsmasq(
    folder: Path,
    host: str,
    names: Mapping[str, str],
    *,
    port: int = 0,
    zones: Sequence[str] = (),
    more: Sequence[str] = (),
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run dnsmasq with these names until the end; yield it and its port (0: any free one).

    Of `zones` it is the server, `ns.desa.test`, as their NS and SOA records say; `more` goes into its configuration.
    """
    program, port = require_program("dnsmasq"), port or free_port(host)
    config = folder / "dnsmasq.conf"
    lines = [f"port={port}", f"listen-address={host}", "bind-interfaces", "no-resolv", "no-hosts", "local=/test/"]
    lines += [f"host-record={name},{address}" for name, address in names.items()]
    lines += (
        [f"auth-zone={zone}" for zone in zones] + ([f"auth-server=ns.desa.test,{host}"] if zones else []) + [*more]
    )
    lines += [f"txt-record=long.test,{'x' * 200}" for _ in range(30)]
    config.write_text("\n".join(lines) + "\n")
    running = subprocess.Popen([program, "--keep-in-foreground", f"--conf-file={config}", "--user=root"])
    try:
        _await_listening(running, [(host, port)])
        yield running, port
    finally:
        running.terminate()
        running.wait(PATIENCE)


def _await_listening(running: subprocess.Popen[bytes], listens: Sequence[tuple[str, int]]) -> None:
    ends = time.monotonic() + PATIENCE
    for where in listens:
        while True:
            assert running.poll() is None, "it ended at once"
            with contextlib.suppress(OSError), socket.create_connection(where, 1.0):
                break
            assert time.monotonic() < ends, f"nobody listens on {where}"
            time.sleep(0.02)
