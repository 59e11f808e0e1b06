#include "ef_boot_record.h"

#include <stdio.h>
#include <string.h>

#include "ef_bytes.h"
#include "ef_crc32.h"

#define MAGIC 0x54424645u /* "EFBT" */
#define SLOT_BYTES (2u + EF_DETAIL_CHARS + 1u)
#define BODY_BYTES (4u + 4u + 4u + 4u + 2u * SLOT_BYTES)
#define RECORD_BYTES (BODY_BYTES + 4u)

static bool decode(const uint8_t *bytes, ef_boot_record *record)
{
    if (ef_get_u32(bytes) != MAGIC || ef_get_u32(bytes + BODY_BYTES) != ef_crc32(bytes, BODY_BYTES))
        return false;
    memset(record, 0, sizeof *record);
    record->revision = ef_get_u32(bytes + 4);
    record->switch_count = ef_get_u32(bytes + 8);
    record->active = bytes[12];
    const uint8_t *p = bytes + 16;
    for (size_t i = 0; i < EF_SLOT_COUNT; i++, p += SLOT_BYTES) {
        if (p[0] > EF_SLOT_ABORTED)
            return false;
        record->slot[i].state = (ef_slot_state)p[0];
        record->slot[i].failure = (ef_status)p[1];
        memcpy(record->slot[i].detail, p + 2, EF_DETAIL_CHARS);
    }
    return record->active < EF_SLOT_COUNT;
}

static void encode(const ef_boot_record *record, uint8_t bytes[RECORD_BYTES])
{
    memset(bytes, 0, RECORD_BYTES);
    ef_put_u32(bytes, MAGIC);
    ef_put_u32(bytes + 4, record->revision);
    ef_put_u32(bytes + 8, record->switch_count);
    bytes[12] = record->active;
    uint8_t *p = bytes + 16;
    for (size_t i = 0; i < EF_SLOT_COUNT; i++, p += SLOT_BYTES) {
        p[0] = (uint8_t)record->slot[i].state;
        p[1] = (uint8_t)record->slot[i].failure;
        memcpy(p + 2, record->slot[i].detail, strnlen(record->slot[i].detail, EF_DETAIL_CHARS));
    }
    ef_put_u32(bytes + BODY_BYTES, ef_crc32(bytes, BODY_BYTES));
}

/* The sector of the newest record, or -1. Revisions wrap, so they are compared by difference. */
static int newest(ef_flash *flash, ef_boot_record *record)
{
    int found = -1;
    for (uint32_t sector = 0; sector < 2; sector++) {
        uint8_t bytes[RECORD_BYTES];
        ef_boot_record candidate;
        if (ef_flash_read(flash, EF_REGION_BOOT, sector * EF_SECTOR_BYTES, bytes, sizeof bytes) != EF_OK || !decode(bytes, &candidate))
            continue;
        if (found < 0 || (int32_t)(candidate.revision - record->revision) > 0) {
            *record = candidate;
            found = (int)sector;
        }
    }
    return found;
}

ef_status ef_boot_record_load(ef_flash *flash, ef_boot_record *record)
{
    memset(record, 0, sizeof *record);
    return newest(flash, record) < 0 ? EF_NOT_FOUND : EF_OK;
}

ef_status ef_boot_record_save(ef_flash *flash, ef_boot_record *record)
{
    ef_boot_record present;
    int sector = newest(flash, &present);
    uint32_t offset = sector == 0 ? EF_SECTOR_BYTES : 0;
    record->revision = sector < 0 ? 1 : present.revision + 1;

    uint8_t bytes[RECORD_BYTES];
    encode(record, bytes);
    /* What the record speaks of, the image in a slot, is on the disk before the record is. */
    ef_status status = ef_flash_sync(flash);
    if (status == EF_OK)
        status = ef_flash_erase(flash, EF_REGION_BOOT, offset, EF_SECTOR_BYTES);
    if (status == EF_OK)
        status = ef_flash_write(flash, EF_REGION_BOOT, offset, bytes, sizeof bytes);
    return status == EF_OK ? ef_flash_sync(flash) : status;
}

static void set_slot(ef_boot_record *record, uint8_t slot, ef_slot_state state, ef_status failure, const char *detail)
{
    record->slot[slot] = (ef_boot_slot){.state = state, .failure = failure};
    if (detail != NULL)
        (void)snprintf(record->slot[slot].detail, sizeof record->slot[slot].detail, "%s", detail);
}

