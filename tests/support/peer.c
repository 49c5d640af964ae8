/* SPDX-License-Identifier: BSD-3-Clause */
#include "peer.h"

#include "stack.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PROTOCOL_TCP   6
#define PROTOCOL_UDP   17
#define TCP_HEADER     20
#define TCP_MSS_OPTION 4
#define UDP_HEADER     8

static uint16_t next_port = 20000;

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) << 16 | get16(at + 2);
}

/* RFC 1071 */
static uint32_t sum_of(const uint8_t *data, size_t size, uint32_t sum)
{
    for (size_t i = 0; i < size; i++) {
        sum += i % 2 == 0 ? (uint32_t)data[i] << 8 : data[i];
    }
    return sum;
}

static uint16_t checksum(uint32_t sum)
{
    while (sum > 0xFFFF) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

static size_t address_size(const struct peer *peer)
{
    return peer->is_ipv6 ? 16 : 4;
}

static void parse(const struct peer *peer, const char *text, uint8_t out[16])
{
    assert_int_equal(inet_pton(peer->is_ipv6 ? AF_INET6 : AF_INET, text, out), 1);
}

void peer_open(struct peer *peer, bool is_ipv6)
{
    memset(peer, 0, sizeof *peer);
    peer->is_ipv6 = is_ipv6;
    peer_at(peer, is_ipv6 ? "fd77::100" : "10.77.0.100");
    peer_to(peer, is_ipv6 ? "fd77::2" : "10.77.0.2");
    peer->own_port = next_port++;
    if (next_port < 20000) {
        next_port = 20000;
    }
    peer->other_port = 9999;
    peer->next = 0xFFFFFFF0u; /* wraps soon */
    peer->acked = peer->next;
    peer->window = 65000;
}

void peer_at(struct peer *peer, const char *own)
{
    parse(peer, own, peer->own);
}

void peer_to(struct peer *peer, const char *other)
{
    parse(peer, other, peer->other);
}

ip_addr_t peer_address(const struct peer *peer)
{
    char text[INET6_ADDRSTRLEN];
    ip_addr_t address;

    assert_non_null(inet_ntop(peer->is_ipv6 ? AF_INET6 : AF_INET, peer->own, text, sizeof text));
    assert_true(ipaddr_aton(text, &address));
    return address;
}

/* ---- packets ------------------------------------------------------------------------------- */

static void deliver(const struct peer *peer, uint8_t protocol, uint8_t *payload, size_t size,
                    size_t checksum_at)
{
    uint8_t packet[65536];
    size_t addresses = address_size(peer);
    size_t header = peer->is_ipv6 ? 40 : 20;
    uint32_t sum = sum_of(peer->own, addresses, 0);

    sum = sum_of(peer->other, addresses, sum) + protocol + (uint32_t)size;
    put16(payload + checksum_at, checksum(sum_of(payload, size, sum)));

    memset(packet, 0, header);
    if (peer->is_ipv6) {
        packet[0] = 0x60;
        put16(packet + 4, (uint32_t)size);
        packet[6] = protocol;
        packet[7] = 64;
        memcpy(packet + 8, peer->own, 16);
        memcpy(packet + 24, peer->other, 16);
    } else {
        packet[0] = 0x45;
        put16(packet + 2, (uint32_t)(size + header));
        packet[8] = 64;
        packet[9] = protocol;
        memcpy(packet + 12, peer->own, 4);
        memcpy(packet + 16, peer->other, 4);
        put16(packet + 10, checksum(sum_of(packet, header, 0)));
    }
    memcpy(packet + header, payload, size);
    stack_deliver(packet, header + size);
}

/* The payload of a packet that the node sent to this peer with this protocol; NULL: another's. */
static const uint8_t *open_packet(const struct peer *peer, const struct packet *packet,
                                  uint8_t protocol, size_t *size)
{
    const uint8_t *ip = packet->bytes;
    bool is_ipv6 = ip[0] >> 4 == 6;
    size_t header = is_ipv6 ? 40 : 20;
    uint32_t sum;

    if (is_ipv6 != peer->is_ipv6 || ip[is_ipv6 ? 6 : 9] != protocol ||
        memcmp(ip + (is_ipv6 ? 24 : 16), peer->own, address_size(peer)) != 0 ||
        get16(ip + header + 2) != peer->own_port) {
        return NULL;
    }
    /* An answer comes from where the question went to; a server's peer knows no address yet. */
    assert_memory_equal(ip + (is_ipv6 ? 8 : 12), peer->other, address_size(peer));
    *size = (is_ipv6 ? get16(ip + 4) + 40 : get16(ip + 2)) - header;
    assert_int_equal(*size, packet->size - header);
    sum = sum_of(ip + (is_ipv6 ? 8 : 12), 2 * address_size(peer), protocol + (uint32_t)*size);
    assert_int_equal(checksum(sum_of(ip + header, *size, sum)), 0);
    return ip + header;
}

/* ---- TCP ----------------------------------------------------------------------------------- */

static void take_segment(struct peer *peer, const uint8_t *tcp, size_t size)
{
    size_t header = (size_t)(tcp[12] >> 4) * 4;
    unsigned flags = tcp[13];
    uint32_t sequence = get32(tcp + 4);
    size_t data = size - header;

    if ((flags & TCP_FLAG_RST) != 0) {
        peer->has_reset = true;
        return;
    }
    if ((flags & TCP_FLAG_ACK) != 0) {
        uint32_t acked = get32(tcp + 8);
        if ((int32_t)(acked - peer->acked) > 0) {
            peer->acked = acked; /* an older one may come later */
        }
    }
    if ((flags & TCP_FLAG_SYN) != 0) {
        peer->has_syn = true;
        peer->expected = sequence + 1;
        return;
    }
    peer->segments += data > 0 || (flags & TCP_FLAG_FIN) != 0;
    if (sequence != peer->expected || (peer->window == 0 && data > 0)) {
        return; /* a repetition, or a probe of a window that is closed */
    }
    assert_true(peer->received + data <= PEER_RECEIVED_MAX);
    memcpy(peer->data + peer->received, tcp + header, data);
    peer->received += data;
    peer->expected += (uint32_t)data;
    if ((flags & TCP_FLAG_FIN) != 0) {
        peer->has_fin = true;
        peer->expected++;
    }
}

void peer_listen(struct peer *peer)
{
    struct packet packet;

    while (stack_take(&packet)) {
        size_t size;
        const uint8_t *tcp = open_packet(peer, &packet, PROTOCOL_TCP, &size);
        if (tcp != NULL && get16(tcp) == peer->other_port) {
            take_segment(peer, tcp, size);
        }
    }
}

static void send_segment(struct peer *peer, uint32_t sequence, unsigned flags, const void *data,
                         size_t size)
{
    uint8_t tcp[TCP_HEADER + TCP_MSS_OPTION + PACKET_MAX] = {0};
    bool has_option = (flags & TCP_FLAG_SYN) != 0 && peer->mss != 0;
    size_t header = TCP_HEADER + (has_option ? TCP_MSS_OPTION : 0);

    assert_true(size <= PACKET_MAX);
    put16(tcp, peer->own_port);
    put16(tcp + 2, peer->other_port);
    put32(tcp + 4, sequence);
    if ((flags & TCP_FLAG_ACK) != 0) {
        put32(tcp + 8, peer->expected);
    }
    tcp[12] = (uint8_t)(header / 4 << 4);
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, peer->window);
    if (has_option) {
        put32(tcp + TCP_HEADER, 0x02040000u | peer->mss);
    }
    if (size > 0) {
        memcpy(tcp + header, data, size);
    }
    deliver(peer, PROTOCOL_TCP, tcp, header + size, 16);
    peer_listen(peer);
    if (peer->cut_after != 0 && --peer->cut_after == 0) {
        peer->is_cut = true;
        peer_segment(peer, peer->cut_flags, NULL, 0);
    }
}

