#include "facts/input/archive.h"

#include "facts/log/reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024 };

/* An open archive, or (raw) one entry of the level below, decompressed. */
struct level {
    struct archive *archive;
    struct archive_entry *entry; /* it stands on */
    struct level *below;         /* its bytes come from; NULL: from fd */
    int fd;
    bool tar, first; /* `first`: the first entry is open, not yet walked on */
    uint32_t at;     /* number of the entry, from 1 */
    uint64_t taken;
    struct ikw_limits *limits;
    struct ikw_slice rest; /* of this entry, for the level above */
    char block[BLOCK];
};

struct ikw_walk {
    struct level *levels[IKW_ARCHIVE_DEEPEST + 1]; /* the last may be raw */
    size_t n;
    uint32_t entries;
    bool ended;
    struct ikw_limits *limits;
    struct ikw_buf why;
};

/* ---- one level --------------------------------------------------------- */

static ssize_t read_below(struct level *lv)
{
    if (lv->below)
        return ikw_archive_take(lv->below->archive, &lv->below->rest, lv->block,
                                BLOCK);
    return read(lv->fd, lv->block, BLOCK);
}

static bool too_much(const struct level *lv)
{
    int64_t out = archive_filter_bytes(lv->archive, 0);
    return out > 0 &&
           ikw_expands_too_much(lv->limits, lv->taken, (uint64_t)out);
}

static la_ssize_t feed(struct archive *a, void *arg, const void **out)
{
    struct level *lv = arg;
    *out = lv->block;
    if (too_much(lv)) {
        archive_set_error(a, -1, "it expands to more than any log would");
        return -1;
    }
    ssize_t n = read_below(lv);
    if (n > 0)
        lv->taken += (uint64_t)n;
    else if (n < 0)
        archive_set_error(a, -1, "%s",
                          lv->below ? archive_error_string(lv->below->archive)
                                    : "cannot read");
    return n;
}

static void level_close(struct level *lv)
{
    archive_read_free(lv->archive);
    if (lv->fd >= 0)
        close(lv->fd);
    free(lv);
}

/* NULL if what is below is nothing that can be read. */
static struct level *level_open(struct level *below, int fd,
                                struct ikw_limits *limits)
{
    struct level *lv = ikw_xcalloc(1, sizeof *lv);
    lv->below = below;
    lv->fd = fd;
    lv->limits = limits;
    lv->archive = ikw_must(archive_read_new());
    ikw_input_filters(lv->archive);
    archive_read_support_format_tar(lv->archive);
    archive_read_support_format_raw(lv->archive);
    if (ikw_archive_open(lv->archive, lv, feed) == ARCHIVE_OK &&
        archive_read_next_header(lv->archive, &lv->entry) >= ARCHIVE_WARN) {
        int format = archive_format(lv->archive) & ARCHIVE_FORMAT_BASE_MASK;
        lv->tar = format == ARCHIVE_FORMAT_TAR;
        lv->first = true;
        return lv;
    }
    level_close(lv);
    return NULL;
}

/* ---- the walk ---------------------------------------------------------- */

struct ikw_walk *ikw_walk_open(const char *path, struct ikw_limits *limits)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct level *lv = fd < 0 ? NULL : level_open(NULL, fd, limits);
    if (lv && !lv->tar) {
        level_close(lv);
        return NULL;
    }
    if (!lv)
        return NULL;
    struct ikw_walk *w = ikw_xcalloc(1, sizeof *w);
    w->limits = limits;
    w->levels[w->n++] = lv;
    return w;
}

static void pop(struct ikw_walk *w)
{
    level_close(w->levels[--w->n]);
}

static enum ikw_step damaged(struct ikw_walk *w, const char *why)
{
    ikw_buf_clear(&w->why);
    ikw_buf_adds(&w->why, why ? why : "damaged data");
    w->ended = true;
    return IKW_STEP_DAMAGED;
}

/* To the next entry of the archive on top. */
static int advance(struct ikw_walk *w, struct level *lv)
{
    int rc = ARCHIVE_OK;
    if (!lv->first)
        rc = archive_read_next_header(lv->archive, &lv->entry);
    lv->first = false;
    lv->rest = (struct ikw_slice){ 0 };
    lv->at++;
    w->entries++;
    return rc;
}

