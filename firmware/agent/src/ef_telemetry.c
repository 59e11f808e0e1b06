/* Telemetry: docs/protocol.md section 2.4. Samples wait in a ring in RAM, and while the host cannot be reached in flash (ef_spill.c); then the
 * oldest goes. Sent over the message link when there is one, else as a request. */
#include <math.h>
#include <string.h>

#include "ef_parts.h"
#include "ef_sample.h"

#define SPILL_EVERY_MS 60000 /* flash wears: past this rate the oldest samples are lost instead */

static ef_status start(ef_agent *a)
{
    memset(a->telemetry, 0, sizeof *a->telemetry);
    ef_backoff_reset(&a->telemetry->backoff, 1000, 60000);
    ef_spill_load(a);
    a->telemetry->backlog = a->telemetry->spill_count > 0;
    return EF_OK;
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
    ef_telemetry *t = a->telemetry;
    if (t == NULL)
        return EF_NOT_FOUND;
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

static void drop_samples(ef_telemetry *t, uint32_t count)
{
    size_t at = 0;
    for (uint32_t i = 0; i < count && t->count > 0; i++, t->count--)
        at += t->ring[at];
    t->used -= (uint32_t)at;
    memmove(t->ring, t->ring + at, t->used);
}

/* Room for one sample of `size` bytes, or false: then the sample is the one that is lost. */
static bool make_room(ef_agent *a, size_t size, int64_t now_ms)
{
    ef_telemetry *t = a->telemetry;
    if (t->used + size <= sizeof t->ring)
        return true;
    /* What is under way lies at the beginning of the ring, or in the oldest record, and must stay there until its answer is here. */
    bool ring_is_sent = t->sending > 0 && !t->sending_spill;
    bool spill_is_sent = t->sending > 0 && t->sending_spill && t->spill_count == EF_TELEMETRY_SPILLS;
    if (!ring_is_sent && !spill_is_sent && now_ms >= t->spill_ms) {
        uint32_t full = t->spill_count == EF_TELEMETRY_SPILLS;
        t->spill_ms = now_ms + SPILL_EVERY_MS;
        if (ef_spill_write(a) == EF_OK) {
            if (full)
                ef_log(a, EF_LOG_WARN, "telemetry is kept no longer: the oldest record makes room");
            return true;
        }
    }
    if (ring_is_sent)
        return false;
    while (t->used + size > sizeof t->ring) {
        drop_samples(t, 1);
        t->lost++;
    }
    return true;
}

static void take_sample(ef_agent *a, int64_t now_ms)
{
    ef_telemetry *t = a->telemetry;
    uint8_t bytes[EF_SAMPLE_MAX_BYTES];
    ef_facts facts;
    a->port->facts(a->port->ctx, &facts);
    ef_sample s = {
        .at_ms = a->clock.base_utc_ms == 0 ? 0 : ef_agent_utc_ms(a),
        .uptime_ms = now_ms - a->started_ms,
        .free_heap_bytes = facts.free_heap_bytes,
        .has_rssi = facts.has_rssi,
        .rssi_dbm = facts.rssi_dbm,
        .value_mask = (1u << t->name_count) - 1,
    };
    memcpy(s.values, t->values, sizeof s.values);
    size_t size = ef_sample_write(&s, bytes);
    if (!make_room(a, size, now_ms)) {
        t->lost++;
        return;
    }
    memcpy(t->ring + t->used, bytes, size);
    t->used += (uint32_t)size;
    t->count++;
}

static uint32_t step(ef_agent *a)
{
    int64_t now_ms = a->now_ms;
    ef_telemetry *t = a->telemetry;
    if (a->config.telemetry_ms == 0 || !a->identity.present)
        return EF_FOREVER;
    if (now_ms < t->sample_ms)
        return ef_until(a, t->sample_ms);
    /* A device that knows the host but has not heard the time yet waits a little with its first sample, so that it has one. */
    if (a->clock.base_utc_ms == 0 && now_ms - a->started_ms < 5000)
        return 100;
    t->sample_ms = now_ms + a->config.telemetry_ms;
    take_sample(a, now_ms);
    return 0;
}

static bool waits_at(const ef_agent *a, int64_t now_ms)
{
    const ef_telemetry *t = a->telemetry;
    uint32_t batch = a->config.telemetry_batch == 0 || t->backlog ? 1 : a->config.telemetry_batch;
    bool full = t->used + EF_SAMPLE_MAX_BYTES > sizeof t->ring; /* a batch is never larger than the ring */
    return now_ms >= t->next_ms && (t->spill_count > 0 || t->count >= batch || (t->count > 0 && full));
}

bool ef_telemetry_waits(const ef_agent *a)
{
    return waits_at(a, a->now_ms);
}

static int64_t telemetry_due(const ef_agent *a)
{
    if (!ef_token_valid(a) || ef_messages_carry(a, EF_FLIGHT_TELEMETRY))
        return EF_NEVER;
    if (ef_telemetry_waits(a))
        return a->now_ms;
    return waits_at(a, a->telemetry->next_ms) ? a->telemetry->next_ms : EF_NEVER;
}

static void write_sample(ef_json_writer *w, const ef_sample *s, const char *const names[], uint32_t name_count)
{
    ef_json_object(w, NULL);
    if (s->at_ms != 0)
        ef_json_put_int(w, "at", s->at_ms);
    ef_json_put_int(w, "uptimeMs", s->uptime_ms);
    ef_json_put_int(w, "freeHeapBytes", s->free_heap_bytes);
    if (s->has_rssi)
        ef_json_put_int(w, "rssiDbm", s->rssi_dbm);
    if (s->value_mask != 0) {
        ef_json_object(w, "values");
        for (uint32_t v = 0; v < name_count; v++)
            if ((s->value_mask >> v & 1u) != 0)
                ef_json_put_number(w, names[v], s->values[v]);
        ef_json_object_end(w);
    }
    ef_json_object_end(w);
}

/* As many samples as fit; one always does. Returns how many, and the body's length. */
static uint32_t write_samples(ef_agent *a, const ef_spill *from, uint32_t skip, size_t *len)
{
    const char slot[2] = {(char)('a' + a->running_slot), 0};
    ef_sample s;
    ef_json_writer w;
    size_t at = 0, size;
    uint32_t count = 0;
    ef_json_begin(&w, a->tx, sizeof a->tx);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "version", a->config.version);
    ef_json_put_string(&w, "slot", slot);
    ef_json_put_string(&w, "agentVersion", EF_AGENT_VERSION);
    if (!a->telemetry->hardware_told)
        ef_hardware_write(a, &w);
    ef_json_array(&w, "samples");
    for (; (size = ef_sample_read(&s, from->samples + at, from->samples_len - at)) > 0; at += size) {
        if (skip > 0) {
            skip--;
            continue;
        }
        const ef_json_writer before = w;
        write_sample(&w, &s, from->names, from->name_count);
        if (w.overflow || sizeof a->tx - w.len < 4) {
            w = before;
            break;
        }
        count++;
    }
    ef_json_array_end(&w);
    ef_json_object_end(&w);
    return ef_json_end(&w, len) == EF_OK ? count : 0;
}

