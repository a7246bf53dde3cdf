/* Datagrams of a log, as lines and as JSON. */
#ifndef IKW_CLI_PACKETS_H
#define IKW_CLI_PACKETS_H

#include "cli/session.h"
#include "facts/packet/dump.h"

/* What stands above the lines, remembered to see when it changes. */
struct ikw_packet_list {
    struct ikw_endpoint local, peer;
    uint8_t icookie[8];
    int64_t t_ms;
    unsigned file;
    bool begun;
};

/* One line, below a heading wherever the endpoints, the initiator's cookie,
 * the day or the file are not those of the line before. */
void ikw_packet_text(struct ikw_buf *out, struct ikw_packet_list *list,
                     const struct ikw_session *s, const struct ikw_datagram *g);
/* One object, without a newline. */
void ikw_packet_json(struct ikw_buf *out, const struct ikw_session *s,
                     const struct ikw_datagram *g);

#endif
