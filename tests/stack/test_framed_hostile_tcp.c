/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who means ill, over TCP: lies, windows that stay closed, connections half open, resets and FINs
 * at every step, replayed segments, and bits that flip where TCP's checksum does not see it.
 */
#include "families.h"
#include "faults.h"
#include "forge.h"
#include "stack.h"

#include "lwip/tcp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void up(void)
{
    framed_start_open(ANY_FAMILY);
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    framed_pass(50);
}

static void talk(void)
{
    framed_node_sends(2, 64);
    framed_remote_sends(2, 64);
    framed_deliver_all(30000);
}

static unsigned used_links(void)
{
    unsigned count = 0;

    for (int i = 0; i < SUBJECT_LINKS; i++) {
        count += node.net.link[i].is_used;
    }
    return count;
}

static struct msgr_stats stats_of_node(void)
{
    struct msgr_stats stats;

    subject_stats(&node.net, &stats);
    return stats;
}

/* ---- lies ---------------------------------------------------------------------------------- */

/* A lie with a good check is dropped; the connection stays. */
static void expect_dropped(const struct forged *forged)
{
    uint32_t before = stats_of_node().drop_limit;

    forge_send(forged);
    framed_pull();
    assert_int_equal(stats_of_node().drop_limit, before + 1);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_DELIVERED], node.end.sent);
    talk();
    assert_int_equal(node.end.downs, 0);
}

static void lies_about_numbers_are_dropped(void **state)
{
    struct forged forged;
    struct msgr_ack ack;

    (void)state;
    up();
    talk();
    for (uint32_t ahead = 1; ahead < 0x40000000; ahead *= 7) {
        forge_begin(&forged);
        forge_data(&forged, node.end.m->peers[0].received.limit + ahead, 3, 20);
        expect_dropped(&forged);
        forge_begin(&forged);
        forge_floor(&forged, node.end.m->peers[0].received.limit + 1 + ahead);
        expect_dropped(&forged);
        ack = forge_honest_ack();
        ack.received += ahead;
        forge_begin(&forged);
        forge_ack(&forged, 0, &ack);
        expect_dropped(&forged);
    }
    for (int bit = 0; bit < 32; bit++) {
        ack = forge_honest_ack();
        ack.bitmap = 1u << bit;
        forge_begin(&forged);
        forge_ack(&forged, MSGR_ACK_BITMAP, &ack);
        expect_dropped(&forged);
    }
    ack = forge_honest_ack();
    ack.room = 34;
    forge_begin(&forged);
    forge_ack(&forged, 0, &ack);
    expect_dropped(&forged);
    framed_stop();
}

/* What breaks the rules ends the connection, and nothing else. */
static void malformed_frames_end_the_connection_and_not_the_conversation(void **state)
{
    static const uint8_t frames[][8] = {
        {0x69, 0xFF, 0xFF}, {0x69, 0x84, 0xA6}, {0x69, 0x80, 0x05}, {0x01, 0x05, 0, 0, 0, 0, 0, 0}};

    (void)state;
    up();
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        (void)framed_node_offers(64); /* under way */
        peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, frames[i], sizeof frames[i]);
        if (i == 3) {
            peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, frames[i], sizeof frames[i]);
        }
        framed_pass(10);
        assert_int_equal(used_links(), 0);
        framed_remote_calls_again();
        talk();
    }
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_UNKNOWN], 0);
    framed_stop();
}

/* ---- readers that are slow, or are none ---------------------------------------------------- */

/* So that the node hears of the remote, though this reads nothing. */
static void say_that_it_lives(void)
{
    struct msgr_ack ack = forge_honest_ack();
    struct forged forged;

    forge_begin(&forged);
    forge_ack(&forged, 0, &ack);
    forge_send(&forged);
}

static void live_without_reading(uint32_t ms)
{
    for (uint32_t at = 0; at < ms; at += 500) {
        if (at % 4000 == 0) {
            say_that_it_lives();
        }
        stack_pass(500);
        peer_listen(&remote.peer);
        peer_ack(&remote.peer);
        framed_pull();
    }
}

static void up_with_a_patient_remote(void)
{
    framed_remote_heartbeat_ms = 60000;
    up();
    remote.peer.window = 0;
    peer_ack(&remote.peer);
}

