/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"

#include "end.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char usage[] =
    "Usage: sim/impair A B [OPTION...]\n"
    "\n"
    "Carries Ethernet frames between two ends, A and B, not quite as they are: what happens to\n"
    "them is rolled with seeded dice, frame by frame, and counted. Whatever speaks Ethernet may "
    "be\n"
    "at the ends: nodes of the simulator, boards under QEMU, Linux itself behind a TAP device.\n"
    "\n"
    "An end, A or B:\n"
    "  wire:PATH           a virtual wire, the same as --wire PATH of msgr-sim\n"
    "  wire:LOCAL,REMOTE   the same, by the paths of both its ends, ours first: for sim/board\n"
    "  tap:NAME            a TAP device, as sim/lan makes them (sim/lan --impair)\n"
    "Whoever is at the other side of an end may come and go.\n"
    "\n"
    "Settings, for both directions; P is a percentage (20%), T a time (5ms, 200us, 1.5s):\n"
    "  --loss P            so many frames are lost\n"
    "  --burst N           in runs of N frames on average; unless given, each by itself\n"
    "  --delay T           each frame is so late\n"
    "  --jitter T          and by a random part of T later; frames stay in order\n"
    "  --duplicate P       so many frames come twice\n"
    "  --reorder P         so many are held back, so that those behind overtake them\n"
    "  --hold T            for so long; 10ms unless given\n"
    "  --flip P            so many have one bit changed, anywhere behind the Ethernet header. It "
    "is\n"
    "                      a change that Ethernet's own checksum did not see; those of IP, UDP\n"
    "                      and TCP see nearly all of these: most are lost at the receiver\n"
    "  --rate R            a line of so many bits a second, 1kbit to 100Gbit; off: no limit\n"
    "  --queue N           frames that wait for it, 1 to 4096; 32 unless given. More are dropped\n"
    "  --ab S, --ba S      for the direction from A to B, or back: --ab loss=20%,delay=5ms\n"
    "  --both S            the same for both. Of two that say the same, the later one counts\n"
    "\n"
    "Options:\n"
    "  --spare-arp         leave ARP and IPv6's neighbour discovery alone, but for --delay. "
    "Unless\n"
    "                      given, all frames suffer, as in a real network; but a lost ARP costs a\n"
    "                      second or more, which says nothing about the protocol above\n"
    "  --seed N            the same frames in the same order have the same fate; random unless\n"
    "                      given, and shown\n"
    "  --counters SECONDS  show the counters so often; at the end they are shown anyway\n"
    "  --json              say all that in JSON, one object a line\n"
    "  --help              this text\n"
    "\n"
    "Commands, lines on standard input, at any time; each is answered by ok:\n"
    "  [ab|ba] loss 30%    any of the settings by its name; without ab or ba for both directions\n"
    "  [ab|ba] cut         pull the cable: what comes, and what is under way, is gone\n"
    "  [ab|ba] mend        put it in again\n"
    "  [ab|ba] clear       no impairments at all\n"
    "  counters            show the counters\n"
    "  quit                end; so do Ctrl-C and SIGTERM. The end of the input does not\n"
    "\n"
    "Counters, for each direction: in + duplicated = passed + lost + cut + dropped (no room in "
    "the\n"
    "queue) + absent (nobody at the other end) + waiting (still under way). Up to 8191 frames are\n"
    "under way; then their sender has to wait, as it has if the receiver does not read.\n"
    "\n"
    "Exit status: 0 ended as it was told to; 1 it could not go on; 2 the command line is wrong.\n";

enum {
    OPT_SETTING = 256,
    OPT_AB,
    OPT_BA,
    OPT_BOTH,
    OPT_SPARE_ARP,
    OPT_SEED,
    OPT_COUNTERS,
    OPT_JSON,
    OPT_HELP,
};

