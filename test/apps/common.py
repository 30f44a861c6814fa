# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of programs share: a place, an environment, an end.

A Room is one program's run on one folder of libraries.  It owns a temporary
folder and every process started in it, and what these leave behind; leaving
it ends and removes all, whatever happened.  Should this script be killed, its
processes die with it.
Waiting is always for something seen, and limited.
"""
import ctypes
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

LIMIT_S = 15
# What tools/setup has taken out of packages that it does not install.
UNPACKED = pathlib.Path(__file__).resolve().parents[2] / "build/debian"
SEARCH_PATH = os.pathsep.join([f"{UNPACKED}/usr/sbin", os.environ["PATH"],
                               "/usr/sbin"])
TCP_LISTEN = "0A"
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36     # orphans become ours
LIBC = ctypes.CDLL(None)


class Failure(Exception):
    """The program did not do what it should; the text says how."""


def check(holds, what):
    if not holds:
        raise Failure(what)


def check_equal(got, want, what):
    if got != want:
        raise Failure(f"{what}: got {brief(got)}, want {brief(want)}")


def brief(value):
    text = repr(value)
    return text if len(text) < 200 else f"{text[:200]}... ({len(value)})"


def wait_until(holds, what):
    """Ask holds() until it is true, and return what it said."""
    end = time.monotonic() + LIMIT_S
    while True:
        said = holds()
        if said:
            return said
        check(time.monotonic() < end, f"never came: {what}")
        time.sleep(0.01)


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def is_running(pid):
    """Whether there is such a process, and not only its status."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rsplit(") ", 1)[1][0] != "Z"


def end_orphans():
    """End what the ended processes have left, and what that leaves."""
    children = pathlib.Path(f"/proc/self/task/{os.getpid()}/children")
    while pids := children.read_text().split():
        for pid in map(int, pids):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def mapped_libraries(pid):
    """The files of libevent that a process has mapped."""
    lines = pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()
    paths = {line.split(None, 5)[5] for line in lines if "/" in line}
    return {pathlib.Path(path) for path in paths
            if pathlib.Path(path).name.startswith("libevent")}


def descendants(pid):
    """A process, its children, theirs, and so on, that run now."""
    try:
        children = [child
                    for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                    for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [pid] * is_running(pid) + [
        further for child in children for further in descendants(int(child))]


def wakeups(pid, name):
    """How often each thread of that name has slept and come back."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return {task.name: int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)",
                                     (task / "status").read_text(),
                                     re.M)[1])
            for task in tasks if (task / "comm").read_text() == name + "\n"}


def listening_ports(pid):
    """The TCP ports on which a process listens, by its descriptors' order.

    None, if meanwhile the process goes, or one of its descriptors.
    """
    folder = pathlib.Path(f"/proc/{pid}/fd")
    try:
        table = pathlib.Path(f"/proc/{pid}/net/tcp").read_text()
        links = [os.readlink(folder / fd)
                 for fd in sorted(os.listdir(folder), key=int)]
    except OSError:
        return []
    ports = {row[9]: int(row[1].split(":")[1], 16)
             for row in map(str.split, table.splitlines()[1:])
             if row[3] == TCP_LISTEN}
    inodes = [link[8:-1] for link in links if link.startswith("socket:[")]
    return [ports[inode] for inode in inodes if inode in ports]


def unused_port():
    """A port that neither TCP nor UDP has; another may yet take it."""
    with socket.socket(type=socket.SOCK_DGRAM) as udp:
        while True:
            with socket.socket() as tcp:
                tcp.bind(("127.0.0.1", 0))
                port = tcp.getsockname()[1]
                try:
                    udp.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return port


class Room:
    def __init__(self, libdir):
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
        self.libdir = pathlib.Path(libdir).resolve()
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="apps-"))
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("EVENT_", "LD_", "MEMCACHED_",
                                         "TMUX"))}
        self.env.update(LD_LIBRARY_PATH=str(self.libdir), LC_ALL="C.UTF-8",
                        HOME=str(self.dir), TMPDIR=str(self.dir),
                        PATH=SEARCH_PATH)
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.kill()
            process.wait()
        end_orphans()
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self, args, **more):
        """Start a program that goes on; it ends with the room."""
        more.setdefault("stdin", subprocess.DEVNULL)
        more.setdefault("stdout", subprocess.DEVNULL)
        more["env"] = {**self.env, **more.pop("env", {})}
        process = subprocess.Popen(args, cwd=self.dir,
                                   preexec_fn=die_with_parent, **more)
        self.processes.append(process)
        return process

    def call(self, args, data=None, status=0):
        """Run a program to its end, fed with data: what it wrote, bytes."""
        done = subprocess.run(args, input=data, env=self.env, cwd=self.dir,
                              capture_output=True, timeout=LIMIT_S,
                              preexec_fn=die_with_parent, check=False)
        if done.returncode != status:
            raise Failure(f"{' '.join(map(str, args))}: status "
                          f"{done.returncode}, not {status}\n"
                          + (done.stdout + done.stderr).decode()[-2000:])
        return done.stdout

    def check_mapped(self, pid, names):
        """The process runs on these libraries of this folder, no others."""
        mapped = mapped_libraries(pid)
        strange = [str(p) for p in mapped if p.parent != self.libdir]
        check(not strange, f"mapped from elsewhere: {strange}")
        for name in names:
            path = (self.libdir / name).resolve()
            check(path in mapped, f"not mapped: {path}")

    def check_end(self, process, status=0):
        """The process ends by itself, in time, with this status."""
        try:
            got = process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Failure(f"{process.args[0]} does not end") from None
        check_equal(got, status, f"status of {process.args[0]}")
