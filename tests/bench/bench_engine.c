/*
 * Speed of the engine alone. Not part of `make check`:
 *   tests/bench/engine OUT           writes knowledge and facts
 *   cc -O2 -I. -o bench_engine tests/bench/bench_engine.c \
 *      build/release/libikewhy.a LIBS
 *   bench_engine KB FACTS [ROUNDS]    KB: a folder
 * Prints, of every fact set: facts, derived facts by type, weights, and the
 * time of a run (engine made, run and freed; the rules compiled once). Then
 * the peak of memory.
 */
#include "inference/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct bench {
    const struct ikw_kb *kb;
    const struct ikw_program *program;
    unsigned rounds;
    size_t sets, facts;
    double run_s;
};

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void print_set(const struct bench *b, const struct ikw_engine *e,
                      size_t nfacts, double s)
{
    printf("%zu facts:", nfacts);
    for (size_t t = 0; t < b->kb->ntypes; t++) {
        const struct ikw_type *type = b->kb->types[t];
        const struct ikw_fact *const *v;
        if (type->derived)
            printf(" %s %zu", type->name, ikw_engine_facts_of(e, type, &v));
    }
    printf(" weights %zu blind %zu, %.3f ms\n", ikw_engine_nweights(e),
           ikw_engine_nblind(e), s * 1e3);
}

static void run_set(void *arg, struct ikw_fact_set *fs)
{
    struct bench *b = arg;
    struct ikw_engine_opts opts = { .program = b->program,
                                    .max_facts = 1000000,
                                    .max_firings = 20000000,
                                    .max_steps = 1000000000 };
    struct ikw_diags ds = { 0 };
    double start = now();
    for (unsigned i = 0; i + 1 < b->rounds; i++) {
        struct ikw_engine *e = ikw_engine_new(b->kb, fs, &opts);
        ikw_engine_run(e, &ds);
        ikw_engine_free(e);
    }
    struct ikw_engine *e = ikw_engine_new(b->kb, fs, &opts);
    if (!ikw_engine_run(e, &ds))
        printf("limit: %s\n", ds.head->text);
    double s = (now() - start) / b->rounds;
    b->run_s += s;
    b->sets++;
    b->facts += fs->nfacts;
    if (b->sets <= 10)
        print_set(b, e, fs->nfacts, s);
    ikw_engine_free(e);
    ikw_diags_release(&ds);
}

static struct ikw_slice read_all(const char *name)
{
    struct ikw_buf b = { 0 };
    static char chunk[65536];
    FILE *f = fopen(name, "rb");
    size_t n;
    while (f && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        ikw_buf_add(&b, chunk, n);
    if (f)
        fclose(f);
    return (struct ikw_slice){ b.ptr, b.len };
}

static int complain(const struct ikw_diags *ds)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next) {
        struct ikw_buf b = { 0 };
        ikw_diag_format(d, &b);
        fprintf(stderr, "%s\n", ikw_buf_str(&b));
        ikw_buf_release(&b);
    }
    return 2;
}

int main(int argc, char **argv)
{
    struct ikw_diags ds = { 0 };
    struct bench b = { .rounds = argc > 3 ? (unsigned)atoi(argv[3]) : 1 };
    struct rusage ru;
    if (argc < 3)
        return 2;
    double t0 = now();
    struct ikw_kb *kb = ikw_kb_load(argv[1], &ds);
    if (!kb)
        return complain(&ds);
    double t1 = now();
    struct ikw_program *program = ikw_program_new(kb);
    double t2 = now();
    struct ikw_slice text = read_all(argv[2]);
    b.kb = kb;
    b.program = program;
    bool ok = ikw_facts_parse(kb, argv[2], text, run_set, &b, &ds);
    double t3 = now();
    getrusage(RUSAGE_SELF, &ru);
    printf("load %.2f ms, compile %.2f ms, %zu sets, %zu facts: engine "
           "%.3f ms, all %.3f s, peak %.1f MiB\n",
           (t1 - t0) * 1e3, (t2 - t1) * 1e3, b.sets, b.facts, b.run_s * 1e3,
           t3 - t0, (double)ru.ru_maxrss / 1024);
    ikw_program_free(program);
    ikw_kb_free(kb);
    free((void *)(uintptr_t)text.ptr);
    return ok ? 0 : complain(&ds);
}
