/*
 * Packets, which only a debug log shows: the line that announces one sets
 * the context, its dump names the negotiation and gives facts. A dump whose
 * negotiation does not exist yet is held until the next line opens it.
 */
#include "facts/log/track_internal.h"

#include <string.h>

enum {
    EXCHANGE_BASE = 1,
    EXCHANGE_MAIN = 2,
    EXCHANGE_AGGRESSIVE = 4,
    EXCHANGE_INFO = 5,
    EXCHANGE_CONFIG = 6,
    EXCHANGE_QUICK = 32
};

static bool is_phase1(const struct ikw_isakmp *p)
{
    return p->exchange == EXCHANGE_BASE || p->exchange == EXCHANGE_MAIN ||
           p->exchange == EXCHANGE_AGGRESSIVE;
}

static const char *exchange_word(const struct ikw_isakmp *p)
{
    const char *name = ikw_isakmp_exchange_name(p->exchange);
    return name ? name : "other";
}

/* ---- the line above the dump ------------------------------------------- */

static bool read_endpoint(const struct ikw_match *m, const char *name,
                          struct ikw_endpoint *out)
{
    const struct ikw_capture *c = ikw_match_capture(m, name);
    struct ikw_slice ip, port;
    if (!c)
        return false;
    if (!ikw_capture_part(c, "ip", &ip))
        ip = c->text;
    if (ip.len == 0 || ip.len >= sizeof out->ip)
        return false;
    memcpy(out->ip, ip.ptr, ip.len);
    out->ip[ip.len] = '\0';
    if (!ikw_capture_part(c, "port", &port) || !ikw_slice_int(port, &out->port))
        out->port = -1;
    return true;
}

static int64_t read_int(const struct ikw_match *m, const char *name)
{
    const struct ikw_capture *c = ikw_match_capture(m, name);
    int64_t v;
    return c && ikw_slice_int(c->text, &v) ? v : -1;
}

/* The line just above the dump of a sent packet names only where it goes;
 * an earlier one named both ends. */
static void read_ends(struct ikw_tracker *tr, const struct ikw_match *m)
{
    struct packet *p = &tr->packet;
    struct ikw_endpoint from = p->from, to = p->to;
    bool again = p->out && from.ip[0];
    p->from = p->to = (struct ikw_endpoint){ .port = -1 };
    read_endpoint(m, "from", &p->from);
    if (!read_endpoint(m, "to", &p->to))
        read_endpoint(m, "peer", &p->to);
    if (!p->from.ip[0] && again && strcmp(p->to.ip, to.ip) == 0)
        p->from = from;
}

static void enter(struct ikw_tracker *tr, struct ikw_slice peer,
                  struct ikw_slice local, bool out)
{
    if (!peer.len)
        return;
    struct tunnel *t = ikw_tunnel_get(tr, peer);
    ikw_tunnel_touch(tr, t);
    ikw_tunnel_set_local(tr, t, local);
    if (tr->ctx.tunnel != t || !out)
        tr->ctx = (struct context){ .tunnel = t };
    tr->ctx.t_ms = tr->now_ms;
}

void ikw_packet_line(struct ikw_tracker *tr, const struct ikw_line *line,
                     const struct ikw_match *m)
{
    struct packet *p = &tr->packet;
    bool out = m->tmpl->message->action == IKW_DO_PACKET_OUT;
    ikw_packet_settle(tr);
    if (!out) {
        ikw_wait_opened(tr, NULL);
        p->out = false;
    }
    struct ikw_evidence ev = ikw_evidence_of(tr, line, m);
    read_ends(tr, m);
    p->out = out;
    p->size = read_int(m, "size");
    p->times = read_int(m, "count");
    p->decoded = false;
    ikw_note_set(&p->note, &ev);
    tr->exact = true;
    tr->event = false;
    tr->since_debug = 0;
    tr->want = out ? DUMP_OUT : DUMP_IN;
    const struct ikw_endpoint *peer = out ? &p->to : &p->from;
    const struct ikw_endpoint *local = out ? &p->from : &p->to;
    enter(tr, ikw_slice_of(peer->ip), ikw_slice_of(local->ip), out);
}

/* ---- facts of a packet ------------------------------------------------- */

static bool from_initiator(const struct packet *p, const struct neg *n)
{
    return p->out == (n->role == 'I');
}

static int number_of(const struct packet *p, const struct neg *n)
{
    if (is_phase1(&p->isakmp) && ikw_cookie_zero(p->isakmp.rcookie))
        return 1;
    if (!n || !n->role)
        return 0;
    return ikw_isakmp_message_number(&p->isakmp, from_initiator(p, n));
}

