#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ef_boot_record.h"
#include "ef_crc32.h"
#include "ef_kv.h"
#include "suites.h"

static char dir[64];
static ef_flash flash;

static void reopen(void)
{
    ef_flash_close(&flash);
    assert_int_equal(ef_flash_open(&flash, dir, 16 * EF_SECTOR_BYTES), EF_OK);
}

static int set_up(void **state)
{
    (void)state;
    (void)strcpy(dir, "/tmp/ef-flash-XXXXXX");
    return mkdtemp(dir) != NULL && ef_flash_open(&flash, dir, 16 * EF_SECTOR_BYTES) == EF_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"slot_a.bin", "slot_b.bin", "boot.bin", "kv.bin", "bulk.bin"};
    char path[128];
    (void)state;
    ef_flash_close(&flash);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        (void)unlink(path);
    }
    return rmdir(dir);
}

static void what_is_written_is_there_after_a_restart(void **state)
{
    (void)state;
    uint8_t data[100], read[100];
    memset(data, 0x5A, sizeof data);
    assert_int_equal(ef_flash_erase(&flash, EF_REGION_SLOT_B, 4096, 4096), EF_OK);
    assert_int_equal(ef_flash_write(&flash, EF_REGION_SLOT_B, 4196, data, sizeof data), EF_OK);
    reopen();
    assert_int_equal(ef_flash_read(&flash, EF_REGION_SLOT_B, 4196, read, sizeof read), EF_OK);
    assert_memory_equal(data, read, sizeof data);
    assert_int_equal(ef_flash_read(&flash, EF_REGION_SLOT_B, 4195, read, 1), EF_OK);
    assert_int_equal(read[0], 0xFF);
}

static void flash_that_is_not_erased_cannot_be_written(void **state)
{
    (void)state;
    uint8_t data[8] = {0};
    assert_int_equal(ef_flash_erase(&flash, EF_REGION_SLOT_A, 0, 4096), EF_OK);
    assert_int_equal(ef_flash_write(&flash, EF_REGION_SLOT_A, 0, data, sizeof data), EF_OK);
    assert_int_equal(ef_flash_write(&flash, EF_REGION_SLOT_A, 4, data, sizeof data), EF_FLASH_FAILED);
}

static void nothing_outside_of_a_region_is_touched(void **state)
{
    (void)state;
    uint8_t data[8] = {0};
    assert_int_equal(ef_flash_write(&flash, EF_REGION_BOOT, EF_BOOT_REGION_BYTES - 4, data, sizeof data), EF_BAD_ARGUMENT);
    assert_int_equal(ef_flash_read(&flash, EF_REGION_BOOT, UINT32_MAX, data, sizeof data), EF_BAD_ARGUMENT);
    assert_int_equal(ef_flash_erase(&flash, EF_REGION_SLOT_A, 16 * 4096, 4096), EF_BAD_ARGUMENT);
    assert_int_equal(ef_flash_erase(&flash, EF_REGION_SLOT_A, 100, 4096), EF_BAD_ARGUMENT);
}

static void after_a_cut_everything_fails_and_a_torn_write_is_half_done(void **state)
{
    (void)state;
    uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8}, read[8];
    assert_int_equal(ef_flash_erase(&flash, EF_REGION_SLOT_A, 0, 4096), EF_OK);
    flash.cut_at = flash.changes + 1;
    flash.cut_is_torn = true;
    assert_int_equal(ef_flash_write(&flash, EF_REGION_SLOT_A, 0, data, sizeof data), EF_FLASH_FAILED);
    assert_int_equal(ef_flash_erase(&flash, EF_REGION_SLOT_A, 4096, 4096), EF_FLASH_FAILED);
    reopen();
    assert_int_equal(ef_flash_read(&flash, EF_REGION_SLOT_A, 0, read, sizeof read), EF_OK);
    assert_memory_equal(read, "\x01\x02\x03\x04\xFF\xFF\xFF\xFF", 8);
}

static ef_kv kv;

static void expect_kv(const char *key, const char *value)
{
    uint8_t out[64];
    size_t len;
    if (value == NULL) {
        assert_int_equal(ef_kv_get(&kv, key, out, sizeof out, &len), EF_NOT_FOUND);
        return;
    }
    assert_int_equal(ef_kv_get(&kv, key, out, sizeof out, &len), EF_OK);
    assert_int_equal(len, strlen(value));
    assert_memory_equal(out, value, len);
}

static ef_status set(const char *key, const char *value)
{
    return ef_kv_set(&kv, key, (const uint8_t *)value, strlen(value));
}

