# SPDX-License-Identifier: BSD-3-Clause
"""The cases of ./dev bench and the bars they are to pass.

A bar is (against, factor): ("max", 150) is a number not to be passed,
("libevent", 3) asks for a third of libevent's cost or less, ("raw", 1.03)
for no more than 3 % above the raw program's, ("libev", 1) for no more than
libev's.
"""

from dataclasses import dataclass, field


@dataclass
class Case:
    name: str
    program: str
    args: str
    ops: int                # of a timed run
    units: dict             # unit -> bars, in the order they are printed
    runs: int = 7
    least_ops: int = 1      # fewer make no sense, even with --quick
    sys_ops: tuple = (2000, 12000)
    ir_ops: tuple = (2000, 6000)
    ir_args: str = None     # if not `args`
    threads: bool = False   # count the system calls of all threads
    without: tuple = field(default=())  # columns that have no such program

    def __post_init__(self):
        if self.ir_args is None:
            self.ir_args = self.args


def ring():
    return [
        Case("ring n1000 a100", "ring", "--n 1000 --active 100", 200000,
             {"ns": [("raw", 1.03)], "Ir": [("max", 150)], "sys": []}),
        Case("ring n1000 a1", "ring", "--n 1000 --active 1", 50000,
             {"ns": [], "Ir": []}),
        Case("ring n1000 a100 reset", "ring",
             "--n 1000 --active 100 --reset 1", 200000,
             {"ns": [], "Ir": [("max", 250)], "sys": []}),
        Case("ring one-shot re-added", "ring",
             "--n 100 --active 100 --oneshot 1", 100000,
             {"ns": [], "Ir": [], "sys": [("max", 2.05)]}),
    ]


def timers():
    # Times faster than libevent at 1k, 100k and 1M.
    bars = {"add": (None, None, None), "refresh": (3, 8, 7),
            "move": (3, 8, 7),
            "delete": (2.5, 4, 3), "fire": (2, 3.5, 6)}
    found = []
    for what, factors in bars.items():
        for n, label, factor in zip((1000, 100000, 1000000),
                                    ("1k", "100k", "1M"), factors):
            ops = 100000 if what == "fire" and n == 1000 else 1000000
            bar = [("libevent", factor)] if factor else []
            found.append(Case(
                f"timer {what} {label}", "timer", f"--what {what} --n {n}",
                ops, {"ns": bar + [("libev", 1)]},
                runs=5, least_ops=n))
    found.append(Case("timer common refresh 100k", "timer",
                      "--what common --n 100000", 1000000,
                      {"ns": [("libevent", 3.25)]}, runs=5,
                      least_ops=100000))
    return found


def loop():
    return [
        Case("churn pairs", "churn", "--what pairs", 100000,
             {"ns": [], "sys": [("max", 0.01)]}),
        Case("churn toggle", "churn", "--what toggle", 50000,
             {"ns": [], "sys": [("max", 0.1)]}),
        Case("notify pingpong", "notify", "--what pingpong", 50000,
             {"ns": [("libevent", 1.8)], "sys": [("max", 2.1)]},
             threads=True),
        Case("notify once", "notify", "--what once", 100000,
             {"ns": [("libevent", 2.8)]}, without=("libev", "libuv")),
        Case("base new+free", "startup", "", 20000,
             {"ns": [("libevent", 3)], "sys": [("max", 3)]}),
    ]


def heap():
    return [
        Case("idle event", "heap", "--what event", 0,
             {"bytes": [("max", 160)]}),
        Case("idle timer", "heap", "--what timer", 0,
             {"bytes": [("max", 144)]}),
        Case("idle bufferevent", "heap", "--what bufferevent", 0,
             {"bytes": [("max", 620)]}, without=("libuv",)),
    ]


def echo():
    found = []
    for size, label, factor in ((64, "64 B", 1.45), (16384, "16 KiB", 4)):
        for n in (64, 1000):
            units = {"ns": [("libevent", factor)], "sys": [("max", 2.1)]}
            if size == 64:
                units["ns"].append(("raw", 1.06))
            if size == 64 and n == 64:
                units["Ir"] = [("max", 1000)]
            found.append(Case(
                f"echo {label} x {n}", "echo", f"--n {n} --size {size}",
                50000 if size == 64 else 8000, units, least_ops=4 * n,
                ir_args=f"--n 1 --size {size}", ir_ops=(500, 1500),
                sys_ops=(4 * n, 4 * n + 6400 if n == 64 else 12000)))
    return found


def rot13():
    return [Case("rot13 bufferevents", "rot13", "--n 64", 6400,
                 {"ns": [("libevent", 1.3)], "sys": [("max", 8)]},
                 least_ops=1280, sys_ops=(1280, 6400),
                 without=("libev", "libuv"))]


def buffers():
    bars = {"add": 100, "move": 150, "reserve": 150, "readln": 300,
            "peek": 60}
    found = [Case(f"evbuffer {what}", "buffer", f"--what {what}", 1000000,
                  {"ns": [], "Ir": [("max", bar)]})
             for what, bar in bars.items()]
    found.append(Case("evbuffer pullup 32 KiB", "buffer", "--what pullup",
                      100000, {"ns": [("libevent", 2.5)], "Ir": []}))
    found.append(Case("evbuffer io 16 KiB", "buffer", "--what io", 50000,
                      {"ns": [], "sys": [("max", 2)]}))
    return found


def frames():
    # 5 million messages of 64 bytes a second, at the least.
    return [Case(f"frame {what} 64 B", "frame", f"--what {what}", 2000000,
                 {"ns": [("max", 200)] if what == "length" else [],
                  "Ir": []},
                 without=("libevent",))
            for what in ("length", "delimiter", "fixed", "varint")]


CASES = [*ring(), *timers(), *loop(), *heap(), *echo(), *rot13(), *buffers(),
         *frames()]
