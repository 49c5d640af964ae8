/* SPDX-License-Identifier: BSD-3-Clause */
/** Calling a node, and waiting until it is there. */
#ifndef DESKTOP_CONTACT_H
#define DESKTOP_CONTACT_H

#include "url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTACT_WHY 400

/**
 * Call the node at the URL and wait until it is up, or Ctrl-C comes.
 * @param why  what went wrong, in words
 * @return the peer's handle, or -1
 */
int contact_wait(const struct url *url, uint32_t deadline_ms, char why[CONTACT_WHY]);

/**
 * What is the trouble with a target (msgr_sockets_connect_url()) that has no link, or is refused.
 * @param is_final  set: trying again will not help
 * @return whether there is any trouble
 */
bool contact_trouble(int target, const struct url *url, char why[CONTACT_WHY], bool *is_final);

/** The peer at its other end, up or not; -1 while it is not known. */
int contact_peer(int target);

#endif
