#include <stdio.h>
#include <string.h>

#include "device.h"
#include "suites.h"

static fake_host host;
static device d;

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&host);
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 30000);
    device_create(&d, &host);
    device_run_until(&d, is_idle);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_destroy(&d);
    return 0;
}

static void expect_end(const char *state, const char *error)
{
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), state);
    assert_string_equal(fake_host_report(&host, state)->error, error);
    if (error[0] != 0)
        assert_true(strlen(fake_host_report(&host, state)->detail) > 10);
}

static bool is_downloading_far(const device *x)
{
    return x->agent.state == EF_STATE_DOWNLOADING && x->agent.download.offset >= 3 * EF_SECTOR_BYTES;
}

static bool is_downloading(const device *x)
{
    return x->agent.state == EF_STATE_DOWNLOADING;
}

static bool is_verifying(const device *x)
{
    return x->agent.state == EF_STATE_VERIFYING;
}

static bool has_started_again(const device *x)
{
    return x->agent.download.furthest >= 4 * EF_SECTOR_BYTES && x->agent.download.offset == EF_SECTOR_BYTES;
}

static bool is_confirming(const device *x)
{
    return x->agent.state == EF_STATE_CONFIRMING;
}

static void an_offer_is_downloaded_verified_applied_and_confirmed(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
    assert_string_equal(d.image.version, "1.1.0");
    assert_int_equal(d.posix.running_slot, 1);
    ef_boot_record record = device_record(&d);
    assert_int_equal(record.slot[1].state, EF_SLOT_VALID);
    assert_int_equal(record.slot[0].state, EF_SLOT_VALID);
    assert_int_equal(d.agent.record.sequence, 10);

    static const char *const expected[] = {"downloading", "verifying", "applying", "rebooting", "confirming", "confirmed"};
    size_t at = 0;
    int percent = -1;
    for (uint32_t i = 0; i < host.report_count; i++) {
        if (strcmp(host.reports[i].state, "downloading") == 0) {
            assert_true(host.reports[i].percent > percent);
            percent = host.reports[i].percent;
        }
        if (strcmp(host.reports[i].state, expected[at]) != 0)
            at++;
        assert_string_equal(host.reports[i].state, expected[at]);
    }
    assert_int_equal(at, 5);
    assert_int_equal(percent, 100);
}

static void a_second_update_goes_to_the_first_slot(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
    host.image_len = make_image(host.image, "1.2.0+build.7", "esp32c3", 20000);
    fake_host_offer_version(&host, "1.2.0+build.7");
    expect_end("confirmed", "");
    assert_int_equal(d.posix.running_slot, 0);
    assert_int_equal(device_run(&d, 3000, NULL), RUN_TIME_UP);
    assert_string_equal(host.last_path, "/device/v1/update?version=1.2.0%2Bbuild.7&slot=a");
}

static void a_broken_download_goes_on_behind_the_last_sector(void **state)
{
    (void)state;
    host.image_cut = 10000;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
    assert_int_equal(host.downloads, 4);
    assert_int_equal(host.last_range_from, 6 * EF_SECTOR_BYTES);
}

static void a_restart_goes_on_where_the_progress_was_stored(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_downloading_far);
    device_cut(&d);
    expect_end("confirmed", "");
    assert_int_equal(host.downloads, 2);
    assert_int_equal(host.last_range_from, 2 * EF_SECTOR_BYTES);
}

static void progress_of_another_image_is_not_used(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_downloading_far);
    device_cut(&d);
    host.image_len = make_image(host.image, "1.1.1", "esp32c3", 30000);
    fake_host_offer_version(&host, "1.1.1");
    expect_end("confirmed", "");
    assert_int_equal(host.last_range_from, 0);
}

static void a_slot_that_was_damaged_between_two_starts_is_loaded_once_more(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_downloading_far);
    device_cut(&d);
    uint8_t sector[EF_SECTOR_BYTES] = {0};
    assert_int_equal(ef_flash_erase(&d.flash, EF_REGION_SLOT_B, 4096, 4096), EF_OK);
    assert_int_equal(ef_flash_write(&d.flash, EF_REGION_SLOT_B, 4096, sector, sizeof sector), EF_OK);
    expect_end("confirmed", "");
    assert_int_equal(host.downloads, 3);
    assert_int_equal(host.last_range_from, 0);
}

