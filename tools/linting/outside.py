# SPDX-License-Identifier: BSD-3-Clause
"""Rules that other programs check: formatters, compilers, analysers.

A program that is missing is an error, not a pass; ./dev setup installs it.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess

FORMATTERS = ("clang-format-14", "clang-format")
TIDY_LINE = re.compile(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$")


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True,
                          **options)


def in_parallel(work, items):
    """Yield work(item) for all items, a worker per processor."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(work, items)


def find(*names):
    for name in names:
        if shutil.which(name):
            return name
    return None


def formatted_paths(tree):
    return tree.select("src/", "include/", "test/", "examples/", "bench/")


def check_format(tree):
    """clang-format would change nothing."""
    tool = find(*FORMATTERS)
    if not tool:
        yield "tools/lint", 1, "clang-format 14 is missing: ./dev setup"
        return
    paths = formatted_paths(tree)
    if not paths:
        return
    out = run([tool, "--dry-run", "--style=file"] + paths, cwd=tree.root)
    seen = set()
    for line in out.stderr.split("\n"):
        m = TIDY_LINE.match(line)
        if m and m.group(1) not in seen:
            seen.add(m.group(1))
            yield m.group(1), int(m.group(2)), "not as ./dev fmt leaves it"


def check_headers(tree):
    """Every header in src/ compiles alone (public ones: test/compat)."""
    config = find_config(tree)
    if not config:
        yield "tools/lint", 1, "no event-config.h yet: ./dev build"
        return
    include = str(config.parent.parent)

    def compile_one(path):
        source = '#include "%s"\nextern int end_of_unit;\n' % (
            tree.root / path)
        return path, run(["gcc", "-x", "c", "-std=c11", "-D_GNU_SOURCE",
                          "-Wall", "-Wextra", "-Werror", "-pedantic-errors",
                          "-Isrc", "-Iinclude", "-I" + include,
                          "-fsyntax-only", "-"], input=source, cwd=tree.root)

    for path, out in in_parallel(compile_one,
                                 tree.select("src/", ends=(".h",))):
        if out.returncode:
            first = [l for l in out.stderr.split("\n") if "error" in l]
            yield path, 1, "alone: " + (
                first or ["failed"])[0].split("error: ")[-1]


def find_config(tree):
    """An event-config.h that some build folder has made."""
    found = sorted(tree.root.glob("build/*/include/event2/event-config.h"))
    return found[0] if found else None


def check_tidy(tree):
    """clang-tidy as .clang-tidy says, over the library's sources."""
    tool = find("clang-tidy-14", "clang-tidy")
    config = find_config(tree)
    if not tool or not config:
        yield "tools/lint", 1, "clang-tidy or a build is missing: ./dev setup"
        return
    include = str(config.parent.parent)
    paths = [p for p in tree.select("src/", ends=(".c",))
             if not p.endswith("_test.c")]

    def tidy_one(path):
        return run([tool, "--quiet", path, "--", "-std=c11",
                    "-D_GNU_SOURCE", "-Isrc", "-Iinclude", "-Itest/harness",
                    "-I" + include],
                   cwd=tree.root).stdout

    for out in in_parallel(tidy_one, paths):
        for line in out.split("\n"):
            m = TIDY_LINE.match(line)
            if m:
                path = os.path.relpath(m.group(1), tree.root)
                yield path, int(m.group(2)), m.group(3)


def check_cppcheck(tree):
    """cppcheck's warnings, performance and portability findings."""
    if not find("cppcheck"):
        yield "tools/lint", 1, "cppcheck is missing: ./dev setup"
        return
    paths = [p for p in tree.select("src/", ends=(".c",))
             if not p.endswith("_test.c")]
    if not paths:
        return
    out = run(["cppcheck", "--quiet", "--std=c11", "-j", str(os.cpu_count()),
               "--enable=warning,performance,portability",
               "--inline-suppr", "--suppressions-list=tools/cppcheck.txt",
               "--template={file}:{line}:1: warning: {message} [{id}]",
               "-Isrc", "-Iinclude", "-D_GNU_SOURCE", "-D__GNUC__=12",
               "-D__linux__"] + paths, cwd=tree.root)
    for line in out.stderr.split("\n"):
        m = TIDY_LINE.match(line)
        if m:
            yield m.group(1), int(m.group(2)), m.group(3)


RULES = {
    "format": check_format,
    "headers": check_headers,
    "tidy": check_tidy,
    "cppcheck": check_cppcheck,
}
