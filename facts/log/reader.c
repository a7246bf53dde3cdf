/*
 * Bytes to runs of whole lines. A file is read piece by piece into one
 * buffer; what is behind the last newline is carried to the front before the
 * next piece, nothing else is copied. The buffer never holds more than one
 * line of the longest length allowed, so memory is bounded whatever comes.
 * Compressed input goes through libarchive, fed from the same descriptor, so
 * that standard input may be compressed as well. Where there is much of it, a
 * thread unpacks ahead of the reading.
 */
#include "facts/log/ahead.h"
#include "facts/log/log.h"
#include "facts/log/reader.h"

#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PIECE = 256 * 1024,      /* one read; stays in the cache */
    HEAD = 64 * 1024,        /* looked at to tell text from other things */
    AHEAD_FROM = 1024 * 1024 /* of text; less is not worth a thread */
};

struct ikw_input {
    char *name;
    int fd; /* -1: bytes in memory, or `source` */
    struct ikw_byte_source source;
    const char *why;        /* unpacking, or the source, failed */
    struct ikw_slice block; /* of the archive, not yet taken */
    uint64_t taken, expanded;
    struct ikw_limits *limits;
    size_t untold; /* of those taken */
    void (*tick)(void *arg, size_t octets);
    void *tick_arg;
    struct archive *archive;
    char *raw; /* what the archive is fed from */
    size_t raw_len;
    char *buf;
    size_t cap, len, done; /* bytes in it; of those handed out */
    size_t line_max;
    uint64_t offset;         /* of buf[0] in the text */
    struct ikw_ahead *ahead; /* has `source` to `untold`, archive and raw */
    bool may_run_ahead;
    struct ikw_slice bytes;
    bool ended, failed;
    bool skipping; /* the rest of a line that was cut */
    bool cut_told;
};

static bool fail(struct ikw_input *in, struct ikw_diags *ds, const char *what)
{
    in->failed = in->ended = true;
    struct ikw_pos pos = { in->name, 0 };
    return ikw_diag_add(ds, pos, IKW_DIAG_IO, "%s", what);
}

static bool fail_why(struct ikw_input *in, struct ikw_diags *ds,
                     const char *verb, const char *why)
{
    in->failed = in->ended = true;
    struct ikw_pos pos = { in->name, 0 };
    return ikw_diag_add(ds, pos, IKW_DIAG_IO, "cannot %s: %s", verb, why);
}

static bool fail_errno(struct ikw_input *in, struct ikw_diags *ds,
                       const char *verb)
{
    return fail_why(in, ds, verb, in->why ? in->why : strerror(errno));
}

/* ---- where the bytes come from ----------------------------------------- */

/* Up to `room` bytes; 0 at the end, -1 on an error (errno). */
static ssize_t read_fd(int fd, char *to, size_t room)
{
    ssize_t n;
    do
        n = read(fd, to, room);
    while (n < 0 && errno == EINTR);
    return n;
}

static ssize_t read_raw(struct ikw_input *in, char *to, size_t room)
{
    ssize_t n = in->source.read
                    ? in->source.read(in->source.arg, to, room, &in->why)
                    : read_fd(in->fd, to, room);
    if (n > 0)
        in->taken += (uint64_t)n;
    if (n > 0)
        in->untold += (size_t)n;
    return n;
}

static la_ssize_t feed(struct archive *a, void *arg, const void **out)
{
    struct ikw_input *in = arg;
    (void)a;
    *out = in->raw;
    if (in->raw_len) { /* the head, read before we knew */
        la_ssize_t n = (la_ssize_t)in->raw_len;
        in->raw_len = 0;
        return n;
    }
    ssize_t n = read_raw(in, in->raw, PIECE);
    if (n < 0)
        archive_set_error(a, errno, "%s", in->why ? in->why : strerror(errno));
    return n;
}

/* A few octets that blow up to hours of reading are no log. */
bool ikw_expands_too_much(struct ikw_limits *l, uint64_t in, uint64_t out)
{
    bool steep = out > ikw_limit_most(l, IKW_LIMIT_RATIO_FROM) &&
                 out / ikw_limit_most(l, IKW_LIMIT_RATIO) > in;
    if (steep)
        ikw_limit_cut(l, IKW_LIMIT_RATIO);
    return steep || ikw_limit_full(l, IKW_LIMIT_EXPANDED, out);
}

static bool too_much(const struct ikw_input *in)
{
    return ikw_expands_too_much(in->limits, in->taken, in->expanded);
}

/* What came before the damage stays. A block is judged as a whole, so that
 * it makes no difference in what pieces it is taken. */
