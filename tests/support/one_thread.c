/* SPDX-License-Identifier: BSD-3-Clause */
#include "one_thread.h"

#include "stack.h"

#include "lwip/err.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WAIT_MAX_MS 60000

static bool has_begun;
static unsigned waits;
static unsigned protections;

void one_thread_begin(void)
{
    has_begun = true;
}

bool one_thread_run(void)
{
    bool has_run = false;

    while (tcpip_thread_poll_one() != 0) {
        has_run = true;
    }
    return has_run;
}

unsigned one_thread_waits(void)
{
    return waits;
}

/* lwIP asks (lwipopts.h). */
void sys_check_core_locking(void)
{
    if (has_begun && !lock_tcpip_core.is_taken) {
        fail_msg("lwIP's core is used without its lock");
    }
}

/* Time passes on lwIP's side until the next of its timers; or it does what was posted. */
static void let_lwip_go_on(uint32_t most_ms)
{
    uint32_t step;

    assert_false(lock_tcpip_core.is_taken); /* who waits with the lock waits for ever */
    if (one_thread_run()) {
        return;
    }
    LOCK_TCPIP_CORE();
    step = sys_timeouts_sleeptime();
    UNLOCK_TCPIP_CORE();
    stack_skip(step < most_ms ? step : most_ms);
    LOCK_TCPIP_CORE();
    sys_check_timeouts();
    UNLOCK_TCPIP_CORE();
}

/* Until *what is not 0. @param timeout_ms  0: for ever, which fails. @return false: a time-out */
static bool wait_for(const unsigned *what, uint32_t timeout_ms)
{
    uint32_t begun = stack_now();
    uint32_t most = timeout_ms != 0 ? timeout_ms : WAIT_MAX_MS;

    waits++;
    while (*what == 0) {
        uint32_t passed = stack_now() - begun;
        if (passed >= most) {
            assert_true(timeout_ms != 0);
            return false;
        }
        let_lwip_go_on(most - passed);
    }
    return true;
}

void sys_init(void)
{
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio)
{
    (void)name;
    (void)thread;
    (void)arg;
    (void)stacksize;
    (void)prio;
    return 1;
}

/* Nothing interrupts; but what is protected is left again. */
sys_prot_t sys_arch_protect(void)
{
    return protections++;
}

void sys_arch_unprotect(sys_prot_t before)
{
    protections--;
    assert_int_equal(protections, before);
}

/* ---- semaphores, mutexes ------------------------------------------------------------------- */

sys_sem_t *one_thread_sem(void)
{
    static struct one_thread_sem sem;
    static sys_sem_t only = &sem;

    return &only;
}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    *sem = malloc(sizeof **sem);
    if (*sem == NULL) {
        return ERR_MEM;
    }
    (*sem)->count = count;
    return ERR_OK;
}

void sys_sem_free(sys_sem_t *sem)
{
    free(*sem);
}

void sys_sem_signal(sys_sem_t *sem)
{
    (*sem)->count++;
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    uint32_t begun = stack_now();

    if (!wait_for(&(*sem)->count, timeout)) {
        return SYS_ARCH_TIMEOUT;
    }
    (*sem)->count--;
    return stack_now() - begun;
}

err_t sys_mutex_new(sys_mutex_t *mutex)
{
    *mutex = (sys_mutex_t){.is_valid = true};
    return ERR_OK;
}

void sys_mutex_free(sys_mutex_t *mutex)
{
    mutex->is_valid = false;
}

void sys_mutex_lock(sys_mutex_t *mutex)
{
    assert_true(mutex->is_valid);
    assert_false(mutex->is_taken);
    mutex->is_taken = true;
}

void sys_mutex_unlock(sys_mutex_t *mutex)
{
    assert_true(mutex->is_taken);
    mutex->is_taken = false;
}

/* ---- mailboxes ----------------------------------------------------------------------------- */

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    assert_true(size > 0);
    *mbox = malloc(sizeof **mbox + (size_t)size * sizeof(void *));
    if (*mbox == NULL) {
        return ERR_MEM;
    }
    memset(*mbox, 0, sizeof **mbox);
    (*mbox)->size = (size_t)size;
    return ERR_OK;
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    assert_int_equal((*mbox)->count, 0);
    free(*mbox);
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *message)
{
    struct one_thread_mbox *box = *mbox;

    if (box->count == box->size) {
        return ERR_MEM;
    }
    box->messages[(box->first + box->count) % box->size] = message;
    box->count++;
    return ERR_OK;
}

err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *message)
{
    return sys_mbox_trypost(mbox, message);
}

void sys_mbox_post(sys_mbox_t *mbox, void *message)
{
    while (sys_mbox_trypost(mbox, message) != ERR_OK) {
        assert_true(one_thread_run()); /* or nobody will ever take one out */
    }
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **message)
{
    struct one_thread_mbox *box = *mbox;
    void *first;

    if (box->count == 0) {
        return SYS_MBOX_EMPTY;
    }
    first = box->messages[box->first];
    box->first = (box->first + 1) % box->size;
    box->count--;
    if (message != NULL) {
        *message = first;
    }
    return 0;
}

/* Nobody here waits for a mailbox: lwIP's thread is run by hand, and sockets do not block. */
u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **message, u32_t timeout)
{
    (void)timeout;
    assert_int_not_equal(sys_arch_mbox_tryfetch(mbox, message), SYS_MBOX_EMPTY);
    return 0;
}
