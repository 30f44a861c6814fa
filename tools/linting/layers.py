# SPDX-License-Identifier: BSD-3-Clause
"""Rules about who may include whom.

DOORS is the order of the house, from the ground up: what a folder may
include besides its own headers.  "base/" is every header in it (base, os
and thread are toolkits), "buffer/buffer.h" is that one door.
"""
import re

LOW = ["base/", "os/", "thread/", "util/util.h"]
LOOP = ["event/deferred.h"]

DOORS = {
    "base": [],
    "os": ["base/"],
    "thread": ["base/", "os/"],
    "util": ["base/", "os/", "thread/"],
    "event/backend": ["base/", "os/"],
    "event": LOW + ["event/backend/backend.h",
                    "event/backend/signalfd.h"],
    "buffer": LOW + LOOP,
    "bufferevent": LOW + LOOP + ["buffer/buffer.h"],
    "listener": LOW + LOOP,
    "frame": LOW + LOOP + ["buffer/buffer.h", "bufferevent/bufferevent.h"],
    "tls": LOW + LOOP + ["buffer/buffer.h", "bufferevent/bufferevent.h"],
    "dns": LOW + LOOP + ["buffer/buffer.h", "bufferevent/bufferevent.h"],
    "http": LOW + LOOP + ["buffer/buffer.h", "bufferevent/bufferevent.h"],
    "rpc": ["base/", "buffer/buffer.h", "http/http.h"],
    "testing": LOW + LOOP + ["event/"],
}

RANK = {"base": 0, "os": 1, "thread": 2, "util": 3, "event/backend": 3.5,
        "event": 4, "buffer": 5, "bufferevent": 6, "listener": 6,
        "frame": 7, "tls": 7, "dns": 7, "http": 8, "rpc": 9, "testing": 10}

# The layer whose functions a public header declares.
PUBLIC = {"util": 3, "thread": 2, "event": 4, "event_struct": 4,
          "event_compat": 4, "watch": 4, "buffer": 5, "buffer_compat": 5,
          "bufferevent": 6, "bufferevent_struct": 6, "bufferevent_compat": 6,
          "bufferevent_ssl": 7, "listener": 6, "event-config": 0,
          "visibility": 0, "frame": 7, "dns": 7, "dns_struct": 7,
          "dns_compat": 7, "http": 8, "http_struct": 8, "http_compat": 8,
          "ws": 8, "keyvalq_struct": 0, "rpc": 9, "rpc_struct": 9,
          "rpc_compat": 9, "tag": 9, "tag_compat": 9}

# EV_READ and EV_FEATURE_* are the words that backends report in.
PUBLIC_ALSO = {"event/backend": {"event"}}
# Names that libevent exports without declaring them.
UNDECLARED = ("src/base/log_compat.c",)

# The headers of test/harness.
HARNESS = {"test.h", "events.h"}

# What the C standard itself gives; open to all.
C_HEADERS = {"ctype.h", "errno.h", "float.h", "inttypes.h", "limits.h",
             "signal.h", "stdalign.h", "stdarg.h", "stdatomic.h",
             "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h",
             "stdnoreturn.h", "string.h", "time.h"}

# The system's headers: os/ and the backends take all they need; others
# only these, because the public interface speaks in their types.
SYSTEM = {
    "util": {"sys/types.h", "sys/socket.h", "sys/time.h", "sys/un.h",
             "netdb.h", "net/if.h", "netinet/in.h", "arpa/inet.h"},
    "thread": {"pthread.h"},
    "event": {"sys/time.h", "sys/types.h"},
    "base": {"sys/time.h", "sys/queue.h"},
    "buffer": {"sys/types.h", "sys/uio.h"},
    "bufferevent": {"sys/types.h", "sys/socket.h", "sys/time.h",
                    "netdb.h"},
    "listener": {"sys/types.h", "sys/socket.h"},
}


