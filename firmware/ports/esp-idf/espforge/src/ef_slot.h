/* The two slots, ota_0 (a) and ota_1 (b), and the boot record.
 *
 * ESP-IDF's boot record is ota_data: two sectors with an entry each {sequence, state, CRC}, written by the bootloader and by esp_ota_*. It has no
 * count of switches, no reason of a failure, and its entries come back to the same bytes (a slot that was aborted twice looks as if it had been
 * once). ef_port.h asks for all three, so a second record is kept in NVS. That the two change as one:
 *
 *   SWITCH   1. the other slot's ota_data entry is erased: it must not be bootable anyway while it is written
 *            2. NVS: "switching to that slot"          a cut up to here: no entry, so it did not happen
 *            3. esp_ota_set_boot_partition              the one atomic write: 32 bytes into an erased sector, their CRC last
 *            4. NVS: count + 1                          a cut before: the start finds "switching" and an entry (or runs the slot) and counts
 *   CONFIRM  esp_ota_mark_app_valid_cancel_rollback     rewrites the running slot's entry in place; a cut leaves none, and the old slot boots
 *   REJECT   1. NVS: the reason                        a cut after it: the slot is still pending, so the bootloader aborts it, and the reason is told
 *            2. esp_ota_mark_app_invalid_rollback
 *
 * A slot found ABORTED without a reason of its own has crashed, hung or lost power: the cause of this start is kept as its reason. */
#ifndef EF_SLOT_H
#define EF_SLOT_H

#include "esp_partition.h"

#include "ef_nvs.h"
#include "espforge/ef_port.h"

typedef struct ef_slots {
    ef_nvs *nvs;
    const esp_partition_t *partition[EF_SLOT_COUNT];
    uint8_t running;
    ef_slot_state state[EF_SLOT_COUNT];
    uint32_t switch_count;
    bool switching;       /* to the other slot, begun and perhaps not done */
    uint8_t failed_slot;  /* EF_SLOT_COUNT: none */
    ef_status failure;
    char detail[EF_DETAIL_CHARS + 1];
} ef_slots;

/* ESP_ERR_NOT_SUPPORTED when ota_0 or ota_1 is missing, or neither runs. */
esp_err_t ef_slots_open(ef_slots *slots, ef_nvs *nvs);
void ef_slots_facts(const ef_slots *slots, ef_facts *out);
ef_status ef_slot_write(ef_slots *slots, uint32_t offset, const uint8_t *data, size_t len);
ef_status ef_slot_read(const ef_slots *slots, uint32_t offset, uint8_t *out, size_t len);
ef_status ef_slots_switch(ef_slots *slots);
ef_status ef_slots_confirm(ef_slots *slots);
ef_status ef_slots_reject(ef_slots *slots, ef_status reason, const char *detail);

/* Why the chip started. */
ef_reset ef_reset_cause(void);

#endif
