/* Reports: docs/protocol.md section 2.3. Those on the way may be lost with the power; the last one of an offer is in flash until the host has it. */
#include <string.h>

#include "ef_parts.h"

static __attribute__((noinline)) bool is_under_way(const ef_agent *a)
{
    return a->control.job == EF_JOB_REPORT || (a->messages != NULL && a->messages->flight == EF_FLIGHT_REPORT);
}

bool ef_report_idle(const ef_agent *a)
{
    return a->reports.count == 0 && !is_under_way(a);
}

static void drop_first(ef_report_queue *q)
{
    q->count--;
    memmove(&q->progress[0], &q->progress[1], q->count * sizeof q->progress[0]);
}

void ef_report_progress(ef_agent *a, ef_report_state state, int percent)
{
    ef_report_queue *q = &a->reports;
    if (a->offer.offer_id[0] == 0)
        return;
    /* A newer percentage takes the place of one that still waits, but not of the one being sent. */
    uint32_t sent = is_under_way(a) && q->sending_progress ? 1 : 0;
    ef_progress_report *next = &q->progress[q->count];
    if (q->count > sent && next[-1].state == state && strcmp(next[-1].offer_id, a->offer.offer_id) == 0) {
        next[-1].percent = (int8_t)percent;
        return;
    }
    if (q->count == EF_PROGRESS_REPORTS) {
        if (sent > 0)
            return;
        drop_first(q);
        next--;
    }
    memcpy(next->offer_id, a->offer.offer_id, sizeof next->offer_id);
    next->state = state;
    next->percent = (int8_t)percent;
    q->count++;
}

static bool any_waits(const ef_agent *a)
{
    return a->reports.count > 0 || a->record.terminal_count > 0;
}

static int64_t report_due(const ef_agent *a)
{
    return any_waits(a) && ef_token_valid(a) && !ef_messages_carry(a, EF_FLIGHT_REPORT) ? a->reports.next_ms : EF_NEVER;
}

bool ef_report_waits(const ef_agent *a)
{
    return any_waits(a) && a->now_ms >= a->reports.next_ms;
}

ef_status ef_report_write(ef_agent *a, size_t *len)
{
    ef_report_queue *q = &a->reports;
    ef_report r = {.state = q->progress[0].state, .percent = q->progress[0].percent};
    ef_json_writer w;
    q->sending_progress = q->count > 0;
    if (q->sending_progress)
        memcpy(r.offer_id, q->progress[0].offer_id, sizeof r.offer_id);
    else if (ef_update_record_first(a, &r) != EF_OK)
        return EF_FLASH_FAILED;
    ef_json_begin(&w, a->tx, sizeof a->tx);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "offerId", r.offer_id);
    ef_json_put_string(&w, "state", ef_report_state_name(r.state));
    if (r.percent >= 0)
        ef_json_put_int(&w, "percent", r.percent);
    if (r.error != EF_OK)
        ef_json_put_string(&w, "error", ef_status_code(r.error));
    if (r.detail[0] != 0)
        ef_json_put_string(&w, "detail", r.detail);
    ef_json_object_end(&w);
    return ef_json_end(&w, len);
}

static ef_status report_begin(ef_agent *a, ef_request *request)
{
    request->path = "/device/v1/reports";
    request->bearer = a->token.text;
    return ef_report_write(a, &request->body_len);
}

/* The host has the report that was written last. */
void ef_report_taken(ef_agent *a)
{
    ef_report_queue *q = &a->reports;
    ef_backoff_again(&q->backoff);
    q->next_ms = a->now_ms;
    if (q->sending_progress) {
        drop_first(q);
        return;
    }
    (void)ef_update_record_told(a); /* else the report is sent again after a restart */
}

static void report_finish(ef_agent *a, ef_status status, int32_t code)
{
    ef_report_queue *q = &a->reports;
    (void)status;
    if (code == 401)
        return; /* again as soon as there is a new token */
    bool taken = code == 204; /* and nothing else: a captive portal answers 200 to everything */
    bool refused = ef_is_refusal(code);
    if (!taken && !refused) {
        q->next_ms = ef_exchange_retry_ms(a, &a->control.response, &q->backoff);
        return;
    }
    if (refused)
        ef_exchange_refused(a, "report");
    ef_report_taken(a);
}

const ef_job_rules ef_report_job = {.authenticated = true, .due_ms = report_due, .begin = report_begin, .finish = report_finish};
