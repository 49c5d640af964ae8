/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FILL IN: which Ethernet controller, and which document the sections below are of.
 *
 * Frames go one at a time, without FCS, between the controller and lwIP's pbufs; port/netif.c is
 * the rest. port/fifo.h copies them from and to a FIFO of 32-bit words. A controller that reads
 * memory by itself (DMA) has its descriptors and buffers here: static, aligned as it wants them,
 * and on a Cortex-M7 with its data cache on (it is off unless you turn it on) out of the cache.
 */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"
#include "port/port.h"

#include <string.h>

/* FILL IN: from the chip, an EEPROM, or, for a start, one like this: locally administered, and
 * different for each board on the link. Called before port_net_start(), too. */
void port_mac(uint8_t mac[6])
{
    static const uint8_t own[6] = {0x02, 0x00, 0x00, 0x00, 0x00, 0x01};

    memcpy(mac, own, sizeof own);
}

/*
 * FILL IN: clocks, pins, controller and PHY, with this MAC address and all multicast frames (IPv6
 * does not work without them), full duplex as negotiated; no interrupt until net_arm(). It may take
 * some milliseconds, but must not wait for the cable. False if the chip does not answer: read some
 * identification register first, and bound every loop.
 */
bool port_net_start(const uint8_t mac[6])
{
    (void)mac;
    interrupt_enable(BOARD_NET_IRQ);
    return false;
}

/* FILL IN: does the PHY have a link? It is asked once a second. In many PHYs the bit stays 0 after
 * a loss until it is read: read it twice. */
bool port_net_is_up(void)
{
    return true;
}

/* ---- interrupt ----------------------------------------------------------------------------- */

/* FILL IN: mask the controller's interrupt, so that this is called once; frames are not read here.
 */
void net_interrupt(void)
{
    cortex_m_wake();
}

/* FILL IN: acknowledge the receive interrupt, unmask it, and only then look whether a frame is
 * waiting: in this order none is overlooked. Called with interrupts off, before sleeping. */
bool net_arm(void)
{
    return port_net_next() != 0;
}

/* ---- receive ------------------------------------------------------------------------------- */

/* FILL IN: the next good frame's length without its FCS, from 1 to PORT_FRAME_MAX; 0 if there is
 * none. Throw away here what is damaged, longer or empty. Asked again before the frame is read or
 * discarded, it gives the same answer. */
size_t port_net_next(void)
{
    return 0;
}

/* FILL IN: copy that frame into the chain: p->len bytes to p->payload, and on with p->next; then
 * give its place back to the controller. */
void port_net_read(struct pbuf *p)
{
    (void)p;
}

/* FILL IN: give the frame's place back to the controller. */
void port_net_discard(void)
{
}

/* ---- send ---------------------------------------------------------------------------------- */

/*
 * FILL IN: copy the chain, p->tot_len bytes in all, to the controller, which adds FCS and, if it is
 * able to, fills frames up to 60 bytes; else do that here. The chain is lwIP's again afterwards, so
 * the controller must not read it later. No room: false at once, without waiting.
 */
bool port_net_send(const struct pbuf *p)
{
    (void)p;
    return false;
}
