# SPDX-License-Identifier: BSD-3-Clause
"""nsd and unbound: a zone served, transferred, resolved by threads, reloaded.

Three servers run together: nsd with the zone, by several processes; a second
nsd that gets it from the first one; and unbound, whose threads ask the first
one and remember.  dig asks all of them; every answer is known beforehand.

Each dig has an address of its own: with SO_REUSEPORT, as it and unbound use
it, the kernel may give it a port that another one has, and then an answer
comes to the wrong one.
"""
import concurrent.futures
import itertools
import signal
import socket
import struct

from common import (LIMIT_S, Failure, check, check_equal, descendants,
                    is_running, listening_ports, unused_port, wait_until)

NEEDS = ["nsd", "unbound", "unbound-control", "dig"]
LIBRARIES = ["libevent-2.1.so.7"]
HOSTS = 400
STRINGS = 60            # of a record that fits no datagram
CONNECTIONS_MAX = 40    # of nsd, in all of its processes
PROCESSES = 2
THREADS = 4
CLIENTS = 4
TRIES = 5
TYPE_A = 1

NSD_CONF = """\
server:
    ip-address: 127.0.0.1@{port}
    server-count: {processes}
    tcp-count: {connections}
    username: ""
    chroot: ""
    zonesdir: "{dir}"
    pidfile: "{dir}/pid"
    xfrdfile: "{dir}/xfrd"
    zonelistfile: "{dir}/list"
    xfrdir: "{dir}"
    database: ""
    xfrd-reload-timeout: 0
remote-control:
    control-enable: no
zone:
    name: example.org
    zonefile: zone
"""
FIRST_CONF = """\
    notify: 127.0.0.1@{other} NOKEY
    provide-xfr: 127.0.0.0/8 NOKEY
"""
SECOND_CONF = """\
    request-xfr: AXFR 127.0.0.1@{other} NOKEY
    allow-notify: 127.0.0.1 NOKEY
    provide-xfr: 127.0.0.0/8 NOKEY
"""
UNBOUND_CONF = """\
server:
    interface: 127.0.0.1
    port: {port}
    num-threads: {threads}
    username: ""
    chroot: ""
    directory: "{dir}"
    pidfile: "{dir}/pid"
    use-syslog: no
    do-daemonize: no
    do-not-query-localhost: no
    module-config: "iterator"
remote-control:
    control-enable: yes
    control-interface: {dir}/control
    control-use-cert: no
stub-zone:
    name: example.org
    stub-addr: 127.0.0.1@{other}
"""


def address_of(host, serial):
    return f"10.{serial}.{host >> 8}.{host & 255}"


def write_zone(path, serial):
    """The zone; all addresses tell the serial."""
    path.write_text(
        "$ORIGIN example.org.\n$TTL 600\n"
        f"@ SOA ns.example.org. root.example.org. {serial} 60 60 9999 600\n"
        "@ NS ns\nns A 127.0.0.1\n"
        + "".join(f"h{i} A {address_of(i, serial)}\n" for i in range(HOSTS))
        + "".join(f'large TXT "{text(i)}"\n' for i in range(STRINGS)))


def text(number):
    return f"{number:03d}" + "x" * 200


