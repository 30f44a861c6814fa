#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compare the headers of include directories with the public API of libevent 2.1.12.

usage: check_api.py [options] INCLUDE_DIR...

For each header: it must exist and compile (C11 and C++17, alone where
libevent's does), pull in what libevent's pulls in, and one probe unit in each
language compares every function type, typedef, constant, enumeration and
macro with the lists in facts/; facts/layout_check.c is compiled too.
Nothing of the library is linked.  Needs a C and a C++ compiler (clang or gcc).

With --header only the named headers are checked, what they pull in only as
far as it is among them, and the layout of the structs they define.  A header
of libevent that is in an include directory but not named is a difference,
so that the list cannot fall behind.
Exit status: 0 no difference, 1 differences (one a line), 2 usage.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

FACTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "facts")
C_STD, CXX_STD = "c11", "c++17"


def rows(name):
    out = []
    for line in open(os.path.join(FACTS, name), encoding="utf-8"):
        line = line.rstrip("\n")
        if line and not line.startswith("#"):
            f = [x.strip() for x in line.split(" | ")]
            f[-1] = f[-1].rstrip("|").strip()
            out.append(f)
    return out


class Item:
    """One fact to check: kind, name, the header that must provide it."""

    def __init__(self, header, kind, name, **kw):
        self.header, self.kind, self.name = header, kind, name
        self.__dict__.update(kw)


def const_item(header, kind, name, value, ctype, note=""):
    config = kind.startswith("config-")
    base = kind.split("-", 1)[1] if kind.startswith(("macro-", "config-")) else kind
    enum = kind[5:] if kind.startswith("enum ") else None
    return Item(header, "enumerator" if enum else "const-" + base, name, value=value,
                ctype=ctype, config=config, note=note, tag=enum)


def load_21(opt):
    items = []
    for h, ret, name, par, dep, extra in rows("prototypes.txt"):
        if ret == "macro":
            m = re.search(r"macro\(arity=(\d+)(\+?)\)", extra)
            items.append(Item(h, "fnmacro", name, arity=int(m.group(1)), variadic=bool(m.group(2))))
        else:
            items.append(Item(h, "function", name, ret=ret, par=par, extra=extra, alt=None))
    for h, name, written, canon in rows("typedefs.txt"):
        items.append(Item(h, "typedef", name, canon=canon))
    for r in rows("constants.txt"):
        r += [""] * (7 - len(r))
        h, kind, name, value, ctype, dep, note = r[:7]
        if kind == "guard" or note == "internal marker" or kind == "macro-type":
            continue
        it = const_item(h, kind, name, value, ctype, note)
        if it.config and opt.relax_config:
            keep = note == "tested" or name in ("EVENT__VERSION", "EVENT__NUMERIC_VERSION",
                                                "_GNU_SOURCE") \
                or name.startswith("EVENT__SIZEOF_")
            if not keep:
                continue
        items.append(it)
    return items


def load_22(opt, items):
    byname = {i.name: i for i in items if i.kind == "function"}
    new, headers = [], []
    for r in rows("prototypes-2.2.txt"):
        change, kind = r[0], r[1]
        if kind == "function" and change == "changed" and opt.accept_22:
            byname[r[4]].alt = (r[3], r[5])
        if change != "added" or not opt.v22:
            continue
        if opt.no_mbedtls and "mbedtls" in " ".join(r[3:]) and "lib:openssl" not in r[-1]:
            continue
        if kind == "function":
            new.append(Item(r[2], "function", r[4], ret=r[3], par=r[5], extra=r[7], alt=None))
        elif kind == "function-macro":
            m = re.search(r"macro\(arity=(\d+)(\+?)\)", r[7])
            new.append(Item(r[2], "fnmacro", r[4], arity=int(m.group(1)),
                            variadic=bool(m.group(2))))
        elif kind == "constant":
            new.append(const_item(r[2], r[3], r[4], r[5], r[6]))
        elif kind == "typedef":
            new.append(Item(r[2], "typedef", r[3], canon=r[5].lstrip("= ")))
        elif kind == "struct":
            new.append(Item(r[2], "struct", r[3], size=int(r[4].split()[1]),
                            align=int(r[5].split()[1])))
        elif kind == "enum":
            new.append(Item(r[2], "enum", r[3], size=int(r[4].split()[1])))
        elif kind == "header":
            headers.append(r[2:])
    return new, headers


