/* A sensor: measures, and sends what it measured as telemetry. `measure` answers with what it is now. */
#include "espforge/app.h"
#include "measure.h"

static reading last;
static bool has_measured, has_sensor;

static void put(ef_app *app)
{
    (void)ef_app_telemetry_number(app, "temperature", last.temperature_c);
    if (last.humidity_percent >= 0)
        (void)ef_app_telemetry_number(app, "humidity", last.humidity_percent);
    if (last.supply_v >= 0)
        (void)ef_app_telemetry_number(app, "supply", last.supply_v);
}

static ef_status answer(ef_app *app, const char *params, ef_app_members *result)
{
    (void)app, (void)params;
    if (!has_measured)
        return EF_AGAIN;
    ef_app_put_number(result, "temperature", last.temperature_c);
    if (last.humidity_percent >= 0)
        ef_app_put_number(result, "humidity", last.humidity_percent);
    return EF_OK;
}

void ef_app_setup(ef_app *app)
{
    has_measured = false;
    has_sensor = measure_begin() == EF_OK;
    (void)ef_app_on_command(app, "measure", answer);
    ef_app_log(app, "sensor %s, %s", ef_app_version(app), has_sensor ? "measuring" : "without a sensor");
}

void ef_app_loop(ef_app *app, int64_t now_ms)
{
    if (has_sensor && measure(now_ms, &last) == EF_OK) {
        has_measured = true;
        put(app);
    }
}

void ef_app_status(ef_app *app, ef_app_members *out)
{
    (void)app;
    ef_app_put_bool(out, "sensor", has_sensor);
    if (has_measured)
        ef_app_put_number(out, "temperature", last.temperature_c);
}

/* An image that cannot measure is of no use. */
ef_status ef_app_self_test(ef_app *app)
{
    (void)app;
    if (!has_sensor)
        return EF_SELF_TEST_FAILED;
    if (!has_measured)
        return EF_AGAIN;
    return last.temperature_c > -40 && last.temperature_c < 125 ? EF_OK : EF_SELF_TEST_FAILED;
}