static struct ikw_fact_set *set_of(struct ikw_tracker *tr, struct neg *n)
{
    struct tunnel *t = n ? n->tunnel : tr->ctx.tunnel;
    return t ? ikw_tunnel_facts(tr, t) : NULL;
}

static void begin(struct maker *mk, struct ikw_tracker *tr,
                  const struct ikw_type *type, const struct neg *n)
{
    ikw_make_begin(mk, tr, type);
    if (n)
        ikw_make_int(mk, "negotiation", n->id);
}

static void emit_message(struct ikw_tracker *tr, struct neg *n)
{
    const struct packet *p = &tr->packet;
    const struct ikw_isakmp *k = &p->isakmp;
    struct maker mk;
    int number = number_of(p, n);
    begin(&mk, tr, tr->t_message, n);
    ikw_make_str(&mk, "dir", p->out ? "out" : "in");
    ikw_make_str(&mk, "exchange", exchange_word(k));
    if (number)
        ikw_make_int(&mk, "number", number);
    ikw_make_int(&mk, "size", p->size >= 0 ? p->size : (int64_t)k->size);
    ikw_make_str(&mk, "encrypted", k->encrypted ? "yes" : "no");
    if (p->from.port >= 0)
        ikw_make_int(&mk, "sport", p->from.port);
    if (p->to.port >= 0)
        ikw_make_int(&mk, "dport", p->to.port);
    if (k->version != 0x10)
        ikw_make_int(&mk, "version", k->version);
    if (k->flags & ~1)
        ikw_make_int(&mk, "flags", k->flags);
    ikw_make_end(&mk, set_of(tr, n), &p->note.ev);
}

static const char *protocol_word(uint8_t protocol)
{
    static const char *const words[] = { "isakmp", "ah", "esp", "ipcomp" };
    return protocol >= 1 && protocol <= 4 ? words[protocol - 1] : NULL;
}

static void emit_notify(struct ikw_tracker *tr, struct neg *n, uint16_t type,
                        bool clear, const struct ikw_evidence *ev)
{
    struct maker mk;
    const char *name = ikw_isakmp_notify_name(type);
    begin(&mk, tr, tr->t_notify, n);
    ikw_make_str(&mk, "dir", tr->packet.out ? "out" : "in");
    if (name)
        ikw_make_str(&mk, "name", name);
    ikw_make_int(&mk, "code", type);
    ikw_make_str(&mk, "protected", clear ? "no" : "yes");
    ikw_make_str(&mk, "decoded", "yes");
    ikw_make_end(&mk, set_of(tr, n), ev);
}

static void emit_delete(struct ikw_tracker *tr, struct neg *n,
                        const struct ikw_isakmp *k, bool clear,
                        const struct ikw_evidence *ev)
{
    struct maker mk;
    const char *protocol = protocol_word(k->delete_protocol);
    begin(&mk, tr, tr->t_delete, n);
    ikw_make_str(&mk, "dir", tr->packet.out ? "out" : "in");
    if (protocol)
        ikw_make_str(&mk, "protocol", protocol);
    ikw_make_str(&mk, "protected", clear ? "no" : "yes");
    ikw_make_end(&mk, set_of(tr, n), ev);
}

/* ---- offers of phase 1 ------------------------------------------------- */

enum {
    ATTR_ENC = 1,
    ATTR_HASH = 2,
    ATTR_AUTH = 3,
    ATTR_GROUP = 4,
    ATTR_LIFE_TYPE = 11,
    ATTR_LIFE = 12,
    ATTR_KEYLEN = 14
};

/* As the daemon spells them in its comparisons. */
static const struct {
    uint16_t type;
    uint64_t value;
    const char *word;
} value_words[] = {
    { ATTR_ENC, 1, "DES-CBC" },
    { ATTR_ENC, 2, "IDEA-CBC" },
    { ATTR_ENC, 3, "Blowfish-CBC" },
    { ATTR_ENC, 5, "3DES-CBC" },
    { ATTR_ENC, 6, "CAST-CBC" },
    { ATTR_ENC, 7, "AES-CBC" },
    { ATTR_ENC, 8, "CAMELLIA-CBC" },
    { ATTR_HASH, 1, "MD5" },
    { ATTR_HASH, 2, "SHA" },
    { ATTR_HASH, 3, "Tiger" },
    { ATTR_HASH, 4, "SHA256" },
    { ATTR_HASH, 5, "SHA384" },
    { ATTR_HASH, 6, "SHA512" },
    { ATTR_AUTH, 1, "pre-shared key" },
    { ATTR_AUTH, 2, "DSS signatures" },
    { ATTR_AUTH, 3, "RSA signatures" },
    { ATTR_AUTH, 65001, "XAuth pskey client" },
    { ATTR_GROUP, 1, "768-bit MODP group" },
    { ATTR_GROUP, 2, "1024-bit MODP group" },
    { ATTR_GROUP, 5, "1536-bit MODP group" },
    { ATTR_GROUP, 14, "2048-bit MODP group" },
    { ATTR_GROUP, 15, "3072-bit MODP group" },
    { ATTR_GROUP, 16, "4096-bit MODP group" },
    { ATTR_GROUP, 17, "6144-bit MODP group" },
    { ATTR_GROUP, 18, "8192-bit MODP group" },
};

