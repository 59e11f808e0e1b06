/* The control channel: picks the job that is due, sends its request, collects the answer, hands it back. */
#include "ef_parts.h"

#define ANSWER_TIMEOUT_MS 30000
#define BUSY_WAIT_MS 100
#define IDLE_WAIT_MS 1000

/* In order of importance: when several are due the first one goes. */
static const ef_job_rules *const jobs[EF_JOB_TELEMETRY] = {
    [EF_JOB_CLAIM] = &ef_claim_job,   [EF_JOB_PAIR] = &ef_pair_job, [EF_JOB_TOKEN] = &ef_token_job,
    [EF_JOB_REPORT] = &ef_report_job, [EF_JOB_KEYS] = &ef_keys_job, [EF_JOB_POLL] = &ef_poll_job,
};

/* NULL: a job of a part that is not there. */
static const ef_job_rules *rules_of(const ef_agent *a, int job)
{
    if (job < EF_JOB_TELEMETRY)
        return jobs[job];
    const ef_part *telemetry = a->config.parts[EF_PART_TELEMETRY];
    return telemetry == NULL ? NULL : telemetry->job;
}

static void finish(ef_agent *a, ef_status status)
{
    ef_exchange *x = &a->control;
    const ef_job_rules *job = rules_of(a, (int)x->job);
    if (status == EF_OK && x->too_large)
        status = EF_TOO_LARGE;
    const int32_t code = status == EF_OK ? x->response.status : 0;
    if (status != EF_TOO_LARGE)
        ef_host_heard(a, code != 0 && code < 500 ? a->now_ms - (x->deadline_ms - ANSWER_TIMEOUT_MS) : -1);
    if (code != 0)
        ef_clock_heard(a, x->response.date_ms);
    if (job->authenticated) {
        if (code == 401) {
            ef_token_refused(a);
        } else if (code == 204 || (code == 200 && x->response.offer_id[0] != 0)) {
            /* Nothing else is the host's: a captive portal answers 200 to everything. */
            ef_token_accepted(a);
            a->confirm.host_answered = true;
        }
    }
    a->port->close(a->port->ctx, EF_CHANNEL_CONTROL);
    job->finish(a, status, code);
    x->job = EF_JOB_NONE;
}

static void begin(ef_agent *a, ef_job job)
{
    ef_exchange *x = &a->control;
    ef_request request = {.method = "POST", .body = a->tx};
    x->job = job;
    x->len = 0;
    x->too_large = false;
    x->deadline_ms = ef_after(a, ANSWER_TIMEOUT_MS);
    ef_response_clear(&x->response);
    ef_status status = rules_of(a, (int)job)->begin(a, &request);
    if (status == EF_OK)
        status = a->port->open(a->port->ctx, EF_CHANNEL_CONTROL, &request);
    if (status != EF_OK)
        finish(a, status == EF_TOO_LARGE ? EF_TOO_LARGE : EF_NETWORK);
}

/* One read of the answer. What does not fit is dropped, and said at the end. */
static uint32_t receive(ef_agent *a)
{
    ef_exchange *x = &a->control;
    uint8_t rest[64];
    bool full = x->len == sizeof a->rx;
    size_t got = 0;
    ef_status status = a->port->read(a->port->ctx, EF_CHANNEL_CONTROL, &x->response, full ? rest : a->rx + x->len,
                                          full ? sizeof rest : sizeof a->rx - x->len, &got);
    if (full && got > 0)
        x->too_large = true;
    else
        x->len += got;
    if ((status == EF_OK || status == EF_AGAIN) && a->now_ms >= x->deadline_ms)
        status = EF_NETWORK; /* an answer that trickles, or never ends, does not hold the channel either */
    if (status == EF_OK)
        return 0;
    if (status == EF_AGAIN)
        return BUSY_WAIT_MS;
    finish(a, status == EF_END && x->response.status != 0 ? EF_OK : EF_NETWORK);
    return 0;
}

uint32_t ef_exchange_step(ef_agent *a)
{
    if (a->control.job != EF_JOB_NONE)
        return receive(a);
    if (ef_network_is_down(a))
        return IDLE_WAIT_MS;
    uint32_t wait_ms = IDLE_WAIT_MS;
    for (int job = 0; job < EF_JOB_COUNT; job++) {
        const ef_job_rules *rules = rules_of(a, job);
        uint32_t own_ms = rules == NULL ? EF_FOREVER : ef_until(a, rules->due_ms(a));
        if (own_ms == 0) {
            begin(a, (ef_job)job);
            return 0;
        }
        if (own_ms < wait_ms)
            wait_ms = own_ms;
    }
    return wait_ms;
}

ef_status ef_exchange_get(const ef_agent *a, ef_request *request, const char *bearer)
{
    *request = (ef_request){.method = "GET", .path = a->path, .bearer = bearer};
    return EF_OK;
}

ef_status ef_exchange_json(const ef_agent *a, ef_json *json)
{
    return ef_json_open(json, (const char *)a->rx, a->control.len);
}

int64_t ef_exchange_retry_ms(const ef_agent *a, const ef_response *response, ef_backoff *backoff)
{
    /* Retry-After is the earliest time; what the backoff adds keeps a fleet that was told the same from coming back as one. */
    return ef_after(a, (uint32_t)response->retry_after_s * 1000 + ef_backoff_wait_ms(a, backoff));
}

void ef_exchange_refused(ef_agent *a, const char *what)
{
    ef_log(a, EF_LOG_WARN, "the host refused the %s with %d", what, (int)a->control.response.status);
}

bool ef_is_refusal(int32_t code)
{
    return code >= 400 && code < 500 && code != 401 && code != 408 && code != 425 && code != 429;
}
