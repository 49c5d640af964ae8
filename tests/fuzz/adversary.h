/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Who knows the format, reads everything, and may even know the nonces: makes one frame, right in
 * its form and its check, and near the limits of what is allowed in its contents.
 */
#ifndef FUZZ_ADVERSARY_H
#define FUZZ_ADVERSARY_H

#include "world.h"

/** A frame of any type, for one end of a wire. */
void adversary_inject(struct world *world, struct input *input);

/** Change a byte of what is under way, and make the checks right again. */
void adversary_change(struct world *world, struct input *input, struct wire *wire, unsigned node);

#endif
