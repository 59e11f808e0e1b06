/* Downloading: docs/protocol.md section 2.2. Whole sectors go to the slot; after a cut the download goes on behind the last one. What has been
 * read is in the one sector buffer and no further read happens until the slot has taken it: the host is never more than a sector ahead. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define SILENCE_MS 30000
#define BUSY_WAIT_MS 100
#define PROGRESS_DEFAULT_BYTES 65536u
#define WINDOW_MS 60000
#define WINDOW_LEAST_BYTES 1024u /* a host that gives less in a window is as good as silent */

static int8_t percent_of(const ef_agent *a)
{
    uint32_t size = a->offer.manifest.image_size_bytes;
    return (int8_t)(size == 0 ? 100u : (uint64_t)a->download.offset * 100 / size);
}

void ef_download_enter(ef_agent *a)
{
    ef_download *d = &a->download;
    bool started_over = d->started_over;
    memset(d, 0, sizeof *d);
    d->started_over = started_over;
    d->offset = d->stored = started_over ? 0 : ef_progress_load(a, &a->offer);
    d->percent = percent_of(a);
    d->backoff.cap_ms = 30000;
    (void)ef_hex_encode(a->offer.manifest.image_sha256, 32, d->if_range + 1, 65);
    d->if_range[0] = d->if_range[65] = '"';
    if (d->offset > 0)
        ef_log(a, EF_LOG_INFO, "going on at byte %lu", (unsigned long)d->offset);
}

static void close_exchange(ef_agent *a)
{
    a->port->close(a->port->ctx, EF_CHANNEL_DOWNLOAD);
    a->download.open = false;
}

static void fail(ef_agent *a, ef_status error, const char *detail)
{
    close_exchange(a);
    ef_update_failed(a, error, detail);
}

/* Nothing in the slot counts any more: a start from the beginning, also after a cut. */
static __attribute__((noinline)) void forget(ef_agent *a)
{
    if (a->download.stored > 0)
        ef_progress_clear(a);
    a->download.offset = a->download.stored = 0;
}

/* A try is lost. Sectors that were written stay. */
static void lost(ef_agent *a, const char *why)
{
    ef_download *d = &a->download;
    char detail[EF_DETAIL_CHARS + 1];
    close_exchange(a);
    d->fill = 0;
    d->tries++;
    (void)snprintf(detail, sizeof detail, "Cut at byte %lu, try %lu: %s.", (unsigned long)d->offset, (unsigned long)d->tries, why);
    if (d->tries >= EF_DOWNLOAD_TRIES) {
        ef_update_failed(a, EF_DOWNLOAD_FAILED, detail);
        return;
    }
    d->next_ms = ef_exchange_retry_ms(a, &d->response, &d->backoff);
    ef_log(a, EF_LOG_WARN, "%s", detail);
}

static void begin(ef_agent *a)
{
    ef_download *d = &a->download;
    ef_request request = {
        .method = "GET",
        .path = a->offer.manifest.image_path,
        .bearer = a->token.text,
        .range_from = d->offset,
        .if_range = d->if_range,
    };
    d->head_checked = false;
    d->heard_ms = d->window_ms = a->now_ms;
    d->window_bytes = 0;
    d->resumed = d->resumed || d->offset > 0;
    ef_response_clear(&d->response);
    d->open = true;
    if (a->port->open(a->port->ctx, EF_CHANNEL_DOWNLOAD, &request) != EF_OK)
        lost(a, "no connection");
}

/* The answer's head: the exchange goes on only when the body is what was asked for. */
static void check_head(ef_agent *a)
{
    ef_download *d = &a->download;
    const ef_response *r = &d->response;
    int64_t size = a->offer.manifest.image_size_bytes;
    char why[64];
    (void)snprintf(why, sizeof why, "the host answered %d", (int)r->status);
    d->head_checked = true;
    if (r->status == 200 || (r->status == 206 && d->offset > 0)) {
        int64_t total = r->status == 200 ? r->content_length : r->range_total;
        if (total >= 0 && total != size) {
            char detail[EF_DETAIL_CHARS + 1];
            (void)snprintf(detail, sizeof detail, "The host's image has %lld bytes.", (long long)total);
            fail(a, EF_IMAGE_SIZE_MISMATCH, detail);
            return;
        }
        bool other = (r->status == 206 && (r->range_start != (int64_t)d->offset || r->range_total != size)) ||
                     (r->has_etag && memcmp(r->etag, a->offer.manifest.image_sha256, sizeof r->etag) != 0);
        if (other || r->status == 200)
            forget(a); /* of the whole image, whatever was there */
        if (other)
            lost(a, "the host sent something else");
        return;
    }
    if (r->status == 401)
        ef_token_refused(a);
    if (r->status == 416)
        forget(a);
    else if (ef_is_refusal(r->status)) {
        fail(a, EF_DOWNLOAD_FAILED, why);
        return;
    }
    lost(a, why);
}

