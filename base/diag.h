/*
 * Diagnostics: complaints about input, each with the address of the fault.
 * A list owns its texts; releasing the list frees them all.
 */
#ifndef IKW_BASE_DIAG_H
#define IKW_BASE_DIAG_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/slice.h"

enum ikw_diag_code {
#define IKW_DIAG(name, code, severity) IKW_DIAG_##name,
#include "base/diag.def"
#undef IKW_DIAG
    IKW_DIAG_COUNT
};

enum ikw_severity { IKW_ERROR, IKW_WARNING };

struct ikw_pos {
    const char *file; /* NULL: no file */
    unsigned line;    /* 1-based; 0: whole file */
};

struct ikw_diag {
    enum ikw_diag_code code;
    struct ikw_pos pos;
    const char *text;
    struct ikw_diag *next;
};

struct ikw_diags {
    struct ikw_arena arena;
    struct ikw_diag *head, **tail;
    size_t count, errors;
    struct ikw_limits *limits; /* of the run, borrowed; NULL: the defaults */
};

/* Copies the text and the file name. Always returns false, so that a loader
 * can write `return ikw_diag_add(...)`. */
bool ikw_diag_add(struct ikw_diags *ds, struct ikw_pos pos,
                  enum ikw_diag_code code, const char *fmt, ...)
    IKW_PRINTF(4, 5);

const char *ikw_diag_code_text(enum ikw_diag_code code); /* "KB003" */
enum ikw_severity ikw_diag_severity(enum ikw_diag_code code);
/* Appends `file:line: text [KB003]` without a newline. */
void ikw_diag_format(const struct ikw_diag *d, struct ikw_buf *out);
/* By file, line, code, text: the same faults print the same everywhere. */
void ikw_diags_sort(struct ikw_diags *ds);
void ikw_diags_release(struct ikw_diags *ds);

#endif
