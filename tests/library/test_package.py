# SPDX-License-Identifier: BSD-3-Clause
"""The library in projects of somebody else: found where it was installed, or in a folder of theirs."""

import os
import pathlib
import shlex
import shutil

import pytest

from conftest import HERE, ROOT, Failed, build_somebody, configure, install, run

ENGINE = HERE / "engine"
RAW = HERE / "raw"
LWIP = pathlib.Path(os.environ["MSGR_LWIP_DIR"])


def pkg_config(prefix, *options):
    found = list(prefix.rglob("lwip-messenger.pc"))
    return run("pkg-config", *options, "lwip-messenger",
               env={**os.environ, "PKG_CONFIG_PATH": str(found[0].parent)}).strip()


def test_find_package_finds_the_engine(prefix, version, tmp_path):
    said = build_somebody(ENGINE, tmp_path, CMAKE_PREFIX_PATH=prefix)
    assert said == f"{version}, window 32: 0\n"


def test_options_go_with_the_library(version, tmp_path):
    prefix = install(tmp_path, MSGR_OPTIONS="MSGR_WINDOW=8;MSGR_FRAGMENT=128")
    said = build_somebody(ENGINE, tmp_path / "theirs", CMAKE_PREFIX_PATH=prefix)
    assert said == f"{version}, window 8: 0\n"
    assert "-DMSGR_WINDOW=8 -DMSGR_FRAGMENT=128" in pkg_config(prefix, "--cflags")


@pytest.mark.parametrize("wanted", ["0.0", "0.99", "1.0", "99.0"])
def test_another_interface_is_not_found(prefix, tmp_path, wanted):
    with pytest.raises(Failed, match="compatible with requested version"):
        configure(ENGINE, tmp_path, CMAKE_PREFIX_PATH=prefix, WANTED=wanted)


def test_version_that_is_asked_for_is_found(prefix, version, tmp_path):
    configure(ENGINE, tmp_path, CMAKE_PREFIX_PATH=prefix, WANTED=version)


def test_pkg_config_and_gcc_alone(prefix, version, tmp_path):
    assert pkg_config(prefix, "--modversion") == version
    flags = shlex.split(pkg_config(prefix, "--cflags", "--libs"))
    run("gcc", ENGINE / "main.c", "-o", tmp_path / "somebody", *flags)
    assert run(tmp_path / "somebody") == f"{version}, window 32: 0\n"
    run("gcc", ROOT / "app/examples/desktop.c", "-o", tmp_path / "desktop", *flags)


def test_add_subdirectory_fetches_no_lwip(version, tmp_path):
    build = tmp_path / "build"
    said = build_somebody(ENGINE, build, MESSENGER=ROOT)
    assert said == f"{version}, window 32: 0\n"
    assert not list(build.rglob("lwip-[0-9]*")) and not list(build.rglob("*lwip_sim*"))
    run("cmake", "--install", build, "--prefix", tmp_path / "theirs")
    assert not (tmp_path / "theirs").exists(), "what is ours is installed with what is theirs"


def test_warnings_are_no_errors_for_others(tmp_path):
    configure(ENGINE, tmp_path, MESSENGER=ROOT)
    assert "-Werror" not in (tmp_path / "build.ninja").read_text()


def test_program_is_installed(prefix, version):
    assert run(prefix / "bin" / "msgr", "--version") == f"msgr {version}\n"
    assert (prefix / "share/man/man1/msgr.1").exists()


def test_sockets_are_found(prefix, tmp_path):
    said = build_somebody(HERE / "sockets", tmp_path, CMAKE_PREFIX_PATH=prefix)
    assert said == "loop 0, transport 0\n"


def test_sockets_in_a_folder_of_theirs(tmp_path):
    said = build_somebody(HERE / "sockets", tmp_path, MESSENGER=ROOT)
    assert said == "loop 0, transport 0\n"


@pytest.mark.parametrize("way", ["installed", "subdirectory"])
def test_transport_on_an_lwip_of_their_own(request, tmp_path, way):
    where = {"MESSENGER": ROOT} if way == "subdirectory" else {
        "CMAKE_PREFIX_PATH": request.getfixturevalue("prefix")}
    said = build_somebody(RAW, tmp_path, LWIP_DIR=LWIP, **where)
    assert said == "engine 0, transport 0\n"


def test_firmware_is_installed_with_its_toolchain(tmp_path):
    if shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed (sim/setup board)")
    target = {"CMAKE_TOOLCHAIN_FILE": ROOT / "port/cortex-m/toolchain.cmake",
              "CMAKE_C_FLAGS": "-mcpu=cortex-m3 -mthumb -Os"}
    prefix = install(tmp_path, **target)
    assert not list(prefix.rglob("libmsgr_sockets*")), "there are no POSIX sockets"
    theirs = tmp_path / "theirs"
    configure(RAW, theirs, LWIP_DIR=LWIP, CMAKE_PREFIX_PATH=prefix, **target)
    run("cmake", "--build", theirs, "-j2", "--target", "my_messenger")
    with pytest.raises(Failed, match="32bit"):
        configure(ENGINE, tmp_path / "desktop", CMAKE_PREFIX_PATH=prefix)


def test_nothing_installed_names_where_it_was_built(prefix):
    for file in prefix.rglob("*"):
        if file.is_file() and file.suffix != ".a" and file.parent.name != "bin":
            text = file.read_text()
            assert str(ROOT) not in text and str(prefix.parent) not in text, file
