# SPDX-License-Identifier: BSD-3-Clause
"""What sockopts shows on Linux: `sockopts_test.py PROGRAM`."""
import re
import subprocess
import sys

SEEN = [
    r"without, then without: bind Address (?:already )?in use",
    r"without, then with: bind Address (?:already )?in use",
    r"with, then with: bind allowed",
    r"beside a living listener: bind Address (?:already )?in use",
    r"only the second has it: bind Address (?:already )?in use",
    r"both have it: bind allowed",
    r"of 200 connections (\d+) came to the first, (\d+) to the second",
    r"default: the peer reads the end \(FIN\)",
    r"5 seconds: the peer reads the end \(FIN\)",
    r"0 seconds: the peer reads Connection reset(?: by peer)?",
    r"backlog 1: 2 connections made, the next hangs",
    r"after one accept\(\) the hanging one is made",
]


def main():
    run = subprocess.run([sys.argv[1]], capture_output=True, text=True,
                         check=True, timeout=60, env={"LC_ALL": "C"})
    lines = [line[7:] for line in run.stdout.splitlines()
             if line.startswith("  saw: ")]
    assert len(lines) == len(SEEN), run.stdout
    for line, pattern in zip(lines, SEEN):
        found = re.fullmatch(pattern, line)
        assert found, f"saw {line!r}, expected {pattern!r}"
        if found.groups():
            first, second = map(int, found.groups())
            assert first + second == 200 and first > 0 and second > 0, line
    print(f"{len(lines)} observations as expected")


main()
