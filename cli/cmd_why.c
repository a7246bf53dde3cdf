/* ikewhy why: what a line means here, or why one cause and not another. */
#include "cli/why.h"

#include <string.h>

int ikw_cmd_why(const struct ikw_options *o)
{
    if (!o->nfiles) {
        ikw_complain("why: which line? give FILE:LINE, or a cause and "
                     "--rather-than");
        return IKW_EXIT_ERROR;
    }
    return o->rather_than ? ikw_why_cause(o) : ikw_why_line(o);
}
