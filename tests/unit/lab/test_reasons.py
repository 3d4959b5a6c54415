"""Why there is no kernel lab, in words with a remedy."""

from __future__ import annotations

import errno

from netmon.lab.kernel.reasons import Facts, Refusal, Step, explain
from tests.rows import every_row

USER = 1000


@every_row(
    ("step", "code", "facts", "said", "remedy"),
    [
        (
            "link",
            errno.EPERM,
            Facts(USER, apparmor_restricts=True),
            "AppArmor",
            "apparmor_restrict_unprivileged_userns",
        ),
        ("unshare", errno.EPERM, Facts(USER, clone_allowed=False), "switched off", "unprivileged_userns_clone=1"),
        ("unshare", errno.ENOSPC, Facts(USER), "limit of namespaces", "max_user_namespaces"),
        ("unshare", errno.EPERM, Facts(USER, namespaces_left=False), "limit of namespaces", "max_net_namespaces"),
        ("unshare", errno.EPERM, Facts(0, seccomp=True), "seccomp", "--cap-add SYS_ADMIN"),
        ("unshare", errno.EPERM, Facts(USER, in_container=True), "seccomp", "outside of it"),
        ("setting", errno.EROFS, Facts(0, in_container=True), "/proc/sys", "--privileged"),
        ("nodes", errno.EMFILE, Facts(USER), "open files", "ulimit -Hn"),
        ("unshare", errno.EINVAL, Facts(USER), "no user or network namespaces", "root"),
        ("unshare", errno.EPERM, Facts(USER), "EPERM", "root"),
        ("nodes", errno.ENOMEM, Facts(0), "ENOMEM", "root"),
    ],
)
def test_each_refusal_is_explained(step: Step, code: int, facts: Facts, said: str, remedy: str) -> None:
    text = explain(Refusal(step, code), facts)
    assert said in text
    assert remedy in text
    assert "\n" not in text


def test_apparmor_does_not_hold_root() -> None:
    text = explain(Refusal("link", errno.EPERM), Facts(0, apparmor_restricts=True))
    assert "AppArmor" not in text