void peer_segment(struct peer *peer, unsigned flags, const void *data, size_t size)
{
    uint32_t sequence = peer->next;
    bool is_counted = (flags & (TCP_FLAG_SYN | TCP_FLAG_FIN)) != 0;

    peer->next += (uint32_t)size + (is_counted ? 1 : 0);
    send_segment(peer, sequence, flags, data, size);
}

void peer_segment_ahead(struct peer *peer, size_t ahead, unsigned flags, const void *data,
                        size_t size)
{
    send_segment(peer, peer->next + (uint32_t)ahead, flags, data, size);
}

bool peer_connect(struct peer *peer)
{
    uint32_t first = peer->next;

    if (!peer->has_syn) {
        peer_segment(peer, TCP_FLAG_SYN, NULL, 0);
        peer->next = first;
    }
    if (peer->has_syn) {
        peer->next = first + 1;
        peer_ack(peer);
    }
    return peer->has_syn;
}

void peer_accept(struct peer *peer)
{
    struct packet packet;
    const uint8_t *tcp = NULL;
    size_t size;

    peer->own_port = 9999;
    while (tcp == NULL && stack_take(&packet)) {
        tcp = open_packet(peer, &packet, PROTOCOL_TCP, &size);
        if (tcp != NULL && (tcp[13] & TCP_FLAG_SYN) == 0) {
            tcp = NULL; /* of an earlier connection */
        }
    }
    if (tcp == NULL) {
        fail_msg("the node has sent no SYN to this peer");
        return;
    }
    peer->other_port = (uint16_t)get16(tcp);
    take_segment(peer, tcp, size);
    assert_true(peer->has_syn);
    peer_segment(peer, TCP_FLAG_SYN | TCP_FLAG_ACK, NULL, 0);
}

