/* The application apps/lamp on the real agent. */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "espforge/ef_app_host.h"
#include "espforge/gpio.h"
#include "pins.h"
#include "schedule.h"
#include "suites.h"

static fake_host host;
static fake_link net;
static device d;
static ef_app app;

static void configure(device *x, ef_agent_config *config)
{
    (void)x;
    config->links[0] = EF_LINK_MQTT;
    config->mqtt_url = "mqtt://broker";
    config->add_status = ef_app_ask_status;
    config->identify = ef_app_ask_identify;
    config->app_ctx = &app;
}

/* The loop is asked every 50 ms, as a port does. */
static void run(int64_t ms)
{
    for (int64_t until = d.now_ms + ms; d.now_ms < until;) {
        ef_app_loop(&app, d.now_ms);
        (void)device_run(&d, 50, NULL);
    }
}

static bool link_is_up(const device *x)
{
    return x->agent.messages->up && is_idle(x);
}

static void start(void)
{
    device_boot(&d);
    memset(&app, 0, sizeof app);
    app.agent = &d.agent;
    ef_app_setup(&app);
    device_run_until(&d, link_is_up);
}

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&host);
    fake_link_init(&net);
    device_create(&d, &host);
    d.link = &net;
    d.configure = configure;
    start();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_destroy(&d);
    return 0;
}

static char result[1024];

static ef_status command(const char *action, const char *params)
{
    for (uint32_t i = 0; i < d.agent.messages->action_count; i++) {
        const ef_registered_action *a = &d.agent.messages->actions[i];
        if (strcmp(a->name, action) != 0)
            continue;
        ef_json_writer w;
        ef_json_begin(&w, result, sizeof result);
        ef_json_object(&w, NULL);
        ef_status status = a->run(a->ctx, params, &w);
        ef_json_object_end(&w);
        assert_int_equal(ef_json_end(&w, NULL), EF_OK);
        return status;
    }
    fail_msg("no action %s", action);
    return EF_NOT_FOUND;
}

static void on_and_off_switch_the_relay_and_are_told_as_status(void **state)
{
    (void)state;
    assert_false(ef_gpio_read(PIN_RELAY));
    assert_int_equal(command("on", ""), EF_OK);
    assert_string_equal(result, "{\"on\":true}");
    assert_true(ef_gpio_read(PIN_RELAY));
    run(500);
    const link_message *m = fake_link_find(&net, "status", "");
    assert_true(m->retain);
    assert_non_null(strstr(m->body, "\"app\":{\"on\":true,\"schedules\":0}"));
    assert_int_equal(command("off", ""), EF_OK);
    assert_false(ef_gpio_read(PIN_RELAY));
    run(500);
    assert_non_null(strstr(fake_link_find(&net, "status", "")->body, "\"app\":{\"on\":false"));
}

static void it_is_after_a_restart_what_it_was_before(void **state)
{
    (void)state;
    assert_int_equal(command("on", ""), EF_OK);
    device_cut(&d);
    (void)ef_gpio_write(PIN_RELAY, false);
    start();
    assert_true(ef_gpio_read(PIN_RELAY));
}

static void daily_at(int64_t utc_ms, char *out, size_t cap, const char *id, bool on)
{
    int minute = (int)(utc_ms / 60000 % 1440);
    (void)snprintf(out, cap, "{\"id\":\"%s\",\"at\":\"%02d:%02d\",\"on\":%s}", id, minute / 60, minute % 60, on ? "true" : "false");
}

