#include "ef_flash.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const file_names[EF_REGION_COUNT] = {"slot_a.bin", "slot_b.bin", "boot.bin", "kv.bin", "bulk.bin"};

static bool write_all(int fd, const uint8_t *data, size_t len, off_t offset)
{
    while (len > 0) {
        ssize_t n = pwrite(fd, data, len, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
        offset += n;
    }
    return true;
}

/* The one place where flash changes. */
static ef_status change(ef_flash *flash, ef_region region, uint32_t offset, const uint8_t *data, size_t len)
{
    if (flash->power_is_off)
        return EF_FLASH_FAILED;
    flash->changes++;
    flash->is_dirty[region] = true;
    if (flash->cut_at != 0 && flash->changes == flash->cut_at) {
        flash->power_is_off = true;
        if (flash->cut_is_torn)
            (void)write_all(flash->fd[region], data, len / 2, (off_t)offset);
        return EF_FLASH_FAILED;
    }
    return write_all(flash->fd[region], data, len, (off_t)offset) ? EF_OK : EF_FLASH_FAILED;
}

static bool outside(const ef_flash *flash, ef_region region, uint32_t offset, size_t len)
{
    return offset > flash->size_bytes[region] || len > flash->size_bytes[region] - offset;
}

ef_status ef_flash_open(ef_flash *flash, const char *dir, uint32_t slot_size_bytes)
{
    memset(flash, 0, sizeof *flash);
    for (int i = 0; i < EF_REGION_COUNT; i++)
        flash->fd[i] = -1;
    uint32_t slot = slot_size_bytes == 0 ? EF_SLOT_SIZE_DEFAULT : slot_size_bytes;
    if (slot % EF_SECTOR_BYTES != 0)
        return EF_BAD_ARGUMENT;
    const uint32_t sizes[EF_REGION_COUNT] = {slot, slot, EF_BOOT_REGION_BYTES, EF_KV_REGION_BYTES, EF_BULK_REGION_BYTES};

    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return EF_FLASH_FAILED;
    for (int i = 0; i < EF_REGION_COUNT; i++) {
        struct stat info;
        flash->fd[i] = openat(dir_fd, file_names[i], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (flash->fd[i] < 0 || fstat(flash->fd[i], &info) != 0)
            goto fail;
        if (info.st_size == 0 && ftruncate(flash->fd[i], (off_t)sizes[i]) != 0)
            goto fail;
        off_t size = info.st_size == 0 ? (off_t)sizes[i] : info.st_size;
        bool is_slot = i == EF_REGION_SLOT_A || i == EF_REGION_SLOT_B;
        if (size % (off_t)EF_SECTOR_BYTES != 0 || size > (off_t)INT32_MAX || (!is_slot && size != (off_t)sizes[i])) {
            errno = EINVAL;
            goto fail;
        }
        flash->size_bytes[i] = (uint32_t)size;
    }
    for (int i = 0; i < EF_REGION_COUNT; i++)
        flash->is_dirty[i] = true; /* by whoever had it open before, perhaps */
    (void)fsync(dir_fd); /* new files are found again after a power loss */
    (void)close(dir_fd);
    return EF_OK;

fail:;
    int saved = errno;
    (void)close(dir_fd);
    ef_flash_close(flash);
    errno = saved;
    return EF_FLASH_FAILED;
}

void ef_flash_close(ef_flash *flash)
{
    for (int i = 0; i < EF_REGION_COUNT; i++) {
        if (flash->fd[i] >= 0)
            (void)close(flash->fd[i]);
        flash->fd[i] = -1;
    }
}

ef_status ef_flash_read(ef_flash *flash, ef_region region, uint32_t offset, uint8_t *out, size_t len)
{
    if (outside(flash, region, offset, len))
        return EF_BAD_ARGUMENT;
    off_t at = (off_t)offset;
    while (len > 0) {
        ssize_t n = pread(flash->fd[region], out, len, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return EF_FLASH_FAILED;
        out += n;
        len -= (size_t)n;
        at += n;
    }
    return EF_OK;
}

ef_status ef_flash_erase(ef_flash *flash, ef_region region, uint32_t offset, uint32_t len)
{
    uint8_t erased[EF_SECTOR_BYTES];
    if (offset % EF_SECTOR_BYTES != 0 || len % EF_SECTOR_BYTES != 0 || outside(flash, region, offset, len))
        return EF_BAD_ARGUMENT;
    memset(erased, 0xFF, sizeof erased);
    for (uint32_t done = 0; done < len; done += EF_SECTOR_BYTES) {
        ef_status status = change(flash, region, offset + done, erased, sizeof erased);
        if (status != EF_OK)
            return status;
    }
    return EF_OK;
}

ef_status ef_flash_write(ef_flash *flash, ef_region region, uint32_t offset, const uint8_t *data, size_t len)
{
    if (outside(flash, region, offset, len))
        return EF_BAD_ARGUMENT;
    uint8_t present[EF_SECTOR_BYTES];
    for (size_t done = 0; done < len;) {
        size_t part = len - done < sizeof present ? len - done : sizeof present;
        ef_status status = ef_flash_read(flash, region, offset + (uint32_t)done, present, part);
        if (status != EF_OK)
            return status;
        for (size_t i = 0; i < part; i++)
            if (present[i] != 0xFF)
                return EF_FLASH_FAILED;
        done += part;
    }
    return change(flash, region, offset, data, len);
}

ef_status ef_flash_sync(ef_flash *flash)
{
    if (flash->power_is_off)
        return EF_FLASH_FAILED;
    for (int i = 0; i < EF_REGION_COUNT && !flash->is_volatile; i++) {
        if (!flash->is_dirty[i])
            continue;
        if (fdatasync(flash->fd[i]) != 0)
            return EF_FLASH_FAILED;
        flash->is_dirty[i] = false;
    }
    return EF_OK;
}
