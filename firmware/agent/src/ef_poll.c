/* Asking for an update: docs/protocol.md section 2.1. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

/* A fleet that was switched on at once does not stay in step: the interval varies by a tenth. */
static int64_t next_poll_ms(ef_agent *a)
{
    uint32_t tenth = a->config.poll_ms / 10;
    return ef_after(a, a->config.poll_ms - tenth + ef_random_below(a->port, 2 * tenth + 1));
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
    char version[3 * 31 + 1], *out = version;
    for (const char *p = a->config.version; *p != 0; p++) {
        *out++ = *p;
        if (*p == '+') { /* in a query a plain plus is a space */
            memcpy(out - 1, "%2B", 3);
            out += 2;
        }
    }
    *out = 0;
    (void)snprintf(a->path, sizeof a->path, "/device/v1/update?version=%s&slot=%c", version, 'a' + a->running_slot);
    return ef_exchange_get(a, request, a->token.text);
}

static void poll_finish(ef_agent *a, ef_status status, int32_t code)
{
    ef_exchange *x = &a->control;
    if (status == EF_TOO_LARGE)
        code = x->response.status;
    if (code == 401)
        return; /* again as soon as there is a new token */
    if (code != 200 && code != 204) {
        if (code != 0 && code != 429 && code < 500)
            ef_exchange_refused(a, "poll");
        a->poll_next_ms = ef_exchange_retry_ms(a, &a->control.response, &a->poll_backoff);
        return;
    }
    ef_backoff_again(&a->poll_backoff);
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
        ef_log(a, EF_LOG_WARN, "a manifest without an offer");
        return;
    }
    /* One byte past the limit is enough for the manifest to be refused for its size. */
    size_t len = status == EF_TOO_LARGE ? EF_MANIFEST_MAX_BYTES + 1 : x->len;
    ef_update_offered(a, x->response.offer_id, a->rx, len);
    a->keys.judge_next = false;
}

const ef_job_rules ef_poll_job = {.authenticated = true, .due_ms = poll_due, .begin = poll_begin, .finish = poll_finish};
