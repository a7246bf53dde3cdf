/*
 * Planted faults: a document with one fault, and the one complaint that it
 * must draw. The other documents are those of kb_docs.h.
 */
#ifndef IKW_TESTS_KB_FAULTS_H
#define IKW_TESTS_KB_FAULTS_H

#include "tests/kb_docs.h"

struct fault {
    const char *claim, *doc, *xml;
    unsigned line;
    const char *code;
    const char *says; /* part of the complaint */
};

#define WHEN(conditions)                                                       \
    RULES(RULE("r", conditions,                                                \
               "<weigh cause='wire-cut' for='0' "                              \
               "evidence='strong'/>\n",                                        \
               "So.") PING_SEEN)
#define THEN(conclusions)                                                      \
    RULES(RULE("r", "<fact type='ping' as='p' negotiation='?n' what='?w'/>\n", \
               conclusions, "So.") PING_SEEN)
#define BECAUSE(sentence)                                                      \
    RULES(RULE("r", "<fact type='ping' as='p' negotiation='?n'/>\n",           \
               "<exclude cause='wire-cut' for='?n'/>\n", sentence) PING_SEEN)
#define SAYS(text, more) MESSAGES(MESSAGE("m", text, more) PONG)

#define SLOTS(x)                                                               \
    "<slot name='" x "1' kind='int'/><slot name='" x "2' kind='int'/>"         \
    "<slot name='" x "3' kind='int'/><slot name='" x "4' kind='int'/>"
#define CAPTURES(x) "{" x "1:int} {" x "2:int} {" x "3:int} {" x "4:int} "
#define PINGS                                                                  \
    "<fact type='ping'/>\n<fact type='ping'/>\n"                               \
    "<fact type='ping'/>\n<fact type='ping'/>\n"

