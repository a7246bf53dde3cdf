/*
 * setkey.conf: the policies of the kernel. Lines that add SAs by hand carry
 * keys and are passed over unread.
 */
#include "facts/config/internal.h"

#include <string.h>

/* ---- requests: "esp/tunnel/192.0.2.1-198.51.100.1/require" ------------- */

static struct ikw_slice cut(struct ikw_slice *rest, char at)
{
    const char *p = rest->len ? memchr(rest->ptr, at, rest->len) : NULL;
    size_t len = p ? (size_t)(p - rest->ptr) : rest->len;
    struct ikw_slice head = ikw_slice_sub(*rest, 0, len);
    *rest = ikw_slice_sub(*rest, len + (p != NULL), rest->len);
    return head;
}

static const char *one_of(struct ikw_slice w, const char *const *words,
                          size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ikw_slice_is(w, words[i]))
            return words[i];
    return NULL;
}

static bool read_ends(struct ikw_slice ends, struct ikw_conf_request *q)
{
    struct ikw_slice src = cut(&ends, '-');
    if (!src.len)
        return true; /* transport mode needs none */
    return ikw_addr_parse(src, &q->local, NULL) &&
           ikw_addr_parse(ends, &q->remote, NULL);
}

static bool read_request(struct ikw_slice w, struct ikw_conf_request *q)
{
    static const char *const protocols[] = { "esp", "ah", "ipcomp" };
    static const char *const modes[] = { "tunnel", "transport" };
    *q = (struct ikw_conf_request){ 0 };
    q->protocol = one_of(cut(&w, '/'), protocols, 3);
    q->mode = one_of(cut(&w, '/'), modes, 2);
    return q->protocol && q->mode && read_ends(cut(&w, '/'), q);
}

/* ---- spdadd ------------------------------------------------------------ */

static bool is_request(struct ikw_slice w)
{
    return ikw_slice_starts(w, "esp/") || ikw_slice_starts(w, "ah/") ||
           ikw_slice_starts(w, "ipcomp/");
}

static void read_requests(struct ikw_conf_read *r, struct ikw_conf_node *n,
                          size_t i, struct ikw_conf_policy *p)
{
    for (; i < n->nwords; i++) {
        struct ikw_slice w = ikw_conf_word(n, i);
        if (ikw_slice_is(w, "ipsec"))
            p->protect = true;
        if (!is_request(w) || p->n == IKW_CONF_REQUESTS)
            continue;
        if (read_request(w, &p->v[p->n]))
            p->n++;
        else
            ikw_conf_fault(r, n, "a request of the policy is not understood");
    }
}

static bool read_direction(struct ikw_conf_read *r, struct ikw_conf_node *n,
                           size_t *i, struct ikw_conf_policy *p)
{
    while (*i < n->nwords && !ikw_slice_is(ikw_conf_word(n, *i), "-P"))
        ++*i;
    struct ikw_slice w = ikw_conf_word(n, *i + 1);
    if (!ikw_slice_is(w, "in") && !ikw_slice_is(w, "out") &&
        !ikw_slice_is(w, "fwd"))
        return ikw_conf_fault(r, n, "-P and a direction are missing");
    p->direction = *w.ptr;
    *i += 2;
    return true;
}

static bool read_policy(struct ikw_conf_read *r, struct ikw_conf_node *n,
                        struct ikw_conf_policy *p)
{
    size_t i = 1;
    if (ikw_slice_starts(ikw_conf_word(n, i), "-"))
        i++; /* -4, -6, -n */
    if (!ikw_selector_parse(ikw_conf_word(n, i), &p->src) ||
        !ikw_selector_parse(ikw_conf_word(n, i + 1), &p->dst))
        return ikw_conf_fault(r, n, "no such address or network");
    if (!ikw_proto_parse(ikw_conf_word(n, i + 2), &p->src.proto))
        return ikw_conf_fault(r, n, "no such protocol");
    p->dst.proto = p->src.proto;
    i += 3;
    if (!read_direction(r, n, &i, p))
        return false;
    read_requests(r, n, i, p);
    return true;
}

static bool same_policy(const struct ikw_conf_policy *a,
                        const struct ikw_conf_policy *b)
{
    return a->direction == b->direction && a->src.port == b->src.port &&
           a->dst.port == b->dst.port && ikw_selector_same(&a->src, &b->src) &&
           ikw_selector_same(&a->dst, &b->dst);
}

static void drop(struct ikw_config *c, const struct ikw_conf_policy *p)
{
    struct ikw_conf_policy **at = &c->policies;
    while (*at)
        if (same_policy(*at, p))
            *at = (*at)->next;
        else
            at = &(*at)->next;
}

static void take_add(struct ikw_conf_read *r, struct ikw_conf_node *n, int arg)
{
    struct ikw_conf_policy *p =
        IKW_ARENA_NEW(&r->c->arena, struct ikw_conf_policy);
    (void)arg;
    if (!read_policy(r, n, p)) {
        r->c->complete = false;
        return;
    }
    p->at = ikw_conf_at(r, n);
    drop(r->c, p);
    ikw_conf_policy_add(r->c, p);
    /* an outbound tunnel begins at an address of our own */
    for (size_t i = 0; p->direction == 'o' && i < p->n; i++)
        if (p->v[i].local.family)
            ikw_conf_own_add(r->c, &p->v[i].local);
}

static void take_delete(struct ikw_conf_read *r, struct ikw_conf_node *n,
                        int arg)
{
    struct ikw_conf_policy p = { 0 };
    (void)arg;
    if (read_policy(r, n, &p))
        drop(r->c, &p);
}

static void take_flush(struct ikw_conf_read *r, struct ikw_conf_node *n,
                       int arg)
{
    (void)n;
    (void)arg;
    r->c->policies = NULL;
}

/* Many words, because a policy may be a long chain of requests. */
static const struct ikw_conf_row rows[] = {
    { "spdadd", 5, 64, 'n', take_add, 0 },
    { "spdupdate", 5, 64, 'n', take_add, 0 },
    { "spddelete", 5, 64, 'n', take_delete, 0 },
    { "spdflush", 0, 1, 'n', take_flush, 0 },
    { "spddump", 0, 2, 'n', NULL, 0 },
    { "add", 0, 64, 'n', NULL, 0 },
    { "update", 0, 64, 'n', NULL, 0 },
    { "get", 0, 64, 'n', NULL, 0 },
    { "getspi", 0, 64, 'n', NULL, 0 },
    { "delete", 0, 64, 'n', NULL, 0 },
    { "deleteall", 0, 64, 'n', NULL, 0 },
    { "flush", 0, 2, 'n', NULL, 0 },
    { "dump", 0, 2, 'n', NULL, 0 },
    { NULL, 0, 0, 0, NULL, 0 },
};

void ikw_setkey_read(struct ikw_conf_read *r)
{
    struct ikw_conf_node *root =
        ikw_conf_tree(r->scratch, IKW_CONF_SETKEY, r->text, NULL, r->ds);
    r->c->spd = true;
    ikw_conf_take(r, root, rows);
}
