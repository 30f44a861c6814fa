# SPDX-License-Identifier: BSD-3-Clause
"""Rules about lines: licence, prologue, width, words."""
import re

# Put together so that this file does not break its own rule.
WORDS = ["X" * 3, "TO" + "DO", "FIX" + "ME", "HA" + "CK"]
PLACES = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]

CODE = (".c", ".h", ".h.in", ".cmake", ".py", ".sh", ".map")
BY_NAME = ("CMakeLists.txt", "dev", "run", "lint", "setup")


def is_code(path):
    name = path.rsplit("/", 1)[-1]
    return path.endswith(CODE) or name in BY_NAME or (
        path.startswith("tools/") and "." not in name)


def is_data(path):
    """Generated or recorded facts: their lines are what they are."""
    return "/facts/" in path or "/expected/" in path


def check_spdx(tree):
    """The licence is named in the first line (second after #!)."""
    want = "SPDX-License-Identifier: BSD-3-Clause"
    for path in tree.paths:
        if not is_code(path) or is_data(path) or path == ".ci/run":
            continue
        lines = tree.text(path).split("\n", 2)
        at = 1 if lines[0].startswith("#!") and len(lines) > 1 else 0
        if want not in lines[at]:
            yield path, at + 1, "no " + want


def check_prologue(tree):
    """C files in src/ and test/ begin with `name - what it is`."""
    for path in tree.select("src/", "test/", "include/"):
        if is_data(path):
            continue
        text = tree.text(path)
        name = path.rsplit("/", 1)[-1]
        if not re.match(r"/\*[^\n]*\*/\n/\*(?:\n \*)? (?:[\w/]+/)?" +
                        re.escape(name) + r" - \S", text):
            yield path, 2, "the second comment must be: %s - what it is" % name


def check_width(tree):
    """80 columns, tabs counted (Python in test/: 100)."""
    for path in tree.paths:
        if not is_code(path) or is_data(path):
            continue
        limit = 100 if re.match(r"test/.*\.py$", path) else 80
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            if len(line.expandtabs(8)) > limit:
                yield path, number, "%d columns" % len(line.expandtabs(8))
            if line != line.rstrip():
                yield path, number, "blank at the end of the line"


def check_words(tree):
    """No notes to oneself, no paths of somebody's machine."""
    pattern = re.compile(r"\b(?:%s)\b|%s" % ("|".join(WORDS),
                                             "|".join(PLACES)))
    for path in tree.paths:
        if path.endswith((".png", ".svg", ".gz", ".bin")):
            continue
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            m = pattern.search(line)
            if m:
                yield path, number, "not a word for this tree: " + m.group(0)


RULES = {
    "spdx": check_spdx,
    "prologue": check_prologue,
    "width": check_width,
    "words": check_words,
}
