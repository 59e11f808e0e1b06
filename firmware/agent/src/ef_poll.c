/* Asking for an update: docs/protocol.md section 2.1. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

void ef_poll_init(ef_agent *a)
{
    a->poll_next_ms = 0;
    ef_backoff_reset(&a->poll_backoff, 1000, 60000);
}

/* A fleet that was switched on at once does not stay in step: the interval varies by a tenth. */
static int64_t next_poll_ms(ef_agent *a)
{
    uint32_t tenth = a->config.poll_ms / 10;
    return a->now_ms + a->config.poll_ms - tenth + ef_random_below(a->port, 2 * tenth + 1);
}

/* What an offer ended with is told before the next one is asked for. */
static int64_t poll_due(const ef_agent *a)
{
    bool free = a->state == EF_STATE_IDLE && ef_token_valid(a) && a->record.terminal_count == 0 && a->record.unwritten == EF_REPORT_NONE &&
                a->reports.count == 0 &&
                !a->keys.wanted;
    return free ? a->poll_next_ms : EF_NEVER;
}

static ef_status poll_begin(ef_agent *a, ef_request *request)
{
    char *out = a->control.path, *end = out + sizeof a->control.path - 16;
    out += sprintf(out, "/device/v1/update?version=");
    for (const char *p = a->config.version; *p != 0 && out < end; p++) {
        if (*p == '+')
            out += sprintf(out, "%%2B"); /* in a query a plain plus is a space */
        else
            *out++ = *p;
    }
    (void)sprintf(out, "&slot=%c", 'a' + a->running_slot);
    *request = (ef_request){.method = "GET", .path = a->control.path, .bearer = a->token.text};
    return EF_OK;
}

static void poll_finish(ef_agent *a, ef_status status)
{
    ef_exchange *x = &a->control;
    int32_t code = status == EF_OK || status == EF_TOO_LARGE ? x->response.status : 0;
    if (code == 401) {
        a->poll_next_ms = a->now_ms;
        return;
    }
    if (code != 200 && code != 204) {
        if (code != 0 && code != 429 && code < 500)
            ef_exchange_refused(a, "poll");
        a->poll_next_ms = ef_exchange_retry_ms(a, &a->poll_backoff);
        return;
    }
    ef_backoff_reset(&a->poll_backoff, 1000, 60000);
    a->poll_next_ms = next_poll_ms(a);
    ef_keys_announced(a, x->response.keys_generation);
    if (code == 204) {
        a->keys.judge_next = false; /* what waited is no longer offered */
        a->polled = true;
        return;
    }
    if (a->keys.wanted) {
        a->keys.for_offer = true; /* the newest keys first, then the offer */
        return;
    }
    if (x->response.offer_id[0] == 0) {
        ef_log(a, EF_LOG_WARN, "the host sent a manifest without an offer");
        return;
    }
    /* One byte past the limit is enough for the manifest to be refused for its size. */
    size_t len = status == EF_TOO_LARGE ? EF_MANIFEST_MAX_BYTES + 1 : x->len;
    ef_update_offered(a, x->response.offer_id, x->rx, len);
    a->keys.judge_next = false;
}

const ef_job_rules ef_poll_job = {.authenticated = true, .due_ms = poll_due, .begin = poll_begin, .finish = poll_finish};
