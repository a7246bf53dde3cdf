#include "cli/cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum option {
#define IKW_OPT(id, name, arg, commands, help) OPT_##id,
#include "cli/opt.def"
#undef IKW_OPT
    OPT_COUNT
};

#define IKW_ON(command) (1u << IKW_CMD_##command)
#define IKW_ON_ALL ((1u << IKW_CMD_COUNT) - 1)
/* commands that ask questions of a report */
#define IKW_ON_ASKING                                                          \
    (IKW_ON(HOW) | IKW_ON(WHY) | IKW_ON(WHY_NOT) | IKW_ON(WHAT_IF))
/* commands that read logs */
#define IKW_ON_LOGS                                                            \
    (IKW_ON(DIAGNOSE) | IKW_ON(FACTS) | IKW_ON(PACKETS) | IKW_ON_ASKING)

static const struct {
    const char *name, *arg;
    unsigned commands;
    const char *help;
} options[] = {
#define IKW_OPT(id, name, arg, commands, help) { name, arg, commands, help },
#include "cli/opt.def"
#undef IKW_OPT
};

static const struct {
    const char *name, *args, *summary, *help;
} commands[] = {
#define IKW_CMD(name, id, function, args, summary, help)                       \
    { name, args, summary, help },
#include "cli/cmd.def"
#undef IKW_CMD
};

/* ---- help -------------------------------------------------------------- */

void ikw_help_all(FILE *to)
{
    fputs("Usage: ikewhy COMMAND [ARGUMENT...]\n"
          "Finds out why an IPsec negotiation failed, from the log of the "
          "IKE daemon.\n\nCommands:\n",
          to);
    for (size_t i = 0; i < IKW_CMD_COUNT; i++)
        fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`ikewhy COMMAND --help` tells more of one command, `ikewhy help "
          "limits` how\nmuch of its input is taken.\n",
          to);
}

/* Words from column `at`, further lines from column `indent`. */
static void put_wrapped(FILE *to, const char *text, int at, int indent)
{
    enum { WIDTH = 80 };
    for (bool first = true; *text; first = false) {
        int len = (int)strcspn(text, " ");
        if (!first && at + 1 + len > WIDTH) {
            fprintf(to, "\n%*s", indent, "");
            at = indent;
        } else if (!first) {
            fputc(' ', to);
            at++;
        }
        fprintf(to, "%.*s", len, text);
        at += len;
        text += len + strspn(text + len, " ");
    }
    fputc('\n', to);
}

void ikw_help_command(FILE *to, enum ikw_cmd_id command)
{
    int used =
        fprintf(to, "Usage: ikewhy %s [OPTION...] ", commands[command].name);
    put_wrapped(to, commands[command].args, used, 7);
    fprintf(to, "\n%s\nOptions:\n", commands[command].help);
    for (size_t i = 0; i < OPT_COUNT; i++) {
        if (!(options[i].commands & 1u << command))
            continue;
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", options[i].name,
                 options[i].arg ? "=" : "",
                 options[i].arg ? options[i].arg : "");
        used = fprintf(to, "  %-26s ", left);
        put_wrapped(to, options[i].help, used, 29);
    }
}

void ikw_help_limits(FILE *to)
{
    fputs(
        "What of the input is taken at most; --limit NAME=N sets another "
        "number\n(with k, M or G behind it: times 1024). What is cut is told, "
        "and the verdict\nrests on the rest.\n\n",
        to);
    for (int i = 0; i < IKW_LIMIT_COUNT; i++) {
        const struct ikw_limit_row *row = ikw_limit_row((enum ikw_limit)i);
        int used =
            fprintf(to, "  %-18s%12" PRIu64 "  ", row->name, row->normal);
        put_wrapped(to, row->of, used, 34);
    }
}

const char *ikw_command_name(enum ikw_cmd_id id)
{
    return commands[id].name;
}

const char *ikw_command_args(enum ikw_cmd_id id)
{
    return commands[id].args;
}

const char *ikw_command_summary(enum ikw_cmd_id id)
{
    return commands[id].summary;
}

bool ikw_option_get(size_t i, struct ikw_option_row *out)
{
    if (i >= OPT_COUNT)
        return false;
    *out = (struct ikw_option_row){ options[i].name, options[i].arg,
                                    options[i].commands, options[i].help };
    return true;
}

