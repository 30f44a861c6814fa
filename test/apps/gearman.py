# SPDX-License-Identifier: BSD-3-Clause
"""gearmand: its threads hand the jobs of clients to workers.

The clients and workers are its own, `gearman`; what a worker runs for a job is
a program whose result is known.  Some connections speak the protocol by hand.
"""
import concurrent.futures
import hashlib
import os
import signal
import socket
import struct

from common import (LIMIT_S, check, check_equal, listening_ports, wait_until,
                    wakeups)

NEEDS = ["gearmand", "gearman", "gearadmin", "sha256sum"]
LIBRARIES = ["libevent-2.1.so.7", "libevent_pthreads-2.1.so.7"]
THREADS = 4
WORKERS = 3
CLIENTS = 3
JOBS = 60
CONNECTIONS = 200
LARGE = 400_000         # to a worker, which reads ever slower
HUGE = 5_000_000
ECHO_REQ, ECHO_RES = 16, 17


class Gearman:
    """The server, and how to give it jobs and workers."""

    def __init__(self, room):
        self.room = room
        self.server = room.start(
            ["gearmand", "--listen=127.0.0.1", "--port=0", "--backlog=256",
             f"--threads={THREADS}", f"--log-file={room.dir / 'log'}"])
        self.port, = wait_until(lambda: listening_ports(self.server.pid),
                                "a port")
        self.workers = []
        self.place = ["-h", "127.0.0.1", "-p", str(self.port)]

    def worker(self, function, *command, count=0):
        """A worker that runs a command for each job, of all or so many."""
        limit = ["-c", str(count)] if count else []
        worker = self.room.start(["gearman", *self.place, "-w", *limit, "-f",
                                  function, "--", *command])
        self.workers.append(worker)
        return worker

    def client(self, function, data, *options):
        return self.room.call(["gearman", *self.place, "-f", function,
                               *options], data)

    def status(self, function):
        """Its jobs in all, its jobs at work, and its workers."""
        said = self.room.call(["gearadmin", *self.place, "--status"]).decode()
        rows = dict(row.split("\t", 1) for row in said.splitlines()
                    if "\t" in row)
        return tuple(map(int, rows.get(function, "0\t0\t0").split("\t")))


def digest(data):
    return f"{hashlib.sha256(data).hexdigest()}  -"


def many_jobs(gearman):
    """Clients at once have their lines done by workers at once."""
    for _ in range(WORKERS):
        gearman.worker("sum", "sha256sum")
    wait_until(lambda: gearman.status("sum") == (0, 0, WORKERS), "workers")

    def client(number):
        lines = [f"{number} {i}\n" for i in range(JOBS)]
        got = gearman.client("sum", "".join(lines).encode(), "-n")
        check_equal(sorted(got.decode().splitlines()),
                    sorted(digest(line.encode()) for line in lines), "sums")
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))
    check_equal(gearman.status("sum"), (0, 0, WORKERS), "status at the end")


def large_jobs(gearman):
    """Much to a worker, and much from it."""
    data = os.urandom(LARGE)
    check_equal(gearman.client("sum", data).decode().strip(), digest(data),
                "sum")
    gearman.worker("count", "xargs", "seq")
    want = "".join(f"{i}\n" for i in range(1, 20_001))
    check(gearman.client("count", b"20000").decode() == want,
          "what was counted differs")


def background(gearman):
    """Jobs without a worker wait; then they are done, the urgent first."""
    for option in "-L", None, "-I":     # of low, usual and high priority
        lines = "".join(f"{option} {i}\n" for i in range(JOBS))
        gearman.client("later", lines.encode(), "-b", "-n",
                       *[option] * bool(option))
    check_equal(gearman.status("later"), (3 * JOBS, 0, 0), "waiting jobs")
    worker = gearman.worker("later", "tee", "-a", gearman.room.dir / "done",
                            count=3 * JOBS)
    gearman.room.check_end(worker)
    check_equal((gearman.room.dir / "done").read_text().splitlines(),
                [f"{option} {i}" for option in ("-I", None, "-L")
                 for i in range(JOBS)], "order of the jobs")
    check_equal(gearman.status("later"), (0, 0, 0), "status at the end")


def dead_worker(gearman):
    """The job of a worker that dies is given to another one."""
    script = "cat >/dev/null; echo >>taken; exec sleep 1000"
    worker = gearman.worker("hard", "sh", "-c", script)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        result = pool.submit(gearman.client, "hard", b"work")
        wait_until((gearman.room.dir / "taken").exists, "the job at a worker")
        check_equal(gearman.status("hard"), (1, 1, 1), "status at work")
        worker.send_signal(signal.SIGKILL)
        wait_until(lambda: gearman.status("hard") == (1, 0, 0), "its end")
        gearman.worker("hard", "cat")
        check_equal(result.result(LIMIT_S), b"work", "result")


def packet(kind, data, magic=b"\0REQ"):
    return magic + struct.pack("!II", kind, len(data)) + data


def many_connections(gearman):
    """Connections open together are served by as many threads as asked."""
    slept = wakeups(gearman.server.pid, "gearmand")
    socks = [socket.create_connection(("127.0.0.1", gearman.port), LIMIT_S)
             for _ in range(CONNECTIONS)]
    for i, sock in enumerate(socks):
        sock.sendall(packet(ECHO_REQ, f"echo {i}".encode() * i))
    for i, sock in enumerate(socks):
        want = packet(ECHO_RES, f"echo {i}".encode() * i, b"\0RES")
        with sock, sock.makefile("rb") as file:
            check_equal(file.read(len(want)), want, f"echo {i}")
    now = wakeups(gearman.server.pid, "gearmand")
    check(sum(now[tid] > slept[tid] for tid in now) >= THREADS,
          f"wakeups: first {slept}, then {now}")


def torn_packets(gearman):
    """Byte by byte; many at once, which are read late; and a huge one."""
    with socket.create_connection(("127.0.0.1", gearman.port),
                                  LIMIT_S) as sock, \
            sock.makefile("rb") as file:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in packet(ECHO_REQ, b"in pieces"):
            sock.send(bytes([byte]))
        want = packet(ECHO_RES, b"in pieces", b"\0RES")
        check_equal(file.read(len(want)), want, "echo of the pieces")
        sock.sendall(b"".join(packet(ECHO_REQ, f"{i}".encode())
                              for i in range(5000)))
        want = b"".join(packet(ECHO_RES, f"{i}".encode(), b"\0RES")
                        for i in range(5000))
        check(file.read(len(want)) == want, "one of many echoes differs")
        data = os.urandom(HUGE)
        sock.sendall(packet(ECHO_REQ, data))
        want = packet(ECHO_RES, data, b"\0RES")
        check(file.read(len(want)) == want, "the huge echo differs")


def end(gearman):
    """By signal, with all that has gone before and no worker left."""
    for worker in gearman.workers:
        worker.kill()
        worker.wait()
    gearman.room.check_mapped(gearman.server.pid, LIBRARIES)
    gearman.server.terminate()
    gearman.room.check_end(gearman.server)


def steps(room):
    """Yield the name and the work of each part, in order."""
    gearman = Gearman(room)
    yield "mapped", lambda: room.check_mapped(gearman.server.pid, LIBRARIES)
    for work in (many_jobs, large_jobs, background, dead_worker,
                 many_connections, torn_packets, end):
        yield work.__name__.replace("_", " "), lambda: work(gearman)
