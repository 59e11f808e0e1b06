#include <math.h>
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
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 9000);
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

static bool has_terminal_report(const device *x)
{
    return x->agent.record.terminal_count > 0;
}

static void the_last_report_of_an_offer_survives_restarts_until_the_host_has_it(void **state)
{
    (void)state;
    release what = good_release(&host, "1.1.0");
    what.product = "fan";
    host.report_status = 503;
    fake_host_offer(&host, &what);
    device_run_until(&d, has_terminal_report);
    for (int i = 0; i < 3; i++) {
        device_cut(&d);
        assert_int_equal(device_run(&d, 30000, offer_has_ended), RUN_TIME_UP);
        assert_int_equal(d.agent.record.terminal_count, 1);
    }
    uint32_t polls = host.polls;
    host.report_status = 0;
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_report(&host, "rejected")->error, "product-mismatch");
    assert_string_equal(fake_host_report(&host, "rejected")->detail, "This device's product is lamp.");
    assert_int_equal(host.polls, polls); /* what one offer came to is told before the next is asked for */
    device_cut(&d);
    assert_int_equal(device_run(&d, 5000, has_terminal_report), RUN_TIME_UP);
}

static void a_report_the_host_refuses_does_not_block_the_device(void **state)
{
    (void)state;
    release what = good_release(&host, "1.1.0");
    what.product = "fan";
    host.report_status = 404;
    fake_host_offer(&host, &what);
    device_run_until(&d, has_terminal_report);
    assert_int_equal(device_run(&d, 2000, NULL), RUN_TIME_UP);
    assert_int_equal(d.agent.record.terminal_count, 0);
    host.report_status = 0;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
}

static void reports_on_the_way_do_not_hold_up_the_update(void **state)
{
    (void)state;
    host.report_status = 503;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, has_terminal_report);
    assert_string_equal(d.image.version, "1.1.0");
    host.report_status = 0;
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
}

static void telemetry_carries_what_the_application_measured(void **state)
{
    (void)state;
    d.agent.config.telemetry_ms = 1000;
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "temperature", 21.5), EF_OK);
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "light.on", 1), EF_OK);
    assert_int_equal(device_run(&d, 3100, NULL), RUN_TIME_UP);
    assert_in_range(host.telemetry, 3, 4);
    assert_non_null(strstr(host.last_telemetry, "{\"version\":\"1.0.0\",\"slot\":\"a\",\"agentVersion\":\"0.1.0\",\"samples\":[{\"at\":17"));
    assert_non_null(strstr(host.last_telemetry, "\"values\":{\"temperature\":21.5,\"light.on\":1}}]}"));
}

static void telemetry_keeps_the_newest_samples_while_the_host_is_down(void **state)
{
    (void)state;
    d.agent.config.telemetry_ms = 2500;
    assert_int_equal(device_run(&d, 2600, NULL), RUN_TIME_UP);
    host.down = true;
    assert_int_equal(device_run(&d, 120000, NULL), RUN_TIME_UP);
    assert_int_equal(d.agent.telemetry->lost, 0); /* the RAM is long full, the rest is in flash */
    assert_true(d.agent.telemetry->spill_count > 0);
    host.down = false;
    host.telemetry = 0;
    assert_int_equal(device_run(&d, 61000, NULL), RUN_TIME_UP);
    assert_true(d.agent.telemetry->count <= 1);
    assert_int_equal(d.agent.telemetry->spill_count, 0);
}

static void a_full_set_of_long_names_is_sent_in_several_requests(void **state)
{
    (void)state;
    char name[64];
    for (int i = 0; i < 16; i++) {
        (void)snprintf(name, sizeof name, "a.rather.long.name.of.a.value.%02d", i);
        assert_int_equal(ef_agent_telemetry_number(&d.agent, name, -1.0 / 3.0 * i), EF_OK);
    }
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "seventeenth", 1), EF_TOO_LARGE);
    d.agent.config.telemetry_ms = 1000;
    assert_int_equal(device_run(&d, 500, NULL), RUN_TIME_UP);
    host.down = true;
    assert_int_equal(device_run(&d, 20000, NULL), RUN_TIME_UP);
    host.down = false;
    host.telemetry = 0;
    assert_int_equal(device_run(&d, 61000, NULL), RUN_TIME_UP);
    assert_true(host.telemetry >= 2);
    assert_true(d.agent.telemetry->count <= 1);
}

static void names_and_numbers_outside_of_the_protocol_are_refused(void **state)
{
    (void)state;
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "", 1), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "a b", 1), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "123456789012345678901234567890123", 1), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "x", NAN), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_telemetry_number(&d.agent, "x", INFINITY), EF_BAD_ARGUMENT);
    assert_int_equal(d.agent.telemetry->name_count, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(the_last_report_of_an_offer_survives_restarts_until_the_host_has_it),
        T(a_report_the_host_refuses_does_not_block_the_device),
        T(reports_on_the_way_do_not_hold_up_the_update),
        T(telemetry_carries_what_the_application_measured),
        T(telemetry_keeps_the_newest_samples_while_the_host_is_down),
        T(a_full_set_of_long_names_is_sent_in_several_requests),
        T(names_and_numbers_outside_of_the_protocol_are_refused),
    };
    return cmocka_run_group_tests_name("reports and telemetry", tests, NULL, NULL);
}
