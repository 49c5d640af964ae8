# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes, planted in a copy of the sources by patches."""

import contextlib
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          check=False, **options)


def copy_sources(folder):
    """What git knows of, as it is now; untouched files keep their times, so little is built anew."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT)
    assert listed.returncode == 0, listed.stderr
    for name in filter(None, listed.stdout.split("\n")):
        source, target = ROOT / name, folder / name
        if not source.is_file() or (target.exists() and target.read_bytes() == source.read_bytes()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


@contextlib.contextmanager
def planted(patch, folder):
    """The copy with the mistake in it; False if the patch does not apply."""
    applied = run("patch", "-p1", "--forward", "--no-backup-if-mismatch", "-i", patch, cwd=folder)
    try:
        yield applied.returncode == 0
    finally:
        if applied.returncode == 0:
            run("patch", "-p1", "-R", "-i", patch, cwd=folder)


def chosen(folder, wanted):
    """Those whose names begin so; all, unless told."""
    return [patch for patch in sorted(folder.glob("*.patch"))
            if not wanted or patch.name.startswith(tuple(wanted))]
