/* The whole life of a device from its first start, on files as a virtual device has them, with the power cut at every single change of flash, once
 * before the change and once in its middle. test_power_cut.c does it in memory: every way a write can tear, every order in which writes can be lost. */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "suites.h"

#define NEW_VERSION "1.1.0"
#define NEXT_VERSION "1.2.0"
#define RUN_MS (10 * 60 * 1000)

typedef struct scenario {
    const char *crashing_version, *failing_version;
    const char *expected; /* how the first offer ends when the new image is not cut while it is pending */
} scenario;

static fake_host host;
static device d;

static void check_invariants(void)
{
    ef_boot_record record = device_record(&d);
    assert_true(strcmp(d.image.version, FACTORY_VERSION) == 0 || strcmp(d.image.version, NEW_VERSION) == 0 ||
                strcmp(d.image.version, NEXT_VERSION) == 0);
    /* A release whose slot was ever switched has its sequence spent. */
    if (record.switch_count >= 1)
        assert_true(d.agent.record.sequence >= 10);
    /* The slot left behind is the one that does not run. */
    assert_int_equal(record.active, d.posix.running_slot);
}

/* Runs to the goal; every time the power goes it comes back, with the next cut of `cuts` (counted from there) armed. */
static void run_with_cuts(const uint32_t *cuts, size_t count, bool torn, bool (*goal)(const device *))
{
    size_t next = 0;
    for (int restarts = 0; restarts < 8; restarts++) {
        if (next < count) {
            d.flash.cut_at = d.flash.changes + cuts[next++];
            d.flash.cut_is_torn = torn;
        }
        run_end end = device_run(&d, RUN_MS, goal);
        if (end == RUN_GOAL) {
            check_invariants();
            return;
        }
        assert_int_equal(end, RUN_POWER_OFF);
        device_cut(&d);
    }
    fail_msg("the device does not get on");
}

/* One life. Returns how many changes of flash the first offer took from the very first start, when it was not cut. */
static uint32_t live(const scenario *s, const uint32_t *cuts, size_t count, bool torn)
{
    fake_host_init(&host);
    host.image_len = make_image(host.image, NEW_VERSION, "esp32c3", 20000);
    device_create(&d, &host);
    d.crashing_version = s->crashing_version;
    d.failing_version = s->failing_version;
    release first = good_release(&host, NEW_VERSION);
    fake_host_offer(&host, &first);
    run_with_cuts(cuts, count, torn, offer_has_ended);

    uint32_t changes = d.flash.changes;
    const char *ended = fake_host_terminal(&host, host.offer_id);
    if (strcmp(ended, s->expected) != 0) {
        /* A new image that lost its power before it was confirmed is left, as ESP-IDF's bootloader leaves it. */
        assert_string_equal(ended, "rolledBack");
        assert_true(d.was_cut_while_pending);
        assert_string_equal(fake_host_report(&host, "rolledBack")->error, "crashed");
    }
    bool is_new = strcmp(ended, "confirmed") == 0;
    ef_boot_record record = device_record(&d);
    assert_string_equal(d.image.version, is_new ? NEW_VERSION : FACTORY_VERSION);
    assert_int_equal(record.slot[d.posix.running_slot].state, EF_SLOT_VALID);
    assert_int_equal(d.agent.record.sequence, 10);
    assert_false(d.agent.record.pending.present);

    d.flash.cut_at = 0;
    fake_host_offer(&host, &first);
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "rejected");
    assert_string_equal(fake_host_report(&host, "rejected")->error, "sequence-old");

    host.image_len = make_image(host.image, NEXT_VERSION, "esp32c3", 15000);
    fake_host_offer_version(&host, NEXT_VERSION);
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
    assert_string_equal(d.image.version, NEXT_VERSION);
    check_invariants();
    device_destroy(&d);
    return changes;
}

static void cut_everywhere(const char *name, const scenario *s)
{
    uint32_t changes = live(s, NULL, 0, false);
    for (uint32_t n = 1; n <= changes; n++) {
        (void)live(s, &n, 1, false);
        (void)live(s, &n, 1, true);
    }
    print_message("[ CUTS     ] %s: %u cut points, each before and in the middle of the change\n", name, changes);
}

static const scenario confirmed = {.expected = "confirmed"};

static void an_update_survives_a_power_cut_at_every_change_of_flash(void **state)
{
    (void)state;
    cut_everywhere("claim, download, apply, confirm", &confirmed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_update_survives_a_power_cut_at_every_change_of_flash),
    };
    return cmocka_run_group_tests_name("power cuts on files", tests, NULL, NULL);
}
