"""How labs begin and end: whoever is killed, nothing is left; without root; where namespaces are forbidden."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netmon.errors import AwayError
from netmon.lab.network import WantedMode, connect_lab, start_lab
from netmon.lab.story import faults as f
from tests.lab.costs import cpu_seconds, megabytes_available
from tests.lab.counties import draw, draw_county
from tests.lab.kernel_lab import BOTH, playing
from tests.lab.pings import answering, wait_until
from tests.nobody import drop_privileges, readable_modules
from tests.requires import require, require_program

pytestmark = pytest.mark.lab


@pytest.fixture(autouse=True, scope="module")
def _labs() -> None:
    """Let labs begin as they do for users."""


TREE = draw([("noc", "core"), ("core", "v1"), ("core", "v2")])
ROOT = Path(__file__).parents[2]
_SIOCGIFINDEX = 0x8933

HOLD = """
import sys, time
from pathlib import Path
from netmon.lab.network import start_lab
from tests.lab.counties import draw
lab = start_lab(draw([("noc", "core"), ("core", "v1")]), control_path=Path(sys.argv[1]))
print(lab.pid, flush=True)
time.sleep(60)
"""

HOLD_AND_FORK = HOLD.replace(
    "time.sleep(60)",
    """
import os
if os.fork() == 0:
    time.sleep(20)
    os._exit(0)
time.sleep(60)
""",
)

SEEN_BY_NOBODY = """
import asyncio, json, os, socket, sys
from netmon.lab.story import faults as f
from netmon.lab.network import start_lab
from tests.lab.counties import draw
from tests.lab.pings import answering, wait_until
inventory = draw([("noc", "core"), ("core", "v1"), ("core", "v2")])
with start_lab(inventory, mode=sys.argv[1]) as lab:
    first = answering(lab.sockets, inventory, inventory.nodes, 10.0)
    asyncio.run(lab.apply(f.CutLink("core-v1"), f.LoseOneWay("core-v2", "v2", 1.0)))
    wait_until(lambda: answering(lab.sockets, inventory, inventory.nodes, 0.1) == {"noc", "core"})
    print(json.dumps([os.getuid(), lab.mode, lab.reason, sorted(first)]))
"""


def has_device(sock: socket.socket, device: str) -> bool:
    """Return whether an interface of this name is in the namespace of a socket."""
    try:
        fcntl.ioctl(sock, _SIOCGIFINDEX, struct.pack("16s24x", device.encode()))
    except OSError:
        return False
    return True


def is_running(pid: int) -> bool:
    """Return whether a process exists and is not merely waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def host_devices() -> set[str]:
    return {name for _, name in socket.if_nameindex()}


def test_the_machine_sees_nothing_of_the_lab_and_its_end_takes_all() -> None:
    """A socket kept from the vantage shows that the veth, and so the node at its other end, is gone with the lab."""
    before = host_devices(), set(Path("/run/netns").glob("*"))
    with playing(TREE) as lab:
        kept = lab.sockets.udp(socket.AF_INET)
        assert has_device(kept, "sfp1")
        assert (host_devices(), set(Path("/run/netns").glob("*"))) == before
        pid = lab.pid
    assert not is_running(pid)
    with kept:
        wait_until(lambda: not has_device(kept, "sfp1"), 10.0)


def test_the_lab_killed_leaves_nothing_and_says_so() -> None:
    with playing(TREE) as lab, lab.sockets.udp(socket.AF_INET) as kept:
        os.kill(lab.pid, signal.SIGKILL)
        assert lab.wait() == -signal.SIGKILL
        wait_until(lambda: not has_device(kept, "sfp1"), 10.0)
        with pytest.raises(AwayError, match="the lab"):
            lab.truth()
        with pytest.raises(AwayError):
            lab.sockets.udp(socket.AF_INET)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_owner_killed_takes_the_lab_along(number: signal.Signals, tmp_path: Path) -> None:
    with playing(TREE):
        pass  # skips where there are no namespaces
    path = tmp_path / "lab.sock"
    owner = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True)
    try:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        outside = connect_lab(path)
        kept = outside.udp(socket.AF_INET)
        outside.close()
        assert is_running(pid)
        assert has_device(kept, "sfp1")
    finally:
        owner.send_signal(number)
        owner.communicate()
    with kept:
        wait_until(lambda: not is_running(pid))
        wait_until(lambda: not has_device(kept, "sfp1"), 10.0)
    assert list(tmp_path.iterdir()) == []


def test_a_forked_copy_of_the_owner_does_not_keep_the_lab(tmp_path: Path) -> None:
    """The copy has the owner's end of the connection, so the connection stays open when the owner is killed."""
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_FORK, tmp_path / "lab.sock"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        wait_until(lambda: len(_children(owner.pid)) == 2)
        owner.kill()
        wait_until(lambda: not is_running(pid))
    finally:
        os.killpg(owner.pid, signal.SIGKILL)
        owner.communicate()


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_the_lab_stopped_by_a_signal_ends_in_good_order(tmp_path: Path) -> None:
    lab = start_lab(TREE, mode="simulated", control_path=tmp_path / "lab.sock")
    with lab:
        os.kill(lab.pid, signal.SIGTERM)
        assert lab.wait() == 0
    assert list(tmp_path.iterdir()) == []


