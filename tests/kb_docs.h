/*
 * A small sound knowledge base for the tests of kb/, and the means to swap
 * one of its documents. Every fault is planted in a copy of one of these.
 */
#ifndef IKW_TESTS_KB_DOCS_H
#define IKW_TESTS_KB_DOCS_H

#define VOCABULARY(more)                                                       \
    "<vocabulary>\n"                                                           \
    "<type name='negotiation' produced-by='tracker' means='one'>\n"            \
    "  <slot name='id' kind='id'/>\n"                                          \
    "  <slot name='outcome' kind='word' words='pending failed'/>\n"            \
    "  <slot name='exchange' kind='word' words='main quick'/>\n"               \
    "</type>\n"                                                                \
    "<type name='ping' means='two'>\n"                                         \
    "  <slot name='negotiation' kind='id'/>\n"                                 \
    "  <slot name='kind' kind='word' words='small large'/>\n"                  \
    "  <slot name='size' kind='int'/>\n"                                       \
    "  <slot name='what' kind='text'/>\n"                                      \
    "</type>\n"                                                                \
    "<type name='finding' derived='yes' means='three'>\n"                      \
    "  <slot name='subject' kind='id'/>\n"                                     \
    "  <slot name='what' kind='text'/>\n"                                      \
    "  <slot name='at' kind='time'/>\n"                                        \
    "</type>\n"                                                                \
    "<type name='note' derived='yes' read-by='report' means='four'>\n"         \
    "  <slot name='subject' kind='id'/>\n"                                     \
    "  <slot name='cause' kind='text'/>\n"                                     \
    "</type>\n" more "</vocabulary>\n"

#define WEIGHTS                                                                \
    "<weights suffice='25'>\n"                                                 \
    "<weight word='strong' db='20'/>\n"                                        \
    "<weight word='slight-against' db='-5'/>\n"                                \
    "<band word='sure' at-least='50'/>\n"                                      \
    "<band word='thin' at-least='0'/>\n"                                       \
    "</weights>\n"

#define ENVELOPES                                                              \
    "<envelopes>\n"                                                            \
    "<level word='BAD' is='error'/>\n"                                         \
    "<envelope id='plain' title='Plain' dialect='d' pattern='{time:iso} '/>\n" \
    "<strip dialect='d' from='[' to=']'/>\n"                                   \
    "</envelopes>\n"

/* Lines 2.. of a cause are its parts. */
#define CAUSE(id, attrs)                                                       \
    "<cause id='" id "' severity='high' prior='-10' fixer='us'" attrs ">"      \
    "<title>T</title><explanation>E</explanation>"                             \
    "<remedy for='it'>R</remedy><verify>V</verify><settle>S</settle>"          \
    "<rival cause='wire-cut'/></cause>\n"

#define CAUSES(more)                                                           \
    "<causes family='f'>\n" CAUSE("wire-cut", "") more "</causes>\n"

/* The message begins on line 2 with its text; `more` begins on line 4. */
#define MESSAGE(id, text, more)                                                \
    "<message id='" id "' level='INFO'><text>" text "</text>\n"                \
    "<means>Some sense.</means>\n" more "</message>\n"

#define MESSAGES(more) "<messages area='a'>\n" more "</messages>\n"

#define PONG                                                                   \
    MESSAGE("pong", "{n:int} pongs of {peer:addr} ({c:cookies})",              \
            "<fact type='ping' kind='small' size='{n}' what='{peer.ip}'/>\n"   \
            "<fact type='ping' kind='large' if='{c.r} != 0; {n} = 3'/>\n")

/* Conditions begin on line 3, conclusions on the line after the last. */
#define RULE(id, when, then, because)                                          \
    "<rule id='" id "'><when>\n" when "</when><then>\n" then "</then>\n"       \
    "<because>" because "</because></rule>\n"

#define RULES(more) "<rules layer='finding'>\n" more "</rules>\n"

#define PING_SEEN                                                              \
    RULE("ping-seen", "<fact type='ping' as='p' negotiation='?n'/>\n",         \
         "<derive type='finding' subject='?n' what='seen' at='p.last'/>\n",    \
         "There was {p} of {p.size} at {p.t} for {?n}.")

#define FINDING_COUNTS                                                         \
    RULE("finding-counts",                                                     \
         "<fact type='negotiation' id='?n'/><fact type='finding'/>\n",         \
         "<weigh cause='wire-cut' for='?n' evidence='strong'/>"                \
         "<derive type='note' cause='wire-cut'/>\n",                           \
         "So.")

/* A sound base, a row a document: name and text. */
/* clang-format off */
#define SOUND_BASE                                                             \
    { "vocabulary.xml", VOCABULARY("") },                                      \
    { "weights.xml", WEIGHTS },                                                \
    { "envelopes.xml", ENVELOPES },                                            \
    { "causes/c.xml", CAUSES("") },                                            \
    { "messages/m.xml", MESSAGES(PONG) },                                      \
    { "rules/r.xml", RULES(PING_SEEN FINDING_COUNTS) }
/* clang-format on */

#endif
