/* SPDX-License-Identifier: BSD-3-Clause */
#include "queue.h"

#include <stdlib.h>

static bool is_before(const struct job *a, const struct job *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

static void swap(struct job *a, struct job *b)
{
    struct job c = *a;

    *a = *b;
    *b = c;
}

static void grow(struct queue *queue)
{
    size_t room = queue->room > 0 ? 2 * queue->room : 64;
    struct job *jobs = realloc(queue->jobs, room * sizeof *jobs);

    if (jobs == NULL) {
        abort();
    }
    queue->jobs = jobs;
    queue->room = room;
}

void queue_add(struct queue *queue, struct job job)
{
    if (queue->count == queue->room) {
        grow(queue);
    }
    job.order = queue->order++;
    queue->jobs[queue->count] = job;
    for (size_t i = queue->count++; i > 0; i = (i - 1) / 2) {
        if (!is_before(&queue->jobs[i], &queue->jobs[(i - 1) / 2])) {
            break;
        }
        swap(&queue->jobs[i], &queue->jobs[(i - 1) / 2]);
    }
}

static size_t least_of_three(const struct queue *queue, size_t i)
{
    size_t least = i;

    for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < queue->count; child++) {
        if (is_before(&queue->jobs[child], &queue->jobs[least])) {
            least = child;
        }
    }
    return least;
}

bool queue_take(struct queue *queue, struct job *job)
{
    if (queue->count == 0) {
        return false;
    }
    *job = queue->jobs[0];
    queue->jobs[0] = queue->jobs[--queue->count];
    for (size_t i = 0, least; (least = least_of_three(queue, i)) != i; i = least) {
        swap(&queue->jobs[i], &queue->jobs[least]);
    }
    return true;
}

uint64_t queue_next_us(const struct queue *queue)
{
    return queue->count > 0 ? queue->jobs[0].at_us : UINT64_MAX;
}

void queue_free(struct queue *queue)
{
    for (size_t i = 0; i < queue->count; i++) {
        free(queue->jobs[i].bytes);
    }
    free(queue->jobs);
    *queue = (struct queue){0};
}
