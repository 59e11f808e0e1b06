#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suites.h"

static device *of(void *ctx)
{
    return (device *)((char *)ctx - offsetof(device, posix));
}

static void random_bytes(void *ctx, uint8_t *out, size_t len)
{
    device *d = of(ctx);
    for (size_t i = 0; i < len; i++) {
        d->random_state = d->random_state * 1664525u + 1013904223u;
        out[i] = (uint8_t)(d->random_state >> 24);
    }
}

static ef_status open_channel(void *ctx, ef_channel channel, const ef_request *request)
{
    device *d = of(ctx);
    if (channel == EF_CHANNEL_MESSAGES)
        return d->link == NULL ? EF_NOT_FOUND : fake_link_open(d->link, request);
    return fake_host_begin(d->host, channel, request);
}

static ef_status read_channel(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    device *d = of(ctx);
    if (channel == EF_CHANNEL_MESSAGES)
        return fake_link_read(d->link, response, out, cap, len);
    return fake_host_read(d->host, channel, response, out, cap, len);
}

static void close_channel(void *ctx, ef_channel channel)
{
    device *d = of(ctx);
    if (channel == EF_CHANNEL_MESSAGES && d->link != NULL)
        fake_link_close(d->link);
    else
        fake_host_end(d->host, channel);
}

static ef_status send_message(void *ctx, ef_channel channel, const ef_message *message)
{
    assert_int_equal(channel, EF_CHANNEL_MESSAGES);
    return fake_link_send(of(ctx)->link, message);
}

static void log_line(void *ctx, ef_log_level level, const char *line)
{
    device *d = of(ctx);
    if (level == EF_LOG_EVENT)
        (void)snprintf(d->last_event, sizeof d->last_event, "%s", line);
    if (strncmp(line, "PAIRING ", 8) == 0)
        (void)snprintf(d->pairing, sizeof d->pairing, "%s", line);
    if (d->verbose)
        (void)fprintf(stderr, "%8lld %d %s\n", (long long)d->now_ms, (int)level, line);
}

static ef_status self_test(void *ctx)
{
    device *d = ctx;
    return d->failing_version != NULL && strcmp(d->image.version, d->failing_version) == 0 ? EF_SELF_TEST_FAILED : EF_OK;
}

static void write_file(const char *path, const uint8_t *data, size_t len)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

void device_create(device *d, fake_host *host)
{
    memset(d, 0, sizeof *d);
    d->host = host;
    d->random_state = 1;
    d->now_ms = 1000;
    (void)strcpy(d->dir, "/tmp/ef-device-XXXXXX");
    assert_non_null(mkdtemp(d->dir));

    char path[128];
    static uint8_t image[IMAGE_MAX_BYTES];
    size_t len = make_image(image, FACTORY_VERSION, "esp32c3", FACTORY_BYTES);
    (void)snprintf(path, sizeof path, "%s/factory.efi", d->dir);
    write_file(path, image, len);
    assert_int_equal(ef_flash_open(&d->flash, d->dir, SLOT_BYTES), EF_OK);
    d->flash.is_volatile = true;
    assert_int_equal(ef_slot_install(&d->flash, 0, path, &d->image), EF_OK);
    ef_boot_record record = {.slot = {{.state = EF_SLOT_VALID}, {.state = EF_SLOT_EMPTY}}};
    assert_int_equal(ef_boot_record_save(&d->flash, &record), EF_OK);
    d->flash.changes = 0;
}

void device_destroy(device *d)
{
    static const char *const names[] = {"factory.efi", "slot_a.bin", "slot_b.bin", "boot.bin", "kv.bin", "bulk.bin"};
    char path[128];
    device_cut(d);
    ef_flash_close(&d->flash);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", d->dir, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(d->dir), 0);
}

