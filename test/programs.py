# SPDX-License-Identifier: BSD-3-Clause
"""programs.py - small C programs, compiled once and run on two libevents.

What test/diff/run and test/wounds/run share: which libevents there are, how a
program is compiled against the installed one, and how it is run on either,
through LD_LIBRARY_PATH, without ever waiting for it for long.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys

BACKENDS = {
    "epoll": {},
    "poll": {"EVENT_NOEPOLL": "1"},
    "select": {"EVENT_NOEPOLL": "1", "EVENT_NOPOLL": "1"},
    "changelist": {"EVENT_EPOLL_USE_CHANGELIST": "1"},
}
USUAL = ["epoll", "poll", "select"]
CORE = "libevent_core-2.1.so.7"
LIBS = ["-levent_core", "-levent_pthreads", "-lpthread"]


class Failure(Exception):
    """A program did not do what it should; the text says how."""


def system_libdir():
    """Where the installed libevent lives: beside the linker's own choice."""
    out = subprocess.run(["cc", "-print-file-name=libevent_core.so"],
                         capture_output=True, text=True, check=True).stdout
    path = pathlib.Path(out.strip())
    if not path.is_absolute():
        sys.exit("run: the installed libevent_core.so is missing "
                 "(Debian: libevent-dev)")
    return path.resolve().parent


def find_libdir(build):
    """The folder below `build` that holds our libevent_core."""
    for path in sorted(pathlib.Path(build).rglob(CORE)):
        return path.parent.resolve()
    sys.exit(f"run: no {CORE} below {build}")


def compile_program(source, out, flags, compiler="cc"):
    args = [compiler, "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra",
            "-Werror", "-O1", "-g", "-pthread", *flags, "-o", out, source]
    done = subprocess.run(args + LIBS, capture_output=True, text=True)
    if done.returncode:
        raise Failure("does not compile\n" + done.stderr)


def environment(libdir, more):
    """This process's, without what would speak to a libevent, and `more`."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("EVENT_", "LD_"))}
    env.update(more)
    env["LD_LIBRARY_PATH"] = str(libdir)
    env["LC_ALL"] = "C"
    return env


def check_loaded(program, libdir):
    """Every libevent library of the program must come from `libdir`."""
    env = environment(libdir, {"LD_TRACE_LOADED_OBJECTS": "1"})
    out = subprocess.run([program], env=env, capture_output=True, text=True)
    found = re.findall(r"libevent\S* => (\S+)", out.stdout)
    if not found:
        raise Failure("loads no libevent at all")
    for path in found:
        if pathlib.Path(path).parent.resolve() != libdir:
            raise Failure(f"loads {path}, which is not in {libdir}")


def run_program(program, env, cwd, limit_s):
    """(exit status, or minus a signal, or None if it hangs; its lines)"""
    proc = subprocess.Popen([program], env=env, cwd=cwd,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, start_new_session=True)
    try:
        out, _ = proc.communicate(timeout=limit_s)
        status = proc.returncode
    except subprocess.TimeoutExpired:
        os.killpg(proc.pid, signal.SIGKILL)
        out, _ = proc.communicate()
        status = None
    return status, out.decode(errors="replace").splitlines()


def tail(lines):
    return "\n".join(lines[-8:])


def read_backends(source):
    """A program may name its own set: /* backends: epoll poll */."""
    found = re.search(r"/\* backends: ([a-z ]+) \*/", source.read_text())
    names = found.group(1).split() if found else USUAL
    if set(names) - set(BACKENDS):
        raise Failure(f"{source.name}: unknown backend in {names}")
    return names


def choose(folder, names):
    """The programs of `folder` with these names (patterns), or all."""
    sources = sorted(folder.glob("*.c"))
    if not names:
        return sources
    chosen = [s for s in sources
              if any(pathlib.PurePath(s.stem).match(n) for n in names)]
    if not chosen:
        sys.exit(f"run: no program matches {names}")
    return chosen
