#include "base/limits.h"

#include <inttypes.h>
#include <string.h>

static const struct ikw_limit_row rows[] = {
#define IKW_LIMIT(id, name, normal, least, most, of, rest)                     \
    { name, UINT64_C(normal), UINT64_C(least), UINT64_C(most), of, rest },
#include "base/limits.def"
#undef IKW_LIMIT
};

_Static_assert(sizeof rows / sizeof *rows == IKW_LIMIT_COUNT,
               "one row a limit");

const struct ikw_limit_row *ikw_limit_row(enum ikw_limit id)
{
    return &rows[id];
}

void ikw_limits_init(struct ikw_limits *l)
{
    *l = (struct ikw_limits){ { 0 }, { 0 } };
    for (int i = 0; i < IKW_LIMIT_COUNT; i++)
        l->most[i] = rows[i].normal;
}

/* ---- setting ------------------------------------------------------------ */

/* The number; false if it is none, or too large to be one of a limit. */
static bool number(const char *s, uint64_t *out)
{
    static const char units[] = "kMG";
    const uint64_t far = UINT64_MAX / 1024 / 1024 / 1024;
    uint64_t n = 0;
    const char *p = s;
    for (; *p >= '0' && *p <= '9'; p++) {
        n = n * 10 + (uint64_t)(*p - '0');
        if (n > far * 1024 * 1024)
            return false;
    }
    const char *unit = p != s && *p ? strchr(units, *p) : NULL;
    if (unit && n > far)
        return false;
    for (const char *u = units; unit && u <= unit; u++)
        n *= 1024;
    *out = n;
    return p != s && !p[unit != NULL];
}

static int find(const char *name, size_t len)
{
    for (int i = 0; i < IKW_LIMIT_COUNT; i++)
        if (strlen(rows[i].name) == len && !memcmp(rows[i].name, name, len))
            return i;
    return -1;
}

bool ikw_limits_set(struct ikw_limits *l, const char *setting,
                    struct ikw_buf *why)
{
    size_t len = strcspn(setting, "=");
    int i = find(setting, len);
    uint64_t n;
    if (i < 0) {
        ikw_buf_addf(why, "no limit %.*s (see ikewhy help limits)", (int)len,
                     setting);
        return false;
    }
    const struct ikw_limit_row *row = &rows[i];
    if (!setting[len] || !number(setting + len + 1, &n) || n < row->least ||
        n > row->most) {
        ikw_buf_addf(
            why, "%s needs a number from %" PRIu64 " to %" PRIu64 ", not %s",
            row->name, row->least, row->most,
            setting[len] ? setting + len + 1 : "none");
        return false;
    }
    l->most[i] = n;
    return true;
}

/* ---- asking, noting, telling -------------------------------------------- */

uint64_t ikw_limit_most(const struct ikw_limits *l, enum ikw_limit id)
{
    return l ? l->most[id] : rows[id].normal;
}

void ikw_limit_cut(struct ikw_limits *l, enum ikw_limit id)
{
    if (l)
        l->cut[id] = true;
}

bool ikw_limit_full(struct ikw_limits *l, enum ikw_limit id, uint64_t n)
{
    if (n < ikw_limit_most(l, id))
        return false;
    ikw_limit_cut(l, id);
    return true;
}

bool ikw_limit_words(const struct ikw_limits *l, enum ikw_limit id,
                     struct ikw_buf *out)
{
    const struct ikw_limit_row *row = &rows[id];
    if (!l || !l->cut[id])
        return false;
    ikw_buf_addf(out, "more than %" PRIu64 " %s", l->most[id], row->of);
    ikw_buf_addf(out,
                 ": %s; what is said rests on what is left (--limit %s=N "
                 "takes more)",
                 row->rest, row->name);
    return true;
}
