# SPDX-License-Identifier: BSD-3-Clause
"""tmux: a server, clients, panes that work, a terminal that changes.

The server stays in the foreground, so that it ends with the room.  What runs
in a pane says by `tmux wait-for` when it is done: nothing is waited for
blindly.  The attached client's terminal is a pty of this script.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from common import check, check_equal, is_running, wait_until

NEEDS = ["tmux"]
LIBRARIES = ["libevent_core-2.1.so.7"]
LINES = 20000
CONFIG = """\
set -g default-shell /bin/sh
set -g default-command "exec /bin/sh"
set -g history-limit 50000
set -g status-interval 1
set -g status-right "#(cat {dir}/status)"
set -g set-titles off
set -g window-size latest
setenv -g PS1 "$ "
setenv -g ENV ""
"""


class Tmux:
    """The server of one socket, and how to tell it something."""

    def __init__(self, room):
        self.room = room
        self.socket = room.dir / "tmux"
        (room.dir / "conf").write_text(CONFIG.format(dir=room.dir))
        (room.dir / "status").write_text("first\n")
        self.command = ["tmux", "-S", str(self.socket), "-f",
                        str(room.dir / "conf")]
        self.server = room.start([*self.command, "-D"])
        wait_until(self.socket.exists, "the server's socket")

    def __call__(self, *args, data=None, status=0):
        """Run one command by a client of its own: what it wrote."""
        return self.room.call([*self.command, *args], data, status).decode()

    def show(self, pane, form):
        return self("display-message", "-p", "-t", pane, form).rstrip("\n")

    def type(self, pane, line):
        """Have a line typed, and wait until the shell has done it."""
        self("send-keys", "-t", pane, "-l",
             f"{line}; tmux -S {self.socket} wait-for -S done")
        self("send-keys", "-t", pane, "Enter")
        self("wait-for", "done")

    def capture(self, pane, *options):
        return self("capture-pane", "-p", "-t", pane, *options).split("\n")


class Terminal:
    """A client attached to a session from a terminal of this script."""

    def __init__(self, tmux, session, *, rows, columns):
        self.tmux = tmux
        self.master, slave = pty.openpty()
        self.seen = b""
        self.set_size(rows, columns)
        self.client = tmux.room.start(
            [*tmux.command, "attach-session", "-t", session],
            stdin=slave, stdout=slave, stderr=slave, env={"TERM": "xterm"},
            start_new_session=True)
        os.close(slave)

    def set_size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self.set_size(rows, columns)
        self.client.send_signal(signal.SIGWINCH)

    def type(self, data):
        os.write(self.master, data)

    def read(self):
        """Take what the client has written so far; False at its end."""
        while select.select([self.master], [], [], 0)[0]:
            try:
                self.seen += os.read(self.master, 65536)
            except OSError:     # the other side is closed
                return False
        return True

    def wait_for(self, text):
        wait_until(lambda: self.read() is None or text in self.seen,
                   f"{text} on the terminal, which ends {self.seen[-300:]}")

    def end(self, status=0):
        """The client is gone by itself; what its terminal has shown."""
        wait_until(lambda: not self.read() or
                   self.client.poll() is not None, "the end of a client")
        self.tmux.room.check_end(self.client, status)
        self.read()
        os.close(self.master)
        return self.seen


def sessions(tmux):
    """Two sessions; the first has a window of three panes."""
    for name in "main", "other":
        tmux("new-session", "-d", "-s", name, "-x", "100", "-y", "40")
    tmux("split-window", "-h", "-t", "main:0")
    tmux("split-window", "-v", "-t", "main:0.1")
    check_equal(tmux("list-panes", "-t", "main", "-F", "#{pane_index}:"
                     "#{pane_width}x#{pane_height}"),
                "0:50x40\n1:49x20\n2:49x19\n", "panes")
    tmux("resize-pane", "-t", "main:0.0", "-x", "30")
    check_equal([tmux.show(f"main:0.{i}", "#{pane_width}") for i in range(3)],
                ["30", "69", "69"], "widths")
    check_equal(tmux("list-sessions", "-F", "#{session_name}"),
                "main\nother\n", "sessions")
    tmux("has-session", "-t", "none", status=1)


def keys(tmux):
    """What is typed into a pane runs there, and nowhere else."""
    for pane in range(3):
        tmux.type(f"main:0.{pane}", f"clear; echo pane $(({pane} * 111))")
    for pane in range(3):
        lines = [line for line in tmux.capture(f"main:0.{pane}") if line]
        check_equal(lines[0], f"pane {pane * 111}", f"screen of pane {pane}")
        check(not any("pane" in line for line in lines[1:]), str(lines))


def much_output(tmux):
    """Many lines from two panes at once: the histories hold each one."""
    tmux("send-keys", "-t", "main:0.1", f"clear; seq -f b%.0f {LINES}; "
         f"tmux -S {tmux.socket} wait-for -S written", "Enter")
    tmux.type("main:0.0", f"clear; seq -f a%.0f {LINES}")
    tmux("wait-for", "written")
    for pane, mark in (0, "a"), (1, "b"):
        lines = tmux.capture(f"main:0.{pane}", "-S", "-")
        first = lines.index(f"{mark}1")
        check_equal(lines[first:first + LINES],
                    [f"{mark}{i}" for i in range(1, LINES + 1)],
                    f"history of pane {pane}")


def piped_output(tmux):
    """A pane's output also goes, whole, to a program."""
    out = tmux.room.dir / "piped"
    tmux("pipe-pane", "-t", "other:0.0",
         f"cat >{out}; tmux -S {tmux.socket} wait-for -S piped")
    tmux.type("other:0.0", "seq 5000")
    tmux("pipe-pane", "-t", "other:0.0")
    tmux("wait-for", "piped")
    want = "".join(f"{i}\r\n" for i in range(1, 5001))
    check(want in out.read_bytes().decode(), "lines are missing in the pipe")


