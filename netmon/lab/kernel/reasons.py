"""Why a machine refuses kernel namespaces, in words with the remedy; pure but for `machine_facts`."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Step = Literal["unshare", "map", "link", "setting", "nodes"]
"""What was refused: the namespaces, the user map, network administration, /proc/sys, or the many namespaces."""


class Refusal(Exception):  # noqa: N818 (not a failure of netmon: the machine's answer)
    """The machine does not allow the kernel lab: which step it refused, with which errno."""

    def __init__(self, step: Step, code: int | None) -> None:
        super().__init__(step, code)
        self.step: Step = step
        self.code = code or 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What a machine says of itself that explains a refusal; None where it has no such setting."""

    uid: int
    apparmor_restricts: bool = False
    clone_allowed: bool = True
    namespaces_left: bool = True
    seccomp: bool = False
    in_container: bool = False


def machine_facts() -> Facts:
    """Read the facts of this machine."""
    return Facts(
        uid=os.geteuid(),
        apparmor_restricts=_read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1",
        clone_allowed=_read("/proc/sys/kernel/unprivileged_userns_clone") != "0",
        namespaces_left=_read("/proc/sys/user/max_user_namespaces") != "0"
        and _read("/proc/sys/user/max_net_namespaces") != "0",
        seccomp="Seccomp:\t2" in _read("/proc/self/status"),
        in_container=Path("/.dockerenv").exists() or Path("/run/.containerenv").exists(),
    )


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def explain(refusal: Refusal, facts: Facts) -> str:
    """Return one sentence: what was refused, the likely cause, and the command that mends it."""
    word = errno.errorcode.get(refusal.code, str(refusal.code))
    if refusal.code == errno.EMFILE:
        return (
            "the lab needs more open files than this process may have (EMFILE): raise the hard limit, "
            "for example with `ulimit -Hn 65536` in a root shell"
        )
    if refusal.code in (errno.ENOSPC, errno.EUSERS) or not facts.namespaces_left:
        return (
            f"the kernel's limit of namespaces is reached ({word}): as root, "
            "`sysctl -w user.max_user_namespaces=10000 user.max_net_namespaces=10000`"
        )
    if facts.apparmor_restricts and facts.uid != 0:
        return (
            f"AppArmor keeps ordinary users from network namespaces ({word} at {refusal.step}): run as root, or "
            "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`"
        )
    if not facts.clone_allowed and facts.uid != 0:
        return (
            f"user namespaces are switched off for ordinary users ({word}): run as root, or "
            "`sudo sysctl -w kernel.unprivileged_userns_clone=1`"
        )
    if refusal.step == "setting":
        return (
            f"/proc/sys cannot be written ({word}): start the container with `--privileged`, "
            "or run outside of a container"
        )
    if refusal.code in (errno.EPERM, errno.EACCES) and (facts.in_container or facts.seccomp):
        return (
            f"the container's seccomp profile forbids new namespaces ({word}): start it with "
            "`--cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined`, or run outside of it"
        )
    if refusal.code in (errno.EINVAL, errno.ENOSYS):
        return f"this kernel has no user or network namespaces ({word}): run as root, or on another kernel"
    return f"the kernel refused {refusal.step} ({word}): run as root"
