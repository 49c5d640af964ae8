/* SPDX-License-Identifier: BSD-3-Clause */
#include "stack.h"

#include "faults.h"
#include "subject_loop.h"
#include "weather.h"
#if !NO_SYS
#include "one_thread.h"
#endif

#include "lwip/init.h"
#include "lwip/ip.h"
#include "lwip/memp.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/stats.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define QUEUE_SIZE   512
#define RECORDED_MAX 512

struct netif bench_netif;

static uint32_t now_ms = 1000;
static struct packet queue[QUEUE_SIZE];
static size_t queue_first, queue_count;
static struct packet recorded[RECORDED_MAX];
static size_t recorded_count;
static bool is_recording;
static uint32_t pools_before[MEMP_MAX];
static uint32_t heap_before;

u32_t sys_now(void)
{
    return now_ms;
}

uint32_t port_lwip_rand(void);

static uint32_t random_bits;
static bool has_random_bits;

void stack_set_random(uint32_t bits)
{
    random_bits = bits;
    has_random_bits = true;
}

uint32_t port_lwip_rand(void)
{
    static uint32_t x = 1; /* Numerical Recipes' generator: a test is the same each time */

    if (has_random_bits) {
        has_random_bits = false;
        return random_bits;
    }
    x = x * 1664525u + 1013904223u;
    return x >> 8;
}

static void enqueue(const struct packet *packet)
{
    assert_true(queue_count < QUEUE_SIZE);
    queue[(queue_first + queue_count) % QUEUE_SIZE] = *packet;
    queue_count++;
}

static err_t capture(struct pbuf *p)
{
    struct packet packet;

    assert_true(p->tot_len <= PACKET_MAX);
    packet.size = pbuf_copy_partial(p, packet.bytes, p->tot_len, 0);
    if (!weather_takes(false, packet.bytes, packet.size, now_ms)) {
        enqueue(&packet);
    }
    return ERR_OK;
}

#if LWIP_IPV4
static err_t capture4(struct netif *netif, struct pbuf *p, const ip4_addr_t *to)
{
    (void)netif;
    (void)to;
    return capture(p);
}
#endif

#if LWIP_IPV6
static err_t capture6(struct netif *netif, struct pbuf *p, const ip6_addr_t *to)
{
    (void)netif;
    (void)to;
    return capture(p);
}
#endif

static err_t setup_netif(struct netif *netif)
{
    netif->name[0] = 't';
    netif->name[1] = 's';
    netif->mtu = PACKET_MAX;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_LINK_UP;
#if LWIP_IPV4
    netif->output = capture4;
#endif
#if LWIP_IPV6
    netif->output_ip6 = capture6;
#endif
    return ERR_OK;
}

void stack_lock(void)
{
#if !NO_SYS
    LOCK_TCPIP_CORE();
#endif
}

void stack_unlock(void)
{
#if !NO_SYS
    UNLOCK_TCPIP_CORE();
#endif
}

static void start_lwip(void)
{
#if NO_SYS
    lwip_init();
#else
    tcpip_init(NULL, NULL);
    one_thread_begin();
#endif
}

int stack_group_setup(void **state)
{
    (void)state;
    start_lwip();
    stack_lock();
    netif_add_noaddr(&bench_netif, NULL, setup_netif, ip_input);
    netif_set_default(&bench_netif);
    netif_set_up(&bench_netif);
#if LWIP_IPV4
    {
        ip4_addr_t address, netmask, gateway;
        IP4_ADDR(&address, 10, 77, 0, 2);
        IP4_ADDR(&netmask, 255, 255, 255, 0);
        IP4_ADDR(&gateway, 10, 77, 0, 1);
        netif_set_addr(&bench_netif, &address, &netmask, &gateway);
    }
#endif
#if LWIP_IPV6
    {
        ip6_addr_t address;
        assert_true(ip6addr_aton("fd77::2", &address));
        netif_ip6_addr_set(&bench_netif, 1, &address);
        netif_ip6_addr_set_state(&bench_netif, 1, IP6_ADDR_PREFERRED);
        assert_true(ip6addr_aton("fd77::22", &address));
        netif_ip6_addr_set(&bench_netif, 2, &address);
        netif_ip6_addr_set_state(&bench_netif, 2, IP6_ADDR_PREFERRED);
    }
#endif
    stack_unlock();
    subject_begin();
    return 0;
}

static void count_pools(uint32_t used[MEMP_MAX], uint32_t *heap)
{
    for (int i = 0; i < MEMP_MAX; i++) {
        used[i] = (uint32_t)lwip_stats.memp[i]->used;
    }
#if MEM_STATS
    *heap = (uint32_t)lwip_stats.mem.used;
#else
    *heap = 0; /* it is malloc(): the leak sanitizer looks after it */
#endif
}

