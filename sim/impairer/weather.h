/* SPDX-License-Identifier: BSD-3-Clause */
/** What frames of one direction have to go through, and how a person or a program says so. */
#ifndef SIM_IMPAIRER_WEATHER_H
#define SIM_IMPAIRER_WEATHER_H

#include <stdbool.h>
#include <stdint.h>

#define WEATHER_QUEUE_MAX 4096

struct weather {
    double loss, duplicate, reorder, flip; /* probabilities, 0 to 1 */
    double burst; /* mean length of a run of losses; 1: none depends on another */
    uint64_t delay_ns, jitter_ns, hold_ns; /* 0 to a minute */
    uint64_t rate;                         /* bits a second; 0: no limit */
    uint32_t queue;                        /* frames that wait for the line, at a limited rate */
    bool is_cut;
};

/** Nothing is lost, changed or late. */
extern const struct weather weather_clear;

/**
 * Set the value that is called @p name, loss or delay for example, as words say it: 20%, 5ms.
 * @return false, having written to standard error what is wrong, and changed nothing
 */
bool weather_set(struct weather *weather, const char *name, const char *value);

/** The same for a list: loss=20%,delay=5ms. */
bool weather_set_list(struct weather *weather, const char *list);

/** Can its settings be had together? @return false, having written why not */
bool weather_check(const struct weather *weather);

#endif