static ssize_t read_archive(struct ikw_input *in, char *to, size_t room)
{
    bool fresh = !in->block.len;
    ssize_t n = ikw_archive_take(in->archive, &in->block, to, room);
    if (n > 0 && fresh)
        in->expanded += (uint64_t)n + in->block.len;
    if (n >= 0 && !too_much(in))
        return n;
    in->why = n < 0 ? archive_error_string(in->archive)
                    : "it expands to more than any log would";
    if (!in->why)
        in->why = "damaged data";
    return -1;
}

/* An ikw_make_fn. */
static ssize_t make(void *arg, char *to, size_t room, size_t *octets)
{
    struct ikw_input *in = arg;
    ssize_t n =
        in->archive ? read_archive(in, to, room) : read_raw(in, to, room);
    *octets += in->untold;
    in->untold = 0;
    return n;
}

static void run_ahead(struct ikw_input *in)
{
    in->may_run_ahead = false;
    in->ahead = ikw_ahead_start(make, in);
}

/* Appends what comes to the buffer; false at the end of the input. */
static bool more(struct ikw_input *in, struct ikw_diags *ds)
{
    size_t room = in->cap - in->len, octets = 0;
    ssize_t n;
    if (room > PIECE)
        room = PIECE;
    if (in->ended)
        return false;
    if (in->may_run_ahead && in->offset > AHEAD_FROM)
        run_ahead(in);
    if (in->ahead)
        n = ikw_ahead_take(in->ahead, in->buf + in->len, room, &octets);
    else
        n = make(in, in->buf + in->len, room, &octets);
    if (octets && in->tick)
        in->tick(in->tick_arg, octets);
    if (n < 0)
        return fail_errno(in, ds, in->archive ? "decompress" : "read");
    in->len += (size_t)n;
    in->ended = n == 0;
    return n > 0;
}

/* ---- what kind of thing it is ------------------------------------------ */

struct magic {
    const char *bytes;
    size_t len;
};

static bool is_compressed(const char *p, size_t len)
{
    static const struct magic magics[] = {
        { "\x1f\x8b", 2 },
        { "\xfd"
          "7zXZ",
          5 },
        { "\x28\xb5\x2f\xfd", 4 },
        { "BZh", 3 },
        { "\x5d\x00\x00", 3 },
        { "\x1f\x9d", 2 },
        { "\x04\x22\x4d\x18", 4 },
    };
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (len > magics[i].len && !memcmp(p, magics[i].bytes, magics[i].len))
            return true;
    return false;
}

static bool is_tar(const char *p, size_t len)
{
    return len >= 512 && !memcmp(p + 257, "ustar", 5);
}

/* Many NULs, or the mix of control and high bytes that text never has. */
static bool is_binary(const char *p, size_t len)
{
    size_t nul = 0, control = 0, high = 0;
    if (len > HEAD)
        len = HEAD;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)p[i];
        nul += c == 0;
        high += c >= 0x80;
        control += c < 0x20 && !(c >= '\a' && c <= '\r') && c != 0x1b;
    }
    return nul * 10 > len || control * 5 > len ||
           (control * 16 > len && high * 4 > len);
}

