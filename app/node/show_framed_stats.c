/* SPDX-License-Identifier: BSD-3-Clause */
#include "show_framed.h"

#include "counts.h"

void show_framed_stats(struct net_framed *transport)
{
    struct msgr_stats stats;

    net_framed_stats(transport, &stats);
    const struct count counts[] = {
        {"sent", stats.sent},
        {"delivered", stats.delivered},
        {"not_delivered", stats.not_delivered},
        {"unknown", stats.unknown},
        {"received", stats.received},
        {"frames_in", stats.frames_in},
        {"frames_out", stats.frames_out},
        {"fragments_repeated", stats.retransmitted},
        {"needlessly", stats.needless},
        {"duplicates", stats.duplicates},
        {"refusals", stats.refused},
        {"frames_changed_on_the_way", stats.drop_check},
        {"malformed", stats.drop_malformed},
        {"beyond_a_limit", stats.drop_limit},
        {"of_strangers", stats.drop_stranger},
        {"slots", stats.slots},
        {"slots_used", stats.slots_used},
        {"slots_used_at_most", stats.slots_high},
        {"times_without_memory", transport->counters.no_memory},
        {"datagrams_not_sent", transport->counters.unsent},
        {"datagrams_dropped", transport->counters.dropped},
        {"attempts_to_connect", transport->counters.attempts},
    };

    counts_show("stats", "Messages", counts, sizeof counts / sizeof counts[0]);
}
