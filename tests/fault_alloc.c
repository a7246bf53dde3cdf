/*
 * Preloaded: the allocation number IKW_FAIL_AT fails, and all after it if
 * IKW_FAIL_ON is set; with IKW_COUNT, tells at the end how many there were.
 * Every allocator of the process is counted, libraries' as well.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static unsigned long calls, fail_at;
static int ready, go_on;

static void __attribute__((constructor)) begin(void)
{
    const char *at = getenv("IKW_FAIL_AT");
    fail_at = at ? strtoul(at, NULL, 10) : 0;
    go_on = getenv("IKW_FAIL_ON") != NULL;
    ready = 1;
}

static void __attribute__((destructor)) end(void)
{
    ready = 0;
    if (getenv("IKW_COUNT"))
        fprintf(stderr, "allocations: %lu\n", calls);
}

static int fails(void)
{
    if (!ready)
        return 0;
    calls++;
    return fail_at && (calls == fail_at || (go_on && calls > fail_at));
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    return fails() ? NULL : __libc_realloc(p, size);
}
