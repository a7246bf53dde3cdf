/* The checksum of IP, UDP and ICMP (RFC 1071), before its complement. */
#ifndef IKW_FACTS_PACKET_INET_SUM_H
#define IKW_FACTS_PACKET_INET_SUM_H

#include <stddef.h>
#include <stdint.h>

/* Sum of 16-bit words; `sum` is that of an even number of octets before. */
static inline uint32_t ikw_inet_sum(uint32_t sum, const void *data, size_t len)
{
    const uint8_t *p = data;
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    if (len & 1)
        sum += (uint32_t)p[len - 1] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

#endif
