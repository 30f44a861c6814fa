# SPDX-License-Identifier: BSD-3-Clause
"""What every ROT13 server has to do, whatever it waits with.

    rot13_test.py SERVER_NAME PROGRAM
    rot13_test.py load LOAD_PROGRAM SERVER_PROGRAM

Each test starts a server of its own, plays the peer, and at the end stops
the server with SIGTERM, which has to exit with 0.
"""
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import unittest

LINE_MAX = 16384
PATIENCE_S = 20
MANY = 1100
LIMIT = 1024

NAME, PROGRAM = sys.argv[1], sys.argv[2]


def rot13(data):
    """By the definition, and not by the program that is tested."""
    small = b"abcdefghijklmnopqrstuvwxyz"
    turned = small[13:] + small[:13]
    return data.translate(bytes.maketrans(
        small + small.upper(), turned + turned.upper()))


class Server:
    """A server in a process of its own, with `ulimit -n 1024`."""

    def __init__(self, program):
        # With ASan, freed memory is not to count as memory in use.
        asan = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
        self.process = subprocess.Popen(
            [program], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "ASAN_OPTIONS": asan},
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_NOFILE, (LIMIT, LIMIT)))
        words = self.process.stdout.readline().split()
        assert words[:2] == ["listening", "on"], words
        self.port = int(words[2])

    def connect(self):
        sock = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def memory_kib(self):
        """Resident memory of the server and its children."""
        pids = [self.process.pid]
        path = f"/proc/{pids[0]}/task/{pids[0]}/children"
        with open(path, encoding="ascii") as f:
            pids += f.read().split()
        total = 0
        for pid in pids:
            with open(f"/proc/{pid}/status", encoding="ascii") as f:
                total += sum(int(line.split()[1]) for line in f
                             if line.startswith("VmRSS"))
        return total

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        with self.process.stdout as out:
            # One line: a forking server's children may keep the pipe open.
            return status, out.readline()


def receive(sock, count):
    """Exactly `count` bytes, fewer only if the connection ends."""
    data = b""
    while len(data) < count:
        piece = sock.recv(count - len(data))
        if not piece:
            break
        data += piece
    return data


def receive_all(sock):
    """To the end of the connection."""
    data = []
    while piece := sock.recv(65536):
        data.append(piece)
    return b"".join(data)


def is_silent(sock):
    """Nothing has come, and what was on its way is not an answer."""
    return not select.select([sock], [], [], 0.1)[0]


