/* Records in the encrypted NVS partition "nvs". Its keys are in the partition "nvs_keys": random ones, made at the first start, no eFuse burned.
 * Where flash encryption is on (docs/production.md), that partition is encrypted by the chip and so the keys are; where it is not, whoever reads the
 * flash out can read the keys too. */
#ifndef EF_NVS_H
#define EF_NVS_H

#include "esp_err.h"
#include "nvs.h"

#include "espforge/ef_port.h"

typedef enum ef_nvs_space {
    EF_NVS_AGENT, /* the agent's records: kv_get, kv_set */
    EF_NVS_PORT,  /* this port's */
    EF_NVS_SPACES
} ef_nvs_space;

typedef struct ef_nvs {
    nvs_handle_t handle[EF_NVS_SPACES];
} ef_nvs;

/* What NVS answers; nothing is ever erased to make it open. */
esp_err_t ef_nvs_open(ef_nvs *nvs);
/* As kv_get and kv_set of ef_port.h. NVS writes a blob aside and then its index, so the old or the new value is there after a cut. */
ef_status ef_nvs_get(const ef_nvs *nvs, ef_nvs_space space, const char *key, uint8_t *out, size_t cap, size_t *len);
ef_status ef_nvs_set(const ef_nvs *nvs, ef_nvs_space space, const char *key, const uint8_t *data, size_t len);

#endif
