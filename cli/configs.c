#include "cli/configs.h"

#include "facts/log/log.h"
#include "inference/report.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A read in progress. */
struct reading {
    struct ikw_configs *cs;
    enum ikw_source source;
    struct ikw_diags *ds;
    size_t included;
    bool one_peer;
};

/* ---- files ------------------------------------------------------------- */

static struct ikw_conf_text text_of(const struct ikw_configs *cs, size_t i)
{
    const struct ikw_configs_file *f = &cs->files[i];
    return (struct ikw_conf_text){
        f->name,
        cs->first + (unsigned)i,
        { ikw_buf_str(&f->text), f->text.len },
    };
}

bool ikw_configs_slurp(const char *path, struct ikw_buf *out,
                       struct ikw_diags *ds)
{
    struct ikw_input *in = ikw_input_open(path, NULL, ds);
    struct ikw_pos pos = { path, 0 };
    struct ikw_slice chunk;
    if (!in)
        return false;
    uint64_t most = ikw_limit_most(ds->limits, IKW_LIMIT_CONFIG_OCTETS);
    while (out->len <= most && (chunk = ikw_input_next(in, ds)).len)
        ikw_buf_add(out, chunk.ptr, chunk.len);
    bool ok = !ikw_input_failed(in);
    ikw_input_close(in);
    if (out->len <= most)
        return ok;
    const struct ikw_limit_row *row = ikw_limit_row(IKW_LIMIT_CONFIG_OCTETS);
    return ikw_diag_add(
        ds, pos, IKW_DIAG_IO, "more than %llu %s: %s (--limit %s=N takes more)",
        (unsigned long long)most, row->of, row->rest, row->name);
}

/* Index of the new file, or SIZE_MAX with a diagnostic. */
static size_t add_file(struct reading *r, const char *path)
{
    struct ikw_configs *cs = r->cs;
    struct ikw_configs_file f = { .source = r->source };
    if (!ikw_configs_slurp(path, &f.text, r->ds)) {
        ikw_buf_release(&f.text);
        return SIZE_MAX;
    }
    size_t len = strlen(path) + 1;
    f.name = memcpy(ikw_xmalloc(len), path, len);
    f.kind =
        ikw_config_kind((struct ikw_slice){ ikw_buf_str(&f.text), f.text.len });
    IKW_GROW(cs->files, cs->files_cap, cs->nfiles + 1);
    cs->files[cs->nfiles] = f;
    return cs->nfiles++;
}

const struct ikw_configs_file *ikw_configs_file(const struct ikw_configs *cs,
                                                unsigned file)
{
    if (file < cs->first || file - cs->first >= cs->nfiles)
        return NULL;
    return &cs->files[file - cs->first];
}

/* ---- includes ---------------------------------------------------------- */

/* A configuration may come from another machine, so the paths in it are not
 * those of this one: what is included is looked for beside the file, and
 * nowhere above it. */
static void beside(struct ikw_buf *path, const char *from, const char *pattern)
{
    const char *slash = strrchr(from, '/');
    size_t dir = slash ? (size_t)(slash - from) + 1 : 0;
    if (dir && !strncmp(pattern, from, dir))
        pattern += dir;
    else if (*pattern == '/')
        pattern = strrchr(pattern, '/') + 1;
    for (size_t i = 0; i < dir; i++) {
        if (strchr("*?[\\", from[i]))
            ikw_buf_addc(path, '\\');
        ikw_buf_addc(path, from[i]);
    }
    if (strcmp(pattern, "..") && strncmp(pattern, "../", 3) &&
        !strstr(pattern, "/../"))
        ikw_buf_adds(path, pattern);
}

static bool is_file(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISREG(st.st_mode);
}

static size_t find_included(void *arg, const struct ikw_conf_text *from,
                            const char *pattern, struct ikw_conf_text *out,
                            size_t most)
{
    struct reading *r = arg;
    struct ikw_buf path = { 0 };
    glob_t g;
    size_t n = 0;
    beside(&path, from->name, pattern);
    if (!glob(ikw_buf_str(&path), 0, NULL, &g)) {
        for (size_t i = 0; i < g.gl_pathc && n < most; i++) {
            if (!is_file(g.gl_pathv[i]) ||
                ikw_limit_full(r->ds->limits, IKW_LIMIT_CONFIG_INCLUDES,
                               r->included))
                continue;
            size_t file = add_file(r, g.gl_pathv[i]);
            r->included++;
            if (file != SIZE_MAX)
                out[n++] = text_of(r->cs, file);
        }
        globfree(&g);
    }
    ikw_buf_release(&path);
    return n;
}