int stack_setup(void **state)
{
    (void)state;
    faults_off();
    weather_end();
    stack_record(false);
    stack_discard();
    count_pools(pools_before, &heap_before);
    return 0;
}

void stack_assert_no_leak(void)
{
    uint32_t used[MEMP_MAX];
    uint32_t heap;

    count_pools(used, &heap);
    for (int i = 0; i < MEMP_MAX; i++) {
        if (used[i] != pools_before[i]) {
            fail_msg("lwIP's pool %d (memp_t) holds %u, not %u", i, used[i], pools_before[i]);
        }
    }
    assert_int_equal(heap, heap_before);
}

bool stack_is_level(void)
{
    uint32_t used[MEMP_MAX];
    uint32_t heap;

    count_pools(used, &heap);
    return memcmp(used, pools_before, sizeof used) == 0 && heap == heap_before;
}

void stack_settle(void)
{
    stack_discard();
    for (int minutes = 0; minutes < 60 && !stack_is_level(); minutes++) {
        stack_pass(60000);
        stack_discard();
    }
    stack_assert_no_leak();
}

int stack_teardown(void **state)
{
    (void)state;
    subject_reset();
    faults_off();
    weather_end();
    stack_pass_time_wait();
    stack_discard();
    stack_assert_no_leak();
    return 0;
}

uint32_t stack_now(void)
{
    return now_ms;
}

void stack_set_now(uint32_t ms)
{
    now_ms = ms;
    stack_lock();
    sys_restart_timeouts();
    stack_unlock();
    subject_wake();
}

static void deliver_now(const void *packet, size_t size)
{
    struct pbuf *p;

    faults_pause();
    p = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);
    assert_non_null(p);
    assert_int_equal(pbuf_take(p, packet, (u16_t)size), ERR_OK);
    faults_resume();
    stack_lock();
    if (bench_netif.input(p, &bench_netif) != ERR_OK) {
        pbuf_free(p);
    }
    stack_unlock();
    subject_wake();
}

/* What the weather has made late, and is due. */
static void deliver_late_ones(void)
{
    const struct packet *packet;
    bool is_inward;

    while ((packet = weather_next(now_ms, &is_inward)) != NULL) {
        if (is_inward) {
            deliver_now(packet->bytes, packet->size);
        } else {
            enqueue(packet);
        }
    }
}

static void run_timers(void)
{
    stack_lock();
    sys_check_timeouts();
    stack_unlock();
    subject_wake();
}

/* Milliseconds until a timer is due, of lwIP's or of the subject's own loop. */
static uint32_t sleeptime(void)
{
    uint32_t own = subject_sleeptime();
    uint32_t lwip;

    stack_lock();
    lwip = sys_timeouts_sleeptime();
    stack_unlock();
    return lwip < own ? lwip : own;
}

void stack_pass(uint32_t ms)
{
    uint32_t end = now_ms + ms;

    while ((int32_t)(end - now_ms) >= 0) { /* who waits for lwIP has time pass, too */
        uint32_t step = sleeptime();
        if (step > end - now_ms) {
            now_ms = end;
            break;
        }
        now_ms += step;
        run_timers();
    }
    run_timers();
    deliver_late_ones();
}

void stack_skip(uint32_t ms)
{
    now_ms += ms;
}

void stack_pass_time_wait(void)
{
    stack_pass(60 * 60 * 1000); /* TCP_MAXRTX retransmissions of a FIN, then 2 * TCP_MSL */
}

void stack_pass_retransmission(void)
{
    stack_pass(3500);
}

void stack_deliver(const void *packet, size_t size)
{
    if (is_recording) {
        assert_true(recorded_count < RECORDED_MAX && size <= PACKET_MAX);
        recorded[recorded_count].size = size;
        memcpy(recorded[recorded_count++].bytes, packet, size);
    }
    if (!weather_takes(true, packet, size, now_ms)) {
        deliver_now(packet, size);
    }
}

void stack_record(bool on)
{
    if (on) {
        recorded_count = 0;
    }
    is_recording = on;
}

const struct packet *stack_recorded(size_t n)
{
    return n < recorded_count ? &recorded[n] : NULL;
}

bool stack_take(struct packet *packet)
{
    if (queue_count == 0) {
        return false;
    }
    *packet = queue[queue_first];
    queue_first = (queue_first + 1) % QUEUE_SIZE;
    queue_count--;
    return true;
}

size_t stack_waiting(void)
{
    return queue_count;
}

void stack_discard(void)
{
    queue_count = 0;
}
