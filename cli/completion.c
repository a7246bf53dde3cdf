/*
 * Completion for shells, made of the tables of commands and options. Ids of
 * causes come from the knowledge base when they are asked for.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <string.h>

/* ---- what the tables say --------------------------------------------------
 */

/* The words that may follow a command: of "check [DIR] | list | new LOG" each
 * that begins an alternative and is not a placeholder. */
static void put_words(FILE *to, const char *args)
{
    unsigned depth = 0;
    bool start = true;
    const char *sep = "";
    for (const char *p = args; *p; p++) {
        depth += *p == '[';
        depth -= *p == ']' && depth;
        if (*p == '|' && !depth) {
            start = true;
        } else if (start && !isspace((unsigned char)*p)) {
            size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz");
            if (n && (!p[n] || p[n] == ' ')) {
                fprintf(to, "%s%.*s", sep, (int)n, p);
                sep = " ";
            }
            start = false;
        }
    }
}

static bool takes_cause(const char *args)
{
    return strstr(args, "CAUSE") != NULL;
}

static bool is_choice(const char *arg)
{
    return islower((unsigned char)arg[0]);
}

static bool is_path(const char *arg)
{
    return !strcmp(arg, "FILE") || !strcmp(arg, "DIR") || !strcmp(arg, "OUT");
}

static void put_choices(FILE *to, const char *arg)
{
    for (; *arg; arg++)
        fputc(*arg == '|' ? ' ' : *arg, to);
}

/* ---- bash -------------------------------------------------------------------
 */

static void bash_values(FILE *to, enum ikw_cmd_id id)
{
    struct ikw_option_row row;
    for (size_t i = 0; ikw_option_get(i, &row); i++) {
        if (!(row.commands & 1u << id) || !row.arg)
            continue;
        fprintf(to, "    '%s %s') ", ikw_command_name(id), row.name);
        if (is_choice(row.arg)) {
            fputs("words='", to);
            put_choices(to, row.arg);
            fputs("' ;;\n", to);
        } else if (!strcmp(row.arg, "CAUSE")) {
            fputs("words=$(_ikewhy_causes) ;;\n", to);
        } else {
            fprintf(to, "files=%s ;;\n", is_path(row.arg) ? "yes" : "");
        }
    }
}

static void bash_command(FILE *to, enum ikw_cmd_id id)
{
    struct ikw_option_row row;
    const char *args = ikw_command_args(id);
    fprintf(to, "    '%s '*)\n        options='", ikw_command_name(id));
    for (size_t i = 0; ikw_option_get(i, &row); i++)
        if (row.commands & 1u << id)
            fprintf(to, "%s%s ", row.name, row.arg ? "=" : "");
    fputs("'\n        words='", to);
    put_words(to, args);
    fputs("'\n", to);
    if (takes_cause(args))
        fputs("        words=\"$words $(_ikewhy_causes)\"\n", to);
    fputs("        ;;\n", to);
}

static void put_bash(FILE *to)
{
    fputs("# bash completion for ikewhy, made by `ikewhy completion bash`\n"
          "_ikewhy_causes() { ikewhy kb list causes 2>/dev/null | cut -f1; }\n"
          "_ikewhy() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} "
          "prev=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local options= words= files=yes value=yes\n"
          "    # bash takes --option=value apart\n"
          "    if [ \"$cur\" = = ]; then\n        cur=\n"
          "    elif [ \"$prev\" = = ]; then\n"
          "        prev=${COMP_WORDS[COMP_CWORD-2]}\n    fi\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        COMPREPLY=($(compgen -W '",
          to);
    for (size_t i = 0; i < IKW_CMD_COUNT; i++)
        fprintf(to, "%s ", ikw_command_name((enum ikw_cmd_id)i));
    fputs("--help --version' -- \"$cur\"))\n        return\n    fi\n"
          "    case \"${COMP_WORDS[1]} $prev\" in\n",
          to);
    for (size_t i = 0; i < IKW_CMD_COUNT; i++)
        bash_values(to, (enum ikw_cmd_id)i);
    fputs("    *) value= ;;\n    esac\n"
          "    [ -n \"$value\" ] || case \"${COMP_WORDS[1]} \" in\n",
          to);
    for (size_t i = 0; i < IKW_CMD_COUNT; i++)
        bash_command(to, (enum ikw_cmd_id)i);
    fputs("    esac\n"
          "    case $cur in\n"
          "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
          "        [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace "
          "2>/dev/null\n"
          "        return ;;\n"
          "    esac\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "    if [ -n \"$files\" ] && { [ -z \"$words\" ] || "
          "[ -z \"$value\" ]; }; then\n"
          "        compopt -o filenames 2>/dev/null\n"
          "        local IFS=$'\\n'\n"
          "        COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
          "    fi\n"
          "}\n"
          "complete -F _ikewhy ikewhy\n",
          to);
}

/* ---- zsh --------------------------------------------------------------------
 */

/* For a word between single quotes in a specification. */
static void put_zsh(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\'", to);
        else if (strchr("[]:\\", *text))
            fputc('\\', to);
        fputc(*text, to);
    }
}

