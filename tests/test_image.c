/* Images of a knowledge base: they give what the XML gives, or nothing. */
#include "kb/image.h"

#include "cli/kbfind.h"
#include "tests/kb_docs.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern CU_TestInfo ikw_test_image[];

static const struct {
    const char *name, *xml;
} base[] = {
    SOUND_BASE,
};

enum { NBASE = sizeof base / sizeof base[0] };

/* ---- a folder that can be spoilt ---------------------------------------- */

struct folder {
    char dir[64];
    struct ikw_buf path, image;
    struct ikw_diags ds;
};

static const char *path_of(struct folder *f, const char *name)
{
    ikw_buf_clear(&f->path);
    ikw_buf_addf(&f->path, "%s/%s", f->dir, name);
    return f->path.ptr;
}

static void write_file(struct folder *f, const char *name, const char *mode,
                       const char *text)
{
    FILE *out = fopen(path_of(f, name), mode);
    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    CU_ASSERT(fputs(text, out) >= 0);
    CU_ASSERT_EQUAL(fclose(out), 0);
}

static void write_base(struct folder *f)
{
    for (size_t i = 0; i < NBASE; i++)
        write_file(f, base[i].name, "wb", base[i].xml);
}

static void folder_make(struct folder *f)
{
    *f = (struct folder){ .dir = "/tmp/ikewhy-image-XXXXXX" };
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->dir));
    mkdir(path_of(f, "causes"), 0700);
    mkdir(path_of(f, "messages"), 0700);
    mkdir(path_of(f, "rules"), 0700);
    write_base(f);
    CU_ASSERT_TRUE(ikw_kb_image_make(f->dir, &f->image, &f->ds));
    CU_ASSERT_EQUAL(f->ds.count, 0);
}

static void folder_remove(struct folder *f)
{
    for (size_t i = 0; i < NBASE; i++)
        unlink(path_of(f, base[i].name));
    rmdir(path_of(f, "causes"));
    rmdir(path_of(f, "messages"));
    rmdir(path_of(f, "rules"));
    CU_ASSERT_EQUAL(rmdir(f->dir), 0);
    ikw_buf_release(&f->path);
    ikw_buf_release(&f->image);
    ikw_diags_release(&f->ds);
}

static bool serves(struct folder *f)
{
    struct ikw_slice image = { f->image.ptr, f->image.len };
    struct ikw_kb *kb = ikw_kb_image_load(image, f->dir, f->ds.limits);
    bool served = kb != NULL;
    ikw_kb_free(kb);
    return served;
}

/* ---- the same knowledge ------------------------------------------------- */

static void same_pos(struct ikw_pos a, struct ikw_pos b)
{
    CU_ASSERT_STRING_EQUAL(a.file, b.file);
    CU_ASSERT_EQUAL(a.line, b.line);
}

static void same_message(const struct ikw_message *a,
                         const struct ikw_message *b)
{
    CU_ASSERT_STRING_EQUAL(a->id, b->id);
    CU_ASSERT_STRING_EQUAL(a->means, b->means);
    CU_ASSERT_EQUAL(a->level, b->level);
    CU_ASSERT_EQUAL_FATAL(a->ntemplates, b->ntemplates);
    same_pos(a->pos, b->pos);
    for (size_t i = 0; i < a->ntemplates; i++) {
        CU_ASSERT_STRING_EQUAL(a->templates[i].source, b->templates[i].source);
        CU_ASSERT_PTR_EQUAL(b->templates[i].message, b);
    }
    CU_ASSERT_EQUAL_FATAL(a->nemits, b->nemits);
    for (size_t i = 0; i < a->nemits; i++)
        CU_ASSERT_STRING_EQUAL(a->emits[i].type->name, b->emits[i].type->name);
}

