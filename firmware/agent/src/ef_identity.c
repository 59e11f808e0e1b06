/* Who the device is, as one record. A claim's keys are stored before it: where there is an identity, there are its keys. */
#include <string.h>

#include "ef_parts.h"

static const char key[] = "identity";

enum {
    FORMAT = 2,
    TEXTS = 65 + 65 + 65 + 128,
    RECORD = 4 + TEXTS
};

static uint8_t *put(uint8_t *p, const void *data, size_t len)
{
    memcpy(p, data, len);
    return p + len;
}

static const uint8_t *take(const uint8_t *p, void *data, size_t len)
{
    memcpy(data, p, len);
    return p + len;
}

static bool is_text(const char *field, size_t size)
{
    return field[0] != 0 && memchr(field, 0, size) != NULL;
}

ef_status ef_identity_store(const ef_agent *a, const ef_identity *identity)
{
    uint8_t bytes[RECORD] = {FORMAT, 0, 0, 0};
    uint8_t *p = bytes + 4;
    p = put(p, identity->device_id, sizeof identity->device_id);
    p = put(p, identity->device_key, sizeof identity->device_key);
    p = put(p, identity->command_secret, sizeof identity->command_secret);
    (void)put(p, identity->topic_root, sizeof identity->topic_root);
    return a->port->kv_set(a->port->ctx, key, bytes, sizeof bytes);
}

ef_status ef_identity_load(ef_agent *a)
{
    uint8_t bytes[RECORD];
    size_t len;
    ef_identity *identity = &a->identity;
    memset(identity, 0, sizeof *identity);
    ef_status status = a->port->kv_get(a->port->ctx, key, bytes, sizeof bytes, &len);
    if (status == EF_NOT_FOUND)
        return EF_OK;
    if (status != EF_OK)
        return EF_FLASH_FAILED;
    if (len != sizeof bytes || bytes[0] != FORMAT)
        return EF_FLASH_FAILED;
    const uint8_t *p = bytes + 4;
    p = take(p, identity->device_id, sizeof identity->device_id);
    p = take(p, identity->device_key, sizeof identity->device_key);
    p = take(p, identity->command_secret, sizeof identity->command_secret);
    (void)take(p, identity->topic_root, sizeof identity->topic_root);
    identity->present = is_text(identity->device_id, sizeof identity->device_id) &&
                        is_text(identity->device_key, sizeof identity->device_key) &&
                        is_text(identity->command_secret, sizeof identity->command_secret) &&
                        is_text(identity->topic_root, sizeof identity->topic_root);
    return identity->present ? EF_OK : EF_FLASH_FAILED;
}