/* One boot; false when the power went while the boot record was written. */
static bool boot(device *d)
{
    ef_image image[EF_SLOT_COUNT];
    bool good[EF_SLOT_COUNT];
    uint8_t slot;
    ef_boot_record before = device_record(d); /* wherever the power went, there is one, and it is not an older one */
    assert_true(before.switch_count >= d->switch_count);
    d->switch_count = before.switch_count;
    for (uint8_t i = 0; i < EF_SLOT_COUNT; i++)
        good[i] = ef_slot_check(&d->flash, i, &image[i]) == EF_OK;
    ef_status status = ef_boot_next(&d->flash, good, &slot);
    if (status == EF_FLASH_FAILED && d->flash.power_is_off)
        return false;
    assert_int_equal(status, EF_OK);
    d->image = image[slot];
    assert_int_equal(ef_posix_port_init(&d->posix, &d->port, &d->flash, slot), EF_OK);
    d->port.random = random_bytes;
    d->port.open = open_channel;
    d->port.read = read_channel;
    d->port.close = close_channel;
    d->port.send = send_message;
    d->port.log = log_line;
    ef_agent_config config = {
        .hardware_id = "HW:01",
        .product = "lamp",
        .chip = "esp32c3",
        .board = "devkit",
        .image_format = &ef_image_host,
        .architecture = ef_host_architecture(),
        .version = d->image.version,
        .poll_ms = 1000,
        .telemetry_ms = 0,
        .soak_ms = 5000,
        .confirm_timeout_ms = 60000,
        .progress_bytes = 2 * EF_SECTOR_BYTES,
        .self_test = self_test,
        .self_test_ctx = d,
    };
    if (!d->core_only)
        ef_use_all_parts(&config, &d->parts);
    if (d->configure != NULL)
        d->configure(d, &config);
    status = ef_agent_init(&d->agent, &d->port, &config, d->now_ms);
    if (status == EF_FLASH_FAILED && d->flash.power_is_off)
        return false; /* a factory reset was to be completed */
    assert_int_equal(status, EF_OK);
    if (d->registers != NULL)
        d->registers(d);
    /* Wherever the power went: nothing that protects against going back is lost. */
    assert_true(d->agent.record.sequence >= d->least_sequence);
    assert_true(d->agent.record.epoch >= d->least_epoch);
    assert_true(d->agent.keys.generation >= d->least_generation);
    d->on = true;
    d->boots++;
    d->booted_ms = d->now_ms;
    return true;
}

void device_boot(device *d)
{
    assert_true(boot(d));
}

/* The program is gone; flash, and where its power will be cut, stay. */
static void halt(device *d)
{
    for (int i = 0; i < EF_CHANNEL_COUNT; i++)
        fake_host_end(d->host, (ef_channel)i);
    if (d->link != NULL)
        fake_link_close(d->link);
    if (d->on && d->agent.verify.open) { /* may be heap of the crypto library, which outlives the device here */
        (void)psa_hash_abort(&d->agent.verify.hash);
    }
    d->on = false;
}

void device_cut(device *d)
{
    ef_boot_record record;
    if (d->on && ef_boot_record_load(&d->flash, &record) == EF_OK && record.slot[record.active].state == EF_SLOT_PENDING_VERIFY)
        d->was_cut_while_pending = true;
    halt(d);
    d->flash.power_is_off = false;
    d->flash.cut_at = 0;
}

static bool crashes_now(const device *d)
{
    return d->crashing_version != NULL && strcmp(d->image.version, d->crashing_version) == 0 && d->now_ms - d->booted_ms >= 100;
}

run_end device_run(device *d, int64_t ms, bool (*goal)(const device *d))
{
    int64_t until = d->now_ms + ms;
    while (d->now_ms < until) {
        if (!d->on && !boot(d))
            return RUN_POWER_OFF;
        uint32_t wait_ms = ef_agent_step(&d->agent, d->now_ms);
        uint32_t most_ms = d->most_wait_ms == 0 ? 50 : d->most_wait_ms;
        int64_t passed = wait_ms == 0 ? 1 : wait_ms > most_ms ? most_ms : wait_ms;
        d->now_ms += passed;
        d->host->utc_ms += passed;
        if (d->flash.power_is_off)
            return RUN_POWER_OFF;
        d->least_sequence = d->agent.record.sequence;
        d->least_epoch = d->agent.record.epoch;
        d->least_generation = d->agent.keys.generation;
        if (goal != NULL && goal(d))
            return RUN_GOAL;
        if (crashes_now(d)) {
            uint8_t slot = d->posix.running_slot;
            halt(d);
            if (ef_boot_record_leave(&d->flash, slot, EF_SLOT_ABORTED, EF_CRASHED, "signal 6 (Aborted) 0.1 s after start") != EF_OK)
                return RUN_POWER_OFF;
        } else if (d->posix.restart_wanted) {
            halt(d);
        } else if (d->posix.sleep_wanted_ms > 0) {
            d->sleeps++;
            d->slept_ms += d->posix.sleep_wanted_ms;
            d->now_ms += d->posix.sleep_wanted_ms;
            d->host->utc_ms += d->posix.sleep_wanted_ms;
            halt(d);
        }
    }
    return RUN_TIME_UP;
}

void device_run_until(device *d, bool (*goal)(const device *d))
{
    assert_int_equal(device_run(d, 4 * 3600 * 1000, goal), RUN_GOAL);
}

ef_boot_record device_record(device *d)
{
    ef_boot_record record;
    assert_int_equal(ef_boot_record_load(&d->flash, &record), EF_OK);
    return record;
}

bool is_idle(const device *d)
{
    return d->agent.state == EF_STATE_IDLE;
}

bool offer_has_ended(const device *d)
{
    return is_idle(d) && fake_host_terminal(d->host, d->host->offer_id)[0] != 0 && d->agent.record.terminal_count == 0;
}
