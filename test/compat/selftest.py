#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Show that the checks of this folder accept what is right and can fail.

usage: selftest.py [--cc CC] [--cxx CXX] INCLUDE_DIR...

The headers are copied and one thing is changed at a time; libraries are
replaced by stubs built from the symbol lists.  Each change must be reported,
in the words that its case names.  Exit status 0 when every case is as
expected.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SYMBOLS = os.path.join(HERE, "facts", "symbols")
LIBRARIES = ("libevent_core", "libevent_extra", "libevent", "libevent_pthreads", "libevent_openssl")


def sub(pattern, repl):
    def edit(text):
        new, n = re.subn(pattern, repl, text, count=1)
        if not n:
            raise SystemExit("selftest: pattern not found: " + pattern)
        return new
    return edit


def at_end(line):
    """Insert before the last #endif (the include guard's)."""
    def edit(text):
        i = text.rindex("#endif")
        return text[:i] + line + "\n" + text[i:]
    return edit


# title, header, edit (None: remove the header), text that the report must contain
API = [
    ("function gone", "event2/event.h",
     sub(r"\bint event_base_dispatch\(", "int event_base_dispatch_x("),
     "event_base_dispatch |"),
    ("return type", "event2/event.h", sub(r"\bint event_base_loop\(", "long event_base_loop("),
     "event_base_loop |"),
    ("parameter type", "event2/util.h",
     sub(r"(evutil_secure_rng_get_bytes\([^)]*)size_t", r"\1int"),
     "evutil_secure_rng_get_bytes |"),
    ("typedef", "event2/event.h", sub(r"(\(\*event_callback_fn\)\([^)]*)short", r"\1int"),
     "event_callback_fn |"),
    ("type macro", "event2/util.h",
     sub(r"define ev_uint16_t uint16_t", "define ev_uint16_t uint32_t"), "ev_uint16_t |"),
    ("constant value", "event2/event.h", sub(r"(#define EV_PERSIST\s+)\S+", r"\g<1>0x1000"),
     "EV_PERSIST |"),
    ("constant type", "event2/event.h", sub(r"(#define EV_WRITE\s+)\S+", r"\g<1>0x04u"),
     "EV_WRITE |"),
    ("string constant", "event2/event-config.h",
     sub(r'(#define EVENT__PACKAGE )"libevent"', r'\1"other"'),
     "EVENT__PACKAGE |"),
    ("enumerator value", "event2/event.h",
     sub(r"\bEV_FEATURE_O1\s*=\s*\w+", "EV_FEATURE_O1 = 0x20"), "EV_FEATURE_O1 |"),
    ("enumerator of 2.2 gone", "event2/event.h",
     sub(r"EVENT_BASE_FLAG_USE_SIGNALFD = ", "EVENT_BASE_FLAG_X = "),
     "EVENT_BASE_FLAG_USE_SIGNALFD |"),
    ("macro arity", "event2/event.h", sub(r"#define evtimer_new\(", "#define evtimer_new(extra, "),
     "evtimer_new |"),
    ("macro gone", "event2/event_compat.h", sub(r"#define signal_set\(", "#define signal_set_x("),
     "signal_set |"),
    ("format attribute gone", "event2/util.h",
     sub(r"__attribute__\(\(format\(printf, 3, 4\)\)\)", ""),
     "evutil_snprintf |"),
    ("deprecated attribute", "event2/event.h",
     at_end("int event_add(struct event *, const struct timeval *) __attribute__((deprecated));"),
     "deprecated attribute"),
    ("C++ linkage", "event2/event.h", sub(r'extern "C"', 'extern "C++"'),
     "event_new | C++: not an external"),
    ("struct member added", "event2/event_struct.h",
     sub(r"struct event \{", "struct event { int probe_;"),
     "layout | LC_STRUCT(struct event,"),
    ("struct member type", "event2/thread.h",
     sub(r"unsigned supported_locktypes;", "int supported_locktypes;"),
     "supported_locktypes"),
    ("header gone", "event2/watch.h", None, "header is missing"),
    ("include gone", "event2/event.h", sub(r"#include <stdio.h>", ""),
     "does not include <stdio.h>"),
    ("header not usable alone", "event2/event_struct.h", sub(r"#include <event2/util.h>", ""),
     "does not compile alone"),
    ("configuration macro gone", "event2/event-config.h", sub(r"#define EVENT__HAVE_EPOLL 1", ""),
     "EVENT__HAVE_EPOLL |"),
    ("undefined macro defined", "event2/event-config.h",
     at_end("#define EVENT__DISABLE_DEBUG_MODE 1"),
     "EVENT__DISABLE_DEBUG_MODE |"),
]

