# SPDX-License-Identifier: BSD-3-Clause
"""The examples with a scripted peer: `examples_test.py NAME PROGRAM`."""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

NAME, PROGRAM = sys.argv[1], sys.argv[2]
PATIENCE_S = 20


class Program:
    """The example, running, and its output line by line."""

    def __init__(self, *args):
        self.process = subprocess.Popen([PROGRAM, *args], text=True,
                                        stdout=subprocess.PIPE)

    def line(self):
        return self.process.stdout.readline()

    def port(self):
        words = self.line().split()
        assert words[:2] == ["listening", "on"], words
        return int(words[2])

    def interrupt(self):
        """Ctrl-C.  Returns the exit status and the rest of the output."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out


class ExampleCase(unittest.TestCase):
    args = ()

    def setUp(self):
        self.program = Program(*self.args)
        self.addCleanup(self.program.process.stdout.close)
        self.addCleanup(self.program.process.kill)


class ServerCase(ExampleCase):
    """Starts the server, and stops it, which has to end with 0."""

    def setUp(self):
        super().setUp()
        self.port = self.program.port()

    def tearDown(self):
        self.assertEqual(self.program.interrupt()[0], 0)

    def connect(self):
        sock = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        self.addCleanup(sock.close)
        return sock

    def receive_all(self, sock):
        data = []
        while piece := sock.recv(65536):
            data.append(piece)
        return b"".join(data)

    def exchange(self, sock, data):
        """Send all while reading all; returns what came."""
        def send():
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        got = self.receive_all(sock)
        sender.join()
        return got


class HelloServer(ServerCase):
    def test_greets(self):
        """Each of several peers gets the greeting, then the end."""
        for sock in [self.connect() for _ in range(5)]:
            self.assertEqual(self.receive_all(sock), b"Hello, World!\n")

    def test_peer_gone(self):
        """Who hangs up at once does no harm."""
        for _ in range(20):
            self.connect().close()
        self.test_greets()


class Echo(ServerCase):
    def test_bytes(self):
        """Whatever is sent comes back, to the last byte."""
        data = os.urandom(5_000_000)
        self.assertEqual(self.exchange(self.connect(), data), data)

    def test_who_does_not_read(self):
        """Their bytes are not taken without end, and none is lost."""
        sock = self.connect()
        data = b"0123456789abcdef" * (4 << 20)
        sock.settimeout(0.5)
        sent = 0
        with self.assertRaises(TimeoutError):
            while sent < len(data):
                sent += sock.send(data[sent:sent + 65536])
        sock.settimeout(PATIENCE_S)
        rest = self.exchange(sock, data[sent:])
        self.assertEqual(rest, data)


class Chat(ServerCase):
    def setUp(self):
        super().setUp()
        self.one, self.one_reads = self.guest()
        self.assertEqual(self.one_reads(), "You are guest 1.\n")
        self.two, self.two_reads = self.guest()
        self.assertEqual(self.two_reads(), "You are guest 2.\n")
        self.assertEqual(self.one_reads(), "guest 2 comes\n")

    def guest(self):
        sock = self.connect()
        file = sock.makefile("r", encoding="ascii", newline="\n")
        self.addCleanup(file.close)
        return sock, file.readline

    def test_lines(self):
        """Others read what one says, when the line is complete."""
        self.one.sendall(b"first\r\nsec")
        self.assertEqual(self.two_reads(), "guest 1: first\n")
        self.two.sendall(b"answer\n")
        self.assertEqual(self.one_reads(), "guest 2: answer\n")
        self.one.sendall(b"ond\n")
        self.assertEqual(self.two_reads(), "guest 1: second\n")

    def test_leaving(self):
        """The others are told."""
        self.two.shutdown(socket.SHUT_WR)
        self.assertEqual(self.one_reads(), "guest 2 leaves\n")

    def test_endless_line(self):
        """A line without an end is the end of its guest."""
        self.two.sendall(b"x" * 5000)
        self.assertEqual(self.one_reads(), "guest 2 leaves (endless line)\n")
        _, three_reads = self.guest()
        self.assertEqual(three_reads(), "You are guest 3.\n")

    def test_who_does_not_read(self):
        """Is sent off; the others stay."""
        silent, _ = self.guest()
        self.assertEqual(self.one_reads(), "guest 3 comes\n")
        self.assertEqual(self.two_reads(), "guest 3 comes\n")
        line = b"y" * 1000 + b"\n"
        expected = "guest 1: " + "y" * 1000 + "\n"
        for _ in range(20000):
            self.one.sendall(line)
            got = self.two_reads()
            if got != expected:
                break
        self.assertEqual(got, "guest 3 leaves (broken)\n")
        silent.close()


class Proxy(ServerCase):
    """Through the proxy to a small server that echoes all."""

    def setUp(self):
        self.target = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.target.close)
        threading.Thread(target=self.echo_all, daemon=True).start()
        port = self.target.getsockname()[1]
        self.args = (f"127.0.0.1:{port}", *self.limits())
        super().setUp()

    def limits(self):
        return {"test_each_limit": ("400000", "0"),
                "test_all_limit": ("0", "400000")}.get(
                    self._testMethodName, ())

    def echo_all(self):
        while True:
            try:
                sock, _ = self.target.accept()
            except OSError:
                return
            threading.Thread(target=self.echo, args=(sock,),
                             daemon=True).start()

    @staticmethod
    def echo(sock):
        with sock:
            try:
                while data := sock.recv(65536):
                    sock.sendall(data)
            except ConnectionError:
                pass

    def test_bytes(self):
        """All bytes go there and back, and the ends of stream too."""
        data = os.urandom(5_000_000)
        self.assertEqual(self.exchange(self.connect(), data), data)

    def test_nothing(self):
        """Only ends of stream."""
        self.assertEqual(self.exchange(self.connect(), b""), b"")

    def test_target_gone(self):
        """With nobody there, the client is let go, and others too."""
        self.target.shutdown(socket.SHUT_RDWR)
        self.target.close()
        for _ in range(3):
            with self.assertRaises(ConnectionError):
                if not self.connect().recv(1):
                    raise ConnectionError("end of stream")

    def timed(self, socks, data):
        """The seconds that all take to get `data` back."""
        start = time.monotonic()
        with ThreadPoolExecutor() as pool:
            for got in pool.map(lambda s: self.exchange(s, data), socks):
                self.assertEqual(got, data)
        return time.monotonic() - start

    def test_each_limit(self):
        """400 KB/s: 600 KB take over a second, many peers not longer."""
        data = os.urandom(600_000)
        socks = [self.connect() for _ in range(10)]
        seconds = self.timed(socks, data)
        self.assertGreater(seconds, 1.0)
        self.assertLess(seconds, 10.0)  # sharing one limit: 15 s

    def test_all_limit(self):
        """400 KB/s for all: two peers of 300 KB each share it."""
        data = os.urandom(300_000)
        socks = [self.connect(), self.connect()]
        self.assertGreater(self.timed(socks, data), 1.0)


class FileServer(ServerCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.args = (folder.name,)
        self.files = {"small": b"some text\n", "empty": b"",
                      "big": os.urandom(3_000_000)}
        for name, data in self.files.items():
            with open(os.path.join(self.folder, name), "wb") as f:
                f.write(data)
        os.symlink("/etc/passwd", os.path.join(self.folder, "link"))
        os.mkdir(os.path.join(self.folder, "sub"))
        os.mkfifo(os.path.join(self.folder, "pipe"))
        super().setUp()

    def answer(self, name):
        data = self.files[name]
        return b"ok %d\n" % len(data) + data

    def test_files(self):
        """Several names at once: the answers keep the order."""
        names = ["small", "big", "empty", "big", "small"]
        asked = "".join(name + "\n" for name in names).encode()
        got = self.exchange(self.connect(), asked)
        self.assertEqual(got, b"".join(map(self.answer, names)))

    def test_more_than_is_taken_at_once(self):
        """Hundreds of names: answered as the answers are read."""
        asked = b"small\n" * 5000 + b"big\n" * 5
        got = self.exchange(self.connect(), asked)
        self.assertEqual(
            got, self.answer("small") * 5000 + self.answer("big") * 5)

    def test_refused(self):
        """What is no file of the folder."""
        for name, reason in (
                (b"missing", b"No such file or directory"),
                (b"../small", b"Permission denied"),
                (b"/etc/passwd", b"Permission denied"),
                (b".", b"Permission denied"), (b"", b"Permission denied"),
                (b"sub", b"Permission denied"),
                (b"pipe", b"Permission denied"),
                (b"link", b"Too many levels of symbolic links|"
                          b"Symbolic link loop")):  # as its C library says
            got = self.exchange(self.connect(), name + b"\n")
            self.assertRegex(got, b"^error (" + reason + b")\n$", name)

    def test_endless_name(self):
        """Is the end of the connection."""
        sock = self.connect()
        sock.sendall(b"x" * 1000)
        self.assertEqual(self.receive_all(sock), b"")


class Timer(ExampleCase):
    args = ("4", "50")

    def test_ticks(self):
        """All ticks, half time in the middle, then the end.

        None comes early, but for the 10 ms that a coarse clock may err.
        """
        out, _ = self.program.process.communicate(timeout=PATIENCE_S)
        lines = out.splitlines()
        self.assertEqual(self.program.process.returncode, 0)
        self.assertEqual(lines[-1], "done")
        lines.remove("half time")
        self.assertEqual(len(lines), 5, lines)
        for i, line in enumerate(lines[:4], 1):
            words = line.split()
            self.assertEqual(words[:3], ["tick", str(i), "after"])
            self.assertGreater(float(words[3]), 50 * i - 10)


class Signal(ExampleCase):
    def test_counts(self):
        """Each SIGUSR1 is told at once; SIGINT ends the program."""
        self.assertIn(str(self.program.process.pid), self.program.line())
        for i in range(1, 4):
            self.program.process.send_signal(signal.SIGUSR1)
            self.assertEqual(self.program.line(),
                             f"signal {signal.SIGUSR1:d}, the {i}. time\n")
        self.assertEqual(self.program.interrupt(), (0, "3 signals\n"))


CASES = {"hello-server": HelloServer, "echo": Echo, "chat": Chat,
         "proxy": Proxy, "file-server": FileServer, "timer": Timer,
         "signal": Signal}


def main():
    os.environ["LC_ALL"] = "C"
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(CASES[NAME])
    good = unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