static const char *value_word(const struct ikw_isakmp_attr *a)
{
    for (size_t i = 0; i < sizeof value_words / sizeof value_words[0]; i++) {
        if (value_words[i].type == a->type && value_words[i].value == a->value)
            return value_words[i].word;
    }
    return NULL;
}

static const char *attr_word(const struct ikw_isakmp_attr *a,
                             bool life_in_bytes)
{
    switch (a->type) {
    case ATTR_ENC:
        return "enc";
    case ATTR_HASH:
        return "hash";
    case ATTR_AUTH:
        return "auth";
    case ATTR_GROUP:
        return "dh";
    case ATTR_KEYLEN:
        return "keylen";
    case ATTR_LIFE:
        return life_in_bytes ? "lifebytes" : "lifetime";
    default:
        return NULL;
    }
}

static void decimal(uint64_t v, char out[24])
{
    char digits[24];
    size_t n = 0, i = 0;
    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    while (n)
        out[i++] = digits[--n];
    out[i] = '\0';
}

static void emit_offer(struct ikw_tracker *tr, struct neg *n,
                       const struct ikw_isakmp_attr *a, const char *attr)
{
    struct maker mk;
    char number[24];
    const char *word = value_word(a);
    decimal(a->value, number);
    begin(&mk, tr, tr->t_offer, n);
    ikw_make_str(&mk, "by", tr->packet.out ? "us" : "peer");
    ikw_make_int(&mk, "phase", 1);
    ikw_make_str(&mk, "attr", attr);
    ikw_make_str(&mk, "value", word ? word : number);
    ikw_make_end(&mk, set_of(tr, n), &tr->packet.note.ev);
}

static void emit_offers(struct ikw_tracker *tr, struct neg *n)
{
    const struct ikw_isakmp *k = &tr->packet.isakmp;
    bool bytes = false;
    for (size_t i = 0; i < k->nattrs; i++) {
        const struct ikw_isakmp_attr *a = &k->attrs[i];
        if (a->type == ATTR_LIFE_TYPE)
            bytes = a->value == 2;
        const char *attr = attr_word(a, bytes);
        if (attr)
            emit_offer(tr, n, a, attr);
    }
}

static void emit_packet(struct ikw_tracker *tr, struct neg *n)
{
    struct packet *p = &tr->packet;
    const struct ikw_isakmp *k = &p->isakmp;
    p->held = false;
    if (!set_of(tr, n))
        return;
    if (tr->t_message)
        emit_message(tr, n);
    if (!k->encrypted && k->has_notify && tr->t_notify)
        emit_notify(tr, n, k->notify_type, true, &p->note.ev);
    if (!k->encrypted && k->has_delete && tr->t_delete)
        emit_delete(tr, n, k, true, &p->note.ev);
    if (!k->encrypted && is_phase1(k) && tr->t_offer)
        emit_offers(tr, n);
}

/* ---- whose packet it is ------------------------------------------------ */

/* The first packet of a negotiation opened here, or the first one seen of
 * one that the log began in the middle of. */
static struct neg *by_tunnel(struct ikw_tracker *tr, const struct ikw_isakmp *k)
{
    char role = tr->packet.out && ikw_cookie_zero(k->rcookie) ? 'I'
                : tr->packet.out                              ? 'R'
                                                              : 'I';
    for (struct neg *n = tr->ctx.tunnel->last; n; n = n->prev) {
        if (n->phase == 1 && n->where == OPEN && !n->has_icookie &&
            (!n->role || n->role == role))
            return n;
    }
    return NULL;
}

static bool proves_phase1(const struct ikw_isakmp *k)
{
    if (ikw_cookie_zero(k->rcookie) || ikw_cookie_zero(k->icookie))
        return false;
    return is_phase1(k) || k->exchange == EXCHANGE_QUICK || k->encrypted;
}

