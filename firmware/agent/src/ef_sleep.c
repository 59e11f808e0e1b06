/* The deep-sleep cycle: wake, ask for an update, report, send what was measured, sleep. Never during an update, and never with an image that is not
 * confirmed: its probation would not end. */
#include "ef_parts.h"

#define AWAKE_MS 30000u  /* when not said: past this the device sleeps though the host was not reached */
#define LISTEN_MS 2000   /* what waited at the broker comes right after the connection */

static bool all_is_said(const ef_agent *a, int64_t now_ms)
{
    const ef_messages *m = a->messages;
    bool told = a->polled && a->reports.count == 0 && a->record.terminal_count == 0;
    bool measured = a->telemetry == NULL || a->config.telemetry_ms == 0 ||
                    (a->telemetry->sample_ms != 0 && a->telemetry->count == 0 && a->telemetry->spill_count == 0);
    bool heard = !ef_messages_wanted(a) || (m->up && ef_messages_idle(a) && !m->online_due && !m->status_due &&
                                            m->log.request_id[0] == 0 && now_ms - m->opened_ms >= LISTEN_MS);
    return told && measured && heard;
}

static int64_t step(ef_agent *a)
{
    int64_t now_ms = a->now_ms;
    ef_facts facts;
    if (a->config.sleep_ms == 0 || a->state != EF_STATE_IDLE || a->control.job != EF_JOB_NONE)
        return EF_NEVER;
    uint32_t awake_ms = a->config.awake_ms == 0 ? AWAKE_MS : a->config.awake_ms;
    if (!all_is_said(a, now_ms) && now_ms - a->started_ms < awake_ms)
        return EF_NEVER;
    a->port->facts(a->port->ctx, &facts);
    if (facts.slot_state[facts.running_slot] == EF_SLOT_PENDING_VERIFY)
        return EF_NEVER;
    ef_log(a, EF_LOG_INFO, "sleeping for %lu s", (unsigned long)(a->config.sleep_ms / 1000));
    ef_agent_settle(a);
    if (a->port->act(a->port->ctx, EF_BOOT_SLEEP, &(ef_action_detail){.sleep_ms = a->config.sleep_ms}) != EF_OK) {
        ef_log(a, EF_LOG_ERROR, "this device cannot sleep");
        a->config.sleep_ms = 0;
        return 0;
    }
    a->restarting = true;
    return 0;
}

static const ef_part part = {.step = step};

void ef_sleep_use(ef_agent_config *config)
{
    config->parts[EF_PART_SLEEP] = &part;
}
