/* Reports: docs/protocol.md section 2.3. Those on the way may be lost with the power; the last one of an offer is in flash until the host has it. */
#include <string.h>

#include "ef_parts.h"

static const char *const names[] = {
    [EF_REPORT_NONE] = "",
    [EF_REPORT_DOWNLOADING] = "downloading",
    [EF_REPORT_VERIFYING] = "verifying",
    [EF_REPORT_APPLYING] = "applying",
    [EF_REPORT_REBOOTING] = "rebooting",
    [EF_REPORT_CONFIRMING] = "confirming",
    [EF_REPORT_CONFIRMED] = "confirmed",
    [EF_REPORT_FAILED] = "failed",
    [EF_REPORT_ROLLED_BACK] = "rolledBack",
    [EF_REPORT_REJECTED] = "rejected",
};

const char *ef_report_state_name(ef_report_state state)
{
    return (size_t)state < sizeof names / sizeof names[0] ? names[state] : "";
}

void ef_report_init(ef_agent *a)
{
    memset(&a->reports, 0, sizeof a->reports);
    ef_backoff_reset(&a->reports.backoff, 500, 60000);
}

static bool is_under_way(const ef_agent *a)
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
    bool first_is_sent = is_under_way(a) && q->sending_progress;
    uint32_t last = q->count - 1;
    if (q->count > (first_is_sent ? 1u : 0u) && q->progress[last].state == state &&
        strcmp(q->progress[last].offer_id, a->offer.offer_id) == 0) {
        q->progress[last].percent = (int8_t)percent;
        return;
    }
    if (q->count == EF_PROGRESS_REPORTS) {
        if (first_is_sent)
            return;
        drop_first(q);
    }
    memcpy(q->progress[q->count].offer_id, a->offer.offer_id, sizeof a->offer.offer_id);
    q->progress[q->count].state = state;
    q->progress[q->count].percent = (int8_t)percent;
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
    ef_report terminal;
    ef_json_writer w;
    q->sending_progress = q->count > 0;
    if (!q->sending_progress && ef_update_record_first(a, &terminal) != EF_OK)
        return EF_FLASH_FAILED;
    ef_json_begin(&w, a->control.tx, sizeof a->control.tx);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "offerId", q->sending_progress ? q->progress[0].offer_id : terminal.offer_id);
    ef_json_put_string(&w, "state", ef_report_state_name(q->sending_progress ? q->progress[0].state : terminal.state));
    int percent = q->sending_progress ? q->progress[0].percent : terminal.percent;
    if (percent >= 0)
        ef_json_put_int(&w, "percent", percent);
    if (!q->sending_progress && terminal.error != EF_OK)
        ef_json_put_string(&w, "error", ef_status_code(terminal.error));
    if (!q->sending_progress && terminal.detail[0] != 0)
        ef_json_put_string(&w, "detail", terminal.detail);
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
    ef_backoff_reset(&q->backoff, 500, 60000);
    q->next_ms = a->now_ms;
    if (q->sending_progress) {
        drop_first(q);
        return;
    }
    if (ef_update_record_told(a) != EF_OK)
        ef_log(a, EF_LOG_ERROR, "The update record could not be written."); /* then the report is sent again */
}

static void report_finish(ef_agent *a, ef_status status)
{
    ef_report_queue *q = &a->reports;
    int32_t code = status == EF_OK ? a->control.response.status : 0;
    if (code == 401) {
        q->next_ms = a->now_ms; /* as soon as there is a new token */
        return;
    }
    bool taken = code == 204; /* and nothing else: a captive portal answers 200 to everything */
    bool refused = ef_is_refusal(code);
    if (!taken && !refused) {
        q->next_ms = ef_exchange_retry_ms(a, &q->backoff);
        return;
    }
    if (refused)
        ef_exchange_refused(a, "report");
    ef_report_taken(a);
}

const ef_job_rules ef_report_job = {.authenticated = true, .due_ms = report_due, .begin = report_begin, .finish = report_finish};
