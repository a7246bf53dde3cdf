/*
 * A rule's sentence with the places filled in: {alias}, {alias.slot},
 * {?var}. Times print as a clock, an alias as the line it stands on; what is
 * unknown says so.
 */
#include "inference/internal.h"

static void add_time(struct ikw_buf *out, int64_t t_ms)
{
    int64_t s = t_ms / 1000 % 86400;
    if (s < 0)
        s += 86400;
    ikw_buf_addf(out, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60),
                 (int)(s % 60));
}

static void add_value(struct ikw_buf *out, struct ikw_value v, bool time)
{
    switch (v.kind) {
    case IKW_INT:
        if (time)
            add_time(out, v.u.i);
        else
            ikw_buf_addf(out, "%lld", (long long)v.u.i);
        break;
    case IKW_STR:
        ikw_buf_add(out, v.u.str, v.len);
        break;
    case IKW_NIL:
    default:
        ikw_buf_adds(out, "unknown");
        break;
    }
}

/* A slot of kind time holds a moment or a duration: only what lies beyond
 * a year is a moment. */
static bool is_clock(const struct ikw_type *type, unsigned slot,
                     struct ikw_value v)
{
    if (slot == IKW_PSEUDO_T || slot == IKW_PSEUDO_LAST)
        return true;
    return slot < type->nslots && type->slots[slot].kind == IKW_SLOT_TIME &&
           v.kind == IKW_INT && v.u.i > (int64_t)366 * 86400 * 1000;
}

static void add_fact(struct ikw_buf *out, const struct ikw_fact *f)
{
    const char *whose =
        f->source == IKW_SOURCE_PEER ? " of the peer's log" : "";
    if (f->first.line == 0)
        ikw_buf_adds(out, f->type->name);
    else if (f->count > 1 && f->last.line > f->first.line &&
             f->last.file == f->first.file)
        ikw_buf_addf(out, "lines %u to %u%s", f->first.line, f->last.line,
                     whose);
    else
        ikw_buf_addf(out, "line %u%s", f->first.line, whose);
}

static int pseudo_slot(struct ikw_slice name)
{
    static const char *const names[] = { "t", "last", "count", "line" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (ikw_slice_is(name, names[i]))
            return IKW_PSEUDO_T + (int)i;
    return -1;
}

static int slot_named(const struct ikw_type *type, struct ikw_slice name)
{
    for (size_t i = 0; i < type->nslots; i++)
        if (ikw_slice_is(name, type->slots[i].name))
            return (int)i;
    return pseudo_slot(name);
}

static void add_slot(struct ikw_buf *out, const struct ikw_fact *f,
                     struct ikw_slice name)
{
    int slot = slot_named(f->type, name);
    struct ikw_value v = { .kind = IKW_NIL };
    if (slot >= 0)
        v = ikw_match_slot(f, (unsigned)slot);
    add_value(out, v, slot >= 0 && is_clock(f->type, (unsigned)slot, v));
}

/* Does a test bind the variable to a time? */
static bool var_is_clock(const struct ikw_rule *r, size_t var,
                         struct ikw_value v)
{
    for (size_t i = 0; i < r->npatterns; i++)
        for (size_t k = 0; k < r->patterns[i].ntests; k++) {
            const struct ikw_test *t = &r->patterns[i].tests[k];
            if (t->op == IKW_TEST_VAR_EQ && t->var == (int)var &&
                is_clock(r->patterns[i].type, t->slot, v))
                return true;
        }
    return false;
}

static bool add_var(struct ikw_buf *out, const struct ikw_derivation *d,
                    struct ikw_slice name)
{
    for (size_t i = 0; i < d->rule->nvars; i++)
        if (ikw_slice_is(name, d->rule->vars[i])) {
            add_value(out, d->vars[i], var_is_clock(d->rule, i, d->vars[i]));
            return true;
        }
    return false;
}

static bool add_place(struct ikw_buf *out, const struct ikw_derivation *d,
                      struct ikw_slice place)
{
    const struct ikw_rule *r = d->rule;
    if (ikw_slice_starts(place, "?"))
        return add_var(out, d, ikw_slice_sub(place, 1, place.len));
    const char *dot = memchr(place.ptr, '.', place.len);
    size_t len = dot ? (size_t)(dot - place.ptr) : place.len;
    struct ikw_slice alias = ikw_slice_sub(place, 0, len);
    for (size_t i = 0; i < r->npatterns; i++) {
        if (!r->patterns[i].as || !ikw_slice_is(alias, r->patterns[i].as))
            continue;
        if (!d->facts[i])
            ikw_buf_adds(out, r->patterns[i].type->name);
        else if (dot)
            add_slot(out, d->facts[i],
                     ikw_slice_sub(place, len + 1, place.len));
        else
            add_fact(out, d->facts[i]);
        return true;
    }
    return false;
}

void ikw_because(const struct ikw_derivation *d, struct ikw_buf *out)
{
    const char *s = d->rule->because ? d->rule->because : "";
    while (*s) {
        size_t n = strcspn(s, "{");
        ikw_buf_add(out, s, n);
        s += n;
        if (!*s)
            break;
        size_t len = strcspn(s, "}");
        struct ikw_slice place = { s + 1, len - 1 };
        bool closed = s[len] == '}';
        if (!closed || !add_place(out, d, place))
            ikw_buf_add(out, s, len + closed); /* as written */
        s += len + closed;
    }
}
