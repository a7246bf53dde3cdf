/*
 * What our engine derives and weighs, set by set of printed facts, in the
 * form in which the program of `ikewhy kb export` prints it in CLIPS:
 *   derive_many KB FACTS...
 */
#include "inference/engine.h"

#include <inttypes.h>
#include <stdio.h>

struct run {
    const struct ikw_kb *kb;
    const struct ikw_program *program;
    struct ikw_diags ds;
    size_t nsets;
};

static void print_text(const char *s)
{
    putchar('"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            putchar('\\');
        putchar(*s);
    }
    putchar('"');
}

static void print_fact(const struct ikw_fact *f)
{
    printf("(%s (@source %s)", f->type->name,
           f->source == IKW_SOURCE_PEER ? "peer" : "local");
    for (size_t i = 0; i < f->type->nslots; i++) {
        if (f->slots[i].kind == IKW_NIL)
            continue;
        printf(" (%s ", f->type->slots[i].name);
        if (f->slots[i].kind == IKW_INT)
            printf("%" PRId64, f->slots[i].u.i);
        else
            print_text(f->slots[i].u.str);
        putchar(')');
    }
    puts(")");
}

static void print_weight(const struct ikw_weight *w)
{
    static const char *const kinds[] = { [IKW_THEN_WEIGH] = "weigh",
                                         [IKW_THEN_SUFFICE] = "suffice",
                                         [IKW_THEN_EXCLUDE] = "exclude" };
    printf("(@weight (rule \"%s\") (cause \"%s\") (subject %" PRId64
           ") (kind %s) (db %d)",
           w->why->rule->id, w->cause->id, w->subject, kinds[w->kind], w->db);
    if (w->group) {
        printf(" (group ");
        print_text(w->group);
        putchar(')');
    }
    puts(")");
}

/* Observed facts of a type that rules derive too. */
static void print_observed(const struct run *r, const struct ikw_fact_set *fs)
{
    for (size_t i = 0; i < fs->nfacts; i++)
        for (size_t k = 0; k < r->kb->nrules; k++) {
            const struct ikw_rule *rule = r->kb->rules[k];
            size_t t = 0;
            while (t < rule->nthens &&
                   rule->thens[t].type != fs->facts[i]->type)
                t++;
            if (t == rule->nthens)
                continue;
            print_fact(fs->facts[i]);
            break;
        }
}

static void run_set(void *arg, struct ikw_fact_set *fs)
{
    struct run *r = arg;
    struct ikw_engine_opts opts = { .program = r->program };
    struct ikw_engine *e = ikw_engine_new(r->kb, fs, &opts);
    printf("; set %zu\n", ++r->nsets);
    ikw_engine_run(e, &r->ds);
    print_observed(r, fs);
    for (size_t i = 0; i < ikw_engine_nderived(e); i++)
        print_fact(ikw_engine_derived(e, i));
    for (size_t i = 0; i < ikw_engine_nweights(e); i++)
        print_weight(ikw_engine_weight(e, i));
    ikw_engine_free(e);
}

static bool read_all(const char *name, struct ikw_buf *b)
{
    static char chunk[65536];
    FILE *f = fopen(name, "rb");
    size_t n;
    if (!f)
        return false;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        ikw_buf_add(b, chunk, n);
    bool ok = !ferror(f);
    fclose(f);
    return ok;
}

static int complain(struct ikw_diags *ds)
{
    for (const struct ikw_diag *d = ds->head; d; d = d->next) {
        struct ikw_buf b = { 0 };
        ikw_diag_format(d, &b);
        fprintf(stderr, "%s\n", ikw_buf_str(&b));
        ikw_buf_release(&b);
    }
    int status = ds->head ? 2 : 0;
    ikw_diags_release(ds);
    return status;
}

int main(int argc, char **argv)
{
    struct run r = { .nsets = 0 };
    if (argc < 3)
        return 2;
    struct ikw_kb *kb = ikw_kb_load(argv[1], &r.ds);
    if (!kb)
        return complain(&r.ds);
    struct ikw_program *program = ikw_program_new(kb);
    r.kb = kb;
    r.program = program;
    bool ok = true;
    for (int i = 2; ok && i < argc; i++) {
        struct ikw_buf text = { 0 };
        ok = read_all(argv[i], &text) &&
             ikw_facts_parse(kb, argv[i],
                             (struct ikw_slice){ ikw_buf_str(&text), text.len },
                             run_set, &r, &r.ds);
        ikw_buf_release(&text);
    }
    ikw_program_free(program);
    ikw_kb_free(kb);
    int status = complain(&r.ds);
    return ok ? status : 2;
}
