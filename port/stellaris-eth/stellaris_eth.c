/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Ethernet controller of Stellaris LM3S6965, one frame at a time by the processor. Sections:
 * LM3S6965 data sheet, DS-LM3S6965-12746.
 *
 * A frame in the receive FIFO begins with its length in the low half of its first word; the high
 * half is the frame's first two bytes. port_net_next() reads that word and keeps it.
 */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"
#include "port/fifo.h"
#include "port/port.h"

#define NET(offset) REGISTER(BOARD_NET_BASE, offset)

/* 17.5, Ethernet MAC registers */
#define MACRIS  NET(0x00) /* read; written it is MACIACK */
#define MACIM   NET(0x04)
#define MACRCTL NET(0x08)
#define MACTCTL NET(0x0C)
#define MACDATA NET(0x10)
#define MACIA0  NET(0x14)
#define MACIA1  NET(0x18)
#define MACMCTL NET(0x20)
#define MACMDV  NET(0x24)
#define MACMRXD NET(0x30)
#define MACNP   NET(0x34)
#define MACTR   NET(0x38)

#define INT_RX        0x01u
#define INT_ALL       0x7Fu
#define RCTL_RUNNING  0x0Bu /* receiver on, all multicast, frames with a bad FCS refused */
#define RCTL_RSTFIFO  0x10u
#define TCTL_RUNNING  0x17u /* transmitter on, padding, FCS, full duplex */
#define TR_NEWTX      0x01u
#define NP_MASK       0x3Fu
#define MCTL_START    0x01u
#define MDV_FOR_2_MHZ (BOARD_CLOCK_HZ / 5000000) /* 17.3.2.4: at most 2.5 MHz */

/* 17.6, PHY registers */
#define PHY_STATUS      1u
#define PHY_ID1         2u
#define PHY_STATUS_LINK 0x0004u

/* 5.4, clock gating; 8, flash: where the board's maker leaves the MAC address */
#define RCGC2          REGISTER(0x400FE000, 0x108)
#define RCGC2_ETHERNET 0x50000000u /* PHY and MAC */
#define USER_REG0      REGISTER(0x400FE000, 0x1E0)
#define USER_REG1      REGISTER(0x400FE000, 0x1E4)

#define LENGTH_SIZE 2u
#define FCS_SIZE    4u
#define HEADER_SIZE 14u
#define POLLS_MAX   100000 /* some 10 ms; what takes longer does not work */

static size_t next_size; /* of the frame at hand, without FCS; 0: none */
static uint32_t first_word;

/* ---- PHY ----------------------------------------------------------------------------------- */

static uint32_t phy_read(uint32_t number)
{
    MACMCTL = number << 3 | MCTL_START;
    for (int i = 0; i < POLLS_MAX && MACMCTL & MCTL_START; i++) {
    }
    return MACMRXD & 0xFFFFu;
}

/* QEMU has no PHY here: its identifier reads as 0, and the cable counts as plugged in. */
bool port_net_is_up(void)
{
    if (phy_read(PHY_ID1) == 0) {
        return true;
    }
    (void)phy_read(PHY_STATUS); /* latches a lost link until it is read */
    return (phy_read(PHY_STATUS) & PHY_STATUS_LINK) != 0;
}

/* ---- start --------------------------------------------------------------------------------- */

void port_mac(uint8_t mac[6])
{
    for (unsigned i = 0; i < 3; i++) {
        mac[i] = (uint8_t)(USER_REG0 >> 8 * i);
        mac[i + 3] = (uint8_t)(USER_REG1 >> 8 * i);
    }
}

bool port_net_start(const uint8_t mac[6])
{
    RCGC2 |= RCGC2_ETHERNET;
    (void)RCGC2; /* 5.3: three cycles before the first access */
    MACIM = 0;
    MACRCTL = RCTL_RSTFIFO;
    MACRIS = INT_ALL;
    next_size = 0;
    MACMDV = MDV_FOR_2_MHZ;
    MACIA0 =
        (uint32_t)mac[0] | (uint32_t)mac[1] << 8 | (uint32_t)mac[2] << 16 | (uint32_t)mac[3] << 24;
    MACIA1 = (uint32_t)mac[4] | (uint32_t)mac[5] << 8;
    MACTCTL = TCTL_RUNNING;
    MACRCTL = RCTL_RUNNING;
    interrupt_enable(BOARD_NET_IRQ);
    return MACIA1 == ((uint32_t)mac[4] | (uint32_t)mac[5] << 8);
}

/* ---- interrupt ----------------------------------------------------------------------------- */

void net_interrupt(void)
{
    MACIM = 0;
    cortex_m_wake();
}

static bool is_frame_waiting(void)
{
    return next_size > 0 || (MACNP & NP_MASK) > 0;
}

/* The look comes after the acknowledgement: what it takes away, the look sees. */
bool net_arm(void)
{
    MACRIS = INT_RX;
    MACIM = INT_RX;
    return is_frame_waiting();
}

/* ---- receive ------------------------------------------------------------------------------- */

/* 17.3.1.2: the length counts itself and the FCS. */
static size_t words_of(size_t size)
{
    return (LENGTH_SIZE + size + FCS_SIZE + 3) / 4;
}

static void read_out(size_t words)
{
    for (; words > 0; words--) {
        (void)MACDATA;
    }
}

size_t port_net_next(void)
{
    while (next_size == 0 && is_frame_waiting()) {
        size_t size;
        first_word = MACDATA;
        size = first_word & 0xFFFFu;
        if (size > LENGTH_SIZE + FCS_SIZE && size <= LENGTH_SIZE + PORT_FRAME_MAX + FCS_SIZE) {
            next_size = size - LENGTH_SIZE - FCS_SIZE;
        } else if (size > 4) {
            read_out((size + 3) / 4 - 1);
        }
    }
    return next_size;
}

void port_net_read(struct pbuf *p)
{
    size_t words = fifo_read(&MACDATA, (struct fifo_rest){first_word >> 16, 16}, p);

    read_out(words_of(next_size) - 1 - words);
    next_size = 0;
}

void port_net_discard(void)
{
    read_out(words_of(next_size) - 1);
    next_size = 0;
}

/* ---- send ---------------------------------------------------------------------------------- */

/* 17.3.1.2: the first word's low half is the length without header. One frame fits. */
bool port_net_send(const struct pbuf *p)
{
    if (p->tot_len < HEADER_SIZE || p->tot_len > PORT_FRAME_MAX) {
        return false;
    }
    for (int i = 0; MACTR & TR_NEWTX; i++) {
        if (i == POLLS_MAX) {
            return false;
        }
    }
    fifo_write(&MACDATA, (struct fifo_rest){p->tot_len - HEADER_SIZE, 16}, p);
    MACTR = TR_NEWTX;
    return true;
}
