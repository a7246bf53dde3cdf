/*
 * Life of an envelope reader, and which forms it tries on a line and in what
 * order: by the first byte of the line, those that start as the chosen form
 * does before the others.
 */
#include "facts/log/envelope.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void ikw_envelope_restart(struct ikw_envelope_reader *er)
{
    ikw_calendar_init(&er->cal, er->year);
    er->cal.backwards = er->newest_first;
    er->cache = (struct ikw_stamp_cache){ .iso = "\n", .bsd = "\n" };
    er->nmemos = er->last_memo = 0;
    er->memo_t = IKW_NO_TIME;
    er->t_ms = IKW_NO_TIME;
    er->level = IKW_LEVEL_NONE;
    er->foreign = false;
    er->waiting_form = NULL;
}

static bool same_op(const struct ikw_op *a, const struct ikw_op *b)
{
    if (a->kind != b->kind || a->stamp != b->stamp || a->next != b->next ||
        a->nwords != b->nwords || !ikw_slice_eq(a->text, b->text))
        return false;
    for (size_t i = 0; i < a->nwords; i++)
        if (!ikw_slice_eq(a->words[i].text, b->words[i].text))
            return false;
    return true;
}

/* The op behind the common ones is not among them: a capture may end where
 * that begins. */
static unsigned char common_ops(const struct ikw_form *a,
                                const struct ikw_form *b)
{
    unsigned n = 0;
    while (n < a->nops && n < b->nops && n < UCHAR_MAX &&
           same_op(&a->ops[n], &b->ops[n]))
        n++;
    return (unsigned char)(n ? n - 1 : 0);
}

static void compare_forms(struct ikw_envelope_reader *er)
{
    size_t n = er->nforms;
    er->common = IKW_ARENA_ARRAY(&er->arena, unsigned char, n *n + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            er->common[i * n + j] = common_ops(&er->forms[i], &er->forms[j]);
}

static bool alike(const struct ikw_form *a, const struct ikw_form *b)
{
    return a->start->kind == b->start->kind &&
           a->start->stamp == b->start->stamp;
}

static void add_to_order(struct ikw_envelope_reader *er, size_t i)
{
    for (unsigned c = 0; c < 256; c++)
        if (er->forms[i].firsts[c / 64] >> (c % 64) & 1)
            er->order[c].forms[er->order[c].n++] = (unsigned char)i;
}

/* Forms stand in the order of how much they say, so those that start as the
 * chosen one does keep it; but where a level is needed none fits beside it. */
static unsigned turn_of(const struct ikw_form *f, const struct ikw_form *chosen)
{
    if (f->bare)
        return 3;
    if (!chosen || chosen->bare)
        return 2;
    if (f == chosen && f->needs_level && f->start->kind == IKW_OP_TIME)
        return 0;
    return alike(f, chosen) ? 1 : 2;
}

void ikw_envelope_choose(struct ikw_envelope_reader *er,
                         const struct ikw_form *chosen)
{
    er->chosen = chosen;
    er->nmemos = 0;
    for (unsigned c = 0; c < 256; c++)
        er->order[c].n = 0;
    for (unsigned turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < er->nforms; i++)
            if (turn_of(&er->forms[i], chosen) == turn)
                add_to_order(er, i);
    if (chosen && chosen->bare)
        add_to_order(er, (size_t)(chosen - er->forms));
}

static void strip_prefix(struct ikw_envelope_reader *er)
{
    const struct ikw_kb *kb = er->kb;
    for (size_t i = 0; i < kb->nstrips; i++)
        if (strlen(kb->strips[i].from) < 4 ||
            ikw_is_hex(kb->strips[i].from[0]) || /* a digit like any other */
            ikw_is_hex(kb->strips[i].from[1]) ||
            memcmp(kb->strips[i].from, kb->strips[0].from, 2) != 0) {
            er->strip_always = true;
            return;
        }
    if (kb->nstrips)
        memcpy(er->strip_first, kb->strips[0].from, 2);
}

struct ikw_envelope_reader *
ikw_envelope_new(const struct ikw_kb *kb, const struct ikw_envelope_opts *opts)
{
    struct ikw_envelope_reader *er = ikw_xcalloc(1, sizeof *er);
    er->kb = kb;
    er->year = opts && opts->year ? opts->year : 2000;
    if (opts && opts->envelope)
        er->forced = ikw_arena_strdup(&er->arena, opts->envelope);
    er->forms = ikw_forms_compile(&er->arena, kb, &er->words, &er->nforms);
    for (unsigned c = 0; c < 256; c++)
        er->order[c].forms =
            IKW_ARENA_ARRAY(&er->arena, unsigned char, er->nforms);
    for (size_t i = 0; i < er->nforms; i++)
        if (er->forms[i].bare)
            er->bare = &er->forms[i];
    compare_forms(er);
    strip_prefix(er);
    ikw_envelope_restart(er);
    ikw_envelope_choose(er, NULL);
    return er;
}

void ikw_envelope_free(struct ikw_envelope_reader *er)
{
    if (!er)
        return;
    ikw_buf_release(&er->clean);
    ikw_arena_release(&er->arena);
    free(er);
}
