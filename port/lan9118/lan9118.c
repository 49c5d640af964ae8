/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SMSC LAN9118, one frame at a time by the processor (PIO). Sections: LAN9118 data sheet, revision
 * 1.5 (07-11-08).
 *
 * The receive status of the frame at hand is popped when it is asked for, and kept until its data
 * have been read: the status FIFO's peek port answers from the wrong FIFO under QEMU.
 */
#include BOARD_H

#include "port/cortex-m/cortex_m.h"
#include "port/cortex-m/drivers.h"
#include "port/fifo.h"
#include "port/port.h"

#include <string.h>

#define NET(offset) REGISTER(BOARD_NET_BASE, offset)

/* 5.2, FIFO ports */
#define RX_DATA_FIFO   NET(0x00)
#define TX_DATA_FIFO   NET(0x20)
#define RX_STATUS_FIFO NET(0x40)
#define TX_STATUS_FIFO NET(0x48)

/* 5.3, system control and status registers */
#define ID_REV       NET(0x50)
#define IRQ_CFG      NET(0x54)
#define INT_STS      NET(0x58)
#define INT_EN       NET(0x5C)
#define BYTE_TEST    NET(0x64)
#define FIFO_INT     NET(0x68)
#define TX_CFG       NET(0x70)
#define HW_CFG       NET(0x74)
#define RX_FIFO_INF  NET(0x7C)
#define TX_FIFO_INF  NET(0x80)
#define MAC_CSR_CMD  NET(0xA4)
#define MAC_CSR_DATA NET(0xA8)

#define BYTE_TEST_RIGHT 0x87654321u
#define ID_LAN9118      0x0118u
#define HW_CFG_SRST     0x00000001u
#define HW_CFG_RUNNING  0x00150000u /* must-be-one; 5 KB of the 16 for sending */
#define TX_CFG_ON       0x00000002u
#define IRQ_CFG_ON      0x00000111u /* enabled, active high, push-pull */
#define INT_RSFL        0x00000008u /* receive status FIFO above its level, which is 0 */
#define CSR_BUSY        0x80000000u
#define CSR_READ        0x40000000u

/* 5.4, MAC registers, behind MAC_CSR_CMD */
#define MAC_CR         1u
#define MAC_ADDRH      2u
#define MAC_ADDRL      3u
#define MAC_MII_ACC    6u
#define MAC_MII_DATA   7u
#define MAC_CR_RUNNING 0x0018000Cu /* full duplex, all multicast, transmitter and receiver on */
#define MII_BUSY       0x00000001u
#define MII_PHY        (1u << 11) /* the internal one's address */

/* 5.5, PHY */
#define PHY_STATUS      1u
#define PHY_STATUS_LINK 0x0004u

/* 3.12.2, commands before a frame that is one piece */
#define TX_A_WHOLE 0x00003000u

#define FCS_SIZE         4u
#define COMMAND_SIZE     8u
#define POLLS_MAX        100000 /* some 10 ms; what takes longer does not work */
#define TX_STATUS_USED() (TX_FIFO_INF >> 16 & 0xFFu)

static size_t next_size; /* of the frame at hand, without FCS; 0: none */

/* ---- MAC and PHY registers ----------------------------------------------------------------- */

static bool wait_until_idle(void)
{
    for (int i = 0; i < POLLS_MAX; i++) {
        if ((MAC_CSR_CMD & CSR_BUSY) == 0) {
            return true;
        }
    }
    return false;
}

static uint32_t mac_read(uint32_t number)
{
    MAC_CSR_CMD = CSR_BUSY | CSR_READ | number;
    return wait_until_idle() ? MAC_CSR_DATA : 0;
}

static void mac_write(uint32_t number, uint32_t value)
{
    MAC_CSR_DATA = value;
    MAC_CSR_CMD = CSR_BUSY | number;
    (void)wait_until_idle();
}

static uint32_t phy_read(uint32_t number)
{
    mac_write(MAC_MII_ACC, MII_PHY | number << 6 | MII_BUSY);
    for (int i = 0; i < POLLS_MAX && mac_read(MAC_MII_ACC) & MII_BUSY; i++) {
    }
    return mac_read(MAC_MII_DATA);
}

