#include "ef_slot.h"

#include <stdio.h>
#include <string.h>

#include "esp_ota_ops.h"
#include "esp_system.h"

#include "ef_bytes.h"

#define FORMAT 1u
#define FIXED_BYTES 8u
#define ENCRYPTION_BYTES 16u /* flash encryption writes blocks of this */

static const char key[] = "slots";

ef_reset ef_reset_cause(void)
{
    switch (esp_reset_reason()) {
    case ESP_RST_POWERON:
    case ESP_RST_EXT:
        return EF_RESET_POWER_ON;
    case ESP_RST_SW:
        return EF_RESET_SOFTWARE;
    case ESP_RST_PANIC:
        return EF_RESET_PANIC;
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
        return EF_RESET_WATCHDOG;
    case ESP_RST_BROWNOUT:
        return EF_RESET_BROWNOUT;
    case ESP_RST_DEEPSLEEP:
        return EF_RESET_DEEP_SLEEP;
    default:
        return EF_RESET_UNKNOWN;
    }
}

/* Of an image that ended before it was confirmed. */
static const char *cause_sentence(void)
{
    switch (ef_reset_cause()) {
    case EF_RESET_PANIC:
        return "The image crashed before it was confirmed.";
    case EF_RESET_WATCHDOG:
        return "The image hung before it was confirmed, and the watchdog restarted the device.";
    case EF_RESET_BROWNOUT:
        return "The supply voltage fell before the image was confirmed.";
    case EF_RESET_POWER_ON:
        return "The device was switched off before the image was confirmed.";
    default:
        return "The device restarted before the image was confirmed.";
    }
}

static uint8_t other(const ef_slots *s)
{
    return (uint8_t)(1 - s->running);
}

/* format, flags, failed slot, failure, count, detail */
static ef_status store(const ef_slots *s)
{
    uint8_t bytes[FIXED_BYTES + EF_DETAIL_CHARS] = {FORMAT, s->switching, s->failed_slot, (uint8_t)s->failure};
    size_t len = strlen(s->detail);
    ef_put_u32(bytes + 4, s->switch_count);
    memcpy(bytes + FIXED_BYTES, s->detail, len);
    return ef_nvs_set(s->nvs, EF_NVS_PORT, key, bytes, FIXED_BYTES + len);
}

static void load(ef_slots *s)
{
    uint8_t bytes[FIXED_BYTES + EF_DETAIL_CHARS];
    size_t len = 0;
    s->failed_slot = EF_SLOT_COUNT;
    if (ef_nvs_get(s->nvs, EF_NVS_PORT, key, bytes, sizeof bytes, &len) != EF_OK || len < FIXED_BYTES || bytes[0] != FORMAT)
        return;
    s->switching = bytes[1] != 0;
    s->failed_slot = bytes[2];
    s->failure = (ef_status)bytes[3];
    s->switch_count = ef_get_u32(bytes + 4);
    memcpy(s->detail, bytes + FIXED_BYTES, len - FIXED_BYTES);
}

static bool has_entry(const ef_slots *s, uint8_t slot)
{
    esp_ota_img_states_t state;
    return esp_ota_get_state_partition(s->partition[slot], &state) == ESP_OK;
}

static ef_slot_state state_of(const ef_slots *s, uint8_t slot)
{
    esp_ota_img_states_t state;
    if (esp_ota_get_state_partition(s->partition[slot], &state) != ESP_OK)
        return slot == s->running ? EF_SLOT_VALID : EF_SLOT_EMPTY; /* what was flashed by cable has no entry and runs without limits */
    switch (state) {
    case ESP_OTA_IMG_NEW:
        return EF_SLOT_NEW;
    case ESP_OTA_IMG_PENDING_VERIFY:
        return EF_SLOT_PENDING_VERIFY;
    case ESP_OTA_IMG_INVALID:
        return EF_SLOT_INVALID;
    case ESP_OTA_IMG_ABORTED:
        return EF_SLOT_ABORTED;
    case ESP_OTA_IMG_VALID:
    case ESP_OTA_IMG_UNDEFINED:
        break;
    }
    return EF_SLOT_VALID;
}

static void refresh(ef_slots *s)
{
    for (uint8_t slot = 0; slot < EF_SLOT_COUNT; slot++)
        s->state[slot] = state_of(s, slot);
}

