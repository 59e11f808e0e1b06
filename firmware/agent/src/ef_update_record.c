/* The update record and the progress of a download, as bytes in flash. Of the record only the head is in RAM: the reports that must arrive and
 * the releases that were left are read when they are needed, and every change writes the whole record at once. */
#include <string.h>

#include "ef_bytes.h"
#include "ef_parts.h"

enum {
    FORMAT = 2,
    ID = EF_OFFER_CHARS,
    PENDING = 1 + ID + 32 + 1 + 4 + 4 + 32,
    HEAD = 4 + 8 + 4 + ID + PENDING,
    HASH = 16, /* of the 32 bytes: enough to know an image by */
    RETURNED = HASH + 8 + 1,
    TERMINAL = HEAD + (int)EF_RETURNED_MAX * RETURNED, /* where the reports begin */
    REPORT = ID + 1 + 1 + 1 + (int)EF_DETAIL_CHARS,
    PROGRESS = 4 + 32 + 4 + 4,
};

_Static_assert(TERMINAL + (int)EF_TERMINAL_REPORTS * REPORT <= (int)EF_RECORD_BYTES, "the update record must fit a record");

static const char record_key[] = "update", progress_key[] = "progress";

/* Fixed fields without their NUL. */
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

/* The head in flash and in RAM, field by field in the order of the former. Texts in RAM have a NUL behind them, or within. */
#define FIELD(name) {offsetof(ef_update_record, name), sizeof((ef_update_record *)0)->name}
static const struct {
    uint8_t at, size;
} fields[] = {
    FIELD(sequence), FIELD(epoch), {offsetof(ef_update_record, done_offer_id), ID}, FIELD(pending.present), {offsetof(ef_update_record, pending.offer_id), ID},
    FIELD(pending.version), FIELD(pending.slot), FIELD(pending.switch_count), FIELD(pending.size_bytes), FIELD(pending.sha256),
};
#undef FIELD
_Static_assert(sizeof(ef_update_record) <= 256, "offsets are bytes");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied as they are");

static void copy_head(ef_update_record *r, uint8_t *bytes, bool to_flash)
{
    uint8_t *flash = bytes + 4;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; flash += fields[i++].size) {
        uint8_t *ram = (uint8_t *)r + fields[i].at;
        memcpy(to_flash ? flash : ram, to_flash ? ram : flash, fields[i].size);
    }
}

/* What is in flash; an empty record when there is none yet. */
static ef_status read_record(const ef_agent *a, uint8_t bytes[EF_RECORD_BYTES])
{
    size_t len;
    ef_status status = a->port->kv_get(a->port->ctx, record_key, bytes, EF_RECORD_BYTES, &len);
    if (status == EF_NOT_FOUND) {
        memset(bytes, 0, TERMINAL);
        bytes[0] = FORMAT;
        return EF_OK;
    }
    bool sound = status == EF_OK && len >= TERMINAL && bytes[0] == FORMAT && bytes[1] <= EF_TERMINAL_REPORTS &&
                 len == TERMINAL + (size_t)bytes[1] * REPORT;
    return sound ? EF_OK : EF_FLASH_FAILED;
}

static ef_status write_record(ef_agent *a, uint8_t bytes[EF_RECORD_BYTES])
{
    copy_head(&a->record, bytes, true);
    return a->port->kv_set(a->port->ctx, record_key, bytes, TERMINAL + (size_t)bytes[1] * REPORT);
}

ef_status ef_update_record_load(ef_agent *a)
{
    ef_update_record *r = &a->record;
    uint8_t bytes[EF_RECORD_BYTES];
    memset(r, 0, sizeof *r);
    if (read_record(a, bytes) != EF_OK)
        return EF_FLASH_FAILED;
    copy_head(r, bytes, false);
    r->terminal_count = bytes[1];
    r->pending.version[sizeof r->pending.version - 1] = 0;
    return EF_OK;
}

ef_status ef_update_record_store(ef_agent *a)
{
    uint8_t bytes[EF_RECORD_BYTES];
    return read_record(a, bytes) == EF_OK ? write_record(a, bytes) : EF_FLASH_FAILED;
}

ef_status ef_update_record_reset(ef_agent *a)
{
    uint8_t bytes[EF_RECORD_BYTES];
    ef_update_record *r = &a->record;
    if (read_record(a, bytes) != EF_OK)
        return EF_FLASH_FAILED;
    *r = (ef_update_record){.sequence = r->sequence, .epoch = r->epoch};
    bytes[1] = 0;
    return write_record(a, bytes);
}

static void drop_first(uint8_t bytes[EF_RECORD_BYTES])
{
    bytes[1]--;
    memmove(bytes + TERMINAL, bytes + TERMINAL + REPORT, (size_t)bytes[1] * REPORT);
}

ef_status ef_update_record_end(ef_agent *a, const ef_report *report, const uint8_t returned_sha256[32])
{
    uint8_t bytes[EF_RECORD_BYTES];
    if (read_record(a, bytes) != EF_OK)
        return EF_FLASH_FAILED;
    if (returned_sha256 != NULL) { /* the newest first */
        uint8_t *first = bytes + HEAD;
        memmove(first + RETURNED, first, (EF_RETURNED_MAX - 1) * RETURNED);
        memcpy(first, returned_sha256, HASH);
        ef_put_u64(first + HASH, a->record.sequence);
        first[HASH + 8] = (uint8_t)report->error;
    }
    if (bytes[1] == EF_TERMINAL_REPORTS)
        drop_first(bytes);
    uint8_t *p = put_text(bytes + TERMINAL + (size_t)bytes[1] * REPORT, report->offer_id, ID);
    p[0] = (uint8_t)report->state;
    p[1] = (uint8_t)report->error;
    p[2] = (uint8_t)report->percent;
    (void)put_text(p + 3, report->detail, EF_DETAIL_CHARS);
    bytes[1]++;
    ef_status status = write_record(a, bytes);
    if (status == EF_OK)
        a->record.terminal_count = bytes[1];
    return status;
}

ef_status ef_update_record_first(const ef_agent *a, ef_report *report)
{
    uint8_t bytes[EF_RECORD_BYTES];
    if (read_record(a, bytes) != EF_OK || bytes[1] == 0)
        return EF_FLASH_FAILED;
    const uint8_t *p = take_text(bytes + TERMINAL, report->offer_id, ID);
    report->state = (ef_report_state)p[0];
    report->error = (ef_status)p[1];
    report->percent = (int8_t)p[2];
    (void)take_text(p + 3, report->detail, EF_DETAIL_CHARS);
    return EF_OK;
}

ef_status ef_update_record_told(ef_agent *a)
{
    uint8_t bytes[EF_RECORD_BYTES];
    if (read_record(a, bytes) != EF_OK || bytes[1] == 0)
        return EF_FLASH_FAILED;
    drop_first(bytes);
    a->record.terminal_count = bytes[1];
    return write_record(a, bytes);
}

ef_status ef_update_record_returned(const ef_agent *a, const ef_manifest *manifest)
{
    uint8_t bytes[EF_RECORD_BYTES];
    if (read_record(a, bytes) != EF_OK)
        return EF_OK;
    for (const uint8_t *p = bytes + HEAD; p < bytes + TERMINAL; p += RETURNED)
        if (ef_get_u64(p + HASH) == manifest->sequence && memcmp(p, manifest->image_sha256, HASH) == 0)
            return (ef_status)p[HASH + 8];
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
