# SPDX-License-Identifier: BSD-3-Clause
"""tshark with the dissector; what is missing is said."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

BOUND_S = 60
NOBODY = {"user": "nobody", "group": "nogroup", "extra_groups": []}


class Tshark:
    """Runs programs in a folder of its own, which everybody may read: Wireshark 4.4 runs no scripts
    as root, so a root becomes nobody."""

    def __init__(self, folder):
        self.folder = folder
        folder.chmod(0o755)
        shutil.copy(ROOT / "sim" / "msgr.lua", folder)
        (folder / "msgr.lua").chmod(0o644)
        self.captures = 0

    def run(self, *words):
        user = NOBODY if os.geteuid() == 0 else {}
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        done = subprocess.run([str(word) for word in words], capture_output=True, check=False,
                              timeout=BOUND_S, env=environment, cwd=self.folder, **user)
        said = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == 0, said
        assert "Lua Error" not in "".join(said), said
        return said[0]

    def read(self, capture, *options):
        """What tshark says of a capture."""
        self.captures += 1
        file = self.folder / f"{self.captures}.pcap"
        capture.write(file)
        return self.read_file(file, *options)

    def read_file(self, file, *options):
        file.chmod(0o644)
        return self.run("tshark", "-n", "-X", "lua_script:msgr.lua", "-r", file, *options)

    def info(self, capture, *options):
        """The Info column, line by line."""
        return self.read(capture, "-o", 'gui.column.format:"Info","%i"', *options).splitlines()


@pytest.fixture
def tshark():
    missing = [tool for tool in ("tshark", "text2pcap") if not shutil.which(tool)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (sim/setup test)")
    with tempfile.TemporaryDirectory() as folder:
        yield Tshark(pathlib.Path(folder))
