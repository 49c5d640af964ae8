/* SPDX-License-Identifier: BSD-3-Clause */
/* A table of what can be set; one reader of numbers with a unit for all of it. */
#include "weather.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 256

const struct weather weather_clear = {.burst = 1, .hold_ns = 10000000, .queue = 32};

enum kind {
    KIND_PROBABILITY,
    KIND_LENGTH,
    KIND_TIME,
    KIND_RATE,
    KIND_COUNT,
};

struct unit {
    enum kind kind;
    const char *name;
    double size;
};

static const struct unit units[] = {
    {KIND_PROBABILITY, "%", 0.01}, {KIND_LENGTH, "", 1},     {KIND_TIME, "ns", 1},
    {KIND_TIME, "us", 1e3},        {KIND_TIME, "ms", 1e6},   {KIND_TIME, "s", 1e9},
    {KIND_RATE, "bit", 1},         {KIND_RATE, "kbit", 1e3}, {KIND_RATE, "Mbit", 1e6},
    {KIND_RATE, "Gbit", 1e9},      {KIND_COUNT, "", 1},
};

static const struct {
    double least, most;
    const char *wanted;
} ranges[] = {
    [KIND_PROBABILITY] = {0, 1, "give a percentage from 0% to 100%"},
    [KIND_LENGTH] = {1, 10000, "give a mean number of frames from 1 to 10000"},
    [KIND_TIME] = {0, 60e9, "give a time from 0s to 60s, with its unit: 5ms, 200us"},
    [KIND_RATE] = {1000, 100e9, "give a rate from 1kbit to 100Gbit a second, or off"},
    [KIND_COUNT] = {1, WEATHER_QUEUE_MAX, "give a number of frames from 1 to 4096"},
};

static const struct setting {
    const char *name;
    enum kind kind;
    size_t offset;
} settings[] = {
    {"loss", KIND_PROBABILITY, offsetof(struct weather, loss)},
    {"burst", KIND_LENGTH, offsetof(struct weather, burst)},
    {"delay", KIND_TIME, offsetof(struct weather, delay_ns)},
    {"jitter", KIND_TIME, offsetof(struct weather, jitter_ns)},
    {"duplicate", KIND_PROBABILITY, offsetof(struct weather, duplicate)},
    {"reorder", KIND_PROBABILITY, offsetof(struct weather, reorder)},
    {"hold", KIND_TIME, offsetof(struct weather, hold_ns)},
    {"flip", KIND_PROBABILITY, offsetof(struct weather, flip)},
    {"rate", KIND_RATE, offsetof(struct weather, rate)},
    {"queue", KIND_COUNT, offsetof(struct weather, queue)},
};

/* Digits first: strtod() would take inf, nan and hexadecimal, too. */
static bool read_quantity(enum kind kind, const char *text, double *quantity)
{
    char *unit;
    double number = strtod(text, &unit);

    if (!isdigit((unsigned char)text[0]) || text[1] == 'x' || text[1] == 'X') {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (units[i].kind == kind && strcmp(units[i].name, unit) == 0) {
            *quantity = number * units[i].size;
            return *quantity >= ranges[kind].least && *quantity <= ranges[kind].most;
        }
    }
    return false;
}

static void store(struct weather *weather, const struct setting *setting, double quantity)
{
    void *value = (char *)weather + setting->offset;

    switch (setting->kind) {
    case KIND_TIME:
    case KIND_RATE:
        *(uint64_t *)value = (uint64_t)(quantity + 0.5);
        break;
    case KIND_COUNT:
        *(uint32_t *)value = (uint32_t)quantity;
        break;
    case KIND_PROBABILITY:
    case KIND_LENGTH:
    default:
        *(double *)value = quantity;
        break;
    }
}

static const struct setting *find_setting(const char *name)
{
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (strcmp(settings[i].name, name) == 0) {
            return &settings[i];
        }
    }
    return NULL;
}

bool weather_set(struct weather *weather, const char *name, const char *value)
{
    const struct setting *setting = find_setting(name);
    double quantity = 0;

    if (setting == NULL) {
        fprintf(stderr,
                "error: %s: there is no such setting; there are loss, burst, delay, jitter, "
                "duplicate, reorder, hold, flip, rate and queue\n",
                name);
        return false;
    }
    if (!(setting->kind == KIND_RATE && strcmp(value, "off") == 0) &&
        !read_quantity(setting->kind, value, &quantity)) {
        fprintf(stderr, "error: %s %s: %s\n", name, value, ranges[setting->kind].wanted);
        return false;
    }
    store(weather, setting, quantity);
    return true;
}

bool weather_set_list(struct weather *weather, const char *list)
{
    char words[LIST_MAX];
    char *rest = words;
    struct weather changed = *weather;

    if (strlen(list) >= sizeof words) {
        fprintf(stderr, "error: a list of settings has %d characters at most\n", LIST_MAX - 1);
        return false;
    }
    memcpy(words, list, strlen(list) + 1);
    while (rest != NULL) {
        char *name = rest;
        char *value = strchr(name, '=');
        rest = strchr(name, ',');
        if (rest != NULL) {
            *rest++ = '\0';
        }
        if (value == NULL || (rest != NULL && value > rest)) {
            fprintf(stderr, "error: %s: give settings as loss=20%%,delay=5ms\n", name);
            return false;
        }
        *value++ = '\0';
        if (!weather_set(&changed, name, value)) {
            return false;
        }
    }
    *weather = changed;
    return true;
}

/* After a run of losses at least one frame passes. */
bool weather_check(const struct weather *weather)
{
    double most = weather->burst / (weather->burst + 1);

    if (weather->burst > 1 && weather->loss > most && weather->loss < 1) {
        fprintf(stderr,
                "error: loss %g%%: in runs of %g frames at most %g%% can be lost; ask for less, or "
                "for longer ones\n",
                100 * weather->loss, weather->burst, 100 * most);
        return false;
    }
    return true;
}
