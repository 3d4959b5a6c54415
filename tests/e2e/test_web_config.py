"""TLS, client certificates and passwords on a real socket, read again when their files change, and never shown."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bcrypt
import httpx2
import pytest

from netmon.cli.status import fetch
from netmon.errors import AwayError, CannotError, ConfigError
from netmon.exporter.access import gate
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.server import WebServer
from netmon.exporter.view import DaemonStatus
from tests.e2e.certificates import Authority
from tests.plain_http import UNTRUSTING
from tests.requires import require_program
from tests.unit.exporter.county import NOW, calm, view
from tests.waiting import until

pytestmark = pytest.mark.e2e

PASSWORD = "planted-geheim"  # noqa: S105 (it is what must be found nowhere)
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
USERS = f"basic_auth_users:\n  prometheus: {HASH}\n"
TLS = "tls_server_config:\n  cert_file: noc.pem\n  key_file: noc.key\n"
CLIENTS = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = Authority(tmp_path)
    made.issue("noc")
    return made


@contextlib.asynccontextmanager
async def serving(file: Path) -> AsyncIterator[WebServer]:
    server: WebServer

    def show() -> Any:
        return view(calm(), daemon=replace(DaemonStatus(NOW), web_config_good=server.web_config_good))

    server = WebServer(create_app(show, ChangeFeed()), port=0, web_config=file)
    await server.start()
    try:
        async with asyncio.timeout(60):
            yield server
    finally:
        await server.stop()


def trusting(authority: Authority, certificate: tuple[Path, Path] | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.file)
    if certificate is not None:
        context.load_cert_chain(*certificate)
    return context


async def get(
    server: WebServer,
    path: str = "-/healthy",
    verify: ssl.SSLContext = UNTRUSTING,
    auth: tuple[str, str] | None = None,
) -> httpx2.Response:
    async with httpx2.AsyncClient(verify=verify, trust_env=False, timeout=30.0) as client:
        return await client.get(server.url + path, auth=auth)


def write(folder: Path, text: str) -> Path:
    """Write the file so that a reader sees all of it or nothing, as configuration management does."""
    new = folder / "web.yaml.new"
    new.write_text(text, encoding="utf-8")
    return new.replace(folder / "web.yaml")


def test_promtool_agrees_with_what_netmon_takes(authority: Authority) -> None:
    file = write(authority.folder, TLS + CLIENTS + USERS)
    done = subprocess.run(
        [require_program("promtool"), "check", "web-config", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "netmon", "web", "check", file], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")
    assert checked.stderr.endswith("web.yaml: TLS, clients: RequireAndVerifyClientCert; 1 user\n")


def test_a_password_opens_and_nothing_else_does(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(write(tmp_path, USERS)) as server:
            assert server.url.startswith("http://")
            for auth in (None, ("prometheus", "wrong"), ("nobody", PASSWORD), ("", PASSWORD), ("prometheus", "")):
                refused = await get(server, "metrics", auth=auth)
                assert (refused.status_code, refused.text) == (401, "name and password, please\n")
                assert refused.headers["www-authenticate"].startswith('Basic realm="netmon"')
                assert refused.headers["x-content-type-options"] == "nosniff"
            for _ in range(2):  # the second one out of memory
                assert (await get(server, auth=("prometheus", PASSWORD))).status_code == 200
            assert (await get(server, auth=("prometheus", PASSWORD + "x" * 80))).status_code == 401

    asyncio.run(scene())


def test_guessers_keep_nobody_out_who_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While as many log-ins wait as may, Prometheus goes on scraping; who is not known yet is asked to come again."""
    checks = gate._fits
    answered = threading.Event()

    def slowly(password: bytes, hashed: bytes) -> bool:
        return bool(answered.wait(60)) and checks(password, hashed)

    async def scene() -> None:
        async with serving(write(tmp_path, USERS)) as server:
            assert (await get(server, auth=("prometheus", PASSWORD))).status_code == 200
            monkeypatch.setattr(gate, "_fits", slowly)
            guesses = [
                asyncio.create_task(get(server, auth=("prometheus", f"guess {number}")))
                for number in range(gate.MOST_WAITING + 1)
            ]
            try:
                (first, *_), _ = await asyncio.wait(guesses, return_when=asyncio.FIRST_COMPLETED)
                assert first.result().status_code == 503  # one more than may wait
                assert (await get(server, auth=("prometheus", PASSWORD))).status_code == 200
                assert (await get(server)).status_code == 401
            finally:
                answered.set()
            assert {answer.status_code for answer in await asyncio.gather(*guesses)} == {401, 503}

    asyncio.run(scene())