HEADERS = [
    ("C99 comment", "event2/event.h", at_end("extern int probe_; // comment"), "-std=c89"),
    ("comma after the last enumerator", "event2/event.h",
     sub(r"(EVENT_BASE_FLAG_USE_SIGNALFD = 0x80)", r"\1,"), "-std=c89"),
    ("C++ keyword", "event2/watch.h", at_end("extern int probe_(int class);"), "-std=c++17"),
    ("missing type", "event2/watch.h", sub(r"struct timeval;", ""), "event2/watch.h: "),
    ("missing include", "event2/event_struct.h", sub(r"#include <event2/util.h>", ""),
     "event2/event_struct.h: "),
    ("no include guard", "event2/event_struct.h",
     sub(r"#define EVENT2_EVENT_STRUCT_H_INCLUDED_", ""), "all together: "),
    ("internal name", "event2/util.h", at_end("int evi_probe(void);"), "names something internal"),
    ("header of somebody else", "event2/util.h", at_end("#include <event2/foreign.h>"), "reaches "),
]


def run(script, *args, env=None):
    p = subprocess.run([sys.executable, os.path.join(HERE, script), *args], capture_output=True,
                       text=True,
                       env={**os.environ, **(env or {})})
    return p.returncode, p.stdout + p.stderr


