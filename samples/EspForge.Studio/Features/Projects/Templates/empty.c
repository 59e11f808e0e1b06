/* Begin here. Pins come from the pin plan, as PIN_… in pins.h. */
#include "espforge/app.h"
#include "pins.h"

/* Called once after the start. */
void ef_app_setup(ef_app *app)
{
    ef_app_log(app, "hello from %s", ef_app_version(app));
}

/* Called about every 50 ms; must return soon. */
void ef_app_loop(ef_app *app, int64_t now_ms)
{
    (void)app;
    (void)now_ms;
}