static void window_that_opens_after_two_minutes_loses_nothing(void **state)
{
    (void)state;
    up_with_a_patient_remote();
    while (framed_node_offers(500)) {
    }
    live_without_reading(120000);
    assert_int_equal(node.end.downs, 0);
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_DELIVERED], 0);
    remote.peer.window = 65000;
    peer_ack(&remote.peer);
    framed_deliver_all(30000);
    assert_true(node.end.sent > 10);
    framed_stop();
}

/* Its messages end by their deadlines, and what lwIP holds is no more than its send buffer. */
static void window_that_never_opens_costs_no_more_than_a_send_buffer(void **state)
{
    uint8_t text[1000] = {0};
    unsigned accepted = 0;

    (void)state;
    up_with_a_patient_remote();
    for (int i = 0; i < 100; i++) {
        while (subject_send(&node.net, node.end.peer, text, sizeof text, 2000) > 0) {
            accepted++;
        }
        live_without_reading(2500);
        assert_true(tcp_sndbuf(subject_pcb(&node.net)) <= TCP_SND_BUF);
        assert_int_equal(node.end.outcomes[MSGR_OUTCOME_UNKNOWN] +
                             node.end.outcomes[MSGR_OUTCOME_NOT_DELIVERED],
                         accepted);
    }
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_DELIVERED], 0);
    assert_true(accepted > 100);
    stack_pass(16000); /* now it is silent, too */
    framed_pull();
    assert_int_equal(used_links(), 0);
    assert_int_equal(node.end.downs, 1);
    framed_stop();
}

static void remote_that_reads_and_says_nothing_is_given_up(void **state)
{
    (void)state;
    up();
    remote.peer.window = 0;
    peer_ack(&remote.peer);
    while (framed_node_offers(1000)) {
    }
    for (int i = 0; i < 32; i++) {
        stack_pass(500);
        peer_listen(&remote.peer);
        if (!remote.peer.has_reset) {
            peer_ack(&remote.peer); /* TCP is alive */
        }
    }
    framed_pull();
    assert_true(remote.peer.has_reset);
    assert_int_equal(used_links(), 0);
    assert_int_equal(node.end.downs, 1);
    framed_stop();
}

/* ---- a byte at a time ---------------------------------------------------------------------- */

