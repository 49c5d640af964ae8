/* SPDX-License-Identifier: BSD-3-Clause */
/* Without libedit lines are read as the terminal gives them. */
#include "editor.h"

bool editor_open(const struct editor_config *config)
{
    (void)config;
    return false;
}

void editor_close(void)
{
}

const char *editor_read(size_t *size)
{
    (void)size;
    return NULL;
}

size_t editor_rows(void)
{
    return 0;
}

void editor_hide(void)
{
}

void editor_show(void)
{
}

void editor_resize(void)
{
}

void editor_stop(void)
{
}

void editor_continue(void)
{
}

size_t editor_width(void)
{
    return 80;
}

size_t editor_height(void)
{
    return 24;
}