static void a_host_that_ignores_ranges_starts_the_slot_again(void **state)
{
    (void)state;
    host.image_cut = 10000;
    host.image_cuts_left = 2;
    host.image_ignores_range = true;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
    assert_int_equal(host.downloads, 3);
}

static bool ran_ahead(const device *x)
{
    return x->agent.state == EF_STATE_DOWNLOADING && x->host->image_bytes > x->agent.download.offset + EF_SECTOR_BYTES;
}

static void no_more_is_read_than_a_sector_ahead_of_the_slot(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    assert_int_equal(device_run(&d, 3000, ran_ahead), RUN_TIME_UP);
    assert_int_equal(host.image_bytes, host.image_len);
    expect_end("confirmed", "");
}

static void a_slow_host_that_gets_on_is_waited_for(void **state)
{
    (void)state;
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 3000);
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_downloading);
    host.trickle_ms = 50; /* 1.2 KiB a minute */
    assert_int_equal(device_run(&d, 150000, is_verifying), RUN_TIME_UP);
    assert_int_equal(device_run(&d, 60000, is_verifying), RUN_GOAL);
    host.trickle_ms = 0;
    expect_end("confirmed", "");
    assert_int_equal(host.downloads, 1);
}

static void what_was_started_again_is_not_resumed_after_a_restart(void **state)
{
    (void)state;
    host.image_cut = 20000;
    host.image_cuts_left = 2;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_downloading_far);
    host.image_ignores_range = true;
    host.image_cut = 5000;
    device_run_until(&d, has_started_again);
    device_cut(&d);
    host.image_ignores_range = false;
    host.image_cut = 0;
    expect_end("confirmed", "");
    assert_int_equal(host.last_range_from, 0);
}

static void five_tries_without_progress_end_the_download(void **state)
{
    (void)state;
    host.image_cut = 3000;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "download-failed");
    assert_int_equal(host.downloads, 5);
    assert_string_equal(d.image.version, FACTORY_VERSION);
}

static void a_host_that_always_begins_anew_uses_up_the_tries(void **state)
{
    (void)state;
    host.image_cut = 10000;
    host.image_ignores_range = true;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "download-failed");
    assert_int_equal(host.downloads, 5);
}

static void a_host_without_the_image_ends_the_download_at_once(void **state)
{
    (void)state;
    host.image_status = 404;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "download-failed");
    assert_int_equal(host.downloads, 1);
}

static void a_busy_host_is_asked_again(void **state)
{
    (void)state;
    host.image_status = 503;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "download-failed");
    assert_int_equal(host.downloads, 5);
}

static void an_image_of_another_length_is_refused(void **state)
{
    (void)state;
    host.image_length = 30000;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "image-size-mismatch");
}

static void an_image_that_goes_on_behind_its_end_is_refused(void **state)
{
    (void)state;
    release what = good_release(&host, "1.1.0");
    what.size_bytes = 30000;
    host.image_length = -2;
    fake_host_offer(&host, &what);
    expect_end("failed", "image-size-mismatch");
}

static void an_empty_image_is_refused(void **state)
{
    (void)state;
    host.image_len = 0;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "image-malformed");
}

static void a_flipped_bit_in_the_image_is_refused(void **state)
{
    (void)state;
    host.image_is_flipped = true;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "image-hash-mismatch");
    assert_int_equal(d.agent.record.sequence, 0);
    assert_int_equal(device_record(&d).switch_count, 0);
}

static void an_image_whose_header_does_not_fit_the_manifest_is_refused(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.1");
    expect_end("failed", "image-malformed");
    host.image_len = make_image(host.image, "1.1.0", "esp32s3", 30000);
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "image-malformed");
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 30000);
    host.image[host.image_len - 1] ^= 1; /* signed as it is, but not what its header says */
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "image-malformed");
    host.image[0] = 0xE9;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("failed", "image-malformed");
    assert_int_equal(device_record(&d).switch_count, 0);
}

