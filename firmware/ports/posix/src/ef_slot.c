#include "ef_slot.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <psa/crypto.h>

const char *ef_host_architecture(void)
{
#if defined(__x86_64__)
    return "x86_64";
#elif defined(__aarch64__)
    return "aarch64";
#else
#error "virtual devices run on x86_64 and aarch64"
#endif
}

ef_status ef_slot_check(ef_flash *flash, uint8_t slot, ef_image *image)
{
    ef_region region = slot == 0 ? EF_REGION_SLOT_A : EF_REGION_SLOT_B;
    uint8_t buffer[16384], hash[32];
    ef_status status = ef_flash_read(flash, region, 0, buffer, EF_HOST_HEADER_BYTES);
    if (status == EF_OK)
        status = ef_image_read_host(buffer, EF_HOST_HEADER_BYTES, image);
    if (status != EF_OK)
        return status;
    if (strcmp(image->architecture, ef_host_architecture()) != 0 ||
        image->payload_size_bytes > flash->size_bytes[region] - EF_HOST_HEADER_BYTES)
        return EF_IMAGE_MALFORMED;

    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    if (psa_hash_setup(&operation, PSA_ALG_SHA_256) != PSA_SUCCESS)
        return EF_CRYPTO;
    for (uint32_t done = 0; done < image->payload_size_bytes;) {
        uint32_t part = image->payload_size_bytes - done;
        if (part > sizeof buffer)
            part = sizeof buffer;
        status = ef_flash_read(flash, region, EF_HOST_HEADER_BYTES + done, buffer, part);
        if (status == EF_OK && psa_hash_update(&operation, buffer, part) != PSA_SUCCESS)
            status = EF_CRYPTO;
        if (status != EF_OK) {
            (void)psa_hash_abort(&operation);
            return status;
        }
        done += part;
    }
    size_t hash_len = 0;
    if (psa_hash_finish(&operation, hash, sizeof hash, &hash_len) != PSA_SUCCESS)
        return EF_CRYPTO;
    return memcmp(hash, image->payload_sha256, sizeof hash) == 0 ? EF_OK : EF_IMAGE_MALFORMED;
}

ef_status ef_slot_install(ef_flash *flash, uint8_t slot, const char *file, ef_image *image)
{
    ef_region region = slot == 0 ? EF_REGION_SLOT_A : EF_REGION_SLOT_B;
    uint8_t sector[EF_SECTOR_BYTES];
    struct stat info;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return EF_NOT_FOUND;
    ef_status status = EF_OK;
    if (fstat(fd, &info) != 0)
        status = EF_NOT_FOUND;
    else if (info.st_size > (off_t)flash->size_bytes[region])
        status = EF_IMAGE_TOO_LARGE;
    for (uint32_t offset = 0; status == EF_OK && (off_t)offset < info.st_size; offset += EF_SECTOR_BYTES) {
        size_t len = 0;
        while (len < sizeof sector) {
            ssize_t n = read(fd, sector + len, sizeof sector - len);
            if (n < 0)
                status = EF_NOT_FOUND;
            if (n <= 0)
                break;
            len += (size_t)n;
        }
        if (status == EF_OK)
            status = ef_flash_erase(flash, region, offset, EF_SECTOR_BYTES);
        if (status == EF_OK && len > 0)
            status = ef_flash_write(flash, region, offset, sector, len);
        if (len < sizeof sector)
            break;
    }
    (void)close(fd);
    if (status == EF_OK)
        status = ef_slot_check(flash, slot, image);
    if (status == EF_OK && info.st_size != (off_t)image->payload_size_bytes + (off_t)EF_HOST_HEADER_BYTES)
        status = EF_IMAGE_MALFORMED;
    return status;
}
