/* Telemetry that waits in flash: full rings as records, the oldest first out. A record carries the names of its values, because the next image may
 * have others. What is in a record survives restarts until the host has it; what is still in RAM does not. */
#include <stdio.h>
#include <string.h>

#include "ef_bytes.h"
#include "ef_parts.h"

/* format (1), count of names (1), bytes of samples (2), number (4), names with their NUL, samples */
enum { FORMAT = 1, HEAD = 8, LARGEST = HEAD + (int)EF_TELEMETRY_VALUES * ((int)EF_TELEMETRY_NAME_CHARS + 1) + (int)EF_TELEMETRY_RING_BYTES };
_Static_assert(LARGEST <= (int)EF_RECORD_BYTES, "a spill must fit a record");
_Static_assert(sizeof((ef_agent *)0)->rx >= LARGEST, "a spill must fit the buffer it is read into");

static void key_of(uint32_t number, char key[8])
{
    (void)snprintf(key, 8, "tm%u", (unsigned)(number % EF_TELEMETRY_SPILLS));
}

/* Checks a record and fills *view, which points into `bytes`. */
static bool read_record(const uint8_t *bytes, size_t len, ef_spill *view)
{
    if (len < HEAD || bytes[0] != FORMAT || bytes[1] > EF_TELEMETRY_VALUES)
        return false;
    size_t at = HEAD;
    view->number = ef_get_u32(bytes + 4);
    view->name_count = bytes[1];
    for (uint32_t i = 0; i < view->name_count; i++) {
        const uint8_t *end = at < len ? memchr(bytes + at, 0, len - at) : NULL;
        if (end == NULL)
            return false;
        view->names[i] = (const char *)bytes + at;
        at = (size_t)(end - bytes) + 1;
    }
    view->samples = bytes + at;
    view->samples_len = ef_get_u16(bytes + 2);
    return view->samples_len == len - at;
}

bool ef_spill_read(ef_agent *a, uint32_t number, ef_spill *view)
{
    char key[8];
    size_t len = 0;
    key_of(number, key);
    return a->port->kv_get(a->port->ctx, key, a->rx, sizeof a->rx, &len) == EF_OK &&
           read_record(a->rx, len, view) && view->number == number;
}

void ef_spill_load(ef_agent *a)
{
    ef_telemetry *t = a->telemetry;
    for (uint32_t i = 0; i < EF_TELEMETRY_SPILLS; i++) {
        char key[8];
        size_t len = 0;
        ef_spill view;
        key_of(i, key);
        if (a->port->kv_get(a->port->ctx, key, a->rx, sizeof a->rx, &len) != EF_OK ||
            !read_record(a->rx, len, &view) || view.number % EF_TELEMETRY_SPILLS != i)
            continue;
        uint32_t last = t->spill_first + t->spill_count;
        if (t->spill_count == 0) {
            t->spill_first = view.number;
            t->spill_count = 1;
        } else if ((int32_t)(view.number - t->spill_first) < 0) {
            t->spill_count = last - view.number > EF_TELEMETRY_SPILLS ? EF_TELEMETRY_SPILLS : last - view.number;
            t->spill_first = view.number;
        } else if ((int32_t)(view.number - last) >= 0 && view.number - t->spill_first < EF_TELEMETRY_SPILLS) {
            t->spill_count = view.number + 1 - t->spill_first;
        }
    }
}

void ef_spill_drop(ef_agent *a)
{
    ef_telemetry *t = a->telemetry;
    char key[8];
    key_of(t->spill_first, key);
    (void)a->port->kv_set(a->port->ctx, key, NULL, 0);
    t->spill_first++;
    t->spill_count--;
    t->spill_sent = 0;
}

/* The whole ring becomes the newest record. */
ef_status ef_spill_write(ef_agent *a)
{
    ef_telemetry *t = a->telemetry;
    char key[8];
    uint8_t bytes[LARGEST];
    uint8_t *p = bytes + HEAD;
    if (t->count == 0)
        return EF_OK;
    if (t->spill_count == EF_TELEMETRY_SPILLS)
        ef_spill_drop(a);
    uint32_t number = t->spill_first + t->spill_count;
    bytes[0] = FORMAT;
    bytes[1] = (uint8_t)t->name_count;
    ef_put_u16(bytes + 2, (uint16_t)t->used);
    ef_put_u32(bytes + 4, number);
    for (uint32_t i = 0; i < t->name_count; i++) {
        size_t len = strlen(t->names[i]) + 1;
        memcpy(p, t->names[i], len);
        p += len;
    }
    memcpy(p, t->ring, t->used);
    p += t->used;
    key_of(number, key);
    ef_status status = a->port->kv_set(a->port->ctx, key, bytes, (size_t)(p - bytes));
    if (status != EF_OK)
        return status;
    t->spill_count++;
    t->used = t->count = 0;
    return EF_OK;
}
