/* The ring log in flash: when it is written, what is found at a start, and what is sent of it. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define REFILL_MS 60000
#define AGE_MS 300000

static void key_of(uint32_t number, char key[8])
{
    (void)snprintf(key, 8, "log%u", (unsigned)(number % EF_RING_CHUNKS));
}

static ef_status start(ef_agent *a)
{
    ef_ring *ring = a->ring;
    bool found = false;
    memset(ring, 0, sizeof *ring);
    ring->budget = EF_RING_CHUNKS;
    for (uint32_t i = 0; i < EF_RING_CHUNKS; i++) {
        uint8_t bytes[EF_RING_CHUNK_BYTES];
        char key[8];
        size_t len = 0;
        ef_ring_chunk chunk;
        key_of(i, key);
        if (a->port->kv_get(a->port->ctx, key, bytes, sizeof bytes, &len) != EF_OK || ef_ring_open(bytes, len, &chunk) != EF_OK ||
            chunk.number % EF_RING_CHUNKS != i || (found && (int32_t)(chunk.number - ring->number) < 0))
            continue;
        found = true;
        memcpy(ring->chunk, bytes, len);
        ring->number = chunk.number;
        ring->position = chunk.position;
        ring->fill = ring->stored = (uint16_t)chunk.len;
    }
    return EF_OK;
}

static ef_status write_chunk(ef_agent *a)
{
    ef_ring *ring = a->ring;
    char key[8];
    if (ring->stored == ring->fill)
        return EF_OK;
    key_of(ring->number, key);
    ef_status status = a->port->kv_set(a->port->ctx, key, ring->chunk, ef_ring_seal(ring));
    if (ring->budget > 0)
        ring->budget--;
    if (status == EF_OK)
        ring->stored = ring->fill;
    ring->urgent = false;
    return status;
}

static bool append(ef_agent *a, const char *line, size_t len)
{
    ef_ring *ring = a->ring;
    if (ring->stored == ring->fill)
        ring->oldest_ms = a->now_ms;
    if (ef_ring_append(ring, line, len))
        return true;
    if ((ring->stored != ring->fill && ring->budget == 0) || write_chunk(a) != EF_OK)
        return false;
    ef_ring_next(ring);
    ring->oldest_ms = a->now_ms;
    return ef_ring_append(ring, line, len);
}

static void note(ef_agent *a, ef_log_level level, const char *text)
{
    char line[EF_RING_LINE_BYTES];
    ef_ring *ring = a->ring;
    if (level == EF_LOG_DEBUG || strncmp(text, "PAIRING ", 8) == 0) /* a pairing code is for who stands before the device */
        return;
    int64_t utc_ms = a->clock.base_utc_ms == 0 ? 0 : ef_agent_utc_ms(a), uptime_ms = a->now_ms - a->started_ms;
    if (ring->dropped > 0) {
        char lost[48];
        (void)snprintf(lost, sizeof lost, "agent: %lu lines were not kept", (unsigned long)ring->dropped);
        if (append(a, line, ef_ring_line(line, sizeof line, EF_LOG_WARN, utc_ms, uptime_ms, lost)))
            ring->dropped = 0;
    }
    if (ring->dropped > 0 || !append(a, line, ef_ring_line(line, sizeof line, level, utc_ms, uptime_ms, text)))
        ring->dropped++;
    else if (level == EF_LOG_ERROR)
        ring->urgent = true;
}

static uint32_t step(ef_agent *a)
{
    int64_t now_ms = a->now_ms;
    ef_ring *ring = a->ring;
    if (ring->budget == EF_RING_CHUNKS) {
        ring->refill_ms = now_ms + REFILL_MS;
    } else if (now_ms >= ring->refill_ms) {
        ring->budget++;
        ring->refill_ms = now_ms + REFILL_MS;
    }
    if (ring->stored != ring->fill && ring->budget > 0 && (ring->urgent || now_ms - ring->oldest_ms >= AGE_MS)) {
        (void)write_chunk(a);
        ring->oldest_ms = now_ms;
    }
    return EF_FOREVER;
}

static void flush(ef_agent *a)
{
    (void)write_chunk(a);
}

void ef_ring_range(const ef_agent *a, uint32_t *first, uint32_t *last)
{
    *last = a->ring->number;
    *first = a->ring->number >= EF_RING_CHUNKS ? a->ring->number - EF_RING_CHUNKS + 1 : 0;
}

/* The chunk `number`, in rx or the RAM. */
static bool read_chunk(ef_agent *a, uint32_t number, ef_ring_chunk *out)
{
    char key[8];
    size_t len = 0;
    if (number == a->ring->number) {
        *out = (ef_ring_chunk){number, a->ring->position, (const char *)a->ring->chunk + EF_RING_HEAD_BYTES, a->ring->fill};
        return true;
    }
    key_of(number, key);
    return a->port->kv_get(a->port->ctx, key, a->rx, sizeof a->rx, &len) == EF_OK &&
           ef_ring_open(a->rx, len, out) == EF_OK && out->number == number;
}

/* One piece of the log as a message in tx, from chunk *number or the next one there is. What was damaged or overwritten is a gap. */
ef_status ef_ring_message(ef_agent *a, const char *request_id, uint32_t *number, uint32_t last, size_t *len, bool *more)
{
    char text[EF_RING_TEXT_BYTES + 1];
    ef_ring_chunk chunk;
    ef_json_writer w;
    bool found = read_chunk(a, *number, &chunk);
    while (!found && *number != last)
        found = read_chunk(a, ++*number, &chunk);
    if (!found)
        chunk = (ef_ring_chunk){.text = "", .position = a->ring->position + a->ring->fill};
    memcpy(text, chunk.text, chunk.len);
    text[chunk.len] = 0;
    *more = *number != last;
    ef_json_begin(&w, a->tx, sizeof a->tx);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "requestId", request_id);
    ef_json_put_int(&w, "from", chunk.position);
    ef_json_put_string(&w, "text", text);
    ef_json_put_bool(&w, "more", *more);
    ef_json_object_end(&w);
    return ef_json_end(&w, len);
}

static const ef_part part = {.start = start, .step = step, .settle = flush, .note = note};

void ef_ring_use(ef_agent_config *config, ef_ring *state)
{
    config->parts[EF_PART_RING] = &part;
    config->ring = state;
}
