/*
 * The fact store: an arena, a list in order of arrival and an open-addressed
 * index over (type, source, slots). Invariant: no two facts of a set agree in
 * all three; a second sighting only counts and moves the last evidence.
 */
#include "facts/fact.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_STEP = 64 };

void ikw_fact_set_init(struct ikw_fact_set *fs, const struct ikw_kb *kb)
{
    *fs = (struct ikw_fact_set){ .kb = kb, .next_subject = 1 };
    for (size_t i = 0; i < 2; i++) {
        fs->see[i].from_ms = IKW_NO_TIME;
        fs->see[i].to_ms = IKW_NO_TIME;
    }
}

void ikw_fact_set_release(struct ikw_fact_set *fs)
{
    free(fs->facts);
    free(fs->index);
    ikw_arena_release(&fs->arena);
    *fs = (struct ikw_fact_set){ 0 };
}

/* ---- index ------------------------------------------------------------- */

static uint32_t mix(uint32_t h, uint32_t v)
{
    h ^= v + 0x9e3779b9u + (h << 6) + (h >> 2);
    return h * 0x85ebca6bu;
}

static uint32_t hash_value(uint32_t h, struct ikw_value v)
{
    h = mix(h, (uint32_t)v.kind);
    if (v.kind == IKW_STR)
        return mix(h, v.hash);
    if (v.kind == IKW_INT) {
        uint64_t u = (uint64_t)v.u.i;
        return mix(mix(h, (uint32_t)u), (uint32_t)(u >> 32));
    }
    return h;
}

static uint32_t hash_fact(const struct ikw_type *type, enum ikw_source source,
                          const struct ikw_value *slots)
{
    uint32_t h = mix(type->index + 1, (uint32_t)source);
    for (size_t i = 0; i < type->nslots; i++)
        h = hash_value(h, slots[i]);
    return h;
}

static bool same_slots(const struct ikw_fact *f, const struct ikw_value *slots)
{
    for (size_t i = 0; i < f->type->nslots; i++) {
        if (!ikw_value_eq(f->slots[i], slots[i]))
            return false;
    }
    return true;
}

/* Place of the fact in the index, or of the hole it would fill. */
static size_t probe(const struct ikw_fact_set *fs, uint32_t hash,
                    const struct ikw_type *type, enum ikw_source source,
                    const struct ikw_value *slots)
{
    size_t mask = fs->index_cap - 1, i = hash & mask;
    for (; fs->index[i]; i = (i + 1) & mask) {
        const struct ikw_fact *f = fs->facts[fs->index[i] - 1];
        if (f->hash == hash && f->type == type && f->source == source &&
            same_slots(f, slots))
            break;
    }
    return i;
}

static void grow_index(struct ikw_fact_set *fs)
{
    size_t cap = fs->index_cap ? fs->index_cap * 2 : 32;
    free(fs->index);
    fs->index = ikw_xcalloc(cap, sizeof *fs->index);
    fs->index_cap = cap;
    for (size_t k = 0; k < fs->nfacts; k++) {
        size_t i = fs->facts[k]->hash & (cap - 1);
        while (fs->index[i])
            i = (i + 1) & (cap - 1);
        fs->index[i] = fs->facts[k]->id;
    }
}

struct ikw_fact *ikw_fact_find(const struct ikw_fact_set *fs,
                               const struct ikw_type *type,
                               enum ikw_source source,
                               const struct ikw_value *slots)
{
    if (!fs->index_cap)
        return NULL;
    size_t i = probe(fs, hash_fact(type, source, slots), type, source, slots);
    return fs->index[i] ? fs->facts[fs->index[i] - 1] : NULL;
}

/* ---- adding ------------------------------------------------------------ */

static struct ikw_evidence dup_evidence(struct ikw_arena *a,
                                        const struct ikw_evidence *ev)
{
    struct ikw_evidence out = *ev;
    if (ev->text) {
        size_t n = strlen(ev->text);
        if (n > IKW_TEXT_MAX)
            n = IKW_TEXT_MAX;
        out.text = ikw_arena_strndup(a, ev->text, n);
    }
    return out;
}

