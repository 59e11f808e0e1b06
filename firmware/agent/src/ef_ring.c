/* The ring log without flash: lines, chunks, records. */
#include "espforge/ef_ring.h"

#include <stdio.h>
#include <string.h>

#include "ef_bytes.h"

/* format (1), 0 (1), length (2), number (4), position (4), CRC-32 of all but itself (4) */
enum { FORMAT = 1, CRC = 12 };

static uint32_t crc32_more(uint32_t crc, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return crc;
}

static uint32_t crc_of(const uint8_t *bytes, size_t text_len)
{
    return ~crc32_more(crc32_more(0xFFFFFFFFu, bytes, CRC), bytes + EF_RING_HEAD_BYTES, text_len);
}

/* The Gregorian date of a day since 1970-01-01; the year begins in March, so that the leap day is its last. */
static void date_of(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era = z / 146097, of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

static int priority_of(ef_log_level level)
{
    static const int severity[] = {[EF_LOG_ERROR] = 3, [EF_LOG_WARN] = 4, [EF_LOG_INFO] = 6, [EF_LOG_DEBUG] = 7, [EF_LOG_EVENT] = 5};
    return 16 * 8 + severity[level]; /* facility local0 */
}

size_t ef_ring_line(char *out, size_t cap, ef_log_level level, int64_t utc_ms, int64_t uptime_ms, const char *text)
{
    char time[32] = "-", data[48] = "-", source[8] = "agent";
    const char *colon = strstr(text, ": ");
    if (colon != NULL && (size_t)(colon - text) < sizeof source && memchr(text, ' ', (size_t)(colon - text)) == NULL) {
        memcpy(source, text, (size_t)(colon - text));
        source[colon - text] = 0;
        text = colon + 2;
    }
    if (utc_ms > 0) {
        int year, month, day, of_day = (int)(utc_ms / 1000 % 86400);
        date_of(utc_ms / 86400000, &year, &month, &day);
        (void)snprintf(time, sizeof time, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (unsigned)year % 10000u, (unsigned)month % 100u,
                       (unsigned)day % 100u, (unsigned)of_day / 3600u, (unsigned)of_day / 60u % 60u, (unsigned)of_day % 60u,
                       (unsigned)(utc_ms % 1000));
    } else {
        (void)snprintf(data, sizeof data, "[meta sysUpTime=\"%lld\"]", (long long)(uptime_ms / 10)); /* RFC 5424: hundredths */
    }
    int n = snprintf(out, cap - 1, "<%d>1 %s - %s - - %s %s", priority_of(level), time, source, data, text);
    size_t len = n < 0 ? 0 : (size_t)n >= cap - 1 ? cap - 2 : (size_t)n;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)out[i] < ' ' || out[i] == 0x7F)
            out[i] = ' ';
    while (len > 0 && len == cap - 2 && ((unsigned char)out[len - 1] & 0x80) != 0)
        len--; /* no half character at the end */
    out[len++] = '\n';
    out[len] = 0;
    return len;
}

bool ef_ring_append(ef_ring *ring, const char *line, size_t len)
{
    if (len > EF_RING_TEXT_BYTES - ring->fill)
        return false;
    memcpy(ring->chunk + EF_RING_HEAD_BYTES + ring->fill, line, len);
    ring->fill = (uint16_t)(ring->fill + len);
    return true;
}

size_t ef_ring_seal(ef_ring *ring)
{
    uint8_t *bytes = ring->chunk;
    bytes[0] = FORMAT;
    bytes[1] = 0;
    ef_put_u16(bytes + 2, ring->fill);
    ef_put_u32(bytes + 4, ring->number);
    ef_put_u32(bytes + 8, ring->position);
    ef_put_u32(bytes + CRC, crc_of(bytes, ring->fill));
    return EF_RING_HEAD_BYTES + ring->fill;
}

void ef_ring_next(ef_ring *ring)
{
    ring->number++;
    ring->position += ring->fill;
    ring->fill = ring->stored = 0;
}

ef_status ef_ring_open(const uint8_t *bytes, size_t len, ef_ring_chunk *out)
{
    memset(out, 0, sizeof *out);
    if (len < EF_RING_HEAD_BYTES || len > EF_RING_CHUNK_BYTES || bytes[0] != FORMAT || bytes[1] != 0 ||
        ef_get_u16(bytes + 2) != len - EF_RING_HEAD_BYTES || ef_get_u32(bytes + CRC) != crc_of(bytes, len - EF_RING_HEAD_BYTES))
        return EF_MALFORMED;
    out->number = ef_get_u32(bytes + 4);
    out->position = ef_get_u32(bytes + 8);
    out->text = (const char *)bytes + EF_RING_HEAD_BYTES;
    out->len = len - EF_RING_HEAD_BYTES;
    return EF_OK;
}
