#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compile every public header by itself, in every language a program may use.

usage: check_headers.py [--cc CC]... [--cxx CXX]... INCLUDE_DIR...

Each header in the include directories is a unit of its own: C89, C99 and C11
with each C compiler, C++98 and C++17 with each C++ compiler, pedantic and
with warnings as errors.  Those that libevent does not make usable alone come
after the header that facts/headers.txt names for them.  At the end all of
them are included together, twice.

Besides, a header may reach no public header outside the given directories
(such as one of an installed libevent) and may not name internal functions.

Exit status: 0 all clean, 1 something is wrong (one line each), 2 usage.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

FACTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "facts")
C_STDS = ("c89", "c99", "c11")
CXX_STDS = ("c++98", "c++17")
FLAGS = ["-pedantic", "-Wall", "-Wextra", "-Wundef", "-Werror", "-fsyntax-only"]
C_FLAGS = ["-Wstrict-prototypes", "-Wmissing-prototypes", "-Wdeclaration-after-statement"]
PUBLIC = re.compile(r"/(?:event2/[\w-]+\.h|(?:event|ev(?:http|dns|rpc|util))\.h)\Z")


def first_headers():
    """header -> headers that must come before it."""
    first = {}
    for line in open(os.path.join(FACTS, "headers.txt"), encoding="utf-8"):
        row = [x.strip() for x in line.split(" | ")]
        if not line.startswith("#") and len(row) > 2 and row[1] == "no":
            first[row[0]] = row[2].split(",")
    return first


def public_headers(dirs):
    """header as included -> path; an earlier directory wins."""
    found = {}
    for d in dirs:
        for root, _, names in os.walk(d):
            for name in names:
                path = os.path.join(root, name)
                if name.endswith(".h"):
                    found.setdefault(os.path.relpath(path, d), path)
    return found


def compile_unit(cmd, lang, std, dirs, headers):
    """The error output, and the paths of all headers that were read."""
    text = "".join("#include <%s>\n" % h for h in headers) + "extern int unit_is_not_empty;\n"
    args = [*cmd.split(), "-x", lang, "-std=" + std, *FLAGS,
            *(C_FLAGS if lang == "c" else []), *("-I" + d for d in dirs), "-H", "-"]
    run = subprocess.run(args, input=text, capture_output=True, text=True,
                         env={**os.environ, "LC_ALL": "C"})
    read, errors = [], []
    for line in run.stderr.splitlines():
        m = re.match(r"[.]+ (/.*|\S+\.h)$", line)
        if m:
            read.append(m.group(1))
        elif not line.startswith("Multiple include guards"):
            errors.append(line)
    if run.returncode == 0:
        return "", read
    text = [x for x in errors if "error" in x] or errors or ["exit status %d" % run.returncode]
    return text[0], read


def check_unit(unit):
    title, cmd, lang, std, dirs, headers = unit
    error, read = compile_unit(cmd, lang, std, dirs, headers)
    problems = []
    if error:
        problems.append("%s: %s -std=%s: %s" % (title, cmd, std, error))
    for path in read:
        real = os.path.realpath(path)
        if PUBLIC.search(real) and not any(real.startswith(d + "/") for d in dirs):
            problems.append("%s: reaches %s" % (title, real))
    if not read:
        problems.append("%s: %s reports no header as read" % (title, cmd))
    return problems


def units(opt, headers):
    first = first_headers()
    sets = [(h, [*(x for x in first.get(h, [])), h]) for h in sorted(headers)]
    together = [x for _, s in sets for x in s]
    sets.append(("all together", together + together[::-1]))
    for title, names in sets:
        for cmds, lang, stds in ((opt.cc, "c", C_STDS), (opt.cxx, "c++", CXX_STDS)):
            for cmd in cmds:
                for std in stds:
                    yield title, cmd, lang, std, opt.include, names


def internal_names(headers):
    for h, path in sorted(headers.items()):
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                if re.search(r"\bevi_|\bEVI_", line):
                    yield "%s:%d: names something internal" % (h, number)


def main(argv):
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("include", nargs="+", help="directory of public headers")
    p.add_argument("--cc", action="append", help="C compiler (repeatable; default cc)")
    p.add_argument("--cxx", action="append", help="C++ compiler (repeatable; default c++)")
    opt = p.parse_args(argv)
    opt.cc, opt.cxx = opt.cc or ["cc"], opt.cxx or ["c++"]
    opt.include = [os.path.realpath(d) for d in opt.include]
    headers = public_headers(opt.include)
    if "event2/event.h" not in headers or "event2/event-config.h" not in headers:
        print("check_headers: no event2/event.h or no event2/event-config.h there", file=sys.stderr)
        return 2
    todo = list(units(opt, headers))
    problems = list(internal_names(headers))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for found in pool.map(check_unit, todo):
            problems += found
    for line in problems:
        print(line)
    print("%d headers, %d units compiled, %d problem(s)" % (len(headers), len(todo), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
