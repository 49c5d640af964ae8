# SPDX-License-Identifier: BSD-3-Clause
"""What a thread that calls the messenger takes of its stack, from gcc's .ci files: the messenger's
functions, and lwIP's, which run on the caller's stack where its core is locked. Not counted: the
kernel, the Ethernet driver, the C library, and the application's handlers. In a recursion each
function counts once.
"""

import collections
import pathlib
import re

NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \((\w+)', re.M)
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', re.M)
INDIRECT = "__indirect_call"

# What the messenger has lwIP do.
TRANSPORT = pathlib.Path(__file__).resolve().parents[2] / "app" / "transport"
ASKED = [asked for path in TRANSPORT.glob("sockets_lwip*.c")
         for asked in re.findall(r"tcpip_api_call\((\w+),", path.read_text())]

# Where calls through pointers lead: who calls, and whom; None: nobody that is counted. A function of
# the messenger that is not here calls the application.
POINTERS = [
    ("msgr_loop_turn", r"sockets_\w+\.c:(prepare|turn)"),
    (r"\w+\.c:ask_each_netif", r"msgr_lwip_is_\w+"),
    (r"sockets_plain_connection\.c:on_cue", r"sockets_stream\.c:on_framed"),
    (r"sockets_plain_udp_server\.c:\w+", r"sockets_udp\.c:on_shared_datagram"),
    (r"mailbox\.c:\w+|msgr_mailbox_post\w*", r"msgr_loop_now_ms|sockets_framed\.c:wake_loop\w*"),
    ("tcpip_send_msg_wait_sem", r"(api_msg\.c:)?lwip_netconn_do_\w+"),
    ("tcpip_api_call", rf"sockets_lwip\w*\.c:({'|'.join(ASKED)})"),
    (r"netconn_accept|lwip_accept|lwip_netconn_do_delconn|(api_lib|api_msg)\.c:\w+",
     r"sockets\.c:event_callback"),
    ("tcp_abandon", r"api_msg\.c:err_tcp"),
    (r"dns\.c:dns_call_found", r"sockets_lwip_names\.c:on_found"),
    ("ip4_output_if_src|ip4_frag", "etharp_output"),
    ("ip6_output_if_src|ip6_frag", "ethip6_output"),
    (r"mld6_\w+|ethernet_output", None),  # the driver
    ("pbuf_free", r"ipfrag_free_pbuf_custom|ip6_frag_free_pbuf_custom"),
]


def short(title):
    """FILE:FUNCTION for a static function, without what gcc has made of it (.part.0)"""
    return re.sub(r"\.(part|isra|constprop)\.\d+.*", "", title.rpartition("/")[2])


class Program:
    def __init__(self, folder):
        self.frames = {}
        self.ours = set()  # the messenger's functions
        self.calls = collections.defaultdict(set)
        for file in sorted(folder.glob("**/*.ci")):
            self._read(file.read_text(), "/app/" in str(file))
        for caller in [name for name, called in self.calls.items() if INDIRECT in called]:
            self.calls[caller].discard(INDIRECT)
            self.calls[caller] |= self._pointed(caller)

    def _read(self, text, is_ours):
        for title, size, kind in NODE.findall(text):
            name = short(title)
            # Where two functions have one name: the larger one's.
            self.frames[name] = max(self.frames.get(name, 0), int(size))
            self.frames[name] += 0 if kind == "static" else 10**6
            if is_ours:
                self.ours.add(name)
        for caller, called in EDGE.findall(text):
            self.calls[short(caller)].add(short(called))

    def _pointed(self, caller):
        for who, whom in POINTERS:
            if re.fullmatch(who, caller):
                return {name for name in self.frames if whom and re.fullmatch(whom, name)}
        return set() if caller in self.ours else {f"{INDIRECT} of {caller}"}

    def below(self, root, is_counted):
        """(bytes, path): the deepest way down from a function."""
        order, ring = rings(root, self.calls)
        deepest = {}  # ring -> (bytes, path)
        for number, members in enumerate(order):
            found = max((deepest[ring[called]] for name in members for called in self.calls[name]
                         if ring[called] != number), default=(0, []), key=lambda one: one[0])
            counted = [name for name in members if is_counted(name)]
            unknown = [name for name in counted if name.startswith(INDIRECT)]
            if unknown:
                raise SystemExit(f"error: stacks.py does not know whom they call: {unknown}")
            size = sum(self.frames.get(name, 0) for name in counted)
            deepest[number] = size + found[0], members + found[1]
        return deepest[ring[root]]


def rings(root, calls):
    """Functions that call each other are one ring (Tarjan). @return rings, callees first; name ->
    its ring's number"""
    index, low, ring, waiting, order = {}, {}, {}, [], []

    def visit(name):
        index[name] = low[name] = len(index)
        waiting.append(name)
        for called in calls[name] if name in calls else ():
            if called not in index:
                visit(called)
            if called not in ring:
                low[name] = min(low[name], low[called])
        if low[name] == index[name]:
            at = waiting.index(name)
            order.append(waiting[at:])
            ring.update((member, len(order) - 1) for member in waiting[at:])
            del waiting[at:]

    visit(root)
    return order, ring


def measure(folder):
    """Row -> bytes"""
    program = Program(folder)
    table = {}
    for row, root in ("messenger's thread", "msgr_loop_turn"), ("posting", "msgr_mailbox_post"):
        table[f"stack, {row}"] = program.below(root, program.ours.__contains__)[0]
        table[f"stack, {row}, with lwIP"] = program.below(root, lambda name: True)[0]
    return table
