/* The table of states, and the step that drives it. */
#include "espforge/ef_agent.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define LINE_CHARS 320
#define LONGEST_WAIT_MS 1000

static uint32_t starting_step(ef_agent *a);
static void idle_enter(ef_agent *a);

static const struct {
    void (*enter)(ef_agent *a);
    uint32_t (*step)(ef_agent *a); /* NULL: the state only waits for a job */
} states[EF_STATE_COUNT] = {
    [EF_STATE_STARTING] = {NULL, starting_step},
    [EF_STATE_IDLE] = {idle_enter, NULL},
    [EF_STATE_DOWNLOADING] = {ef_download_enter, ef_download_step},
    [EF_STATE_VERIFYING] = {ef_verify_enter, ef_verify_step},
    [EF_STATE_APPLYING] = {NULL, ef_applying_step},
    [EF_STATE_REBOOTING] = {NULL, ef_rebooting_step},
    [EF_STATE_CONFIRMING] = {ef_confirm_enter, ef_confirm_step},
};

/* The states, and behind them the ends of an update. From downloading on a state is a report of the same name, said when it is entered. */
static const char names[] = "starting\0claiming\0pairing\0idle\0downloading\0verifying\0applying\0rebooting\0confirming\0"
                            "confirmed\0failed\0rolledBack\0rejected";

_Static_assert(EF_REPORT_DOWNLOADING == 1 && EF_REPORT_CONFIRMING - EF_REPORT_DOWNLOADING == EF_STATE_CONFIRMING - EF_STATE_DOWNLOADING &&
                   EF_STATE_CONFIRMING + 1 == EF_STATE_COUNT,
               "reports go as the states do");
enum { STATE_OF_REPORT = EF_STATE_DOWNLOADING - EF_REPORT_DOWNLOADING };

const char *ef_report_state_name(ef_report_state state)
{
    return state > EF_REPORT_NONE && state <= EF_REPORT_REJECTED ? ef_nth_text(names, (unsigned)state + STATE_OF_REPORT) : "";
}

const ef_transition ef_transitions[] = {
    {EF_STATE_STARTING, EF_EVENT_NO_IDENTITY, EF_STATE_CLAIMING},
    {EF_STATE_STARTING, EF_EVENT_IDENTITY, EF_STATE_IDLE},
    {EF_STATE_STARTING, EF_EVENT_PENDING_VERIFY, EF_STATE_CONFIRMING},
    {EF_STATE_STARTING, EF_EVENT_STORED_OFFER, EF_STATE_VERIFYING},
    {EF_STATE_CLAIMING, EF_EVENT_CLAIM_OPEN, EF_STATE_PAIRING},
    {EF_STATE_PAIRING, EF_EVENT_CLAIM_GONE, EF_STATE_CLAIMING},
    {EF_STATE_PAIRING, EF_EVENT_IDENTITY, EF_STATE_IDLE},
    {EF_STATE_IDLE, EF_EVENT_OFFER, EF_STATE_DOWNLOADING},
    {EF_STATE_IDLE, EF_EVENT_RESTART, EF_STATE_REBOOTING},
    {EF_STATE_DOWNLOADING, EF_EVENT_DOWNLOADED, EF_STATE_VERIFYING},
    {EF_STATE_DOWNLOADING, EF_EVENT_FAILED, EF_STATE_IDLE},
    {EF_STATE_VERIFYING, EF_EVENT_VERIFIED, EF_STATE_APPLYING},
    {EF_STATE_VERIFYING, EF_EVENT_DAMAGED, EF_STATE_DOWNLOADING},
    {EF_STATE_VERIFYING, EF_EVENT_FAILED, EF_STATE_IDLE},
    {EF_STATE_APPLYING, EF_EVENT_APPLIED, EF_STATE_REBOOTING},
    {EF_STATE_APPLYING, EF_EVENT_FAILED, EF_STATE_IDLE},
    {EF_STATE_CONFIRMING, EF_EVENT_CONFIRMED, EF_STATE_IDLE},
    {EF_STATE_CONFIRMING, EF_EVENT_REFUSED, EF_STATE_REBOOTING},
};
const size_t ef_transition_count = sizeof ef_transitions / sizeof ef_transitions[0];

const char *ef_state_name(ef_state state)
{
    return (unsigned)state < EF_STATE_COUNT ? ef_nth_text(names, state) : "unknown";
}

void ef_copy_text(char *out, size_t cap, const char *text)
{
    size_t len = strlen(text);
    if (len >= cap)
        len = cap - 1;
    memmove(out, text, len);
    out[len] = 0;
}

void ef_agent_log(ef_agent *a, ef_log_level level, const char *line)
{
    const ef_part *ring = a->config.parts[EF_PART_RING];
    a->port->log(a->port->ctx, level, line);
    if (ring != NULL)
        ring->note(a, level, line);
}

void ef_log(ef_agent *a, ef_log_level level, const char *format, ...)
{
    char line[LINE_CHARS];
    size_t at = 0;
    if (level != EF_LOG_EVENT) {
        static const char source[] = "agent: ";
        memcpy(line, source, sizeof source);
        at = sizeof source - 1;
    }
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line + at, sizeof line - at, format, arguments);
    va_end(arguments);
    ef_agent_log(a, level, line);
}

