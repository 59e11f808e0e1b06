#include "ef_parts.h"

#define BASE_MS 1000

void ef_backoff_reset(ef_backoff *backoff, uint32_t base_ms, uint32_t cap_ms)
{
    *backoff = (ef_backoff){.base_ms = base_ms, .cap_ms = cap_ms};
}

uint32_t ef_random_below(const ef_port *port, uint32_t limit)
{
    uint32_t value = 0;
    if (limit == 0)
        return 0;
    port->random(port->ctx, (uint8_t *)&value, sizeof value);
    return (uint32_t)(((uint64_t)value * limit) >> 32);
}

uint32_t ef_backoff_wait_ms(const ef_agent *a, ef_backoff *backoff)
{
    const ef_part *quality = a->config.parts[EF_PART_QUALITY];
    ef_backoff stretched = *backoff;
    if (quality != NULL)
        stretched.base_ms = quality->stretch(a, backoff->base_ms == 0 ? BASE_MS : backoff->base_ms);
    backoff->attempt++;
    return ef_backoff_next_ms(&stretched, a->port);
}

void ef_host_heard(ef_agent *a, int64_t latency_ms)
{
    const ef_part *quality = a->config.parts[EF_PART_QUALITY];
    if (quality != NULL)
        quality->heard(a, latency_ms);
}

uint32_t ef_backoff_next_ms(ef_backoff *backoff, const ef_port *port)
{
    uint32_t base_ms = backoff->base_ms == 0 ? BASE_MS : backoff->base_ms, cap_ms = backoff->cap_ms == 0 ? 60000 : backoff->cap_ms;
    uint64_t span = (uint64_t)base_ms << (backoff->attempt > 16 ? 16 : backoff->attempt);
    backoff->attempt++;
    if (span > cap_ms)
        span = cap_ms;
    return ef_random_below(port, (uint32_t)span + 1);
}
