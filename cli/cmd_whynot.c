#include "cli/ask.h"

int ikw_cmd_whynot(const struct ikw_options *o)
{
    (void)o;
    ikw_complain("not built in yet");
    return IKW_EXIT_ERROR;
}
