# SPDX-License-Identifier: BSD-3-Clause
"""Each public header by itself, as it is installed: in C, and in every C++ that is in use."""

import os
import pathlib
import shutil

import pytest

from conftest import HERE, run

LWIP = pathlib.Path(os.environ["MSGR_LWIP_DIR"])
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
LANGUAGES = ["c11", "c17", "gnu11", "c++11", "c++17", "c++20", "c++2b"]


def compiler(standard):
    program = "g++" if "+" in standard else "gcc"
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (sim/setup test)")
    return [program, "-x", "c++" if "+" in standard else "c", f"-std={standard}"]


@pytest.mark.parametrize("standard", LANGUAGES)
def test_each_header_compiles_alone(prefix, standard, tmp_path):
    headers = sorted((prefix / "include/msgr").glob("*.h"))
    assert len(headers) > 10
    for header in headers:
        source = tmp_path / "source"
        source.write_text(f'#include "msgr/{header.name}"\n#include "msgr/{header.name}"\n'
                          "int nothing;\n")
        run(*compiler(standard), *WARNINGS, f"-I{prefix}/include", f"-I{HERE}/raw",
            "-isystem", LWIP / "src/include", source)


@pytest.mark.parametrize("standard", ["c++11", "c++2b"])
def test_c_plus_plus_sees_the_same_sizes(prefix, standard, tmp_path):
    said = {}
    for language in "c11", standard:
        run(*compiler(language), f"-I{prefix}/include", HERE / "sizes.c", "-o", tmp_path / "sizes")
        said[language] = run(tmp_path / "sizes")
    assert said["c11"] == said[standard] != ""