static struct neg *implied(struct ikw_tracker *tr, const struct ikw_isakmp *k)
{
    struct tunnel *t = tr->ctx.tunnel;
    if (!tr->any_negotiation)
        tr->starts_mid = true;
    ikw_tunnel_make_room(tr, t, 1);
    ikw_tunnel_facts(tr, t);
    struct neg *n = ikw_neg_open(tr, t, 1, 0, &tr->packet.note.ev);
    n->implicit = true;
    if (is_phase1(k))
        n->exchange = ikw_isakmp_exchange_name(k->exchange);
    return n;
}

/* A responder that lost its state, or makes a new one for each copy,
 * answers under a cookie of its own that is not the known one. */
static bool half_known(const struct ikw_isakmp *k)
{
    return !k->encrypted && (is_phase1(k) || k->exchange == EXCHANGE_INFO);
}

static struct neg *find_phase1(struct ikw_tracker *tr,
                               const struct ikw_isakmp *k)
{
    static const uint8_t none[8];
    struct neg *n = ikw_neg_by_cookies(tr, k->icookie, k->rcookie);
    bool first = is_phase1(k) && ikw_cookie_zero(k->rcookie);
    if (!n && half_known(k)) {
        n = ikw_neg_by_cookies(tr, k->icookie, none);
        if (n && is_phase1(k) && n->where != OPEN)
            n = NULL;
    }
    if (n && first && !tr->packet.out && n->where == NOWHERE)
        return NULL; /* the caller tries again: a new record may follow */
    if (!n && tr->ctx.tunnel && (is_phase1(k) || k->encrypted) &&
        !(first && !tr->packet.out))
        n = by_tunnel(tr, k);
    if (!n && tr->ctx.tunnel && proves_phase1(k))
        n = implied(tr, k);
    if (n && tr->packet.out && is_phase1(k))
        n->has_rcookie = false; /* what we send under is what we believe */
    if (n)
        ikw_neg_set_cookies(tr, n, k->icookie, k->rcookie);
    return n;
}

static struct neg *find_phase2(struct ikw_tracker *tr, struct neg *p1,
                               const struct ikw_isakmp *k)
{
    struct neg *n = ikw_neg_by_msgid(p1, k->msgid);
    if (n || !tr->packet.out)
        return n;
    for (n = p1->tunnel->last; n; n = n->prev) {
        if (n->phase == 2 && n->where == OPEN && !n->has_msgid &&
            n->role != 'R')
            break;
    }
    if (n) {
        n->has_msgid = true;
        n->msgid = k->msgid;
    }
    return n;
}

static void note_answer(struct ikw_tracker *tr, struct neg *n)
{
    if (!tr->packet.out && n->where == OPEN)
        n->answered = true;
}

/* The packet is decoded: find its negotiation, or hold it. */
static void place_packet(struct ikw_tracker *tr)
{
    struct packet *p = &tr->packet;
    const struct ikw_isakmp *k = &p->isakmp;
    struct neg *n = find_phase1(tr, k);
    bool opens = !p->out && is_phase1(k) && !n;
    if (n && k->exchange == EXCHANGE_QUICK && k->msgid) {
        struct neg *child = find_phase2(tr, n, k);
        opens = (!child || child->where == NOWHERE) && !p->out;
        if (child)
            n = child;
    }
    if (n) {
        tr->ctx.tunnel = n->tunnel;
        tr->ctx.neg = n;
        ikw_neg_touch(tr, n, &p->note.ev);
        note_answer(tr, n);
    }
    if (opens)
        p->held = true;
    else
        emit_packet(tr, n);
}

static bool belongs(const struct packet *p, const struct neg *n)
{
    if (n->phase == 2)
        return p->isakmp.exchange == EXCHANGE_QUICK;
    return is_phase1(&p->isakmp);
}

void ikw_packet_opened(struct ikw_tracker *tr, struct neg *n)
{
    struct packet *p = &tr->packet;
    if (!p->held || tr->ctx.tunnel != n->tunnel || n->role == 'I' ||
        !belongs(p, n))
        return;
    if (n->phase == 2) {
        n->has_msgid = true;
        n->msgid = p->isakmp.msgid;
    } else {
        ikw_neg_set_cookies(tr, n, p->isakmp.icookie, p->isakmp.rcookie);
        if (!n->exchange)
            n->exchange = ikw_isakmp_exchange_name(p->isakmp.exchange);
    }
    emit_packet(tr, n);
}