class Rot13Test(unittest.TestCase):
    def setUp(self):
        self.server = Server(PROGRAM)
        self.addCleanup(self.server.process.kill)

    def tearDown(self):
        status, out = self.server.stop()
        self.assertEqual(status, 0)
        self.assertRegex(out, r"^served \d+ connections, at most \d+ desc")

    def ask(self, sock, data):
        sock.sendall(data)
        self.assertEqual(receive(sock, len(data)), rot13(data))

    def test_whole_lines(self):
        """A line is answered at once, the connection stays for the next."""
        with self.server.connect() as sock:
            self.ask(sock, b"Hello, World!\n")
            self.ask(sock, b"\n")
            self.ask(sock, b"GET / HTTP/1.0\r\n")

    def test_answers_lines_only(self):
        """The start of a line is not answered before its newline."""
        with self.server.connect() as sock:
            sock.sendall(b"one\ntwo")
            self.assertEqual(receive(sock, 4), b"bar\n")
            self.assertTrue(is_silent(sock))
            sock.sendall(b"\n")
            self.assertEqual(receive(sock, 4), b"gjb\n")

    def test_split_at_every_byte(self):
        """A line in two pieces, cut at each place, and byte by byte."""
        line = b"Host: www.google.com\r\n"
        with self.server.connect() as sock:
            for cut in range(1, len(line)):
                sock.sendall(line[:cut])
                self.ask_rest(sock, line, cut)
            for byte in line[:-1]:
                sock.sendall(bytes([byte]))
            self.ask_rest(sock, line, len(line) - 1)

    def ask_rest(self, sock, line, cut):
        sock.sendall(line[cut:])
        self.assertEqual(receive(sock, len(line)), rot13(line))

    def test_many_lines_in_one_segment(self):
        """All lines of a segment are answered, in order."""
        data = b"".join(b"line %d\n" % i for i in range(1000))
        with self.server.connect() as sock:
            self.ask(sock, data)

    def test_longest_line(self):
        """16 KiB before the newline are one line."""
        line = b"x" * LINE_MAX
        with self.server.connect() as sock:
            sock.sendall(line)
            self.assertTrue(is_silent(sock))
            sock.sendall(b"\n")
            self.assertEqual(receive(sock, LINE_MAX + 1),
                             rot13(line) + b"\n")

    def test_longer_line(self):
        """A longer line is answered in pieces, none of it is lost."""
        line = b"Abc" * LINE_MAX
        with self.server.connect() as sock:
            sock.sendall(line)
            first = receive(sock, LINE_MAX)
            self.assertEqual(first, rot13(line[:LINE_MAX]))
            sock.sendall(b"\n")
            rest = receive(sock, len(line) + 1 - LINE_MAX)
            self.assertEqual(rest, rot13(line[LINE_MAX:]) + b"\n")
            self.ask(sock, b"and the next\n")

    def test_half_closed_peer(self):
        """After the peer's FIN: the rest is answered, then FIN."""
        with self.server.connect() as sock:
            sock.sendall(b"whole\nhalf a line")
            sock.shutdown(socket.SHUT_WR)
            self.assertEqual(receive_all(sock), b"jubyr\nunys n yvar")

    def test_no_bytes(self):
        """A peer that sends nothing gets nothing, and FIN for FIN."""
        with self.server.connect() as sock:
            sock.shutdown(socket.SHUT_WR)
            self.assertEqual(receive_all(sock), b"")
        self.server.connect().close()
        with self.server.connect() as sock:
            self.ask(sock, b"still there\n")

    def test_reset_in_the_middle(self):
        """Resets, with and without unread answers, harm nobody else."""
        with self.server.connect() as witness:
            for data in (b"half", b"line\n", b"line\nhalf", b"y" * 300000):
                for _ in range(5):
                    sock = self.server.connect()
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                    struct.pack("ii", 1, 0))
                    sock.sendall(data)
                    sock.close()
                self.ask(witness, b"still there\n")

    def test_gone_with_answers_unread(self):
        """The peer closes while answers are under way (SIGPIPE)."""
        for _ in range(5):
            sock = self.server.connect()
            sock.setblocking(False)
            try:
                while True:
                    sock.send(b"z" * 1023 + b"\n")
            except BlockingIOError:
                sock.close()
        with self.server.connect() as sock:
            self.ask(sock, b"still there\n")

    def test_all_bytes(self):
        """Letters are turned, all other bytes come back as they are."""
        data = bytes(range(256)) + b"\n"
        with self.server.connect() as sock:
            self.ask(sock, data)
            self.ask(sock, rot13(data))

    def test_slow_reader(self):
        """Who does not read is not read from, and loses nothing."""
        data = b"".join(b"%0127d\n" % i for i in range(256 * 1024))
        with self.server.connect() as sock:
            self.ask(sock, b"warm up\n")
            before = self.server.memory_kib()
            sent = self.send_until_stuck(sock, data)
            self.assertLess(sent, len(data))
            grown = self.server.memory_kib() - before
            self.assertLess(grown, 4096)
            with self.server.connect() as other:
                self.ask(other, b"others are served\n")
            got = self.send_and_receive(sock, data, sent)
        self.assertEqual(got, rot13(data))

    @staticmethod
    def send_until_stuck(sock, data):
        """Send without reading till nothing moves.  Returns the count."""
        sent = 0
        sock.setblocking(False)
        while sent < len(data):
            if not select.select([], [sock], [], 0.5)[1]:
                break
            sent += sock.send(data[sent:sent + 65536])
        return sent

    @staticmethod
    def send_and_receive(sock, data, sent):
        """Send the rest and read all answers, both as they may."""
        got = []
        left = len(data)
        while left > 0:
            writers = [sock] if sent < len(data) else []
            readable, writable, _ = select.select(
                [sock], writers, [], PATIENCE_S)
            if not readable and not writable:
                break
            if writable:
                sent += sock.send(data[sent:sent + 65536])
            if readable:
                got.append(sock.recv(65536))
                left -= len(got[-1])
                if not got[-1]:
                    break
        return b"".join(got)

    def test_more_peers_than_descriptors(self):
        """1,100 peers at a time under `ulimit -n 1024`: all are served."""
        socks = [self.server.connect() for _ in range(MANY)]
        lines = {}
        for i, sock in enumerate(socks):
            lines[sock] = b"number %d\n" % i
            sock.sendall(lines[sock])
        served, poll = 0, select.poll()
        by_fd = {sock.fileno(): sock for sock in socks}
        for fd in by_fd:
            poll.register(fd, select.POLLIN)
        # All stay open until no more is answered, which means that the
        # server has run out of descriptors (a forking one never does).
        waiting = dict(by_fd)
        while waiting:
            enough = served > LIMIT - 30
            ready = poll.poll(700 if enough else PATIENCE_S * 1000)
            if not ready:
                break
            for fd, _ in ready:
                sock = waiting.pop(fd)
                poll.unregister(fd)
                self.assertEqual(receive(sock, len(lines[sock])),
                                 rot13(lines[sock]))
                served += 1
        self.assertGreater(served, LIMIT - 30)
        self.assertEqual(not waiting, NAME == "fork")
        for fd, sock in by_fd.items():
            if fd not in waiting:
                sock.close()
        for sock in waiting.values():
            sock.settimeout(PATIENCE_S)
            self.assertEqual(receive(sock, len(lines[sock])),
                             rot13(lines[sock]))
            sock.close()

    def test_full_server_sleeps(self):
        """Out of descriptors, a server does not spin (the busy one does)."""
        if NAME in ("busy", "fork"):
            self.skipTest("spins always" if NAME == "busy" else
                          "needs no descriptor for a peer")
        socks = [self.server.connect() for _ in range(MANY)]
        time.sleep(0.2)
        before = self.cpu_ticks()
        time.sleep(1)
        self.assertLess(self.cpu_ticks() - before, 20)
        for sock in socks:
            sock.close()

    def cpu_ticks(self):
        path = f"/proc/{self.server.process.pid}/stat"
        with open(path, encoding="ascii") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def test_stops_with_peers_connected(self):
        """SIGTERM ends the server although peers are there (tearDown)."""
        self.addCleanup(self.server.connect().close)
        sock = self.server.connect()
        self.addCleanup(sock.close)
        self.ask(sock, b"here\n")


