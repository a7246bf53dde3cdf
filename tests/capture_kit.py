"""Captures for tests: taken from a debug log with `ikewhy packets --pcap`, then
changed as a path would change them, and written in any form of file and link
layer. A packet is (seconds, bytes of IP)."""
import os
import socket
import struct
import subprocess
import tempfile

import report as ikewhy

ETHERNET, RAW, SLL, SLL2, NULL = 1, 101, 113, 276, 0


def from_log(*logs):
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "x.pcap")
        subprocess.run([ikewhy.BINARY, "packets", "--pcap=" + out, *logs],
                       check=True, stdout=subprocess.DEVNULL)
        with open(out, "rb") as f:
            data = f.read()
    packets, at = [], 24
    while at < len(data):
        s, us, caplen, _ = struct.unpack_from("<IIII", data, at)
        packets.append((s + us / 1e6, data[at + 16:at + 16 + caplen]))
        at += 16 + caplen
    return packets


# ---- reading a packet ------------------------------------------------------

def version(ip):
    return ip[0] >> 4


def source(ip):
    return ip[12:16] if version(ip) == 4 else ip[8:24]


def target(ip):
    return ip[16:20] if version(ip) == 4 else ip[24:40]


def udp(ip):
    return ip[20:] if version(ip) == 4 else ip[40:]


def ports(ip):
    return struct.unpack_from(">HH", udp(ip))


def ike(ip):
    body = udp(ip)[8:]
    return body[4:] if body[:4] == bytes(4) else body


def exchange(ip):
    return ike(ip)[18]


def first_cookie_only(ip):
    return ike(ip)[8:16] == bytes(8)


# ---- changing one ----------------------------------------------------------

def add16(data, total=0):
    if len(data) % 2:
        data += b"\0"
    total += sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total


def ip4(src, dst, protocol, payload, ttl=64, ident=0, fragment=0):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), ident,
                       fragment, ttl, protocol, 0) + src + dst
    total = ~add16(head) & 0xffff
    return head[:10] + struct.pack(">H", total) + head[12:] + payload


def datagram(src, dst, sport, dport, payload, ttl=64, ident=0):
    head = struct.pack(">HHHH", sport, dport, 8 + len(payload), 0)
    pseudo = src + dst + struct.pack(">HH", 17, 8 + len(payload))
    total = (~add16(pseudo + head + payload) & 0xffff) or 0xffff
    return ip4(src, dst, 17, head[:6] + struct.pack(">H", total) + payload,
               ttl, ident)


def address(text):
    return socket.inet_aton(text)


def from_address(ip, src):
    sport, dport = ports(ip)
    return datagram(src, target(ip), sport, dport, udp(ip)[8:])


def bad_sum(ip):
    at = (20 if version(ip) == 4 else 40) + 6
    return ip[:at] + bytes([ip[at] ^ 0x55]) + ip[at + 1:]


def with_ttl(ip, ttl):
    return ip4(source(ip), target(ip), ip[9], ip[20:], ttl,
               *struct.unpack_from(">HH", ip, 4))


def with_id(ip, ident=4711):
    return ip4(source(ip), target(ip), ip[9], ip[20:], ip[8], ident)


def fragments(ip, size=96, ident=77):
    body, parts = ip[20:], []
    for at in range(0, len(body), size):
        more = 0x2000 if at + size < len(body) else 0
        parts.append(ip4(source(ip), target(ip), ip[9], body[at:at + size],
                         ip[8], ident, more | at // 8))
    return parts


def icmp(ip, by, kind, code, quoted=548):
    body = struct.pack(">BBHI", kind, code, 0, 0) + ip[:quoted]
    total = ~add16(body) & 0xffff
    return ip4(by, source(ip), 1,
               body[:2] + struct.pack(">H", total) + body[4:])


def esp(src, dst, spi, n=1):
    return [ip4(src, dst, 50, struct.pack(">II", spi, i + 1) + bytes(80))
            for i in range(n)]


# ---- writing a file --------------------------------------------------------

def frame(ip, link, out):
    kind = 0x0800 if version(ip) == 4 else 0x86dd
    if link == ETHERNET:
        return bytes(12) + struct.pack(">H", kind) + ip.ljust(46, b"\0")
    if link == SLL:
        return struct.pack(">HHH8sH", 4 if out else 0, 1, 6, bytes(8),
                           kind) + ip
    if link == SLL2:
        return struct.pack(">HHIHBB8s", kind, 0, 2, 1, 4 if out else 0, 6,
                           bytes(8)) + ip
    if link == NULL:
        return struct.pack("<I", 2 if version(ip) == 4 else 10) + ip
    return ip


def vlan(ip):
    return bytes(12) + struct.pack(">HHH", 0x8100, 7, 0x0800) + ip


def write(path, packets, link=RAW, us=None, snap=0):
    """`us`: the address of the host that captures, for the SLL forms."""
    out = [struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link)]
    for t, ip in packets:
        data = frame(ip, link, us is not None and source(ip) == us)
        cut = data[:snap] if snap else data
        out.append(struct.pack("<IIII", int(t), round(t % 1 * 1e6) % 1000000,
                               len(cut), len(data)) + cut)
    with open(path, "wb") as f:
        f.write(b"".join(out))
    return path


def write_ng(path, packets, link=RAW):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + \
            struct.pack("<I", len(body) + 12)
    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack("<HHI", link, 0, 0))]
    for t, ip in packets:
        us = int(t * 1e6)
        data = frame(ip, link, False)
        out.append(block(6, struct.pack("<IIIII", 0, us >> 32,
                                        us & 0xffffffff, len(data),
                                        len(data)) + data))
    with open(path, "wb") as f:
        f.write(b"".join(out))
    return path
