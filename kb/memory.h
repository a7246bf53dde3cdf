/* What libxml2 allocates with. */
#ifndef IKW_KB_MEMORY_H
#define IKW_KB_MEMORY_H

/* Makes libxml2 stop the process, as our own allocators do, where memory runs
 * out: not every of its failures reaches its caller. For the whole process;
 * call it before anything else of libxml2. */
void ikw_xml_memory_init(void);

#endif
