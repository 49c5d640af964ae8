# SPDX-License-Identifier: BSD-3-Clause
"""The example, as the README shows it, greets bob, and prints what he sends."""

from support.board import Board, wire
from support.framed import NamedOnBoardsNetwork
from support.node import ROOT

EXAMPLE = ROOT / "app" / "examples" / "greet.c"


def test_example_greets_and_prints(name):
    with wire() as (end, other), NamedOnBoardsNetwork("bob", other) as bob, \
            Board(name, *end, firmware="greet") as alice:
        bob.wait_line("alice is up.")
        bob.wait_line("Message from alice: Hello from a board")
        alice.wait_line("delivered")
        bob.type("send alice and hello from bob")
        alice.wait_line("and hello from bob")
        bob.wait_line("Message 1 to alice: delivered.")


def test_readme_shows_the_example():
    licence, *code = EXAMPLE.read_text().split("\n", 1)
    assert licence == "/* SPDX-License-Identifier: BSD-3-Clause */"
    assert f"```c\n{code[0]}```" in (ROOT / "README.md").read_text()