class Copy:
    """A copy of the headers, changed back after each case."""

    def __init__(self, dirs, path):
        self.path = path
        for d in reversed(dirs):
            shutil.copytree(d, path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.in"))

    def names(self):
        known = {x.split(" | ")[0]
                 for x in open(os.path.join(HERE, "facts", "headers.txt"))} | {"event2/watch.h"}
        return sorted(h for h in known if os.path.isfile(os.path.join(self.path, h)))

    def with_change(self, header, edit, check):
        p = os.path.join(self.path, header)
        with open(p, encoding="utf-8") as f:
            before = f.read()
        if edit is None:
            os.remove(p)
        else:
            with open(p, "w", encoding="utf-8") as f:
                f.write(edit(before))
        try:
            return check()
        finally:
            with open(p, "w", encoding="utf-8") as f:
                f.write(before)


class Selftest:
    def __init__(self, opt):
        self.opt, self.bad = opt, 0
        self.compilers = ["--cc", opt.cc, "--cxx", opt.cxx]

    def case(self, title, result, want_rc, want_text):
        rc, out = result
        ok = rc == want_rc and want_text in out
        self.bad += not ok
        print("%-5s %s" % ("ok" if ok else "WRONG", title))
        if not ok:
            print(out[-1500:])

    def api(self, copy):
        def args(names):
            return [*self.compilers, "--with-2.2", "--ignore", "EVENT__HAVE_OPENSSL(_SSL_H)?",
                    *(x for h in names for x in ("--header", h)), copy.path]
        names = copy.names()
        self.case("api: unchanged", run("check_api.py", *args(names)), 0, " 0 difference")
        self.case("api: header not named", run("check_api.py", *args(names[:-1])), 1,
                  names[-1] + " | - | exists but")
        for title, header, edit, text in API:
            result = copy.with_change(header, edit, lambda: run("check_api.py", *args([header])))
            self.case("api: " + title, result, 1, text)

    def headers(self, copy, foreign):
        def check():
            return run("check_headers.py", *self.compilers, copy.path, env={"CPATH": foreign})
        self.case("headers: unchanged", check(), 0, " 0 problem")
        for title, header, edit, text in HEADERS:
            self.case("headers: " + title, copy.with_change(header, edit, check), 1, text)

    def stubs(self, d, drop=None, data=None, soname=None, hidden=None, empty=None):
        """Libraries in `d` that export what the lists say, but for one thing."""
        built = {}
        for lib in LIBRARIES:
            text, script, so = "", None, None
            for line in open(os.path.join(SYMBOLS, lib + ".txt")):
                if line.startswith("# soname:"):
                    so = line.split(":")[1].strip()
                if line.startswith("#") or not line.strip() or lib == empty:
                    continue
                kind, name = line.split()
                if name == drop:
                    continue
                if name == hidden and lib == "libevent_core":
                    text += "void old_%s(void) {}\n__asm__(\".symver old_%s,%s@V_1\");\n" % (
                        name, name, name)
                    script = "V_1 { };\n"
                    continue
                text += ("int %s = 1;\n" if kind == "D" or name == data
                         else "void %s(void) {}\n") % name
            src = os.path.join(d, "stub.c")
            with open(src, "w") as f:
                f.write(text)
            args = []
            if script:
                with open(os.path.join(d, "map"), "w") as f:
                    f.write(script)
                args = ["-Wl,--version-script=" + os.path.join(d, "map")]
            if lib == empty:
                args = ["-Wl,--no-as-needed", built["libevent_core"], built["libevent_extra"]]
            built[lib] = os.path.join(d, so)
            subprocess.run([self.opt.cc, "-shared", "-fPIC", "-w", "-fno-builtin", src, *args,
                            "-Wl,-soname," + (soname if soname and lib == "libevent_extra" else so),
                            "-o", built[lib]], check=True)

    def symbols(self):
        for title, how, options, rc, text in (
                ("everything there", {}, [], 0, "0 difference"),
                ("one symbol missing", {"drop": "event_base_loop"}, [], 1,
                 "libevent_core: missing T event_base_loop"),
                ("data in place of a function", {"data": "evbuffer_add"}, [], 1,
                 "kind of evbuffer_add"),
                ("wrong SONAME", {"soname": "libevent_extra-2.1.so.6"}, [], 1,
                 "SONAME is libevent_extra-2.1.so.6"),
                ("only a non-default version", {"hidden": "event_new"}, [], 1,
                 "non-default version of event_new"),
                ("needed library has the symbols", {"empty": "libevent"},
                 ["--by-needed", "libevent"], 0, "0 difference"),
                ("needed library not looked at", {"empty": "libevent"}, [], 1,
                 "libevent: missing T event_add"),
                ("needed library lacks one", {"empty": "libevent", "drop": "event_add"},
                 ["--only", "libevent", "--by-needed", "libevent"], 1,
                 "libevent: missing T event_add"),
                ("without extra, one of core missing", {"drop": "event_add"},
                 ["--only", "libevent", "--without", "libevent_extra"], 1,
                 "libevent: missing T event_add"),
                ("without extra, one of extra missing", {"drop": "evhttp_new"},
                 ["--only", "libevent", "--without", "libevent_extra"], 0, "0 difference")):
            with tempfile.TemporaryDirectory() as d:
                self.stubs(d, **how)
                self.case("symbols: " + title, run("check_symbols.py", *options, d), rc, text)
        with tempfile.TemporaryDirectory() as d:
            self.stubs(d)
            os.remove(os.path.join(d, "libevent_pthreads-2.1.so.7"))
            self.case("symbols: a library missing", run("check_symbols.py", d), 1,
                      "libevent_pthreads: neither")


def main(argv):
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("include", nargs="+", help="directory of public headers")
    p.add_argument("--cc", default="cc")
    p.add_argument("--cxx", default="c++")
    opt = p.parse_args(argv)
    test = Selftest(opt)
    with tempfile.TemporaryDirectory() as d, tempfile.TemporaryDirectory() as foreign:
        os.mkdir(os.path.join(foreign, "event2"))
        with open(os.path.join(foreign, "event2", "foreign.h"), "w") as f:
            f.write("extern int foreign;\n")
        copy = Copy(opt.include, d)
        test.api(copy)
        test.headers(copy, foreign)
    test.symbols()
    print("%d wrong" % test.bad)
    return 1 if test.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
