/* Any bytes as a record of the ring log, and any text as a line of it: a line is one line of RFC 5424, what was sealed is read back as it was, and
 * what was not sealed is not read. */
#include <stdlib.h>
#include <string.h>

#include "espforge/ef_ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_record(const uint8_t *data, size_t size)
{
    ef_ring ring = {0};
    ef_ring_chunk chunk;
    if (ef_ring_open(data, size, &chunk) != EF_OK)
        return;
    check(chunk.len <= EF_RING_TEXT_BYTES && (const uint8_t *)chunk.text >= data && (const uint8_t *)chunk.text + chunk.len <= data + size);
    ring.number = chunk.number;
    ring.position = chunk.position;
    check(ef_ring_append(&ring, chunk.text, chunk.len));
    check(ef_ring_seal(&ring) == size && memcmp(ring.chunk, data, size) == 0); /* it has one form */
}

static size_t write_line(char line[EF_RING_LINE_BYTES], const uint8_t *data, size_t size)
{
    static const ef_log_level levels[] = {EF_LOG_ERROR, EF_LOG_WARN, EF_LOG_INFO, EF_LOG_DEBUG, EF_LOG_EVENT};
    char text[1024];
    int64_t utc_ms = 0, uptime_ms = 0;
    size_t text_len = size - 9 < sizeof text - 1 ? size - 9 : sizeof text - 1;
    memcpy(&utc_ms, data + 1, 6); /* to the year 10889 */
    memcpy(&uptime_ms, data + 3, 6);
    memcpy(text, data + 9, text_len);
    text[text_len] = 0;
    size_t len = ef_ring_line(line, EF_RING_LINE_BYTES, levels[data[0] % 5], utc_ms, uptime_ms, text);
    check(len > 0 && len < EF_RING_LINE_BYTES && line[len] == 0 && strlen(line) == len);
    check(line[0] == '<' && strstr(line, ">1 ") != NULL && line[len - 1] == '\n');
    for (size_t i = 0; i + 1 < len; i++)
        check((unsigned char)line[i] >= ' ' && line[i] != 0x7F);
    return len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char line[EF_RING_LINE_BYTES], text[EF_RING_TEXT_BYTES];
    ef_ring ring = {.number = 7, .position = 4000};
    ef_ring_chunk chunk;
    size_t fill = 0;
    read_record(data, size);
    if (size < 9)
        return 0;
    size_t len = write_line(line, data, size);
    while (ef_ring_append(&ring, line, len)) {
        memcpy(text + fill, line, len);
        fill += len;
    }
    check(fill + len > EF_RING_TEXT_BYTES);
    size_t sealed = ef_ring_seal(&ring);
    check(ef_ring_open(ring.chunk, sealed, &chunk) == EF_OK && chunk.number == 7 && chunk.position == 4000);
    check(chunk.len == fill && memcmp(chunk.text, text, fill) == 0);
    ring.chunk[data[0] % sealed] ^= (uint8_t)(data[1] | 1u);
    check(ef_ring_open(ring.chunk, sealed, &chunk) != EF_OK);
    return 0;
}
