# SPDX-License-Identifier: BSD-3-Clause
"""The rules of tools/lint, by what they look at."""
