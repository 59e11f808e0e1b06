/* Telemetry: docs/protocol.md section 2.4. A ring of samples; while the host cannot be reached the oldest goes. */
#include <math.h>
#include <string.h>

#include "ef_parts.h"

void ef_telemetry_init(ef_agent *a)
{
    memset(&a->telemetry, 0, sizeof a->telemetry);
    ef_backoff_reset(&a->telemetry.backoff, 1000, 60000);
}

static bool name_is_good(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'))
            return false;
    }
    return len >= 1 && len <= EF_TELEMETRY_NAME_CHARS;
}

ef_status ef_agent_telemetry_number(ef_agent *a, const char *name, double value)
{
    ef_telemetry *t = &a->telemetry;
    if (name == NULL || !name_is_good(name) || !isfinite(value))
        return EF_BAD_ARGUMENT;
    uint32_t i = 0;
    while (i < t->name_count && strcmp(t->names[i], name) != 0)
        i++;
    if (i == EF_TELEMETRY_VALUES)
        return EF_TOO_LARGE;
    if (i == t->name_count) {
        ef_copy_text(t->names[i], sizeof t->names[i], name);
        t->name_count++;
    }
    t->values[i] = value;
    return EF_OK;
}

static void take_sample(ef_agent *a, int64_t now_ms)
{
    ef_telemetry *t = &a->telemetry;
    ef_facts facts;
    if (t->count == EF_TELEMETRY_SAMPLES) {
        if (t->sending > 0)
            return; /* the oldest is on its way; the ring has room again when the answer is there */
        t->first = (t->first + 1) % EF_TELEMETRY_SAMPLES;
        t->count--;
    }
    ef_sample *s = &t->samples[(t->first + t->count) % EF_TELEMETRY_SAMPLES];
    a->port->facts(a->port->ctx, &facts);
    *s = (ef_sample){
        .at_ms = a->clock.base_utc_ms == 0 ? 0 : ef_agent_utc_ms(a),
        .uptime_ms = now_ms - a->started_ms,
        .free_heap_bytes = facts.free_heap_bytes,
        .has_rssi = facts.has_rssi,
        .rssi_dbm = facts.rssi_dbm,
        .value_mask = (1u << t->name_count) - 1,
    };
    memcpy(s->values, t->values, sizeof s->values);
    t->count++;
}

int64_t ef_telemetry_step(ef_agent *a, int64_t now_ms)
{
    ef_telemetry *t = &a->telemetry;
    if (a->config.telemetry_ms == 0 || !ef_token_valid(a))
        return EF_NEVER;
    if (now_ms < t->sample_ms)
        return t->sample_ms - now_ms;
    t->sample_ms = now_ms + a->config.telemetry_ms;
    take_sample(a, now_ms);
    return 0;
}

static int64_t telemetry_due(const ef_agent *a, int64_t now_ms)
{
    (void)now_ms;
    return a->telemetry.count > 0 && ef_token_valid(a) ? a->telemetry.next_ms : EF_NEVER;
}

static ef_status write_samples(ef_agent *a, uint32_t count, size_t *len)
{
    const ef_telemetry *t = &a->telemetry;
    char slot[2] = {(char)('a' + a->running_slot), 0};
    ef_json_writer w;
    ef_json_begin(&w, a->control.tx, sizeof a->control.tx);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "version", a->config.version);
    ef_json_put_string(&w, "slot", slot);
    ef_json_put_string(&w, "agentVersion", EF_AGENT_VERSION);
    ef_json_array(&w, "samples");
    for (uint32_t i = 0; i < count; i++) {
        const ef_sample *s = &t->samples[(t->first + i) % EF_TELEMETRY_SAMPLES];
        ef_json_object(&w, NULL);
        if (s->at_ms != 0)
            ef_json_put_int(&w, "at", s->at_ms);
        ef_json_put_int(&w, "uptimeMs", s->uptime_ms);
        ef_json_put_int(&w, "freeHeapBytes", s->free_heap_bytes);
        if (s->has_rssi)
            ef_json_put_int(&w, "rssiDbm", s->rssi_dbm);
        if (s->value_mask != 0) {
            ef_json_object(&w, "values");
            for (uint32_t v = 0; v < EF_TELEMETRY_VALUES; v++)
                if ((s->value_mask >> v & 1u) != 0)
                    ef_json_put_number(&w, t->names[v], s->values[v]);
            ef_json_object_end(&w);
        }
        ef_json_object_end(&w);
    }
    ef_json_array_end(&w);
    ef_json_object_end(&w);
    return ef_json_end(&w, len);
}

/* As many samples as fit the buffer; one always does. */
static ef_status telemetry_begin(ef_agent *a, ef_request *request, int64_t now_ms)
{
    ef_telemetry *t = &a->telemetry;
    (void)now_ms;
    request->path = "/device/v1/telemetry";
    request->bearer = a->token.text;
    t->sending = t->count;
    ef_status status = write_samples(a, t->sending, &request->body_len);
    while (status == EF_TOO_LARGE && t->sending > 1) {
        t->sending--;
        status = write_samples(a, t->sending, &request->body_len);
    }
    return status;
}

static void telemetry_finish(ef_agent *a, ef_status status, int64_t now_ms)
{
    ef_telemetry *t = &a->telemetry;
    int32_t code = status == EF_OK ? a->control.response.status : 0;
    uint32_t sent = t->sending;
    t->sending = 0;
    if (code == 401) {
        t->next_ms = now_ms;
        return;
    }
    bool taken = code >= 200 && code < 300;
    bool refused = code >= 400 && code < 500 && code != 408 && code != 425 && code != 429;
    if (!taken && !refused) {
        t->next_ms = ef_exchange_retry_ms(a, &t->backoff, now_ms);
        return;
    }
    if (refused)
        ef_log(a, EF_LOG_WARN, "the host refused telemetry with %d", (int)code);
    ef_backoff_reset(&t->backoff, 1000, 60000);
    t->first = (t->first + sent) % EF_TELEMETRY_SAMPLES;
    t->count -= sent;
    t->next_ms = now_ms;
}

const ef_job_rules ef_telemetry_job = {
    .authenticated = true, .due_ms = telemetry_due, .begin = telemetry_begin, .finish = telemetry_finish};
