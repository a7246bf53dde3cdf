/*
 * Fuzzes the reader of captures, and the join of what it read with a set of
 * facts that has the capture's own cookies: what a packet says must come from
 * the file, and a set never gets a fact of a negotiation it does not have.
 */
#include "facts/wire/join.h"
#include "tests/fuzz_kit.h"

static void check(const struct ikw_wire *w)
{
    for (size_t i = 0; i < w->npackets; i++) {
        const struct ikw_wire_packet *p = &w->packets[i];
        must(p->number >= 1 && p->number <= w->total);
        must(p->numbers[0] <= 6 && p->numbers[1] <= 6);
        must(p->from.addr.family == p->to.addr.family);
        must(p->fragments || p->complete);
    }
    /* the number is of the first fragment, which need not come first */
    for (size_t i = 0; i < w->nicmps; i++)
        must(w->icmps[i].number >= 1 && w->icmps[i].number <= w->total);
    for (size_t i = 0; i < w->nflows; i++)
        must(w->flows[i].packets && w->flows[i].packets <= w->total);
    must(ikw_wire_negotiations(w) <= w->npackets + w->nicmps);
}

static void add_hex(struct ikw_buf *out, const uint8_t *octets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ikw_buf_addf(out, "%02x", octets[i]);
}

/* The negotiations of some packets, as a log would tell of them. */
static void tell(struct ikw_fact_set *fs, const struct ikw_wire_packet *p,
                 int64_t id)
{
    const struct ikw_type *t = ikw_kb_type(fs->kb, "negotiation");
    struct ikw_value slots[IKW_MAX_SLOTS] = { { .kind = IKW_NIL } };
    struct ikw_buf cookie = { 0 }, msgid = { 0 };
    struct ikw_evidence ev = { 0, 1, p->t_ms, "x", NULL };
    add_hex(&cookie, p->icookie, 8);
    ikw_buf_addf(&msgid, "%08x", p->msgid);
    slots[ikw_type_slot(t, "id")] = ikw_value_int(id);
    slots[ikw_type_slot(t, "phase")] = ikw_value_int(p->msgid ? 2 : 1);
    slots[ikw_type_slot(t, "parent")] = ikw_value_int(id - 1);
    slots[ikw_type_slot(t, "role")] = ikw_value_str(id & 1 ? "I" : "R");
    slots[ikw_type_slot(t, "icookie")] = ikw_value_str(ikw_buf_str(&cookie));
    slots[ikw_type_slot(t, "msgid")] = ikw_value_str(ikw_buf_str(&msgid));
    ikw_fact_add(fs, t, (enum ikw_source)(id >> 1 & 1), slots, &ev);
    ikw_buf_release(&cookie);
    ikw_buf_release(&msgid);
}

static void join(const struct ikw_wire *w)
{
    enum { MOST = 8 };
    struct ikw_fact_set fs;
    struct ikw_wire_join *j = ikw_wire_join_new(w, 1, IKW_SOURCE_LOCAL);
    ikw_fact_set_init(&fs, fuzz_kb());
    ikw_wire_join_add(j, &fs);
    must(fs.nfacts == 0);
    for (size_t i = 0; i < w->npackets && i < MOST; i++)
        tell(&fs, &w->packets[i], (int64_t)i + 1);
    ikw_wire_join_add(j, &fs);
    for (size_t i = 0; i < fs.nfacts; i++) {
        struct ikw_value id = ikw_fact_get(fs.facts[i], "negotiation");
        must(id.kind != IKW_INT || (id.u.i >= 1 && id.u.i <= MOST));
        must(fs.facts[i]->first.line <= w->total || !fs.facts[i]->first.file);
    }
    must(ikw_wire_join_sum(j).joined <= ikw_wire_join_sum(j).negotiations);
    ikw_fact_set_release(&fs);
    ikw_wire_join_free(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ikw_diags ds = { 0 };
    void *bytes = malloc(size + 1);
    must(bytes != NULL);
    memcpy(bytes, data, size);
    FILE *f = size ? fmemopen(bytes, size, "rb") : NULL;
    struct ikw_wire *w = f ? ikw_wire_read("fuzz", f, &ds) : NULL;
    must(w || !f || ds.errors);
    if (w) {
        check(w);
        join(w);
    }
    ikw_wire_free(w);
    ikw_diags_release(&ds);
    free(bytes);
    return 0;
}
