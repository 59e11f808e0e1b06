/* What a device says of itself: docs/protocol.md section 6.1, `status`. */
#include "ef_parts.h"

static const char *reset_name(ef_reset reset)
{
    switch (reset) {
    case EF_RESET_POWER_ON: return "power-on";
    case EF_RESET_SOFTWARE: return "software";
    case EF_RESET_PANIC: return "panic";
    case EF_RESET_WATCHDOG: return "watchdog";
    case EF_RESET_BROWNOUT: return "brownout";
    case EF_RESET_DEEP_SLEEP: return "deep-sleep";
    case EF_RESET_UNKNOWN: break;
    }
    return "unknown";
}

void ef_device_status_write(ef_agent *a, ef_json_writer *w)
{
    const char slot[2] = {(char)('a' + a->running_slot), 0};
    ef_facts facts;
    a->port->facts(a->port->ctx, &facts);
    ef_json_put_string(w, "version", a->config.version);
    ef_json_put_string(w, "slot", slot);
    ef_json_put_string(w, "agentVersion", EF_AGENT_VERSION);
    ef_json_put_string(w, "state", ef_state_name(a->state));
    ef_json_put_int(w, "uptimeMs", a->now_ms - a->started_ms);
    ef_json_put_string(w, "reset", reset_name(facts.reset));
    ef_json_put_int(w, "freeHeapBytes", facts.free_heap_bytes);
    if (facts.has_rssi)
        ef_json_put_int(w, "rssiDbm", facts.rssi_dbm);
    ef_json_put_int(w, "connectionQuality", a->quality.score);
    if (a->config.add_status != NULL) {
        ef_json_object(w, "app");
        a->config.add_status(a->config.app_ctx, w);
        ef_json_object_end(w);
    }
}
