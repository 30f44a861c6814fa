#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Does each program find here all that it takes from libevent?

usage: check_imports.py LIBDIR [FILE...]
       check_imports.py --selftest

The files are programs or libraries; if none is named, the programs that the
tests in test/apps start.  What a file leaves undefined and some library of
libevent 2.1.12 defines (facts/symbols) must be exported by the libraries of
LIBDIR that it asks for, or by what these need in turn.  Reads, starts nothing.
Exit status: 0 nothing is missing, 1 something is, 77 a program of test/apps
is not installed.  --selftest: what is missing is noticed.
"""
import importlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
APPS = HERE.parent / "apps"
from check_symbols import read_elf, read_list, with_needed  # noqa: E402

SKIPPED = 77


def libevent_names():
    """Every name that a library of libevent 2.1.12 exports."""
    symbols = HERE / "facts" / "symbols"
    names = {name for path in symbols.glob("libevent*.txt")
             for _, name in read_list(path)[1]}
    return names | {
        name for _, name in read_list(symbols / "private-but-imported.txt")[1]}


LIBEVENT = libevent_names()


def needed(elf):
    """The libraries of libevent that a file asks for."""
    return [name for name in elf["needed"] if name.startswith("libevent")
            and name.endswith("-2.1.so.7")]


def taken(elf):
    """The names that a file takes from libevent."""
    return elf["imports"] & LIBEVENT if needed(elf) else set()


def offered(libdir, elf):
    """The names that a file gets from the libraries of `libdir`."""
    paths = [pathlib.Path(libdir) / name for name in needed(elf)]
    return {name for path in paths if path.exists()
            for name in with_needed(libdir, read_elf(path))}


def report(path, libdir):
    """Say what a program takes and misses; (how many, how many)."""
    elf = read_elf(path)
    missing = taken(elf) - offered(libdir, elf)
    print(f"{path}: {len(taken(elf))} names of libevent, "
          f"{len(missing)} missing", *sorted(missing), sep="\n    ")
    return len(taken(elf)), len(missing)


def is_elf(path):
    """Not a script, that is."""
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def check_app(name, libdir):
    """The programs that one test in test/apps starts: 0, 1 or SKIPPED."""
    needs = getattr(importlib.import_module(name), "NEEDS", [])
    places = importlib.import_module("common").SEARCH_PATH
    paths = [shutil.which(need, path=places) for need in needs]
    if None in paths:
        print(f"{name}: SKIPPED, not installed")
        return SKIPPED
    counts = [report(path, libdir) for path in paths if is_elf(path)]
    if needs and not any(count for count, _ in counts):
        print(f"{name}: takes nothing of libevent: are they the programs?")
        return 1
    return int(any(missing for _, missing in counts))


def check_apps(libdir):
    sys.path.insert(0, str(APPS))
    results = [check_app(path.stem, libdir)
               for path in sorted(APPS.glob("*.py"))]
    return 1 if 1 in results else max(results)


def selftest():
    """A program, and libraries with all that it takes, or all but one name."""
    with tempfile.TemporaryDirectory() as libdir:
        program = pathlib.Path(libdir) / "program"
        library = pathlib.Path(libdir) / "libevent_core-2.1.so.7"

        def link(out, text, *args):
            subprocess.run(["cc", "-w", "-x", "c", "-", "-x", "none",
                            "-fPIC", "-o", out, *args], input=text,
                           text=True, check=True)

        def build(text):
            link(library, text, "-shared", f"-Wl,-soname,{library.name}")

        both = "void event_free(void){}\nvoid event_new(void){}\n"
        build(both)
        link(program, "int main(){event_new(); event_free(); puts();}",
             library)
        before = report(program, libdir)
        build(both.splitlines()[0])
        without_one = report(program, libdir)
        library.unlink()
        without_all = report(program, libdir)
    ok = (before, without_one, without_all) == ((2, 0), (2, 1), (2, 2))
    print("ok" if ok else "WRONG")
    return 0 if ok else 1


def main(args):
    if not args or args[0] in ("-h", "--help"):
        sys.exit(__doc__)
    if args[0] == "--selftest":
        return selftest()
    if not pathlib.Path(args[0]).is_dir():
        sys.exit(f"check_imports: no such folder: {args[0]}")
    if args[1:]:
        return int(any([report(path, args[0])[1] for path in args[1:]]))
    return check_apps(args[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