# ---- compilers ---------------------------------------------------------------

class Compiler:
    def __init__(self, cmd, lang, inc):
        self.cmd, self.lang, self.inc = cmd.split(), lang, inc
        v = subprocess.run(self.cmd + ["--version"], capture_output=True, text=True)
        self.clang = "clang" in v.stdout
        self.lim = ["-fmax-errors=0", "-fno-diagnostics-show-caret", "-fdiagnostics-color=never",
                    "-ftrack-macro-expansion=0"]
        if self.clang:
            self.lim = ["-ferror-limit=0", "-fno-caret-diagnostics", "-fno-color-diagnostics"]

    def short(self, path):
        """The name of a header as one would include it."""
        for d in self.inc:
            if path.startswith(d + "/"):
                return path[len(d) + 1:]
        return path

    def run(self, text, args, std, out=None):
        with tempfile.TemporaryDirectory() as d:
            src = os.path.join(d, "probe.c" if self.lang == "c" else "probe.cc")
            with open(src, "w") as f:
                f.write(text)
            dst = ["-o", os.path.join(d, "out")] if out else []
            p = subprocess.run([*self.cmd, "-x", "c" if self.lang == "c" else "c++", "-std=" + std,
                                *self.lim,
                                *("-I" + x for x in self.inc), *args, *dst, src],
                               capture_output=True, text=True, errors="replace",
                               env={**os.environ, "LC_ALL": "C"})
            res = p.stdout
            if out == "text" and p.returncode == 0:
                res = open(os.path.join(d, "out"), errors="replace").read()
            elif out == "exec" and p.returncode == 0:
                q = subprocess.run([os.path.join(d, "out")], capture_output=True, text=True)
                res = q.stdout + ("" if q.returncode == 0 else "\nexit status %d" % q.returncode)
            diags = {}
            other = []
            for line in p.stderr.splitlines():
                m = re.match(r"(.*?):(\d+):(?:\d+:)? (?:fatal )?(error|warning): (.*)", line)
                if m and m.group(1) == src:
                    diags.setdefault(int(m.group(2)), []).append((m.group(3), m.group(4)))
                elif m and m.group(3) == "error":
                    other.append("%s:%s: %s" % (self.short(m.group(1)), m.group(2), m.group(4)))
                elif re.search(r"(undefined reference|ld:|cannot|fatal)", line):
                    other.append(line)
            return p.returncode, res, diags, other


def lit(value, ctype):
    suf = {"unsigned int": "U", "long": "L", "unsigned long": "UL", "long long": "LL",
           "unsigned long long": "ULL"}.get(ctype, "")
    if value.startswith("-"):
        return "(-%s%s-1)" % (str(int(value[1:]) - 1), suf)
    return value + suf


def probe_lines(it, cxx):
    """(what, line) pairs; each line compiles without an error when the fact holds."""
    n = it.name
    if cxx:
        def same(a, b):
            return "static_assert(std::is_same<%s, %s>::value, \"different\");" % (a, b)
        dt = "decltype(%s)"
        sa = "static_assert(%s, \"different\");"
    else:
        def same(a, b):
            return "_Static_assert(__builtin_types_compatible_p(%s, %s), \"different\");" % (a, b)
        dt = "__typeof__(%s)"
        sa = "_Static_assert(%s, \"different\");"
    if it.kind == "function":
        return [("type %s (%s)" % (it.ret, it.par),
                 same(dt % n, "__typeof__(%s) (%s)" % (it.ret, it.par)))]
    if it.kind == "typedef":
        return [("type " + it.canon, same(n, it.canon))]
    if it.kind == "const-int":
        out = [("value " + it.value, sa % ("(%s) == (%s)" % (n, lit(it.value, it.ctype))))]
        if it.ctype not in ("-", "other") and not cxx:
            out.append(("C type " + it.ctype, same(dt % ("(%s)" % n), it.ctype)))
        return out
    if it.kind == "enumerator":
        out = [("value " + it.value, sa % ("(long long)(%s) == (%sLL)" % (n, it.value)))]
        if cxx and it.tag and it.tag != "(anonymous)":
            out.append(("enumerator of " + it.tag, same(dt % n, "enum " + it.tag)))
        return out
    if it.kind == "const-struct-tag":
        return [("same as struct " + it.value, same("struct " + n, "struct " + it.value))]
    if it.kind == "const-alias":
        return [("same as " + it.value, same(dt % n, dt % it.value))]
    if it.kind == "struct":
        al = "alignof" if cxx else "_Alignof"
        return [("size %d" % it.size, sa % ("sizeof(%s) == %d" % (n, it.size))),
                ("alignment %d" % it.align, sa % ("%s(%s) == %d" % (al, n, it.align)))]
    if it.kind == "enum":
        return [("size %d" % it.size, sa % ("sizeof(enum %s) == %d" % (n, it.size)))]
    return []


