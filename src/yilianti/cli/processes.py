"""Starting a process that dies with us, finding who holds a port, and ending what an earlier run left."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _leash(death: int) -> Callable[[], None]:
    """Run in the child before exec: the kernel sends it `death` when the supervisor dies, even by kill -9."""
    parent = os.getpid()

    def tie() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, death)
            if os.getppid() != parent:
                os._exit(1)

    return tie


def spawn(command: list[str], *, log: Path, death: int = signal.SIGKILL, **arguments: Any) -> subprocess.Popen[bytes]:
    """Start in a session of its own (Ctrl-C reaches only the supervisor), output appended to `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_leash(death),  # noqa: PLW1509  single-threaded parent
            **arguments,
        )


def end(process: subprocess.Popen[bytes], *, gentle: int, seconds: float) -> None:
    """Ask, wait, then insist on the whole group."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(gentle)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process.pid)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(2)


def kill_group(leader: int) -> None:
    """Kill what is left of a child's group, such as web workers whose parent is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_leftovers(leaders: list[int], home: Path) -> int:
    """Kill members of earlier groups that still carry this home in their environment; how many there were."""
    mark = f"YILIANTI_HOME={home}".encode()
    ended = 0
    for entry in Path("/proc").glob("[0-9]*") if leaders else ():
        with contextlib.suppress(OSError, ValueError, IndexError):
            group = int((entry / "stat").read_text().rpartition(")")[2].split()[2])
            if group in leaders and mark in (entry / "environ").read_bytes().split(b"\0"):
                os.kill(int(entry.name), signal.SIGKILL)
                ended += 1
    if ended:
        time.sleep(0.3)
    return ended


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def port_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def holder_of(port: int) -> str:
    """Who listens on `port`, as far as we may see: `进程 123 nginx`, or an empty text."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == "0A" and int(columns[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{columns[9]}]")
    for entry in Path("/proc").glob("[0-9]*") if inodes else ():
        with contextlib.suppress(OSError):
            for descriptor in (entry / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(descriptor) in inodes:
                        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                        return f"进程 {entry.name}：{command.strip()[:60]}"
    return ""
