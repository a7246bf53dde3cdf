/* racoon.conf: sainfo sections. */
#include "facts/config/internal.h"

#include <string.h>

/* ---- for whom ---------------------------------------------------------- */

/* "address 10.0.0.0/8 [port] any": a suffix of the address may stand in
 * words of its own. Returns the word behind it, 0 on a fault. */
static size_t read_side(struct ikw_conf_read *r, struct ikw_conf_node *n,
                        size_t i, struct ikw_selector *out)
{
    struct ikw_buf b = { 0 };
    if (i + 1 < n->nwords && n->words[i + 1].quoted) {
        *out = (struct ikw_selector){ .named = true, .port = -1, .proto = -1 };
        return i + 2;
    }
    struct ikw_slice w = ikw_conf_word(n, ++i);
    ikw_buf_add(&b, w.ptr, w.len);
    for (i++; i < n->nwords; i++) {
        w = ikw_conf_word(n, i);
        if (!w.len || (*w.ptr != '/' && *w.ptr != '[' && *w.ptr != '-'))
            break;
        ikw_buf_add(&b, w.ptr, w.len);
    }
    struct ikw_slice all = { ikw_buf_str(&b), b.len };
    bool ok = ikw_selector_parse(all, out);
    ikw_buf_release(&b);
    if (ok && i < n->nwords &&
        ikw_proto_parse(ikw_conf_word(n, i), &out->proto))
        i++;
    if (!ok)
        ikw_conf_fault(r, n, "no such address or network");
    return ok ? i : 0;
}

static bool is_id_kind(struct ikw_slice w)
{
    return ikw_slice_is(w, "address") || ikw_slice_is(w, "subnet") ||
           ikw_slice_is(w, "fqdn") || ikw_slice_is(w, "user_fqdn") ||
           ikw_slice_is(w, "keyid") || ikw_slice_is(w, "asn1dn");
}

/* One side from word i on; 0 on a fault, i itself if nothing is there. */
static size_t read_either(struct ikw_conf_read *r, struct ikw_conf_node *n,
                          size_t i, struct ikw_selector *out, bool *client)
{
    struct ikw_slice w = ikw_conf_word(n, i);
    if (ikw_slice_is(w, "anonymous") || ikw_slice_is(w, "clientaddr")) {
        *client = *w.ptr == 'c';
        *out = (struct ikw_selector){ .any = true, .port = -1, .proto = -1 };
        return i + 1;
    }
    return is_id_kind(w) ? read_side(r, n, i, out) : i;
}

static size_t read_sides(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    struct ikw_conf_sainfo *sa = r->sainfo;
    bool client = false;
    size_t i = read_either(r, n, 1, &sa->local, &client);
    if (i < 2) {
        if (i == 1)
            ikw_conf_fault(r, n, "for whom it is must follow");
        return 0;
    }
    size_t k = read_either(r, n, i, &sa->remote, &sa->client);
    if (k == i) /* one word alone stands for both */
        sa->remote =
            (struct ikw_selector){ .any = true, .port = -1, .proto = -1 };
    return k;
}

static bool read_head(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    size_t i = read_sides(r, n);
    if (!i)
        return false;
    struct ikw_slice w = ikw_conf_word(n, i);
    if (ikw_slice_is(w, "from")) {
        r->sainfo->from = ikw_conf_id(r, n, i + 1);
        return r->sainfo->from != NULL;
    }
    if (w.len && !ikw_slice_is(w, "group"))
        return ikw_conf_fault(r, n, "its head is not understood");
    return true;
}

/* ---- what -------------------------------------------------------------- */

static void take_algs(struct ikw_conf_read *r, struct ikw_conf_node *n, int arg)
{
    enum ikw_alg_class c = (enum ikw_alg_class)arg;
    struct ikw_conf_sainfo *sa = r->sainfo;
    struct ikw_conf_algs *list = c == IKW_ALG_ESP    ? &sa->enc
                                 : c == IKW_ALG_HMAC ? &sa->auth
                                                     : &sa->comp;
    for (size_t i = 1; i < n->nwords; i++) {
        if (i > 1 && !n->words[i].listed)
            continue; /* a key length */
        if (list->n < IKW_CONF_ALGS &&
            ikw_conf_alg(r, n, i, c, &list->v[list->n]))
            list->n++;
    }
}

static void take_pfs(struct ikw_conf_read *r, struct ikw_conf_node *n, int arg)
{
    (void)arg;
    ikw_conf_alg(r, n, 1, IKW_ALG_DH, &r->sainfo->pfs);
}

static void take_lifetime(struct ikw_conf_read *r, struct ikw_conf_node *n,
                          int arg)
{
    int64_t v;
    (void)arg;
    if (ikw_slice_is(ikw_conf_word(n, 1), "byte")) {
        if (ikw_slice_int(ikw_conf_word(n, 2), &v) && v > 0)
            ikw_conf_set_number(&r->sainfo->bytes, v, ikw_conf_at(r, n));
    } else if (ikw_slice_is(ikw_conf_word(n, 1), "time") &&
               ikw_conf_time(n, 2, &v)) {
        ikw_conf_set_number(&r->sainfo->lifetime, v, ikw_conf_at(r, n));
    } else {
        ikw_conf_fault(r, n, "no such time");
    }
}

static void take_remote_id(struct ikw_conf_read *r, struct ikw_conf_node *n,
                           int arg)
{
    (void)arg;
    if (!ikw_slice_int(ikw_conf_word(n, 1), &r->sainfo->remote_id))
        ikw_conf_fault(r, n, "a number must follow");
}

static const struct ikw_conf_row sainfo_rows[] = {
    { "pfs_group", 1, 1, 'n', take_pfs, 0 },
    { "remoteid", 1, 1, 'n', take_remote_id, 0 },
    { "my_identifier", 1, 3, 'n', NULL, 0 },
    { "lifetime", 2, 3, 'n', take_lifetime, 0 },
    { "encryption_algorithm", 1, 64, 'n', take_algs, IKW_ALG_ESP },
    { "authentication_algorithm", 1, 64, 'n', take_algs, IKW_ALG_HMAC },
    { "compression_algorithm", 1, 64, 'n', take_algs, IKW_ALG_COMP },
    { NULL, 0, 0, 0, NULL, 0 },
};

static void set_title(struct ikw_conf_read *r, struct ikw_conf_node *n)
{
    struct ikw_conf_sainfo *sa = r->sainfo;
    struct ikw_buf b = { 0 };
    ikw_buf_adds(&b, "sainfo ");
    ikw_selector_add(&b, &sa->local);
    if (!sa->local.any || !sa->remote.any) {
        ikw_buf_addc(&b, ' ');
        ikw_selector_add(&b, &sa->remote);
    }
    sa->title = ikw_conf_keep(&r->c->arena, &b);
    sa->at = ikw_conf_at(r, n);
}

void ikw_racoon_sainfo(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       int arg)
{
    (void)arg;
    r->sainfo = ikw_conf_sainfo_new(r->c);
    if (!read_head(r, n)) {
        r->c->complete = false;
        return;
    }
    ikw_conf_take(r, n, sainfo_rows);
    set_title(r, n);
    if (!r->sainfo->enc.n || !r->sainfo->auth.n) {
        ikw_conf_dropped(r, n, "an algorithm is missing in it: not used");
        return;
    }
    if (!r->sainfo->comp.n)
        ikw_conf_fault(r, n, "it wants a compression algorithm, too");
    ikw_conf_sainfo_add(r->c, r->sainfo);
}