bool ikw_command_find(const char *name, enum ikw_cmd_id *id)
{
    for (size_t i = 0; i < IKW_CMD_COUNT; i++)
        if (!strcmp(commands[i].name, name)) {
            *id = (enum ikw_cmd_id)i;
            return true;
        }
    return false;
}

/* ---- parsing ----------------------------------------------------------- */

/* `word` as one of a "a|b|c" list; -1 if it is none. */
static int choice(const char *list, const char *word)
{
    size_t len = strlen(word);
    int i = 0;
    for (const char *p = list ? list : ""; *p; i++) {
        size_t n = strcspn(p, "|");
        if (n == len && !memcmp(p, word, n))
            return i;
        p += n + (p[n] == '|');
    }
    return -1;
}

static bool bad_value(enum option opt, const char *value)
{
    ikw_complain("%s: not %s: %s", options[opt].name, options[opt].arg, value);
    return false;
}

static bool set_choice(struct ikw_options *o, enum option opt,
                       const char *value)
{
    int i = choice(options[opt].arg, value);
    if (i < 0)
        return bad_value(opt, value);
    if (opt != OPT_COLOR) {
        o->json = !strcmp(value, "json");
        o->html = !strcmp(value, "html");
        o->jsonl = !strcmp(value, "jsonl");
    } else {
        o->colour = (enum ikw_colour_when)i;
    }
    return true;
}

static bool set_number(enum option opt, const char *value, unsigned *out)
{
    int64_t n = 0;
    if (!ikw_slice_int(ikw_slice_of(value), &n) || n < 1 || n > INT32_MAX)
        return bad_value(opt, value);
    *out = (unsigned)n;
    return true;
}

/* Options of the commands that ask questions. */
static bool set_asking(struct ikw_options *o, enum option opt,
                       const char *value)
{
    if (opt == OPT_BILL)
        o->bill = true;
    else if (opt == OPT_LADDER)
        o->ladder = true;
    else if (opt == OPT_ALL)
        o->all = true;
    else if (opt == OPT_DEPTH)
        return set_number(opt, value, &o->depth);
    else if (opt == OPT_VERDICT)
        return set_number(opt, value, &o->verdict);
    else if (opt == OPT_RATHER_THAN)
        o->rather_than = value;
    else if (opt == OPT_DROP)
        o->drops[o->ndrops++] = value;
    else if (opt == OPT_ASSUME)
        o->assumes[o->nassumes++] = value;
    return true;
}

static bool set_year(struct ikw_options *o, const char *value)
{
    int64_t year = 0;
    if (!ikw_slice_int(ikw_slice_of(value), &year) || year < 1970 ||
        year > 9999)
        return bad_value(OPT_YEAR, value);
    o->year = (int)year;
    return true;
}

static bool set_limit(struct ikw_options *o, const char *value)
{
    struct ikw_buf why = { 0 };
    bool ok = ikw_limits_set(&o->limits, value, &why);
    if (!ok)
        ikw_complain("--limit: %s", ikw_buf_str(&why));
    ikw_buf_release(&why);
    return ok;
}

static bool set_seed(struct ikw_options *o, const char *value)
{
    return (ikw_slice_int(ikw_slice_of(value), &o->seed) && o->seed >= 0) ||
           bad_value(OPT_SEED, value);
}