static const struct fault load_faults[] = {
    /* XML */
    { "a tag is never closed", "causes/x.xml", "<causes>\n" CAUSE("x", ""), 3,
      "KB001", "" },
    { "an empty file", "causes/x.xml", "", 1, "KB001", "" },
    { "a document type", "causes/x.xml",
      "<?xml version='1.0'?>\n<!DOCTYPE causes [<!ENTITY a 'b'>]>\n<causes/>",
      2, "KB001", "document type" },
    { "an undeclared entity", "causes/x.xml",
      "<causes>\n" CAUSE("&x;", "") "</causes>", 2, "KB001", "x" },
    { "another root", "rules/x.xml", "\n<causes/>", 2, "KB004", "<rules>" },
    { "an unknown element", "rules/x.xml", RULES("<rool id='a'/>\n"), 2,
      "KB004", "rool" },
    { "an element of a name space", "rules/x.xml",
      "<rules layer='cause'>\n<a:rule xmlns:a='b' id='a'/></rules>", 2, "KB004",
      "rule" },
    { "an element in the wrong place", "messages/m.xml",
      MESSAGES(PONG "<text>hm</text>\n"), 7, "KB004", "text" },
    { "stray text", "rules/x.xml", RULES("hm\n"), 3, "KB004", "no text" },
    { "an unknown attribute", "causes/x.xml",
      "<causes>\n" CAUSE("c", " salience='3'") "</causes>", 2, "KB005",
      "salience" },
    { "an unknown attribute on its own line", "causes/x.xml",
      "<causes>\n" CAUSE("c", "\n phase='1'\n salience='3'\n") "</causes>", 4,
      "KB005", "salience" },
    { "a missing attribute is the tag's", "rules/x.xml",
      "<rules layer='cause'>\n<rule\n\n><when><fact type='ping'/></when>"
      "<then><suffice cause='wire-cut' for='0'/></then>"
      "<because>So.</because></rule></rules>",
      2, "KB003", "id" },
    { "a file nobody knows", "words.xml", "<words/>", 0, "KB004", "name" },
    /* words */
    { "a type twice", "vocabulary.xml",
      VOCABULARY("<type name='ping' means='m'/>\n"), 22, "KB007", "ping" },
    { "a slot twice", "vocabulary.xml",
      VOCABULARY("<type name='x' means='m'>\n<slot name='a' kind='int'/>\n"
                 "<slot name='a' kind='int'/></type>\n"),
      24, "KB007", "'a'" },
    { "a slot named like an attribute", "vocabulary.xml",
      VOCABULARY("<type name='x' means='m'>\n<slot name='from' kind='int'/>"
                 "</type>\n"),
      23, "KB006", "from" },
    { "a slot of no kind", "vocabulary.xml",
      VOCABULARY("<type name='x' means='m'>\n<slot name='a' kind='real'/>"
                 "</type>\n"),
      23, "KB010", "real" },
    { "a word without words", "vocabulary.xml",
      VOCABULARY("<type name='x' means='m'>\n<slot name='a' kind='word'/>"
                 "</type>\n"),
      23, "KB003", "words" },
    { "neither yes nor no", "vocabulary.xml",
      VOCABULARY("<type name='x' derived='maybe' means='m'/>\n"), 22, "KB010",
      "maybe" },
    { "bands out of order", "weights.xml",
      "<weights suffice='25'>\n<weight word='strong' db='20'/>\n"
      "<band word='a' at-least='0'/>\n<band word='b' at-least='9'/>\n"
      "<band word='c' at-least='0'/></weights>",
      4, "KB006", "highest" },
    { "decibels beyond reason", "weights.xml",
      "<weights suffice='25'>\n<weight word='strong' db='900'/>\n"
      "<band word='b' at-least='0'/></weights>",
      2, "KB006", "900" },
    { "an envelope twice", "envelopes.xml",
      "<envelopes>\n"
      "<envelope id='e' title='E' dialect='d' pattern='p'/>\n"
      "<envelope id='e' title='E' dialect='d' pattern='p'/></envelopes>",
      3, "KB007", "'e'" },
    { "a word for no level", "envelopes.xml",
      "<envelopes>\n<level word='W' is='loud'/></envelopes>", 2, "KB010",
      "loud" },
    { "a slot without a name", "vocabulary.xml",
      VOCABULARY("<type name='x' means='m'>\n<slot kind='int'/></type>\n"), 23,
      "KB003", "name" },
    { "a type without a name", "vocabulary.xml",
      VOCABULARY("<type means='m'/>\n"), 22, "KB003", "name" },
    { "words of what is no word", "vocabulary.xml",
      VOCABULARY("<type name='x' means='m'>\n"
                 "<slot name='a' kind='int' words='b'/></type>\n"),
      23, "KB006", "no word" },
    { "a conclusion that something else makes", "vocabulary.xml",
      VOCABULARY("<type name='x' derived='yes' produced-by='tracker' "
                 "means='m'/>\n"),
      22, "KB006", "only rules" },
    { "slots without end", "vocabulary.xml",
      VOCABULARY("<type name='x' means='m'>" SLOTS("a") SLOTS("b") SLOTS("c")
                     SLOTS("d") "\n<slot name='q' kind='int'/></type>\n"),
      23, "KB021", "slots" },
    { "a weight twice", "weights.xml",
      "<weights suffice='25'>\n<weight word='strong' db='20'/>\n"
      "<weight word='strong' db='2'/><band word='b' at-least='0'/></weights>",
      3, "KB007", "strong" },
    { "no band", "weights.xml",
      "<weights suffice='25'>\n<weight word='strong' db='20'/></weights>", 1,
      "KB006", "begin at 0" },
    { "no band for nothing", "weights.xml",
      "<weights suffice='25'>\n<weight word='strong' db='20'/>"
      "<band word='b' at-least='5'/></weights>",
      1, "KB006", "begin at 0" },
    { "a strip from nothing", "envelopes.xml",
      "<envelopes>\n<strip dialect='d' from='' to=']'/></envelopes>", 2,
      "KB006", "both ends" },
    { "a strip to nothing", "envelopes.xml",
      "<envelopes>\n<strip dialect='d' from='[' to=''/></envelopes>", 2,
      "KB006", "both ends" },
    { "a strip without an end", "envelopes.xml",
      "<envelopes>\n<strip dialect='d' from='['/></envelopes>", 2, "KB003",
      "to" },
    { "a strip without a begin", "envelopes.xml",
      "<envelopes>\n<strip dialect='d' to=']'/></envelopes>", 2, "KB003",
      "from" },
    { "an envelope without a pattern", "envelopes.xml",
      "<envelopes>\n<envelope id='e' title='E' dialect='d'/></envelopes>", 2,
      "KB003", "pattern" },
    { "an envelope without an id", "envelopes.xml",
      "<envelopes>\n<envelope title='E' dialect='d' pattern='p'/>"
      "</envelopes>",
      2, "KB003", "id" },
    { "an envelope without a dialect", "envelopes.xml",
      "<envelopes>\n<envelope id='e' title='E' pattern='p'/></envelopes>", 2,
      "KB003", "dialect" },
    /* causes */
    { "a cause without an id", "causes/x.xml",
      "<causes>\n<cause severity='low' prior='1'><title>T</title></cause>"
      "</causes>",
      2, "KB003", "id" },
    { "two titles", "causes/x.xml",
      "<causes>\n<cause id='x' severity='low' prior='1'><title>T</title>\n"
      "<title>U</title></cause></causes>",
      3, "KB007", "<title>" },
    { "a rival without a name", "causes/x.xml",
      "<causes>\n<cause id='x' severity='low' prior='1'><title>T</title>\n"
      "<rival/></cause></causes>",
      3, "KB003", "cause" },
    { "a cause twice", "causes/x.xml",
      "<causes>\n" CAUSE("wire-cut", "") "</causes>", 2, "KB007",
      "causes/c.xml:2" },
    { "a cause without a title", "causes/x.xml",
      "<causes>\n<cause id='x' severity='low' prior='1'/></causes>", 2, "KB003",
      "title" },
    { "a cause without a prior", "causes/x.xml",
      "<causes>\n<cause id='x' severity='low'><title>T</title></cause>"
      "</causes>",
      2, "KB003", "prior" },
    { "an empty remedy", "causes/x.xml",
      "<causes>\n<cause id='x' severity='low' prior='1'><title>T</title>\n"
      "<remedy for='it'> </remedy></cause></causes>",
      3, "KB006", "remedy" },
    { "a parent nobody knows", "causes/x.xml",
      "<causes>\n" CAUSE("x", " parent='y'") "</causes>", 2, "KB011", "'y'" },
    { "a rival nobody knows", "causes/x.xml",
      "<causes>\n<cause id='x' severity='low' prior='1'><title>T</title>\n"
      "<rival cause='y'/></cause></causes>",
      3, "KB011", "'y'" },
    { "its own parent", "causes/x.xml",
      "<causes>\n" CAUSE("x", " parent='x'") "</causes>", 2, "KB006",
      "circle" },
    /* messages */
    { "a message twice", "messages/x.xml", MESSAGES(PONG), 2, "KB007",
      "messages/m.xml:2" },
    { "a message that stands for another's", "messages/m.xml",
      MESSAGES("<message id='m' level='INFO' also='pong'><text>a</text>"
               "<means>s</means></message>\n" PONG),
      3, "KB007", "pong" },
    { "a message without sense", "messages/m.xml",
      MESSAGES("<message id='m' level='INFO'><text>a</text></message>\n" PONG),
      2, "KB003", "means" },
    { "a message without a text", "messages/m.xml",
      MESSAGES(
          "<message id='m' level='INFO'><means>a</means></message>\n" PONG),
      2, "KB003", "text" },
    { "a level there is not", "messages/m.xml",
      MESSAGES("<message id='m' level='LOUD'><text>a</text>"
               "<means>a</means></message>\n" PONG),
      2, "KB010", "LOUD" },
    { "a capture never closed", "messages/m.xml", SAYS("a {b:int", ""), 2,
      "KB019", "closed" },
    { "a capture of no kind", "messages/m.xml", SAYS("a {b:real}", ""), 2,
      "KB019", "b:real" },
    { "a capture without a name", "messages/m.xml", SAYS("a {:int}", ""), 2,
      "KB019", ":int" },
    { "two captures of one name", "messages/m.xml", SAYS("{a:int} {a:int}", ""),
      2, "KB019", "second" },
    { "a rest in the middle", "messages/m.xml", SAYS("a {b:rest} c", ""), 2,
      "KB019", "last" },
    { "texts side by side", "messages/m.xml", SAYS("{a:text}{b:text}", ""), 2,
      "KB019", "ends" },
    { "a text of two lines", "messages/m.xml", SAYS("a\nb", ""), 2, "KB019",
      "line" },
    { "a text of nothing", "messages/m.xml", SAYS("", ""), 2, "KB019",
      "empty" },
    { "a fact of no type", "messages/m.xml", SAYS("a", "<fact type='x'/>\n"), 4,
      "KB008", "'x'" },
    { "a fact without that slot", "messages/m.xml",
      SAYS("a", "<fact type='ping' weight='1'/>\n"), 4, "KB009", "weight" },
    { "a slot that is filled elsewhere", "messages/m.xml",
      SAYS("a", "<fact type='ping' negotiation='1'/>\n"), 4, "KB009",
      "negotiation" },
    { "a word the slot does not have", "messages/m.xml",
      SAYS("a", "<fact type='ping' kind='huge'/>\n"), 4, "KB010",
      "small, large" },
    { "a number that is none", "messages/m.xml",
      SAYS("a", "<fact type='ping' size='3x'/>\n"), 4, "KB006", "3x" },
    { "a conclusion said by a message", "messages/m.xml",
      SAYS("a", "<fact type='finding'/>\n"), 4, "KB006", "derived" },
    { "a capture that no text has", "messages/m.xml",
      SAYS("a {b:int}", "<fact type='ping' size='{c}'/>\n"), 4, "KB020",
      "'c'" },
    { "a part that no capture has", "messages/m.xml",
      SAYS("a {b:ip}", "<fact type='ping' what='{b.mask}'/>\n"), 4, "KB020",
      "mask" },
    { "a part of another kind", "messages/m.xml",
      SAYS("a {b:ip}", "<fact type='ping' what='{b.port}'/>\n"), 4, "KB020",
      "port" },
    { "a condition on no capture", "messages/m.xml",
      SAYS("a {b:ip}", "<fact type='ping' if='{c} = 1'/>\n"), 4, "KB020",
      "'c'" },
    { "a condition without a relation", "messages/m.xml",
      SAYS("a {b:ip}", "<fact type='ping' if='{b}'/>\n"), 4, "KB006",
      "condition" },
    { "a tie there is not", "messages/m.xml",
      SAYS("a", "<track tie='peer luck'/>\n"), 4, "KB010", "luck" },
    { "a tie by cookies without cookies", "messages/m.xml",
      SAYS("a", "<track tie='cookies'/>\n"), 4, "KB020", "cookies" },
    { "a tie by SPI without one", "messages/m.xml",
      SAYS("a", "<track tie='spi'/>\n"), 4, "KB020", "spi" },
    { "an end without an outcome", "messages/m.xml",
      SAYS("a", "<track do='end'/>\n"), 4, "KB003", "outcome" },
    { "an outcome there is not", "messages/m.xml",
      SAYS("a", "<track do='end' outcome='odd'/>\n"), 4, "KB010", "odd" },
    { "an action there is not", "messages/m.xml",
      SAYS("a", "<track do='dance'/>\n"), 4, "KB010", "dance" },
    { "an opening of no phase", "messages/m.xml",
      SAYS("a", "<track do='open'/>\n"), 4, "KB003", "phase" },
    { "it points to no cause", "messages/m.xml",
      SAYS("a", "<points-to cause='gone'/>\n"), 4, "KB011", "gone" },
    { "a message without an id", "messages/m.xml",
      MESSAGES("<message level='INFO'><text>a</text>"
               "<means>a</means></message>\n" PONG),
      2, "KB003", "id" },
    { "a message that means two things", "messages/m.xml",
      SAYS("a", "<means>b</means>\n"), 4, "KB007", "<means>" },
    { "a message tracked twice", "messages/m.xml",
      SAYS("a", "<track tie='peer'/>\n<track tie='peer'/>\n"), 5, "KB007",
      "<track>" },
    { "a tie to nothing", "messages/m.xml", SAYS("a", "<track tie=' '/>\n"), 4,
      "KB006", "tie" },
    { "ties without end", "messages/m.xml",
      SAYS("a", "<track tie='peer open recent global context peer'/>\n"), 4,
      "KB021", "ties" },
    { "a mode without an exchange", "messages/m.xml",
      SAYS("a", "<track do='mode'/>\n"), 4, "KB003", "exchange" },
    { "a fact without a type", "messages/m.xml",
      SAYS("a", "<fact kind='small'/>\n"), 4, "KB003", "type" },
    { "it points nowhere", "messages/m.xml", SAYS("a", "<points-to/>\n"), 4,
      "KB003", "cause" },
    { "a capture of a great name", "messages/m.xml", SAYS("a {B:int}", ""), 2,
      "KB019", "B:int" },
    { "captures without end", "messages/m.xml",
      SAYS(CAPTURES("a") CAPTURES("b") CAPTURES("c") CAPTURES("d") "{q:int}",
           ""),
      2, "KB019", "too many" },
    { "a text after a text", "messages/m.xml", SAYS("{a:text}{b:rest}", ""), 2,
      "KB019", "ends" },
    { "a value that is never closed", "messages/m.xml",
      SAYS("a {b:int}", "<fact type='ping' what='{b'/>\n"), 4, "KB006",
      "{captures}" },
    { "a value of an unnamed capture", "messages/m.xml",
      SAYS("a {b:int}", "<fact type='ping' what='{}'/>\n"), 4, "KB006",
      "{captures}" },
    { "a value without end", "messages/m.xml",
      SAYS("a {b:int}", "<fact type='ping' what='{b}-{b}-{b}-{b}-{b}-{b}-{b}-"
                        "{b}-{b}-'/>\n"),
      4, "KB006", "{captures}" },
    { "a condition on what is never closed", "messages/m.xml",
      SAYS("a {b:int}", "<fact type='ping' if='{b = 1'/>\n"), 4, "KB006",
      "{captures}" },
    { "conditions without end", "messages/m.xml",
      SAYS("a {b:int}",
           "<fact type='ping' if='{b}=1;{b}=1;{b}=1;{b}=1;{b}=1;{b}=1;"
           "{b}=1;{b}=1;{b}=1'/>\n"),
      4, "KB021", "conditions" },
    /* rules: conditions */
    { "a name with a blank", "rules/r.xml",
      WHEN("<fact type='ping' as='p q'/>\n"), 3, "KB006", "p q" },
    { "a variable without a name", "rules/r.xml",
      WHEN("<fact type='ping' size='?'/>\n"), 3, "KB006", "variable" },
    { "a variable of an odd name", "rules/r.xml",
      WHEN("<fact type='ping' size='?a.b'/>\n"), 3, "KB006", "?a.b" },
    { "alternatives without end", "rules/r.xml",
      WHEN("<fact type='ping' size='1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|"
           "18|19|20|21|22|23|24|25|26|27|28|29|30|31|32|33'/>\n"),
      3, "KB021", "alternatives" },
    { "conditions of a rule without end", "rules/r.xml",
      WHEN(PINGS PINGS PINGS PINGS "<fact type='ping'/>\n"), 2, "KB021",
      "conditions" },
    { "a rule without an id", "rules/x.xml",
      RULES("<rule><when><fact type='ping'/></when>\n<then>"
            "<suffice cause='wire-cut' for='0'/></then>"
            "<because>So.</because></rule>\n"),
      2, "KB003", "id" },
    { "conditions twice", "rules/x.xml",
      RULES("<rule id='x'><when><fact type='ping'/></when>\n"
            "<when><fact type='ping'/></when><then>"
            "<suffice cause='wire-cut' for='0'/></then>"
            "<because>So.</because></rule>\n"),
      3, "KB007", "<when>" },
    { "a rule without conditions", "rules/x.xml",
      RULES("<rule id='x'><then><suffice cause='wire-cut' for='0'/></then>"
            "<because>So.</because></rule>\n"),
      2, "KB003", "when" },
    { "a rule without conclusions", "rules/x.xml",
      RULES("<rule id='x'><when><fact type='ping'/></when>"
            "<because>So.</because></rule>\n"),
      2, "KB003", "then" },
    { "a weight beyond reason", "rules/r.xml",
      THEN("<weigh cause='wire-cut' for='0' evidence='101'/>\n"), 5, "KB010",
      "101" },
    { "a weight without evidence", "rules/r.xml",
      THEN("<weigh cause='wire-cut' for='0'/>\n"), 5, "KB003", "evidence" },
    { "a weight without a subject", "rules/r.xml",
      THEN("<suffice cause='wire-cut'/>\n"), 5, "KB003", "for" },
    { "a conclusion without a type", "rules/r.xml",
      THEN("<derive subject='?n'/>\n"), 5, "KB003", "type" },
    { "an empty sentence", "rules/r.xml", BECAUSE(" "), 7, "KB006", "empty" },
    { "a condition on no type", "rules/r.xml", WHEN("<fact type='x'/>\n"), 3,
      "KB008", "'x'" },
    { "a test of no slot", "rules/r.xml",
      WHEN("<fact type='ping' weight='1'/>\n"), 3, "KB009", "weight" },
    { "a test on its own line", "rules/r.xml",
      WHEN("<fact type='ping'\n  weight='1'/>\n"), 4, "KB009", "weight" },
    { "one word of several wrong", "rules/r.xml",
      WHEN("<fact type='ping' kind='!small|huge'/>\n"), 3, "KB010", "huge" },
    { "no number to compare with", "rules/r.xml",
      WHEN("<fact type='ping' size='&gt;=many'/>\n"), 3, "KB006", "many" },
    { "an order of words", "rules/r.xml",
      WHEN("<fact type='ping' kind='&gt;small'/>\n"), 3, "KB006", "less" },
    { "an empty test", "rules/r.xml", WHEN("<fact type='ping' what=''/>\n"), 3,
      "KB006", "empty" },
    { "a variable for number and text", "rules/r.xml",
      WHEN("<fact type='ping' size='?x' what='?x'/>\n"), 3, "KB006", "?x" },
    { "a comparison before the binding", "rules/r.xml",
      WHEN("<fact type='ping' size='&lt;?x'/>\n<fact type='ping' size='?x'/>"
           "\n"),
      3, "KB012", "?x" },
    { "an absence compared with nothing", "rules/r.xml",
      WHEN("<fact type='ping'/>\n"
           "<absent type='finding' subject='!?x'/>\n"),
      4, "KB012", "?x" },
    { "a window after nothing", "rules/r.xml",
      WHEN("<fact type='ping' after='p' within='1s'/>\n"), 3, "KB012",
      "after" },
    { "a window of nothing", "rules/r.xml",
      WHEN("<fact type='ping' within='1s'/>\n"), 3, "KB003", "after" },
    { "a window of no length", "rules/r.xml",
      WHEN("<fact type='ping' as='p'/>\n"
           "<fact type='ping' after='p' within='1 year'/>\n"),
      4, "KB006", "1 year" },
    { "two facts of one name", "rules/r.xml",
      WHEN("<fact type='ping' as='p'/>\n<fact type='ping' as='p'/>\n"), 4,
      "KB007", "'p'" },
    { "a count of anything", "rules/r.xml",
      WHEN("<fact type='ping'/>\n<count type='ping'/>\n"), 4, "KB003",
      "at-least" },
    { "an absence nobody could see", "rules/r.xml",
      WHEN("<fact type='ping'/>\n<absent type='ping'/>\n"), 4, "KB003",
      "visible-at" },
    { "nothing but absence", "rules/r.xml", WHEN("<absent type='finding'/>\n"),
      2, "KB006", "<fact>" },
    { "a source there is not", "rules/r.xml",
      WHEN("<fact type='ping' from='afar'/>\n"), 3, "KB010", "afar" },
    /* rules: conclusions */
    { "a rule twice", "rules/x.xml", RULES(PING_SEEN), 2, "KB007",
      "rules/r.xml:2" },
    { "a rule of no layer", "rules/x.xml", "<rules layer='top'/>", 1, "KB010",
      "top" },
    { "a rule without a sentence", "rules/x.xml",
      RULES("<rule id='x'><when><fact type='ping'/></when>\n<then>"
            "<suffice cause='wire-cut' for='0'/></then></rule>\n"),
      2, "KB003", "because" },
    { "a rule that concludes nothing", "rules/r.xml", THEN(""), 4, "KB021",
      "0" },
    { "a conclusion of no type", "rules/r.xml", THEN("<derive type='x'/>\n"), 5,
      "KB008", "'x'" },
    { "a conclusion that is observed", "rules/r.xml",
      THEN("<derive type='ping' size='1'/>\n"), 5, "KB006", "observed" },
    { "a conclusion without that slot", "rules/r.xml",
      THEN("<derive type='finding' size='1'/>\n"), 5, "KB009", "size" },
    { "an unbound variable concluded", "rules/r.xml",
      THEN("<derive type='finding' subject='?m'/>\n"), 5, "KB012", "?m" },
    { "a text as a number", "rules/r.xml",
      THEN("<derive type='finding' subject='?w'/>\n"), 5, "KB006", "?w" },
    { "a moment as a text", "rules/r.xml",
      THEN("<derive type='finding' what='p.t'/>\n"), 5, "KB006", "p.t" },
    { "a note on no cause", "rules/r.xml",
      THEN("<derive type='note' cause='gone'/>\n"), 5, "KB011", "gone" },
    { "a weight for no cause", "rules/r.xml",
      THEN("<weigh cause='gone' for='?n' evidence='strong'/>\n"), 5, "KB011",
      "gone" },
    { "a weight for nobody", "rules/r.xml",
      THEN("<suffice cause='wire-cut' for='?m'/>\n"), 5, "KB012", "?m" },
    { "a weight for a constant", "rules/r.xml",
      THEN("<exclude cause='wire-cut' for='7'/>\n"), 5, "KB006", "7" },
    { "a weight of no word", "rules/r.xml",
      THEN("<weigh cause='wire-cut' for='?n' evidence='huge'/>\n"), 5, "KB010",
      "huge" },
    { "a sentence about no fact", "rules/r.xml", BECAUSE("Of {q}."), 7, "KB012",
      "{q}" },
    { "a sentence about no slot", "rules/r.xml", BECAUSE("Of {p.mood}."), 7,
      "KB009", "mood" },
    { "a sentence about no variable", "rules/r.xml", BECAUSE("Of {?q}."), 7,
      "KB012", "?q" },
    { "a sentence with an open brace", "rules/r.xml", BECAUSE("Of {p."), 7,
      "KB006", "closed" },
    { "no finding because of no finding", "rules/x.xml",
      RULES(
          RULE("x",
               "<fact type='ping' negotiation='?n'/>\n"
               "<absent type='finding' subject='?n' what='b'/>\n",
               "<derive type='finding' subject='?n' what='a'/>\n", "So.")
              RULE("y", "<fact type='finding' subject='?n' what='a'/>\n",
                   "<derive type='finding' subject='?n' what='b'/>\n", "So.")),
      4, "KB013",
      "rule 'x' needs no 'finding' of rule 'y', "
      "which needs 'finding' of rule 'x'" },
    { "a count that counts itself", "rules/x.xml",
      RULES(RULE("x",
                 "<fact type='ping' negotiation='?n'/>\n"
                 "<count type='finding' subject='?n' at-least='2'/>\n",
                 "<derive type='finding' subject='?n' what='a'/>\n", "So.")),
      4, "KB013", "count of 'finding' of rule 'x'" },
};