class Servers:
    """The three servers on ports of this run, and how to ask them."""

    def __init__(self, room):
        self.room = room
        self.addresses = (f"127.0.{i >> 8}.{i & 255}"
                          for i in itertools.count(2))
        self.questions = room.dir / "questions"
        self.questions.write_text(
            "".join(f"h{i}.example.org A\n" for i in range(HOSTS)))
        for name in "first", "second", "unbound":
            (room.dir / name).mkdir()
        write_zone(room.dir / "first/zone", 1)
        for _ in range(TRIES):
            if self.start():
                return
        raise Failure("the servers do not start")

    def start(self):
        """Start all; False if one did not get its port."""
        self.ports = first, second, own = [unused_port() for _ in range(3)]
        self.running = [
            self.start_one("nsd", "first", NSD_CONF + FIRST_CONF, first,
                           second),
            self.start_one("nsd", "second", NSD_CONF + SECOND_CONF, second,
                           first),
            self.start_one("unbound", "unbound", UNBOUND_CONF, own, first)]
        for process, port in zip(self.running, self.ports):
            wait_until(lambda: process.poll() is not None or
                       port in listening_ports(process.pid),
                       f"port {port} of {process.args[0]}")
        self.first, self.second, self.unbound = self.running
        failed = [p for p in self.running if p.poll() is not None]
        for process in self.running if failed else []:
            process.terminate()
            process.wait(LIMIT_S)
        return not failed

    def start_one(self, program, name, form, port, other):
        folder = self.room.dir / name
        conf = folder / "conf"
        conf.write_text(form.format(
            dir=folder, port=port, other=other, processes=PROCESSES,
            connections=CONNECTIONS_MAX // PROCESSES, threads=THREADS))
        with open(folder / "log", "ab") as log:
            return self.room.start([program, "-d", "-c", str(conf)],
                                   stderr=log)

    def dig(self, server, *args):
        return self.room.call(
            ["dig", "@127.0.0.1", "-p", str(self.ports[server]), "-b",
             next(self.addresses), "+tries=1", f"+time={LIMIT_S // 2}",
             *args]).decode()

    def serial(self, server):
        return self.dig(server, "+short", "SOA", "example.org").split()[2:3]

    def control(self, *args):
        """Tell unbound something: what it says to it, by lines."""
        return self.room.call(
            ["unbound-control", "-c", self.room.dir / "unbound/conf",
             *args]).decode().splitlines()

    def check_all(self, server, serial, *options):
        """One dig asks for each name, one after another."""
        said = self.dig(server, "+short", *options, "-f", self.questions)
        got = said.splitlines()
        want = [address_of(i, serial) for i in range(HOSTS)]
        check_equal([(g, w) for g, w in zip(got, want) if g != w][:3], [],
                    "answers that differ")
        check_equal(len(got), HOSTS, "answers")


FIRST, SECOND, UNBOUND = range(3)


def mapped(servers):
    """Every process of nsd, and unbound."""
    wait_until(lambda: servers.serial(SECOND) == ["1"], "the first transfer")
    for nsd in servers.first, servers.second:
        wait_until(lambda: len(descendants(nsd.pid)) == PROCESSES + 2,
                   "nsd's processes, and none besides")
    for server in servers.running:
        for pid in descendants(server.pid):
            servers.room.check_mapped(pid, LIBRARIES)


def by_datagrams(servers):
    for server in FIRST, UNBOUND:
        servers.check_all(server, 1)


def by_connections(servers):
    for server in FIRST, UNBOUND:
        servers.check_all(server, 1, "+tcp", "+keepopen")


def clients_at_once(servers):
    """Clients ask unbound for what it does not know; each thread works."""
    servers.control("flush_zone", "example.org")
    servers.control("stats")        # starts to count anew
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: servers.check_all(UNBOUND, 1),
                      range(CLIENTS)))
    stats = dict(line.split("=") for line in servers.control("stats"))
    check_equal(stats["total.num.queries"], str(CLIENTS * HOSTS), "queries")
    for i in range(THREADS):
        check(int(stats[f"thread{i}.num.queries"]) > 0, f"thread {i} idle")


def large_answer(servers):
    """What fits no datagram is asked for again by TCP, by unbound too."""
    for server in FIRST, UNBOUND:
        said = servers.dig(server, "large.example.org", "TXT")
        check("(TCP)" in said, "dig did not come to TCP")
        for i in range(STRINGS):
            check(f'"{text(i)}"' in said, f"string {i} is missing")


