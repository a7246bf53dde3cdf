/* ikewhy facts: what was read out of a log, before any rule. */
#include "cli/session.h"

/* The output can be long: it goes out in parts. */
struct printer {
    struct ikw_buf out;
    bool failed;
};

enum { PART_BYTES = 1 << 16 };

static void flush(struct printer *p)
{
    if (p->out.len && !p->failed)
        p->failed = !ikw_write_out(p->out.ptr, p->out.len);
    ikw_buf_clear(&p->out);
}

static void print_set(void *arg, struct ikw_fact_set *fs)
{
    struct printer *p = arg;
    ikw_fact_set_print(fs, &p->out);
    flush(p);
}

static void print_unrecognised(void *arg, const char *file,
                               const struct ikw_line *line)
{
    struct printer *p = arg;
    ikw_escape(&p->out, file, ikw_slice_of(file).len, true);
    ikw_buf_addf(&p->out, ":%u: ", line->number);
    ikw_escape(&p->out, line->text.ptr, line->text.len, true);
    ikw_buf_addc(&p->out, '\n');
    if (p->out.len > PART_BYTES)
        flush(p);
}

int ikw_cmd_facts(const struct ikw_options *o)
{
    struct ikw_session s;
    struct printer p = { 0 };
    struct ikw_session_hooks hooks = { .arg = &p };
    if (o->unrecognised)
        hooks.unrecognised = print_unrecognised;
    else
        hooks.set = print_set;
    bool ok = ikw_session_open(&s, o) && ikw_session_read(&s, o, &hooks);
    flush(&p);
    ikw_buf_release(&p.out);
    ikw_session_close(&s);
    return ok && !p.failed ? 0 : IKW_EXIT_ERROR;
}