static bool set(struct ikw_options *o, enum option opt, const char *value)
{
    switch (opt) {
    case OPT_FORMAT:
    case OPT_FORMAT_DIAGNOSE:
    case OPT_FORMAT_LINES:
    case OPT_FORMAT_WHY_NOT:
    case OPT_FORMAT_EXPORT:
    case OPT_COLOR:
        return set_choice(o, opt, value);
    case OPT_YEAR:
        return set_year(o, value);
    case OPT_TUNNEL:
        return set_number(opt, value, &o->tunnel);
    case OPT_TAP:
        return o->tap = true;
    case OPT_JUNIT:
        o->junit = value;
        return true;
    case OPT_SEED:
        return set_seed(o, value);
    case OPT_BRIEF:
        return o->brief = true;
    case OPT_UNRECOGNISED:
        return o->unrecognised = true;
    case OPT_BY_HOST:
        return o->by_host = true;
    case OPT_STATE:
        o->state = value;
        return true;
    case OPT_EVERY:
        return set_number(opt, value, &o->every);
    case OPT_HOST:
        o->host = value;
        return true;
    case OPT_HELP:
        return o->help = true;
    case OPT_PEER_LOG:
        o->peer_logs[o->npeer_logs++] = value;
        return true;
    case OPT_CONFIG:
        o->configs[o->nconfigs++] = value;
        return true;
    case OPT_PEER_CONFIG:
        o->peer_configs[o->npeer_configs++] = value;
        return true;
    case OPT_PCAP_IN:
        o->captures[o->ncaptures++] = value;
        return true;
    case OPT_PEER_PCAP_IN:
        o->peer_captures[o->npeer_captures++] = value;
        return true;
    case OPT_FACTS:
        o->facts = value;
        return true;
    case OPT_PCAP:
        o->pcap = value;
        return true;
    case OPT_ENVELOPE:
        o->envelope = value;
        return true;
    case OPT_DIALECT:
        o->dialect = value;
        return true;
    case OPT_BILL:
    case OPT_LADDER:
    case OPT_DEPTH:
    case OPT_ALL:
    case OPT_RATHER_THAN:
    case OPT_VERDICT:
    case OPT_DROP:
    case OPT_ASSUME:
        return set_asking(o, opt, value);
    case OPT_LIMIT:
        return set_limit(o, value);
    case OPT_KB:
        o->kb = value;
        return true;
    case OPT_AS:
        o->report_form = choice(options[opt].arg, value);
        return o->report_form >= 0 || bad_value(opt, value);
    case OPT_CASES:
        o->cases = value;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

/* "--name" or "--name=value"; OPT_COUNT if this command has no such. */
static enum option find_option(enum ikw_cmd_id command, const char *arg)
{
    size_t len = strcspn(arg, "=");
    for (size_t i = 0; i < OPT_COUNT; i++)
        if (strlen(options[i].name) == len &&
            !memcmp(options[i].name, arg, len) &&
            options[i].commands & 1u << command)
            return (enum option)i;
    return OPT_COUNT;
}

/* Takes argv[*i], and argv[*i + 1] where it is the value. */
static bool take_option(struct ikw_options *o, int argc, char **argv, int *i)
{
    const char *arg = argv[*i];
    const char *value = strchr(arg, '=');
    enum option opt = find_option(o->command, arg);
    if (!strcmp(arg, "-h"))
        opt = OPT_HELP;
    if (opt == OPT_COUNT) {
        ikw_complain("%s: no option %s (see ikewhy %s --help)",
                     commands[o->command].name, arg, commands[o->command].name);
        return false;
    }
    if (!options[opt].arg && value) {
        ikw_complain("%s takes no value", options[opt].name);
        return false;
    }
    if (options[opt].arg && !value && *i + 1 < argc)
        value = argv[++*i];
    else if (value)
        value++;
    if (options[opt].arg && !value) {
        ikw_complain("%s needs a value", options[opt].name);
        return false;
    }
    return set(o, opt, value);
}

bool ikw_options_parse(struct ikw_options *o, enum ikw_cmd_id command, int argc,
                       char **argv)
{
    bool literal = false;
    size_t most = (size_t)argc + 1;
    *o = (struct ikw_options){ .command = command,
                               .split = SIZE_MAX,
                               .seed = -1 };
    ikw_limits_init(&o->limits);
    o->files = ikw_xcalloc(most, sizeof *o->files);
    o->peer_logs = ikw_xcalloc(most, sizeof *o->peer_logs);
    o->drops = ikw_xcalloc(most, sizeof *o->drops);
    o->assumes = ikw_xcalloc(most, sizeof *o->assumes);
    o->configs = ikw_xcalloc(most, sizeof *o->configs);
    o->peer_configs = ikw_xcalloc(most, sizeof *o->peer_configs);
    o->captures = ikw_xcalloc(most, sizeof *o->captures);
    o->peer_captures = ikw_xcalloc(most, sizeof *o->peer_captures);
    for (int i = 0; i < argc; i++) {
        if (literal || argv[i][0] != '-' || !argv[i][1]) {
            o->files[o->nfiles++] = argv[i];
        } else if (!strcmp(argv[i], "--")) {
            literal = true;
            o->split = o->nfiles;
        } else if (!take_option(o, argc, argv, &i)) {
            return false;
        }
    }
    return true;
}

void ikw_options_release(struct ikw_options *o)
{
    free(o->files);
    free(o->peer_logs);
    free(o->drops);
    free(o->assumes);
    free(o->configs);
    free(o->peer_configs);
    free(o->captures);
    free(o->peer_captures);
    *o = (struct ikw_options){ 0 };
}
