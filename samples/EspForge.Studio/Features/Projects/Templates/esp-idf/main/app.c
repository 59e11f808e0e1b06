/* Blinks the LED once a second. Pins come from the pin plan: pins.h is made at every build. */
#include "espforge/app.h"
#include "espforge/gpio.h"
#include "pins.h"

enum { HALF_PERIOD_MS = 500 };

static int64_t next_ms;
static bool lit;
static double blinks;

void ef_app_setup(ef_app *app)
{
    (void)ef_gpio_mode(PIN_LED, EF_GPIO_OUTPUT);
    ef_app_log(app, "blink %s: the LED is on GPIO %d", ef_app_version(app), PIN_LED);
}

void ef_app_loop(ef_app *app, int64_t now_ms)
{
    if (now_ms < next_ms)
        return;
    next_ms = now_ms + HALF_PERIOD_MS;
    lit = !lit;
    (void)ef_gpio_write(PIN_LED, lit);
    if (lit)
        blinks += 1.0;
    (void)ef_app_telemetry_number(app, "blink.count", blinks);
}

/* Asked after an update, before the new image is kept. Anything but EF_OK returns the device to the image before. */
ef_status ef_app_self_test(ef_app *app)
{
    (void)app;
    return ef_gpio_read(PIN_LED) == lit ? EF_OK : EF_SELF_TEST_FAILED;
}