void ef_agent_settle(ef_agent *a)
{
    if (a->control.job != EF_JOB_NONE)
        a->port->close(a->port->ctx, EF_CHANNEL_CONTROL);
    a->control.job = EF_JOB_NONE;
    for (int i = EF_PART_COUNT; i-- > 0;)
        if (a->config.parts[i] != NULL && a->config.parts[i]->settle != NULL)
            a->config.parts[i]->settle(a);
    ef_clock_settle(a);
}

void ef_event_happened(ef_agent *a, ef_event event)
{
    for (size_t i = 0; i < ef_transition_count; i++) {
        if (ef_transitions[i].from != a->state || ef_transitions[i].event != event)
            continue;
        a->state = (ef_state)ef_transitions[i].to;
        a->entered_ms = a->now_ms;
        ef_log(a, EF_LOG_EVENT, "STATE %s", ef_state_name(a->state));
        if (states[a->state].enter != NULL)
            states[a->state].enter(a);
        if (a->state >= EF_STATE_DOWNLOADING)
            ef_report_progress(a, (ef_report_state)(a->state - STATE_OF_REPORT), a->state == EF_STATE_DOWNLOADING ? a->download.percent / 10 * 10 : -1);
        return;
    }
    ef_log(a, EF_LOG_ERROR, "event %d in state %s", (int)event, ef_state_name(a->state));
}

static uint32_t starting_step(ef_agent *a)
{
    ef_event_happened(a, ef_update_resume(a));
    return 0;
}

static void idle_enter(ef_agent *a)
{
    memset(&a->offer, 0, sizeof a->offer);
}

ef_status ef_agent_init(ef_agent *a, const ef_port *port, const ef_agent_config *config, int64_t now_ms)
{
    if (config->hardware_id == NULL || config->product == NULL || config->chip == NULL || config->image_format == NULL ||
        config->version == NULL || strlen(config->version) > 31 || config->confirm_timeout_ms <= config->soak_ms)
        return EF_BAD_ARGUMENT;
    memset(a, 0, sizeof *a);
    a->port = port;
    a->config = *config;
    a->ring = config->ring;
    a->networks = config->networks;
    a->provision = config->provision_state;
    a->messages = config->messages;
    a->telemetry = config->telemetry;
    a->control.job = EF_JOB_NONE;
    if (psa_crypto_init() != PSA_SUCCESS)
        return EF_CRYPTO;

    ef_facts facts;
    port->facts(port->ctx, &facts);
    a->running_slot = facts.running_slot;
    a->started_ms = a->entered_ms = a->now_ms = now_ms;
    a->quality.score = 100;
    a->token.backoff.base_ms = a->reports.backoff.base_ms = 500;
    ef_clock_load(a);
    ef_status status = EF_OK;
    for (int i = 0; i < EF_PART_COUNT && status == EF_OK; i++)
        if (config->parts[i] != NULL && config->parts[i]->start != NULL)
            status = config->parts[i]->start(a);
    if (status == EF_OK)
        status = ef_identity_load(a);
    if (status == EF_OK)
        status = ef_keys_load(a);
    if (status == EF_OK)
        status = ef_update_record_load(a);
    if (status == EF_OK && config->self_test != NULL)
        status = ef_agent_self_test(a, "application", config->self_test, config->self_test_ctx);
    if (status != EF_OK)
        return status;
    ef_log(a, EF_LOG_INFO, "agent %s, image %s, slot %c, device %s", EF_AGENT_VERSION, config->version, 'a' + a->running_slot, a->identity.device_id);
    return EF_OK;
}

void ef_restart(ef_agent *a)
{
    a->restarting = true;
    a->restart_refused = a->port->act(a->port->ctx, EF_BOOT_RESTART, NULL) != EF_OK;
}

uint32_t ef_until(const ef_agent *a, int64_t at_ms)
{
    int64_t left_ms = at_ms - a->now_ms;
    return left_ms <= 0 ? 0 : left_ms > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : (uint32_t)left_ms;
}

int64_t ef_after(const ef_agent *a, uint32_t ms)
{
    return a->now_ms + ms;
}

bool ef_passed(const ef_agent *a, int64_t since_ms, uint32_t ms)
{
    return a->now_ms - since_ms >= ms;
}

static void step(ef_agent *a, uint32_t (*run)(ef_agent *a), uint32_t *wait_ms)
{
    if (run == NULL || a->restarting)
        return;
    uint32_t own_ms = run(a);
    if (own_ms < *wait_ms)
        *wait_ms = own_ms;
}

uint32_t ef_agent_step(ef_agent *a, int64_t now_ms)
{
    a->now_ms = now_ms;
    if (a->restarting) {
        if (a->restart_refused)
            ef_restart(a);
        return LONGEST_WAIT_MS;
    }
    uint32_t wait_ms = LONGEST_WAIT_MS;
    for (int i = 0; i < EF_PART_COUNT; i++) {
        if (a->config.parts[i] != NULL)
            step(a, a->config.parts[i]->step, &wait_ms);
        if (i == EF_PART_MESSAGES) /* before the exchange: both use its buffers, and a command is answered before the next request */
            step(a, ef_exchange_step, &wait_ms);
    }
    step(a, ef_update_step, &wait_ms);
    if (a->state != EF_STATE_DOWNLOADING || !ef_network_is_down(a))
        step(a, states[a->state].step, &wait_ms);
    return wait_ms;
}