/* The status latches a lost link until it is read (5.5.2): the second answer is of now. */
bool port_net_is_up(void)
{
    (void)phy_read(PHY_STATUS);
    return (phy_read(PHY_STATUS) & PHY_STATUS_LINK) != 0;
}

/* 3.10: loaded from the EEPROM. */
void port_mac(uint8_t mac[6])
{
    uint32_t low = mac_read(MAC_ADDRL);
    uint32_t high = mac_read(MAC_ADDRH);

    memcpy(mac, &low, 4);
    memcpy(mac + 4, &high, 2);
}

/* ---- start --------------------------------------------------------------------------------- */

static bool reset(void)
{
    HW_CFG = HW_CFG_SRST;
    for (int i = 0; i < POLLS_MAX; i++) {
        if ((HW_CFG & HW_CFG_SRST) == 0) {
            return true;
        }
    }
    return false;
}

static void set_mac(const uint8_t mac[6])
{
    mac_write(MAC_ADDRL, (uint32_t)mac[0] | (uint32_t)mac[1] << 8 | (uint32_t)mac[2] << 16 |
                             (uint32_t)mac[3] << 24);
    mac_write(MAC_ADDRH, (uint32_t)mac[4] | (uint32_t)mac[5] << 8);
}

bool port_net_start(const uint8_t mac[6])
{
    if (BYTE_TEST != BYTE_TEST_RIGHT || ID_REV >> 16 != ID_LAN9118 || !reset()) {
        return false;
    }
    next_size = 0;
    HW_CFG = HW_CFG_RUNNING;
    set_mac(mac);
    TX_CFG = TX_CFG_ON;
    mac_write(MAC_CR, MAC_CR_RUNNING);
    FIFO_INT = 0;
    INT_EN = 0; /* until net_arm() */
    IRQ_CFG = IRQ_CFG_ON;
    interrupt_enable(BOARD_NET_IRQ);
    return true;
}

/* ---- interrupt ----------------------------------------------------------------------------- */

void net_interrupt(void)
{
    INT_EN = 0;
    cortex_m_wake();
}

static bool is_frame_waiting(void)
{
    return next_size > 0 || (RX_FIFO_INF >> 16 & 0xFFu) > 0;
}

/* The look comes after the acknowledgement: what it takes away, the look sees. */
bool net_arm(void)
{
    INT_STS = INT_RSFL;
    INT_EN = INT_RSFL;
    return is_frame_waiting();
}

/* ---- receive ------------------------------------------------------------------------------- */

/*
 * Every word is read out: under QEMU fast-forward (RX_DP_CTL) corrupts the FIFO. It would not save
 * much on the chip either.
 */
static void read_out(size_t words)
{
    for (; words > 0; words--) {
        (void)RX_DATA_FIFO;
    }
}

static size_t words_of(size_t size)
{
    return (size + FCS_SIZE + 3) / 4;
}

size_t port_net_next(void)
{
    while (next_size == 0 && is_frame_waiting()) {
        size_t size = RX_STATUS_FIFO >> 16 & 0x3FFFu; /* 3.13.3: bits 29:16, with FCS */
        if (size > FCS_SIZE && size - FCS_SIZE <= PORT_FRAME_MAX) {
            next_size = size - FCS_SIZE;
        } else {
            read_out((size + 3) / 4);
        }
    }
    return next_size;
}

void port_net_read(struct pbuf *p)
{
    size_t words = fifo_read(&RX_DATA_FIFO, (struct fifo_rest){0, 0}, p);

    read_out(words_of(next_size) - words);
    next_size = 0;
}

void port_net_discard(void)
{
    read_out(words_of(next_size));
    next_size = 0;
}

/* ---- send ---------------------------------------------------------------------------------- */

bool port_net_send(const struct pbuf *p)
{
    while (TX_STATUS_USED() > 0) {
        (void)TX_STATUS_FIFO; /* a full one stops the transmitter (3.12.6) */
    }
    if ((TX_FIFO_INF & 0xFFFFu) < p->tot_len + COMMAND_SIZE) {
        return false;
    }
    TX_DATA_FIFO = TX_A_WHOLE | p->tot_len;
    TX_DATA_FIFO = p->tot_len;
    fifo_write(&TX_DATA_FIFO, (struct fifo_rest){0, 0}, p);
    return true;
}