ef_status ef_boot_record_switch(ef_flash *flash, uint8_t to_slot)
{
    ef_boot_record record;
    if (to_slot >= EF_SLOT_COUNT || ef_boot_record_load(flash, &record) != EF_OK)
        return EF_FLASH_FAILED;
    record.switch_count++;
    record.active = to_slot;
    set_slot(&record, to_slot, EF_SLOT_NEW, EF_OK, NULL);
    return ef_boot_record_save(flash, &record);
}

ef_status ef_boot_record_confirm(ef_flash *flash, uint8_t slot)
{
    ef_boot_record record;
    if (slot >= EF_SLOT_COUNT || ef_boot_record_load(flash, &record) != EF_OK)
        return EF_FLASH_FAILED;
    set_slot(&record, slot, EF_SLOT_VALID, EF_OK, NULL);
    return ef_boot_record_save(flash, &record);
}

ef_status ef_boot_record_try_again(ef_flash *flash, uint8_t slot)
{
    ef_boot_record record;
    ef_status status = ef_boot_record_load(flash, &record);
    if (status != EF_OK || slot >= EF_SLOT_COUNT || record.active != slot || record.slot[slot].state != EF_SLOT_PENDING_VERIFY)
        return status;
    record.slot[slot].state = EF_SLOT_NEW;
    return ef_boot_record_save(flash, &record);
}

ef_status ef_boot_record_leave(ef_flash *flash, uint8_t slot, ef_slot_state state, ef_status failure, const char *detail)
{
    ef_boot_record record;
    if (slot >= EF_SLOT_COUNT || ef_boot_record_load(flash, &record) != EF_OK)
        return EF_FLASH_FAILED;
    set_slot(&record, slot, state, failure, detail);
    record.active = (uint8_t)(1 - slot);
    return ef_boot_record_save(flash, &record);
}

ef_status ef_boot_decide(ef_boot_record *record, const bool image_good[EF_SLOT_COUNT], uint8_t *slot, bool *changed)
{
    uint8_t active = record->active, other = (uint8_t)(1 - active);
    *changed = false;
    switch (record->slot[active].state) {
    case EF_SLOT_VALID:
        if (image_good[active]) {
            *slot = active;
            return EF_OK;
        }
        break;
    case EF_SLOT_NEW:
        *changed = true;
        if (image_good[active]) {
            set_slot(record, active, EF_SLOT_PENDING_VERIFY, EF_OK, NULL);
            *slot = active;
            return EF_OK;
        }
        set_slot(record, active, EF_SLOT_ABORTED, EF_CRASHED, "The image in the slot did not pass the bootloader's check.");
        break;
    case EF_SLOT_PENDING_VERIFY:
        *changed = true;
        set_slot(record, active, EF_SLOT_ABORTED, EF_CRASHED, "The device restarted before the image was confirmed.");
        break;
    default:
        break;
    }

    /* Back to the other slot. When neither is known to be good, an image that at least passes its check is better than none: the order in
     * which ESP-IDF's bootloader tries partitions. */
    if (image_good[other] && (record->slot[other].state == EF_SLOT_VALID || !image_good[active])) {
        *slot = other;
    } else if (image_good[active]) {
        *slot = active;
    } else if (image_good[other]) {
        *slot = other;
    } else {
        return EF_NOT_FOUND;
    }
    if (record->slot[*slot].state != EF_SLOT_VALID) {
        set_slot(record, *slot, EF_SLOT_VALID, EF_OK, NULL);
        *changed = true;
    }
    if (record->active != *slot) {
        record->active = *slot;
        *changed = true;
    }
    return EF_OK;
}

ef_status ef_boot_next(ef_flash *flash, const bool image_good[EF_SLOT_COUNT], uint8_t *slot)
{
    ef_boot_record record;
    bool changed;
    if (ef_boot_record_load(flash, &record) != EF_OK)
        record = (ef_boot_record){.active = image_good[0] ? 0 : 1};
    ef_status status = ef_boot_decide(&record, image_good, slot, &changed);
    if (status == EF_OK && changed)
        status = ef_boot_record_save(flash, &record);
    return status;
}
