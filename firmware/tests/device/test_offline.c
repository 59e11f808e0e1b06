/* A device on its own: telemetry that waits, the log over restarts, deep sleep, and bad networks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "ef_faults.h"
#include "ef_parts.h"
#include "suites.h"

static fake_host host;
static fake_link net;
static device d;
static uint32_t telemetry_ms, batch, sleep_ms;
static bool with_link;
static ef_faults faults;
static ef_port real;

static ef_status bad_open(void *ctx, ef_channel channel, const ef_request *request)
{
    ef_status status = ef_faults_open(&faults, channel, request, d.now_ms);
    return status == EF_AGAIN ? real.open(ctx, channel, request) : status;
}

static ef_status bad_read(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    bool handled;
    ef_status status = ef_faults_read(&faults, channel, response, out, cap, len, d.now_ms, &handled);
    return handled ? status : ef_faults_heard(&faults, channel, real.read(ctx, channel, response, out, cap, len), len);
}

static void configure(device *x, ef_agent_config *config)
{
    real = x->port;
    x->port.open = bad_open;
    x->port.read = bad_read;
    config->telemetry_ms = telemetry_ms;
    config->telemetry_batch = batch;
    config->sleep_ms = sleep_ms;
    if (with_link) {
        config->links[0] = EF_LINK_MQTT;
        config->mqtt_url = "mqtt://broker";
    }
}

static int set_up(void **state)
{
    (void)state;
    telemetry_ms = batch = sleep_ms = 0;
    with_link = false;
    fake_host_init(&host);
    fake_link_init(&net);
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 9000);
    device_create(&d, &host);
    d.link = &net;
    d.configure = configure;
    assert_true(ef_faults_parse(&faults, NULL));
    device_run_until(&d, is_idle);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_destroy(&d);
    return 0;
}

static void with(uint32_t sample_ms)
{
    telemetry_ms = sample_ms;
    device_cut(&d);
    device_run_until(&d, is_idle);
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "number", 0), EF_OK);
}

static bool all_is_sent(const device *x)
{
    return x->agent.telemetry->count == 0 && x->agent.telemetry->spill_count == 0 && x->host->telemetry > 0;
}

/* The samples the host has, as what the application counted; each request's are appended. */
static void telemetry_is_sent_in_batches(void **state)
{
    (void)state;
    batch = 5;
    with(1000);
    (void)device_run(&d, 3000, NULL);
    uint32_t before = host.telemetry;
    (void)device_run(&d, 30000, NULL);
    assert_in_range(host.telemetry - before, 5, 7);
    uint32_t samples = 0;
    for (const char *p = host.last_telemetry; (p = strstr(p, "uptimeMs")) != NULL; p++)
        samples++;
    assert_int_equal(samples, 5);
}

static void what_was_stored_survives_restarts_and_arrives_in_order(void **state)
{
    (void)state;
    with(10000);
    (void)device_run(&d, 10000, NULL);
    host.down = true;
    for (int minute = 0; minute < 20; minute++) { /* 120 samples of 28 bytes: six rings */
        for (int i = 0; i < 6; i++) {
            (void)ef_agent_telemetry_number(&d.agent, "number", minute * 6 + i);
            (void)device_run(&d, 10000, NULL);
        }
    }
    assert_int_equal(d.agent.telemetry->spill_count, 4);
    uint32_t first = d.agent.telemetry->spill_first, in_ram = d.agent.telemetry->count;
    device_cut(&d); /* what is in RAM is lost, what was stored is not */
    (void)device_run(&d, 3000, NULL);
    assert_int_equal(d.agent.telemetry->spill_first, first);
    assert_int_equal(d.agent.telemetry->spill_count, 4);
    print_message("  120 samples without a host: 4 records of 20 in flash, %u in RAM lost with the power\n", (unsigned)in_ram);

    host.down = false;
    int last = -1;
    uint32_t samples = 0, told = host.telemetry;
    char body[sizeof host.last_telemetry] = "";
    while (d.agent.telemetry->spill_count > 0) {
        (void)device_run(&d, 50, NULL);
        if (host.telemetry == told)
            continue;
        assert_int_equal(host.telemetry, told + 1);
        told = host.telemetry;
        memcpy(body, host.last_telemetry, sizeof body);
        for (const char *p = body; (p = strstr(p, "\"number\":")) != NULL; p++, samples++) {
            int value = atoi(p + 9);
            if (last >= 0 && value != 0)
                assert_int_equal(value, last + 1);
            last = value;
        }
    }
    assert_true(samples >= 4 * 18);
    device_run_until(&d, all_is_sent);
}

