/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * What lwIP asks of an operating system, where there is but one thread, the test's: that of lwIP
 * and that of whoever uses its sockets in turn (one_thread.h).
 */
#ifndef ARCH_SYS_ARCH_H
#define ARCH_SYS_ARCH_H

#include "lwip/arch.h"

#include <stdbool.h>
#include <stddef.h>

struct one_thread_sem {
    unsigned count;
};

struct one_thread_mbox {
    size_t size, first, count;
    void *messages[];
};

struct one_thread_mutex {
    bool is_valid;
    bool is_taken;
};

typedef struct one_thread_sem *sys_sem_t;
typedef struct one_thread_mbox *sys_mbox_t;
typedef struct one_thread_mutex sys_mutex_t;
typedef int sys_thread_t;

#define sys_sem_valid(sem)         (*(sem) != NULL)
#define sys_sem_valid_val(sem)     ((sem) != NULL)
#define sys_sem_set_invalid(sem)   (*(sem) = NULL)
#define sys_mbox_valid(mbox)       (*(mbox) != NULL)
#define sys_mbox_valid_val(mbox)   ((mbox) != NULL)
#define sys_mbox_set_invalid(mbox) (*(mbox) = NULL)
#define sys_mutex_valid(mutex)     ((mutex)->is_valid)

/* One thread: one semaphore. */
sys_sem_t *one_thread_sem(void);
#define LWIP_NETCONN_THREAD_SEM_GET()   one_thread_sem()
#define LWIP_NETCONN_THREAD_SEM_ALLOC() ((void)0)
#define LWIP_NETCONN_THREAD_SEM_FREE()  ((void)0)

#endif
