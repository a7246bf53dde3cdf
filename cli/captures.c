#include "cli/captures.h"

#include "cli/when.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- reading ----------------------------------------------------------- */

static FILE *open_file(const char *path, struct ikw_diags *ds)
{
    struct ikw_pos pos = { path, 0 };
    struct stat st;
    FILE *f = fopen(path, "rb");
    if (f && !fstat(fileno(f), &st) && S_ISDIR(st.st_mode)) {
        fclose(f);
        f = NULL;
        errno = EISDIR;
    }
    if (!f)
        ikw_diag_add(ds, pos, IKW_DIAG_IO, "%s", strerror(errno));
    return f;
}

static bool add_file(struct ikw_captures *cs, const char *path,
                     enum ikw_source source, struct ikw_diags *ds)
{
    FILE *f = open_file(path, ds);
    struct ikw_wire *w = f ? ikw_wire_read(path, f, ds) : NULL;
    if (!w)
        return false;
    unsigned number = cs->first + (unsigned)cs->nfiles;
    cs->files[cs->nfiles++] =
        (struct ikw_captures_file){ path, source, w,
                                    ikw_wire_join_new(w, number, source) };
    return true;
}

bool ikw_captures_read(struct ikw_captures *cs, const struct ikw_options *o,
                       unsigned first, struct ikw_diags *ds)
{
    bool ok = true;
    *cs = (struct ikw_captures){ .first = first };
    cs->files =
        ikw_xcalloc(o->ncaptures + o->npeer_captures + 1, sizeof *cs->files);
    for (size_t i = 0; i < o->ncaptures; i++)
        ok = add_file(cs, o->captures[i], IKW_SOURCE_LOCAL, ds) && ok;
    for (size_t i = 0; i < o->npeer_captures; i++)
        ok = add_file(cs, o->peer_captures[i], IKW_SOURCE_PEER, ds) && ok;
    return ok;
}

void ikw_captures_release(struct ikw_captures *cs)
{
    for (size_t i = 0; i < cs->nfiles; i++) {
        ikw_wire_join_free(cs->files[i].join);
        ikw_wire_free(cs->files[i].wire);
    }
    free(cs->files);
    *cs = (struct ikw_captures){ 0 };
}

void ikw_captures_apply(const struct ikw_captures *cs, struct ikw_fact_set *fs)
{
    for (size_t i = 0; i < cs->nfiles; i++)
        ikw_wire_join_add(cs->files[i].join, fs);
}

const struct ikw_captures_file *ikw_captures_file(const struct ikw_captures *cs,
                                                  unsigned file)
{
    if (file < cs->first || file - cs->first >= cs->nfiles)
        return NULL;
    return &cs->files[file - cs->first];
}

/* ---- telling ----------------------------------------------------------- */

/* Between whom and when: enough to see that it is another tunnel's, or of
 * another day. */
static void add_span(struct ikw_buf *b, const struct ikw_wire *w)
{
    const struct ikw_wire_packet *p = &w->packets[0];
    const struct ikw_wire_packet *last = &w->packets[w->npackets - 1];
    bool one = true;
    for (size_t i = 0; i < w->npackets; i++) {
        const struct ikw_wire_packet *q = &w->packets[i];
        one = one &&
              (ikw_addr_eq(&q->from.addr, &p->from.addr) ||
               ikw_addr_eq(&q->from.addr, &p->to.addr)) &&
              (ikw_addr_eq(&q->to.addr, &p->from.addr) ||
               ikw_addr_eq(&q->to.addr, &p->to.addr));
    }
    ikw_buf_adds(b, one ? "between " : "the first between ");
    ikw_addr_add(b, &p->from.addr);
    ikw_buf_adds(b, " and ");
    ikw_addr_add(b, &p->to.addr);
    if (p->t_ms == IKW_NO_TIME)
        return;
    ikw_buf_adds(b, ", ");
    ikw_when_date_time(b, p->t_ms, false);
    ikw_buf_adds(b, " to ");
    if (ikw_when_same_day(p->t_ms, last->t_ms))
        ikw_when_clock(b, last->t_ms);
    else
        ikw_when_date_time(b, last->t_ms, false);
    ikw_buf_adds(b, " UTC");
}

static void tell_unused(const struct ikw_captures_file *f)
{
    const struct ikw_wire *w = f->wire;
    struct ikw_buf b = { 0 };
    if (!w->npackets && !w->nicmps) {
        ikw_complain("%s: no packet of IKE among %u: it was not used", f->name,
                     w->total);
        return;
    }
    if (w->npackets)
        add_span(&b, w);
    ikw_complain("%s: no negotiation of it is in the logs (%zu packets of IKE "
                 "%s): it was not used",
                 f->name, w->npackets, ikw_buf_str(&b));
    ikw_buf_release(&b);
}

static void tell_one(const struct ikw_captures_file *f)
{
    struct ikw_wire_summary s = ikw_wire_join_sum(f->join);
    if (!s.joined) {
        tell_unused(f);
        return;
    }
    if (s.joined < s.negotiations)
        ikw_complain("%s: %zu of its %zu negotiations are in the logs", f->name,
                     s.joined, s.negotiations);
    if (s.turned)
        ikw_complain("%s: it was taken at the other end, and is read so",
                     f->name);
    if (s.offset_known && (s.offset_ms <= -2000 || s.offset_ms >= 2000))
        ikw_complain("%s: its clock is %+.1f s against the log's (within "
                     "%.1f s)",
                     f->name, (double)s.offset_ms / 1000,
                     (double)s.spread_ms / 1000);
    if (f->wire->cut)
        ikw_complain("%s: %u of %u packets are shorter than they were on the "
                     "wire",
                     f->name, f->wire->cut, f->wire->total);
}

void ikw_captures_tell(const struct ikw_captures *cs)
{
    for (size_t i = 0; i < cs->nfiles; i++)
        tell_one(&cs->files[i]);
}