static void whole_conversation_may_come_byte_by_byte(void **state)
{
    (void)state;
    framed_start_open(ANY_FAMILY);
    remote.is_bytewise = true;
    remote.peer.window = 1; /* and go so, too */
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    framed_remote_sends(2, 64);
    framed_node_sends(1, 64);
    framed_deliver_all(120000);
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

/* ---- pieces ------------------------------------------------------------------------------- */

/* What the remote's engine has to say, at once. */
static size_t collect_output(uint8_t *data, size_t room)
{
    size_t size = 0, more;

    do {
        assert_true(room - size >= MSGR_DATAGRAM_MAX);
        more = msgr_link_output(remote.end.m, remote.link, stack_now(), data + size,
                                MSGR_DATAGRAM_MAX);
        size += more;
    } while (more > 0 && size < 1000);
    return size;
}

static void frames_may_be_cut_at_each_byte(void **state)
{
    uint8_t data[3 * MSGR_DATAGRAM_MAX];
    size_t size = 2;

    (void)state;
    up();
    for (size_t cut = 1; cut < size; cut++) {
        assert_true(framed_remote_offers(30));
        assert_true(framed_remote_offers(30));
        size = collect_output(data, sizeof data);
        peer_segment(&remote.peer, TCP_FLAG_ACK, data, cut);
        framed_pull();
        peer_segment(&remote.peer, TCP_FLAG_ACK, data + cut, size - cut);
        framed_pull();
        assert_int_equal(node.end.received, remote.end.sent);
        assert_true(stack_waiting() < 10);
        framed_deliver_all(1000);
    }
    assert_true(size > 80);
    framed_stop();
}

/* lwIP joins what came too early with what comes then: frames begin and end anywhere in the chain.
 */
static void segments_out_of_order_come_as_a_chain(void **state)
{
    uint8_t data[3 * MSGR_DATAGRAM_MAX];
    size_t size = 100;

    (void)state;
    up();
    for (size_t cut = 1; cut < size / 2; cut++) {
        assert_true(framed_remote_offers(30));
        assert_true(framed_remote_offers(30));
        size = collect_output(data, sizeof data);
        peer_segment_ahead(&remote.peer, 2 * cut, TCP_FLAG_ACK, data + 2 * cut, size - 2 * cut);
        peer_segment_ahead(&remote.peer, cut, TCP_FLAG_ACK, data + cut, cut);
        framed_pull();
        assert_true(node.end.received < remote.end.sent);
        peer_segment(&remote.peer, TCP_FLAG_ACK, data, cut);
        remote.peer.next += (uint32_t)(size - cut);
        framed_pull();
        if (node.end.received < remote.end.sent) { /* lwIP had no room to keep them */
            peer_segment_ahead(&remote.peer, (size_t)0 - (size - cut), TCP_FLAG_ACK, data + cut,
                               size - cut);
            framed_pull();
        }
        assert_int_equal(node.end.received, remote.end.sent);
        framed_deliver_all(1000);
    }
    assert_true(size > 80);
    framed_stop();
}

/* The FIN comes with the frame's last segment, and the application asks much later. */
static void what_came_before_a_fin_is_delivered(void **state)
{
    (void)state;
    up();
    node.is_slow = true;
    framed_remote_sends(3, 200);
    framed_settle();
    peer_fin(&remote.peer);
    stack_pass(1000);
    assert_int_equal(used_links(), 0);
    assert_int_equal(node.end.received, 0);
    node.is_slow = false;
    framed_pull();
    assert_int_equal(node.end.received, 3);
    framed_remote_loses_link();
    framed_remote_calls_again();
    framed_deliver_all(30000);
    framed_stop();
}

/* ---- aborted inside a callback ------------------------------------------------------------- */

static void note_up(void *ctx, struct msgr *m, int peer)
{
    (void)ctx;
    (void)m;
    node.end.peer = peer;
}

static void note_down(void *ctx, struct msgr *m, int peer, enum msgr_reason reason)
{
    (void)ctx;
    (void)m;
    (void)peer;
    assert_int_equal(reason, MSGR_REASON_SILENT);
    node.end.downs++;
}

/* With handlers a turn ends inside lwIP's callback. */
static void up_with_handlers(void)
{
    static const struct msgr_handlers handlers = {.peer_up = note_up, .peer_down = note_down};
    struct subject_net_config config;

    framed_start(ANY_FAMILY);
    config = (struct subject_net_config){.m = node.end.m, .listen = true, .handlers = &handlers};
    assert_int_equal(subject_open(&node.net, &config), ERR_OK);
    node.is_slow = true; /* nobody pulls */
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    framed_pass(150);
    stack_discard();
    stack_skip(3 * MSGR_HEARTBEAT_MS + 100);
}

/* The clock has gone on while the main loop did something else: no timer has run, and the segment
 * is what tells that its own link was silent for too long. */
static void late_segment_of_a_silent_link_resets_its_own_connection(void **state)
{
    (void)state;
    up_with_handlers();
    say_that_it_lives();
    assert_int_equal(node.end.downs, 1);
    assert_true(remote.peer.has_reset);
    assert_int_equal(used_links(), 0);
    framed_remote_loses_link();
    framed_remote_calls_again();
    framed_stop();
}

/* The same, and it is another connection's. */
static void segment_may_reset_another_connection(void **state)
{
    static struct peer other;

    (void)state;
    up_with_handlers();
    peer_open(&other, ANY_FAMILY);
    assert_true(peer_connect(&other)); /* its accept callback finds the first one silent */
    assert_int_equal(used_links(), 1);
    assert_false(other.has_reset);
    peer_say(&other, "not framed");
    assert_true(other.has_fin);
    peer_fin(&other);
    assert_int_equal(used_links(), 0);
    assert_int_equal(node.end.downs, 1);
    framed_remote_loses_link();
    framed_remote_calls_again();
    framed_stop();
}

static void guessed_resets_end_nothing(void **state)
{
    (void)state;
    up();
    for (size_t ahead = 1; ahead < 0x80000000; ahead = ahead * 3 / 2 + 1) {
        peer_segment_ahead(&remote.peer, ahead, TCP_FLAG_RST | TCP_FLAG_ACK, NULL, 0);
        peer_segment_ahead(&remote.peer, (size_t)0 - ahead, TCP_FLAG_RST | TCP_FLAG_ACK, NULL, 0);
    }
    assert_int_equal(used_links(), 1);
    talk();
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

/* ---- half-open ----------------------------------------------------------------------------- */

static void syns_without_more_leave_room_again(void **state)
{
    static struct peer strangers[20];

    (void)state;
    framed_start_open(ANY_FAMILY);
    for (int i = 0; i < 20; i++) {
        peer_open(&strangers[i], ANY_FAMILY);
        peer_segment(&strangers[i], TCP_FLAG_SYN, NULL, 0);
    }
    stack_discard();
    stack_pass(30000); /* lwIP's own patience is 20 s */
    stack_discard();
    assert_int_equal(used_links(), 0);
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    talk();
    framed_stop();
}

static void connections_without_hello_leave_room_again(void **state)
{
    static struct peer strangers[4];

    (void)state;
    framed_start_open(ANY_FAMILY);
    for (int i = 0; i < 4; i++) {
        peer_open(&strangers[i], ANY_FAMILY);
        assert_true(peer_connect(&strangers[i]));
        if (i % 2 == 0) {
            peer_segment(&strangers[i], TCP_FLAG_ACK | TCP_FLAG_PSH, "\xF9MG\x01\x01", 5);
        }
    }
    assert_int_equal(used_links(), 4);
    stack_pass(5100);
    assert_int_equal(used_links(), 0);
    stack_discard();
    stack_pass(120000); /* nobody answers the FINs */
    stack_discard();
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    talk();
    framed_stop();
}

/* The node has closed its side of each, and nobody closes the other. */
static void connections_that_are_over_give_way_to_new_ones(void **state)
{
    static struct peer strangers[10];

    (void)state;
    framed_start_open(ANY_FAMILY);
    for (int i = 0; i < 10; i++) {
        peer_open(&strangers[i], ANY_FAMILY);
        assert_true(peer_connect(&strangers[i]));
        peer_say(&strangers[i], "This is not framed.");
        assert_true(strangers[i].has_fin);
        peer_ack(&strangers[i]);
    }
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    talk();
    framed_stop();
}

static void hello_without_more_is_given_up_after_three_heartbeats(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t size;
    int link;

    (void)state;
    framed_start_open(ANY_FAMILY);
    link = msgr_link_connect(remote.end.m, stack_now(), MSGR_LINK_STREAM);
    size = msgr_link_output(remote.end.m, link, stack_now(), data, sizeof data);
    assert_true(peer_connect(&remote.peer));
    peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data, size);
    framed_pull();
    assert_true(msgr_link_peer(node.end.m, 0) >= 0);
    for (int i = 0; i < 149; i++) {
        stack_pass(100);
        peer_listen(&remote.peer);
        peer_ack(&remote.peer);
    }
    assert_false(remote.peer.has_reset);
    assert_int_equal(used_links(), 1);
    stack_pass(200);
    peer_listen(&remote.peer);
    assert_true(remote.peer.has_reset);
    assert_int_equal(used_links(), 0);
    framed_stop();
}

/* ---- cut at every step --------------------------------------------------------------------- */

/* @return whether the conversation was long enough to be cut there */
static bool cut_after(unsigned n, unsigned flags)
{
    bool is_cut;

    framed_start_open(ANY_FAMILY);
    remote.is_stream = true;
    remote.peer.cut_after = n;
    remote.peer.cut_flags = flags;
    if (peer_connect(&remote.peer) && !remote.peer.is_cut) {
        remote.link = msgr_link_connect(remote.end.m, stack_now(), MSGR_LINK_STREAM);
        framed_pass(10);
    }
    for (int i = 0; i < 3 && remote.end.peer >= 0 && node.end.peer >= 0; i++) {
        (void)framed_node_offers(600);
        (void)framed_remote_offers(600);
        framed_pass(10);
    }
    framed_pass(20);
    is_cut = remote.peer.is_cut;
    remote.peer.cut_after = 0;
    assert_true(!is_cut || used_links() == 0);
    framed_remote_calls_again();
    talk();
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_UNKNOWN], 0);
    assert_int_equal(remote.end.outcomes[MSGR_OUTCOME_UNKNOWN], 0);
    framed_stop();
    stack_settle();
    return is_cut;
}