/* ---- gateways ---------------------------------------------------------- */

static struct ikw_config *new_peer(struct ikw_configs *cs)
{
    struct ikw_config *c = ikw_xcalloc(1, sizeof *c);
    ikw_config_init(c);
    IKW_GROW(cs->peers, cs->peers_cap, cs->npeers + 1);
    return cs->peers[cs->npeers++] = c;
}

/* Listings of one BIG-IP may come in several files. */
static struct ikw_config *gateway_for(struct reading *r,
                                      enum ikw_conf_kind kind,
                                      enum ikw_conf_kind before)
{
    struct ikw_configs *cs = r->cs;
    if (r->source == IKW_SOURCE_LOCAL)
        return &cs->local;
    if (!cs->npeers)
        return new_peer(cs);
    struct ikw_config *c = cs->peers[cs->npeers - 1];
    bool begins = kind == IKW_CONF_RACOON || kind == IKW_CONF_SWANCTL ||
                  (kind == IKW_CONF_TMSH && before != IKW_CONF_TMSH);
    return begins && c->ike && !r->one_peer ? new_peer(cs) : c;
}

static bool read_side(struct reading *r, const char **paths, size_t n)
{
    struct ikw_conf_includer inc = { r, find_included };
    enum ikw_conf_kind before = IKW_CONF_UNKNOWN;
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        size_t file = add_file(r, paths[i]);
        if (file == SIZE_MAX) {
            ok = false;
            continue;
        }
        struct ikw_conf_text text = text_of(r->cs, file);
        enum ikw_conf_kind kind = r->cs->files[file].kind;
        struct ikw_config *c = gateway_for(r, kind, before);
        ok = ikw_config_read(c, &text, &inc, r->ds) && ok;
        before = kind;
    }
    return ok;
}

bool ikw_configs_read(struct ikw_configs *cs, const struct ikw_options *o,
                      unsigned first, struct ikw_diags *ds)
{
    struct reading r = { .cs = cs, .source = IKW_SOURCE_LOCAL, .ds = ds };
    r.one_peer = o->command == IKW_CMD_COMPARE;
    *cs = (struct ikw_configs){ .first = first };
    cs->given = o->nconfigs || o->npeer_configs;
    ikw_config_init(&cs->local);
    bool ok = read_side(&r, o->configs, o->nconfigs);
    r.source = IKW_SOURCE_PEER;
    ok = read_side(&r, o->peer_configs, o->npeer_configs) && ok;
    ikw_config_finish(&cs->local);
    for (size_t i = 0; i < cs->npeers; i++)
        ikw_config_finish(cs->peers[i]);
    for (size_t i = 0; i < cs->nfiles; i++)
        ikw_buf_release(&cs->files[i].text);
    return ok;
}

void ikw_configs_release(struct ikw_configs *cs)
{
    ikw_config_release(&cs->local);
    for (size_t i = 0; i < cs->npeers; i++) {
        ikw_config_release(cs->peers[i]);
        free(cs->peers[i]);
    }
    for (size_t i = 0; i < cs->nfiles; i++) {
        free(cs->files[i].name);
        ikw_buf_release(&cs->files[i].text);
    }
    free(cs->peers);
    free(cs->files);
    *cs = (struct ikw_configs){ .given = false };
}

void ikw_configs_apply(const struct ikw_configs *cs, struct ikw_fact_set *fs)
{
    const struct ikw_config *const *peers =
        (const struct ikw_config *const *)cs->peers;
    struct ikw_conf_known known = { &cs->local, peers, cs->npeers };
    if (cs->given)
        ikw_config_facts(fs, &known);
}

void ikw_configs_lines(const struct ikw_configs *cs,
                       const struct ikw_verdict *v, struct ikw_buf *out)
{
    for (size_t i = 0; i < v->nevidence; i++) {
        const struct ikw_evidence *ev = &v->evidence[i].first;
        const struct ikw_configs_file *f = ikw_configs_file(cs, ev->file);
        const char *slash = f ? strrchr(f->name, '/') : NULL;
        if (!f || !ev->line || !ev->text)
            continue;
        ikw_buf_adds(out, out->len ? "; " : "change one of: ");
        const char *base = slash ? slash + 1 : f->name;
        ikw_escape(out, base, strlen(base), true);
        ikw_buf_addf(out, ":%u (", ev->line);
        ikw_escape(out, ev->text, strlen(ev->text), true);
        ikw_buf_addc(out, ')');
    }
}
