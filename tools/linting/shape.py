# SPDX-License-Identifier: BSD-3-Clause
"""Rules about size and shape: files, functions, nesting, branches, #if."""
import re

from .layers import folder_of
from .tree import split_parameters

FILE_LINES = 800
FUNCTION_LINES = 70
NESTING = 3
BRANCHES = 15
PARAMETERS = 5

# Platform differences live here; elsewhere a difference is a file.
IF_FOLDERS = ("os", "event/backend", "thread", "tls")
# The one header that hides what compilers call their attributes.
IF_FILES = ("src/base/base.h",)

# Not ours to shape: the API's own signatures are longer.
PLACES = ("src/", "test/harness/")


def check_file_size(tree):
    """No C file over 800 lines (public headers: over 1200)."""
    for path in tree.select("src/", "include/", "test/", "examples/",
                            "bench/"):
        lines = tree.text(path).count("\n")
        if lines > (1200 if path.startswith("include/") else FILE_LINES):
            yield path, 1, "%d lines" % lines


def check_function_size(tree):
    """No function over 70 lines, from the return type to the brace."""
    for cfile in tree.c_files("src/", "test/", "examples/", "bench/"):
        for f in cfile.functions:
            size = f.last - f.first + 1
            if size > FUNCTION_LINES:
                yield cfile.path, f.first, "%s: %d lines" % (f.name, size)


def deepest(body):
    """(depth, index) of the deepest statement; a body's top is 0."""
    worst, where, previous = 0, 0, ";"
    for index, line in enumerate(body):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        starts = (previous.endswith((";", "{", "}", ":", "else", "do")) or
                  re.match(r"(if|for|while|switch|\w+_FOREACH\w*)\b.*\)$",
                           previous))
        if starts and not text.startswith(("}", "{")):
            tabs = len(line) - len(line.lstrip("\t")) - 1
            if tabs > worst:
                worst, where = tabs, index
        previous = text
    return worst, where


def check_nesting(tree):
    """No statement deeper than three levels inside its function."""
    for cfile in tree.c_files(*PLACES):
        for f in cfile.functions:
            depth, index = deepest(f.body)
            if depth > NESTING:
                yield (cfile.path, f.last - len(f.body) + index,
                       "%s: nested %d deep" % (f.name, depth))


def count_branches(body):
    """Ways that the flow forks; labels of one case count once."""
    text = "\n".join(l for l in body if not l.strip().startswith("#"))
    text = re.sub(r"(?:\b(?:case\b[^:;{}]*|default\s*):\s*)+", "case: ", text)
    return (len(re.findall(r"\b(?:if|for|while|case)\b|&&|\|\||\?", text)) +
            len(re.findall(r"\b\w+_FOREACH\w*\s*\(", text)))


def check_branches(tree):
    """No function with more than fifteen forks."""
    for cfile in tree.c_files(*PLACES):
        for f in cfile.functions:
            count = count_branches(f.body)
            if count > BRANCHES:
                yield (cfile.path, f.first,
                       "%s: %d branches" % (f.name, count))


def check_parameters(tree):
    """At most five parameters, but where the public API has more."""
    public = " ".join(c.code_text for c in tree.c_files("include/"))
    for cfile in tree.c_files("src/"):
        for f in cfile.functions:
            if re.search(r"\b%s\s*\(" % re.escape(f.name), public):
                continue
            count = len(split_parameters(f.head))
            if count > PARAMETERS:
                yield (cfile.path, f.name_line,
                       "%s: %d parameters" % (f.name, count))


def guard_lines(cfile):
    """The lines of the include guard's #ifndef and #define."""
    found = [(n, l) for n, l in enumerate(cfile.code, 1)
             if l.startswith("#")]
    if (cfile.path.endswith(".h") and len(found) > 1 and
            found[0][1].startswith("#ifndef")):
        return {found[0][0]}
    return set()


def check_if(tree):
    """#if only where platforms differ; guards and __cplusplus are free."""
    for cfile in tree.c_files("src/"):
        if (folder_of(cfile.path) in IF_FOLDERS or
                cfile.path in IF_FILES):
            continue
        guards = guard_lines(cfile)
        for number, line in enumerate(cfile.code, 1):
            if not re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b", line):
                continue
            if number not in guards and "__cplusplus" not in line:
                yield cfile.path, number, "a difference is a file, not #if"


RULES = {
    "file-size": check_file_size,
    "function-size": check_function_size,
    "nesting": check_nesting,
    "branches": check_branches,
    "parameters": check_parameters,
    "if": check_if,
}