class Check:
    def __init__(self, opt):
        self.opt = opt
        self.inc = [os.path.abspath(x) for x in opt.include]
        self.cc = Compiler(opt.cc, "c", self.inc)
        self.cxx = Compiler(opt.cxx, "c++", self.inc)
        self.diffs = []
        self.done = {}
        self.sysfile = {}

    def system_header(self, x):
        """Where the compiler finds <x>, as a real path."""
        if x not in self.sysfile:
            rc, deps, _, _ = self.cc.run("#include <%s>\n" % x, ["-M", "-w"], "gnu11")
            names = deps.replace("\\\n", " ").split()[1:] if rc == 0 else []
            d = [y for y in names if y.endswith("/" + x)]
            self.sysfile[x] = os.path.realpath(d[0]) if d else None
        return self.sysfile[x]

    def find(self, h):
        """The path of a public header, or None."""
        for d in self.inc:
            if os.path.isfile(os.path.join(d, h)):
                return os.path.join(d, h)
        return None

    def diff(self, header, name, text):
        self.diffs.append((header, name, text))

    def count(self, what, n=1):
        self.done[what] = self.done.get(what, 0) + n

    # -- one header --------------------------------------------------------------

    def header(self, h, info, items):
        """Returns (differences, counts) of one header."""
        d, c = [], {}

        def diff(name, text):
            d.append((h, name, text))

        def count(k, n=1):
            c[k] = c.get(k, 0) + n
        if not self.find(h):
            diff("-", "header is missing (%d facts not checked)" % len(items))
            return d, c
        alone, first, link, reach_pub, reach_sys = info
        pre = "".join("#include <%s>\n" % x for x in first)
        # strict compile
        for comp, std, lang in ((self.cc, C_STD, "C11"), (self.cxx, CXX_STD, "C++17")):
            rc, _, _, other = comp.run(("" if alone else pre) + "#include <%s>\n" % h,
                                       ["-fsyntax-only", "-w"], std)
            count("compiles")
            if rc:
                diff("-", "does not compile %s as %s: %s" %
                     ("alone" if alone else "after " + (",".join(first) or "-"), lang,
                                                            other[0] if other else "?"))
        # what it pulls in
        rc, deps, _, _ = self.cc.run(pre + "#include <%s>\n" % h, ["-M", "-w"], "gnu11")
        if rc == 0:
            got = [os.path.realpath(x) for x in deps.replace("\\\n", " ").split()[1:]]
            for x in reach_pub:
                count("includes")
                if not self.find(x) or os.path.realpath(self.find(x)) not in got:
                    diff("-", "does not include " + x)
            for x in reach_sys:
                count("includes")
                f = self.system_header(x)
                if f is not None and f not in got:
                    diff("-", "does not include <%s>" % x)
        head = pre + "#include <%s>\n#include <stddef.h>\n#include <stdarg.h>\n" % h
        mac = self.macros(pre + "#include <%s>\n" % h)
        # typed probes
        for comp, std, cxx in ((self.cc, "gnu11", False), (self.cxx, "gnu++17", True)):
            text = head + ("#include <type_traits>\n" if cxx else "")
            line = text.count("\n")
            at = {}
            for it in items:
                if cxx and getattr(it, "config", False):
                    continue
                if it.kind == "const-int" and it.name not in mac:
                    continue        # reported once, below
                alts = probe_lines(it, cxx)
                for what, code in alts:
                    line += 1
                    text += code + "\n"
                    at[line] = (it, what)
            if not at:
                continue
            rc, _, diags, other = comp.run(text, ["-fsyntax-only", "-w"], std)
            bad = {}
            for ln, (it, what) in at.items():
                count("%s, %s" % (it.kind, "C++" if cxx else "C"))
                errs = [m for k, m in diags.get(ln, []) if k == "error"]
                if errs:
                    bad[ln] = errs[0]
            for ln in sorted(bad):
                it, what = at[ln]
                if it.kind == "function" and it.alt and self.fits_alt(comp, std, cxx, head, it):
                    continue
                msg = bad[ln]
                if "different" in msg or "static assertion" in msg or "static_assert" in msg:
                    msg = "differs"
                diff(it.name, "%s: want %s: %s" % ("C++" if cxx else "C", what, msg))
            stray = [ln for ln in diags if ln not in at and any(k == "error" for k, _ in diags[ln])]
            if (stray or other) and not bad:
                diff("-", "probe unit does not compile (%s): %s" % (
                    "C++" if cxx else "C", (other or [diags[stray[0]][0][1]])[0]))
        # linkage: the names must stay external and unmangled, and not be deprecated
        fns = [it for it in items if it.kind == "function"]
        if fns:
            missing = {n for _, n, _ in d}
            use = [it.name for it in fns if it.name not in missing or self.declared(head, it.name)]
            for comp, std, cxx in ((self.cc, "gnu11", False), (self.cxx, "gnu++17", True)):
                text = ("#include <event.h>\n" if cxx and link == "no" else "") + head
                line0 = text.count("\n")
                for i, n in enumerate(use):
                    text += "extern __typeof__(&%s) ref_%d; __typeof__(&%s) ref_%d = &%s;\n" % (
                        n, i, n, i, n)
                rc, asm, diags, _ = comp.run(text,
                                             ["-S", "-O0", "-fno-pic",
                                              *(["-Wno-everything"] if comp.clang else []),
                                                    "-Wdeprecated-declarations"], std, out="text")
                if rc == 0:
                    syms = set(re.findall(r"\.quad\s+([A-Za-z_][\w.]*)", asm))
                    loc = set(re.findall(r"(?m)^([A-Za-z_][\w.]*):", asm))
                    for n in use:
                        count("linkage, " + ("C++" if cxx else "C"))
                        if n not in syms or n in loc:
                            diff(n, "%s: not an external symbol of that name" %
                                 ("C++" if cxx else "C"))
                for ln, ms in diags.items():
                    if any(k == "warning" and "deprecat" in m for k, m in ms) and ln > line0:
                        diff(use[ln - line0 - 1], "%s: carries a deprecated attribute" %
                             ("C++" if cxx else "C"))
        # attributes
        self.attributes(head, [it for it in fns], diff, count)
        # macros
        for it in items:
            if it.kind == "fnmacro":
                count("function macros")
                got = mac.get(it.name)
                if got is None:
                    diff(it.name, "macro is not defined")
                elif got[0] is None:
                    diff(it.name, "macro takes no arguments, want %d" % it.arity)
                elif (got[0], got[1]) != (it.arity, it.variadic):
                    diff(it.name, "macro has %d%s arguments, want %d%s" % (
                        got[0], "+" if got[1] else "", it.arity, "+" if it.variadic else ""))
            elif it.kind == "const-undef":
                count("undefined macros")
                if it.name in mac:
                    diff(it.name, "is defined, must not be")
            elif it.kind in ("const-int", "const-string", "const-empty", "const-tokens"):
                count("object macros defined")
                if it.name not in mac:
                    diff(it.name, "macro is not defined")
        return d, c

    def declared(self, head, name):
        rc, _, _, _ = self.cc.run(head + "extern __typeof__(%s) %s;\n" % (name, name),
                                  ["-fsyntax-only", "-w"], "gnu11")
        return rc == 0

    def fits_alt(self, comp, std, cxx, head, it):
        alt = Item(it.header, "function", it.name, ret=it.alt[0], par=it.alt[1], alt=None)
        traits = "#include <type_traits>\n" if cxx else ""
        text = head + traits + probe_lines(alt, cxx)[0][1] + "\n"
        return comp.run(text, ["-fsyntax-only", "-w"], std)[0] == 0

    def attributes(self, head, fns, diff, count):
        text, line, at = head, head.count("\n"), {}
        for it in fns:
            m = re.search(r"format\((\w+),(\d+),(\d+)\)", it.extra)
            if not m:
                continue
            args = []
            for i, p in enumerate(it.par.split(", "), 1):
                if p == "...":
                    continue
                if i == int(m.group(2)):
                    args.append('"%y"')
                elif p == "va_list":
                    args.append("ap")
                else:
                    args.append("(%s)0" % p)
            text += "void use_%s(va_list ap) { (void)ap; (void)%s(%s); }\n" % (
                it.name, it.name, ", ".join(args))
            line += 1
            at[line] = it
        if not at:
            return
        _, _, diags, _ = self.cc.run(text, ["-fsyntax-only", "-Wformat"], "gnu11")
        for ln, it in at.items():
            count("format attributes")
            if not any("-Wformat" in m for _, m in diags.get(ln, [])):
                diff(it.name, "has no format attribute")

    def macros(self, text):
        rc, out, _, _ = self.cc.run(text, ["-E", "-dM", "-w"], "gnu11")
        res = {}
        for line in out.splitlines():
            m = re.match(r"#define (\w+)(\(([^)]*)\))?", line)
            if not m:
                continue
            if m.group(2) is None:
                res[m.group(1)] = (None, False)
            else:
                p = [x.strip() for x in m.group(3).split(",") if x.strip()]
                v = bool(p) and p[-1].endswith("...")
                res[m.group(1)] = (len(p) - (1 if v else 0), v)
        return res

    # -- whole set ---------------------------------------------------------------

    def strings(self, headers, items):
        """String macros are compared by a small program that is run."""
        its = [i for i in items if i.kind == "const-string"]
        text = "".join("#include <%s>\n" % h for h in [*headers, "stdio.h", "string.h"])
        text += "int main(void) {\n"
        for i in its:
            text += "#ifdef %s\nif (strcmp(%s, %s)) printf(\"%s\\t%%s\\n\", %s);\n#endif\n" % (
                i.name, i.name, i.value, i.name, i.name)
        text += "return 0; }\n"
        rc, out, _, other = self.cc.run(text, ["-w"], "gnu11", out="exec")
        if rc:
            self.diff("-", "-", "program that compares the string macros does not compile: %s" %
                      (other or ["?"])[0])
            return
        self.count("string macros", len(its))
        h = {i.name: i for i in its}
        for line in out.splitlines():
            n, v = line.split("\t", 1)
            self.diff(h[n].header, n, "want %s, is \"%s\"" % (h[n].value, v))

    def layout_text(self, headers):
        """layout_check.c with the parts about other headers blanked, line for line."""
        enums = {r[1][5:]: r[0] for r in rows("constants.txt") if r[1].startswith("enum ")}
        out, keep = [], True
        for line in open(os.path.join(FACTS, "layout_check.c")).read().split("\n"):
            m = re.match(r"/\* struct \w+, (\S+) \*/", line)
            if m:
                keep = m.group(1) in headers
            elif line.startswith("/* enumerations"):
                keep = True
            inc = re.match(r"#include <((?:event|ev)[\w/-]*\.h)>", line)
            enum = re.match(r"LC\(sizeof\(enum (\w+)\)", line)
            if inc and inc.group(1) not in headers or enum and enums[enum.group(1)] not in headers:
                line = ""
            out.append(line if keep else "")
        return "\n".join(out)

    def layout(self, headers):
        text = self.layout_text(headers)
        lines = text.split("\n")
        for comp, std, lang in ((self.cc, "gnu11", "C"), (self.cxx, "gnu++17", "C++")):
            rc, _, diags, other = comp.run(text, ["-fsyntax-only", "-w"], std)
            self.count("layout assertions, " + lang,
                       sum(x.count("LC_") for x in lines if x.startswith(("LC_", "LC("))))
            for ln in sorted(diags):
                for k, m in diags[ln]:
                    if k == "error":
                        self.diff("layout", lines[ln - 1].strip(), "%s: %s" % (lang, m))
                        break
            if rc and not diags:
                self.diff("layout", "-", "%s: does not compile: %s" % (lang, (other or ["?"])[0]))
        if "event2/http_struct.h" not in headers:
            return
        rc, out, _, _ = self.cc.run(text, ["-w", "-DLAYOUT_CHECK_MAIN"], "gnu11", out="exec")
        if rc == 0:
            for line in out.splitlines():
                if line:
                    self.diff("layout", "bit-fields", line)

    def select(self, info, items):
        """Only what --header names; a difference for each header that exists but is not named."""
        names = set(self.opt.header)
        for h in sorted(names - set(info)):
            raise SystemExit("check_api: not a header of libevent: %s" % h)
        for h in sorted(set(info) - names):
            if self.find(h):
                self.diff(h, "-", "exists but is not checked")
        few = {}
        for h in sorted(names):
            alone, first, link, rp, rs = info[h]
            few[h] = (alone, first, link, [x for x in rp if x in names], rs)
        return few, [i for i in items if i.header in names]

    def go(self):
        items = load_21(self.opt)
        info = {}

        def lst(x):
            return [] if x == "-" else x.split(",")
        for h, alone, first, link, dp, ds, rp, rs in rows("headers.txt"):
            info[h] = (alone == "yes", lst(first), link, lst(rp), lst(rs))
        more, newh = load_22(self.opt, items)
        for h, alone, first, link, rp, rs in newh:
            info[h] = (alone == "alone yes", lst(first), link, lst(rp), lst(rs))
        items += more
        if self.opt.header:
            info, items = self.select(info, items)
        ignore = [re.compile(x + r"\Z") for x in self.opt.ignore]
        items = [i for i in items if not any(r.match(i.name) for r in ignore)]
        by = {h: [] for h in info}
        for i in items:
            by.setdefault(i.header, []).append(i)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 4) as ex:
            for d, c in ex.map(lambda h: self.header(h, info[h], by[h]), sorted(info)):
                self.diffs += d
                for k, v in c.items():
                    self.count(k, v)
        have = [x for h in sorted(info) if self.find(h) for x in (*info[h][1], h) if self.find(x)]
        self.strings(have, items)
        self.layout(set(info))
        if self.opt.verbose:
            for k in sorted(self.done):
                print("%6d  %s" % (self.done[k], k))
        for h, n, t in self.diffs:
            print("%s | %s | %s" % (h, n, t))
        print("%d facts checked, %d difference(s)" % (sum(self.done.values()), len(self.diffs)))
        return 1 if self.diffs else 0