static void same_test(const struct ikw_test *a, const struct ikw_test *b)
{
    CU_ASSERT_EQUAL(a->slot, b->slot);
    CU_ASSERT_EQUAL(a->op, b->op);
    CU_ASSERT_EQUAL(a->var, b->var);
    CU_ASSERT_EQUAL_FATAL(a->nalts, b->nalts);
    for (size_t i = 0; i < a->nalts; i++)
        CU_ASSERT_TRUE(ikw_value_eq(a->alts[i], b->alts[i]));
}

static void same_rule(const struct ikw_rule *a, const struct ikw_rule *b)
{
    CU_ASSERT_STRING_EQUAL(a->id, b->id);
    CU_ASSERT_STRING_EQUAL(a->because, b->because);
    CU_ASSERT_EQUAL(a->stratum, b->stratum);
    CU_ASSERT_EQUAL(a->nthens, b->nthens);
    CU_ASSERT_EQUAL_FATAL(a->npatterns, b->npatterns);
    same_pos(a->pos, b->pos);
    for (size_t i = 0; i < a->npatterns; i++) {
        const struct ikw_pattern *p = &a->patterns[i], *q = &b->patterns[i];
        CU_ASSERT_EQUAL(p->type->index, q->type->index);
        CU_ASSERT_EQUAL_FATAL(p->ntests, q->ntests);
        same_pos(p->pos, q->pos);
        for (size_t t = 0; t < p->ntests; t++)
            same_test(&p->tests[t], &q->tests[t]);
    }
}

static void same_cause(const struct ikw_cause *a, const struct ikw_cause *b)
{
    CU_ASSERT_STRING_EQUAL(a->id, b->id);
    CU_ASSERT_STRING_EQUAL(a->title, b->title);
    CU_ASSERT_EQUAL(a->prior_db, b->prior_db);
    CU_ASSERT_EQUAL_FATAL(!a->parent, !b->parent);
    if (a->parent)
        CU_ASSERT_STRING_EQUAL(a->parent->id, b->parent->id);
    same_pos(a->pos, b->pos);
}

static void same_kb(const struct ikw_kb *a, const struct ikw_kb *b)
{
    CU_ASSERT_STRING_EQUAL(a->dir, b->dir);
    CU_ASSERT_EQUAL(a->nstrata, b->nstrata);
    CU_ASSERT_EQUAL(a->suffice_db, b->suffice_db);
    CU_ASSERT_EQUAL_FATAL(a->ntypes, b->ntypes);
    CU_ASSERT_EQUAL_FATAL(a->nmessages, b->nmessages);
    CU_ASSERT_EQUAL_FATAL(a->nenvelopes, b->nenvelopes);
    CU_ASSERT_EQUAL_FATAL(a->nrules, b->nrules);
    CU_ASSERT_EQUAL_FATAL(a->ncauses, b->ncauses);
    for (size_t i = 0; i < a->ntypes; i++)
        CU_ASSERT_STRING_EQUAL(a->types[i]->name, b->types[i]->name);
    for (size_t i = 0; i < a->nmessages; i++)
        same_message(a->messages[i], b->messages[i]);
    for (size_t i = 0; i < a->nenvelopes; i++)
        CU_ASSERT_STRING_EQUAL(a->envelopes[i].pattern,
                               b->envelopes[i].pattern);
    for (size_t i = 0; i < a->nrules; i++)
        same_rule(a->rules[i], b->rules[i]);
    for (size_t i = 0; i < a->ncauses; i++)
        same_cause(a->causes[i], b->causes[i]);
}

static void the_program_holds_what_its_xml_says(void)
{
    struct ikw_diags ds = { 0 };
    struct ikw_kb *xml = ikw_kb_load("kb", &ds);
    struct ikw_kb *image = ikw_kb_image_load(ikw_kb_built_in(), "kb", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(xml);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image);
    same_kb(xml, image);
    ikw_kb_free(xml);
    ikw_kb_free(image);
    ikw_diags_release(&ds);
}