static void reset_may_come_after_each_segment(void **state)
{
    unsigned n = 1;

    (void)state;
    while (cut_after(n, TCP_FLAG_RST | TCP_FLAG_ACK)) {
        n++;
    }
    assert_true(n > 15 - SUBJECT_SAVES_SEGMENTS);
}

static void fin_may_come_after_each_segment(void **state)
{
    unsigned n = 2; /* after the SYN there is no connection yet */

    (void)state;
    while (cut_after(n, TCP_FLAG_FIN | TCP_FLAG_ACK)) {
        n++;
    }
    assert_true(n > 15 - SUBJECT_SAVES_SEGMENTS);
}

static void await_call(void)
{
    uint32_t before = stack_now();

    while (stack_waiting() == 0) {
        assert_true(stack_now() - before < 60000);
        stack_pass(1);
        framed_pull();
    }
    framed_remote_accepts();
}

/* The node has called, and calls again. */
static bool cut_the_called_after(unsigned n, unsigned flags)
{
    bool is_cut;

    framed_start(ANY_FAMILY);
    framed_open(false);
    assert_true(framed_node_calls(FRAMED_TCP) >= 0);
    await_call();
    remote.peer.cut_after = n;
    remote.peer.cut_flags = flags;
    framed_pass(10);
    for (int i = 0; i < 3 && remote.end.peer >= 0 && node.end.peer >= 0; i++) {
        (void)framed_node_offers(600);
        (void)framed_remote_offers(600);
        framed_pass(10);
    }
    is_cut = remote.peer.is_cut;
    remote.peer.cut_after = 0;
    if (is_cut) {
        assert_int_equal(remote.link, -1);
        await_call();
    }
    framed_up();
    talk();
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_UNKNOWN], 0);
    framed_stop();
    stack_settle();
    return is_cut;
}