/* Those that the library knows by itself: the others run a program. */
void ikw_input_filters(struct archive *a)
{
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_compress(a);
    archive_read_support_filter_lzma(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_filter_zstd(a);
}

int ikw_archive_open(struct archive *a, void *arg,
                     ssize_t (*feed_it)(struct archive *a, void *arg,
                                        const void **out))
{
    archive_read_set_read_callback(a, feed_it);
    if (archive_read_set_callback_data(a, arg) != ARCHIVE_OK)
        ikw_must(NULL);
    return archive_read_open1(a);
}

/* By blocks: a call for more would drop what came before the damage. */
ssize_t ikw_archive_take(struct archive *a, struct ikw_slice *block, char *to,
                         size_t room)
{
    while (!block->len) {
        const void *p = NULL;
        size_t len = 0;
        la_int64_t offset;
        int rc = archive_read_data_block(a, &p, &len, &offset);
        if (rc == ARCHIVE_EOF)
            return 0;
        if (rc < ARCHIVE_WARN)
            return -1;
        *block = (struct ikw_slice){ p, len };
    }
    size_t n = block->len < room ? block->len : room;
    memcpy(to, block->ptr, n);
    *block = ikw_slice_sub(*block, n, block->len);
    return (ssize_t)n;
}

static bool open_archive(struct ikw_input *in, struct ikw_diags *ds)
{
    in->raw = ikw_xmalloc(PIECE);
    in->raw_len = in->len;
    memcpy(in->raw, in->buf, in->len);
    in->len = 0;
    in->archive = ikw_must(archive_read_new());
    ikw_input_filters(in->archive);
    archive_read_support_format_raw(in->archive);
    archive_read_support_format_empty(in->archive);
    struct archive_entry *entry;
    if (ikw_archive_open(in->archive, in, feed) == ARCHIVE_OK) {
        int rc = archive_read_next_header(in->archive, &entry);
        in->ended = rc == ARCHIVE_EOF;
        if (rc == ARCHIVE_OK || rc == ARCHIVE_EOF)
            return true;
    }
    const char *why = archive_error_string(in->archive);
    return fail_why(in, ds, "decompress", why ? why : "damaged data");
}

/* Drops NULs at the start (a log truncated under its writer begins with a
 * hole) and a byte order mark. */
static void drop_hole(struct ikw_input *in)
{
    size_t n = 0;
    while (n < in->len && in->buf[n] == '\0')
        n++;
    if (in->len - n >= 3 && !memcmp(in->buf + n, "\xef\xbb\xbf", 3))
        n += 3;
    if (n == 0)
        return;
    memmove(in->buf, in->buf + n, in->len - n);
    in->len -= n;
    in->offset += n;
}

/* Reads until there is text to judge, and judges it. */
static bool sniff(struct ikw_input *in, struct ikw_diags *ds)
{
    while (in->len < 512 && more(in, ds))
        drop_hole(in);
    drop_hole(in);
    if (in->failed)
        return false;
    if (in->len == 0) {
        struct ikw_pos pos = { in->name, 0 };
        ikw_diag_add(ds, pos, IKW_DIAG_IO_EMPTY, "%s",
                     in->offset ? "holds nothing but NUL bytes" : "is empty");
        return true;
    }
    if (!in->archive && is_compressed(in->buf, in->len))
        return open_archive(in, ds) && sniff(in, ds);
    if (is_tar(in->buf, in->len))
        return fail(in, ds, "is a tar archive, not a log");
    if (is_binary(in->buf, in->len))
        return fail(in, ds, "is not a text log but binary data");
    return true;
}

/* ---- opening ----------------------------------------------------------- */

static bool open_path(struct ikw_input *in, const char *path,
                      struct ikw_diags *ds)
{
    struct stat st;
    if (!strcmp(path, "-")) {
        in->fd = STDIN_FILENO;
        return true;
    }
    in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (in->fd < 0 || fstat(in->fd, &st) < 0)
        return fail_errno(in, ds, "open");
    if (S_ISDIR(st.st_mode))
        return fail(in, ds, "is a directory, not a log");
    posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return true;
}

static struct ikw_input *input_new(const char *name,
                                   const struct ikw_input_opts *opts,
                                   struct ikw_limits *limits)
{
    struct ikw_input *in = ikw_xcalloc(1, sizeof *in);
    in->name = ikw_xmalloc(strlen(name) + 1);
    strcpy(in->name, name);
    in->fd = -1;
    in->limits = limits;
    in->line_max = (size_t)ikw_limit_most(in->limits, IKW_LIMIT_LINE);
    in->tick = opts ? opts->tick : NULL;
    in->tick_arg = opts ? opts->tick_arg : NULL;
    return in;
}

static void make_buffer(struct ikw_input *in)
{
    in->cap = in->line_max < PIECE ? in->line_max + 1 : PIECE;
    in->buf = ikw_xmalloc(in->cap);
}

/* Where there is something to unpack, and no read that waits for another
 * process: who stops early would wait with it. */
static bool may_run_ahead(const struct ikw_input *in,
                          const struct ikw_input_opts *opts)
{
    struct stat st;
    return opts && opts->ahead &&
           (in->source.read ||
            (in->archive && !fstat(in->fd, &st) && S_ISREG(st.st_mode)));
}

struct ikw_input *ikw_input_open(const char *path,
                                 const struct ikw_input_opts *opts,
                                 struct ikw_diags *ds)
{
    struct ikw_input *in = input_new(
        !strcmp(path, "-") ? "standard input" : path, opts, ds->limits);
    make_buffer(in);
    if (open_path(in, path, ds) && sniff(in, ds)) {
        in->may_run_ahead = may_run_ahead(in, opts);
        return in;
    }
    ikw_input_close(in);
    return NULL;
}

struct ikw_input *ikw_input_from(const char *name,
                                 const struct ikw_byte_source *source,
                                 const struct ikw_input_opts *opts,
                                 struct ikw_diags *ds)
{
    struct ikw_input *in = input_new(name, opts, ds->limits);
    in->source = *source;
    make_buffer(in);
    if (sniff(in, ds)) {
        in->may_run_ahead = may_run_ahead(in, opts);
        return in;
    }
    ikw_input_close(in);
    return NULL;
}

struct ikw_input *ikw_input_bytes(const char *name, struct ikw_slice bytes)
{
    struct ikw_input *in = input_new(name, NULL, NULL);
    in->bytes = bytes;
    return in;
}

/* ---- handing out ------------------------------------------------------- */

static const char *last_newline(const char *p, size_t len)
{
    while (len && p[len - 1] != '\n')
        len--;
    return len ? p + len - 1 : NULL;
}

static void tell_cut(struct ikw_input *in, struct ikw_diags *ds)
{
    struct ikw_pos pos = { in->name, 0 };
    ikw_limit_cut(in->limits, IKW_LIMIT_LINE);
    if (!in->cut_told)
        ikw_diag_add(ds, pos, IKW_DIAG_IO_LIMIT,
                     "the line at byte %llu is longer than %zu bytes: what is "
                     "behind them is left out",
                     (unsigned long long)in->offset, in->line_max);
    in->cut_told = true;
}

/* Forgets what was handed out, and the rest of a line that was cut. */
static void shift(struct ikw_input *in)
{
    if (in->skipping && in->done < in->len) {
        char *from = in->buf + in->done;
        char *nl = memchr(from, '\n', in->len - in->done);
        in->skipping = !nl;
        in->done = nl ? (size_t)(nl - in->buf) + 1 : in->len;
    }
    in->len -= in->done;
    if (in->len && in->done)
        memmove(in->buf, in->buf + in->done, in->len);
    in->offset += in->done;
    in->done = 0;
}

static struct ikw_slice hand_out(struct ikw_input *in, size_t len)
{
    in->done = len;
    return (struct ikw_slice){ in->buf, len };
}

/* Makes the buffer hold a longer line. */
static void grow(struct ikw_input *in)
{
    in->cap = in->cap * 2 > in->line_max ? in->line_max + 1 : in->cap * 2;
    in->buf = ikw_xrealloc(in->buf, in->cap);
}

/* The run in the buffer, empty if its first line is not complete yet. */
static struct ikw_slice run_of(struct ikw_input *in, struct ikw_diags *ds)
{
    const char *nl = last_newline(in->buf, in->len);
    if (nl)
        return hand_out(in, (size_t)(nl - in->buf) + 1);
    if (in->len <= in->line_max)
        return (struct ikw_slice){ in->buf, 0 };
    tell_cut(in, ds);
    in->skipping = true;
    return hand_out(in, in->line_max);
}

static struct ikw_slice next_of_file(struct ikw_input *in, struct ikw_diags *ds)
{
    shift(in);
    for (;;) {
        struct ikw_slice run = run_of(in, ds);
        if (run.len)
            return run;
        if (in->len == in->cap)
            grow(in);
        if (!more(in, ds))
            return hand_out(in, in->len);
        if (in->skipping)
            shift(in);
    }
}

static struct ikw_slice next_of_bytes(struct ikw_input *in,
                                      struct ikw_diags *ds)
{
    struct ikw_slice rest = ikw_slice_sub(in->bytes, in->done, in->bytes.len);
    if (in->skipping) {
        const char *nl = memchr(rest.ptr, '\n', rest.len);
        in->skipping = false;
        in->done = nl ? (size_t)(nl - in->bytes.ptr) + 1 : in->bytes.len;
        rest = ikw_slice_sub(in->bytes, in->done, in->bytes.len);
    }
    size_t len = rest.len;
    if (len > in->line_max) {
        const char *nl = last_newline(rest.ptr, in->line_max);
        len = nl ? (size_t)(nl - rest.ptr) + 1 : in->line_max;
        in->skipping = !nl;
    }
    in->offset = in->done;
    if (in->skipping)
        tell_cut(in, ds);
    in->done += len;
    return ikw_slice_sub(rest, 0, len);
}

struct ikw_slice ikw_input_next(struct ikw_input *in, struct ikw_diags *ds)
{
    return in->buf ? next_of_file(in, ds) : next_of_bytes(in, ds);
}

bool ikw_input_failed(const struct ikw_input *in)
{
    return in->failed;
}

const char *ikw_input_name(const struct ikw_input *in)
{
    return in->name;
}

void ikw_input_close(struct ikw_input *in)
{
    if (!in)
        return;
    ikw_ahead_stop(in->ahead);
    if (in->archive)
        archive_read_free(in->archive);
    if (in->fd > STDIN_FILENO)
        close(in->fd);
    if (in->source.close)
        in->source.close(in->source.arg);
    free(in->raw);
    free(in->buf);
    free(in->name);
    free(in);
}
