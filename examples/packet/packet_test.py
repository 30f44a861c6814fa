# SPDX-License-Identifier: BSD-3-Clause
"""The packet server and client, and peers of either that are made by hand:
`packet_test.py SERVER CLIENT`."""
import signal
import socket
import struct
import subprocess
import sys
import unittest

SERVER, CLIENT = sys.argv[1], sys.argv[2]
PATIENCE_S = 20
RECORD = "<i20s20si512s"        # 560 bytes, no padding
SAY, ANSWER = 1, 2


def packet(opcode, index, message=b"hello"):
    record = struct.pack(RECORD, index, b"Ann", b"female", 33, message)
    return struct.pack("<HH", 4 + len(record), opcode) + record


def receive(sock, size):
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        if not piece:
            break
        data += piece
    return data


class Server(unittest.TestCase):
    def setUp(self):
        self.server = subprocess.Popen([SERVER], text=True,
                                       stdout=subprocess.PIPE)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.kill)
        words = self.server.stdout.readline().split()
        self.assertEqual(words[:2], ["listening", "on"])
        self.port = int(words[2])

    def tearDown(self):
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(PATIENCE_S), 0)

    def connect(self):
        sock = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.addCleanup(sock.close)
        return sock

    def check_answer(self, sock, index):
        data = receive(sock, 564)
        self.assertEqual(struct.unpack("<HH", data[:4]), (564, ANSWER))
        fields = struct.unpack(RECORD, data[4:])
        self.assertEqual(fields[0], index)
        self.assertEqual(fields[1].rstrip(b"\0"), b"Ann")
        self.assertEqual(fields[3], 33)
        self.assertEqual(fields[4].rstrip(b"\0"), b"answer to %d" % index)

    def test_client(self):
        """Five packets each way, then the client closes."""
        done = subprocess.run([CLIENT, str(self.port)], text=True,
                              capture_output=True, timeout=PATIENCE_S,
                              check=True)
        self.assertEqual(done.stdout, "".join(
            f"{i}: client, unknown, {29 + i}: answer to {i}\n"
            for i in range(1, 6)))
        for i in range(1, 6):
            self.assertEqual(
                self.server.stdout.readline(),
                f"{i}: client, unknown, {29 + i}: this is message {i}\n")

    def test_stuck_together(self):
        """Ten packets in one segment are ten packets."""
        sock = self.connect()
        sock.sendall(b"".join(packet(SAY, i) for i in range(10)))
        for i in range(10):
            self.check_answer(sock, i)

    def test_broken_apart(self):
        """A packet byte by byte is one packet."""
        sock = self.connect()
        for byte in packet(SAY, 7):
            sock.sendall(bytes([byte]))
        self.check_answer(sock, 7)

    def check_refused(self, data, why):
        sock = self.connect()
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        self.assertEqual(receive(sock, 1), b"")
        self.assertEqual(self.server.stdout.readline(), f"refused: {why}\n")

    def test_refused(self):
        """Who breaks a rule is hung up on, and the rule is named."""
        self.check_refused(b"\x35\x02\1\0", "message longer than the maximum")
        self.check_refused(b"\3\0\1\0", "length smaller than the header")
        self.check_refused(packet(SAY, 1)[:563],
                           "stream ended inside a message")
        self.check_refused(b"\5\0\1\0x", "not what is said here")
        self.check_refused(packet(ANSWER, 1), "not what is said here")

    def test_strings_without_end(self):
        """Strings that fill their arrays are cut and not run over."""
        sock = self.connect()
        sock.sendall(packet(SAY, 1, b"x" * 512))
        self.check_answer(sock, 1)
        self.assertEqual(self.server.stdout.readline(),
                         "1: Ann, female, 33: " + "x" * 511 + "\n")


class Client(unittest.TestCase):
    def test_wire(self):
        """The exact bytes of the first packet; a lone EOF is a failure."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(PATIENCE_S)
        self.addCleanup(listener.close)
        client = subprocess.Popen([CLIENT, str(listener.getsockname()[1])],
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(client.kill)
        sock, _ = listener.accept()
        want = bytearray(564)
        want[0:4] = b"\x34\x02\x01\x00"
        want[4] = 1
        want[8:14] = b"client"
        want[28:35] = b"unknown"
        want[48] = 30
        want[52:69] = b"this is message 1"
        sock.settimeout(PATIENCE_S)
        self.assertEqual(receive(sock, 564), bytes(want))
        sock.close()
        self.assertEqual(client.wait(PATIENCE_S), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
