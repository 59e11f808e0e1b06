/* The table of states, and the step that drives it. */
#include "espforge/ef_agent.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define LINE_CHARS 320
#define LONGEST_WAIT_MS 1000

static int64_t starting_step(ef_agent *a);
static void idle_enter(ef_agent *a);

static const struct {
    const char *name;
    void (*enter)(ef_agent *a);
    int64_t (*step)(ef_agent *a); /* NULL: the state only waits for a job */
    ef_report_state report;                       /* said when the state is entered */
} states[EF_STATE_COUNT] = {
    [EF_STATE_STARTING] = {"starting", NULL, starting_step, EF_REPORT_NONE},
    [EF_STATE_CLAIMING] = {"claiming", NULL, NULL, EF_REPORT_NONE},
    [EF_STATE_PAIRING] = {"pairing", NULL, NULL, EF_REPORT_NONE},
    [EF_STATE_IDLE] = {"idle", idle_enter, NULL, EF_REPORT_NONE},
    [EF_STATE_DOWNLOADING] = {"downloading", ef_download_enter, ef_download_step, EF_REPORT_DOWNLOADING},
    [EF_STATE_VERIFYING] = {"verifying", ef_verify_enter, ef_verify_step, EF_REPORT_VERIFYING},
    [EF_STATE_APPLYING] = {"applying", NULL, ef_applying_step, EF_REPORT_APPLYING},
    [EF_STATE_REBOOTING] = {"rebooting", NULL, ef_rebooting_step, EF_REPORT_REBOOTING},
    [EF_STATE_CONFIRMING] = {"confirming", ef_confirm_enter, ef_confirm_step, EF_REPORT_CONFIRMING},
};

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
    return (unsigned)state < EF_STATE_COUNT ? states[state].name : "unknown";
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
        ef_log(a, EF_LOG_EVENT, "STATE %s", states[a->state].name);
        if (states[a->state].enter != NULL)
            states[a->state].enter(a);
        if (states[a->state].report != EF_REPORT_NONE)
            ef_report_progress(a, states[a->state].report, a->state == EF_STATE_DOWNLOADING ? a->download.percent / 10 * 10 : -1);
        return;
    }
    ef_log(a, EF_LOG_ERROR, "event %d has no place in state %s", (int)event, states[a->state].name);
}

static int64_t starting_step(ef_agent *a)
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
    ef_claim_init(a);
    ef_token_init(a);
    ef_report_init(a);
    ef_poll_init(a);
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
    ef_log(a, EF_LOG_INFO, "agent %s, image %s, slot %c%s%s", EF_AGENT_VERSION, config->version, 'a' + a->running_slot,
           a->identity.present ? ", device " : "", a->identity.device_id);
    return EF_OK;
}

void ef_restart(ef_agent *a)
{
    a->restarting = true;
    a->restart_refused = a->port->act(a->port->ctx, EF_BOOT_RESTART, NULL) != EF_OK;
}

static void step(ef_agent *a, int64_t (*run)(ef_agent *a), int64_t *wait_ms)
{
    if (run == NULL || a->restarting)
        return;
    int64_t own_ms = run(a);
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
    int64_t wait_ms = LONGEST_WAIT_MS;
    for (int i = 0; i < EF_PART_COUNT; i++) {
        if (a->config.parts[i] != NULL)
            step(a, a->config.parts[i]->step, &wait_ms);
        if (i == EF_PART_MESSAGES) /* before the exchange: both use its buffers, and a command is answered before the next request */
            step(a, ef_exchange_step, &wait_ms);
    }
    step(a, ef_update_step, &wait_ms);
    if (a->state != EF_STATE_DOWNLOADING || !ef_network_is_down(a))
        step(a, states[a->state].step, &wait_ms);
    return wait_ms <= 0 ? 0 : (uint32_t)wait_ms;
}
