# SPDX-License-Identifier: BSD-3-Clause
"""Rules about functions that have one home or none."""
import re

from .layers import folder_of, is_test

# function pattern -> (where it may stand, what to use instead).  A place is
# a path prefix; no places means nowhere.
HOMES = {
    r"malloc|calloc|realloc|free|strdup|strndup|reallocarray|posix_memalign":
        (["src/base/mem.c"], "base/mem.h"),
    r"printf|fprintf|vfprintf|puts|fputs|putchar|fwrite|perror":
        (["src/base/log.c", "src/event/dump.c"], "base/log.h"),
    r"abort|exit|_exit": (["src/base/log.c"], "base/log.h"),
    r"assert": ([], "EVI_ASSERT"),
    r"sprintf|vsprintf|strcpy|strcat|stpcpy|gets|strtok|alloca":
        ([], "a bounded call"),
    r"strncpy|strncat": ([], "memcpy with a checked length"),
    r"atoi|atol|atoll|sscanf|strtol|strtoul|strtoll|strtoull":
        (["src/util/text.c", "src/os/posix/"], "a parser with limits"),
    r"rand|srand|random|srandom|drand48": ([], "os/entropy.h"),
    r"getenv|secure_getenv": (["src/os/"], "os/env.h"),
    r"time|gettimeofday|clock_gettime": (["src/os/"], "os/clock.h"),
    r"localtime|gmtime|asctime|ctime": ([], "the _r form in os/"),
    r"signal|sigaction": (["src/os/"], "os/signal.h"),
    r"system|popen|setjmp|longjmp|sleep|usleep": ([], "nothing"),
    r"read|write|close|open|fcntl|ioctl|dup|dup2|pipe|pipe2|readv|writev":
        (["src/os/", "src/event/backend/"], "os/"),
    r"socket|bind|listen|accept|accept4|connect|setsockopt|getsockopt|send|"
    r"recv|sendto|recvfrom|sendmsg|recvmsg|socketpair|shutdown|getsockname|"
    r"getpeername": (["src/os/", "src/event/backend/"], "os/socket.h"),
    r"fork|pthread_\w+": (["src/os/", "src/event/backend/",
                           "src/thread/pthread.c"], "thread/"),
}

# errno is read where the system was called and turned into a value there,
# and kept by a signal handler.
ERRNO = ["src/os/", "src/event/backend/", "src/base/err.c",
         "src/base/mem.c", "src/base/log.c", "src/base/log_compat.c",
         "src/event/signal.c"]


def check_calls(tree):
    """Calls outside their home."""
    rules = [(re.compile(r"(?<![\w.>])(?<!->)(%s)\s*\(" % names), homes, use)
             for names, (homes, use) in HOMES.items()]
    for cfile in tree.c_files("src/"):
        if is_test(cfile.path) or folder_of(cfile.path) == "testing":
            continue
        for pattern, homes, use in rules:
            if cfile.path.startswith(tuple(homes) or ("\0",)):
                continue
            for number, line in enumerate(cfile.code, 1):
                m = pattern.search(line)
                if m and not line.lstrip().startswith("#"):
                    yield (cfile.path, number,
                           "%s() here: use %s" % (m.group(1), use))


def check_errno(tree):
    """errno is read nowhere above os/ (it may be set anywhere)."""
    for cfile in tree.c_files("src/"):
        if is_test(cfile.path) or folder_of(cfile.path) == "testing":
            continue
        if cfile.path.startswith(tuple(ERRNO)):
            continue
        for number, line in enumerate(cfile.code, 1):
            rest = re.sub(r"\berrno\s*=(?!=)", "", line)
            if re.search(r"\berrno\b", rest) and "#" not in line:
                yield cfile.path, number, "errno is read here"


RULES = {"calls": check_calls, "errno": check_errno}