def main(argv):
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("include", nargs="+",
                   help="include directory that holds event.h and event2/, or a part of them")
    p.add_argument("--header", action="append", default=[], metavar="NAME",
                   help="check this header only, e.g. event2/event.h (repeatable)")
    p.add_argument("--cc", default=os.environ.get("CC", "clang"))
    p.add_argument("--cxx", default=os.environ.get("CXX", "clang++"))
    p.add_argument("--with-2.2", dest="v22", action="store_true",
                   help="also check what libevent 2.2 adds")
    p.add_argument("--no-mbedtls", action="store_true",
                   help="with --with-2.2: leave the Mbed TLS part out")
    p.add_argument("--accept-2.2-signatures", dest="accept_22", action="store_true",
                   help="accept the 2.2 type of the functions whose type 2.2 changes")
    p.add_argument("--relax-config", action="store_true",
                   help="of event-config.h check only versions, sizes and what public headers test")
    p.add_argument("--ignore", action="append", default=[], metavar="REGEX",
                   help="skip names that match (repeatable), e.g. LIBEVENT_VERSION.*")
    p.add_argument("-v", "--verbose", action="store_true",
                   help="print how many facts of each kind were checked")
    a = p.parse_args(argv)
    for d in a.include:
        if not os.path.isdir(d):
            print("check_api: no such directory: %s" % d, file=sys.stderr)
            return 2
    return Check(a).go()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
