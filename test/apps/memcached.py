# SPDX-License-Identifier: BSD-3-Clause
"""memcached: threads, connections, both protocols, UDP, its own clients.

Of libmemcached's clients memcaslap is itself a program of libevent's; and
memccapable, which mostly waits, has a server of its own beside all the rest.

Everything that is stored is a function of its key, so whoever reads it
knows what must come back.
"""
import concurrent.futures
import hashlib
import re
import signal
import socket
import struct
import time

from common import (LIMIT_S, check, check_equal, mapped_libraries,
                    wait_until, wakeups)

NEEDS = ["memcached", "memccp", "memccat", "memcexist", "memcrm",
         "memcaslap", "memccapable"]
LIBRARIES = ["libevent-2.1.so.7"]
THREADS = 4
CLIENTS = 8
KEYS = 500
CONNECTIONS = 200
LARGE = 3_000_000
LOAD = 20000
LOAD_CONF = """\
key
16 64 1
value
100 3000 0.9
20000 30000 0.1
cmd
0 0.2
1 0.8
"""
SET, INCR, NOOP, GETKQ = 0x01, 0x05, 0x0a, 0x0d
HEADER = struct.Struct("!BBHBBHIIQ")


def value_of(key, size):
    """Bytes that only this key and size have, any byte among them."""
    seed = hashlib.sha512(f"{key}/{size}".encode()).digest()
    return (seed * (size // len(seed) + 1))[:size]


class Text:
    """One connection that speaks the text protocol."""

    def __init__(self, address):
        family = socket.AF_UNIX if isinstance(address, str) else \
            socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(LIMIT_S)
        self.sock.connect(address)
        self.file = self.sock.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def expect(self, want, what):
        check_equal(self.file.read(len(want)), want, what)

    def ask(self, line, want):
        self.send(line.encode() + b"\r\n")
        self.expect(want, line)

    def get(self, key):
        """The value, or None."""
        self.send(f"get {key}\r\n".encode())
        head = self.file.readline().split()
        if head == [b"END"]:
            return None
        check_equal(head[:2], [b"VALUE", key.encode()], "head of a value")
        value = self.file.read(int(head[3]))
        self.expect(b"\r\nEND\r\n", f"end of {key}")
        return value

    def stats(self):
        self.send(b"stats\r\n")
        lines = iter(self.file.readline, b"END\r\n")
        return dict(line.decode().split()[1:3] for line in lines)


def set_command(key, value, seconds=0):
    return (f"set {key} 0 {seconds} {len(value)}\r\n".encode() + value
            + b"\r\n")


def fill(address, client):
    """Store many keys without waiting for the answers between them."""
    with Text(address) as text:
        text.send(b"".join(
            set_command(f"c{client}-{i}", value_of(f"c{client}-{i}", i * 3))
            for i in range(KEYS)))
        text.expect(b"STORED\r\n" * KEYS, f"answers to client {client}")


def read_back(address, client):
    """All keys of the next client by one command, then some one by one."""
    owner = (client + 1) % CLIENTS
    keys = [f"c{owner}-{i}" for i in range(KEYS)]
    want = b"".join(
        f"VALUE {key} 0 {i * 3}\r\n".encode() + value_of(key, i * 3)
        + b"\r\n" for i, key in enumerate(keys))
    with Text(address) as text:
        text.send(f"get {' '.join(keys)}\r\n".encode())
        text.expect(want + b"END\r\n", f"all of client {owner}")
        for i in range(0, KEYS, 5):
            check_equal(text.get(keys[i]), value_of(keys[i], i * 3), keys[i])


def many_keys(address):
    """Clients at once write, then read what another one wrote."""
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for work in fill, read_back:
            list(pool.map(work, [address] * CLIENTS, range(CLIENTS)))
    with Text(address) as text:
        check_equal(text.stats()["curr_items"], str(CLIENTS * KEYS), "items")


def many_connections(address, pid):
    """Connections open together are served by every thread, and close."""
    with Text(address) as first:
        slept = wakeups(pid, "mc-worker")
        check_equal(len(slept), THREADS, "worker threads")
        before = first.stats()
        more = [Text(address) for _ in range(CONNECTIONS)]
        for i, text in enumerate(more):
            text.send(set_command("shared", value_of("shared", i)))
        for text in more:
            text.expect(b"STORED\r\n", "answer of one of many")
        now = first.stats()
        check_equal(int(now["total_connections"]),
                    int(before["total_connections"]) + CONNECTIONS, "accepted")
        check(int(now["curr_connections"]) > CONNECTIONS, "some are closed")
        idle = [tid for tid, n in wakeups(pid, "mc-worker").items()
                if n <= slept[tid]]
        check(not idle, f"threads without work: {idle}")
        for text in more:
            text.__exit__()
        wait_until(lambda: int(first.stats()["curr_connections"])
                   <= int(before["curr_connections"]), "their end")


def large_values(address):
    """More than a socket holds, to a client that reads late and little."""
    want = value_of("large", LARGE)
    with Text(address) as text:
        text.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        for i in range(3):
            text.send(set_command(f"large{i}", want))
            text.expect(b"STORED\r\n", "answer to a large value")
        text.send(b"get large0 large1 large2\r\n")
        text.expect(b"VALUE ", "begin of the values")
        with Text(address) as other:    # served while the first is stuck
            other.ask("delete large2", b"DELETED\r\n")
        for i in range(3):
            head = f"VALUE large{i} 0 {LARGE}\r\n".encode()
            text.expect(head if i else head[6:], "head")
            check(text.file.read(LARGE) == want, f"large{i} differs")
            text.expect(b"\r\n", "end of a value")
        text.expect(b"END\r\n", "end of the large values")


def torn_commands(address):
    """A command that comes byte by byte, and one whose client goes away."""
    with Text(address) as text:
        text.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in set_command("torn", b"in pieces"):
            text.send(bytes([byte]))
        text.expect(b"STORED\r\n", "answer to the pieces")
        with Text(address) as gone:
            gone.send(b"set torn 0 0 100\r\nhalf of it")
        check_equal(text.get("torn"), b"in pieces", "value after a half")


def request(opcode, key, extras=b"", value=b"", opaque=0):
    size = len(key) + len(extras) + len(value)
    return HEADER.pack(0x80, opcode, len(key), len(extras), 0, 0, size,
                       opaque, 0) + extras + key + value


def response(text):
    """One binary answer: opcode, status, opaque, key, value."""
    (magic, opcode, key_len, extras_len, _, status, size, opaque,
     _) = HEADER.unpack(text.file.read(HEADER.size))
    check_equal(magic, 0x81, "magic of an answer")
    body = text.file.read(size)[extras_len:]
    return opcode, status, opaque, body[:key_len], body[key_len:]


def binary_protocol(address):
    """Stores, counters and quiet gets in one pipeline, ended by a no-op."""
    keys = [f"b{i}".encode() for i in range(KEYS)]
    with Text(address) as text:
        text.send(b"".join(
            request(SET, key, bytes(8), value_of(key, 50 + i), i)
            for i, key in enumerate(keys)))
        for i in range(KEYS):
            check_equal(response(text), (SET, 0, i, b"", b""), "answer")
        quiet = [request(GETKQ, key, opaque=i) + request(GETKQ, b"no" + key)
                 for i, key in enumerate(keys)]
        text.send(b"".join(quiet) + request(NOOP, b""))
        for i, key in enumerate(keys):
            check_equal(response(text),
                        (GETKQ, 0, i, key, value_of(key, 50 + i)), "value")
        check_equal(response(text)[0], NOOP, "the end, misses being quiet")
        count = struct.pack("!QQI", 5, 100, 0)
        for want in 100, 105, 110:
            text.send(request(INCR, b"count", count))
            check_equal(response(text)[4], struct.pack("!Q", want), "count")


def udp(address, port):
    """Datagrams, each with its number."""
    with Text(address) as text:
        text.send(set_command("udp", b"by datagram"))
        text.expect(b"STORED\r\n", "answer")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(LIMIT_S)
        sock.connect(("127.0.0.1", port))
        for number in range(50):
            head = struct.pack("!HHHH", number, 0, 1, 0)
            sock.send(head + b"get udp\r\n")
            check_equal(sock.recv(1500), head
                        + b"VALUE udp 0 11\r\nby datagram\r\nEND\r\n",
                        f"datagram {number}")


def expiry(address):
    """The clock, a timer event each second, ends what is stored for 2 s."""
    with Text(address) as text:
        start = time.monotonic()
        text.send(set_command("short", b"x", 2) + set_command("long", b"y"))
        text.expect(b"STORED\r\n" * 2, "answers")
        check_equal(text.get("short"), b"x", "value before its time")
        wait_until(lambda: text.get("short") is None, "expiry")
        took = time.monotonic() - start
        check(0.9 < took < 6, f"two seconds took {took:.1f}")
        check_equal(text.get("long"), b"y", "value without a time")


def tools(room, address):
    """libmemcached's programs: files stored, fetched, removed."""
    servers = f"--servers={address[0]}:{address[1]}"
    files = {f"file{i}": value_of(f"file{i}", 10 ** i) for i in range(6)}
    for name, data in files.items():
        (room.dir / name).write_bytes(data)
    for protocol in [], ["--binary"]:
        options = [servers, *protocol]
        room.call(["memccp", *options, *files])
        for name, data in files.items():
            out = room.dir / "fetched"
            room.call(["memccat", *options, f"--file={out}", name])
            check_equal(out.read_bytes(), data, f"{name} {protocol}")
        room.call(["memcrm", *options, *files])
        for name in files:
            room.call(["memcexist", *options, name], status=1)


def load(room, server, address, protocol):
    """memcaslap's threads write, and compare each second value they read.

    The server stands still until memcaslap's own libraries have been seen.
    """
    conf, out = room.dir / "load.conf", room.dir / "load"
    conf.write_text(LOAD_CONF)
    server.send_signal(signal.SIGSTOP)
    with open(out, "wb") as file:
        client = room.start(
            ["memcaslap", f"--servers={address[0]}:{address[1]}", *protocol,
             f"--cfg_cmd={conf}", "--threads=2", "--concurrency=16", "--division=4",
             f"--execute_number={LOAD}", "--verify=0.5"], stdout=file)
    wait_until(lambda: mapped_libraries(client.pid), "memcaslap's libraries")
    room.check_mapped(client.pid, LIBRARIES)
    server.send_signal(signal.SIGCONT)
    room.check_end(client)
    said = dict(re.findall(r"^(\w+): (\d+)$", out.read_text(), re.M))
    check_equal(int(said["cmd_get"]) + int(said["cmd_set"]), LOAD, "commands")
    for what in "get_misses", "verify_misses", "verify_failed":
        check_equal(said[what], "0", what)


class Capable:
    """libmemcached's test of what a server can, in both protocols."""

    def __init__(self, room, options):
        self.room = room
        self.out = room.dir / "capable"
        self.server, port, _ = started(room, options, "capable.ports")
        with open(self.out, "wb") as file:
            self.client = room.start(["memccapable", "-h", "127.0.0.1", "-p",
                                      str(port)], stdout=file, stderr=file)

    def end(self):
        self.room.check_mapped(self.server.pid, LIBRARIES)
        self.room.check_end(self.client)
        said = self.out.read_text()
        check(said.count("[pass]") > 50 and "[FAIL]" not in said, said)


def unix_socket(room, options):
    """The same work on a Unix socket, by another server."""
    path = str(room.dir / "socket")
    server = room.start(["memcached", *options, "-s", path])
    wait_until(lambda: (room.dir / "socket").exists(), "the socket")
    room.check_mapped(server.pid, LIBRARIES)
    many_keys(path)
    server.send_signal(signal.SIGINT)
    room.check_end(server)


def started(room, options, name):
    """A server on ports that the kernel chose; its two ports."""
    ports = room.dir / name
    server = room.start(
        ["memcached", *options, "-l", "127.0.0.1", "-p", "-1", "-U", "-1"],
        env={"MEMCACHED_PORT_FILENAME": str(ports)})
    wait_until(ports.exists, "the file of ports")
    found = dict(line.split(" INET: ")
                 for line in ports.read_text().splitlines())
    return server, int(found["TCP"]), int(found["UDP"])


def steps(room):
    """Yield the name and the work of each part, in order."""
    options = ["-u", "root", "-t", str(THREADS), "-m", "128", "-I", "8m"]
    server, port, udp_port = started(room, options, "ports")
    address = ("127.0.0.1", port)
    capable = Capable(room, options)
    yield "mapped", lambda: room.check_mapped(server.pid, LIBRARIES)
    yield "many keys", lambda: many_keys(address)
    yield "many connections", lambda: many_connections(address, server.pid)
    yield "large values", lambda: large_values(address)
    yield "torn commands", lambda: torn_commands(address)
    yield "binary protocol", lambda: binary_protocol(address)
    yield "udp", lambda: udp(address, udp_port)
    yield "expiry", lambda: expiry(address)
    yield "libmemcached's tools", lambda: tools(room, address)
    for protocol in [], ["--binary"]:
        yield f"load {' '.join(protocol)}".rstrip(), (
            lambda: load(room, server, address, protocol))
    yield "unix socket", lambda: unix_socket(room, options)
    yield "memccapable", capable.end
    yield "end", lambda: (server.send_signal(signal.SIGINT),
                          room.check_end(server))
