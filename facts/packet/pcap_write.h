/*
 * A capture file in the classic format, little-endian, raw IP: headers are
 * made up around what the log dumped. Pure: appends bytes.
 */
#ifndef IKW_FACTS_PCAP_WRITE_H
#define IKW_FACTS_PCAP_WRITE_H

#include "facts/packet/dump.h"

void ikw_pcap_begin(struct ikw_buf *out);
/* Once for each time it was sent. False, appending nothing, if its addresses
 * are no addresses. */
bool ikw_pcap_add(struct ikw_buf *out, const struct ikw_datagram *g);

#endif
