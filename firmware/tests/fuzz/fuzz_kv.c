/* Any bytes as a bank of the key-value store: with the checksum they have, and with the right one. What opens is read, changed and read again. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ef_bytes.h"
#include "ef_crc32.h"
#include "ef_kv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEADER_BYTES 16u

static void check(ef_flash *flash)
{
    static ef_kv kv;
    uint8_t value[EF_RECORD_BYTES];
    size_t len;
    if (ef_kv_open(&kv, flash, EF_REGION_KV) != EF_OK)
        abort();
    static const char *const keys[] = {"identity", "a", "networks", "fifteen-letters"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        (void)ef_kv_get(&kv, keys[i], value, 16, &len);
        (void)ef_kv_get(&kv, keys[i], value, sizeof value, &len);
    }
    ef_status status = ef_kv_set(&kv, "a", (const uint8_t *)"new value", 9);
    if (status != EF_OK && status != EF_TOO_LARGE)
        abort();
    if (status == EF_OK && (ef_kv_open(&kv, flash, EF_REGION_KV) != EF_OK || ef_kv_get(&kv, "a", value, sizeof value, &len) != EF_OK || len != 9))
        abort();
    if (ef_kv_set(&kv, "a", NULL, 0) != EF_OK || ef_kv_get(&kv, "a", value, sizeof value, &len) == EF_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t region[EF_KV_REGION_BYTES];
    static int fd = -1;
    ef_flash flash = {.is_volatile = true};
    if (fd < 0)
        fd = memfd_create("kv", 0);
    if (fd < 0)
        exit(1);
    flash.fd[EF_REGION_KV] = fd;
    flash.size_bytes[EF_REGION_KV] = sizeof region;
    if (size > EF_KV_BANK_BYTES - HEADER_BYTES)
        size = EF_KV_BANK_BYTES - HEADER_BYTES;
    memset(region, 0xFF, sizeof region);
    memcpy(region, data, size);
    if (pwrite(fd, region, sizeof region, 0) != (ssize_t)sizeof region)
        exit(1);
    check(&flash);

    memset(region, 0xFF, sizeof region);
    memcpy(region, "EFKV", 4);
    ef_put_u32(region + 4, 7);
    ef_put_u32(region + 8, (uint32_t)size);
    ef_put_u32(region + 12, 0);
    memcpy(region + HEADER_BYTES, data, size);
    ef_put_u32(region + 12, ef_crc32(region, HEADER_BYTES + size));
    if (pwrite(fd, region, sizeof region, 0) != (ssize_t)sizeof region)
        exit(1);
    check(&flash);
    return 0;
}
