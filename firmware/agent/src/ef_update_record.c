/* The update record and the progress of a download, as bytes in flash. */
#include <string.h>

#include "ef_bytes.h"
#include "ef_parts.h"

enum {
    FORMAT = 1,
    ID = EF_OFFER_CHARS,
    PENDING = 1 + ID + 32 + 1 + 4 + 4 + 32,
    REPORT = ID + 1 + 1 + 1 + (int)EF_DETAIL_CHARS,
    HEAD = 4 + 8 + 4 + ID + PENDING,
    PROGRESS = 4 + 32 + 4 + 4,
};

_Static_assert(HEAD + (int)EF_TERMINAL_REPORTS * REPORT <= (int)EF_RECORD_BYTES, "the update record must fit a record");

static const char record_key[] = "update", progress_key[] = "progress";

/* Fixed fields without their NUL; a copy is terminated by the zeroed struct it goes to. */
static uint8_t *put_text(uint8_t *p, const char *text, size_t size)
{
    size_t len = 0;
    while (len < size && text[len] != 0)
        len++;
    memset(p, 0, size);
    memcpy(p, text, len);
    return p + size;
}

static const uint8_t *take_text(const uint8_t *p, char *text, size_t size)
{
    memcpy(text, p, size);
    text[size] = 0;
    return p + size;
}

static uint8_t *put_pending(uint8_t *p, const ef_pending *pending)
{
    *p++ = pending->present;
    p = put_text(p, pending->offer_id, ID);
    p = put_text(p, pending->version, 32);
    *p++ = pending->slot;
    ef_put_u32(p, pending->switch_count);
    ef_put_u32(p + 4, pending->size_bytes);
    memcpy(p + 8, pending->sha256, 32);
    return p + 40;
}

static const uint8_t *take_pending(const uint8_t *p, ef_pending *pending)
{
    char version[33];
    pending->present = *p++ != 0;
    p = take_text(p, pending->offer_id, ID);
    p = take_text(p, version, 32);
    ef_copy_text(pending->version, sizeof pending->version, version);
    pending->slot = *p++;
    pending->switch_count = ef_get_u32(p);
    pending->size_bytes = ef_get_u32(p + 4);
    memcpy(pending->sha256, p + 8, 32);
    return p + 40;
}

ef_status ef_update_record_store(const ef_agent *a)
{
    const ef_update_record *r = &a->record;
    uint8_t bytes[EF_RECORD_BYTES] = {FORMAT, (uint8_t)r->terminal_count, 0, 0};
    ef_put_u64(bytes + 4, r->sequence);
    ef_put_u32(bytes + 12, r->epoch);
    uint8_t *p = put_text(bytes + 16, r->done_offer_id, ID);
    p = put_pending(p, &r->pending);
    for (uint32_t i = 0; i < r->terminal_count; i++) {
        p = put_text(p, r->terminal[i].offer_id, ID);
        *p++ = (uint8_t)r->terminal[i].state;
        *p++ = (uint8_t)r->terminal[i].error;
        *p++ = (uint8_t)r->terminal[i].percent;
        p = put_text(p, r->terminal[i].detail, EF_DETAIL_CHARS);
    }
    return a->port->kv_set(a->port->ctx, record_key, bytes, (size_t)(p - bytes));
}

ef_status ef_update_record_load(ef_agent *a)
{
    ef_update_record *r = &a->record;
    uint8_t bytes[EF_RECORD_BYTES];
    size_t len;
    memset(r, 0, sizeof *r);
    ef_status status = a->port->kv_get(a->port->ctx, record_key, bytes, sizeof bytes, &len);
    if (status == EF_NOT_FOUND)
        return EF_OK;
    if (status != EF_OK || len < HEAD || bytes[0] != FORMAT || bytes[1] > EF_TERMINAL_REPORTS || len != HEAD + (size_t)bytes[1] * REPORT)
        return EF_FLASH_FAILED;
    r->terminal_count = bytes[1];
    r->sequence = ef_get_u64(bytes + 4);
    r->epoch = ef_get_u32(bytes + 12);
    const uint8_t *p = take_text(bytes + 16, r->done_offer_id, ID);
    p = take_pending(p, &r->pending);
    for (uint32_t i = 0; i < r->terminal_count; i++) {
        p = take_text(p, r->terminal[i].offer_id, ID);
        r->terminal[i].state = (ef_report_state)*p++;
        r->terminal[i].error = (ef_status)*p++;
        r->terminal[i].percent = (int8_t)*p++;
        p = take_text(p, r->terminal[i].detail, EF_DETAIL_CHARS);
    }
    return EF_OK;
}

void ef_progress_clear(const ef_agent *a)
{
    (void)a->port->kv_set(a->port->ctx, progress_key, NULL, 0);
}

void ef_progress_store(const ef_agent *a, const ef_offer *offer, uint32_t offset)
{
    uint8_t bytes[PROGRESS] = {FORMAT};
    memcpy(bytes + 4, offer->manifest.image_sha256, 32);
    ef_put_u32(bytes + 36, offer->manifest.image_size_bytes);
    ef_put_u32(bytes + 40, offset);
    (void)a->port->kv_set(a->port->ctx, progress_key, bytes, sizeof bytes);
}

/* Where to go on with this image, 0 = from the beginning. */
uint32_t ef_progress_load(const ef_agent *a, const ef_offer *offer)
{
    uint8_t bytes[PROGRESS];
    size_t len;
    if (a->port->kv_get(a->port->ctx, progress_key, bytes, sizeof bytes, &len) != EF_OK || len != sizeof bytes || bytes[0] != FORMAT ||
        memcmp(bytes + 4, offer->manifest.image_sha256, 32) != 0 || ef_get_u32(bytes + 36) != offer->manifest.image_size_bytes)
        return 0;
    uint32_t offset = ef_get_u32(bytes + 40);
    return offset % EF_SECTOR_BYTES == 0 && offset < offer->manifest.image_size_bytes ? offset : 0;
}
