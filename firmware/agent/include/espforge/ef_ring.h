/* The ring log: docs/protocol.md section 6.5. Lines of RFC 5424 in eight records of 512 bytes in flash, the oldest overwritten. The newest lines
 * gather in RAM and are written when a record's worth is full, when a restart or a sleep is near, after an error, and otherwise after five minutes;
 * a crash loses at most those, 496 bytes. At most one record a minute is written (eight at once), past that lines are counted, not kept. */
#ifndef EF_RING_H
#define EF_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_port.h"

#define EF_RING_CHUNKS 8u
#define EF_RING_CHUNK_BYTES 512u
#define EF_RING_HEAD_BYTES 16u
#define EF_RING_TEXT_BYTES (EF_RING_CHUNK_BYTES - EF_RING_HEAD_BYTES)
#define EF_RING_LINE_BYTES 280u /* of a line with its end */

typedef struct ef_ring {
    uint32_t number;   /* of the chunk in RAM, since the log began */
    uint32_t position; /* of its first byte, likewise */
    uint16_t fill;     /* bytes of text in it */
    uint16_t stored;   /* of those in flash */
    uint8_t budget;    /* records that may be written now */
    bool urgent;
    uint32_t dropped;  /* lines not kept, since the last one that was */
    int64_t refill_ms; /* when the budget grows */
    int64_t oldest_ms; /* when the first line that is not in flash came */
    uint8_t chunk[EF_RING_CHUNK_BYTES];
} ef_ring;

/* Pure: a line of RFC 5424 with its end. utc_ms 0: not known, then the uptime is in the structured data. `text` may begin with "agent: " or
 * "app: ", which becomes the APP-NAME. Returns its length, less than cap. */
size_t ef_ring_line(char *out, size_t cap, ef_log_level level, int64_t utc_ms, int64_t uptime_ms, const char *text);
/* Pure: false when the chunk has no room for the line. */
bool ef_ring_append(ef_ring *ring, const char *line, size_t len);
/* Pure: makes the chunk in RAM a record (in place) and says how long it is. */
size_t ef_ring_seal(ef_ring *ring);
/* Pure: goes on with the next chunk. */
void ef_ring_next(ef_ring *ring);

typedef struct ef_ring_chunk {
    uint32_t number, position;
    const char *text;
    size_t len;
} ef_ring_chunk;

/* Pure: reads a record. EF_MALFORMED for anything that was not sealed just so. The text points into `bytes`. */
ef_status ef_ring_open(const uint8_t *bytes, size_t len, ef_ring_chunk *out);

#endif