void ikw_packet_settle(struct ikw_tracker *tr)
{
    struct packet *p = &tr->packet;
    if (!p->held)
        return;
    struct neg *n = tr->ctx.neg;
    if (!n)
        n = ikw_neg_by_cookies(tr, p->isakmp.icookie, p->isakmp.rcookie);
    emit_packet(tr, n);
    ikw_wait_opened(tr, NULL);
}

bool ikw_packet_holds(const struct ikw_tracker *tr, const struct tunnel *t)
{
    return tr->packet.held && is_phase1(&tr->packet.isakmp) &&
           tr->ctx.tunnel == t;
}

void ikw_packet_forget(struct ikw_tracker *tr, const struct tunnel *t,
                       const struct neg *n)
{
    (void)n;
    if (t && tr->ctx.tunnel == t)
        tr->packet.held = false;
}

/* ---- dumps ------------------------------------------------------------- */

/* Packets to port 4500 start with four zero octets. */
static struct ikw_slice without_marker(struct ikw_slice b)
{
    static const char zero[4];
    if (b.len > 4 && memcmp(b.ptr, zero, 4) == 0)
        return ikw_slice_sub(b, 4, b.len);
    return b;
}

/* Behind its header an encrypted packet tells no more than its size. */
static bool knows_enough(const struct ikw_tracker *tr)
{
    struct ikw_slice b = { tr->bytes.ptr, tr->bytes.len };
    return tr->want != DUMP_PLAIN && !tr->sink.packet && tr->packet.size >= 0 &&
           ikw_isakmp_sealed(without_marker(b));
}

void ikw_packet_more(struct ikw_tracker *tr, struct ikw_slice hex)
{
    if (!tr->reads_dump)
        return;
    if (!ikw_limit_full(tr->limits, IKW_LIMIT_DUMP, tr->bytes.len))
        ikw_hex_append(hex, &tr->bytes);
    tr->reads_dump = !knows_enough(tr);
}

void ikw_packet_plain(struct ikw_tracker *tr, const struct ikw_evidence *ev)
{
    tr->want = DUMP_PLAIN;
    ikw_note_set(&tr->plain, ev);
}

static void emit_decrypt(struct ikw_tracker *tr, struct neg *n,
                         const struct ikw_isakmp *k, bool sense)
{
    struct maker mk;
    begin(&mk, tr, tr->t_decrypt, n);
    ikw_make_str(&mk, "exchange", exchange_word(k));
    ikw_make_str(&mk, "result", sense ? "sense" : "noise");
    ikw_make_end(&mk, set_of(tr, n), &tr->plain.ev);
}

static void read_plain(struct ikw_tracker *tr, struct ikw_slice bytes)
{
    struct ikw_isakmp k;
    struct neg *n = tr->ctx.neg;
    uint16_t type;
    if (!ikw_isakmp_decode(bytes, true, &k) || !set_of(tr, n))
        return;
    bool sense = ikw_isakmp_makes_sense(&k);
    if (tr->t_decrypt)
        emit_decrypt(tr, n, &k, sense);
    if (k.exchange != EXCHANGE_INFO)
        return;
    if (sense && k.has_notify)
        type = k.notify_type;
    else if (!ikw_isakmp_find_notify(bytes, &type))
        type = 0;
    if (type && tr->t_notify)
        emit_notify(tr, n, type, false, &tr->plain.ev);
    if (sense && k.has_delete && tr->t_delete)
        emit_delete(tr, n, &k, false, &tr->plain.ev);
}

static void tell_packet(const struct ikw_tracker *tr, struct ikw_slice bytes)
{
    const struct packet *p = &tr->packet;
    struct ikw_dump d = { .file = p->note.ev.file,
                          .line = p->note.ev.line,
                          .t_ms = p->note.ev.t_ms,
                          .out = p->out,
                          .from = p->from,
                          .to = p->to,
                          .size = p->size,
                          .times = p->times > 1 ? p->times : 1,
                          .bytes = bytes };
    tr->sink.packet(tr->sink.arg, &d);
}

void ikw_packet_dump_end(struct ikw_tracker *tr)
{
    struct ikw_slice b = { tr->bytes.ptr, tr->bytes.len };
    enum dump what = tr->want;
    tr->in_dump = tr->reads_dump = false;
    tr->want = DUMP_NONE;
    if (!b.len)
        return;
    if (what == DUMP_PLAIN) {
        read_plain(tr, b);
        return;
    }
    if (tr->sink.packet)
        tell_packet(tr, b);
    tr->packet.decoded =
        ikw_isakmp_decode(without_marker(b), false, &tr->packet.isakmp);
    if (tr->packet.decoded && tr->ctx.tunnel)
        place_packet(tr);
}
