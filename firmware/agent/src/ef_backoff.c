#include "ef_parts.h"

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

uint32_t ef_backoff_next_ms(ef_backoff *backoff, const ef_port *port)
{
    uint64_t span = (uint64_t)backoff->base_ms << (backoff->attempt > 16 ? 16 : backoff->attempt);
    backoff->attempt++;
    if (span > backoff->cap_ms)
        span = backoff->cap_ms;
    return ef_random_below(port, (uint32_t)span + 1);
}
