/*
 * A ring of buffers between one thread that fills them and one that empties
 * them. A buffer belongs to the filler, then, once counted in `full`, to the
 * taker until it is empty. What is shared is `full`, `over` and `stop`, under
 * the lock.
 */
#include "facts/log/ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4, SLOT_BYTES = 128 * 1024 };

struct slot {
    size_t len, octets;
    char bytes[SLOT_BYTES];
};

struct ikw_ahead {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled, emptied;
    ikw_make_fn make;
    void *arg;
    size_t full; /* slots not yet empty, from `at` on */
    bool over;   /* nothing comes behind them but `end` */
    bool stop;
    ssize_t end;     /* 0 or -1 */
    size_t at, done; /* the taker's: its slot, and what it took of it */
    struct slot slots[SLOTS];
};

/* ---- the thread -------------------------------------------------------- */

/* Fills the slot; false if nothing comes behind it. */
static bool fill(struct ikw_ahead *a, struct slot *s)
{
    s->len = s->octets = 0;
    while (s->len < SLOT_BYTES) {
        ssize_t n =
            a->make(a->arg, s->bytes + s->len, SLOT_BYTES - s->len, &s->octets);
        if (n <= 0) {
            a->end = n;
            return false;
        }
        s->len += (size_t)n;
    }
    return true;
}

/* Waits for an empty slot; false: it shall stop. */
static bool may_fill(struct ikw_ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (a->full == SLOTS && !a->stop)
        pthread_cond_wait(&a->emptied, &a->lock);
    bool go_on = !a->stop;
    pthread_mutex_unlock(&a->lock);
    return go_on;
}

static void *run(void *arg)
{
    struct ikw_ahead *a = arg;
    bool more = true;
    for (size_t at = 0; more && may_fill(a); at = (at + 1) % SLOTS) {
        more = fill(a, &a->slots[at]);
        pthread_mutex_lock(&a->lock);
        a->full++;
        a->over = !more;
        pthread_cond_signal(&a->filled);
        pthread_mutex_unlock(&a->lock);
    }
    return NULL;
}

/* ---- who takes --------------------------------------------------------- */

/* Signals are for the thread that was there before. */
static bool start(struct ikw_ahead *a)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&a->thread, NULL, run, a) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

static void destroy(struct ikw_ahead *a)
{
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->filled);
    pthread_cond_destroy(&a->emptied);
    free(a);
}

struct ikw_ahead *ikw_ahead_start(ikw_make_fn make, void *arg)
{
    struct ikw_ahead *a = malloc(sizeof *a); /* without it, it goes on */
    if (!a)
        return NULL;
    memset(a, 0, offsetof(struct ikw_ahead, slots));
    a->make = make;
    a->arg = arg;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->filled, NULL);
    pthread_cond_init(&a->emptied, NULL);
    if (start(a))
        return a;
    destroy(a);
    return NULL;
}

/* The slot to take from, NULL behind the last. */
static struct slot *next_slot(struct ikw_ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (!a->full && !a->over)
        pthread_cond_wait(&a->filled, &a->lock);
    struct slot *s = a->full ? &a->slots[a->at] : NULL;
    pthread_mutex_unlock(&a->lock);
    return s;
}

static void give_back(struct ikw_ahead *a)
{
    a->at = (a->at + 1) % SLOTS;
    a->done = 0;
    pthread_mutex_lock(&a->lock);
    a->full--;
    pthread_cond_signal(&a->emptied);
    pthread_mutex_unlock(&a->lock);
}

ssize_t ikw_ahead_take(void *ahead, char *to, size_t room, size_t *octets)
{
    struct ikw_ahead *a = ahead;
    struct slot *s;
    size_t n = 0;
    while (n == 0 && (s = next_slot(a))) {
        n = s->len - a->done < room ? s->len - a->done : room;
        memcpy(to, s->bytes + a->done, n);
        a->done += n;
        *octets += s->octets;
        s->octets = 0;
        if (a->done == s->len)
            give_back(a);
    }
    return n ? (ssize_t)n : a->end;
}

void ikw_ahead_stop(struct ikw_ahead *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->emptied);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    destroy(a);
}