static void called_remote_may_cut_after_each_segment(void **state)
{
    (void)state;
    for (int is_fin = 0; is_fin <= 1; is_fin++) {
        unsigned n = 1;
        while (cut_the_called_after(n, is_fin != 0 ? TCP_FLAG_FIN | TCP_FLAG_ACK
                                                   : TCP_FLAG_RST | TCP_FLAG_ACK)) {
            n++;
        }
        assert_true(n > 10);
    }
}

/* ---- framed and plain ---------------------------------------------------------------------- */

static struct subject_tcp_server plain;
static struct subject_tcp_connection connections[2];

static void open_either(bool is_shared)
{
    struct subject_tcp_server_config plain_config = {.connections = connections,
                                                     .connection_count = 2};
    struct subject_net_config config;

    framed_start(ANY_FAMILY);
    config = (struct subject_net_config){.m = node.end.m, .listen = true};
    if (is_shared) {
        assert_int_equal(subject_tcp_server_open(&plain, &plain_config), ERR_OK);
        config.plain_tcp = &plain;
    }
    assert_int_equal(subject_open(&node.net, &config), ERR_OK);
}

static void close_either(bool is_shared)
{
    framed_stop();
    if (is_shared) {
        subject_tcp_server_close(&plain);
    }
    stack_settle();
}

/* HELLO in two or three segments, cut anywhere in the mark; less than the quiet time between. */
static void mark_may_be_split_over_segments(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];

    (void)state;
    for (int is_shared = 0; is_shared <= 1; is_shared++) {
        for (size_t first = 1; first <= 4; first++) {
            for (size_t second = first; second <= 5; second++) {
                struct peer *peer = &remote.peer;
                size_t size;

                open_either(is_shared != 0);
                remote.is_stream = true;
                remote.link = msgr_link_connect(remote.end.m, stack_now(), MSGR_LINK_STREAM);
                size = msgr_link_output(remote.end.m, remote.link, stack_now(), data, sizeof data);
                assert_true(peer_connect(peer));
                peer_segment(peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data, first);
                stack_pass(MSGR_PLAIN_QUIET_MS - 2);
                if (second > first) {
                    peer_segment(peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data + first, second - first);
                    stack_pass(MSGR_PLAIN_QUIET_MS - 2);
                }
                peer_segment(peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data + second, size - second);
                framed_up();
                talk();
                close_either(is_shared != 0);
            }
        }
    }
}

/* The mark, HELLO and frames in one segment; on a shared port the window is opened for them once.
 */
static void text_behind_a_good_hello_ends_the_connection(void **state)
{
    (void)state;
    for (int is_shared = 0; is_shared <= 1; is_shared++) {
        open_either(is_shared != 0);
        framed_remote_calls(FRAMED_TCP);
        framed_up();
        framed_pass(50);
        peer_say(&remote.peer,
                 "Hello, this is plain text, and more of it than the first two letters "
                 "make a frame of. So the end of that frame has come, and its check is "
                 "not what it should be.");
        framed_pass(20);
        assert_int_equal(used_links(), 0);
        framed_remote_calls_again();
        talk();
        close_either(is_shared != 0);
    }
}

