# SPDX-License-Identifier: BSD-3-Clause
"""fstrm_capture: frames come by many connections and go to one file.

Its clients are fstrm's own, fstrm_replay, each with a file of frames that
nobody else has.  The file that fstrm_capture writes is taken apart here.
"""
import hashlib
import signal
import socket
import struct
import subprocess

from common import LIMIT_S, check, check_equal, listening_ports, wait_until

NEEDS = ["fstrm_capture", "fstrm_replay"]
LIBRARIES = ["libevent-2.1.so.7"]
TYPE = b"test:frames"
CLIENTS = 6
FRAMES = 3000
LARGE = 200_000
CONTENT_TYPE = 1        # a field of a control frame
ACCEPT, START, STOP, READY, FINISH = 1, 2, 3, 4, 5


def control(kind, content_type=b""):
    field = struct.pack("!II", CONTENT_TYPE, len(content_type)) \
        + content_type if content_type else b""
    return struct.pack("!III", 0, 4 + len(field), kind) + field


def data(frame):
    return struct.pack("!I", len(frame)) + frame


def frames_of(client):
    """The frames of one client, each with its name: small ones, one large."""
    seed = hashlib.sha512(str(client).encode()).digest()
    sizes = [i % 12 for i in range(FRAMES)] + [LARGE // len(seed)]
    return [f"{client}/{i}/".encode() + seed * size
            for i, size in enumerate(sizes)]


def write_frames(path, frames):
    path.write_bytes(control(START, TYPE) + b"".join(map(data, frames))
                     + control(STOP))


def read_frames(path):
    """The data frames of a file, which must begin and end as it should."""
    content = path.read_bytes()
    first, last = control(START, TYPE), control(STOP)
    check_equal(content[:len(first)], first, "begin of the file")
    check_equal(content[-len(last):], last, "end of the file")
    content = memoryview(content)[len(first):-len(last)]
    frames = []
    while content:
        length, = struct.unpack("!I", content[:4])
        frames.append(bytes(content[4:4 + length]))
        content = content[4 + length:]
    return frames


def check_frames(path, want):
    """The file has each client's frames, and each one's in their order."""
    got = {}
    for frame in read_frames(path):
        got.setdefault(int(frame.split(b"/", 1)[0]), []).append(frame)
    check_equal(sorted(got), sorted(want), "clients in the file")
    for client, frames in want.items():
        check_equal(len(got[client]), len(frames), f"frames of {client}")
        check(got[client] == frames, f"frames of {client} differ")


class Capture:
    """fstrm_capture at a Unix socket or a port, and what it writes."""

    def __init__(self, room, name, *place):
        self.room = room
        self.out = room.dir / f"{name}.captured"
        self.process = room.start(["fstrm_capture", "-t", TYPE.decode(), "-b",
                                   str(LARGE + 1000), "-w", self.out, *place],
                                  stderr=subprocess.DEVNULL)

    def replay(self, numbers, *place):
        """Have the frames of these clients sent, by all of them at once."""
        clients = []
        for number in numbers:
            path = self.room.dir / f"frames{number}"
            write_frames(path, frames_of(number))
            clients.append(self.room.start(
                ["fstrm_replay", "-t", TYPE.decode(), *place, "-r", path]))
        for client in clients:
            self.room.check_end(client)

    def end(self, how):
        self.room.check_mapped(self.process.pid, LIBRARIES)
        self.process.send_signal(how)
        self.room.check_end(self.process)


class Sender:
    """One connection that speaks the protocol by hand."""

    def __init__(self, port, content_type):
        self.sock = socket.create_connection(("127.0.0.1", port), LIMIT_S)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.sock.makefile("rb")
        self.sock.sendall(control(READY, content_type))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.sock.close()

    def expect(self, want, what):
        check_equal(self.file.read(len(want)), want, what)

    def begin(self):
        self.expect(control(ACCEPT, TYPE), "answer to READY")
        self.sock.sendall(control(START, TYPE))


def unix_socket(room):
    """Clients at once; then the file is changed below two more."""
    socket_path = room.dir / "socket"
    capture = Capture(room, "unix", "-u", socket_path)
    wait_until(socket_path.exists, "the socket")
    room.check_mapped(capture.process.pid, LIBRARIES)
    place = ["-u", socket_path]
    capture.replay(range(CLIENTS), *place)
    old = room.dir / "old"
    capture.out.rename(old)
    capture.process.send_signal(signal.SIGUSR1)
    wait_until(capture.out.exists, "a new file")
    capture.replay([11, 12], *place)
    capture.end(signal.SIGTERM)
    check_frames(old, {i: frames_of(i) for i in range(CLIENTS)})
    check_frames(capture.out, {i: frames_of(i) for i in (11, 12)})


def connections(room):
    """By TCP, also torn, of another type, and cut off."""
    capture = Capture(room, "tcp", "-a", "127.0.0.1", "-p", "0")
    port, = wait_until(lambda: listening_ports(capture.process.pid), "a port")
    frames = frames_of(20)[:30]
    with Sender(port, TYPE) as torn, Sender(port, TYPE) as cut:
        for sender in torn, cut:
            sender.begin()
        with Sender(port, b"test:other") as other:
            other.expect(b"", "answer to another type")
        for byte in b"".join(map(data, frames)) + control(STOP):
            torn.sock.send(bytes([byte]))
        torn.expect(control(FINISH), "answer to STOP")
        cut.sock.sendall(data(b"21/whole") + data(b"21/half")[:6])
    capture.replay([22, 23], "-a", "127.0.0.1", "-p", str(port))

    def written():
        capture.process.send_signal(signal.SIGHUP)  # to write what it holds
        return data(b"21/whole") in capture.out.read_bytes()
    wait_until(written, "the frame of the connection that was cut")
    capture.end(signal.SIGINT)
    check_frames(capture.out, {20: frames, 21: [b"21/whole"],
                               22: frames_of(22), 23: frames_of(23)})


def steps(room):
    """Yield the name and the work of each part, in order."""
    yield "unix socket", lambda: unix_socket(room)
    yield "connections", lambda: connections(room)