static void an_image_names_the_folder_that_is_asked_for(void)
{
    struct folder f;
    folder_make(&f);
    struct ikw_slice image = { f.image.ptr, f.image.len };
    struct ikw_kb *xml = ikw_kb_load(f.dir, &f.ds);
    struct ikw_kb *kb = ikw_kb_image_load(image, f.dir, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(xml);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kb);
    same_kb(xml, kb);
    ikw_kb_free(xml);
    ikw_kb_free(kb);
    folder_remove(&f);
}

static void the_same_files_make_the_same_image(void)
{
    struct folder a, b;
    folder_make(&a);
    folder_make(&b);
    CU_ASSERT_EQUAL_FATAL(a.image.len, b.image.len);
    CU_ASSERT_EQUAL(memcmp(a.image.ptr, b.image.ptr, a.image.len), 0);
    folder_remove(&a);
    folder_remove(&b);
}

/* ---- stale -------------------------------------------------------------- */

static void any_changed_octet_is_seen(void)
{
    struct folder f;
    folder_make(&f);
    CU_ASSERT_TRUE(serves(&f));
    for (size_t i = 0; i < NBASE; i++) {
        size_t len = strlen(base[i].xml);
        char *text = ikw_xmalloc(len + 1);
        for (size_t k = 0; k < len; k += 97) {
            memcpy(text, base[i].xml, len + 1);
            text[k] ^= 1;
            write_file(&f, base[i].name, "wb", text);
            CU_ASSERT_FALSE(serves(&f));
        }
        memcpy(text, base[i].xml, len + 1);
        text[len - 1] = '\0';
        write_file(&f, base[i].name, "wb", text);
        CU_ASSERT_FALSE(serves(&f));
        free(text);
        write_file(&f, base[i].name, "wb", base[i].xml);
        CU_ASSERT_TRUE(serves(&f));
        write_file(&f, base[i].name, "ab", "\n");
        CU_ASSERT_FALSE(serves(&f));
        write_file(&f, base[i].name, "wb", base[i].xml);
    }
    folder_remove(&f);
}

static void a_file_more_less_or_of_another_name_is_seen(void)
{
    struct folder f;
    struct ikw_buf other = { 0 };
    folder_make(&f);
    ikw_buf_addf(&other, "%s/rules/s.xml", f.dir);
    write_file(&f, "rules/s.xml", "wb", RULES(""));
    CU_ASSERT_FALSE(serves(&f));
    CU_ASSERT_EQUAL(unlink(other.ptr), 0);
    CU_ASSERT_TRUE(serves(&f));
    CU_ASSERT_EQUAL(rename(path_of(&f, "rules/r.xml"), other.ptr), 0);
    CU_ASSERT_FALSE(serves(&f));
    CU_ASSERT_EQUAL(rename(other.ptr, path_of(&f, "rules/r.xml")), 0);
    CU_ASSERT_TRUE(serves(&f));
    CU_ASSERT_EQUAL(unlink(path_of(&f, "rules/r.xml")), 0);
    CU_ASSERT_FALSE(serves(&f));
    mkdir(path_of(&f, "rules/r.xml"), 0700); /* cannot be read */
    CU_ASSERT_FALSE(serves(&f));
    CU_ASSERT_EQUAL(rmdir(path_of(&f, "rules/r.xml")), 0);
    ikw_buf_release(&other);
    folder_remove(&f);
}

static void a_file_that_none_of_a_base_is_named_is_seen(void)
{
    struct folder f;
    folder_make(&f);
    write_file(&f, "notes.xml", "wb", "<notes/>");
    CU_ASSERT_FALSE(serves(&f));
    CU_ASSERT_EQUAL(unlink(path_of(&f, "notes.xml")), 0);
    CU_ASSERT_TRUE(serves(&f));
    folder_remove(&f);
}

/* ---- no image ----------------------------------------------------------- */

