/* Factory reset, with the power cut at every change of flash: whole or not at all, and what must outlive it does. */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "espforge/ef_reset.h"
#include "suites.h"

static fake_host host;
static device d;

static const char *const erased[] = {"identity", "networks", "progress", "links", "nonces", "tm0", "app0", "app3"};

/* A device that is claimed, has taken an update, knows a network and holds data of its application. */
static void make_a_life(void)
{
    const uint8_t data[] = "app";
    ef_wifi wifi = {.ssid = "Workshop", .password = "correct horse"};
    fake_host_init(&host);
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 9000);
    device_create(&d, &host);
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, offer_has_ended);
    assert_int_equal(d.agent.record.sequence, 10);
    assert_int_equal(ef_networks_add(&d.agent, &wifi), EF_OK);
    for (size_t i = 2; i < sizeof erased / sizeof erased[0]; i++)
        assert_int_equal(d.port.kv_set(d.port.ctx, erased[i], data, sizeof data), EF_OK);
    host.report_status = 503; /* a report that cannot be delivered any more */
    release other = good_release(&host, "1.2.0");
    other.product = "fan";
    fake_host_offer(&host, &other);
    assert_int_equal(device_run(&d, 5000, NULL), RUN_TIME_UP);
    assert_int_equal(d.agent.record.terminal_count, 1);
    host.report_status = 0;
    host.has_offer = false;
}

static bool has(const char *key)
{
    uint8_t value[EF_RECORD_BYTES];
    size_t len;
    return d.port.kv_get(d.port.ctx, key, value, sizeof value, &len) == EF_OK;
}

static bool is_claiming(const device *x)
{
    return x->agent.state == EF_STATE_PAIRING || x->agent.state == EF_STATE_CLAIMING;
}

static void check_is_reset(int64_t floor_ms, const ef_boot_record *before)
{
    for (size_t i = 0; i < sizeof erased / sizeof erased[0]; i++)
        assert_false(has(erased[i]));
    assert_false(has("reset"));
    assert_false(d.agent.identity.present);
    assert_int_equal(d.agent.networks->count, 0);
    assert_int_equal(d.agent.record.sequence, 10);
    assert_int_equal(d.agent.record.terminal_count, 0);
    assert_string_equal(d.agent.record.done_offer_id, "");
    assert_int_equal(d.agent.clock.stored_ms, floor_ms);
    ef_boot_record after = device_record(&d);
    assert_memory_equal(&after, before, sizeof after);
}

/* Claims anew, and takes a release above the one from before; one at or below it stays refused. */
static void live_again(void)
{
    device_run_until(&d, is_idle);
    host.image_len = make_image(host.image, "1.3.0", "esp32c3", 9000);
    release old = good_release(&host, "1.3.0");
    old.sequence = 10;
    fake_host_offer(&host, &old);
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_report(&host, "rejected")->error, "sequence-old");
    fake_host_offer_version(&host, "1.3.0");
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
}

/* One life; the power goes at change `cut` of the reset (0: never). Returns how many changes it took. */
static uint32_t reset_once(uint32_t cut, bool torn)
{
    make_a_life();
    const int64_t floor_ms = d.agent.clock.stored_ms;
    const ef_boot_record before = device_record(&d);
    uint32_t changes = d.flash.changes;
    d.flash.cut_at = cut == 0 ? 0 : changes + cut;
    d.flash.cut_is_torn = torn;
    ef_status status = ef_factory_reset(&d.agent);
    changes = d.flash.changes - changes;
    if (cut == 0)
        assert_int_equal(status, EF_OK);
    else
        assert_int_equal(status, EF_FLASH_FAILED);
    device_cut(&d);
    device_boot(&d);
    if (d.agent.identity.present) { /* nothing happened: only before the mark was written */
        assert_true(cut != 0 && cut <= 3);
        for (size_t i = 0; i < sizeof erased / sizeof erased[0]; i++)
            assert_true(has(erased[i]));
        assert_int_equal(d.agent.record.terminal_count, 1);
        assert_int_equal(ef_factory_reset(&d.agent), EF_OK);
        device_cut(&d);
        device_boot(&d);
    }
    check_is_reset(floor_ms, &before);
    live_again();
    device_destroy(&d);
    return changes;
}

static void a_reset_forgets_whose_it_is_and_keeps_what_protects_it(void **state)
{
    (void)state;
    make_a_life();
    assert_int_equal(ef_factory_reset(&d.agent), EF_OK);
    assert_true(d.posix.restart_wanted);
    assert_true(d.agent.restarting);
    assert_false(d.agent.identity.present);
    uint32_t changes = d.flash.changes;
    (void)ef_agent_step(&d.agent, d.now_ms + 1);
    assert_int_equal(d.flash.changes, changes);
    device_run_until(&d, is_claiming);
    assert_int_equal(d.agent.record.sequence, 10);
    live_again();
    device_destroy(&d);
}

static void a_reset_survives_a_power_cut_at_every_change_of_flash(void **state)
{
    (void)state;
    uint32_t changes = reset_once(0, false), runs = 0;
    for (uint32_t n = 1; n <= changes; n++)
        for (int torn = 0; torn < 2; torn++, runs++)
            (void)reset_once(n, torn != 0);
    print_message("[ CUTS     ] factory reset: %u changes of flash, %u cuts\n", changes, runs);
}

/* The first cut is in the reset, the second in its completion at the next start. */
static void its_completion_survives_a_power_cut_too(void **state)
{
    (void)state;
    uint32_t runs = 0;
    for (uint32_t n = 4; n <= 16; n += 4) {
        run_end end = RUN_POWER_OFF;
        for (uint32_t m = 1; end == RUN_POWER_OFF; m++, runs++) {
            make_a_life();
            const int64_t floor_ms = d.agent.clock.stored_ms;
            const ef_boot_record before = device_record(&d);
            d.flash.cut_at = d.flash.changes + n;
            assert_int_equal(ef_factory_reset(&d.agent), EF_FLASH_FAILED);
            device_cut(&d);
            d.flash.cut_at = d.flash.changes + m;
            d.flash.cut_is_torn = m % 2 == 0;
            end = device_run(&d, 1, NULL); /* once there are no more changes to cut, it starts */
            device_cut(&d);
            device_boot(&d);
            check_is_reset(floor_ms, &before);
            device_destroy(&d);
        }
    }
    print_message("[ CUTS     ] factory reset, cut twice: %u runs\n", runs);
}

static void a_mark_that_cannot_be_written_changes_nothing(void **state)
{
    (void)state;
    make_a_life();
    d.flash.power_is_off = true;
    assert_int_equal(ef_factory_reset(&d.agent), EF_FLASH_FAILED);
    assert_false(d.agent.restarting);
    assert_true(d.agent.identity.present);
    d.flash.power_is_off = false;
    device_destroy(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reset_forgets_whose_it_is_and_keeps_what_protects_it),
        cmocka_unit_test(a_reset_survives_a_power_cut_at_every_change_of_flash),
        cmocka_unit_test(its_completion_survives_a_power_cut_too),
        cmocka_unit_test(a_mark_that_cannot_be_written_changes_nothing),
    };
    return cmocka_run_group_tests_name("factory reset", tests, NULL, NULL);
}
