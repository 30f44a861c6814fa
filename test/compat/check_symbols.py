#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compare the dynamic symbols of built libraries with the lists in facts/symbols/.

usage: check_symbols.py [options] DIR

DIR holds the shared objects.  For each list facts/symbols/<library>.txt the object
is looked up by the soname named in the list, then by <library>.so.  Reported:
missing symbols, symbols of the wrong kind (function against data), a wrong
SONAME, and a symbol version that an unversioned reference would not bind to.
Exit status: 0 nothing to report, 1 something public is missing or differs,
2 usage or unreadable input.  Standard library only; no binutils needed.
"""
import argparse
import os
import struct
import sys

FACTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "facts")
LIBRARIES = ["libevent_core", "libevent_extra", "libevent",
             "libevent_pthreads", "libevent_openssl"]

SHT_DYNAMIC, SHT_DYNSYM, SHT_VERSYM, SHT_VERDEF = 6, 11, 0x6FFFFFFF, 0x6FFFFFFD
DT_NEEDED, DT_SONAME, DT_SYMBOLIC, DT_FLAGS = 1, 14, 16, 30


class ElfError(Exception):
    pass


def cstr(buf, off):
    return buf[off:buf.index(b"\0", off)].decode()


def read_elf(path):
    """soname, needed, exports {name: (kind, size, version, hidden)}, imports, symbolic."""
    with open(path, "rb") as f:
        b = f.read()
    if b[:4] != b"\x7fELF" or b[4] != 2 or b[5] != 1:
        raise ElfError("%s: not a 64-bit little-endian ELF file" % path)
    shoff, = struct.unpack_from("<Q", b, 0x28)
    shentsize, shnum, _ = struct.unpack_from("<HHH", b, 0x3A)
    secs = []
    for i in range(shnum):
        _, ty, _, _, off, size, link, info, _, ent = struct.unpack_from(
            "<IIQQQQIIQQ", b, shoff + i * shentsize)
        secs.append((ty, off, size, link, info, ent))

    def strtab(link):
        return b[secs[link][1]:secs[link][1] + secs[link][2]]

    out = {"soname": None, "needed": [], "exports": {}, "imports": set(), "symbolic": False}
    versym, vernames = None, {}
    for ty, off, size, link, info, ent in secs:
        if ty == SHT_DYNAMIC:
            st = strtab(link)
            for o in range(off, off + size, 16):
                tag, val = struct.unpack_from("<qQ", b, o)
                if tag == 0:
                    break
                if tag == DT_SONAME:
                    out["soname"] = cstr(st, val)
                elif tag == DT_NEEDED:
                    out["needed"].append(cstr(st, val))
                elif tag == DT_SYMBOLIC or (tag == DT_FLAGS and val & 2):
                    out["symbolic"] = True
        elif ty == SHT_VERSYM:
            versym = struct.unpack_from("<%dH" % (size // 2), b, off)
        elif ty == SHT_VERDEF:
            st, o = strtab(link), off
            for _ in range(info):
                _, _, ndx, _, _, aux, nxt = struct.unpack_from("<HHHHIII", b, o)
                name, _ = struct.unpack_from("<II", b, o + aux)
                vernames[ndx] = cstr(st, name)
                if not nxt:
                    break
                o += nxt
    found = False
    for ty, off, size, link, info, ent in secs:
        if ty != SHT_DYNSYM:
            continue
        found = True
        st = strtab(link)
        for i in range(1, size // 24):
            name, inf, other, shndx, value, ssize = struct.unpack_from("<IBBHQQ", b, off + 24 * i)
            bind, kind, vis = inf >> 4, inf & 15, other & 3
            n = cstr(st, name)
            if bind == 0 or not n:
                continue
            if shndx == 0:
                out["imports"].add(n)
                continue
            if vis in (1, 2):
                continue
            k = {2: "T", 10: "T", 1: "D", 5: "D", 6: "D"}.get(kind, "?")
            v = versym[i] if versym else 1
            ver = vernames.get(v & 0x7FFF) if (v & 0x7FFF) > 1 else None
            if n in out["exports"] and v & 0x8000:
                continue
            out["exports"][n] = (k, ssize, ver, bool(v & 0x8000))
    if not found:
        raise ElfError("%s: no dynamic symbol table" % path)
    return out


def read_list(path):
    soname, syms = None, []
    for line in open(path, encoding="utf-8"):
        line = line.strip()
        if line.startswith("# soname:"):
            soname = line.split(":", 1)[1].strip()
        if not line or line.startswith("#"):
            continue
        f = line.split()
        syms.append((f[0], f[1]))
    return soname, syms


def locate(d, soname, lib):
    for n in (soname, lib + ".so"):
        if n and os.path.isfile(os.path.join(d, n)):
            return os.path.join(d, n)
    return None


def with_needed(d, elf):
    """What a program linked with `elf` can use: its exports and those of what it needs in `d`."""
    exports = dict(elf["exports"])
    for name in elf["needed"]:
        path = os.path.join(d, name)
        if os.path.isfile(path):
            for symbol, facts in read_elf(path)["exports"].items():
                exports.setdefault(symbol, facts)
    return exports


def check(d, lib, path, problems, verbose, want_soname=True, by_needed=False, without=()):
    soname, want = read_list(path)
    want = [(k, n) for k, n in want if n not in without]
    so = locate(d, soname, lib)
    if so is None:
        problems.append("%s: neither %s nor %s.so found" % (lib, soname, lib))
        print("%-18s no file" % lib)
        return
    e = read_elf(so)
    if by_needed:
        e["exports"] = with_needed(d, e)
    miss, kind, vers = [], [], []
    for k, n in want:
        if n not in e["exports"]:
            miss.append("%s %s" % (k, n))
            continue
        gk, _, ver, hidden = e["exports"][n]
        if gk != k:
            kind.append("%s: want %s, is %s" % (n, k, gk))
        if hidden:
            vers.append("%s@%s" % (n, ver))
    if want_soname and soname and e["soname"] != soname:
        problems.append("%s: SONAME is %s, want %s" % (lib, e["soname"], soname))
    problems += ["%s: missing %s" % (lib, x) for x in miss]
    problems += ["%s: kind of %s" % (lib, x) for x in kind]
    problems += ["%s: only a non-default version of %s" % (lib, x) for x in vers]
    names = {n for _, n in want}
    print("%-18s %s  want %d  missing %d  wrong kind %d  further exports %d  needed %s%s" % (
        lib, e["soname"], len(want), len(miss), len(kind), len(set(e["exports"]) - names),
        ",".join(e["needed"]) or "-", "  SYMBOLIC" if e["symbolic"] else ""))
    if verbose:
        for n in sorted(set(e["exports"]) - names):
            print("    further %s %s" % (e["exports"][n][0], n))


def check_private(d, path, problems, only):
    """Lines 'T name lib,lib ...' of the private list; names in only, or all."""
    cache = {}
    n = 0
    for line in open(path, encoding="utf-8"):
        f = line.split()
        if not f or f[0].startswith("#") or (only is not None and f[1] not in only):
            continue
        for lib in f[2].split(","):
            if lib not in cache:
                soname, _ = read_list(os.path.join(FACTS, "symbols", lib + ".txt"))
                so = locate(d, soname, lib)
                cache[lib] = read_elf(so)["exports"] if so else None
            ex = cache[lib]
            if ex is None:
                continue
            n += 1
            if f[1] not in ex:
                problems.append("%s: missing private %s %s" % (lib, f[0], f[1]))
            elif ex[f[1]][0] != f[0]:
                problems.append("%s: kind of private %s" % (lib, f[1]))
    print("private names looked for: %d" % n)


def main(argv):
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("dir", help="directory with the shared objects")
    p.add_argument("--only", action="append", metavar="LIBRARY",
                   help="check this library only (repeatable)")
    p.add_argument("--by-needed", action="append", default=[], metavar="LIBRARY",
                   help="this library may have its symbols in the libraries it needs (repeatable)")
    p.add_argument("--without", action="append", default=[], metavar="LIBRARY",
                   help="the combined library need not have this one's symbols (repeatable)")
    p.add_argument("--with-2.2", dest="v22", action="store_true",
                   help="also require the symbols that libevent 2.2 adds (symbols/2.2-adds/)")
    p.add_argument("--no-mbedtls", action="store_true",
                   help="with --with-2.2: leave libevent_mbedtls out")
    p.add_argument("--private", action="store_true",
                   help="also require every name of private-but-imported.txt")
    p.add_argument("--private-names", metavar="FILE",
                   help="also require the private names listed in FILE, one a line")
    p.add_argument("--no-soname", action="store_true", help="do not compare SONAMEs")
    p.add_argument("-v", "--verbose", action="store_true", help="list further exports too")
    a = p.parse_args(argv)
    problems = []
    libs = a.only or LIBRARIES
    symbols = os.path.join(FACTS, "symbols")
    try:
        without = set()
        for lib in a.without:
            for sub in (symbols, os.path.join(symbols, "2.2-adds")):
                without |= {n for _, n in read_list(os.path.join(sub, lib + ".txt"))[1]}
        for lib in libs:
            check(a.dir, lib, os.path.join(symbols, lib + ".txt"), problems, a.verbose,
                  not a.no_soname,
                  lib in a.by_needed, without if lib == "libevent" else ())
        if a.v22:
            print("symbols that 2.2 adds:")
            sub = os.path.join(symbols, "2.2-adds")
            for n in sorted(os.listdir(sub)):
                lib = n[:-4]
                if (a.only and lib not in libs) or (a.no_mbedtls and lib == "libevent_mbedtls"):
                    continue
                check(a.dir, lib, os.path.join(sub, n), problems, False, not a.no_soname,
                      lib in a.by_needed, without if lib == "libevent" else ())
        if a.private or a.private_names:
            only = None
            if a.private_names:
                only = {x.split()[-1] for x in open(a.private_names) if x.strip()
                        and not x.startswith("#")}
            check_private(a.dir, os.path.join(FACTS, "symbols", "private-but-imported.txt"),
                          problems, only)
    except (OSError, ElfError, ValueError, struct.error) as x:
        print("check_symbols: %s" % x, file=sys.stderr)
        return 2
    for x in problems:
        print(x)
    print("%d difference(s)" % len(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