static void values_are_set_replaced_and_removed(void **state)
{
    (void)state;
    assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
    expect_kv("a", NULL);
    assert_int_equal(set("a", "one"), EF_OK);
    assert_int_equal(set("bb", "two"), EF_OK);
    assert_int_equal(set("a", "three is longer"), EF_OK);
    assert_int_equal(set("ccc", "x"), EF_OK);
    assert_int_equal(set("bb", ""), EF_OK);
    reopen();
    assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
    expect_kv("a", "three is longer");
    expect_kv("bb", NULL);
    expect_kv("ccc", "x");

    uint8_t small[4];
    size_t len;
    assert_int_equal(ef_kv_get(&kv, "a", small, sizeof small, &len), EF_TOO_LARGE);
    uint32_t before = flash.changes;
    assert_int_equal(set("ccc", "x"), EF_OK); /* nothing new, nothing written */
    assert_int_equal(flash.changes, before);
}

static void a_store_that_is_full_says_so_and_keeps_what_it_has(void **state)
{
    (void)state;
    static uint8_t value[EF_RECORD_BYTES];
    char key[8];
    int stored = 0;
    assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
    for (int i = 0; i < 8; i++) {
        (void)snprintf(key, sizeof key, "k%d", i);
        memset(value, i, sizeof value);
        ef_status status = ef_kv_set(&kv, key, value, sizeof value);
        assert_true(status == (stored == i && i < 3 ? EF_OK : EF_TOO_LARGE));
        stored += status == EF_OK;
    }
    assert_int_equal(stored, 3);
    assert_int_equal(ef_kv_set(&kv, "k9", value, sizeof value + 1), EF_TOO_LARGE);
    assert_int_equal(ef_kv_set(&kv, "a-key-of-16-chars", value, 1), EF_BAD_ARGUMENT);
    reopen();
    assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
    size_t len;
    assert_int_equal(ef_kv_get(&kv, "k2", value, sizeof value, &len), EF_OK);
    assert_int_equal(value[2047], 2);
}

static void a_cut_value_is_the_old_or_the_new_one(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 3; n++) {
        for (int torn = 0; torn < 2; torn++) {
            assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
            assert_int_equal(set("a", "old"), EF_OK);
            flash.cut_at = flash.changes + n;
            flash.cut_is_torn = torn != 0;
            assert_int_equal(set("a", "new"), EF_FLASH_FAILED);
            expect_kv("a", "old");
            reopen();
            assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
            expect_kv("a", "old");
            assert_int_equal(set("a", "newer"), EF_OK);
            reopen();
            assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
            expect_kv("a", "newer");
        }
    }
}

static void a_flipped_bit_in_a_bank_gives_the_one_before(void **state)
{
    (void)state;
    uint8_t sector[EF_SECTOR_BYTES];
    assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
    assert_int_equal(set("a", "one"), EF_OK);
    assert_int_equal(set("a", "two"), EF_OK);
    uint32_t at = kv.bank * EF_KV_BANK_BYTES;
    assert_int_equal(ef_flash_read(&flash, EF_REGION_KV, at, sector, sizeof sector), EF_OK);
    sector[20] ^= 1;
    assert_int_equal(ef_flash_erase(&flash, EF_REGION_KV, at, EF_SECTOR_BYTES), EF_OK);
    assert_int_equal(ef_flash_write(&flash, EF_REGION_KV, at, sector, sizeof sector), EF_OK);
    assert_int_equal(ef_kv_open(&kv, &flash, EF_REGION_KV), EF_OK);
    expect_kv("a", "one");
}

static void the_check_value_of_crc_32_is_right(void **state)
{
    (void)state;
    assert_int_equal(ef_crc32((const uint8_t *)"123456789", 9), 0xCBF43926u);
}

/* The decision before every boot, as a table: states of a and b, which slot is active, which images are whole; then what is booted and what
 * the states are. E empty, N new, P pending verify, V valid, I invalid, A aborted; - when nothing can be booted. */