static void a_restart_on_purpose_loses_no_sample(void **state)
{
    (void)state;
    with(10000);
    (void)device_run(&d, 11000, NULL);
    host.down = true;
    (void)device_run(&d, 50000, NULL);
    uint32_t count = d.agent.telemetry->count;
    assert_in_range(count, 4, 6);
    ef_agent_settle(&d.agent);
    device_cut(&d);
    (void)device_run(&d, 1000, NULL);
    assert_int_equal(d.agent.telemetry->spill_count, 1);
    ef_spill view;
    assert_true(ef_spill_read(&d.agent, d.agent.telemetry->spill_first, &view));
    assert_int_equal(view.name_count, 1);
    assert_string_equal(view.names[0], "number");
}

static void a_damaged_record_of_telemetry_is_passed_over(void **state)
{
    (void)state;
    with(10000);
    host.down = true;
    (void)device_run(&d, 900000, NULL);
    uint32_t spilled = d.agent.telemetry->spill_count;
    assert_true(spilled >= 3);
    char key[8];
    (void)snprintf(key, sizeof key, "tm%u", (unsigned)(d.agent.telemetry->spill_first % 4));
    assert_int_equal(d.port.kv_set(d.port.ctx, key, (const uint8_t *)"\x01\xFF nonsense", 11), EF_OK);
    host.down = false;
    device_run_until(&d, all_is_sent);
}

static void the_log_survives_restarts_and_a_crash_loses_little(void **state)
{
    (void)state;
    char line[64];
    ef_ring_chunk chunk;
    for (int i = 0; i < 30; i++) {
        (void)snprintf(line, sizeof line, "app: before the crash %d", i);
        ef_agent_log(&d.agent, EF_LOG_INFO, line);
    }
    uint32_t position = d.agent.ring->position, fill = d.agent.ring->fill;
    device_cut(&d);
    device_boot(&d);
    assert_int_equal(d.agent.ring->position + d.agent.ring->stored, position); /* what was not full is gone, at most 496 bytes */
    assert_true(fill <= EF_RING_TEXT_BYTES);
    ef_agent_log(&d.agent, EF_LOG_ERROR, "app: something is wrong");
    (void)device_run(&d, 1000, NULL); /* an error is written at once */
    device_cut(&d);
    device_boot(&d);
    uint8_t bytes[EF_RING_CHUNK_BYTES];
    size_t len;
    bool found = false;
    for (int i = 0; i < 8; i++) {
        char key[8];
        (void)snprintf(key, sizeof key, "log%d", i);
        if (d.port.kv_get(d.port.ctx, key, bytes, sizeof bytes, &len) == EF_OK && ef_ring_open(bytes, len, &chunk) == EF_OK)
            found = found || memmem(chunk.text, chunk.len, "something is wrong", 18) != NULL;
    }
    assert_true(found);
}

static void a_flood_of_lines_does_not_wear_the_flash(void **state)
{
    (void)state;
    (void)device_run(&d, 600000, NULL); /* the budget is full */
    uint32_t revision = d.posix.bulk.revision;
    for (int second = 0; second < 600; second++) {
        for (int i = 0; i < 20; i++)
            ef_agent_log(&d.agent, EF_LOG_INFO, "app: a loop that talks all the time");
        (void)device_run(&d, 1000, NULL);
    }
    uint32_t written = d.posix.bulk.revision - revision;
    print_message("  12,000 lines in 10 minutes: %u records written\n", (unsigned)written);
    assert_in_range(written, 8, 20);
    assert_true(d.agent.ring->dropped > 0);
}

static void it_wakes_asks_reports_and_sleeps(void **state)
{
    (void)state;
    sleep_ms = 600000;
    telemetry_ms = 60000;
    with_link = true;
    uint32_t polls = host.polls;
    (void)device_run(&d, 10, NULL);
    device_cut(&d);
    int64_t before = d.now_ms;
    (void)device_run(&d, 6000000, NULL);
    assert_in_range(d.sleeps, 9, 10);
    int64_t awake_ms = (d.now_ms - before - d.slept_ms) / (d.sleeps + 1);
    print_message("  %u sleeps, awake for %lld ms each time\n", (unsigned)d.sleeps, (long long)awake_ms);
    assert_true(awake_ms < 8000);
    assert_in_range(host.polls - polls, 9, 40);
    assert_in_range(host.telemetry + fake_link_count(&net, "telemetry", ""), 9, 12);
    assert_in_range(fake_link_count(&net, "lwt", "OFFLINE"), 9, 10);
}

