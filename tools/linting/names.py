# SPDX-License-Identifier: BSD-3-Clause
"""Rules about names: the name of a function tells its file."""
import importlib.machinery
import importlib.util
import pathlib
import re

from .layers import folder_of, is_test

# In the toolkits a module's names need not repeat the folder, and nowhere if
# no other folder has a file of that name; some modules serve a few words
# besides their own.  A file may also implement a header of its folder
# (engine.h by readiness.c).
TOOLKITS = ("base", "thread")
WORDS = {
    "src/base/log.c": ["assert"],
    "src/thread/lock.c": ["cond", "thread"],
    "src/thread/lock.h": ["cond", "thread"],
    "src/event/deferred.h": ["event_flush"],
    "src/event/deferred.c": ["event_flush"],
}


def load_apimap():
    """tools/apimap as a module."""
    path = pathlib.Path(__file__).resolve().parent.parent / "apimap"
    loader = importlib.machinery.SourceFileLoader("apimap", str(path))
    spec = importlib.util.spec_from_loader("apimap", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def stem_of(path):
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def is_unique(tree, path):
    """Is there no file of this name in another folder of src/?"""
    return all(folder_of(p) == folder_of(path)
               for p in tree.select("src/") if stem_of(p) == stem_of(path))


def prefixes_of(tree, cfile):
    """What an internal name in this file may start with."""
    path = cfile.path
    folder = folder_of(path)
    last = folder.rsplit("/", 1)[-1]
    stems = {stem_of(path)} | {
        stem_of(name) for _line, name, is_quoted in cfile.includes()
        if is_quoted and folder_of("src/" + name) == folder} - {last}
    words = list(WORDS.get(path, []))
    if folder in TOOLKITS or is_unique(tree, path):
        words.append(stem_of(path))
    flat = folder.replace("/", "_")
    words += ["%s_%s" % (f, s) for f in (flat, last) for s in sorted(stems)]
    if stem_of(path) == last:
        words += [flat, last]
    return sorted({"evi_%s_" % w for w in words})


def check_internal(tree):
    """A shared internal function is called after its path."""
    for cfile in tree.c_files("src/"):
        if is_test(cfile.path) or folder_of(cfile.path) == "testing":
            continue
        wanted = tuple(prefixes_of(tree, cfile))
        is_header = cfile.path.endswith(".h")
        for f in cfile.functions:
            is_shared = is_header or not f.is_static
            if is_shared and f.name.startswith("evi_"):
                if not (f.name + "_").startswith(wanted):
                    yield (cfile.path, f.name_line, "%s: want %s..." % (
                        f.name, " or ".join(wanted)))
            elif not is_shared and f.name.startswith("evi_"):
                yield (cfile.path, f.name_line,
                       f.name + ": static names are plain words")
            elif is_header and not f.name.isupper():
                yield (cfile.path, f.name_line,
                       f.name + ": shared names start with evi_")


def check_public_names(tree):
    """A public function is in the file that the prefix table says."""
    apimap = load_apimap()
    for cfile in tree.c_files("src/"):
        if is_test(cfile.path) or folder_of(cfile.path) == "testing":
            continue
        for f in cfile.functions:
            if f.is_static or f.name.startswith("evi_") or f.name.isupper():
                continue
            want = apimap.home_of(f.name)
            if want is None:
                yield (cfile.path, f.name_line,
                       f.name + ": neither public (tools/apimap) nor evi_")
            elif not cfile.path.startswith(tuple("src/" + w for w in want)):
                yield (cfile.path, f.name_line, "%s: want src/%s" % (
                    f.name, " or ".join(want)))


def check_exported_types(tree):
    """Types shared inside are struct evi_...; no typedef but of functions."""
    for cfile in tree.c_files("src/"):
        text = cfile.code_text
        for m in re.finditer(r"^typedef\b([^;{]*)[;{]", text, re.M):
            if "(*" not in m.group(1) and "(" not in m.group(1):
                yield (cfile.path, text.count("\n", 0, m.start()) + 1,
                       "typedef of something that is no function")


RULES = {
    "internal-name": check_internal,
    "public-name": check_public_names,
    "typedef": check_exported_types,
}
