#include "cli/inputs.h"

#include <string.h>

static const char *const heads[] = {
    [IKW_SOURCE_LOCAL] = "# input local ",
    [IKW_SOURCE_PEER] = "# input peer ",
};

static void print_one(struct ikw_buf *out, enum ikw_source source,
                      const char *name)
{
    ikw_buf_adds(out, heads[source]);
    ikw_escape(out, name, strlen(name), true);
    ikw_buf_addc(out, '\n');
}

void ikw_inputs_print(const struct ikw_session *s, struct ikw_buf *out)
{
    for (size_t i = 0; i < s->sources.n; i++)
        print_one(out, i < s->nlocal ? IKW_SOURCE_LOCAL : IKW_SOURCE_PEER,
                  s->sources.v[i].name);
    for (size_t i = 0; i < s->configs.nfiles; i++)
        print_one(out, s->configs.files[i].source, s->configs.files[i].name);
    for (size_t i = 0; i < s->captures.nfiles; i++)
        print_one(out, s->captures.files[i].source, s->captures.files[i].name);
}

/* Cuts the next line off `text`; false where the head ends. */
static bool next_head(struct ikw_slice *text, struct ikw_slice *name,
                      enum ikw_source *source)
{
    const char *end = text->len ? memchr(text->ptr, '\n', text->len) : NULL;
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    struct ikw_slice line = ikw_slice_sub(*text, 0, len);
    *text = ikw_slice_sub(*text, len + 1, text->len);
    for (size_t i = 0; i < 2; i++)
        if (ikw_slice_starts(line, heads[i])) {
            *source = (enum ikw_source)i;
            *name = ikw_slice_sub(line, strlen(heads[i]), line.len);
            return true;
        }
    return false;
}

void ikw_inputs_parse(struct ikw_session *s, struct ikw_slice text)
{
    size_t cap = 0;
    struct ikw_slice name;
    enum ikw_source source;
    s->from_facts = true;
    while (next_head(&text, &name, &source)) {
        struct ikw_log_summary *in;
        IKW_GROW(s->inputs, cap, s->ninputs + 1);
        in = &s->inputs[s->ninputs++];
        *in = (struct ikw_log_summary){ .source = source };
        in->file = ikw_arena_strndup(&s->arena, name.ptr, name.len);
        in->from_ms = in->to_ms = IKW_NO_TIME;
    }
}
