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
    LONGEST = TERMINAL + (int)EF_TERMINAL_REPORTS * REPORT,
};

/* As in flash: numbers are little-endian. */
typedef struct progress {
    uint32_t format;
    uint8_t sha256[32];
    uint32_t size_bytes, offset;
} progress;

_Static_assert(LONGEST <= (int)EF_RECORD_BYTES, "the update record must fit a record");

static const char record_key[] = "update", progress_key[] = "progress";

/* Fixed fields have no NUL behind them. */
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
static ef_status read_record(const ef_agent *a, uint8_t bytes[LONGEST])
{
    size_t len;
    ef_status status = a->port->kv_get(a->port->ctx, record_key, bytes, LONGEST, &len);
    if (status == EF_NOT_FOUND) {
        memset(bytes, 0, TERMINAL);
        bytes[0] = FORMAT;
        return EF_OK;
    }
    bool sound = status == EF_OK && len >= TERMINAL && bytes[0] == FORMAT && bytes[1] <= EF_TERMINAL_REPORTS &&
                 len == TERMINAL + (size_t)bytes[1] * REPORT;
    return sound ? EF_OK : EF_FLASH_FAILED;
}

ef_status ef_update_record_load(ef_agent *a)
{
    ef_update_record *r = &a->record;
    uint8_t bytes[LONGEST];
    memset(r, 0, sizeof *r);
    if (read_record(a, bytes) != EF_OK)
        return EF_FLASH_FAILED;
    copy_head(r, bytes, false);
    r->terminal_count = bytes[1];
    r->pending.version[sizeof r->pending.version - 1] = 0;
    return EF_OK;
}

static ef_status unwritten(ef_agent *a)
{
    ef_log(a, EF_LOG_ERROR, "The update record could not be written.");
    return EF_FLASH_FAILED;
}

/* The record anew: with the head of RAM, without the first `drop` reports, and with one more (its texts filled up with NULs), unless `report` is
 * NULL. The hash may be NULL. */
static ef_status rewrite(ef_agent *a, uint8_t drop, const ef_report *report, const uint8_t *returned_sha256)
{
    uint8_t bytes[LONGEST];
    if (read_record(a, bytes) != EF_OK)
        return unwritten(a);
    if (returned_sha256 != NULL) { /* the newest first */
        uint8_t *first = bytes + HEAD;
        memmove(first + RETURNED, first, (EF_RETURNED_MAX - 1) * RETURNED);
        memcpy(first, returned_sha256, HASH);
        ef_put_u64(first + HASH, a->record.sequence);
        first[HASH + 8] = (uint8_t)report->error;
    }
    if (report != NULL && bytes[1] == EF_TERMINAL_REPORTS)
        drop = 1;
    if (drop > bytes[1])
        drop = bytes[1];
    bytes[1] = (uint8_t)(bytes[1] - drop);
    memmove(bytes + TERMINAL, bytes + TERMINAL + drop * REPORT, (size_t)bytes[1] * REPORT);
    if (report != NULL) {
        uint8_t *p = bytes + TERMINAL + (size_t)bytes[1]++ * REPORT;
        memcpy(p, report->offer_id, ID);
        p[ID] = (uint8_t)report->state;
        p[ID + 1] = (uint8_t)report->error;
        p[ID + 2] = (uint8_t)report->percent;
        memcpy(p + ID + 3, report->detail, EF_DETAIL_CHARS);
    }
    copy_head(&a->record, bytes, true);
    ef_status status = a->port->kv_set(a->port->ctx, record_key, bytes, TERMINAL + (size_t)bytes[1] * REPORT);
    if (status == EF_OK || report == NULL) /* what was told is not told again before a restart */
        a->record.terminal_count = bytes[1];
    return status == EF_OK ? EF_OK : unwritten(a);
}

ef_status ef_update_record_store(ef_agent *a)
{
    return rewrite(a, 0, NULL, NULL);
}

ef_status ef_update_record_told(ef_agent *a)
{
    return rewrite(a, 1, NULL, NULL);
}

ef_status ef_update_record_end(ef_agent *a, const ef_report *report, const uint8_t returned_sha256[32])
{
    return rewrite(a, 0, report, returned_sha256);
}

ef_status ef_update_record_reset(ef_agent *a)
{
    ef_update_record *r = &a->record;
    const ef_update_record before = *r;
    *r = (ef_update_record){.sequence = r->sequence, .epoch = r->epoch};
    ef_status status = rewrite(a, EF_TERMINAL_REPORTS, NULL, NULL);
    if (status != EF_OK)
        *r = before;
    return status;
}

ef_status ef_update_record_first(const ef_agent *a, ef_report *report)
{
    uint8_t bytes[LONGEST];
    if (read_record(a, bytes) != EF_OK || bytes[1] == 0)
        return EF_FLASH_FAILED;
    const uint8_t *p = take_text(bytes + TERMINAL, report->offer_id, ID);
    report->state = (ef_report_state)p[0];
    report->error = (ef_status)p[1];
    report->percent = (int8_t)p[2];
    (void)take_text(p + 3, report->detail, EF_DETAIL_CHARS);
    return EF_OK;
}

ef_status ef_update_record_returned(const ef_agent *a, const ef_manifest *manifest)
{
    uint8_t bytes[LONGEST];
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

static progress progress_of(const ef_offer *offer, uint32_t offset)
{
    progress p = {.format = FORMAT, .size_bytes = offer->manifest.image_size_bytes, .offset = offset};
    memcpy(p.sha256, offer->manifest.image_sha256, sizeof p.sha256);
    return p;
}

void ef_progress_store(const ef_agent *a, const ef_offer *offer, uint32_t offset)
{
    const progress p = progress_of(offer, offset);
    (void)a->port->kv_set(a->port->ctx, progress_key, (const uint8_t *)&p, sizeof p);
}

/* Where to go on with this image, 0 = from the beginning. */
uint32_t ef_progress_load(const ef_agent *a, const ef_offer *offer)
{
    const progress expected = progress_of(offer, 0);
    progress p;
    size_t len;
    if (a->port->kv_get(a->port->ctx, progress_key, (uint8_t *)&p, sizeof p, &len) != EF_OK || len != sizeof p ||
        memcmp(&p, &expected, offsetof(progress, offset)) != 0)
        return 0;
    return p.offset % EF_SECTOR_BYTES == 0 && p.offset < p.size_bytes ? p.offset : 0;
}
