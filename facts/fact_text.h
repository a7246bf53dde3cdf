/* Words shared by the printing and the parsing of facts. */
#ifndef IKW_FACTS_FACT_TEXT_H
#define IKW_FACTS_FACT_TEXT_H

#include "kb/kb.h"

extern const char *const ikw_level_words[IKW_LEVEL_DEBUG2 + 1];
extern const char *const ikw_source_words[2]; /* by enum ikw_source */

#endif