static void mark_behind_a_plain_text_is_text(void **state)
{
    static struct peer asker;

    (void)state;
    open_either(true);
    peer_open(&asker, ANY_FAMILY);
    assert_true(peer_connect(&asker));
    subject_hear(&asker, "hi\xF9MG\x01");
    peer_expect(&asker, "Message received: hi\xF9MG\x01. Thank you.");
    peer_fin(&asker);
    assert_int_equal(used_links(), 0);
    close_either(true);
}

static void too_much_behind_the_mark_is_reset_on_a_shared_port(void **state)
{
    static uint8_t bytes[1400] = {0xF9, 'M', 'G', 1, 0x69, 0x84, 0x7F};

    (void)state;
    open_either(true);
    assert_true(peer_connect(&remote.peer));
    peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, bytes, sizeof bytes);
    assert_true(remote.peer.has_reset);
    assert_int_equal(used_links(), 0);
    assert_int_equal(plain.open_count, 0);
    close_either(true);
}

/* ---- replays and bits ---------------------------------------------------------------------- */

static size_t record_a_conversation(void)
{
    size_t count = 0;

    stack_record(true);
    framed_remote_calls(FRAMED_TCP);
    framed_up();
    for (int i = 0; i < 5; i++) {
        framed_node_sends(1, 64);
        framed_remote_sends(1, 64);
        framed_deliver_all(1000);
    }
    stack_record(false);
    while (stack_recorded(count) != NULL) {
        count++;
    }
    assert_true(count > 20 - SUBJECT_SAVES_SEGMENTS);
    return count;
}

static void replay(size_t n)
{
    stack_deliver(stack_recorded(n)->bytes, stack_recorded(n)->size);
    framed_pull();
    stack_discard();
}

static void replay_all(size_t count)
{
    for (size_t n = 0; n < count; n++) {
        replay(n);
    }
    for (size_t n = count; n > 0; n--) {
        replay(n - 1);
    }
    for (size_t n = 0; n < count; n++) {
        replay(n);
        replay(n);
    }
}

static struct framed_end node_before;

static void replayed_segments_do_nothing(void **state)
{
    size_t count;

    (void)state;
    framed_start_open(ANY_FAMILY);
    count = record_a_conversation();
    node_before = node.end;
    replay_all(count);
    assert_int_equal(node.end.received, node_before.received);
    talk();
    peer_reset(&remote.peer);
    framed_remote_restarts();
    framed_remote_calls_again();
    framed_pass(100);
    node_before = node.end;
    replay_all(count);
    assert_int_equal(node.end.received, node_before.received);
    assert_memory_equal(node.end.outcomes, node_before.outcomes, sizeof node_before.outcomes);
    talk();
    framed_stop();
}

