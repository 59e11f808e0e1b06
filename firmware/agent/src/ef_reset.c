#include "espforge/ef_reset.h"

#include <string.h>

#include "ef_bytes.h"
#include "ef_parts.h"
#include "ef_wipe.h"

/* Is there from the moment a reset is decided until it is complete. It holds what must outlive the record it stands in for meanwhile: format,
 * highest sequence, epoch. */
static const char mark_key[] = "reset";

enum { FORMAT = 1, MARK = 1 + 8 + 4 };

/* Every record whose loss a reset is for; the second is how many there are of it, numbered from 0 (0: one, not numbered). What is not here is
 * kept: "time" and "keys". "update" is made anew with sequence and epoch alone. */
static const struct {
    char name[9];
    uint8_t count;
} erased[] = {
    {"identity", 0}, {"networks", 0}, {"progress", 0}, {"links", 0}, {"nonces", 0}, /* of commands; they were under the former secret */
    {"app", 0},      {"app", 4},      {"tm", 8},       {"log", 8},
};

static ef_status erase(const ef_agent *a, const char *name, uint8_t count)
{
    char key[12];
    ef_status status = EF_OK;
    size_t len = strlen(name);
    memcpy(key, name, len + 1);
    for (uint8_t i = 0; status == EF_OK && (i == 0 || i < count); i++) {
        if (count > 0) {
            key[len] = (char)('0' + i);
            key[len + 1] = 0;
        }
        status = a->port->kv_set(a->port->ctx, key, NULL, 0);
    }
    return status;
}

static ef_status carry_out(ef_agent *a, uint64_t sequence, uint32_t epoch)
{
    ef_status status = erase(a, "update", 0); /* with its offers and reports, which were the former owner's */
    memset(&a->record, 0, sizeof a->record);
    a->record.sequence = sequence;
    a->record.epoch = epoch;
    if (status == EF_OK)
        status = ef_update_record_store(a);
    for (size_t i = 0; status == EF_OK && i < sizeof erased / sizeof erased[0]; i++)
        status = erase(a, erased[i].name, erased[i].count);
    if (status == EF_OK)
        status = erase(a, mark_key, 0);
    return status == EF_OK ? EF_OK : EF_FLASH_FAILED;
}

ef_status ef_reset_complete(ef_agent *a)
{
    uint8_t mark[MARK];
    size_t len = 0;
    ef_status status = a->port->kv_get(a->port->ctx, mark_key, mark, sizeof mark, &len);
    if (status == EF_NOT_FOUND)
        return EF_OK;
    if (status != EF_OK || len != sizeof mark || mark[0] != FORMAT)
        return EF_FLASH_FAILED; /* it says what must not be lost, so it is not guessed */
    status = carry_out(a, ef_get_u64(mark + 1), ef_get_u32(mark + 9));
    if (status == EF_OK)
        ef_log(a, EF_LOG_WARN, "the factory reset that was cut is complete");
    return status;
}

ef_status ef_factory_reset(ef_agent *a)
{
    uint8_t mark[MARK] = {FORMAT};
    ef_put_u64(mark + 1, a->record.sequence);
    ef_put_u32(mark + 9, a->record.epoch);
    if (a->port->kv_set(a->port->ctx, mark_key, mark, sizeof mark) != EF_OK)
        return EF_FLASH_FAILED;
    ef_log(a, EF_LOG_WARN, "factory reset");
    ef_provision_close(a);
    for (int i = 0; i < EF_CHANNEL_COUNT; i++)
        a->port->close(a->port->ctx, (ef_channel)i);
    ef_status status = carry_out(a, a->record.sequence, a->record.epoch);
    ef_wipe(&a->identity, sizeof a->identity);
    ef_wipe(&a->token, sizeof a->token);
    (void)a->port->act(a->port->ctx, EF_NETWORK_LEAVE, NULL);
    a->restarting = true; /* nothing of the former life is to be written again */
    (void)a->port->act(a->port->ctx, EF_BOOT_RESTART, NULL);
    return status;
}
