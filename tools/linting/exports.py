# SPDX-License-Identifier: BSD-3-Clause
"""Rules about what leaves the libraries; they look at a build folder.

src/export/<library>.map lists every exported name.  It is written by
tools/exports from the objects, and read by the linker, so that a change of
the ABI is a change of a file under review.
"""
import pathlib
import re
import subprocess

from .layers import RANK, folder_of

MAP = """/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What lib%s exports, unversioned as in libevent.  Written by
 * tools/exports, checked by tools/lint.
 */
{
%slocal:
	*;
};
"""

LIBRARIES = ("event_core", "event_extra", "event_pthreads")
CROSS_MAX = 60
# Extern variables of the ABI, and what libevent exports without a header.
FACTS = "test/compat/facts/"


def nm(*arguments):
    out = subprocess.run(["nm", *arguments], capture_output=True, text=True,
                         check=True)
    return out.stdout


def objects(build, library):
    """The object files of a library and the sources they came from."""
    base = pathlib.Path(build) / "CMakeFiles" / (library + "_objects.dir")
    for path in sorted(base.rglob("*.o")):
        source = str(path.relative_to(base))[:-len(".o")]
        if source.startswith("src/"):
            yield source, path


def visible_names(build, library):
    """The global names in the objects that are not hidden."""
    names = set()
    for _source, path in objects(build, library):
        out = subprocess.run(["readelf", "-sW", str(path)],
                             capture_output=True, text=True, check=True)
        for line in out.stdout.split("\n"):
            field = line.split()
            if (len(field) >= 8 and field[4] in ("GLOBAL", "WEAK") and
                    field[5] == "DEFAULT" and field[6] != "UND"):
                names.add(field[7])
    return names


def map_names(root, library):
    """The names in the library's map, or None without a map."""
    path = pathlib.Path(root) / "src" / "export" / (library + ".map")
    if not path.exists():
        return None
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    body = re.search(r"global:(.*?)local:", text, re.S)
    return set(re.findall(r"(\w+);", body.group(1))) if body else set()


def map_text(library, names):
    """The text of a map."""
    listed = "".join("\t%s;\n" % name for name in sorted(names))
    return MAP % (library, "global:\n" + listed if names else "")


def so_names(build, library):
    """The names that the shared library really exports."""
    path = pathlib.Path(build) / "lib" / ("lib%s.so" % library)
    out = nm("-D", "--defined-only", str(path))
    return {line.split()[-1] for line in out.split("\n") if line}


def known_names(tree):
    """Every name of the facts, and the additions of this project."""
    names = set()
    for path in tree.paths:
        if path.startswith(FACTS + "symbols/"):
            names |= set(re.findall(r"^(?:[TDBRVW] )?(\w+)", tree.text(path),
                                    re.M))
    path = "src/export/additions.txt"
    if path in tree.paths:
        names |= set(re.findall(r"^(\w+)", tree.text(path), re.M))
    return names


def check_exports(tree):
    """Objects, map and shared library agree; every name is known."""
    known = known_names(tree)
    for library in LIBRARIES:
        path = "src/export/%s.map" % library
        mapped = map_names(tree.root, library)
        if mapped is None:
            yield path, 1, "missing: tools/exports BUILD writes it"
            continue
        visible = visible_names(tree.build, library)
        for name in sorted(visible ^ mapped):
            yield path, 1, "%s: only in the %s (tools/exports BUILD)" % (
                name, "objects" if name in visible else "map")
        for name in sorted(so_names(tree.build, library) ^ mapped):
            yield path, 1, name + ": map and library differ"
        for name in sorted(mapped):
            if not name.startswith("evi_") and name not in known:
                yield path, 1, (name + ": neither of libevent nor in "
                                "src/export/additions.txt")


def cross_names(tree):
    """Internal names that leave a library."""
    names = set()
    for library in LIBRARIES:
        names |= {n for n in map_names(tree.root, library) or ()
                  if n.startswith("evi_")}
    return sorted(names)


def taken_names(tree):
    """Names that some library needs of another one."""
    taken = set()
    for library in LIBRARIES:
        wanted = set()
        for _source, path in objects(tree.build, library):
            wanted |= {line.split()[-1] for line in
                       nm("-u", str(path)).split("\n") if line}
        taken |= wanted - visible_names(tree.build, library)
    return taken


def check_cross(tree):
    """Fewer than 60 internals cross library borders."""
    names = cross_names(tree)
    taken = taken_names(tree)
    for what, some in (("taken", [n for n in names if n in taken]),
                       ("not yet", [n for n in names if n not in taken])):
        print("lint: EVI_CROSS names, %s by another library (%d): %s" % (
            what, len(some), " ".join(some)))
    if len(names) >= CROSS_MAX:
        yield "src/export", 1, "%d EVI_CROSS names, want under %d" % (
            len(names), CROSS_MAX)


def check_upward(tree):
    """No object calls a function of a higher folder by name."""
    home = {}
    users = []
    for library in LIBRARIES:
        for source, path in objects(tree.build, library):
            for line in nm("-g", str(path)).split("\n"):
                field = line.split()
                if len(field) == 3 and field[1] not in "Uw":
                    home[field[2]] = source
                elif len(field) == 2 and field[0] in "Uw":
                    users.append((source, field[1]))
    for source, name in users:
        folder = folder_of(source)
        target = folder_of(home[name]) if name in home else folder
        if folder == target or RANK[target] < RANK[folder]:
            continue
        # The loop picks its backend from their table; the table is theirs.
        if folder == "event" and target == "event/backend":
            continue
        yield source, 1, "calls up: %s is in %s" % (name, home[name])


RULES = {
    "exports": check_exports,
    "cross": check_cross,
    "upward": check_upward,
}