void peer_say(struct peer *peer, const char *text)
{
    peer_segment(peer, TCP_FLAG_ACK | TCP_FLAG_PSH, text, strlen(text));
}

void peer_ack(struct peer *peer)
{
    peer_segment(peer, TCP_FLAG_ACK, NULL, 0);
}

void peer_fin(struct peer *peer)
{
    peer_segment(peer, TCP_FLAG_FIN | TCP_FLAG_ACK, NULL, 0);
}

void peer_reset(struct peer *peer)
{
    peer_segment(peer, TCP_FLAG_RST | TCP_FLAG_ACK, NULL, 0);
}

void peer_expect(const struct peer *peer, const char *text)
{
    assert_int_equal(peer->received, strlen(text));
    assert_memory_equal(peer->data, text, peer->received);
}

/* ---- UDP ----------------------------------------------------------------------------------- */

void peer_datagram(struct peer *peer, const void *data, size_t size)
{
    uint8_t udp[65536 - 40];

    assert_true(size <= sizeof udp - UDP_HEADER);
    put16(udp, peer->own_port);
    put16(udp + 2, peer->other_port);
    put16(udp + 4, (uint32_t)(UDP_HEADER + size));
    put16(udp + 6, 0);
    if (size > 0) {
        memcpy(udp + UDP_HEADER, data, size);
    }
    deliver(peer, PROTOCOL_UDP, udp, UDP_HEADER + size, 6);
}

bool peer_take_datagram(struct peer *peer)
{
    struct packet packet;

    while (stack_take(&packet)) {
        size_t size;
        const uint8_t *udp = open_packet(peer, &packet, PROTOCOL_UDP, &size);
        if (udp != NULL) {
            assert_int_equal(get16(udp + 4), size);
            peer->other_port = (uint16_t)get16(udp);
            peer->received = size - UDP_HEADER;
            memcpy(peer->data, udp + UDP_HEADER, peer->received);
            return true;
        }
    }
    return false;
}
