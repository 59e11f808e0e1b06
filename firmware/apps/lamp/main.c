/* A lamp on a relay: switched by commands and by schedules, which survive restarts and updates.
 *
 *   on, off              {}                                     switches
 *   schedule.set         {"id":"evening","at":"19:30","on":true}        daily, UTC
 *                        {"id":"party","atMs":1780000000000,"on":true}  once
 *   schedule.remove      {"id":"evening"}
 *   schedule.list        {}                                     what there is, as its result
 *
 * A daily time that passed while the device was off is over; one that is to happen once is caught up with for an hour. */
#include <stdio.h>
#include <string.h>

#include "espforge/app.h"
#include "espforge/gpio.h"
#include "pins.h"
#include "schedule.h"

enum { SLOT_STATE = 0, SLOT_SCHEDULES = 1 };

static bool lit;
static schedule_list schedules;
static int64_t looked_ms, blink_until_ms; /* UTC up to which schedules were looked at; monotonic */

static ef_status set(ef_app *app, bool on)
{
    uint8_t byte = on;
    bool changed = lit != on;
    lit = on;
    (void)ef_gpio_write(PIN_RELAY, on);
    (void)ef_app_telemetry_number(app, "lamp.on", on);
    if (!changed)
        return EF_OK;
    ef_app_status_changed(app);
    return ef_app_store(app, SLOT_STATE, &byte, 1);
}

static ef_status switch_on(ef_app *app, const char *params, ef_app_members *result)
{
    (void)params;
    ef_app_put_bool(result, "on", true);
    return set(app, true);
}

static ef_status switch_off(ef_app *app, const char *params, ef_app_members *result)
{
    (void)params;
    ef_app_put_bool(result, "on", false);
    return set(app, false);
}

static ef_status keep(ef_app *app, const schedule_list *changed)
{
    uint8_t bytes[SCHEDULE_BYTES];
    ef_status status = ef_app_store(app, SLOT_SCHEDULES, bytes, schedule_write(changed, bytes));
    if (status == EF_OK)
        schedules = *changed;
    return status;
}

static ef_status set_schedule(ef_app *app, const char *params, ef_app_members *result)
{
    schedule s = {0};
    schedule_list changed = schedules;
    char at[8];
    (void)result;
    if (ef_app_param_text(params, "id", s.id, sizeof s.id) != EF_OK || ef_app_param_bool(params, "on", &s.on) != EF_OK)
        return EF_BAD_ARGUMENT;
    if (ef_app_param_text(params, "at", at, sizeof at) == EF_OK) {
        if (!schedule_read_time(at, &s.minute))
            return EF_BAD_ARGUMENT;
    } else if (ef_app_param_int(params, "atMs", &s.at_ms) != EF_OK || s.at_ms <= 0) {
        return EF_BAD_ARGUMENT;
    }
    ef_status status = schedule_put(&changed, &s);
    return status == EF_OK ? keep(app, &changed) : status;
}

static ef_status remove_schedule(ef_app *app, const char *params, ef_app_members *result)
{
    schedule_list changed = schedules;
    char id[SCHEDULE_ID_CHARS + 1];
    (void)result;
    if (ef_app_param_text(params, "id", id, sizeof id) != EF_OK)
        return EF_BAD_ARGUMENT;
    return schedule_remove(&changed, id) ? keep(app, &changed) : EF_NOT_FOUND;
}

static ef_status list_schedules(ef_app *app, const char *params, ef_app_members *result)
{
    (void)app, (void)params;
    for (uint32_t i = 0; i < schedules.count; i++) {
        char text[40];
        schedule_describe(&schedules.items[i], text, sizeof text);
        ef_app_put_text(result, schedules.items[i].id, text);
    }
    return EF_OK;
}

void ef_app_setup(ef_app *app)
{
    uint8_t bytes[SCHEDULE_BYTES] = {0};
    size_t len = 0;
    looked_ms = blink_until_ms = 0;
    (void)ef_gpio_mode(PIN_RELAY, EF_GPIO_OUTPUT);
    lit = ef_app_load(app, SLOT_STATE, bytes, 1, &len) == EF_OK && bytes[0] == 1;
    (void)set(app, lit);
    memset(&schedules, 0, sizeof schedules);
    if (ef_app_load(app, SLOT_SCHEDULES, bytes, sizeof bytes, &len) == EF_OK && !schedule_read(&schedules, bytes, len))
        ef_app_log(app, "the schedules cannot be read and are gone");
    (void)ef_app_on_command(app, "on", switch_on);
    (void)ef_app_on_command(app, "off", switch_off);
    (void)ef_app_on_command(app, "schedule.set", set_schedule);
    (void)ef_app_on_command(app, "schedule.remove", remove_schedule);
    (void)ef_app_on_command(app, "schedule.list", list_schedules);
    ef_app_log(app, "lamp %s is %s, %u schedules", ef_app_version(app), lit ? "on" : "off", (unsigned)schedules.count);
}

static void look_at_schedules(ef_app *app)
{
    int64_t utc_ms = ef_app_utc_ms(app);
    schedule_list left = schedules;
    bool on;
    if (utc_ms == 0)
        return;
    schedule_outcome outcome = schedule_due(&left, looked_ms, utc_ms, &on);
    looked_ms = utc_ms;
    if (outcome == SCHEDULE_NOTHING)
        return;
    /* What happens once is forgotten before it is done, so that a restart does not do it twice. */
    if (left.count != schedules.count && keep(app, &left) != EF_OK)
        ef_app_log(app, "the schedules could not be stored");
    if (outcome == SCHEDULE_SWITCH) {
        ef_app_log(app, "schedule: %s", on ? "on" : "off");
        (void)set(app, on);
    }
}

void ef_app_loop(ef_app *app, int64_t now_ms)
{
    look_at_schedules(app);
    if (blink_until_ms < 0)
        blink_until_ms = now_ms + 3000;
    if (blink_until_ms == 0)
        return;
    bool over = now_ms >= blink_until_ms;
    (void)ef_gpio_write(PIN_RELAY, over ? lit : now_ms / 250 % 2 == 0);
    if (over)
        blink_until_ms = 0;
}

void ef_app_identify(ef_app *app)
{
    (void)app;
    blink_until_ms = -1; /* the loop knows the time */
}

void ef_app_status(ef_app *app, ef_app_members *out)
{
    (void)app;
    ef_app_put_bool(out, "on", lit);
    ef_app_put_number(out, "schedules", schedules.count);
}

ef_status ef_app_self_test(ef_app *app)
{
    (void)app;
    return blink_until_ms != 0 || ef_gpio_read(PIN_RELAY) == lit ? EF_OK : EF_SELF_TEST_FAILED;
}
