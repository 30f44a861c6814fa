# SPDX-License-Identifier: BSD-3-Clause
"""redsocks: bufferevents that ask a proxy for a way, and then relay.

The clients and the proxies are of this script.  A proxy is asked for the
address that the client has connected to, here that of redsocks itself; then it
plays the destination: it gives back what it gets, until there is no more.
"""
import concurrent.futures
import hashlib
import re
import socket
import struct
import subprocess
import threading

from common import LIMIT_S, check, check_equal, listening_ports, wait_until

NEEDS = ["redsocks"]
LIBRARIES = ["libevent_core-2.1.so.7"]
CLIENTS = 60
AT_ONCE = 20
LARGE = 4_000_000
TOO_MUCH = 64_000_000   # for all the sockets on the way
SMALL = 1 << 16         # the buffers of this script's sockets
CONF = """\
base {{ log_info = off; log = "stderr"; daemon = off; redirector = generic; }}
redsocks {{
    local_ip = 127.0.0.1;
    local_port = 0;
    ip = 127.0.0.1;
    port = {port};
    type = {kind};
}}
"""


def payload(number, size):
    seed = hashlib.sha512(str(number).encode()).digest()
    return (seed * (size // len(seed) + 1))[:size]


def greet_socks5(sock, file):
    """RFC 1928: no authentication, then CONNECT to an IPv4 address."""
    _, count = file.read(2)
    check(0 in file.read(count), "cannot do without authentication")
    sock.sendall(b"\5\0")
    check_equal(file.read(4), b"\5\1\0\1", "request")
    address, port = struct.unpack("!4sH", file.read(6))
    return socket.inet_ntoa(address), port


def greet_http(_, file):
    """RFC 9110, 9.3.6: CONNECT, whose headers do not matter here."""
    line = file.readline().decode()
    while file.readline().strip():
        pass
    host, port = re.match(r"CONNECT (\S+):(\d+) HTTP/1\.\d\r\n$",
                          line).groups()
    return host, int(port)


GREET = {"socks5": greet_socks5, "http-connect": greet_http}
GRANTED = {"socks5": b"\5\0\0\1\0\0\0\0\0\0",
           "http-connect": b"HTTP/1.1 200 OK\r\nServer: test\r\n\r\n"}
REFUSED = {"socks5": b"\5\5\0\1\0\0\0\0\0\0",
           "http-connect": b"HTTP/1.1 403 Forbidden\r\n\r\n"}


def make_small(sock):
    for option in socket.SO_SNDBUF, socket.SO_RCVBUF:
        sock.setsockopt(socket.SOL_SOCKET, option, SMALL)


class Proxy:
    """A proxy of one kind; how it answers may be set."""

    def __init__(self, kind):
        self.kind = kind
        self.answer = GRANTED[kind]
        self.pieces = False
        self.failures = []
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=[sock],
                             daemon=True).start()

    def serve(self, sock):
        sock.settimeout(LIMIT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        make_small(sock)
        try:
            with sock, sock.makefile("rb") as file:
                self.requests.append(GREET[self.kind](sock, file))
                answer = self.answer
                size = 1 if self.pieces else len(answer)
                for i in range(0, len(answer), size):
                    sock.sendall(answer[i:i + size])
                while answer == GRANTED[self.kind]:
                    data = file.read1(1 << 16)
                    if not data:
                        break
                    sock.sendall(data)
        except Exception as error:  # told by the thread that asks
            self.failures.append(error)


class Redsocks:
    """redsocks in front of one proxy."""

    def __init__(self, room, kind, port):
        self.room = room
        conf = room.dir / f"{kind}{port}.conf"
        conf.write_text(CONF.format(kind=kind, port=port))
        self.process = room.start(["redsocks", "-c", conf],
                                  stderr=subprocess.DEVNULL)
        self.port, = wait_until(lambda: listening_ports(self.process.pid),
                                "a port")

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), LIMIT_S)

    def end(self):
        self.room.check_mapped(self.process.pid, LIBRARIES)
        self.process.terminate()
        self.room.check_end(self.process)


def echo(redsocks, number, size):
    """All that one client sends comes back, and then the end, no sooner."""
    want = payload(number, size)
    with redsocks.connect() as sock, sock.makefile("rb") as file:
        def send():
            sock.sendall(want)
            sock.shutdown(socket.SHUT_WR)
        writer = threading.Thread(target=send)
        writer.start()
        got = file.read()
        writer.join()
    check_equal(len(got), size, f"bytes back to client {number}")
    check(got == want, f"bytes to client {number} differ")


def relay(redsocks, proxy):
    """Many clients at once, small and large, each way."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda i: echo(redsocks, i, 1 + i * i * i),
                      range(CLIENTS)))
    check_equal(proxy.requests, [("127.0.0.1", redsocks.port)] * CLIENTS,
                "what the proxy was asked for")
    echo(redsocks, CLIENTS, LARGE)


def late_reader(redsocks):
    """Who does not read has to stop writing; then all comes."""
    want = payload("late", SMALL)
    with redsocks.connect() as sock:
        make_small(sock)
        sent = 0
        sock.settimeout(0.5)
        try:
            while sent < TOO_MUCH:
                sent += sock.send(want[sent % len(want):])
        except TimeoutError:
            pass
        check(sent < TOO_MUCH, "everything is taken, and nothing read")
        sock.settimeout(LIMIT_S)
        sock.shutdown(socket.SHUT_WR)
        with sock.makefile("rb") as file:
            got = file.read()
    check(got == (want * (sent // len(want) + 1))[:sent], "the rest differs")


def closed(redsocks):
    """The next client is sent away without a byte."""
    with redsocks.connect() as sock:
        try:
            sock.sendall(b"hello")
            check_equal(sock.recv(1), b"", "answer to an unlucky client")
        except (ConnectionResetError, BrokenPipeError):
            pass    # as what it sent had not been read


def answers(redsocks, proxy):
    """A proxy that answers byte by byte, or refuses."""
    proxy.pieces = True
    echo(redsocks, "pieces", 1000)
    proxy.answer, proxy.pieces = REFUSED[proxy.kind], False
    closed(redsocks)
    proxy.answer = GRANTED[proxy.kind]
    echo(redsocks, "again", 1000)


def no_proxy(room):
    """Nobody is there, where the proxy should be."""
    with socket.socket() as bound:      # and does not listen
        bound.bind(("127.0.0.1", 0))
        redsocks = Redsocks(room, "socks5", bound.getsockname()[1])
        for _ in range(3):
            closed(redsocks)
        redsocks.end()


def end(redsocks, proxy):
    """By signal; no talk with the proxy had failed."""
    redsocks.end()
    check_equal(proxy.failures, [], "failures of the proxy")


def steps(room):
    """Yield the name and the work of each part, in order."""
    for kind in GREET:
        proxy = Proxy(kind)
        redsocks = Redsocks(room, kind, proxy.port)
        yield f"{kind}: mapped", lambda: room.check_mapped(
            redsocks.process.pid, LIBRARIES)
        yield f"{kind}: relay", lambda: relay(redsocks, proxy)
        yield f"{kind}: late reader", lambda: late_reader(redsocks)
        yield f"{kind}: answers", lambda: answers(redsocks, proxy)
        yield f"{kind}: end", lambda: end(redsocks, proxy)
    yield "no proxy", lambda: no_proxy(room)