def nothing_there(servers):
    for server in FIRST, UNBOUND:
        check("status: NXDOMAIN" in servers.dig(server, "none.example.org"),
              "a name that is not there")
        said = servers.dig(server, "h1.example.org", "AAAA")
        check("status: NOERROR" in said and "ANSWER: 0," in said,
              "a type that is not there")


def query(number, host):
    """A question as it goes over TCP, with the length before it."""
    name = b"".join(bytes([len(part)]) + part.encode()
                    for part in (f"h{host}", "example", "org", ""))
    packet = struct.pack("!6H", number, 0, 1, 0, 0, 0) + name \
        + struct.pack("!2H", TYPE_A, 1)
    return struct.pack("!H", len(packet)) + packet


def answer(file):
    """The number and the address of the next answer."""
    length, = struct.unpack("!H", file.read(2))
    packet = file.read(length)
    check_equal(packet[3] & 15, 0, "code of an answer")
    return struct.unpack("!H", packet[:2])[0], \
        socket.inet_ntoa(packet.split(struct.pack("!2HIH", TYPE_A, 1, 600, 4),
                                      1)[1][:4])


def connect(port):
    return socket.create_connection(("127.0.0.1", port), LIMIT_S)


def pipeline(servers):
    """All questions in one piece, then one byte by byte, to nsd."""
    with connect(servers.ports[FIRST]) as sock, sock.makefile("rb") as file:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(b"".join(query(i, i) for i in range(HOSTS)))
        got = dict(answer(file) for _ in range(HOSTS))
        check_equal(got, {i: address_of(i, 1) for i in range(HOSTS)}, "all")
        for byte in query(7, 8):
            sock.send(bytes([byte]))
        check_equal(answer(file), (7, address_of(8, 1)), "the torn one")


def too_many_connections(servers):
    """Those above nsd's limit wait until others have gone."""
    socks = [connect(servers.ports[FIRST])
             for _ in range(CONNECTIONS_MAX * 2)]
    files = [sock.makefile("rb") for sock in socks]
    for i, sock in enumerate(socks):
        sock.sendall(query(i, i))
    for i, (sock, file) in enumerate(zip(socks, files)):
        check_equal(answer(file), (i, address_of(i, 1)), "one of many")
        file.close()
        sock.close()


def transfer(servers):
    """The second nsd has come to the zone; dig gets it whole from either."""
    servers.check_all(SECOND, 1)
    for server in FIRST, SECOND:
        lines = servers.dig(server, "+noall", "+answer", "example.org",
                            "AXFR").splitlines()
        check_equal(len(lines), HOSTS + STRINGS + 4, "records")


def reload(servers):
    """By SIGHUP nsd reads the zone anew, and tells the second one."""
    write_zone(servers.room.dir / "first/zone", 2)
    servers.first.send_signal(signal.SIGHUP)
    for server in FIRST, SECOND:
        wait_until(lambda: servers.serial(server) == ["2"], "the new zone")
        servers.check_all(server, 2)
    servers.check_all(UNBOUND, 1)       # remembers
    servers.control("flush_zone", "example.org")
    servers.check_all(UNBOUND, 2)
    for server in servers.running:
        servers.room.check_mapped(server.pid, LIBRARIES)


def end(servers):
    """By signal and by command, with all of their processes."""
    pids = [pid for server in servers.running
            for pid in descendants(server.pid)]
    for nsd in servers.first, servers.second:
        nsd.terminate()
        servers.room.check_end(nsd)
    servers.control("stop")
    servers.room.check_end(servers.unbound)
    for pid in pids:
        wait_until(lambda: not is_running(pid), f"the end of process {pid}")


def steps(room):
    """Yield the name and the work of each part, in order."""
    servers = Servers(room)
    for work in (mapped, by_datagrams, by_connections, clients_at_once,
                 large_answer, nothing_there, pipeline, too_many_connections,
                 transfer, reload, end):
        yield work.__name__.replace("_", " "), lambda: work(servers)
