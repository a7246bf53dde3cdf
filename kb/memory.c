#include "kb/memory.h"

#include "base/arena.h"

#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <string.h>

static char *dup(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(ikw_xmalloc(size), text, size);
}

void ikw_xml_memory_init(void)
{
    xmlMemSetup(free, ikw_xmalloc, ikw_xrealloc, dup);
}