static void the_bootloader_decides_as_esp_idf_does(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        int active;
        const char *good;
        char boots;
        const char *after;
    } rows[] = {
        {"VE", 0, "ab", 'a', "VE"}, /* the usual boot */
        {"VN", 1, "ab", 'b', "VP"}, /* first boot of a new image */
        {"VP", 1, "ab", 'a', "VA"}, /* it did not confirm */
        {"VV", 1, "ab", 'b', "VV"}, /* it did */
        {"VN", 1, "a", 'a', "VA"},  /* what was switched to is no image */
        {"VV", 1, "a", 'a', "VV"},  /* the running image was damaged */
        {"NV", 0, "ab", 'a', "PV"}, {"PV", 0, "ab", 'b', "AV"}, {"AV", 1, "ab", 'b', "AV"}, {"IV", 1, "ab", 'b', "IV"},
        {"VP", 1, "b", 'b', "VV"},  /* nothing to return to: better than nothing */
        {"EE", 0, "ab", 'a', "VE"}, /* a lost record */
        {"EE", 1, "b", 'b', "EV"},  {"VE", 0, "b", 'b', "VV"},  {"VV", 0, "", '-', "VV"},   {"VN", 1, "", '-', "VA"},
    };
    static const char letters[] = "ENPVIA";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ef_boot_record r = {.active = (uint8_t)rows[i].active};
        for (int s = 0; s < 2; s++)
            r.slot[s].state = (ef_slot_state)(strchr(letters, rows[i].before[s]) - letters);
        bool good[2] = {strchr(rows[i].good, 'a') != NULL, strchr(rows[i].good, 'b') != NULL}, changed;
        uint8_t slot = 9;
        ef_status status = ef_boot_decide(&r, good, &slot, &changed);
        char after[3] = {letters[r.slot[0].state], letters[r.slot[1].state], 0};
        if (rows[i].boots == '-') {
            assert_int_equal(status, EF_NOT_FOUND);
        } else {
            assert_int_equal(status, EF_OK);
            assert_int_equal(slot, rows[i].boots - 'a');
            assert_int_equal(r.active, slot);
            assert_int_equal(changed, strcmp(after, rows[i].before) != 0 || slot != rows[i].active);
        }
        assert_string_equal(after, rows[i].after);
        if (strchr(rows[i].after, 'A') != NULL && strchr(rows[i].before, 'A') == NULL) {
            assert_int_equal(r.slot[rows[i].active].failure, EF_CRASHED);
            assert_true(r.slot[rows[i].active].detail[0] != 0);
        }
    }
}

static void a_cut_boot_record_is_the_one_before(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 2; n++) {
        for (int torn = 0; torn < 2; torn++) {
            ef_boot_record r = {.active = 0, .slot = {{.state = EF_SLOT_VALID}}};
            assert_int_equal(ef_boot_record_save(&flash, &r), EF_OK);
            flash.cut_at = flash.changes + n;
            flash.cut_is_torn = torn != 0;
            assert_int_equal(ef_boot_record_switch(&flash, 1), EF_FLASH_FAILED);
            reopen();
            assert_int_equal(ef_boot_record_load(&flash, &r), EF_OK);
            assert_int_equal(r.active, 0);
            assert_int_equal(ef_boot_record_switch(&flash, 1), EF_OK);
            assert_int_equal(ef_boot_record_load(&flash, &r), EF_OK);
            assert_int_equal(r.active, 1);
            assert_int_equal(r.slot[1].state, EF_SLOT_NEW);
        }
    }
}

static void the_reason_a_slot_was_left_for_is_kept(void **state)
{
    (void)state;
    char detail[400];
    ef_boot_record r = {.active = 1, .switch_count = 7, .slot = {{.state = EF_SLOT_VALID}, {.state = EF_SLOT_PENDING_VERIFY}}};
    memset(detail, 'x', sizeof detail - 1);
    detail[sizeof detail - 1] = 0;
    assert_int_equal(ef_boot_record_load(&flash, &r), EF_NOT_FOUND);
    r = (ef_boot_record){.active = 1, .switch_count = 7, .slot = {{.state = EF_SLOT_VALID}, {.state = EF_SLOT_PENDING_VERIFY}}};
    assert_int_equal(ef_boot_record_save(&flash, &r), EF_OK);
    assert_int_equal(ef_boot_record_leave(&flash, 1, EF_SLOT_ABORTED, EF_CONFIRM_TIMEOUT, detail), EF_OK);
    assert_int_equal(ef_boot_record_load(&flash, &r), EF_OK);
    assert_int_equal(r.active, 0);
    assert_int_equal(r.switch_count, 7);
    assert_int_equal(r.slot[1].state, EF_SLOT_ABORTED);
    assert_int_equal(r.slot[1].failure, EF_CONFIRM_TIMEOUT);
    assert_int_equal(strlen(r.slot[1].detail), EF_DETAIL_CHARS);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(what_is_written_is_there_after_a_restart),
        T(flash_that_is_not_erased_cannot_be_written),
        T(nothing_outside_of_a_region_is_touched),
        T(after_a_cut_everything_fails_and_a_torn_write_is_half_done),
        T(values_are_set_replaced_and_removed),
        T(a_store_that_is_full_says_so_and_keeps_what_it_has),
        T(a_cut_value_is_the_old_or_the_new_one),
        T(a_flipped_bit_in_a_bank_gives_the_one_before),
        T(the_check_value_of_crc_32_is_right),
        T(the_bootloader_decides_as_esp_idf_does),
        T(a_cut_boot_record_is_the_one_before),
        T(the_reason_a_slot_was_left_for_is_kept),
    };
    return cmocka_run_group_tests_name("flash, boot record, key-value store", tests, NULL, NULL);
}
