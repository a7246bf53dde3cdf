#include "cli/confine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

/* A sanitizer runs a tracer at the end, coverage writes files: neither can be
 * within the filter. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(IKW_SECCOMP) && !defined(SANITIZED)

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

/* Namespaces are for clone alone; the header has them under another macro. */
#define NAMESPACES UINT64_C(0x7e020080)
/* CLONE_VM, CLONE_SIGHAND and CLONE_THREAD, there as well */
#define THREAD UINT64_C(0x00010900)
/* struct termios2, which newer C libraries ask for */
#define TCGETS2_ UINT64_C(0x802c542a)

enum check {
    CHECK_ANY,
    CHECK_READ_ONLY,    /* flags are argument 1 */
    CHECK_READ_ONLY_AT, /* flags are argument 2 */
    CHECK_NO_CODE,      /* not PROT_EXEC */
    CHECK_NO_NAMESPACE,
    CHECK_THREAD, /* of this process, in its namespaces */
    CHECK_ITSELF, /* a signal to this process */
    CHECK_ITS_GROUP,
    CHECK_FLAGS, /* of a descriptor */
    CHECK_LOCK,
    CHECK_TERMINAL
};

static const struct row {
    const char *name;
    unsigned sets;
    enum check check;
} rows[] = {
#define IKW_SYSCALL(name, profile, check)                                      \
    { #name, IKW_CONFINE_##profile, CHECK_##check },
#include "cli/syscalls.def"
#undef IKW_SYSCALL
};

static int allow(scmp_filter_ctx ctx, int nr, unsigned arg,
                 enum scmp_compare op, uint64_t a, uint64_t b)
{
    struct scmp_arg_cmp cmp = { arg, op, a, b };
    return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, 1, &cmp);
}

static int allow_bits_clear(scmp_filter_ctx ctx, int nr, unsigned arg,
                            uint64_t bits)
{
    return allow(ctx, nr, arg, SCMP_CMP_MASKED_EQ, bits, 0);
}

/* One of the values; libseccomp has no "or" within a rule. */
static int allow_values(scmp_filter_ctx ctx, int nr, unsigned arg,
                        const uint64_t *values, size_t n)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++)
        rc = allow(ctx, nr, arg, SCMP_CMP_EQ, values[i], 0);
    return rc;
}

static int add_checked(scmp_filter_ctx ctx, int nr, enum check check)
{
    static const uint64_t flags[] = { F_GETFD, F_SETFD, F_GETFL, F_SETFL,
                                      F_DUPFD_CLOEXEC };
    static const uint64_t locks[] = { F_SETLK, F_SETLKW };
    static const uint64_t terminal[] = { TCGETS,  TCSETS,     TCSETSW,
                                         TCSETSF, TIOCGWINSZ, TCGETS2_ };
    const uint64_t writing = O_ACCMODE | O_CREAT | O_TRUNC;
    switch (check) {
    case CHECK_READ_ONLY:
        return allow_bits_clear(ctx, nr, 1, writing);
    case CHECK_READ_ONLY_AT:
        return allow_bits_clear(ctx, nr, 2, writing);
    case CHECK_NO_CODE:
        return allow_bits_clear(ctx, nr, 2, PROT_EXEC);
    case CHECK_NO_NAMESPACE:
        return allow_bits_clear(ctx, nr, 0, NAMESPACES);
    case CHECK_THREAD:
        return allow(ctx, nr, 0, SCMP_CMP_MASKED_EQ, THREAD | NAMESPACES,
                     THREAD);
    case CHECK_ITSELF:
        return allow(ctx, nr, 0, SCMP_CMP_EQ, (uint64_t)getpid(), 0);
    case CHECK_ITS_GROUP:
        return allow(ctx, nr, 0, SCMP_CMP_EQ, 0, 0);
    case CHECK_FLAGS:
        return allow_values(ctx, nr, 1, flags, sizeof flags / sizeof *flags);
    case CHECK_LOCK:
        return allow_values(ctx, nr, 1, locks, sizeof locks / sizeof *locks);
    case CHECK_TERMINAL:
        return allow_values(ctx, nr, 1, terminal,
                            sizeof terminal / sizeof *terminal);
    case CHECK_ANY:
        break;
    }
    return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, 0, NULL);
}

/* A name that this architecture does not have is left out. */
static int add_rows(scmp_filter_ctx ctx, unsigned sets)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !rc; i++) {
        int nr = seccomp_syscall_resolve_name(rows[i].name);
        if (rows[i].sets & sets && nr >= 0)
            rc = add_checked(ctx, nr, rows[i].check);
    }
    return rc;
}

/* The C library knows to do without these only if they do not exist. */
static int hide_newer(scmp_filter_ctx ctx)
{
    static const char *const names[] = { "clone3", "openat2" };
    int rc = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names && !rc; i++) {
        int nr = seccomp_syscall_resolve_name(names[i]);
        if (nr >= 0)
            rc = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(ENOSYS), nr, 0,
                                        NULL);
    }
    return rc;
}

bool ikw_confine(unsigned sets)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!ctx) {
        errno = ENOMEM;
        return false;
    }
    int rc = add_rows(ctx, sets | IKW_CONFINE_READ);
    if (!rc)
        rc = hide_newer(ctx);
    if (!rc)
        rc = seccomp_load(ctx); /* sets no_new_privs */
    seccomp_release(ctx);
    errno = -rc;
    return rc == 0;
}

const char *ikw_confine_built(void)
{
    return "seccomp";
}

#else

bool ikw_confine(unsigned sets)
{
    (void)sets;
    return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0;
}

const char *ikw_confine_built(void)
{
#if defined(SANITIZED)
    return "none (built with a sanitizer)";
#else
    return "none (built without libseccomp)";
#endif
}

#endif

unsigned ikw_confine_needs(const struct ikw_options *o)
{
    const char *what = o->nfiles ? o->files[0] : "";
    bool writes = o->state || o->junit ||
                  (o->pcap && strcmp(o->pcap, "-") != 0) ||
                  (o->command == IKW_CMD_CASE && !strcmp(what, "new")) ||
                  (o->command == IKW_CMD_TRAIN && strcmp(what, "list") != 0 &&
                   strcmp(what, "due") != 0 && strcmp(what, "report") != 0);
    return (unsigned)IKW_CONFINE_READ |
           (o->command == IKW_CMD_WATCH ? IKW_CONFINE_FOLLOW : 0u) |
           (writes ? IKW_CONFINE_WRITE : 0u);
}

/* It translates code as it goes, which the filter forbids. */
static bool in_valgrind(void)
{
    const char *preload = getenv("LD_PRELOAD");
    return preload && strstr(preload, "vgpreload_");
}

bool ikw_confine_for(const struct ikw_options *o)
{
    const char *want = getenv("IKEWHY_CONFINE");
    bool must = want && !strcmp(want, "must");
    if ((want && !strcmp(want, "no")) || (!must && in_valgrind()))
        return true;
    if (must && strncmp(ikw_confine_built(), "none", 4) == 0) {
        ikw_complain("cannot confine itself: %s", ikw_confine_built());
        return false;
    }
    if (ikw_confine(ikw_confine_needs(o)))
        return true;
    ikw_complain("cannot confine itself: %s", strerror(errno));
    return !must;
}