def test_a_client_certificate_opens_and_nothing_else_does(authority: Authority) -> None:
    theirs = authority.issue("prometheus", "prometheus")
    other = authority.folder / "other"
    other.mkdir()
    foreign = Authority(other, "somebody else").issue("prometheus", "prometheus")

    async def scene() -> None:
        file = write(authority.folder, TLS + CLIENTS + "http_server_config: {headers: {X-Frame-Options: deny}}\n")
        async with serving(file) as server:
            assert server.url.startswith("https://")
            answer = await get(server, verify=trusting(authority, theirs))
            assert (answer.status_code, answer.headers["x-frame-options"]) == (200, "deny")
            for context in (trusting(authority), trusting(authority, foreign)):
                with pytest.raises(httpx2.TransportError):
                    await get(server, verify=context)
            with pytest.raises(httpx2.TransportError):  # plain HTTP
                async with httpx2.AsyncClient(trust_env=False, verify=UNTRUSTING, timeout=30.0) as client:
                    await client.get(server.url.replace("https:", "http:"))
            assert (await get(server, verify=trusting(authority, theirs))).status_code == 200

    asyncio.run(scene())


def test_it_is_read_again_on_change_and_a_bad_one_changes_nothing(
    authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    trusted = trusting(authority)

    async def metric(server: WebServer, auth: tuple[str, str] | None = None) -> bool:
        text = (await get(server, "metrics", verify=trusted, auth=auth)).text
        return "netmon_web_config_last_reload_successful 1.0" in text

    async def certificate(server: WebServer) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=trusted)
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        assert isinstance(shown, bytes)
        del reader
        return shown

    async def scene() -> None:
        async with serving(write(authority.folder, TLS)) as server:
            assert await metric(server)
            write(authority.folder, TLS + USERS)
            await until(lambda: bool(server.access.config.users))
            assert (await get(server, verify=trusted)).status_code == 401
            me = ("prometheus", PASSWORD)
            assert await metric(server, me)
            write(authority.folder, TLS + f"basic_auth_users:\n  prometheus: {PASSWORD}\n")
            await until(lambda: not server.web_config_good)
            assert not await metric(server, me)
            assert "web.yaml:5: the value of user 1 of basic_auth_users is not a bcrypt hash" in caplog.text
            write(authority.folder, USERS)  # without TLS everybody could read the passwords
            await until(lambda: "turns TLS off, which needs a restart" in caplog.text)
            write(authority.folder, TLS + USERS)
            await until(lambda: server.web_config_good)
            before = await certificate(server)
            authority.issue("noc")
            for _ in range(400):
                if await certificate(server) != before:
                    break
                await asyncio.sleep(0.05)
            else:
                pytest.fail("the new certificate is never shown")
            assert await metric(server, me)

    asyncio.run(scene())
    assert PASSWORD not in caplog.text
    assert HASH not in caplog.text


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "noc.key").unlink(), "3: key_file .* cannot be read: No such file"),
        (
            lambda folder: (folder / "noc.key").write_bytes((folder / "ca.pem").read_bytes()),
            "2: .* do not make a pair",
        ),
        (lambda folder: (folder / "ca.pem").write_text("nothing"), "5: client_ca_file ca.pem holds no PEM"),
        (lambda folder: Authority(folder).issue("other")[1].replace(folder / "noc.key"), "2: .* do not make a pair"),
    ],
    ids=["no key", "no key in it", "no authority in it", "another's key"],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(
    authority: Authority, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(authority.folder)
    file = write(authority.folder, TLS + CLIENTS)
    with pytest.raises(ConfigError) as refused:
        asyncio.run(WebServer(create_app(view, ChangeFeed()), port=0, web_config=file).start())
    assert len(refused.value.problems) == 1
    assert re.search(said, str(refused.value.problems[0])), refused.value.problems


def test_commands_log_in_from_the_environment(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = authority.issue("desk", "desk")
    password = authority.folder / "password"
    password.write_text(PASSWORD + "\n", encoding="utf-8")
    for name in [name for name in os.environ if name.startswith("NETMON_")]:
        monkeypatch.delenv(name)

    async def scene() -> None:
        async with serving(write(authority.folder, TLS + CLIENTS + USERS)) as server:
            with pytest.raises(AwayError, match=r"no netmon answers at https://127\.0\.0\.1:\d+/: "):
                await asyncio.to_thread(fetch, server.url.replace("//", f"//me:{PASSWORD}@"), "/api/v1/sites")
            monkeypatch.setenv("NETMON_CA_FILE", str(authority.file))
            monkeypatch.setenv("NETMON_CERT_FILE", str(theirs[0]))
            monkeypatch.setenv("NETMON_KEY_FILE", str(theirs[1]))
            with pytest.raises(CannotError, match="wants a name and a password"):
                await asyncio.to_thread(fetch, server.url, "/api/v1/sites")
            monkeypatch.setenv("NETMON_USER", "prometheus")
            with pytest.raises(CannotError, match="but not NETMON_PASSWORD_FILE"):
                await asyncio.to_thread(fetch, server.url, "/api/v1/sites")
            monkeypatch.setenv("NETMON_PASSWORD_FILE", str(password))
            assert (await asyncio.to_thread(fetch, server.url, "/api/v1/sites"))["sites"]

    asyncio.run(scene())