/* Less than WINDOW_LEAST_BYTES in a window is a cut, however steadily they trickle. */
static bool too_slow(ef_agent *a)
{
    ef_download *d = &a->download;
    if (!ef_passed(a, d->window_ms, WINDOW_MS))
        return false;
    bool slow = d->window_bytes < WINDOW_LEAST_BYTES;
    d->window_ms = a->now_ms;
    d->window_bytes = 0;
    return slow;
}

/* The sector buffer to the slot. */
static void flush(ef_agent *a)
{
    ef_download *d = &a->download;
    uint32_t size = a->offer.manifest.image_size_bytes;
    if (a->port->slot_write(a->port->ctx, d->offset, a->sector, d->fill) != EF_OK) {
        char detail[EF_DETAIL_CHARS + 1];
        (void)snprintf(detail, sizeof detail, "No write at byte %lu of the slot.", (unsigned long)d->offset);
        fail(a, EF_FLASH_FAILED, detail);
        return;
    }
    d->offset += d->fill;
    d->fill = 0;
    if (d->offset > d->furthest) { /* a host that always begins anew and never ends uses up the tries too */
        d->furthest = d->offset;
        d->tries = 0;
        ef_backoff_again(&d->backoff);
    }
    uint32_t every = a->config.progress_bytes == 0 ? PROGRESS_DEFAULT_BYTES : a->config.progress_bytes;
    if (d->offset < size && d->offset - d->stored >= every) {
        ef_progress_store(a, &a->offer, d->offset);
        d->stored = d->offset;
    }
    int8_t percent = percent_of(a);
    if (percent / 10 > d->percent / 10) {
        d->percent = percent;
        ef_report_progress(a, EF_REPORT_DOWNLOADING, percent / 10 * 10);
    }
}

uint32_t ef_download_step(ef_agent *a)
{
    ef_download *d = &a->download;
    uint32_t size = a->offer.manifest.image_size_bytes;
    if (!d->open) {
        uint32_t wait_ms = ef_until(a, d->next_ms);
        if (wait_ms > 0)
            return wait_ms;
        if (!ef_token_valid(a))
            return BUSY_WAIT_MS;
        begin(a);
        return 0;
    }
    /* Past the last byte one more is asked for: what has a length has it exactly. */
    uint8_t extra;
    size_t got = 0, cap = EF_SECTOR_BYTES - d->fill, left = size - d->offset - d->fill;
    bool complete = left == 0;
    if (d->response.status == 0)
        cap = 0; /* first the head: bytes may not land where they do not belong */
    else if (cap > left)
        cap = left;
    ef_status status = a->port->read(a->port->ctx, EF_CHANNEL_DOWNLOAD, &d->response, complete ? &extra : a->sector + d->fill,
                                          complete ? 1 : cap, &got);
    if (!d->head_checked && d->response.status != 0) {
        ef_clock_heard(a, d->response.date_ms);
        check_head(a);
        return 0;
    }
    d->window_bytes += (uint32_t)got;
    if ((status == EF_OK || status == EF_AGAIN) && too_slow(a)) {
        lost(a, "the host is too slow");
        return 0;
    }
    if (status == EF_OK) {
        if (got > 0)
            d->heard_ms = a->now_ms;
        if (complete && got > 0)
            fail(a, EF_IMAGE_SIZE_MISMATCH, "The image goes on.");
        else if (!complete && (d->fill += (uint32_t)got, d->fill == EF_SECTOR_BYTES || d->offset + d->fill == size))
            flush(a);
        return 0;
    }
    if (status == EF_AGAIN) {
        if (ef_passed(a, d->heard_ms, SILENCE_MS))
            lost(a, "the host fell silent");
        return BUSY_WAIT_MS;
    }
    if (complete && (status == EF_END || d->response.content_length >= 0)) {
        close_exchange(a);
        ef_event_happened(a, EF_EVENT_DOWNLOADED);
    } else {
        lost(a, "the connection broke");
    }
    return 0;
}
