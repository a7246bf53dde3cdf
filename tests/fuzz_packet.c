/*
 * Fuzzes the packet decoder: bytes as they are, as a decrypted dump, as the
 * dump of a log that becomes a record of a capture. What it says of a packet
 * must lie inside the packet, and a record must be as long as it says.
 */
#include "facts/fact.h"
#include "facts/packet/pcap_write.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER = 28, RECORD = 16, FORM = 4 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void decode(struct ikw_slice bytes, bool plain)
{
    struct ikw_isakmp k;
    uint16_t type;
    must(ikw_isakmp_decode(bytes, plain, &k) == (bytes.len >= HEADER));
    must(k.npayloads <= IKW_ISAKMP_MAX_PAYLOADS);
    must(k.nattrs <= IKW_ISAKMP_MAX_ATTRS);
    for (size_t i = 0; i < k.npayloads; i++)
        must(k.payloads[i].offset >= HEADER &&
             k.payloads[i].offset + (size_t)k.payloads[i].len <= bytes.len);
    if (k.has_id && k.id_data.len)
        must(k.id_data.ptr >= bytes.ptr &&
             k.id_data.ptr + k.id_data.len <= bytes.ptr + bytes.len);
    for (int from = 0; from < 2; from++) {
        int number = ikw_isakmp_message_number(&k, from);
        must(number >= 0 && number <= 6);
    }
    ikw_isakmp_makes_sense(&k);
    if (ikw_isakmp_find_notify(bytes, &type))
        must(ikw_isakmp_notify_name(type) != NULL);
}

/* The first octets choose the ends, the direction and the size claimed. */
static void as_dump(struct ikw_dumps *ds, const uint8_t *form,
                    struct ikw_slice bytes)
{
    static const char *const ips[] = { "192.0.2.1", "2001:db8::1", "",
                                       "fe80::1%eth0", "no" };
    static const int64_t ports[] = { 500, 4500, -1, 70000 };
    struct ikw_dump d = { .out = form[0] & 1,
                          .times = form[1] % 4,
                          .size = form[2] * 300 - 1,
                          .t_ms = form[3] * 700,
                          .bytes = bytes };
    struct ikw_datagram g;
    struct ikw_buf out = { 0 };
    strcpy(d.from.ip, ips[(form[0] >> 1) % 5]);
    strcpy(d.to.ip, ips[(form[1] >> 2) % 5]);
    d.from.port = ports[form[3] % 4];
    d.to.port = ports[form[3] / 4 % 4];
    ikw_dumps_read(ds, &d, &g);
    must(g.payload.len <= g.size);
    if (ikw_pcap_add(&out, &g)) {
        size_t len = (uint8_t)out.ptr[8] | (size_t)(uint8_t)out.ptr[9] << 8 |
                     (size_t)(uint8_t)out.ptr[10] << 16;
        must(out.len == g.times * (RECORD + len));
    } else {
        must(out.len == 0);
    }
    ikw_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ikw_buf hex = { 0 };
    struct ikw_slice all = { (const char *)data, size };
    decode(all, false);
    decode(all, true);
    ikw_hex_append(all, &hex);
    must(hex.len <= size / 2);
    ikw_buf_release(&hex);
    if (size < FORM)
        return 0;
    struct ikw_dumps *ds = ikw_dumps_new();
    for (int times = 0; times < 2; times++)
        as_dump(ds, data, ikw_slice_sub(all, FORM, size));
    ikw_dumps_free(ds);
    return 0;
}
