/* SPDX-License-Identifier: BSD-3-Clause */
#include "show.h"

#include "console.h"
#include "counts.h"
#include "framed.h"
#include "network.h"
#include "serve.h"

#include "port/netif.h"

#include "lwip/memp.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

#if MEM_STATS || MEMP_STATS
static void show_use(const char *name, const struct stats_mem *counted)
{
    struct stats_mem use;
    SYS_ARCH_DECL_PROTECT(before);

    SYS_ARCH_PROTECT(before);
    use = *counted;
    SYS_ARCH_UNPROTECT(before);
    const struct count counts[] = {
        {"there", (uint32_t)use.avail},
        {"used", (uint32_t)use.used},
        {"used_at_most", (uint32_t)use.max},
        {"times_none_left", use.err},
    };
    counts_show_named("pool", name, counts, sizeof counts / sizeof counts[0]);
}
#endif

#if MEMP_STATS
/* lwIP keeps the names for its debug builds; this is the list that it makes its pools from. */
static const char *const pool_names[] = {
#define LWIP_MEMPOOL(name, num, size, desc) #name,
#include "lwip/priv/memp_std.h"
};
#endif

static void show_lwip(void)
{
#if MEM_STATS
    show_use("lwIP heap, bytes", &lwip_stats.mem);
#endif
#if MEMP_STATS
    for (int i = 0; i < MEMP_MAX; i++) {
        show_use(pool_names[i], lwip_stats.memp[i]);
    }
#endif
}

static void show_frames(void)
{
    struct port_netif_counters counters;
    SYS_ARCH_DECL_PROTECT(before);

    SYS_ARCH_PROTECT(before);
    counters = *port_netif_counters();
    SYS_ARCH_UNPROTECT(before);
    const struct count counts[] = {
        {"received", counters.received},
        {"lost_for_want_of_memory", counters.no_pbuf},
        {"sent", counters.sent},
        {"not_sent_for_want_of_room", counters.no_room},
    };
    counts_show("frames", "Frames", counts, sizeof counts / sizeof counts[0]);
}

void show_stats(void)
{
    if (console_is_json()) {
        show_target();
    }
    show_memory();
    net_lock();
    show_lwip();
    net_unlock();
    serve_show();
    framed_show_stats();
    show_frames();
}
