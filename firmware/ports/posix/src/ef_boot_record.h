/* The boot record: which slot runs, and what is known of each. Two sectors hold one record each, with revision and CRC-32; a change is written
 * to the older one, so that a cut leaves the record as it was. The states are those of ESP-IDF's ota_data with rollback. */
#ifndef EF_BOOT_RECORD_H
#define EF_BOOT_RECORD_H

#include "ef_flash.h"

typedef struct ef_boot_slot {
    ef_slot_state state;
    ef_status failure;
    char detail[EF_DETAIL_CHARS + 1];
} ef_boot_slot;

typedef struct ef_boot_record {
    uint32_t revision;
    uint32_t switch_count;
    uint8_t active; /* the slot to boot */
    ef_boot_slot slot[EF_SLOT_COUNT];
} ef_boot_record;

/* EF_NOT_FOUND when neither sector holds a record (a new device). */
ef_status ef_boot_record_load(ef_flash *flash, ef_boot_record *record);
ef_status ef_boot_record_save(ef_flash *flash, ef_boot_record *record);

/* What the running image may do. */
ef_status ef_boot_record_switch(ef_flash *flash, uint8_t to_slot);
ef_status ef_boot_record_confirm(ef_flash *flash, uint8_t slot);
/* Leaves the slot for the other one: `state` is EF_SLOT_INVALID or EF_SLOT_ABORTED. */
ef_status ef_boot_record_leave(ef_flash *flash, uint8_t slot, ef_slot_state state, ef_status failure, const char *detail);
/* The device was switched off by hand while the slot was pending: no fault of its image, which gets its probation anew. */
ef_status ef_boot_record_try_again(ef_flash *flash, uint8_t slot);

/* What the bootloader decides before every boot, from the record and from which slots hold an image that passes its check. Changes *record
 * when the decision must be stored before the boot (*changed). EF_NOT_FOUND when nothing can be booted. */
ef_status ef_boot_decide(ef_boot_record *record, const bool image_good[EF_SLOT_COUNT], uint8_t *slot, bool *changed);

/* Loads, decides, stores: the slot to run now. A record that cannot be read counts as a new device's with whatever images there are. */
ef_status ef_boot_next(ef_flash *flash, const bool image_good[EF_SLOT_COUNT], uint8_t *slot);

#endif
