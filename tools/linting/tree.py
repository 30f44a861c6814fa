# SPDX-License-Identifier: BSD-3-Clause
"""The tree under examination and what a rule needs to know of a C file.

The reader of C is deliberately small.  It leans on the layout that
clang-format guarantees: a function's name and its braces stand in the
first column.
"""
import pathlib
import re
import subprocess

CONTROL = ("if", "for", "while", "switch", "return", "sizeof", "do", "else")


class Function:
    """A function definition: name, where, its text without comments."""

    def __init__(self, name, is_static, first, name_line, last, head, body):
        self.name = name
        self.is_static = is_static
        self.first = first          # line of the return type
        self.name_line = name_line
        self.last = last            # line of the closing brace
        self.head = head            # name and parameters
        self.body = body            # lines between the braces


class CFile:
    """One .c or .h file, raw and with comments and strings blanked."""

    def __init__(self, path, text):
        self.path = path
        self.raw = text.split("\n")
        self.code_text = blank(text)
        self.code = self.code_text.split("\n")
        self._functions = None

    @property
    def functions(self):
        if self._functions is None:
            self._functions = list(find_functions(self.code))
        return self._functions

    def includes(self):
        """Yield (line number, name, is_quoted)."""
        for number, line in enumerate(self.raw, 1):
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if m:
                yield number, m.group(2), m.group(1) == '"'


class Tree:
    """All files of the project that a rule may look at."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.paths = sorted(self._list())
        self._files = {}

    def _list(self):
        git = ["git", "-C", str(self.root), "ls-files", "-z", "--cached",
               "--others", "--exclude-standard"]
        try:
            out = subprocess.run(git, capture_output=True, check=True).stdout
            names = set(out.decode().split("\0")) - {""}
        except (OSError, subprocess.CalledProcessError):
            names = {str(p.relative_to(self.root))
                     for p in self.root.rglob("*") if p.is_file()}
            names = {n for n in names
                     if not n.startswith((".git/", "build/"))}
        return [n for n in names if (self.root / n).is_file()]

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8",
                                            errors="replace")

    def select(self, *prefixes, ends=(".c", ".h")):
        return [p for p in self.paths
                if p.startswith(prefixes) and p.endswith(tuple(ends))]

    def file(self, path):
        if path not in self._files:
            self._files[path] = CFile(path, self.text(path))
        return self._files[path]

    def c_files(self, *prefixes):
        return [self.file(p) for p in self.select(*prefixes)]


def blank(text):
    """Replace comments and the insides of literals by blanks."""
    pattern = re.compile(
        r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
        re.S)

    def hide(m):
        token = m.group(0)
        hidden = re.sub(r"[^\n\t]", " ", token)
        if token[0] in "\"'":
            return token[0] + hidden[1:-1] + token[-1]
        return hidden

    return pattern.sub(hide, text)


def find_functions(lines):
    """Yield a Function for each definition that starts in column one."""
    number = 0
    while number < len(lines):
        m = re.match(r"([A-Za-z_]\w*)\s*\(", lines[number])
        brace = opening_brace(lines, number) if m else None
        if brace is None:
            number += 1
            continue
        end = brace
        while end < len(lines) and not lines[end].startswith("}"):
            end += 1
        first = number
        while first > 0 and re.match(r"[A-Za-z_].*[\w*)]$", lines[first - 1]):
            first -= 1
        kind = " ".join(lines[first:number])
        yield Function(m.group(1), "static" in kind.split(), first + 1,
                       number + 1, end + 1, "\n".join(lines[number:brace]),
                       lines[brace + 1:end])
        number = end + 1


def opening_brace(lines, number):
    """The line of the `{` in column one that belongs to line `number`."""
    while number < len(lines):
        if lines[number].startswith("{"):
            return number
        if lines[number].rstrip().endswith(";") or not lines[number].strip():
            return None
        number += 1
    return None


def split_parameters(head):
    """The parameters of `name(a, b, ...)` as texts; [] for (void)."""
    inner = head[head.index("(") + 1:head.rindex(")")]
    parts, depth, start = [], 0, 0
    for at, char in enumerate(inner):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(inner[start:at])
            start = at + 1
    parts = [p.strip() for p in parts + [inner[start:]]]
    return [] if parts in ([""], ["void"]) else parts
