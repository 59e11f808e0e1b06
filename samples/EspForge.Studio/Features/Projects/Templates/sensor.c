/* Reads a sensor every five seconds, reports what it read, and switches the LED on while the value is too high. */
#include "espforge/app.h"
#include "espforge/gpio.h"
#include "pins.h"
#include "climate.h"

enum { PERIOD_MS = 5000 };
static const double TOO_WARM_CELSIUS = 26.0;

static int64_t next_ms;
static climate sensor;

void ef_app_setup(ef_app *app)
{
    (void)ef_gpio_mode(PIN_LED, EF_GPIO_OUTPUT);
    climate_begin(&sensor);
    ef_app_log(app, "sensor %s: I2C on GPIO %d and %d, LED on GPIO %d", ef_app_version(app), PIN_I2C0_SDA, PIN_I2C0_SCL, PIN_LED);
}

void ef_app_loop(ef_app *app, int64_t now_ms)
{
    if (now_ms < next_ms)
        return;
    next_ms = now_ms + PERIOD_MS;
    climate_read(&sensor, now_ms);
    (void)ef_gpio_write(PIN_LED, sensor.celsius > TOO_WARM_CELSIUS);
    (void)ef_app_telemetry_number(app, "climate.celsius", sensor.celsius);
    (void)ef_app_telemetry_number(app, "climate.humidity", sensor.humidity_percent);
}

ef_status ef_app_self_test(ef_app *app)
{
    (void)app;
    return climate_is_plausible(&sensor) ? EF_OK : EF_SELF_TEST_FAILED;
}