static void a_daily_schedule_switches_every_day_also_after_a_restart(void **state)
{
    (void)state;
    char params[128];
    daily_at(host.utc_ms + 10 * 60000, params, sizeof params, "evening", true);
    assert_int_equal(command("schedule.set", params), EF_OK);
    daily_at(host.utc_ms + 20 * 60000, params, sizeof params, "night", false);
    assert_int_equal(command("schedule.set", params), EF_OK);
    run(8 * 60000);
    assert_false(ef_gpio_read(PIN_RELAY));
    device_cut(&d);
    start();
    run(3 * 60000);
    assert_true(ef_gpio_read(PIN_RELAY));
    run(10 * 60000);
    assert_false(ef_gpio_read(PIN_RELAY));
    assert_int_equal(command("schedule.list", ""), EF_OK);
    assert_non_null(strstr(result, "\"evening\":\""));
    assert_int_equal(command("schedule.remove", "{\"id\":\"evening\"}"), EF_OK);
    assert_int_equal(command("schedule.remove", "{\"id\":\"evening\"}"), EF_NOT_FOUND);
}

static void what_is_to_happen_once_happens_once_and_late_if_need_be(void **state)
{
    (void)state;
    char params[128];
    (void)snprintf(params, sizeof params, "{\"id\":\"party\",\"atMs\":%lld,\"on\":true}", (long long)host.utc_ms + 60000);
    assert_int_equal(command("schedule.set", params), EF_OK);
    device_cut(&d);
    host.utc_ms += 600000; /* the device was off when it should have happened */
    start();
    run(200);
    assert_true(ef_gpio_read(PIN_RELAY));
    assert_int_equal(command("off", ""), EF_OK);
    device_cut(&d);
    start();
    run(1000);
    assert_false(ef_gpio_read(PIN_RELAY));
    assert_int_equal(command("schedule.list", ""), EF_OK);
    assert_string_equal(result, "{}");
}

static void params_that_make_no_sense_change_nothing(void **state)
{
    static const char *const bad[] = {
        "", "[]", "{\"id\":\"a\"}", "{\"id\":\"a\",\"on\":1,\"at\":\"10:00\"}", "{\"id\":\"a\",\"on\":true,\"at\":\"24:00\"}",
        "{\"id\":\"a\",\"on\":true,\"at\":\"1:00\"}", "{\"id\":\"a b\",\"on\":true,\"at\":\"10:00\"}", "{\"id\":\"a\",\"on\":true,\"atMs\":-5}",
        "{\"id\":\"much-too-long-a-name\",\"on\":true,\"at\":\"10:00\"}", "{\"id\":\"a\",\"on\":true}",
    };
    char params[128];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(command("schedule.set", bad[i]), EF_BAD_ARGUMENT);
    for (int i = 0; i < 9; i++) {
        (void)snprintf(params, sizeof params, "{\"id\":\"s%d\",\"at\":\"10:00\",\"on\":true}", i);
        assert_int_equal(command("schedule.set", params), i < 8 ? EF_OK : EF_TOO_LARGE);
    }
}

static void the_list_is_read_as_it_was_written(void **state)
{
    (void)state;
    schedule_list list = {0}, read;
    uint8_t bytes[SCHEDULE_BYTES];
    assert_int_equal(schedule_put(&list, &(schedule){.id = "twelve-chars", .on = true, .minute = 1439}), EF_OK);
    assert_int_equal(schedule_put(&list, &(schedule){.id = "b", .at_ms = INT64_C(1780000000000)}), EF_OK);
    size_t len = schedule_write(&list, bytes);
    assert_true(schedule_read(&read, bytes, len));
    assert_int_equal(read.count, 2);
    assert_string_equal(read.items[0].id, "twelve-chars");
    assert_int_equal(read.items[0].minute, 1439);
    assert_true(read.items[0].on && !read.items[1].on);
    assert_int_equal(read.items[1].at_ms, INT64_C(1780000000000));
    for (size_t cut = 0; cut < len; cut++)
        assert_false(schedule_read(&read, bytes, cut));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(on_and_off_switch_the_relay_and_are_told_as_status),
        T(it_is_after_a_restart_what_it_was_before),
        T(a_daily_schedule_switches_every_day_also_after_a_restart),
        T(what_is_to_happen_once_happens_once_and_late_if_need_be),
        T(params_that_make_no_sense_change_nothing),
        T(the_list_is_read_as_it_was_written),
    };
    return cmocka_run_group_tests_name("lamp", tests, NULL, NULL);
}