static void it_sleeps_though_the_host_is_away(void **state)
{
    (void)state;
    sleep_ms = 600000;
    host.down = true;
    device_cut(&d);
    (void)device_run(&d, 3000000, NULL);
    assert_in_range(d.sleeps, 4, 5);
}

static void it_does_not_sleep_during_an_update_or_before_the_image_is_confirmed(void **state)
{
    (void)state;
    sleep_ms = 600000;
    fake_host_offer_version(&host, "1.1.0");
    device_cut(&d);
    device_run_until(&d, offer_has_ended);
    assert_int_equal(d.sleeps, 0);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
    (void)device_run(&d, 10000, NULL);
    assert_int_equal(d.sleeps, 1);
}

static void an_update_gets_through(const char *fault)
{
    assert_true(ef_faults_parse(&faults, fault));
    fake_host_offer_version(&host, "1.1.0");
    int64_t before = d.now_ms;
    device_run_until(&d, offer_has_ended);
    print_message("  %-28s %s after %.1f s, %u downloads\n", fault, fake_host_terminal(&host, host.offer_id), (double)(d.now_ms - before) / 1000.0,
                  (unsigned)host.downloads);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
}

static void with_every_fourth_exchange_lost(void **state)
{
    (void)state;
    an_update_gets_through("loss=25,seed=3");
}

static void with_two_seconds_of_delay(void **state)
{
    (void)state;
    an_update_gets_through("delay=2000");
}

static void with_every_connection_cut_after_5000_bytes(void **state)
{
    (void)state;
    an_update_gets_through("cut=5000");
    assert_true(host.downloads >= 2);
}

static void a_captive_portal_is_not_taken_for_the_host(void **state)
{
    (void)state;
    release what = good_release(&host, "1.1.0");
    what.product = "fan";
    host.report_status = 503;
    fake_host_offer(&host, &what);
    (void)device_run(&d, 10000, NULL);
    assert_int_equal(d.agent.record.terminal_count, 1);
    with(10000);
    assert_true(ef_faults_parse(&faults, "captive"));
    (void)device_run(&d, 300000, NULL);
    assert_int_equal(d.agent.record.terminal_count, 1); /* 200 from a portal is no receipt */
    assert_int_equal(host.report_count, 0);
    assert_true(d.agent.telemetry->count + d.agent.telemetry->spill_count > 0);
    host.report_status = 0;
    assert_true(ef_faults_parse(&faults, NULL));
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "rejected");
}

static bool is_rebooting(const device *x)
{
    return x->agent.state == EF_STATE_REBOOTING;
}

static void a_captive_portal_confirms_no_image(void **state)
{
    (void)state;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_rebooting);
    assert_true(ef_faults_parse(&faults, "captive"));
    (void)device_run(&d, 90000, NULL);
    assert_string_equal(d.image.version, "1.0.0"); /* it returned by itself */
    assert_true(ef_faults_parse(&faults, NULL));
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_report(&host, "rolledBack")->error, "confirm-timeout");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(telemetry_is_sent_in_batches),
        T(what_was_stored_survives_restarts_and_arrives_in_order),
        T(a_restart_on_purpose_loses_no_sample),
        T(a_damaged_record_of_telemetry_is_passed_over),
        T(the_log_survives_restarts_and_a_crash_loses_little),
        T(a_flood_of_lines_does_not_wear_the_flash),
        T(it_wakes_asks_reports_and_sleeps),
        T(it_sleeps_though_the_host_is_away),
        T(it_does_not_sleep_during_an_update_or_before_the_image_is_confirmed),
        T(with_every_fourth_exchange_lost),
        T(with_two_seconds_of_delay),
        T(with_every_connection_cut_after_5000_bytes),
        T(a_captive_portal_is_not_taken_for_the_host),
        T(a_captive_portal_confirms_no_image),
    };
    return cmocka_run_group_tests_name("offline", tests, NULL, NULL);
}