/* Uses rx too: a record is read into it. */
ef_status ef_telemetry_write(ef_agent *a, size_t *len)
{
    ef_telemetry *t = a->telemetry;
    ef_spill from;
    while (t->spill_count > 0) {
        t->sending_spill = true;
        t->spill_sending = t->spill_first;
        t->sending = ef_spill_read(a, t->spill_first, &from) ? write_samples(a, &from, t->spill_sent, len) : 0;
        if (t->sending > 0)
            return EF_OK;
        ef_spill_drop(a); /* all of it is sent, or it cannot be read */
    }
    from = (ef_spill){.name_count = t->name_count, .samples = t->ring, .samples_len = t->used};
    for (uint32_t i = 0; i < t->name_count; i++)
        from.names[i] = t->names[i];
    t->sending_spill = false;
    t->sending = write_samples(a, &from, 0, len);
    return t->sending > 0 ? EF_OK : EF_NOT_FOUND;
}

void ef_telemetry_taken(ef_agent *a)
{
    ef_telemetry *t = a->telemetry;
    uint32_t sent = t->sending;
    t->sending = 0;
    t->hardware_told = true;
    ef_backoff_reset(&t->backoff, 1000, 60000);
    t->next_ms = a->now_ms;
    if (!t->sending_spill) {
        drop_samples(t, sent);
        t->backlog = t->count > 0 && t->backlog;
        return;
    }
    ef_spill view;
    ef_sample s;
    if (t->spill_count == 0 || t->spill_first != t->spill_sending)
        return;
    t->spill_sent += sent;
    uint32_t total = 0;
    if (ef_spill_read(a, t->spill_first, &view))
        for (size_t at = 0, size; (size = ef_sample_read(&s, view.samples + at, view.samples_len - at)) > 0; at += size)
            total++;
    if (t->spill_sent >= total)
        ef_spill_drop(a);
}

static ef_status telemetry_begin(ef_agent *a, ef_request *request)
{
    request->path = "/device/v1/telemetry";
    request->bearer = a->token.text;
    return ef_telemetry_write(a, &request->body_len);
}

static void telemetry_finish(ef_agent *a, ef_status status, int32_t code)
{
    ef_telemetry *t = a->telemetry;
    (void)status;
    bool refused = ef_is_refusal(code);
    if (code == 204 || refused) {
        if (refused)
            ef_exchange_refused(a, "telemetry");
        ef_telemetry_taken(a);
        return;
    }
    t->sending = 0;
    t->backlog = true;
    t->next_ms = code == 401 ? a->now_ms : ef_exchange_retry_ms(a, &a->control.response, &t->backoff);
}

static void settle(ef_agent *a)
{
    (void)ef_spill_write(a);
}

static const ef_job_rules job = {.authenticated = true, .due_ms = telemetry_due, .begin = telemetry_begin, .finish = telemetry_finish};
static const ef_part part = {.start = start, .step = step, .settle = settle, .job = &job};

void ef_telemetry_use(ef_agent_config *config, ef_telemetry *state)
{
    config->parts[EF_PART_TELEMETRY] = &part;
    config->telemetry = state;
}