@BOTH
def test_labs_do_not_see_each_other(mode: WantedMode) -> None:
    with playing(TREE, mode) as one, playing(TREE, mode) as two:
        nodes = list(TREE.nodes)
        assert answering(one.sockets, TREE, nodes, 10.0) == answering(two.sockets, TREE, nodes, 10.0) == set(nodes)
        asyncio.run(one.apply(f.PowerOff("core")))
        wait_until(lambda: answering(one.sockets, TREE, nodes, 0.1) == {"noc"})
        assert answering(two.sockets, TREE, nodes, 10.0) == set(nodes)


def run(command: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository; a path of modules in `environment` replaces the caller's."""
    return subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def nobody(script: str, *arguments: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run a script as an ordinary user without any privilege, in an interpreter that such a user may execute."""
    drop = drop_privileges()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin") or ""]
    # A shell between, because the lab's interpreter starts another: the user must be allowed that too.
    usable = [one for one in candidates if one and run([*drop, "/bin/sh", "-c", f"{one} -c ''"]).returncode == 0]
    require(bool(usable), f"no {version} that an ordinary user may execute")
    command = [*drop, usable[0], "-P", "-c", script, *arguments]
    if limit is not None:
        command = ["/bin/sh", "-c", f'ulimit -n {limit}; exec "$@"', "sh", *command]
    return run(command, PYTHONPATH=readable_modules(), PYTHONDONTWRITEBYTECODE="1")


@pytest.mark.root
def test_an_ordinary_user_gets_the_kernel_lab_too() -> None:
    done = nobody(SEEN_BY_NOBODY, "namespaces")
    require("PrivilegeError" not in done.stderr, done.stderr)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('[65534, "user-namespaces", ')
    assert done.stdout.strip().endswith('["core", "noc", "v1", "v2"]]')


@pytest.mark.root
def test_too_few_descriptors_are_explained() -> None:
    done = nobody(SEEN_BY_NOBODY, "namespaces", limit=60)
    assert done.returncode != 0
    assert "more open files than this process may have" in done.stderr
    assert "ulimit -Hn" in done.stderr


FORBIDDEN = """
import sys
from netmon.errors import PrivilegeError
from netmon.lab.network import start_lab
from tests.lab.counties import draw
inventory = draw([("noc", "core")])
try:
    start_lab(inventory, mode="namespaces")
except PrivilegeError as error:
    print(error)
with start_lab(inventory, mode="auto") as lab:
    print(lab.mode, lab.reason)
"""


@pytest.mark.root
def test_where_namespaces_are_forbidden_auto_simulates_and_says_why() -> None:
    """A user namespace whose own limit of namespaces is zero is a machine that allows none."""
    unshare = require_program("unshare")
    inner = 'echo 0 > /proc/sys/user/max_user_namespaces; echo 0 > /proc/sys/user/max_net_namespaces; exec "$@"'
    done = run([unshare, "-Ur", "/bin/sh", "-c", inner, "sh", sys.executable, "-c", FORBIDDEN])
    assert done.returncode == 0, done.stderr
    refused, simulated = done.stdout.splitlines()
    assert "limit of namespaces" in refused
    assert "sysctl -w user.max_user_namespaces" in refused
    assert simulated.startswith("simulated simulated on loopback: ")
    assert "limit of namespaces" in simulated


@pytest.mark.root
def test_a_read_only_proc_sys_is_overcome_by_root() -> None:
    """Containers mount /proc/sys read-only; in a mount namespace of its own the lab may undo that."""
    require(os.geteuid() == 0, "only root may mount")
    unshare = require_program("unshare")
    inner = (
        'mount -o bind,ro /proc/sys /proc/sys && ! echo 0 2>/dev/null > /proc/sys/net/ipv4/ip_forward && exec "$@"'
    )
    done = run([unshare, "-mn", "/bin/sh", "-c", inner, "sh", sys.executable, "-c", SEEN_BY_NOBODY, "namespaces"])
    assert done.returncode == 0, done.stderr
    assert '"root-namespaces"' in done.stdout


def test_the_whole_county_is_up_quickly_and_small() -> None:
    """Under two seconds and 250 MB; on a machine that is busy with other things, two seconds of processor time."""
    county = draw_county(382)
    with playing(TREE):
        pass  # the first lab loads what the kernel needs
    figures = []
    for _ in range(3):
        before, began, worked = megabytes_available(), time.monotonic(), time.process_time()
        with playing(county) as lab:
            wall, cpu = time.monotonic() - began, cpu_seconds(lab.pid) - worked
            figures.append((wall, cpu, before - megabytes_available()))
            assert answering(lab.sockets, county, list(county.nodes), 10.0) == set(county.nodes)
        if min(wall, cpu) < 2.0 and figures[-1][2] < 250:
            return
    pytest.fail(f"seconds, seconds of processor time, megabytes: {figures}")
