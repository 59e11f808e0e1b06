#include "espforge/ef_reset.h"

#include <stdio.h>
#include <string.h>

#include "ef_parts.h"
#include "espforge/app.h"
#include "ef_wipe.h"

/* Is there from the moment a reset is decided until it is complete. */
static const char mark_key[] = "reset";

/* Every record whose loss a reset is for. What is not here is kept ("time", "keys"), or kept in part ("update"). */
static const char *const erased[] = {"identity", "networks", "progress", "links", "nonces"};

/* Records that are numbered from 0: waiting telemetry, the log, what the application stored. */
static const struct {
    const char *prefix;
    unsigned count;
} numbered[] = {{"tm", EF_TELEMETRY_SPILLS}, {"log", EF_RING_CHUNKS}, {"app", EF_APP_SLOTS}};

static ef_status carry_out(ef_agent *a)
{
    ef_status status = ef_update_record_reset(a);
    for (size_t i = 0; status == EF_OK && i < sizeof erased / sizeof erased[0]; i++)
        status = a->port->kv_set(a->port->ctx, erased[i], NULL, 0);
    for (size_t i = 0; i < sizeof numbered / sizeof numbered[0]; i++)
        for (unsigned n = 0; status == EF_OK && n < numbered[i].count; n++) {
            char key[16];
            (void)snprintf(key, sizeof key, "%s%u", numbered[i].prefix, n);
            status = a->port->kv_set(a->port->ctx, key, NULL, 0);
        }
    if (status == EF_OK)
        status = a->port->kv_set(a->port->ctx, mark_key, NULL, 0);
    return status == EF_OK ? EF_OK : EF_FLASH_FAILED;
}

static ef_status complete(ef_agent *a)
{
    uint8_t mark;
    size_t len = 0;
    ef_status status = a->port->kv_get(a->port->ctx, mark_key, &mark, 1, &len);
    if (status == EF_NOT_FOUND)
        return EF_OK;
    if (status != EF_OK && status != EF_TOO_LARGE)
        return EF_FLASH_FAILED;
    status = ef_update_record_load(a);
    if (status == EF_OK)
        status = carry_out(a);
    if (status == EF_OK)
        ef_log(a, EF_LOG_WARN, "the factory reset that was cut is complete");
    return status;
}

ef_status ef_factory_reset(ef_agent *a)
{
    const uint8_t mark = 1;
    if (a->port->kv_set(a->port->ctx, mark_key, &mark, 1) != EF_OK)
        return EF_FLASH_FAILED;
    ef_log(a, EF_LOG_WARN, "factory reset");
    if (a->provision != NULL)
        ef_provision_close(a);
    for (int i = 0; i < EF_CHANNEL_COUNT; i++)
        a->port->close(a->port->ctx, (ef_channel)i);
    ef_status status = carry_out(a);
    ef_wipe(&a->identity, sizeof a->identity);
    ef_wipe(&a->token, sizeof a->token);
    (void)a->port->act(a->port->ctx, EF_NETWORK_LEAVE, NULL);
    ef_restart(a); /* nothing of the former life is to be written again */
    return status;
}

static const ef_part part = {.start = complete, .restart = ef_factory_reset};

void ef_reset_use(ef_agent_config *config)
{
    config->parts[EF_PART_RESET] = &part;
}