static void manifests_are_rejected_with_the_code_of_the_protocol_and_only_once(void **state)
{
    (void)state;
    struct {
        const char *error;
        release what;
    } cases[10];
    size_t count = 0;
#define CASE(code, change)                        \
    do {                                          \
        release r = good_release(&host, "1.1.0"); \
        change;                                   \
        cases[count].error = code;                \
        cases[count++].what = r;                  \
    } while (0)
    CASE("manifest-expired", r.expires_at_ms = host.utc_ms - 1000);
    CASE("product-mismatch", r.product = "fan");
    CASE("chip-mismatch", r.chip = "esp32s3");
    CASE("format-mismatch", r.format = "esp");
    CASE("agent-too-old", r.minimum_agent_version = "9.0.0");
    CASE("version-too-old", r.minimum_version = "1.0.1");
    CASE("image-too-large", r.size_bytes = SLOT_BYTES + 1);
    CASE("manifest-malformed", r.version = "one");
    for (size_t i = 0; i < count; i++) {
        fake_host_offer(&host, &cases[i].what);
        expect_end("rejected", cases[i].error);
    }
    fake_host_offer_version(&host, "1.1.0");
    host.manifest.data[host.manifest.len - 1] ^= 1;
    expect_end("rejected", "signature-invalid");

    /* Should the host go on offering it, the device has said what it had to say. */
    uint32_t reports = host.report_count, polls = host.polls;
    char again[33];
    memcpy(again, host.offer_id, sizeof again);
    host.report_count = 0;
    assert_int_equal(device_run(&d, 10000, NULL), RUN_TIME_UP);
    assert_true(host.polls > polls + 5);
    assert_int_equal(host.report_count, 0);
    host.report_count = reports;
    assert_int_equal(host.downloads, 0);
}

static void a_key_that_is_not_trusted_is_refused(void **state)
{
    (void)state;
    signer mine = host.signer;
    host.signer = signer_new("ffffffffffffffffffffffffffffffff");
    fake_host_offer_version(&host, "1.1.0");
    signer_free(&host.signer);
    host.signer = mine;
    expect_end("rejected", "key-unknown");
}

static void what_was_taken_once_is_not_taken_again(void **state)
{
    (void)state;
    release first = good_release(&host, "1.1.0");
    first.epoch = 3;
    fake_host_offer(&host, &first);
    expect_end("confirmed", "");
    fake_host_offer(&host, &first);
    expect_end("rejected", "sequence-old");
    release second = good_release(&host, "1.1.0");
    second.epoch = 2;
    fake_host_offer(&host, &second);
    expect_end("rejected", "epoch-old");
}

static void a_crashing_image_is_left_and_its_sequence_is_spent(void **state)
{
    (void)state;
    d.crashing_version = "1.1.0";
    release what = good_release(&host, "1.1.0");
    fake_host_offer(&host, &what);
    expect_end("rolledBack", "crashed");
    assert_string_equal(fake_host_report(&host, "rolledBack")->detail, "signal 6 (Aborted) 0.1 s after start");
    assert_string_equal(d.image.version, FACTORY_VERSION);
    assert_int_equal(device_record(&d).slot[1].state, EF_SLOT_ABORTED);
    fake_host_offer(&host, &what);
    expect_end("rejected", "sequence-old");
}

static void an_image_that_fails_its_own_test_is_left(void **state)
{
    (void)state;
    d.failing_version = "1.1.0";
    fake_host_offer_version(&host, "1.1.0");
    expect_end("rolledBack", "self-test-failed");
    assert_int_equal(device_record(&d).slot[1].state, EF_SLOT_INVALID);
}

static void an_image_that_cannot_reach_the_host_is_left(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_confirming);
    host.down = true;
    assert_int_equal(device_run(&d, 70000, is_idle), RUN_GOAL);
    assert_string_equal(d.image.version, FACTORY_VERSION);
    host.down = false;
    expect_end("rolledBack", "confirm-timeout");
    assert_string_equal(fake_host_report(&host, "rolledBack")->detail, "Missing 60.0 s after start: answer of the host.");
}