def buffers(tmux):
    """A large buffer from one client's input to another one's output."""
    data = "".join(f"line {i} of the buffer\n" for i in range(50000))
    tmux("load-buffer", "-b", "large", "-", data=data.encode())
    check(tmux("save-buffer", "-b", "large", "-") == data,
          "the buffer comes back changed")
    out = tmux.room.dir / "pasted"
    tmux("load-buffer", "-b", "small", "-", data=data[:40000].encode())
    tmux("send-keys", "-t", "main:0.2",
         f"stty -echo; tmux -S {tmux.socket} wait-for -S ready; "
         f"head -c 39000 >{out}; tmux -S {tmux.socket} wait-for -S pasted",
         "Enter")
    tmux("wait-for", "ready")
    tmux("paste-buffer", "-b", "small", "-r", "-t", "main:0.2")
    tmux("wait-for", "pasted")
    check(out.read_text() == data[:39000], "pasted text is changed")
    tmux("respawn-pane", "-k", "-t", "main:0.2")


def jobs_and_timers(tmux):
    """Programs of the server's own, now and later; their results."""
    out = tmux.room.dir / "job"
    tmux("run-shell", f"seq 3 >{out}")
    check_equal(out.read_text(), "1\n2\n3\n", "what a job wrote")
    tmux("if-shell", "exit 1", "set -g @branch yes", "set -g @branch no")
    check_equal(tmux("show", "-gv", "@branch"), "no\n", "branch")
    start = time.monotonic()
    tmux("run-shell", "-d", "0.5", "true")
    took = time.monotonic() - start
    check(0.5 <= took < 5, f"half a second took {took:.2f}")


def attached(tmux):
    """A terminal shows, types, changes size, detaches and comes again."""
    term = Terminal(tmux, "other", rows=30, columns=90)
    term.wait_for(b"[other]")
    tmux.room.check_mapped(term.client.pid, LIBRARIES)
    size = "#{window_width}x#{window_height}"
    wait_until(lambda: tmux.show("other", size) == "90x29", "size 90x29")
    term.type(b"clear; echo $((6 * 7))-by-hand\r")
    term.wait_for(b"42-by-hand")
    term.wait_for(b"first")
    (tmux.room.dir / "status").write_text("second\n")
    term.wait_for(b"second")            # by the timer of the status line
    term.resize(24, 70)
    wait_until(lambda: tmux.show("other", size) == "70x23", "size 70x23")
    tmux.type("other", "clear; stty size")
    check_equal(tmux.capture("other")[0], "23 70", "size in the pane")
    term.type(b"\x02d")
    check(b"[detached (from session other)]" in term.end(), "no farewell")
    tmux("has-session", "-t", "other")
    again = Terminal(tmux, "other", rows=24, columns=80)
    again.wait_for(b"23 70")
    tmux("detach-client", "-s", "other")
    again.end()
    check_equal(tmux("list-clients"), "", "clients")


def control_mode(tmux):
    """A client in control mode is told what a pane writes."""
    out = tmux.room.dir / "control"
    with open(out, "wb") as file:
        client = tmux.room.start([*tmux.command, "-C", "attach-session", "-t",
                                  "other"], stdin=subprocess.PIPE, stdout=file)
    dialogue = [
        ("display-message -p 'asked-#{session_name}'", "asked-other"),
        ("send-keys -t other:0.0 'echo $((1000 + 1))-told' Enter",
         "1001-told"),
        ("no-such-command", "unknown command"),
        ("detach-client", "%exit")]
    with client.stdin:
        for command, want in dialogue:
            client.stdin.write(command.encode() + b"\n")
            client.stdin.flush()
            wait_until(lambda: want in out.read_text(),
                       f"{want} in what control mode says")
        tmux.room.check_end(client)
    check("%output" in out.read_text(), "no notice of output")


def signals(tmux):
    """The server notices dead children, and makes its socket anew."""
    panes = "#{window_panes}"
    tmux("send-keys", "-t", "main:0.2", "exit", "Enter")
    wait_until(lambda: tmux.show("main:0", panes) == "2", "one pane less")
    pid = int(tmux.show("main:0.1", "#{pane_pid}"))
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: tmux.show("main:0", panes) == "1", "two panes less")
    tmux.socket.unlink()
    tmux.server.send_signal(signal.SIGUSR1)
    wait_until(tmux.socket.exists, "a new socket")
    check_equal(tmux.show("main:0", "#{pid}"), str(tmux.server.pid), "pid")


def end(tmux):
    """SIGTERM ends the clients, the panes, and the server."""
    term = Terminal(tmux, "main", rows=24, columns=80)
    term.wait_for(b"[main]")
    pids = tmux("list-panes", "-a", "-F", "#{pane_pid}").split()
    tmux.server.send_signal(signal.SIGTERM)
    tmux.room.check_end(tmux.server)
    check(b"[server exited]" in term.end(status=1), "no word of the end")
    for pid in pids:
        wait_until(lambda: not is_running(pid), f"the end of pane {pid}")


def steps(room):
    """Yield the name and the work of each part, in order."""
    tmux = Tmux(room)
    yield "mapped", lambda: room.check_mapped(tmux.server.pid, LIBRARIES)
    for work in (sessions, keys, much_output, piped_output, buffers,
                 jobs_and_timers, attached, control_mode, signals, end):
        yield work.__name__.replace("_", " "), lambda: work(tmux)
