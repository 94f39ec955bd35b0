"""A network with nothing in it but loopback, for this process and everything it starts (Linux).

The offline promise is kept by the gate, the proxy variables and the hooks; native code that goes its own way could
still find a network. In a namespace of its own there is none to find, so the kernel keeps the promise.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

__all__ = ["IsolationUnavailable", "isolate_network"]

# <linux/sched.h>, <linux/sockios.h>, <net/if.h>
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
INTERFACE_REQUEST = "16sh22x"


class IsolationUnavailable(Exception):
    """This platform gives us no network namespace; the message says why in one line."""


def isolate_network() -> None:
    """Move this process into a network namespace where loopback is up and all else is missing. There is no way back.

    Needs no privilege where user namespaces are allowed: the user stays who it is. Call it before any thread starts.
    Raises ``IsolationUnavailable``.
    """
    if sys.platform != "linux":
        raise IsolationUnavailable(f"network namespaces are a Linux facility, and this is {sys.platform}")
    user, group = os.geteuid(), os.getegid()
    try:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
        raise_loopback()
    except OSError as error:
        raise IsolationUnavailable(f"the kernel allows no network namespace here ({error.strerror})") from error


def unshare(flags: int) -> None:
    """``unshare(2)``; Python has it from 3.12 on only. Raises ``OSError``."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(ctypes.c_int(flags)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def raise_loopback() -> None:
    """Bring the interface up, which a new namespace has down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack(INTERFACE_REQUEST, b"lo", IFF_UP))
