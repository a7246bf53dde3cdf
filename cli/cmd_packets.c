/* ikewhy packets: the packets of a debug log, as a list and as a capture. */
#include "cli/packets.h"

#include "facts/packet/pcap_write.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { PART_BYTES = 1 << 16 };

/* Both outputs can be long: they go out in parts. */
struct lister {
    const struct ikw_options *options;
    struct ikw_session session;
    struct ikw_dumps *dumps;
    struct ikw_packet_list list;
    struct ikw_buf out, capture;
    FILE *file;            /* of the capture; NULL until there is something */
    struct ikw_buf beside; /* its name until it is whole; empty: its own */
    size_t packets, left_out;
    bool failed;
};

static bool to_stdout(const struct lister *l)
{
    return l->options->pcap && !strcmp(l->options->pcap, "-");
}

/* ---- the capture ------------------------------------------------------- */

static bool cannot_write(struct lister *l)
{
    ikw_complain("%s: cannot write: %s", l->options->pcap, strerror(errno));
    l->failed = true;
    return false;
}

/* Written beside what there was, then renamed over it: never half a capture.
 * A pipe or a device has no beside. */
static FILE *open_beside(struct lister *l)
{
    struct stat st;
    bool device = !stat(l->options->pcap, &st) && !S_ISREG(st.st_mode);
    if (!device)
        ikw_buf_addf(&l->beside, "%s.new", l->options->pcap);
    return fopen(device ? l->options->pcap : l->beside.ptr, "wb");
}

static bool open_capture(struct lister *l)
{
    if (!l->file && !l->failed)
        l->file = to_stdout(l) ? stdout : open_beside(l);
    return l->file || cannot_write(l);
}

static void flush_capture(struct lister *l)
{
    struct ikw_buf *b = &l->capture;
    if (b->len && !l->failed && open_capture(l) &&
        fwrite(b->ptr, 1, b->len, l->file) != b->len)
        cannot_write(l);
    ikw_buf_clear(b);
}

static void close_capture(struct lister *l)
{
    if (l->file && (l->file == stdout ? fflush(l->file) : fclose(l->file)) &&
        !l->failed)
        cannot_write(l);
    if (l->file && l->beside.len && !l->failed &&
        rename(l->beside.ptr, l->options->pcap))
        cannot_write(l);
    if (l->beside.len && l->failed)
        remove(l->beside.ptr);
    ikw_buf_release(&l->beside);
    l->file = NULL;
}

/* The log must not be lost to its capture. */
static bool is_a_log(const struct ikw_options *o)
{
    struct stat out, log;
    if (!o->pcap || stat(o->pcap, &out))
        return false;
    for (size_t i = 0; i < o->nfiles; i++) {
        if (!stat(o->files[i], &log) && log.st_dev == out.st_dev &&
            log.st_ino == out.st_ino) {
            ikw_complain("%s: is the log itself", o->pcap);
            return true;
        }
    }
    return false;
}

/* ---- the list ---------------------------------------------------------- */

static void flush_list(struct lister *l)
{
    if (l->out.len && !l->failed && !to_stdout(l))
        l->failed = !ikw_write_out(l->out.ptr, l->out.len);
    ikw_buf_clear(&l->out);
}

static void flush(struct lister *l)
{
    flush_list(l);
    flush_capture(l);
}

static void each_packet(void *arg, const struct ikw_dump *dump)
{
    struct lister *l = arg;
    struct ikw_datagram g;
    ikw_dumps_read(l->dumps, dump, &g);
    if (l->options->json) {
        ikw_buf_adds(&l->out, l->packets ? ",\n" : "[\n");
        ikw_packet_json(&l->out, &l->session, &g);
    } else {
        ikw_packet_text(&l->out, &l->list, &l->session, &g);
    }
    if (l->options->pcap && !ikw_pcap_add(&l->capture, &g))
        l->left_out++;
    l->packets++;
    if (l->out.len > PART_BYTES || l->capture.len > PART_BYTES)
        flush(l);
}

static void finish(struct lister *l)
{
    if (l->options->json)
        ikw_buf_adds(&l->out, l->packets ? "\n]\n" : "[]\n");
    flush(l);
    if (!l->packets)
        ikw_complain("no packet in this log: the daemon dumps them at its "
                     "debug level only");
    if (l->left_out)
        ikw_complain("%s: without %zu packets whose addresses are unknown",
                     l->options->pcap, l->left_out);
}

int ikw_cmd_packets(const struct ikw_options *o)
{
    struct lister l = { .options = o };
    struct ikw_session_hooks hooks = { .arg = &l, .packet = each_packet };
    if (o->html) {
        ikw_complain("packets: no --format=html");
        return IKW_EXIT_ERROR;
    }
    if (is_a_log(o))
        return IKW_EXIT_ERROR;
    l.dumps = ikw_dumps_new();
    if (o->pcap)
        ikw_pcap_begin(&l.capture);
    bool ok = ikw_session_open(&l.session, o) &&
              ikw_session_read(&l.session, o, &hooks);
    if (ok)
        finish(&l);
    close_capture(&l);
    ikw_buf_release(&l.out);
    ikw_buf_release(&l.capture);
    ikw_dumps_free(l.dumps);
    ikw_session_close(&l.session);
    return ok && !l.failed && !l.session.damaged ? 0 : IKW_EXIT_ERROR;
}
