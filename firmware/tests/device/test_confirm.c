/* What a new image must show before it is kept, and what is said when it is not. */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "suites.h"

static fake_host host;
static device d;
static ef_status radio_answer, pump_answer;
static bool network_is_missing;
static void (*port_facts)(void *ctx, ef_facts *out);
static uint32_t times_asked;

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&host);
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 9000);
    device_create(&d, &host);
    device_run_until(&d, is_idle);
    radio_answer = pump_answer = EF_OK;
    network_is_missing = false;
    times_asked = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_destroy(&d);
    return 0;
}

static ef_status radio(void *ctx)
{
    (void)ctx;
    times_asked++;
    return radio_answer;
}

static ef_status pump(void *ctx)
{
    (void)ctx;
    return pump_answer;
}

static void facts(void *ctx, ef_facts *out)
{
    port_facts(ctx, out);
    if (network_is_missing)
        out->network = EF_NETWORK_JOINING;
}

static void register_both(device *x)
{
    port_facts = x->port.facts;
    x->port.facts = facts;
    assert_int_equal(ef_agent_self_test(&x->agent, "radio", radio, NULL), EF_OK);
    assert_int_equal(ef_agent_self_test(&x->agent, "pump", pump, NULL), EF_OK);
}

static bool is_confirming(const device *x)
{
    return x->agent.state == EF_STATE_CONFIRMING;
}

static void update(void)
{
    d.registers = register_both;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, is_confirming);
}

static void expect_return(const char *error, const char *detail)
{
    device_run_until(&d, offer_has_ended);
    const seen_report *report = fake_host_report(&host, "rolledBack");
    assert_non_null(report);
    assert_string_equal(report->error, error);
    assert_string_equal(report->detail, detail);
    assert_string_equal(d.image.version, FACTORY_VERSION);
}

static void all_tests_must_pass_and_each_is_asked_until_it_has(void **state)
{
    (void)state;
    radio_answer = EF_AGAIN;
    update();
    assert_int_equal(device_run(&d, 20000, is_idle), RUN_TIME_UP);
    assert_true(times_asked > 50);
    radio_answer = EF_OK;
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), "confirmed");
    uint32_t asked = times_asked;
    assert_int_equal(device_run(&d, 5000, NULL), RUN_TIME_UP);
    assert_int_equal(times_asked, asked);
}

static void the_test_that_says_no_is_named(void **state)
{
    (void)state;
    pump_answer = EF_MALFORMED;
    update();
    expect_return("self-test-failed", "The self-test pump answered malformed 0.0 s after start.");
}

static void the_tests_that_did_not_end_are_named(void **state)
{
    (void)state;
    radio_answer = pump_answer = EF_AGAIN;
    update();
    expect_return("confirm-timeout", "Missing 60.0 s after start: self-test radio, self-test pump.");
}

static void all_that_is_missing_is_named(void **state)
{
    (void)state;
    pump_answer = EF_AGAIN;
    network_is_missing = true;
    update();
    host.down = true;
    assert_int_equal(device_run(&d, 70000, is_idle), RUN_GOAL);
    host.down = false;
    expect_return("confirm-timeout", "Missing 60.0 s after start: self-test pump, network, answer of the host.");
}

static void the_list_of_tests_has_an_end(void **state)
{
    (void)state;
    assert_int_equal(ef_agent_self_test(&d.agent, "", radio, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_self_test(&d.agent, "Radio", radio, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_self_test(&d.agent, "seventeen-letters", radio, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_agent_self_test(&d.agent, "radio", NULL, NULL), EF_BAD_ARGUMENT);
    while (d.agent.confirm.test_count < EF_SELF_TESTS_MAX)
        assert_int_equal(ef_agent_self_test(&d.agent, "sixteen-letters-", radio, NULL), EF_OK);
    assert_int_equal(ef_agent_self_test(&d.agent, "ninth", radio, NULL), EF_TOO_LARGE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(all_tests_must_pass_and_each_is_asked_until_it_has),
        T(the_test_that_says_no_is_named),
        T(the_tests_that_did_not_end_are_named),
        T(all_that_is_missing_is_named),
        T(the_list_of_tests_has_an_end),
    };
    return cmocka_run_group_tests_name("confirm", tests, NULL, NULL);
}
