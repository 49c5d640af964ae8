/* SPDX-License-Identifier: BSD-3-Clause */
/** The checker's parts, to one another. */
#ifndef TESTS_SIM_CHECKER_PARTS_H
#define TESTS_SIM_CHECKER_PARTS_H

#include "checker.h"

/* checker_sent.c */
void sent_abandon(struct way *way);
void sent_outcome(struct checker *checker, int node, const struct msgr_event *event);
void sent_check_deadlines(struct checker *checker, int node);
void sent_check_none_pending(struct checker *checker, int node);
void sent_check_lies(struct checker *checker, int node);

/* checker_got.c */
void got_message(struct checker *checker, int node, const struct msgr_event *event);

/* checker_tiny.c */
void tiny_check(struct checker *checker, int sender);

#endif