static void zsh_option(FILE *to, const struct ikw_option_row *row)
{
    fprintf(to, " \\\n            '*%s%s[", row->name, row->arg ? "=" : "");
    put_zsh(to, row->help);
    fputc(']', to);
    if (row->arg && is_choice(row->arg)) {
        fputs(":value:(", to);
        put_choices(to, row->arg);
        fputc(')', to);
    } else if (row->arg) {
        fprintf(to, ":%s:%s", row->arg,
                !strcmp(row->arg, "CAUSE") ? "_ikewhy_causes"
                : is_path(row->arg)        ? "_files"
                                           : " ");
    }
    fputc('\'', to);
}

static void zsh_command(FILE *to, enum ikw_cmd_id id)
{
    struct ikw_option_row row;
    const char *args = ikw_command_args(id);
    fprintf(to, "    %s)\n        _arguments", ikw_command_name(id));
    for (size_t i = 0; ikw_option_get(i, &row); i++)
        if (row.commands & 1u << id)
            zsh_option(to, &row);
    fputs(" \\\n            '1:argument:_ikewhy_first \"", to);
    put_words(to, args);
    fprintf(to, "\" %s' \\\n            '*:file:_files' ;;\n",
            takes_cause(args) ? "causes" : "\"\"");
}

static void put_zsh_script(FILE *to)
{
    fputs("#compdef ikewhy\n# made by `ikewhy completion zsh`\n"
          "_ikewhy_causes() {\n"
          "    compadd -- ${(f)\"$(ikewhy kb list causes 2>/dev/null | "
          "cut -f1)\"}\n}\n"
          "_ikewhy_first() {\n"
          "    compadd -- ${=1}\n"
          "    [[ -z $2 ]] || _ikewhy_causes\n"
          "    _files\n}\n"
          "_ikewhy() {\n    local -a commands\n    commands=(\n",
          to);
    for (size_t i = 0; i < IKW_CMD_COUNT; i++) {
        fprintf(to, "        '%s:", ikw_command_name((enum ikw_cmd_id)i));
        put_zsh(to, ikw_command_summary((enum ikw_cmd_id)i));
        fputs("'\n", to);
    }
    fputs("    )\n    if (( CURRENT == 2 )); then\n"
          "        _describe -t commands command commands\n        return\n"
          "    fi\n    local command=$words[2]\n"
          "    shift words\n    (( CURRENT-- ))\n    case $command in\n",
          to);
    for (size_t i = 0; i < IKW_CMD_COUNT; i++)
        zsh_command(to, (enum ikw_cmd_id)i);
    fputs("    esac\n}\n_ikewhy \"$@\"\n", to);
}

int ikw_cmd_completion(const struct ikw_options *o)
{
    const char *shell = o->nfiles == 1 ? o->files[0] : "";
    if (!strcmp(shell, "bash")) {
        put_bash(stdout);
    } else if (!strcmp(shell, "zsh")) {
        put_zsh_script(stdout);
    } else {
        ikw_complain("completion: for which shell? bash or zsh");
        return IKW_EXIT_ERROR;
    }
    return ikw_write_out("", 0) ? 0 : IKW_EXIT_ERROR;
}
