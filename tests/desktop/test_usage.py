# SPDX-License-Identifier: BSD-3-Clause
"""What can be said to msgr, and what it says about it."""

import re
import shutil
import subprocess

import pytest
from support.desktop import require, run
from support.node import ROOT

COMMANDS = ["send", "serve", "chat", "ping", "bench"]
PAGE = ROOT / "app" / "desktop" / "msgr.1"
OPTION = re.compile(r"(?<![-\w])--[a-z]+(?:-[a-z]+)*")


@pytest.mark.parametrize("words", [["--help"], ["-h"]] + [[c, "--help"] for c in COMMANDS])
def test_help_says_how_it_is_used_and_fits_a_terminal(words):
    done = run(*words)
    require(done, 0, "usage: msgr .*Exit status: .*")
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_version():
    require(run("--version"), 0, r"msgr \d+\.\d+\.\d+")


U = "udp://127.0.0.1/b"


@pytest.mark.parametrize("words, message", [
    ([], "give a command"),
    (["sing"], "there is no command sing"),
    (["--json"], "the command comes first"),
    (["send"], "send takes a URL and a text"),
    (["send", U], "a URL and a text"),
    (["send", "192.0.2.7", "x"], "it looks like udp://192.0.2.7/bob"),
    (["send", "http://h/b", "x"], "it looks like"),
    (["send", "udp://[::1/b", "x"], "it looks like"),
    (["send", "udp:///b", "x"], "it looks like"),
    (["send", "udp://[fe80::1%nowhere]/b", "x"], "no such network interface"),
    (["send", "unix:", "x"], "it looks like"),
    (["send", "unix:" + "x" * 108, "x"], "107 bytes"),
    (["send", "udp://" + "h" * 108, "x"], "too long"),
    (["send", "udp://h:0/b", "x"], "1 to 65535"),
    (["send", "udp://h:/b", "x"], "1 to 65535"),
    (["send", "udp://h:99999/b", "x"], "1 to 65535"),
    (["send", "udp://h/" + "n" * 32, "x"], "1 to 31 bytes"),
    (["send", "udp://h/%00", "x"], "1 to 31 bytes|a text"),
    (["send", "udp://h/%01", "x"], "1 to 31 bytes"),
    (["send", U, "x" * 4097], "more than 4096 bytes"),
    (["send", U, "x", "--lines"], "--lines is for standard input"),
    (["send", U, "-", "--lines", "--plain"], "do not go together"),
    (["send", U, "x", "--file", "f"], "not both"),
    (["send", U, "--file", "/nonexistent"], "/nonexistent: No such file"),
    (["send", U, "--file", "/"], "/: Is a directory"),
    (["send", U, "x", "--name", ""], "1 to 31 bytes"),
    (["send", U, "x", "--name", "a\x1b"], "1 to 31 bytes"),
    (["send", U, "x", "--identity", "0"], "not 0"),
    (["send", U, "x", "--identity", "xyz"], "hexadecimal"),
    (["send", U, "x", "--deadline", "0"], "from 1 to 86400000"),
    (["send", U, "x", "--deadline", "1x"], "from 1 to"),
    (["send", U, "x", "--deadline"], "--deadline needs a value"),
    (["send", U, "x", "--count", "3"], "--count is no option of send"),
    (["send", U, "-x"], "-x: there is no such option.*goes behind --"),
    (["send", U, "--frobnicate"], "--frobnicate: there is no such option"),
    (["serve", "x"], "serve takes options only"),
    (["serve", "--port", "70000"], "from 1 to 65535"),
    (["serve", "--unix", ""], "a path has 1 to 107 bytes"),
    (["chat"], "chat takes a URL or more, or --listen"),
    (["chat", *[U] * 9], "room for 8 URLs"),
    (["ping"], "ping takes a URL"),
    (["ping", U, "x"], "what is x"),
    (["ping", U, "-c", "0"], "from 1 to"),
    (["ping", U, "-i", "fast"], "give seconds"),
    (["ping", U, "-s", "4097"], "from 0 to 4096"),
    (["bench", U, "-w", "257"], "from 1 to 256"),
    (["bench", U, "-c", "1000001"], "from 1 to 1000000")])
def test_what_is_wrong_is_said_and_nothing_else_is_done(words, message):
    require(run(*words), 2, "", f"error: .*({message}).*")


def test_page_names_the_options_that_help_names_and_no_others():
    helped = set()
    for words in [[], *[[command] for command in COMMANDS]]:
        helped |= set(OPTION.findall(run(*words, "--help").stdout))
    page = PAGE.read_text()
    paged = {"--" + name for name in re.findall(r"Fl -([a-z-]+)", page)}
    assert paged == helped
    letters = set(re.findall(r"Fl ([a-z])\b", page))
    assert letters == {"c", "i", "s", "w", "h"}


@pytest.mark.parametrize("command", [["mandoc", "-T", "lint", "-W", "warning"],
                                     ["groff", "-ww", "-man", "-T", "utf8"]])
def test_page_has_no_mistakes(command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    if command[0] == "groff":
        command = [*command[:2], "-mandoc", *command[3:]]
    done = subprocess.run([*command, PAGE], capture_output=True, text=True, timeout=30,
                          check=False)
    said = done.stdout + done.stderr if command[0] == "mandoc" else done.stderr
    assert (done.returncode, said) == (0, "")
