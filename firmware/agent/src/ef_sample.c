#include "ef_sample.h"

#include <string.h>

#include "ef_bytes.h"

enum { HAS_TIME = 1, HAS_RSSI = 2, HEAD = 12 };

static void put_u48(uint8_t *p, int64_t value)
{
    ef_put_u32(p, (uint32_t)value);
    ef_put_u16(p + 4, (uint16_t)((uint64_t)value >> 32));
}

static int64_t get_u48(const uint8_t *p)
{
    return (int64_t)ef_get_u32(p) | (int64_t)ef_get_u16(p + 4) << 32;
}

size_t ef_sample_write(const ef_sample *s, uint8_t *out)
{
    uint8_t *p = out + HEAD;
    out[1] = (uint8_t)((s->at_ms != 0 ? HAS_TIME : 0) | (s->has_rssi ? HAS_RSSI : 0));
    ef_put_u32(out + 2, s->free_heap_bytes);
    put_u48(out + 6, s->uptime_ms);
    if (s->at_ms != 0) {
        put_u48(p, s->at_ms);
        p += 6;
    }
    if (s->has_rssi)
        *p++ = (uint8_t)s->rssi_dbm;
    ef_put_u16(p, (uint16_t)s->value_mask);
    p += 2;
    for (size_t i = 0; i < 16; i++) {
        if ((s->value_mask >> i & 1u) == 0)
            continue;
        memcpy(p, &s->values[i], 8);
        p += 8;
    }
    out[0] = (uint8_t)(p - out);
    return out[0];
}

size_t ef_sample_read(ef_sample *s, const uint8_t *bytes, size_t len)
{
    memset(s, 0, sizeof *s);
    if (len < HEAD + 2u || bytes[0] > len || (bytes[1] & ~(HAS_TIME | HAS_RSSI)) != 0)
        return 0;
    size_t at = HEAD, need = HEAD + ((bytes[1] & HAS_TIME) != 0 ? 6u : 0u) + ((bytes[1] & HAS_RSSI) != 0 ? 1u : 0u) + 2u;
    if (bytes[0] < need)
        return 0;
    s->free_heap_bytes = ef_get_u32(bytes + 2);
    s->uptime_ms = get_u48(bytes + 6);
    if ((bytes[1] & HAS_TIME) != 0) {
        s->at_ms = get_u48(bytes + at);
        at += 6;
    }
    if ((bytes[1] & HAS_RSSI) != 0) {
        s->has_rssi = true;
        s->rssi_dbm = (int8_t)bytes[at++];
    }
    s->value_mask = ef_get_u16(bytes + at);
    at += 2;
    for (size_t i = 0; i < 16; i++) {
        if ((s->value_mask >> i & 1u) == 0)
            continue;
        if (at + 8 > bytes[0])
            return 0;
        memcpy(&s->values[i], bytes + at, 8);
        at += 8;
    }
    return at == bytes[0] ? at : 0;
}