static bool is_file(const struct level *lv)
{
    return archive_entry_filetype(lv->entry) == AE_IFREG &&
           !archive_entry_hardlink(lv->entry) &&
           (!archive_entry_size_is_set(lv->entry) ||
            archive_entry_size(lv->entry) > 0);
}

/* Onto the data of the entry; true if it is a file and no archive. */
static bool enter(struct ikw_walk *w)
{
    struct level *lv = level_open(w->levels[w->n - 1], -1, w->limits);
    if (!lv)
        return false;
    if (lv->tar && ikw_limit_full(w->limits, IKW_LIMIT_ARCHIVE_DEPTH, w->n)) {
        level_close(lv);
        return false;
    }
    w->levels[w->n++] = lv;
    return !lv->tar;
}

/* `wanted`: the numbers of the entry to stop at; NULL: at the next. */
static enum ikw_step step(struct ikw_walk *w, const uint32_t *wanted,
                          size_t depth)
{
    if (w->n && !w->levels[w->n - 1]->tar)
        pop(w);
    while (w->n && !w->ended) {
        struct level *lv = w->levels[w->n - 1];
        int rc = advance(w, lv);
        if (rc == ARCHIVE_EOF) {
            pop(w);
            continue;
        }
        if (rc < ARCHIVE_WARN)
            return damaged(w, archive_error_string(lv->archive));
        if (ikw_limit_full(w->limits, IKW_LIMIT_ARCHIVE_ENTRIES,
                           w->entries - 1)) {
            w->ended = true;
            return IKW_STEP_END;
        }
        if (wanted && (w->n > depth || lv->at != wanted[w->n - 1]))
            continue;
        if (is_file(lv) && enter(w))
            return IKW_STEP_FILE;
    }
    return w->ended ? IKW_STEP_DAMAGED : IKW_STEP_END;
}

enum ikw_step ikw_walk_next(struct ikw_walk *w)
{
    return step(w, NULL, 0);
}

enum ikw_step ikw_walk_to(struct ikw_walk *w, const uint32_t *at, size_t depth)
{
    return step(w, at, depth);
}

/* ---- where it stands --------------------------------------------------- */

void ikw_walk_name(const struct ikw_walk *w, struct ikw_buf *out)
{
    for (size_t i = 0; i + 1 < w->n; i++) {
        const char *name = archive_entry_pathname(w->levels[i]->entry);
        while (name && (*name == '/' || (name[0] == '.' && name[1] == '/')))
            name++;
        if (i)
            ikw_buf_addc(out, '/');
        if (name && *name)
            ikw_buf_adds(out, name);
        else
            ikw_buf_addf(out, "entry-%u", w->levels[i]->at);
    }
}

size_t ikw_walk_place(const struct ikw_walk *w,
                      uint32_t at[IKW_ARCHIVE_DEEPEST])
{
    size_t n = 0;
    for (; n + 1 < w->n; n++)
        at[n] = w->levels[n]->at;
    return n;
}

const char *ikw_walk_why(const struct ikw_walk *w)
{
    return ikw_buf_str(&w->why);
}

/* ---- its bytes --------------------------------------------------------- */

static ssize_t read_entry(void *arg, char *to, size_t room, const char **why)
{
    struct ikw_walk *w = arg;
    struct level *lv = w->levels[w->n - 1];
    ssize_t n = ikw_archive_take(lv->archive, &lv->rest, to, room);
    if (n >= 0)
        return n;
    *why = archive_error_string(lv->archive);
    if (!*why)
        *why = "damaged data";
    return -1;
}

static void close_walk(void *arg)
{
    ikw_walk_close(arg);
}

struct ikw_byte_source ikw_walk_source(struct ikw_walk *w, bool owned)
{
    return (struct ikw_byte_source){ w, read_entry, owned ? close_walk : NULL };
}

void ikw_walk_close(struct ikw_walk *w)
{
    if (!w)
        return;
    while (w->n)
        pop(w);
    ikw_buf_release(&w->why);
    free(w);
}
