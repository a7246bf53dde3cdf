/* libpcap's header names types that POSIX alone does not have. */
#define _DEFAULT_SOURCE

#include "facts/wire/internal.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define NO_TIME INT64_MIN

int64_t ikw_wire_since(int64_t t_ms, int64_t from_ms)
{
    return t_ms == NO_TIME || from_ms == NO_TIME ? 0 : t_ms - from_ms;
}

static int64_t time_of(const struct pcap_pkthdr *h)
{
    enum { YEARS = 200 };
    int64_t s = h->ts.tv_sec, us = h->ts.tv_usec;
    if (s < 0 || s > (int64_t)YEARS * 366 * 86400 || us < 0 || us > 999999999)
        return NO_TIME;
    return s * 1000 + us / 1000;
}

static void span(struct ikw_wire *w, int64_t t_ms)
{
    if (t_ms == NO_TIME)
        return;
    if (w->from_ms == NO_TIME || t_ms < w->from_ms)
        w->from_ms = t_ms;
    if (w->to_ms == NO_TIME || t_ms > w->to_ms)
        w->to_ms = t_ms;
}

static void take_frame(struct wire_reader *r, int link,
                       const struct pcap_pkthdr *h, const u_char *bytes)
{
    struct ikw_wire *w = r->w;
    struct ip_packet ip = { .number = ++w->total, .t_ms = time_of(h) };
    struct datagram d = { .complete = true };
    span(w, ip.t_ms);
    w->cut += h->caplen < h->len;
    if (!ikw_wire_link(
            link, (struct ikw_slice){ (const char *)bytes, h->caplen }, &ip))
        return;
    if (ip.fragmented) {
        w->trailing += ip.offset != 0;
        ikw_wire_pieces_add(r->pieces, &ip, ikw_wire_datagram, r);
    } else {
        d.ip = ip;
        ikw_wire_datagram(r, &d);
    }
}

static bool read_all(struct wire_reader *r, pcap_t *p, const char *name,
                     struct ikw_diags *ds)
{
    struct ikw_pos pos = { name, 0 };
    struct pcap_pkthdr *h;
    const u_char *bytes;
    int status = 0;
    while (r->w->total < UINT32_MAX &&
           (status = pcap_next_ex(p, &h, &bytes)) > 0)
        take_frame(r, pcap_datalink(p), h, bytes);
    r->w->orphans = ikw_wire_pieces_end(r->pieces, ikw_wire_datagram, r);
    if (status == PCAP_ERROR)
        ikw_diag_add(ds, pos, IKW_DIAG_CAPTURE_CUT,
                     "breaks off after packet %u (%s); what stands before is "
                     "used",
                     r->w->total, pcap_geterr(p));
    if (r->w->dropped)
        ikw_diag_add(ds, pos, IKW_DIAG_CAPTURE_CUT,
                     "more packets of IKE than are kept: %zu left out",
                     r->w->dropped);
    return true;
}

static const char *link_name(int link)
{
    const char *name = pcap_datalink_val_to_name(link);
    return name ? name : "unknown";
}

struct ikw_wire *ikw_wire_read(const char *name, FILE *f, struct ikw_diags *ds)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    struct ikw_pos pos = { name, 0 };
    pcap_t *p = pcap_fopen_offline(f, why);
    if (!p) {
        fclose(f);
        ikw_diag_add(ds, pos, IKW_DIAG_CAPTURE, "not a capture file: %s", why);
        return NULL;
    }
    int link = pcap_datalink(p);
    if (!ikw_wire_link_known(link)) {
        ikw_diag_add(ds, pos, IKW_DIAG_CAPTURE,
                     "captures of link type %d (%s) are not read", link,
                     link_name(link));
        pcap_close(p);
        return NULL;
    }
    struct ikw_wire *w = ikw_xcalloc(1, sizeof *w);
    struct wire_reader r = { w, ikw_wire_pieces_new() };
    w->from_ms = w->to_ms = NO_TIME;
    w->limits = ds->limits;
    read_all(&r, p, name, ds);
    ikw_wire_pieces_free(r.pieces);
    pcap_close(p);
    w->limits = NULL;
    return w;
}

void ikw_wire_free(struct ikw_wire *w)
{
    if (!w)
        return;
    free(w->packets);
    free(w->icmps);
    free(w->flows);
    free(w);
}

static int by_cookie(const void *a, const void *b)
{
    return memcmp(a, b, 8);
}

size_t ikw_wire_negotiations(const struct ikw_wire *w)
{
    size_t n = 0, different = 0;
    uint8_t(*cookies)[8] = ikw_xcalloc(w->npackets + w->nicmps + 1, 8);
    for (size_t i = 0; i < w->npackets; i++)
        memcpy(cookies[n++], w->packets[i].icookie, 8);
    for (size_t i = 0; i < w->nicmps; i++)
        if (w->icmps[i].has_cookie)
            memcpy(cookies[n++], w->icmps[i].icookie, 8);
    qsort(cookies, n, 8, by_cookie);
    for (size_t i = 0; i < n; i++)
        different += i == 0 || memcmp(cookies[i], cookies[i - 1], 8) != 0;
    free(cookies);
    return different;
}
