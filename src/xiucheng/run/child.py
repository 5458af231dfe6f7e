"""Starts one child so that it cannot outlive its parent (子进程): the trampoline between the parent and a program.

Called as a plain script, so it imports only what every Python has: `python -I child.py PARENT SIGNAL USER -- PROGRAM ...`.
PARENT is the parent's process id, SIGNAL the number the child gets when the parent dies, USER is `same`, `mapped` (root
only: a user namespace of its own in which root's files belong to user 1000) or a numeric user id to become.
PostgreSQL refuses to run as root; `mapped` satisfies it without giving any file away.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
MAPPED_USER = 1000


def _die_with_parent(libc: ctypes.CDLL, parent: int, signal_number: int) -> None:
    """Ask the kernel for SIGNAL at the parent's death; leave at once if it is dead already."""
    libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def _enter_own_namespace(libc: ctypes.CDLL) -> None:
    """Become user 1000 in a namespace where that user owns what the real user owns."""
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, content in (
        ("setgroups", "deny"),
        ("gid_map", f"{MAPPED_USER} {group} 1"),
        ("uid_map", f"{MAPPED_USER} {user} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(content)


def _become(user: int) -> None:
    import pwd

    entry = pwd.getpwuid(user)
    os.initgroups(entry.pw_name, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(user)


def main(arguments: list[str]) -> None:
    """Change user if asked, tie the child's life to the parent's, then turn into the program."""
    parent, signal_number, user = int(arguments[0]), int(arguments[1]), arguments[2]
    program = arguments[arguments.index("--") + 1 :]
    libc = ctypes.CDLL(None, use_errno=True)
    if user == "mapped":
        _enter_own_namespace(libc)
    elif user != "same":
        _become(int(user))
    _die_with_parent(libc, parent, signal_number)  # after the change: the kernel forgets the wish with the old user
    os.execv(program[0], program)  # noqa: S606 - turning into the program is what this file is for


if __name__ == "__main__":
    main(sys.argv[1:])
