"""What a child may not ask of the kernel, even after a file has taken it over: a seccomp filter.

A decoder needs memory, its socket, and now and then to read a file that comes with a package. The
filter takes away what an intruder would want: other programs, more processes, the network, writing,
other processes' memory, and the limits themselves. What is taken away fails with EPERM, so that a
task that tries it by mistake gets an OSError and not a dead process.
Linux on x86-64 and on 64-bit ARM; elsewhere nothing is installed.
What does not belong here: rlimits (`limits.py`).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

_PR_SET_SECCOMP = 22
_FILTER_MODE = 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""linux/bpf_common.h: load a word; jump if equal, if not below, if any bit is set; return."""

_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_DENY = 0x00050000 | errno.EPERM
"""linux/seccomp.h."""

_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # name: number on x86-64 (asm/unistd_64.h), on 64-bit ARM (asm-generic/unistd.h)
    "fork": (57, None), "vfork": (58, None), "clone": (56, 220), "clone3": (435, 435),
    "execve": (59, 221), "execveat": (322, 281),
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "setrlimit": (160, 164), "prlimit64": (302, 261), "setitimer": (38, 103), "alarm": (37, None),
    "setuid": (105, 146), "setgid": (106, 144), "setresuid": (117, 147), "setresgid": (119, 149),
    "capset": (126, 91), "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "memfd_create": (319, 279), "init_module": (175, 105), "finit_module": (313, 273),
    "kexec_load": (246, 104),
    "fchmodat2": (452, 452), "open_by_handle_at": (304, 265),
    "creat": (85, None), "openat2": (437, 437), "truncate": (76, 45), "ftruncate": (77, 46),
    "unlink": (87, None), "unlinkat": (263, 35), "rmdir": (84, None), "mkdir": (83, None),
    "mkdirat": (258, 34), "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276),
    "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "chown": (92, None),
    "fchown": (93, 55), "fchownat": (260, 54), "mknod": (133, None), "mknodat": (259, 33),
}  # fmt: skip
_OPEN: dict[str, tuple[tuple[int | None, int | None], int]] = {
    "open": ((2, None), 1),
    "openat": ((257, 56), 2),
}
"""By name: numbers, and which argument holds the flags."""

_KILL_CALLS: tuple[tuple[int, int], ...] = ((62, 129), (234, 131))
"""kill and tgkill: allowed to a process on itself, which is how `abort` ends."""

_X32_BIT = 0x40000000


class _Program(ctypes.Structure):
    """struct sock_fprog: how many instructions, and where."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install(library: ctypes.CDLL | None) -> bool:
    """Put the filter on this process, for good; False where the kernel has none.

    `library` is the C library. NO_NEW_PRIVS must be set. Called in the child, by its one thread.
    """
    known = _ARCHITECTURES.get(platform.machine())
    if library is None or known is None:
        return False
    code = _filter(*known, os.getpid())
    program = _Program(len(code) // 8, code)
    return bool(library.prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0) == 0)


def _filter(architecture: int, column: int, own_id: int) -> bytes:
    """Write the program: a word is loaded, compared, and decided on, call by call."""
    out = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        _step(_AT_LEAST, _X32_BIT, 0, 1),
        _step(_RETURN, _KILL),
    ]
    for numbers in _DENIED.values():
        number = numbers[column]
        if number is not None:
            out += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _DENY)]
    for calls, flags in _OPEN.values():
        number = calls[column]
        if number is not None:
            out += _if_argument(number, flags, _step(_ANY_BIT, _WRITING, 0, 1), _DENY, _ALLOW)
    for pair in _KILL_CALLS:
        out += _if_argument(pair[column], 0, _step(_EQUAL, own_id, 0, 1), _ALLOW, _DENY)
    return b"".join([*out, _step(_RETURN, _ALLOW)])


def _if_argument(number: int, argument: int, test: bytes, then: int, otherwise: int) -> list[bytes]:
    """Decide on a call by the lower half of an argument (both machines are little-endian)."""
    return [
        _step(_EQUAL, number, 0, 4),
        _step(_LOAD, _ARGUMENTS_AT + 8 * argument),
        test,
        _step(_RETURN, then),
        _step(_RETURN, otherwise),
    ]


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """Write an instruction: struct sock_filter, jumps counted from the next one."""
    return struct.pack("<HBBI", code, if_so, if_not, value)
