#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compare with the installed libevent by abidiff (Debian: abigail-tools).

usage: check_abi.py [options] LIBDIR INCLUDE_DIR...

No symbol and no type may be gone or changed; what is new is no difference.

Libraries: those of LIBDIR against the installed ones of the same name.
Debian's have no debug information, so this compares symbols; abi.suppr says
which may be gone, and why.

Headers: one C file has a variable for the type of every function, typedef,
structure and enumeration that facts/ knows of.  Compiled with debug
information against the installed headers and against INCLUDE_DIR it gives two
objects whose types abidiff compares to the last member.

Exit status: 0 nothing to report, 1 something is gone or differs, 2 usage,
77 there is no abidiff or no libevent to compare with.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from check_symbols import read_elf  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77
ABIDIFF = ["abidiff", "--no-default-suppression", "--no-added-syms"]
# libevent 2.1.12 has it, and this project's libraries do not.
MARK = "evmap_io_add_"


class Failure(Exception):
    """There is nothing to compare; the text says why."""


class Skip(Exception):
    """A tool or libevent itself is missing."""


def rows(name):
    """The lines of a file of facts, by column."""
    for line in (HERE / "facts" / name).read_text().splitlines():
        if line and line[0] not in "# ":
            yield line.split(" | ")


def program(headers):
    """A C file whose variables have all types of these headers."""
    known = [r[0] for r in rows("headers.txt") if r[0] in headers]
    lines = [f"#include <{header}>" for header in known]
    lines += [f"__typeof__({r[2]}) *function_{r[2]};"
              for r in rows("prototypes.txt")
              if r[0] in known and r[1] != "macro"]
    lines += [f"{r[1]} *type_{r[1]};" for r in rows("typedefs.txt")
              if r[0] in known]
    tags = [r[0] for r in rows("layout.txt") if r[1] in known]
    tags += [r[1] for r in rows("constants.txt")
             if r[0] in known and r[1].startswith("enum ")]
    lines += [f"{tag} *{tag.replace(' ', '_')};"
              for tag in dict.fromkeys(tags)]
    return "\n".join(lines) + "\n"


def compile_types(cc, source, out, include=()):
    """The program as an object with debug information.

    Every header must be below `include`, if that is given: one that is
    missing there must not be taken from the system.
    """
    dirs = [str(pathlib.Path(d).resolve()) for d in include]
    deps = out.with_suffix(".d")
    done = subprocess.run(
        [cc, "-w", "-g", "-fno-common", "-fno-lto", "-fPIC", "-shared",
         "-MD", "-MF", deps, *("-I" + d for d in dirs), "-o", out, source],
        capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure("headers: do not compile\n" + done.stderr)
    for path in deps.read_text().replace("\\\n", " ").split()[1:]:
        if dirs and "/event2/" in path and not path.startswith(tuple(dirs)):
            raise Failure("headers: from elsewhere: " + path)


def abidiff(what, *args):
    """Whether the two are alike; says how they are not."""
    done = subprocess.run([*ABIDIFF, *args], capture_output=True, text=True,
                          check=False)
    print(f"{what}: " + ("no difference" if done.returncode == 0 else
                         f"abidiff's status is {done.returncode}"))
    print((done.stdout + done.stderr).strip())
    return done.returncode == 0


def installed(cc, library):
    """The libevent library of the system, as the linker finds it."""
    soname = f"{library}-2.1.so.7"
    said = subprocess.run([cc, "-print-file-name=" + soname], text=True,
                          capture_output=True, check=True).stdout.strip()
    if not os.path.isabs(said):
        raise Skip(f"no {soname} in the system (Debian: libevent-dev)")
    return said


def check_installed(cc):
    """abidiff is there, and libevent, not this project in its place."""
    if not shutil.which("abidiff"):
        raise Skip("no abidiff in the path (Debian: abigail-tools)")
    core = installed(cc, "libevent_core")
    if MARK not in read_elf(core)["exports"]:
        raise Skip(f"{core} is not libevent 2.1.12")
    done = subprocess.run([cc, "-E", "-x", "c", "-"], text=True, check=False,
                          input="#include <event2/event.h>\n",
                          capture_output=True)
    if done.returncode:
        raise Skip("no <event2/event.h> in the system (Debian: libevent-dev)")


def check_library(cc, library, libdir, scratch):
    """One library of ours, without its debug information, and libevent's."""
    theirs = installed(cc, library)
    ours = pathlib.Path(libdir) / os.path.basename(theirs)
    if not ours.exists():
        raise Failure(f"{library}: no {ours}")
    bare = scratch / ours.name
    subprocess.run(["objcopy", "--strip-debug", ours, bare], check=True)
    return abidiff(library, "--suppressions", HERE / "abi.suppr", theirs, bare)


def check_headers(cc, headers, include, scratch):
    source = scratch / "types.c"
    source.write_text(program(headers))
    compile_types(cc, source, scratch / "theirs.so")
    compile_types(cc, source, scratch / "ours.so", include)
    return abidiff("headers", "--fail-no-debug-info", scratch / "theirs.so",
                   scratch / "ours.so")


def check(opt, libdir, include):
    """Libraries and headers; how many of them differ."""
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for work in [
                *(lambda l=l: check_library(opt.cc, l, libdir, scratch)
                  for l in opt.library),
                lambda: check_headers(opt.cc, opt.header, include, scratch)]:
            try:
                bad += not work()
            except Failure as failure:
                print(failure)
                bad += 1
    print(f"{bad} difference(s)")
    return bad


def parse(argv, text):
    p = argparse.ArgumentParser(description=text.splitlines()[0])
    p.add_argument("libdir", help="directory of the shared libraries")
    p.add_argument("include", nargs="+", help="directory of public headers")
    p.add_argument("--cc", default="cc")
    p.add_argument("--library", action="append", required=True,
                   help="compare this library (repeatable)")
    p.add_argument("--header", action="append", required=True,
                   help="compare the types of this header (repeatable)")
    return p.parse_args(argv)


def main(argv):
    opt = parse(argv, __doc__)
    try:
        check_installed(opt.cc)
    except Skip as skip:
        print(f"SKIPPED: {skip}")
        return SKIPPED
    return 1 if check(opt, opt.libdir, opt.include) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
