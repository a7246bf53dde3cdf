/*
 * Preloaded: the allocation number IKW_FAIL_AT fails, and all after it if
 * IKW_FAIL_ON is set; with IKW_COUNT, tells at the end how many there were.
 * Every allocator of the process is counted, libraries' as well. With
 * IKW_SITES=FILE, writes there the number of the first allocation of each
 * site; a site is the allocator with its SITE_DEPTH callers.
 */
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>

enum { SITE_DEPTH = 6, SITES = 1 << 16 };

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static unsigned long calls, fail_at;
static int ready, go_on;
static uint64_t seen[SITES];
static FILE *sites;

/* Whose code it was: the test knows what is a library's own fault. */
static void crashed(int sig)
{
    void *at[32];
    int n = backtrace(at, 32);
    if (n > 2)
        backtrace_symbols_fd(at + 2, n - 2, 2);
    signal(sig, SIG_DFL);
    raise(sig);
}

static void __attribute__((constructor)) begin(void)
{
    const char *at = getenv("IKW_FAIL_AT");
    fail_at = at ? strtoul(at, NULL, 10) : 0;
    go_on = getenv("IKW_FAIL_ON") != NULL;
    if (getenv("IKW_SITES"))
        sites = fopen(getenv("IKW_SITES"), "w");
    void *first[1];
    backtrace(first, 1); /* loads what it needs */
    signal(SIGSEGV, crashed);
    ready = 1;
}

static void __attribute__((destructor)) end(void)
{
    ready = 0;
    if (sites)
        fclose(sites);
    if (getenv("IKW_COUNT"))
        fprintf(stderr, "allocations: %lu\n", calls);
}

/* Open addressing; a full table takes every further one for seen. */
static int is_new(uint64_t site)
{
    for (size_t i = 0; i < SITES; i++) {
        uint64_t *slot = &seen[(site + i) % SITES];
        if (!*slot)
            return (*slot = site) != 0;
        if (*slot == site)
            return 0;
    }
    return 0;
}

static void note_site(void)
{
    void *at[SITE_DEPTH + 2];
    uint64_t hash = UINT64_C(14695981039346656037);
    ready = 0; /* what is allocated here is none of the program's */
    int n = backtrace(at, SITE_DEPTH + 2);
    for (int i = 2; i < n; i++)
        hash = (hash ^ (uintptr_t)at[i]) * UINT64_C(1099511628211);
    if (is_new(hash | 1))
        fprintf(sites, "%lu\n", calls);
    ready = 1;
}

static int fails(void)
{
    if (!ready)
        return 0;
    calls++;
    if (sites)
        note_site();
    return fail_at && (calls == fail_at || (go_on && calls > fail_at));
}

static void *none(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size)
{
    return fails() ? none() : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? none() : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return fails() ? none() : __libc_realloc(p, size);
}
