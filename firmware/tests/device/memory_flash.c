#include "memory_flash.h"

#include <string.h>

#include "device.h"
#include "suites.h"

memory_flash memory;

static uint32_t address(const ef_flash *flash, ef_region region, uint32_t offset)
{
    for (int i = 0; i < (int)region; i++)
        offset += flash->size_bytes[i];
    return offset;
}

static bool outside(const ef_flash *flash, ef_region region, uint32_t offset, size_t len)
{
    return offset > flash->size_bytes[region] || len > flash->size_bytes[region] - offset;
}

ef_status ef_flash_open(ef_flash *flash, const char *dir, uint32_t slot_size_bytes)
{
    (void)dir;
    assert_int_equal(slot_size_bytes, SLOT_BYTES);
    memset(flash, 0, sizeof *flash);
    memset(&memory, 0, sizeof memory);
    flash->size_bytes[EF_REGION_SLOT_A] = flash->size_bytes[EF_REGION_SLOT_B] = SLOT_BYTES;
    flash->size_bytes[EF_REGION_BOOT] = EF_BOOT_REGION_BYTES;
    flash->size_bytes[EF_REGION_KV] = EF_KV_REGION_BYTES;
    flash->size_bytes[EF_REGION_BULK] = EF_BULK_REGION_BYTES;
    return EF_OK;
}

void ef_flash_close(ef_flash *flash)
{
    (void)flash;
}

ef_status ef_flash_read(ef_flash *flash, ef_region region, uint32_t offset, uint8_t *out, size_t len)
{
    if (outside(flash, region, offset, len))
        return EF_BAD_ARGUMENT;
    memcpy(out, memory.now + address(flash, region, offset), len);
    return EF_OK;
}

/* When there are more changes than can be kept the oldest counts as written. */
static void forget_oldest(memory_state *s)
{
    const memory_change c = s->changes[0];
    if (c.data == MEMORY_ERASED)
        memset(s->durable + c.at, 0xFF, c.len);
    else
        memcpy(s->durable + c.at, s->arena + c.data, c.len);
    s->count--;
    memmove(&s->changes[0], &s->changes[1], s->count * sizeof s->changes[0]);
}

static void keep(const memory_change *c, const uint8_t *data)
{
    memory_state *s = &memory.state;
    while (s->count == MEMORY_CHANGES)
        forget_oldest(s);
    if (data != NULL && sizeof s->arena - s->used < c->len) { /* the arena is full: all before counts as written */
        while (s->count > 0)
            forget_oldest(s);
        s->used = 0;
    }
    memory_change *added = &s->changes[s->count++];
    *added = (memory_change){.at = c->at, .len = c->len, .data = MEMORY_ERASED};
    if (data != NULL) {
        added->data = s->used;
        memcpy(s->arena + s->used, data, c->len);
        s->used += c->len;
    }
}

static ef_status change(ef_flash *flash, uint32_t at, const uint8_t *data, size_t len)
{
    if (flash->power_is_off)
        return EF_FLASH_FAILED;
    memory.next_count = 0;
    memory.next_data = data;
    for (uint32_t done = 0; done < len;) {
        uint32_t part = EF_SECTOR_BYTES - (at + done) % EF_SECTOR_BYTES;
        if (part > len - done)
            part = (uint32_t)len - done;
        memory.next[memory.next_count++] = (memory_change){.at = at + done, .len = part, .data = done};
        done += part;
    }
    flash->changes++;
    if (memory.about_to != NULL)
        memory.about_to();
    size_t reached = len;
    if (flash->cut_at != 0 && flash->changes == flash->cut_at) {
        flash->power_is_off = true;
        reached = flash->cut_is_torn ? len / 2 : 0;
    }
    if (data == NULL)
        memset(memory.now + at, 0xFF, reached);
    else
        memcpy(memory.now + at, data, reached);
    if (reached < len)
        return EF_FLASH_FAILED;
    for (uint32_t i = 0; i < memory.next_count; i++)
        keep(&memory.next[i], data == NULL ? NULL : data + memory.next[i].data);
    return EF_OK;
}

ef_status ef_flash_erase(ef_flash *flash, ef_region region, uint32_t offset, uint32_t len)
{
    if (offset % EF_SECTOR_BYTES != 0 || len % EF_SECTOR_BYTES != 0 || outside(flash, region, offset, len))
        return EF_BAD_ARGUMENT;
    for (uint32_t done = 0; done < len; done += EF_SECTOR_BYTES) {
        ef_status status = change(flash, address(flash, region, offset + done), NULL, EF_SECTOR_BYTES);
        if (status != EF_OK)
            return status;
    }
    return EF_OK;
}

ef_status ef_flash_write(ef_flash *flash, ef_region region, uint32_t offset, const uint8_t *data, size_t len)
{
    if (outside(flash, region, offset, len))
        return EF_BAD_ARGUMENT;
    const uint8_t *present = memory.now + address(flash, region, offset);
    for (size_t i = 0; i < len; i++)
        if (present[i] != 0xFF)
            return EF_FLASH_FAILED;
    return change(flash, address(flash, region, offset), data, len);
}

ef_status ef_flash_sync(ef_flash *flash)
{
    if (flash->power_is_off)
        return EF_FLASH_FAILED;
    memory.next_count = 0;
    if (memory.about_to != NULL)
        memory.about_to();
    memcpy(memory.state.durable, memory.now, sizeof memory.now);
    memory.state.count = memory.state.used = 0;
    return EF_OK;
}