/* The same bytes on a new connection: all of it, HELLO, OPEN, DATA and so on. */
static void replayed_stream_on_a_new_connection_does_nothing(void **state)
{
    static uint8_t stream[PEER_RECEIVED_MAX];
    static struct peer thief;
    size_t size = 0, count;

    (void)state;
    framed_start_open(ANY_FAMILY);
    count = record_a_conversation();
    for (size_t n = 0; n < count; n++) {
        const struct packet *packet = stack_recorded(n);
        size_t headers = (packet->bytes[0] >> 4 == 6 ? 40u : 20u) + 20u;
        memcpy(stream + size, packet->bytes + headers, packet->size - headers);
        size += packet->size - headers;
    }
    assert_true(size > 500);
    node_before = node.end;
    for (int i = 0; i < 5; i++) {
        peer_open(&thief, ANY_FAMILY);
        assert_true(peer_connect(&thief));
        for (size_t at = 0; at < size; at += 500) {
            peer_segment(&thief, TCP_FLAG_ACK | TCP_FLAG_PSH, stream + at,
                         size - at < 500 ? size - at : 500);
            framed_pull();
        }
        peer_reset(&thief);
        framed_pull();
        assert_int_equal(node.end.received, node_before.received);
        assert_int_equal(used_links(), 1);
    }
    framed_pass(1000);
    talk();
    assert_int_equal(node.end.outcomes[MSGR_OUTCOME_UNKNOWN], 0);
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

/* In place of the true one, and TCP's checksum is good. */
static void each_bit_of_a_stream_may_flip(void **state)
{
    uint8_t data[MSGR_DATAGRAM_MAX];
    size_t bits = 1;
    unsigned ended = 0;

    (void)state;
    up();
    for (size_t bit = 0; bit < bits; bit++) {
        size_t size;
        assert_true(framed_remote_offers(20));
        size = msgr_link_output(remote.end.m, remote.link, stack_now(), data, sizeof data);
        assert_true(size > 20);
        bits = size * 8;
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        peer_segment(&remote.peer, TCP_FLAG_ACK | TCP_FLAG_PSH, data, size);
        framed_pull();
        assert_int_equal(node.end.received, bit);
        framed_pass(20);
        ended += remote.link < 0;
        /* Else that frame is lost, or its end awaited; what is repeated then ends it. */
        for (int i = 0; i < 40 && !framed_is_all_delivered((unsigned)bit + 1); i++) {
            framed_remote_calls_again();
            framed_pass(500);
        }
        framed_remote_calls_again();
        framed_deliver_all(0);
    }
    assert_true(ended > bits / 2);
    assert_int_equal(remote.end.outcomes[MSGR_OUTCOME_UNKNOWN], 0);
    framed_stop();
}

/* ---- who takes another's place ------------------------------------------------------------- */

static void name_of_a_living_peer_is_not_given_away(void **state)
{
    static struct peer thief;
    struct msgr_hello hello = {.lowest = 1,
                               .highest = 1,
                               .identity = 0xBAD,
                               .token = 77,
                               .name = {(const uint8_t *)"bob", 3}};
    struct forged forged;

    (void)state;
    up();
    for (int i = 0; i < 10; i++) {
        peer_open(&thief, ANY_FAMILY);
        assert_true(peer_connect(&thief));
        forge_begin(&forged);
        forge_hello(&forged, &hello);
        peer_segment(&thief, TCP_FLAG_ACK | TCP_FLAG_PSH, forged.bytes, forged.size);
        framed_pull();
        peer_listen(&thief);
        assert_int_equal(thief.data[4], MSGR_FRAME_REFUSE);
        assert_int_equal(thief.data[4 + 2 + 8], MSGR_REFUSAL_NAME_TAKEN);
        assert_true(thief.has_fin);
        peer_fin(&thief);
        peer_ack(&thief);
        talk();
    }
    assert_int_equal(used_links(), 1);
    assert_int_equal(node.end.downs, 0);
    framed_stop();
}

static int setup(void **state)
{
    framed_node_opens = false;
    framed_remote_heartbeat_ms = 0;
    return stack_setup(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, framed_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lies_about_numbers_are_dropped),
        TEST(malformed_frames_end_the_connection_and_not_the_conversation),
        TEST(window_that_opens_after_two_minutes_loses_nothing),
        TEST(window_that_never_opens_costs_no_more_than_a_send_buffer),
        TEST(remote_that_reads_and_says_nothing_is_given_up),
        TEST(whole_conversation_may_come_byte_by_byte),
        TEST(frames_may_be_cut_at_each_byte),
        TEST(segments_out_of_order_come_as_a_chain),
        TEST(what_came_before_a_fin_is_delivered),
        TEST(late_segment_of_a_silent_link_resets_its_own_connection),
        TEST(segment_may_reset_another_connection),
        TEST(guessed_resets_end_nothing),
        TEST(syns_without_more_leave_room_again),
        TEST(connections_without_hello_leave_room_again),
        TEST(connections_that_are_over_give_way_to_new_ones),
        TEST(hello_without_more_is_given_up_after_three_heartbeats),
        TEST(reset_may_come_after_each_segment),
        TEST(fin_may_come_after_each_segment),
        TEST(called_remote_may_cut_after_each_segment),
        TEST(mark_may_be_split_over_segments),
        TEST(text_behind_a_good_hello_ends_the_connection),
        TEST(mark_behind_a_plain_text_is_text),
        TEST(too_much_behind_the_mark_is_reset_on_a_shared_port),
        TEST(replayed_segments_do_nothing),
        TEST(replayed_stream_on_a_new_connection_does_nothing),
        TEST(each_bit_of_a_stream_may_flip),
        TEST(name_of_a_living_peer_is_not_given_away),
    };

    return cmocka_run_group_tests(tests, stack_group_setup, NULL);
}
