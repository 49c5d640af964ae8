# SPDX-License-Identifier: BSD-3-Clause
"""Projects of somebody else that use the library; each in a temporary folder of its own."""

import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Failed(Exception):
    """A command failed; the text is what it said."""


def run(*command, cwd=None, env=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240)
    if done.returncode != 0:
        raise Failed(f"{command[0]}: {done.returncode}\n{done.stdout}")
    return done.stdout


def configure(source, build, **variables):
    return run("cmake", "-G", "Ninja", "-S", source, "-B", build,
               *(f"-D{name}={value}" for name, value in variables.items()))


def build_somebody(source, build, **variables):
    """@return what their program says"""
    configure(source, build, **variables)
    run("cmake", "--build", build, "-j2", "--target", "somebody")
    return run(build / "somebody")


def install(folder, **variables):
    """@return the prefix; moved to another place since it was installed"""
    configure(ROOT, folder / "build", MSGR_SIM="OFF", CMAKE_INSTALL_PREFIX=folder / "first",
              **variables)
    run("cmake", "--build", folder / "build", "-j2")
    run("cmake", "--install", folder / "build")
    return (folder / "first").rename(folder / "prefix")


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    return install(tmp_path_factory.mktemp("install"))


@pytest.fixture(scope="session")
def version():
    words = (ROOT / "app/include/msgr/version.h").read_text().split()
    return ".".join(words[words.index(f"MSGR_LIBRARY_{part}") + 1]
                    for part in ("MAJOR", "MINOR", "PATCH"))
