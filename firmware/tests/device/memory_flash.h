/* Flash in memory, in place of ports/posix/src/ef_flash.c: it knows which changes have been synced and which have not, and says so before each. */
#ifndef EF_TEST_MEMORY_FLASH_H
#define EF_TEST_MEMORY_FLASH_H

#include "device.h"

#define MEMORY_BYTES (2u * SLOT_BYTES + EF_BOOT_REGION_BYTES + EF_KV_REGION_BYTES + EF_BULK_REGION_BYTES)
#define MEMORY_CHANGES 64u
#define MEMORY_ERASED UINT32_MAX

/* A change of at most one sector. */
typedef struct memory_change {
    uint32_t at, len;
    uint32_t data; /* in the arena, or MEMORY_ERASED */
} memory_change;

typedef struct memory_state {
    uint8_t durable[MEMORY_BYTES]; /* as of the last sync */
    uint32_t count;                /* changes since */
    memory_change changes[MEMORY_CHANGES];
    uint32_t used;
    uint8_t arena[MEMORY_CHANGES * EF_SECTOR_BYTES / 2];
} memory_state;

typedef struct memory_flash {
    uint8_t now[MEMORY_BYTES]; /* as it is read */
    memory_state state;
    void (*about_to)(void); /* change, or sync: called before. The change is in `next`, in sectors; next_count 0: a sync */
    memory_change next[EF_BULK_BANK_BYTES / EF_SECTOR_BYTES + 1u];
    uint32_t next_count;
    const uint8_t *next_data; /* of all of them in a row; NULL: erased */
} memory_flash;

extern memory_flash memory;

#endif
