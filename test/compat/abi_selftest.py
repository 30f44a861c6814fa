#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Show that check_abi.py accepts what is right and can fail.

usage: abi_selftest.py [options] LIBDIR INCLUDE_DIR...    (check_abi.py's)

One thing is changed at a time in a copy of the headers, or in libraries built
from the lists of symbols; each must be reported in the words of its case.
Exit status 0 when every case is as expected, 77 as of check_abi.py.
"""
import contextlib
import io
import os
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import check_abi  # noqa: E402
from check_symbols import read_list  # noqa: E402
from selftest import SYMBOLS, Copy, at_end, sub  # noqa: E402

# title, header, edit (None: remove it), text of the report (None: alike)
HEADERS = [
    ("unchanged", "event2/event.h", str, None),
    ("function new", "event2/event.h",
     at_end("int event_new_one(void);"), None),
    ("enumerator new", "event2/event.h",
     sub(r"\bEV_FEATURE_O1\s*=\s*\w+,", r"\g<0> EV_X = 0x4000,"), None),
    ("function gone", "event2/event.h",
     sub(r"\bint event_base_dispatch\(", "int event_base_dispatch_x("),
     "event_base_dispatch"),
    ("header gone", "event2/listener.h", None,
     "headers: from elsewhere: /usr/include/event2/listener.h"),
    ("return type", "event2/event.h",
     sub(r"\bint event_base_loop\(", "long event_base_loop("),
     "function_event_base_loop"),
    ("return type, its sign", "event2/event.h",
     sub(r"\bint event_base_loop\(", "unsigned event_base_loop("),
     "function_event_base_loop"),
    ("parameter type", "event2/util.h",
     sub(r"(evutil_secure_rng_get_bytes\([^)]*)size_t", r"\1int"),
     "function_evutil_secure_rng_get_bytes"),
    ("parameter more", "event2/buffer.h",
     sub(r"int evbuffer_drain\(", "int evbuffer_drain(int more, "),
     "function_evbuffer_drain"),
    ("parameter of threads", "event2/thread.h",
     sub(r"evthread_use_pthreads\(void\)", "evthread_use_pthreads(int a)"),
     "function_evthread_use_pthreads"),
    ("callback's type", "event2/event.h",
     sub(r"(\(\*event_callback_fn\)\([^)]*)short", r"\1int"),
     "typedef event_callback_fn"),
    ("type behind a macro", "event2/util.h",
     sub(r"define ev_ssize_t ssize_t", "define ev_ssize_t int"),
     "function_bufferevent_decrement_read_limit"),
    ("struct member new", "event2/event_struct.h",
     sub(r"struct event \{", "struct event { int probe_;"),
     "'int probe_'"),
    ("struct member's type", "event2/thread.h",
     sub(r"unsigned supported_locktypes;", "int supported_locktypes;"),
     "supported_locktypes"),
    ("enumerator gone", "event2/event.h",
     sub(r"EVENT_BASE_FLAG_NO_CACHE_TIME = 0x08,", ""),
     "EVENT_BASE_FLAG_NO_CACHE_TIME"),
    ("enumerator's value", "event2/event.h",
     sub(r"\bEV_FEATURE_O1\s*=\s*\w+", "EV_FEATURE_O1 = 0x20"),
     "EV_FEATURE_O1"),
]

CORE = [name for _, name in
        read_list(os.path.join(SYMBOLS, "libevent_core.txt"))[1]]

# title, library, how stub() doctors it, texts of the report (none: alike).
# That libevent_core can be alike is for check_abi.py to show, with the real one.
LIBRARIES = [
    ("all public names", "libevent_pthreads", {}, []),
    ("function gone", "libevent_core", {"drop": ["event_base_loop"]},
     ["[D] event_base_loop\n"]),
    ("function gone", "libevent_pthreads",
     {"drop": ["evthread_use_pthreads"]}, ["[D] evthread_use_pthreads\n"]),
    ("data in place of a function", "libevent_core",
     {"data": "evbuffer_add"}, ["[D] evbuffer_add\n"]),
    ("other SONAME", "libevent_core", {"soname": "libevent_core-2.1.so.6"},
     ["SONAME changed from 'libevent_core-2.1.so.7'"]),
    # That is, abi.suppr lets off none of them.
    ("everything gone", "libevent_core", {"drop": CORE},
     [f"[D] {name}\n" for name in CORE]),
]


def stub(cc, library, libdir, drop=(), data=None, soname=None):
    """A library in `libdir` with libevent's public names, but for one thing."""
    name, symbols = read_list(os.path.join(SYMBOLS, library + ".txt"))
    text = "".join(
        f"int {symbol} = 1;\n" if symbol == data else
        f"void {symbol}(void) {{}}\n"
        for _, symbol in [*symbols, ("T", "stub_new")] if symbol not in drop)
    subprocess.run([cc, "-shared", "-fPIC", "-w", "-fno-builtin", "-x", "c",
                    "-", "-Wl,-soname," + (soname or name), "-o",
                    libdir / name], input=text, text=True, check=True)


def case(title, wants, check):
    """Run a check: it finds a difference if texts are wanted, and says so."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            same = check()
        except check_abi.Failure as failure:
            print(failure)
            same = False
    missing = [want for want in wants if want not in out.getvalue()]
    ok = same == (not wants) and not missing
    print("%-5s %s" % ("ok" if ok else "WRONG", title))
    if not ok:
        print("not said:", missing, "\n" + out.getvalue()[-1500:])
    return ok


def run_all(opt):
    """How many cases are wrong."""
    bad = 0
    with tempfile.TemporaryDirectory() as copied, \
            tempfile.TemporaryDirectory() as scratch:
        copy, scratch = Copy(opt.include, copied), pathlib.Path(scratch)
        for title, header, edit, want in HEADERS:
            bad += not case(
                "headers: " + title, [want] if want else [],
                lambda h=header, e=edit: copy.with_change(
                    h, e, lambda: check_abi.check_headers(
                        opt.cc, opt.header, [copied], scratch)))
    for title, library, how, wants in LIBRARIES:
        with tempfile.TemporaryDirectory() as scratch:
            stubs = pathlib.Path(scratch) / "stubs"
            stubs.mkdir()
            stub(opt.cc, library, stubs, **how)
            bad += not case(
                f"{library}: {title}", wants,
                lambda l=library, d=stubs, s=stubs.parent:
                check_abi.check_library(opt.cc, l, d, s))
    print(f"{bad} wrong")
    return bad


def main(argv):
    opt = check_abi.parse(argv, __doc__)
    try:
        check_abi.check_installed(opt.cc)
    except check_abi.Skip as skip:
        print(f"SKIPPED: {skip}")
        return check_abi.SKIPPED
    return 1 if run_all(opt) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
