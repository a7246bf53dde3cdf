/* ikewhy facts: what was read out of a log, before any rule. */
#include "cli/inputs.h"

#include "facts/packet/isakmp.h"

/* The output can be long: it goes out in parts. */
struct printer {
    const struct ikw_session *session;
    struct ikw_buf out, text;
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
    ikw_session_apply(p->session, fs);
    ikw_fact_set_print(fs, &p->out);
    flush(p);
}

static void print_unrecognised(void *arg, unsigned file,
                               const struct ikw_line *line)
{
    struct printer *p = arg;
    struct ikw_slice name = ikw_slice_of(ikw_session_file(p->session, file));
    ikw_escape(&p->out, name.ptr, name.len, true);
    ikw_buf_addf(&p->out, ":%u: ", line->number);
    ikw_buf_clear(&p->text);
    ikw_buf_add(&p->text, line->text.ptr, line->text.len);
    ikw_hex_hide(p->text.ptr, p->text.len);
    ikw_escape(&p->out, ikw_buf_str(&p->text), p->text.len, true);
    ikw_buf_addc(&p->out, '\n');
    if (p->out.len > PART_BYTES)
        flush(p);
}

int ikw_cmd_facts(const struct ikw_options *o)
{
    struct ikw_session s;
    struct printer p = { .session = &s };
    struct ikw_session_hooks hooks = { .arg = &p };
    if (o->unrecognised)
        hooks.unrecognised = print_unrecognised;
    else
        hooks.set = print_set;
    bool ok = ikw_session_open(&s, o);
    if (ok && !o->unrecognised)
        ikw_inputs_print(&s, &p.out);
    if (ok && o->npeer_logs && !o->unrecognised)
        ok = ikw_session_read_joined(&s, o, &hooks);
    else
        ok = ok && ikw_session_read(&s, o, &hooks);
    if (ok)
        flush(&p);
    if (ok && !o->unrecognised)
        ikw_captures_tell(&s.captures);
    ikw_buf_release(&p.out);
    ikw_buf_release(&p.text);
    ikw_session_close(&s);
    return ok && !s.damaged && !p.failed ? 0 : IKW_EXIT_ERROR;
}
