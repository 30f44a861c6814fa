# SPDX-License-Identifier: BSD-3-Clause
"""The blocking HTTP client against scripted servers.

    http_client_test.py PROGRAM
"""
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

PROGRAM = sys.argv.pop(1)
PAGE = bytes(range(256)) * 1000


class HttpClientTest(unittest.TestCase):
    def fetch(self, answer, piece=65536, args=("/a?b",)):
        """Run the client against a server that sends `answer`."""
        with socket.create_server(("127.0.0.1", 0)) as listener, \
                tempfile.TemporaryDirectory() as folder:
            thread = threading.Thread(
                target=self.serve, args=(listener, answer, piece))
            thread.start()
            path = os.path.join(folder, "page")
            run = subprocess.run(
                [PROGRAM, "-o", path, "127.0.0.1",
                 str(listener.getsockname()[1]), *args],
                capture_output=True, text=True, check=False, timeout=20)
            thread.join()
            with open(path, "rb") as f:
                return run, f.read()

    def serve(self, listener, answer, piece):
        sock, _ = listener.accept()
        with sock:
            self.request = b""
            while not self.request.endswith(b"\r\n\r\n"):
                self.request += sock.recv(4096)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for i in range(0, len(answer), piece):
                sock.sendall(answer[i:i + piece])

    def test_page_to_file(self):
        """All bytes of the page, and only they, are in the file."""
        run, page = self.fetch(b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\n" + PAGE)
        self.assertEqual((run.returncode, page), (0, PAGE))
        self.assertIn(f"{len(PAGE)} bytes", run.stdout)
        self.assertEqual(self.request, b"GET /a?b HTTP/1.0\r\n"
                         b"Host: 127.0.0.1\r\n\r\n")

    def test_byte_by_byte(self):
        """The head may come in any pieces."""
        head = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"
        run, page = self.fetch(head + b"a\r\n\r\n", piece=1)
        self.assertEqual((run.returncode, page), (0, b"a\r\n\r\n"))

    def test_short_page(self):
        """Fewer bytes than promised are an error."""
        head = b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n"
        run, _ = self.fetch(head + b"four")
        self.assertEqual(run.returncode, 1)
        self.assertIn("4 bytes of 10", run.stderr)

    def test_not_found(self):
        """Another status than 2xx is an error and is printed."""
        run, _ = self.fetch(b"HTTP/1.0 404 Not Found\r\n\r\n", args=())
        self.assertEqual(run.returncode, 1)
        self.assertIn("404 Not Found", run.stderr)
        self.assertTrue(self.request.startswith(b"GET / HTTP/1.0\r\n"))

    def test_no_answer(self):
        """A server that closes at once, or never ends its head."""
        for answer in (b"", b"HTTP/1.0 200 OK\r\n", b"x" * 20000):
            run, page = self.fetch(answer)
            self.assertEqual((run.returncode, page), (1, b""))
            self.assertIn("no complete HTTP answer", run.stderr)

    def test_refused(self):
        """Nobody on the port."""
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = str(gone.getsockname()[1])
        run = subprocess.run(
            [PROGRAM, "-o", os.devnull, "127.0.0.1", port],
            capture_output=True, text=True, check=False, timeout=20)
        self.assertEqual(run.returncode, 1)
        self.assertIn("Connection refused", run.stderr)


unittest.main(verbosity=2)
