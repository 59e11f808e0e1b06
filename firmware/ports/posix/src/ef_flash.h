/* NOR flash as files in the state directory: two slots, the boot record, the key-value store. Every change to any of them goes through
 * one function, in which the power can be cut. */
#ifndef EF_FLASH_H
#define EF_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_port.h"

#define EF_BOOT_REGION_BYTES (2u * EF_SECTOR_BYTES)
#define EF_KV_BANK_BYTES (2u * EF_SECTOR_BYTES)
#define EF_KV_REGION_BYTES (2u * EF_KV_BANK_BYTES)
#define EF_BULK_BANK_BYTES (4u * EF_SECTOR_BYTES) /* log, telemetry, the application's records: apart, so that they cannot crowd out the agent's */
#define EF_BULK_REGION_BYTES (2u * EF_BULK_BANK_BYTES)
#define EF_SLOT_SIZE_DEFAULT (8u * 1024u * 1024u)

typedef enum ef_region { EF_REGION_SLOT_A, EF_REGION_SLOT_B, EF_REGION_BOOT, EF_REGION_KV, EF_REGION_BULK, EF_REGION_COUNT } ef_region;

typedef struct ef_flash {
    int fd[EF_REGION_COUNT];
    uint32_t size_bytes[EF_REGION_COUNT];

    bool is_dirty[EF_REGION_COUNT]; /* changed since the last ef_flash_sync */

    uint32_t changes;  /* erases and writes so far */
    uint32_t cut_at;   /* the power goes at this change, counted from 1; 0 = never */
    bool cut_is_torn;  /* the change it goes at is half done, instead of not at all */
    bool power_is_off; /* since the cut: everything fails */
    bool is_volatile;  /* tests: changes need not reach the disk */
} ef_flash;

/* Opens or creates the files in `dir`. slot_size_bytes counts for new slots only; 0 = the default. EF_FLASH_FAILED with errno set. */
ef_status ef_flash_open(ef_flash *flash, const char *dir, uint32_t slot_size_bytes);
void ef_flash_close(ef_flash *flash);

ef_status ef_flash_read(ef_flash *flash, ef_region region, uint32_t offset, uint8_t *out, size_t len);
/* Whole sectors become 0xFF. */
ef_status ef_flash_erase(ef_flash *flash, ef_region region, uint32_t offset, uint32_t len);
/* Everything written so far survives a power loss of the machine below, too. */
ef_status ef_flash_sync(ef_flash *flash);
/* Into erased bytes only: writing over data fails, as it would do harm on a chip. */
ef_status ef_flash_write(ef_flash *flash, ef_region region, uint32_t offset, const uint8_t *data, size_t len);

#endif