class LoadTest(unittest.TestCase):
    def run_load(self, port):
        return subprocess.run([PROGRAM, "-t", "4", "-n", "40", str(port)],
                              capture_output=True, text=True, check=False,
                              timeout=PATIENCE_S)

    def test_counts_good_answers(self):
        """With a good server: no error, and exit status 0."""
        server = Server(sys.argv[3])
        self.addCleanup(server.process.kill)
        run = self.run_load(server.port)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stdout,
                         r"^connections 40 errors 0 wall_ms [\d.]+ cpu_ms ")
        self.assertIn("served 40 connections", server.stop()[1])

    def test_counts_bad_answers(self):
        """With a server that is only an echo: each is an error."""
        with socket.create_server(("127.0.0.1", 0), backlog=64) as echo:
            child = os.fork()
            if child == 0:
                self.echo_for_ever(echo)
            run = self.run_load(echo.getsockname()[1])
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self.assertEqual(run.returncode, 1)
        self.assertIn("errors 40 ", run.stdout)
        self.assertIn("not the request in ROT13", run.stderr)

    @staticmethod
    def echo_for_ever(echo):
        while True:
            sock, _ = echo.accept()
            with sock:
                sock.sendall(sock.recv(4096))

    def test_counts_refused_connections(self):
        """With nobody on the port: each is an error."""
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        run = self.run_load(port)
        self.assertEqual(run.returncode, 1)
        self.assertIn("errors 40 ", run.stdout)
        self.assertIn("connect: ", run.stderr)


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = MANY + 100
    if hard != resource.RLIM_INFINITY and hard < need:
        print(f"skipped: the limit of descriptors is {hard}, not {need}")
        return 77
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, need), hard))
    case = LoadTest if NAME == "load" else Rot13Test
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    good = unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
