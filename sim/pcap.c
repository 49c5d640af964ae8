/* SPDX-License-Identifier: BSD-3-Clause */
/* The recorder stands between lwIP and the interface, in both directions: where there are threads,
 * in one each. */
#include "pcap.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define MAGIC         0xA1B2C3D4u
#define LINK_ETHERNET 1u
#define SNAP_LENGTH   65535u

struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, snap_length, link;
};

struct frame_header {
    uint32_t seconds, microseconds, captured, length;
};

static FILE *file;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the file */
static netif_input_fn input;
static netif_linkoutput_fn output;

static void write_frame(const struct pbuf *p)
{
    struct timespec now;
    struct frame_header header;

    if (file == NULL) {
        return;
    }
    (void)clock_gettime(CLOCK_REALTIME, &now);
    header = (struct frame_header){(uint32_t)now.tv_sec, (uint32_t)(now.tv_nsec / 1000), p->tot_len,
                                   p->tot_len};
    fwrite(&header, sizeof header, 1, file);
    for (; p != NULL; p = p->next) {
        fwrite(p->payload, p->len, 1, file);
    }
    if (fflush(file) != 0 || ferror(file)) {
        fprintf(stderr, "error: --pcap: %s; no more frames are recorded\n", strerror(errno));
        fclose(file);
        file = NULL;
    }
}

static void record(const struct pbuf *p)
{
    pthread_mutex_lock(&lock);
    write_frame(p);
    pthread_mutex_unlock(&lock);
}

static err_t record_input(struct pbuf *p, struct netif *netif)
{
    record(p);
    return input(p, netif);
}

static err_t record_output(struct netif *netif, struct pbuf *p)
{
    record(p);
    return output(netif, p);
}

bool pcap_start(struct netif *netif, const char *path)
{
    struct file_header header = {MAGIC, 2, 4, 0, 0, SNAP_LENGTH, LINK_ETHERNET};

    file = fopen(path, "wbe");
    if (file == NULL) {
        fprintf(stderr, "error: --pcap %s: %s\n", path, strerror(errno));
        return false;
    }
    fwrite(&header, sizeof header, 1, file);
    fflush(file);
    input = netif->input;
    output = netif->linkoutput;
    netif->input = record_input;
    netif->linkoutput = record_output;
    return true;
}
