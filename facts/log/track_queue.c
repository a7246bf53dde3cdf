/*
 * When each tunnel is to be looked at again: a ring of seats, the next due
 * first. A tunnel of which only SAs live that are never heard of sleeps: it
 * keeps its turn, but its seat goes round without a look at it, from one
 * place in memory to the next. There may be 100,000 of them.
 */
#include "facts/log/track_internal.h"

#include <stdlib.h>

enum { AWAKE, ASLEEP, GONE };

static struct turn *turn_at(const struct turn_queue *q, size_t at)
{
    return &q->ring[at & (q->cap - 1)];
}

/* Places keep their number: only where that is in memory changes. */
static void grow_ring(struct turn_queue *q)
{
    struct turn_queue big = *q;
    big.cap = q->cap ? q->cap * 2 : 64;
    big.ring = ikw_xcalloc(big.cap, sizeof *big.ring);
    for (size_t i = q->head; i != q->tail; i++)
        *turn_at(&big, i) = *turn_at(q, i);
    free(q->ring);
    *q = big;
}

static void push(struct ikw_tracker *tr, uint32_t seat)
{
    struct turn_queue *q = &tr->turns;
    if (q->tail - q->head == q->cap)
        grow_ring(q);
    *turn_at(q, q->tail++) = (struct turn){
        tr->now_ms == IKW_NO_TIME ? IKW_NO_TIME : tr->now_ms + IDLE_MS, seat
    };
}

static uint32_t free_seat(struct turn_queue *q)
{
    if (q->nspare)
        return q->spare[--q->nspare];
    IKW_GROW(q->tunnels, q->tunnels_cap, q->nseats + 1);
    IKW_GROW(q->states, q->states_cap, q->nseats + 1);
    return (uint32_t)q->nseats++;
}

void ikw_turn_add(struct ikw_tracker *tr, struct tunnel *t)
{
    t->seat = free_seat(&tr->turns);
    tr->turns.tunnels[t->seat] = t;
    tr->turns.states[t->seat] = AWAKE;
    push(tr, t->seat);
}

void ikw_turn_remove(struct ikw_tracker *tr, const struct tunnel *t)
{
    tr->turns.states[t->seat] = GONE;
}

void ikw_turn_wake(struct ikw_tracker *tr, const struct tunnel *t)
{
    tr->turns.states[t->seat] = AWAKE;
}

/* Whose turn is first; NULL: there is none. Seats of those gone come free. */
static const struct turn *first(struct turn_queue *q)
{
    for (; q->head != q->tail; q->head++) {
        const struct turn *turn = turn_at(q, q->head);
        if (q->states[turn->seat] != GONE)
            return turn;
        IKW_GROW(q->spare, q->spare_cap, q->nspare + 1);
        q->spare[q->nspare++] = turn->seat;
    }
    return NULL;
}

struct tunnel *ikw_turn_first(struct ikw_tracker *tr)
{
    const struct turn *turn = first(&tr->turns);
    return turn ? tr->turns.tunnels[turn->seat] : NULL;
}

struct tunnel *ikw_turn_due(struct ikw_tracker *tr)
{
    struct turn_queue *q = &tr->turns;
    const struct turn *turn;
    while (tr->now_ms != IKW_NO_TIME && (turn = first(q))) {
        if (turn->due_ms != IKW_NO_TIME && turn->due_ms > tr->now_ms &&
            tr->nstretches <= STRETCHES_MAX)
            break;
        if (q->states[turn->seat] != ASLEEP)
            return q->tunnels[turn->seat];
        q->head++;
        push(tr, turn->seat);
    }
    return NULL;
}

void ikw_turn_over(struct ikw_tracker *tr, bool sleeps)
{
    struct turn_queue *q = &tr->turns;
    uint32_t seat = turn_at(q, q->head++)->seat;
    q->states[seat] = sleeps ? ASLEEP : AWAKE;
    push(tr, seat);
}

struct tunnel *ikw_turn_each(const struct ikw_tracker *tr, size_t *at)
{
    const struct turn_queue *q = &tr->turns;
    while (*at < q->tail - q->head) {
        uint32_t seat = turn_at(q, q->head + (*at)++)->seat;
        if (q->states[seat] != GONE)
            return q->tunnels[seat];
    }
    return NULL;
}

void ikw_turns_release(struct ikw_tracker *tr)
{
    free(tr->turns.ring);
    free(tr->turns.tunnels);
    free(tr->turns.states);
    free(tr->turns.spare);
    tr->turns = (struct turn_queue){ 0 };
}