static void an_image_that_restarts_before_it_is_confirmed_is_left(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_confirming);
    device_cut(&d);
    expect_end("rolledBack", "crashed");
    assert_string_equal(d.image.version, FACTORY_VERSION);
}

static void an_image_is_not_confirmed_before_its_soak_time(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_confirming);
    assert_int_equal(device_run(&d, 4900, is_idle), RUN_TIME_UP);
    uint32_t polls = host.polls;
    assert_int_equal(device_run(&d, 300, is_idle), RUN_GOAL);
    assert_int_equal(host.polls, polls); /* a device that is not confirmed does not ask */
}

static void a_slot_that_cannot_be_written_fails_the_update(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_downloading_far);
    d.flash.size_bytes[EF_REGION_SLOT_B] = 4 * EF_SECTOR_BYTES; /* the rest of the chip is gone */
    expect_end("failed", "flash-failed");
}

static ef_status action(void *ctx, const char *params, ef_json_writer *result)
{
    (void)ctx, (void)params, (void)result;
    return EF_OK;
}

/* The parts around the core are not needed to be kept up to date. */
static void a_device_with_the_core_alone_is_claimed_and_updated(void **state)
{
    (void)state;
    device_destroy(&d);
    fake_host_init(&host);
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 30000);
    device_create(&d, &host);
    d.core_only = true;
    device_run_until(&d, is_idle);
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
    assert_string_equal(d.image.version, "1.1.0");
    assert_null(d.agent.messages);
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "temperature", 21.5), EF_NOT_FOUND);
    assert_int_equal(ef_agent_action(&d.agent, "lamp.set", action, NULL), EF_NOT_FOUND);
    ef_agent_status_changed(&d.agent);
    assert_int_equal(ef_provision_open(&d.agent), EF_NOT_FOUND);
    assert_int_equal(ef_provision_join(&d.agent, "home", "password"), EF_NOT_FOUND);
    ef_provision_authorize(&d.agent);
    ef_provision_scan(&d.agent);
    ef_provision_close(&d.agent);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(an_offer_is_downloaded_verified_applied_and_confirmed),
        T(a_second_update_goes_to_the_first_slot),
        T(a_broken_download_goes_on_behind_the_last_sector),
        T(a_restart_goes_on_where_the_progress_was_stored),
        T(progress_of_another_image_is_not_used),
        T(a_slot_that_was_damaged_between_two_starts_is_loaded_once_more),
        T(a_host_that_ignores_ranges_starts_the_slot_again),
        T(no_more_is_read_than_a_sector_ahead_of_the_slot),
        T(a_slow_host_that_gets_on_is_waited_for),
        T(what_was_started_again_is_not_resumed_after_a_restart),
        T(five_tries_without_progress_end_the_download),
        T(a_host_that_always_begins_anew_uses_up_the_tries),
        T(a_host_without_the_image_ends_the_download_at_once),
        T(a_busy_host_is_asked_again),
        T(an_image_of_another_length_is_refused),
        T(an_image_that_goes_on_behind_its_end_is_refused),
        T(an_empty_image_is_refused),
        T(a_flipped_bit_in_the_image_is_refused),
        T(an_image_whose_header_does_not_fit_the_manifest_is_refused),
        T(manifests_are_rejected_with_the_code_of_the_protocol_and_only_once),
        T(a_key_that_is_not_trusted_is_refused),
        T(what_was_taken_once_is_not_taken_again),
        T(a_device_with_the_core_alone_is_claimed_and_updated),
        T(a_crashing_image_is_left_and_its_sequence_is_spent),
        T(an_image_that_fails_its_own_test_is_left),
        T(an_image_that_cannot_reach_the_host_is_left),
        T(an_image_that_restarts_before_it_is_confirmed_is_left),
        T(an_image_is_not_confirmed_before_its_soak_time),
        T(a_slot_that_cannot_be_written_fails_the_update),
    };
    return cmocka_run_group_tests_name("update", tests, NULL, NULL);
}
