/*
 * ikewhy: finds the command and hands over. Commands stand in cmd.def.
 */
#include "cli/cli.h"

#include "base/arena.h"
#include "cli/confine.h"
#include "cli/flow.h"
#include "kb/memory.h"

#include <errno.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int (*const run[])(const struct ikw_options *) = {
#define IKW_CMD(name, id, function, args, summary, help) function,
#include "cli/cmd.def"
#undef IKW_CMD
};

static bool is_help(const char *arg)
{
    return !strcmp(arg, "--help") || !strcmp(arg, "-h") || !strcmp(arg, "help");
}

/* Nothing of a log is read before. */
static bool prepare(const struct ikw_options *o)
{
    if (o->command != IKW_CMD_WATCH && o->command != IKW_CMD_TRAIN)
        ikw_pager_prepare();
    return ikw_confine_for(o);
}

static int run_command(enum ikw_cmd_id id, int argc, char **argv)
{
    struct ikw_options o;
    int status = IKW_EXIT_ERROR;
    if (ikw_options_parse(&o, id, argc, argv)) {
        if (o.help) {
            ikw_help_command(stdout, id);
            status = 0;
        } else if (prepare(&o)) {
            status = run[id](&o);
        }
    }
    ikw_options_release(&o);
    return status;
}

/* libarchive ends the process by itself where it lacks memory, with the status
 * of a fault that was found. */
static bool returned;

static void end_as_error(void)
{
    if (!returned)
        _exit(IKW_EXIT_ERROR);
}

static int command_line(int argc, char **argv)
{
    enum ikw_cmd_id id;
    if (argc < 2) {
        ikw_help_all(stderr);
        return IKW_EXIT_ERROR;
    }
    if (!strcmp(argv[1], "--version")) {
        printf("ikewhy " IKW_VERSION " (confinement: %s)\n",
               ikw_confine_built());
        return 0;
    }
    if (is_help(argv[1])) {
        if (argc > 2 && ikw_command_find(argv[2], &id))
            ikw_help_command(stdout, id);
        else if (argc > 2 && !strcmp(argv[2], "limits"))
            ikw_help_limits(stdout);
        else
            ikw_help_all(stdout);
        return 0;
    }
    if (!ikw_command_find(argv[1], &id)) {
        ikw_complain("no command %s (see ikewhy --help)", argv[1]);
        return IKW_EXIT_ERROR;
    }
    return run_command(id, argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
    if (!setlocale(LC_CTYPE, "") && errno == ENOMEM)
        ikw_must(NULL);
    /* half an answer is worse than none */
    ikw_xml_memory_init();
    json_set_alloc_funcs(ikw_xmalloc, free);
    atexit(end_as_error);
    int status = command_line(argc, argv);
    if (status != IKW_EXIT_ERROR && (fflush(stdout) || ferror(stdout))) {
        ikw_complain("cannot write: %s", strerror(errno));
        status = IKW_EXIT_ERROR;
    }
    returned = true;
    return status;
}