esp_err_t ef_slots_open(ef_slots *s, ef_nvs *nvs)
{
    memset(s, 0, sizeof *s);
    s->nvs = nvs;
    s->partition[0] = esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_0, NULL);
    s->partition[1] = esp_partition_find_first(ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_1, NULL);
    const esp_partition_t *running = esp_ota_get_running_partition();
    if (s->partition[0] == NULL || s->partition[1] == NULL || (running != s->partition[0] && running != s->partition[1]))
        return ESP_ERR_NOT_SUPPORTED;
    s->running = running == s->partition[1];
    load(s);
    refresh(s);

    if (s->switching) {
        if (has_entry(s, other(s)) || s->state[s->running] == EF_SLOT_PENDING_VERIFY)
            s->switch_count++;
        s->switching = false;
        (void)store(s);
    }
    bool failed = s->state[other(s)] == EF_SLOT_INVALID || s->state[other(s)] == EF_SLOT_ABORTED;
    if (failed && s->failed_slot != other(s)) {
        s->failed_slot = other(s);
        s->failure = EF_CRASHED;
        (void)snprintf(s->detail, sizeof s->detail, "%s", cause_sentence());
        (void)store(s);
    }
    return ESP_OK;
}

void ef_slots_facts(const ef_slots *s, ef_facts *out)
{
    out->running_slot = s->running;
    out->slot_size_bytes = s->partition[other(s)]->size;
    out->switch_count = s->switch_count;
    memcpy(out->slot_state, s->state, sizeof out->slot_state);
    bool failed = s->state[other(s)] == EF_SLOT_INVALID || s->state[other(s)] == EF_SLOT_ABORTED;
    if (failed && s->failed_slot == other(s)) {
        out->failure = s->failure;
        memcpy(out->failure_detail, s->detail, sizeof out->failure_detail);
    }
}

/* The other slot is about to change: its entry in ota_data may not promise an image any more. */
static ef_status withdraw(ef_slots *s)
{
    if (s->state[s->running] == EF_SLOT_PENDING_VERIFY)
        return EF_BAD_ARGUMENT; /* the other slot is what a pending image returns to */
    if (has_entry(s, other(s)))
        (void)esp_ota_invalidate_inactive_ota_data_slot();
    refresh(s);
    return has_entry(s, other(s)) ? EF_FLASH_FAILED : EF_OK;
}

ef_status ef_slot_write(ef_slots *s, uint32_t offset, const uint8_t *data, size_t len)
{
    const esp_partition_t *slot = s->partition[other(s)];
    if (len > EF_SECTOR_BYTES || offset % EF_SECTOR_BYTES != 0 || offset > slot->size || slot->size - offset < EF_SECTOR_BYTES)
        return EF_BAD_ARGUMENT;
    ef_status status = offset == 0 ? withdraw(s) : EF_OK;
    if (status != EF_OK)
        return status;
    size_t tail = len % ENCRYPTION_BYTES, whole = len - tail;
    bool ok = esp_partition_erase_range(slot, offset, EF_SECTOR_BYTES) == ESP_OK &&
              (whole == 0 || esp_partition_write(slot, offset, data, whole) == ESP_OK);
    if (ok && tail > 0) {
        uint8_t last[ENCRYPTION_BYTES];
        memset(last, 0xFF, sizeof last);
        memcpy(last, data + whole, tail);
        ok = esp_partition_write(slot, offset + whole, last, sizeof last) == ESP_OK;
    }
    return ok ? EF_OK : EF_FLASH_FAILED;
}

ef_status ef_slot_read(const ef_slots *s, uint32_t offset, uint8_t *out, size_t len)
{
    return esp_partition_read(s->partition[other(s)], offset, out, len) == ESP_OK ? EF_OK : EF_FLASH_FAILED;
}

ef_status ef_slots_switch(ef_slots *s)
{
    ef_status status = withdraw(s);
    if (status != EF_OK)
        return status;
    s->switching = true;
    s->failed_slot = EF_SLOT_COUNT;
    s->failure = EF_OK;
    s->detail[0] = 0;
    status = store(s);
    if (status != EF_OK)
        return status;
    /* Verifies the image once more (with secure boot: its signature), about a second for each MiB. */
    if (esp_ota_set_boot_partition(s->partition[other(s)]) != ESP_OK)
        return EF_FLASH_FAILED;
    s->switch_count++;
    s->switching = false;
    (void)store(s);
    refresh(s);
    return EF_OK;
}

ef_status ef_slots_confirm(ef_slots *s)
{
    esp_err_t error = esp_ota_mark_app_valid_cancel_rollback();
    refresh(s);
    return error == ESP_OK ? EF_OK : EF_FLASH_FAILED;
}

ef_status ef_slots_reject(ef_slots *s, ef_status reason, const char *detail)
{
    s->failed_slot = s->running;
    s->failure = reason;
    (void)snprintf(s->detail, sizeof s->detail, "%s", detail == NULL ? "" : detail);
    ef_status status = store(s);
    /* Without the restart: the agent has last words to say, and restarts by EF_BOOT_RESTART. */
    esp_err_t error = esp_ota_mark_app_invalid_rollback();
    refresh(s);
    return error == ESP_OK ? status : EF_FLASH_FAILED;
}
