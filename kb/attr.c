/*
 * Reading of attributes: words, numbers, durations. A bad value is one
 * complaint at the attribute's line and then the default, so that loading
 * goes on and finds the next fault.
 */
#include "kb/internal.h"

#include <string.h>
#include <strings.h>

const struct ikw_attr *ikw_attr_find(const struct ikw_node *n, const char *name)
{
    for (size_t i = 0; i < n->nattrs; i++)
        if (!strcmp(n->attrs[i].name, name))
            return &n->attrs[i];
    return NULL;
}

const char *ikw_attr(const struct ikw_node *n, const char *name)
{
    const struct ikw_attr *at = ikw_attr_find(n, name);
    return at ? at->value : NULL;
}

const char *ikw_words_join(struct ikw_loader *ld, const char *const *words,
                           size_t n)
{
    struct ikw_buf b = { 0 };
    for (size_t i = 0; i < n; i++)
        ikw_buf_addf(&b, "%s%s", i ? ", " : "", words[i]);
    const char *s = ikw_arena_strdup(&ld->scratch, ikw_buf_str(&b));
    ikw_buf_release(&b);
    return s;
}

static void complain_word(struct ikw_loader *ld, const struct ikw_attr *at,
                          const struct ikw_word *words)
{
    const char *names[32];
    size_t n = 0;
    while (n < 32 && words[n].word) {
        names[n] = words[n].word;
        n++;
    }
    ikw_load_fault(ld, at->line, IKW_DIAG_UNKNOWN_WORD,
                   "%s=\"%s\" is none of: %s", at->name, at->value,
                   ikw_words_join(ld, names, n));
}

int ikw_attr_word(struct ikw_loader *ld, const struct ikw_node *n,
                  const char *name, const struct ikw_word *words, int otherwise)
{
    const struct ikw_attr *at = ikw_attr_find(n, name);
    if (!at)
        return otherwise;
    for (size_t i = 0; words[i].word; i++)
        if (!strcmp(words[i].word, at->value))
            return words[i].value;
    complain_word(ld, at, words);
    return otherwise;
}

bool ikw_attr_yes(struct ikw_loader *ld, const struct ikw_node *n,
                  const char *name, bool otherwise)
{
    static const struct ikw_word words[] = { { "yes", 1 },
                                             { "no", 0 },
                                             { NULL, 0 } };
    return ikw_attr_word(ld, n, name, words, otherwise) != 0;
}

int64_t ikw_attr_int(struct ikw_loader *ld, const struct ikw_node *n,
                     const char *name, int64_t least, int64_t most,
                     int64_t otherwise)
{
    const struct ikw_attr *at = ikw_attr_find(n, name);
    int64_t v;
    if (!at)
        return otherwise;
    if (ikw_slice_int(ikw_slice_of(at->value), &v) && v >= least && v <= most)
        return v;
    ikw_load_fault(ld, at->line, IKW_DIAG_BAD_VALUE,
                   "%s=\"%s\" is not a number from %lld to %lld", name,
                   at->value, (long long)least, (long long)most);
    return otherwise;
}

enum ikw_level ikw_attr_level(struct ikw_loader *ld, const struct ikw_node *n,
                              const char *name, enum ikw_level otherwise)
{
    static const struct ikw_word words[] = {
        { "none", IKW_LEVEL_NONE },       { "error", IKW_LEVEL_ERROR },
        { "warning", IKW_LEVEL_WARNING }, { "notify", IKW_LEVEL_NOTIFY },
        { "info", IKW_LEVEL_INFO },       { "debug", IKW_LEVEL_DEBUG },
        { "debug2", IKW_LEVEL_DEBUG2 },   { NULL, 0 }
    };
    const struct ikw_attr *at = ikw_attr_find(n, name);
    if (!at)
        return otherwise;
    for (size_t i = 0; words[i].word; i++)
        if (!strcasecmp(words[i].word, at->value))
            return (enum ikw_level)words[i].value;
    complain_word(ld, at, words);
    return otherwise;
}

bool ikw_duration_parse(const char *s, int64_t *ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {
        { "", 1 },        { "ms", 1 },      { "s", 1000 },
        { "min", 60000 }, { "h", 3600000 }, { "d", 86400000 },
    };
    size_t digits = strspn(s, "0123456789");
    int64_t v;
    if (digits > 12 || !ikw_slice_int((struct ikw_slice){ s, digits }, &v))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(s + digits, units[i].unit) != 0)
            continue;
        if (v > INT64_MAX / 4 / units[i].ms)
            return false;
        *ms = v * units[i].ms;
        return true;
    }
    return false;
}

const char **ikw_words_split(struct ikw_arena *a, const char *s, size_t *n)
{
    size_t count = 0;
    for (const char *p = s; *p; p++)
        count += *p != ' ' && (p[1] == ' ' || !p[1]);
    const char **words = IKW_ARENA_ARRAY(a, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        s += strspn(s, " ");
        size_t len = strcspn(s, " ");
        words[i] = ikw_arena_strndup(a, s, len);
        s += len;
    }
    *n = count;
    return words;
}

const char *ikw_text_flow(struct ikw_arena *a, const char *s)
{
    static const char blanks[] = " \t\r\n";
    s += strspn(s, blanks);
    char *out = ikw_arena_strdup(a, s), *to = out;
    while (*s) {
        size_t len = strcspn(s, blanks);
        memmove(to, s, len);
        to += len;
        s += len;
        s += strspn(s, blanks);
        if (*s)
            *to++ = ' ';
    }
    *to = '\0';
    return out;
}

size_t ikw_node_count(const struct ikw_node *n, enum ikw_elem elem)
{
    size_t count = 0;
    for (const struct ikw_node *c = n->child; c; c = c->next)
        count += c->elem == elem;
    return count;
}
