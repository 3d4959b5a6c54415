"""Kernel namespaces by system call: leaving the machine's network, making a namespace per node, visiting one.

Nothing here has a name in the file system, so when the process ends, however it ends, the kernel takes it all away.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netmon.lab.kernel import netlink
from netmon.lab.kernel.reasons import Refusal
from netmon.lab.wires.wiring import LOOPBACK_INDEX

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x0002_0000, 0x1000_0000, 0x4000_0000
_MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 32, 4096, 16_384, 1 << 18

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)


def unshare(flags: int) -> None:
    """Move this process into new namespaces (unshare(2)); `os.unshare` exists only from Python 3.12."""
    _call("unshare", flags)


def open_namespace() -> int:
    """Return a descriptor of the network namespace this process is in now."""
    return os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextmanager
def inside(namespace: int, home: int) -> Iterator[None]:
    """Visit a network namespace and come back to `home`; sockets opened meanwhile stay in the visited one."""
    _call("setns", namespace, CLONE_NEWNET)
    try:
        yield
    finally:
        _call("setns", home, CLONE_NEWNET)


def leave_machine() -> bool:
    """Move this process into network and mount namespaces of its own; return whether that took a user namespace.

    Root (with CAP_SYS_ADMIN) needs none; anybody else becomes root of a new user namespace that has only themself.

    Raises:
        Refusal: the machine does not allow it; says why and what to do.
    """
    uid, gid = os.geteuid(), os.getegid()
    try:
        unshare(CLONE_NEWNET | CLONE_NEWNS)
        in_user_namespace = False
    except PermissionError:
        try:
            unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS)
        except OSError as error:
            raise Refusal("unshare", error.errno) from error
        _become_root_inside(uid, gid)
        in_user_namespace = True
    except OSError as error:
        raise Refusal("unshare", error.errno) from error
    _check_powers()
    return in_user_namespace


def _become_root_inside(uid: int, gid: int) -> None:
    """Map the caller to root of the new user namespace (user_namespaces(7))."""
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    except OSError as error:
        raise Refusal("map", error.errno) from error


def _check_powers() -> None:
    """Try what building needs: some systems grant the namespaces but no power in them."""
    control = netlink.Netlink()
    try:
        control.send([netlink.set_link(LOOPBACK_INDEX, up=True)])
    except OSError as error:
        raise Refusal("link", error.errno) from error
    finally:
        control.close()
    try:
        write_setting("ipv4/ip_forward", "1")
    except OSError as error:
        if error.errno != errno.EROFS:
            raise Refusal("setting", error.errno) from error
        try:  # containers mount /proc/sys read-only; this mount namespace is ours
            _call("mount", None, b"/", None, _MS_REC | _MS_PRIVATE, None)
            _call("mount", None, b"/proc/sys", None, _MS_REMOUNT | _MS_BIND, None)
            write_setting("ipv4/ip_forward", "1")
        except OSError as again:
            raise Refusal("setting", again.errno) from again


def write_setting(name: str, value: str) -> None:
    """Write `/proc/sys/net/…` of the network namespace this process is in."""
    descriptor = os.open(f"/proc/sys/net/{name}", os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, value.encode())
    finally:
        os.close(descriptor)
