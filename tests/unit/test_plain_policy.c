/* SPDX-License-Identifier: BSD-3-Clause */
/* The rules of SPEC.md, 4.3, and their order: a datagram that breaks several names the first. */
#include "plain_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct msgr_plain_policy policy;
static struct msgr_plain_datagram datagram;

static int setup(void **state)
{
    (void)state;
    memset(&policy, 0, sizeof policy);
    policy.own_port = 9999;
    datagram = (struct msgr_plain_datagram){
        .text = "a harmless question",
        .size = 19,
        .answer_size = 52,
        .source_port = 40000,
        .is_on_link = true,
    };
    return 0;
}

static enum msgr_plain_reason verdict(void)
{
    return msgr_plain_policy(&policy, &datagram, 1000);
}

static void harmless_question_is_answered(void **state)
{
    (void)state;
    assert_false(msgr_plain_policy_is_framed(&datagram));
    assert_int_equal(verdict(), MSGR_PLAIN_DONE);
}

static void mark_is_framed_and_its_parts_are_not(void **state)
{
    (void)state;
    datagram.text = "\xF9MG\x01";
    datagram.size = 4;
    assert_true(msgr_plain_policy_is_framed(&datagram));
    datagram.size = 2;
    assert_false(msgr_plain_policy_is_framed(&datagram));
}

static void each_rule_holds_in_its_order(void **state)
{
    (void)state;
    /* All broken at once; then mended one by one, from the first. */
    datagram.is_group = true;
    datagram.is_on_link = false;
    datagram.source_port = 1023;
    datagram.text = "Message received: ";
    datagram.size = 18;
    datagram.answer_size = 55;
    for (int i = 0; i < MSGR_PLAIN_RATE_BURST; i++) {
        assert_true(msgr_rate_limit_take(&policy.rate, &datagram.source, 1000));
    }
    assert_int_equal(verdict(), MSGR_PLAIN_GROUP);
    datagram.is_group = false;
    assert_int_equal(verdict(), MSGR_PLAIN_OFF_LINK);
    policy.off_link = true;
    assert_int_equal(verdict(), MSGR_PLAIN_SERVICE_PORT);
    datagram.source_port = 9999;
    assert_int_equal(verdict(), MSGR_PLAIN_SERVICE_PORT);
    datagram.source_port = 1024;
    assert_int_equal(verdict(), MSGR_PLAIN_ECHO);
    datagram.text = "message received: ";
    assert_int_equal(verdict(), MSGR_PLAIN_RATE);
    datagram.answer_size = 54;
    assert_int_equal(verdict(), MSGR_PLAIN_DONE);
}

static void answer_three_times_as_long_costs_nothing(void **state)
{
    (void)state;
    datagram.answer_size = 3 * datagram.size;
    for (int i = 0; i < 10 * MSGR_PLAIN_RATE_BURST; i++) {
        assert_int_equal(verdict(), MSGR_PLAIN_DONE);
    }
}

static void unanswered_datagram_costs_nothing(void **state)
{
    (void)state;
    datagram.answer_size = 100;
    datagram.is_group = true;
    for (int i = 0; i < 10 * MSGR_PLAIN_RATE_BURST; i++) {
        assert_int_equal(verdict(), MSGR_PLAIN_GROUP);
    }
    datagram.is_group = false;
    assert_int_equal(verdict(), MSGR_PLAIN_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(harmless_question_is_answered, setup),
        cmocka_unit_test_setup(mark_is_framed_and_its_parts_are_not, setup),
        cmocka_unit_test_setup(each_rule_holds_in_its_order, setup),
        cmocka_unit_test_setup(answer_three_times_as_long_costs_nothing, setup),
        cmocka_unit_test_setup(unanswered_datagram_costs_nothing, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