/* What only the check of the whole can find. */
static const struct fault check_faults[] = {
    { "no message emits it", "rules/x.xml",
      RULES(RULE("x",
                 "<fact type='negotiation'/>\n"
                 "<fact type='ping' kind='large' size='*' />\n",
                 "<weigh cause='wire-cut' for='0' evidence='-3'/>\n", "So.")),
      4, "KB014", "'x'" },
    { "no rule derives such a one", "rules/x.xml",
      RULES(RULE("x", "<fact type='finding' what='odd'/>\n",
                 "<weigh cause='wire-cut' for='0' evidence='-3'/>\n", "So.")),
      3, "KB014", "'x'" },
    { "a count of what never is", "rules/x.xml",
      RULES(RULE("x",
                 "<fact type='ping'/>\n"
                 "<count type='finding' what='odd' at-least='2'/>\n",
                 "<weigh cause='wire-cut' for='0' evidence='-3'/>\n", "So.")),
      4, "KB014", "'x'" },
    { "a cause without a remedy", "causes/c.xml",
      "<causes>\n<cause id='wire-cut' severity='low' prior='1' fixer='us'>"
      "<title>T</title><explanation>E</explanation><verify>V</verify>"
      "<settle>S</settle></cause></causes>",
      2, "KB017", "remedy" },
    { "two messages of one text", "messages/x.xml",
      MESSAGES(MESSAGE("zong", "{x:text} pongs of {y:word} ({z:text})", "")), 2,
      "KB018", "'pong' (messages/m.xml:2)" },
    { "one message of one text twice", "messages/x.xml",
      MESSAGES(MESSAGE("zong", "a {b:int}</text>\n<text>a {c:hex} ", "")), 3,
      "KB018", "'zong'" },
    { "a cause nobody concludes", "causes/x.xml",
      "<causes>\n" CAUSE("x", "") "</causes>", 2, "KB023", "'x'" },
};

#endif
