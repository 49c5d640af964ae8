#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Each layer includes only what it may (app/DESIGN.md, "Layers").

usage: layers.py ROOT           check the tree
       layers.py --self-test    check that the check can fail
"""

import pathlib
import re
import sys
import tempfile

C_STANDARD = {
    "assert.h", "ctype.h", "errno.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h",
    "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h", "stdlib.h", "string.h",
}
# lwIP's own headers, but none of the operating system's.
LWIP = r"(lwip|netif)/.*"
POSIX_SOCKETS = r"(arpa|netinet|sys)/.*|(fcntl|poll|unistd)\.h"
DESKTOP = r"net/if\.h|(getopt|histedit|langinfo|locale|math|netdb|signal|stdio|termios|time|wchar)\.h"

# The most specific folder counts. A pattern is matched against the whole of what is included.
LAYERS = {
    "app/include/msgr/lwip.h": [r"msgr/.*", LWIP],
    "app/include/msgr/lwip_plain.h": [r"msgr/.*", LWIP],
    "app/include/msgr/socket_stack.h": [r"msgr/.*", LWIP, POSIX_SOCKETS],
    "app/include": [r"msgr/.*"],
    "app/core": [r"msgr/(?!lwip|sockets).*", r"(?P<own>[a-z0-9_]+\.h)"],
    "app/transport": [r"msgr/.*", LWIP, r"(?P<own>[a-z0-9_]+\.h)", r"(?P<core>[a-z0-9_]+\.h)"],
    "app/transport/sockets_fd.c": [r"msgr/.*", r"sys/stat\.h", r"(?P<own>[a-z0-9_]+\.h)"],
    "app/transport/sockets_posix.c": [r"msgr/.*", r"time\.h", r"(?P<own>[a-z0-9_]+\.h)"],
    "app/transport/sockets_posix_names.c": [r"msgr/.*", r"(netdb|pthread|signal)\.h",
                                            r"(?P<own>[a-z0-9_]+\.h)"],
    "app/console": [r"msgr/(?!lwip|sockets).*", r"(?P<own>[a-z0-9_]+\.h)"],
    "app/node": [r"msgr/.*", LWIP, r"port/(port|netif|isn|threads)\.h", r"(?P<own>[a-z0-9_]+\.h)",
                 r"(?P<console>[a-z0-9_]+\.h)"],
    "app/desktop": [r"msgr/(?!lwip).*", POSIX_SOCKETS, r"(?P<own>[a-z0-9_]+\.h)",
                    r"(?P<console>[a-z0-9_]+\.h)", DESKTOP],
    "app/examples": [r".*"],  # what a user writes
    "port": [r"port/.*", r".*"],  # hardware: anything but app/, which is checked below
    "port/isn.c": [LWIP, r"(?P<own>[a-z0-9_]+\.h)", r"app/core/half_sip_hash\.h"],
    "port/cortex-m/main.c": [r".*"],  # wires everything together
}
# Names without a folder are looked up here; (own) is the file's own folder.
FOLDERS = {"core": "app/core", "console": "app/console"}
HEAPLESS = ["app/core", "app/transport"]
HEAP = re.compile(r"\b(malloc|calloc|realloc|free|mem_malloc|mem_calloc|mem_free)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def layer_of(path):
    fits = [layer for layer in LAYERS if path == layer or path.startswith(layer + "/")]
    return max(fits, key=len, default=None)


def exists(root, group, path, name):
    folder = pathlib.PurePath(path).parent if group == "own" else FOLDERS[group]
    return (root / folder / name).is_file()


def may_include(root, path, layer, name):
    if name in C_STANDARD:
        return True
    for pattern in LAYERS[layer]:
        match = re.fullmatch(pattern, name)
        if not match:
            continue
        groups = [group for group, text in match.groupdict().items() if text]
        if all(exists(root, group, path, name) for group in groups):
            return True
    return False


def names_app(root, name):
    return name.startswith(("msgr/", "app/")) or any((root / "app").glob(f"*/{name}"))


def check_file(root, path):
    layer = layer_of(path)
    text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), (root / path).read_text())
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        if layer and include:
            name = include[1]
            if not may_include(root, path, layer, name) or (
                    layer == "port" and names_app(root, name)):
                yield f"{path}:{number}: {layer} may not include {name}"
        if layer in HEAPLESS and HEAP.search(line):
            yield f"{path}:{number}: no heap in {layer}"


def check(root):
    files = [file for folder in ("app", "port") for file in (root / folder).rglob("*.[ch]")]
    found = []
    for file in sorted(files):
        found += check_file(root, file.relative_to(root).as_posix())
    return len(files), found


PLANTS = {
    "app/core/a.c": '#include "lwip/tcp.h"\n',
    "app/core/b.c": "#include <sys/socket.h>\n",
    "app/core/c.c": '#include "msgr/lwip_plain.h"\n',
    "app/core/d.c": "void *p(void) { return malloc(1); }\n",
    "app/include/msgr/plain.h": '#include "lwip/ip_addr.h"\n',
    "app/include/msgr/lwip_plain.h": '#include "port/port.h"\n',
    "app/transport/e.c": '#include "port/port.h"\n',
    "app/transport/f.c": '#include "console.h"\n',
    "app/console/console.h": '#include "lwip/ip_addr.h"\n',
    "app/node/g.c": '#include "port/linux/linux.h"\n',
    "app/node/h.c": '#include "hidden.h"\n',
    "app/desktop/l.c": '#include "lwip/sockets.h"\n',
    "app/desktop/m.c": '#include "msgr/lwip.h"\n',
    "app/desktop/n.c": '#include "hidden.h"\n',
    "port/i.c": '#include "msgr/plain.h"\n',
    "port/cortex-m/j.c": '#include "console.h"\n',
    "port/k.c": '#include "app/core/half_sip_hash.h"\n',
    "port/isn.c": '#include "app/core/hidden.h"\n',
}
CLEAN = {
    "app/core/hidden.h": "/* malloc() is not called */\n#include <stdint.h>\n",
    "app/transport/ok.c": '#include "hidden.h"\n#include "lwip/tcp.h"\n',
    "app/desktop/ok.c": '#include "console.h"\n#include "msgr/sockets.h"\n#include <netdb.h>\n',
    "app/node/ok.c": '#include "console.h"\n#include "port/port.h"\n',
    "port/ok.c": '#include "port/port.h"\n#include <unistd.h>\n',
    "port/cortex-m/main.c": '#include "console.h"\n',
}


def self_test():
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for path, text in {**PLANTS, **CLEAN}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        found = check(root)[1]
    caught = {line.split(":")[0] for line in found}
    return [f"not caught: {path}" for path in PLANTS.keys() - caught] + [
        f"caught without reason: {path}" for path in caught - PLANTS.keys()]


def main():
    if sys.argv[1:] == ["--self-test"]:
        complaints = self_test()
    elif len(sys.argv) == 2:
        count, complaints = check(pathlib.Path(sys.argv[1]))
        if count == 0:
            complaints = [f"{sys.argv[1]} holds no sources"]
    else:
        sys.exit(__doc__)
    for complaint in complaints:
        print(complaint)
    sys.exit(1 if complaints else 0)


main()