def folder_of(path):
    """src/event/backend/epoll.c -> event/backend; os/posix is os."""
    parts = path.split("/")[1:-1]
    if parts[:1] == ["os"]:
        return "os"
    return "/".join(parts)


def is_test(path):
    return path.endswith("_test.c")


def may_include(path, name):
    """May the file at `path` include "name", a header below src/?"""
    folder = folder_of(path)
    if folder_of("src/" + name) == folder:
        return True
    if is_test(path):
        other = folder_of("src/" + name)
        folder = folder.split("/")[0]
        if other == folder:
            return True
        return other == "testing" or RANK.get(other, 99) < RANK[folder]
    return any(name == door or (door.endswith("/") and name.startswith(door))
               for door in DOORS[folder])


def implements(cfile, tree, header):
    """Does the file define a function that the public header declares?"""
    path = "include/" + header
    if path not in tree.paths:
        return False
    text = tree.file(path).code_text
    return any(re.search(r"\b%s\s*\(" % re.escape(f.name), text)
               for f in cfile.functions if not f.is_static)


def may_include_public(cfile, tree, name):
    """May the file include event2/...?  Its layer and below, or its own."""
    folder = folder_of(cfile.path)
    stem = name[len("event2/"):-len(".h")]
    return (is_test(cfile.path) or cfile.path in UNDECLARED or
            PUBLIC.get(stem, 99) <= RANK[folder] or
            stem in PUBLIC_ALSO.get(folder, ()) or
            implements(cfile, tree, name))


def check_include(tree):
    """Folders look down, through doors, and only where DOORS says."""
    for cfile in tree.c_files("src/"):
        folder = folder_of(cfile.path)
        if folder not in RANK:
            yield cfile.path, 1, "folder %s has no place in the order" % folder
            continue
        for number, name, is_quoted in cfile.includes():
            if name.startswith("event2/"):
                allowed = may_include_public(cfile, tree, name)
            elif name in HARNESS and (is_test(cfile.path) or
                                      folder == "testing"):
                continue
            elif is_quoted and "/" not in name:
                yield cfile.path, number, "give the folder: " + name
                continue
            else:
                allowed = not is_quoted or may_include(cfile.path, name)
            if not allowed:
                yield (cfile.path, number,
                       "%s may not include %s" % (folder, name))


def check_system(tree):
    """The system's headers belong to os/ and the backends."""
    for cfile in tree.c_files("src/"):
        folder = folder_of(cfile.path)
        if folder in ("os", "event/backend", "testing"):
            continue
        if is_test(cfile.path):
            continue
        allowed = C_HEADERS | SYSTEM.get(folder, set())
        for number, name, is_quoted in cfile.includes():
            if is_quoted or name.startswith(("event2/", "openssl/",
                                             "mbedtls/")):
                continue
            if name not in allowed:
                yield (cfile.path, number,
                       "%s may not include <%s>: ask os/" % (folder, name))


def check_public(tree):
    """Public headers include each other and the system, never src/."""
    ours = {p[len("include/"):] for p in tree.select("include/")}
    ours.add("event2/event-config.h")
    for cfile in tree.c_files("include/"):
        for number, name, is_quoted in cfile.includes():
            if is_quoted:
                yield cfile.path, number, 'use <%s>, not "%s"' % (name, name)
            elif name.startswith("event2/") and name not in ours:
                yield cfile.path, number, "no such header: " + name
        for number, line in enumerate(cfile.raw, 1):
            if re.search(r"\bevi_|\bEVI_", line):
                yield cfile.path, number, "internal name in a public header"
    for cfile in tree.c_files("test/", "examples/"):
        if cfile.path.startswith("test/fuzz/"):
            continue
        for number, name, is_quoted in cfile.includes():
            if is_quoted and (tree.root / "src" / name).exists():
                yield (cfile.path, number,
                       "public headers only here, not " + name)


RULES = {
    "include": check_include,
    "system": check_system,
    "public": check_public,
}
