/* Who the device is, as one record. A claim's keys are stored before it: where there is an identity, there are its keys. */
#include <string.h>

#include "ef_parts.h"

static const char key[] = "identity";
static const uint8_t head[4] = {2 /* format */, 0, 0, 0};

enum { TEXTS = offsetof(ef_identity, present) };

_Static_assert(TEXTS == 65 + 65 + 65 + 128, "the texts are one piece");

const uint16_t ef_identity_sizes[4] = {65, 65, 65, 128};

typedef struct identity_record {
    uint8_t head[sizeof head];
    uint8_t texts[TEXTS];
} identity_record;

ef_status ef_identity_store(const ef_agent *a, const ef_identity *identity)
{
    identity_record record;
    memcpy(record.head, head, sizeof head);
    memcpy(record.texts, identity, TEXTS);
    ef_status status = a->port->kv_set(a->port->ctx, key, (const uint8_t *)&record, sizeof record);
    ef_wipe(&record, sizeof record);
    return status;
}

ef_status ef_identity_load(ef_agent *a)
{
    identity_record record;
    size_t len;
    ef_identity *identity = &a->identity;
    memset(identity, 0, sizeof *identity);
    ef_status status = a->port->kv_get(a->port->ctx, key, (uint8_t *)&record, sizeof record, &len);
    if (status == EF_NOT_FOUND)
        return EF_OK;
    if (status != EF_OK || len != sizeof record || memcmp(record.head, head, sizeof head) != 0)
        return EF_FLASH_FAILED;
    memcpy(identity, record.texts, TEXTS);
    ef_wipe(&record, sizeof record);
    const char *text = identity->device_id;
    for (int i = 0; i < 4; text += ef_identity_sizes[i++])
        if (text[0] == 0 || memchr(text, 0, ef_identity_sizes[i]) == NULL)
            return EF_FLASH_FAILED;
    identity->present = true;
    return EF_OK;
}