static void without_an_image_there_is_none(void)
{
    struct folder f;
    struct ikw_slice none = { "", 0 };
    folder_make(&f);
    CU_ASSERT_PTR_NULL(ikw_kb_image_load(none, f.dir, NULL));
    folder_remove(&f);
}

static void another_form_or_length_is_refused(void)
{
    struct folder f;
    folder_make(&f);
    for (size_t i = 0; i < 16; i++) { /* magic, size of the struct, length */
        f.image.ptr[i] ^= 1;
        CU_ASSERT_FALSE(serves(&f));
        f.image.ptr[i] ^= 1;
    }
    size_t len = f.image.len;
    for (size_t cut = 1; cut <= len; cut = cut * 2 + 1) {
        f.image.len = len - cut;
        CU_ASSERT_FALSE(serves(&f));
    }
    f.image.len = len;
    CU_ASSERT_TRUE(serves(&f));
    folder_remove(&f);
}

static bool serves_under(struct folder *f, const char *setting)
{
    struct ikw_limits limits;
    struct ikw_buf why = { 0 };
    ikw_limits_init(&limits);
    CU_ASSERT_TRUE(ikw_limits_set(&limits, setting, &why));
    f->ds.limits = &limits;
    bool served = serves(f);
    f->ds.limits = NULL;
    ikw_buf_release(&why);
    return served;
}

static void a_limit_that_refuses_documents_is_asked_of_the_xml(void)
{
    struct folder f;
    folder_make(&f);
    CU_ASSERT_FALSE(serves_under(&f, "xml-octets=16777215"));
    CU_ASSERT_FALSE(serves_under(&f, "xml-depth=15"));
    CU_ASSERT_FALSE(serves_under(&f, "xml-elements=1999999"));
    CU_ASSERT_TRUE(serves_under(&f, "xml-octets=17M"));
    CU_ASSERT_TRUE(serves_under(&f, "xml-depth=17"));
    CU_ASSERT_TRUE(serves_under(&f, "xml-elements=2000000"));
    CU_ASSERT_TRUE(serves_under(&f, "line=1024"));
    folder_remove(&f);
}

static void of_a_base_at_fault_there_is_no_image(void)
{
    struct folder f;
    struct ikw_buf image = { 0 };
    folder_make(&f);
    write_file(&f, "rules/r.xml", "wb", "<rules");
    CU_ASSERT_FALSE(ikw_kb_image_make(f.dir, &image, &f.ds));
    CU_ASSERT(f.ds.errors > 0);
    CU_ASSERT_FALSE(ikw_kb_image_make("tests/no-such-folder", &image, &f.ds));
    CU_ASSERT_EQUAL(image.len, 0);
    ikw_buf_release(&image);
    folder_remove(&f);
}

CU_TestInfo ikw_test_image[] = {
    { "the_program_holds_what_its_xml_says",
      the_program_holds_what_its_xml_says },
    { "an_image_names_the_folder_that_is_asked_for",
      an_image_names_the_folder_that_is_asked_for },
    { "the_same_files_make_the_same_image",
      the_same_files_make_the_same_image },
    { "any_changed_octet_is_seen", any_changed_octet_is_seen },
    { "a_file_more_less_or_of_another_name_is_seen",
      a_file_more_less_or_of_another_name_is_seen },
    { "a_file_that_none_of_a_base_is_named_is_seen",
      a_file_that_none_of_a_base_is_named_is_seen },
    { "without_an_image_there_is_none", without_an_image_there_is_none },
    { "another_form_or_length_is_refused", another_form_or_length_is_refused },
    { "a_limit_that_refuses_documents_is_asked_of_the_xml",
      a_limit_that_refuses_documents_is_asked_of_the_xml },
    { "of_a_base_at_fault_there_is_no_image",
      of_a_base_at_fault_there_is_no_image },
    CU_TEST_INFO_NULL,
};