static const struct option known[] = {
    {"loss", required_argument, NULL, OPT_SETTING},
    {"burst", required_argument, NULL, OPT_SETTING},
    {"delay", required_argument, NULL, OPT_SETTING},
    {"jitter", required_argument, NULL, OPT_SETTING},
    {"duplicate", required_argument, NULL, OPT_SETTING},
    {"reorder", required_argument, NULL, OPT_SETTING},
    {"hold", required_argument, NULL, OPT_SETTING},
    {"flip", required_argument, NULL, OPT_SETTING},
    {"rate", required_argument, NULL, OPT_SETTING},
    {"queue", required_argument, NULL, OPT_SETTING},
    {"ab", required_argument, NULL, OPT_AB},
    {"ba", required_argument, NULL, OPT_BA},
    {"both", required_argument, NULL, OPT_BOTH},
    {"spare-arp", no_argument, NULL, OPT_SPARE_ARP},
    {"seed", required_argument, NULL, OPT_SEED},
    {"counters", required_argument, NULL, OPT_COUNTERS},
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

__attribute__((format(printf, 1, 2))) static void say_wrong(const char *format, ...)
{
    va_list values;

    fputs("error: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputs("\nsim/impair --help says how it is used.\n", stderr);
}

#define wrong(...) (say_wrong(__VA_ARGS__), false)

static bool read_number(const char *name, const char *text, uint64_t least, uint64_t most,
                        uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    return (isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0 && *number >= least &&
            *number <= most) ||
           wrong("%s %s: give a whole number from %llu to %llu", name, text,
                 (unsigned long long)least, (unsigned long long)most);
}

static bool read_option(struct options *options, int option, const char *name, const char *text)
{
    struct weather *weather = options->weather;
    uint64_t seconds = 0;

    switch (option) {
    case OPT_SETTING:
        return weather_set(&weather[0], name, text) && weather_set(&weather[1], name, text);
    case OPT_AB:
        return weather_set_list(&weather[0], text);
    case OPT_BA:
        return weather_set_list(&weather[1], text);
    case OPT_BOTH:
        return weather_set_list(&weather[0], text) && weather_set_list(&weather[1], text);
    case OPT_SPARE_ARP:
        options->spares_arp = true;
        return true;
    case OPT_SEED:
        return read_number("--seed", text, 0, UINT64_MAX, &options->seed);
    case OPT_COUNTERS:
        if (!read_number("--counters", text, 1, 86400, &seconds)) {
            return false;
        }
        options->interval_ns = seconds * 1000000000;
        return true;
    case OPT_JSON:
        options->is_json = true;
        return true;
    case ':':
        return wrong("%s needs a value", text);
    default:
        return wrong("%s: there is no such option, or it takes no value", text);
    }
}

static bool read_ends(struct options *options, int count, char **names)
{
    if (count != 2) {
        return wrong("give two ends, not %d: wire:PATH, wire:LOCAL,REMOTE or tap:NAME", count);
    }
    for (int i = 0; i < 2; i++) {
        if (!end_is_name(names[i])) {
            return wrong("%s: an end is wire:PATH, wire:LOCAL,REMOTE or tap:NAME", names[i]);
        }
        options->ends[i] = names[i];
    }
    return strcmp(names[0], names[1]) != 0 ||
           wrong("%s: the two ends are the same; give a wire or a device for each side", names[0]);
}

static bool check_weather(const struct options *options)
{
    return (weather_check(&options->weather[0]) && weather_check(&options->weather[1]));
}

/* Short, for it may have to be typed again. */
static uint64_t random_seed(void)
{
    uint32_t seed = 0;

    (void)!getrandom(&seed, sizeof seed, 0);
    return seed;
}

int options_read(struct options *options, int argc, char **argv)
{
    int option;
    int which = 0;

    *options = (struct options){.weather = {weather_clear, weather_clear}, .seed = random_seed()};
    opterr = 0; /* the words are ours */
    while ((option = getopt_long(argc, argv, ":", known, &which)) != -1) {
        if (option == OPT_HELP) {
            fputs(usage, stdout);
            return 0;
        }
        if (!read_option(options, option, known[which].name,
                         optarg != NULL ? optarg : argv[optind - 1])) {
            return 2;
        }
    }
    return read_ends(options, argc - optind, argv + optind) && check_weather(options) ? -1 : 2;
}
