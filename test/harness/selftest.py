#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Does the harness notice?  Runs the broken tests of broken.c.

    selftest.py PROGRAM
"""
import os
import re
import subprocess
import sys
import time

# environment, arguments, test; exit status; what the output must hold
FAILS = 1
CASES = [
    ("false_check", FAILS, "not true: 1 == 2"),
    ("false_compare", FAILS, "not true: 1 == 2 (1 against 2)"),
    ("false_order", FAILS, "not true: 1 > 2 (1 against 2)"),
    ("false_str", FAILS, 'is "abc", "abd" is "abd"'),
    ("null_str", FAILS, "is \"(null)\""),
    ("false_mem", FAILS, "differ at byte 2 of 3"),
    ("false_ptr", FAILS, "differ: &a is 0x"),
    ("not_null", FAILS, 'not true: "" == NULL'),
    ("is_null", FAILS, "not true: NULL != NULL"),
    ("leaked_block", FAILS, "that nobody freed"),
    ("leaked_base", FAILS, "was left open"),
    ("leaked_descriptor", FAILS, "was left open"),
    ("closed_descriptor", FAILS, "descriptor 0 was closed"),
    ("freed_twice", FAILS, "not a live block"),
    ("crashed", FAILS, "FAIL crashed (Segmentation fault)"),
    ("hung", FAILS, "FAIL hung (not done in"),
    ("left_child", FAILS, "a child process was not waited for"),
    ("left_thread", FAILS, "a thread was left running"),
    ("exited_early", FAILS, "FAIL exited_early (exit status 3)"),
    ("skipped", 77, "skip skipped: the reason"),
    ("no_such_test", 2, "no such test"),
    ("--no-such-option", 2, "unknown option"),
    ("fault_stops", 0, "ok fault_stops"),
    ("TEST_FAIL_ALLOC=1 fault_stops", 0, "(stopped by the fault)"),
    ("TEST_FAIL_ALLOC=1000 fault_stops", 0, "ok fault_stops\n"),
    ("TEST_FAIL_ALLOC_FROM=2 fault_stops", 0, "(stopped by the fault)"),
    ("TEST_FAIL_ALLOC_FROM=10 fault_loses_blocks", FAILS, "out of reach"),
    ("TEST_FAIL_ALLOC=1 false_check", FAILS, "not true: 1 == 2"),
    ("--fail-each-alloc fault_stops", 0, r"ok fault_stops (\d+ faults)"),
    ("--fail-each-alloc --fail-from fault_stops", 0, r"(\d+ faults)"),
    ("--fail-each-alloc fault_loses_blocks", FAILS,
     r"with TEST_FAIL_ALLOC=\d+"),
    ("--fail-each-alloc leaked_block", FAILS, "that nobody freed"),
    ("--fail-each-alloc --fail-max 1 fault_stops", 0, "limit reached"),
    ("--fail-each-call fault_in_call", 0, r"(\d+ faults)"),
    ("TEST_FAIL_CALL=socketpair:1:24 fault_in_call", 0,
     "(stopped by the fault)"),
    ("TEST_FAIL_CALL=socketpair:2:24 fault_in_call", 0,
     "ok fault_in_call\n"),
    ("TEST_FAIL_CALL=nosuch:1:24 fault_in_call", 2, "cannot fail nosuch"),
    ("TEST_FAIL_CALL=read:1:ENOSUCH fault_in_call", 2,
     "want function:n:errno"),
    ("--list", 0, "false_check\nfalse_compare\n"),
    ("false_*", FAILS, "0 passed, 6 failed, 0 skipped"),
    ("TEST_BACKEND=nosuch leaked_base", FAILS, "not true: base != NULL"),
]


def is_running(pid):
    """Is there such a process, and not just its remains?"""
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def await_true(condition):
    """Look for 5 seconds whether `condition()` comes true; its value."""
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.001)
    return condition()


def outlives_driver(program):
    """Does a test that hangs outlive its driver, which is killed?"""
    driver = subprocess.Popen([program, "hung"], env=dict(
        os.environ, TEST_TIME_SCALE="60"), stdout=subprocess.DEVNULL)
    path = "/proc/%d/task/%d/children" % (driver.pid, driver.pid)

    def children():
        with open(path) as listed:
            return [int(pid) for pid in listed.read().split()]

    child = (await_true(children) or [0])[0]
    driver.kill()
    driver.wait()
    return child == 0 or not await_true(lambda: not is_running(child))


def leaves_folder(program, test):
    """Is there still the folder of `test`, which prints its name?"""
    out = subprocess.run([program, test], stdout=subprocess.PIPE, text=True)
    told = re.search("in (/tmp/evi-.*)", out.stdout)
    return not told or os.path.exists(told[1])


def main():
    program = sys.argv[1]
    wrong = 0
    if outlives_driver(program):
        print("WRONG: a test outlives its driver")
        wrong += 1
    for test in "files_and_failure", "folder_and_death":
        if leaves_folder(program, test):
            print("WRONG: %s leaves its folder" % test)
            wrong += 1
    for command, status, needle in CASES:
        words = command.split()
        env = dict(os.environ)
        for name in list(env):
            if name.startswith("TEST_") and name != "TEST_TIME_SCALE":
                del env[name]
        while re.match(r"\w+=", words[0]):
            name, value = words.pop(0).split("=")
            env[name] = value
        out = subprocess.run([program, *words], env=env,
                             stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
        pattern = re.escape(needle).replace(r"\\d\+", r"\d+")
        if out.returncode != status or not re.search(pattern, out.stdout):
            print("WRONG: %s\n  want status %d and %s\n  got %d: %s" % (
                command, status, needle, out.returncode, out.stdout))
            wrong += 1
    print("%d cases, %d wrong" % (len(CASES) + 3, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