/* The text of the last sighting is overwritten in place, so that a fact
 * seen a million times needs no more memory than one seen twice. */
static void set_last(struct ikw_fact_set *fs, struct ikw_fact *f,
                     const struct ikw_evidence *ev)
{
    char *room = NULL;
    if (f->last_room)
        memcpy(&room, &f->last.text, sizeof room);
    f->last = *ev;
    if (!ev->text)
        return;
    size_t n = strlen(ev->text);
    if (n > IKW_TEXT_MAX)
        n = IKW_TEXT_MAX;
    if (n + 1 > f->last_room) {
        f->last_room = (uint32_t)((n / TEXT_STEP + 1) * TEXT_STEP);
        room = ikw_arena_alloc(&fs->arena, f->last_room);
    }
    memcpy(room, ev->text, n);
    room[n] = '\0';
    f->last.text = room;
}

static struct ikw_value dup_value(struct ikw_arena *a, struct ikw_value v)
{
    if (v.kind == IKW_STR)
        v.u.str = ikw_arena_strndup(a, v.u.str, v.len);
    return v;
}

static struct ikw_fact *new_fact(struct ikw_fact_set *fs,
                                 const struct ikw_type *type,
                                 enum ikw_source source,
                                 const struct ikw_value *slots)
{
    struct ikw_fact *f = IKW_ARENA_NEW(&fs->arena, struct ikw_fact);
    f->type = type;
    f->source = source;
    f->slots = IKW_ARENA_ARRAY(&fs->arena, struct ikw_value, type->nslots);
    for (size_t i = 0; i < type->nslots; i++)
        f->slots[i] = dup_value(&fs->arena, slots[i]);
    f->count = 1;
    f->first.t_ms = f->last.t_ms = IKW_NO_TIME;
    IKW_GROW(fs->facts, fs->cap, fs->nfacts + 1);
    fs->facts[fs->nfacts++] = f;
    f->id = (uint32_t)fs->nfacts;
    return f;
}

static struct ikw_fact *count_again(struct ikw_fact_set *fs, struct ikw_fact *f,
                                    const struct ikw_evidence *ev)
{
    if (f->count < UINT32_MAX)
        f->count++;
    if (ev && f->first.line == 0 && !f->first.text)
        f->first = f->last = dup_evidence(&fs->arena, ev);
    else if (ev)
        set_last(fs, f, ev);
    return f;
}

static bool is_full(const struct ikw_fact_set *fs)
{
    if (fs->limit)
        return fs->nfacts >= fs->limit;
    return ikw_limit_full(fs->limits, IKW_LIMIT_FACTS, fs->nfacts);
}

struct ikw_fact *ikw_fact_add(struct ikw_fact_set *fs,
                              const struct ikw_type *type,
                              enum ikw_source source,
                              const struct ikw_value *slots,
                              const struct ikw_evidence *ev)
{
    if ((fs->nfacts + 1) * 2 > fs->index_cap)
        grow_index(fs);
    uint32_t hash = hash_fact(type, source, slots);
    size_t i = probe(fs, hash, type, source, slots);
    if (fs->index[i])
        return count_again(fs, fs->facts[fs->index[i] - 1], ev);
    if (is_full(fs)) {
        fs->dropped++;
        return NULL;
    }
    struct ikw_fact *f = new_fact(fs, type, source, slots);
    f->hash = hash;
    fs->index[i] = f->id;
    if (ev)
        f->first = f->last = dup_evidence(&fs->arena, ev);
    return f;
}

void ikw_fact_doubt(struct ikw_fact_set *fs, struct ikw_fact *f)
{
    f->unsure = fs->doubts = true;
}

struct ikw_value ikw_fact_get(const struct ikw_fact *f, const char *slot)
{
    const struct ikw_value nil = { .kind = IKW_NIL };
    int i = ikw_type_slot(f->type, slot);
    return i < 0 ? nil : f->slots[i];
}

void ikw_slot_put(const struct ikw_type *type, struct ikw_value *slots,
                  const char *name, struct ikw_value v)
{
    int at = ikw_type_slot(type, name);
    if (at >= 0)
        slots[at] = v;
}
