/* What a device is sold with: the agent and nothing else. Claim it, then update it. */
#include "espforge/app.h"

void ef_app_setup(ef_app *app)
{
    ef_app_log(app, "factory image %s, waiting for its first update", ef_app_version(app));
}

void ef_app_loop(ef_app *app, int64_t now_ms)
{
    static int64_t next_ms;
    static double hours;
    if (now_ms < next_ms)
        return;
    if (next_ms != 0)
        hours += 1.0;
    next_ms = now_ms + 3600 * 1000;
    (void)ef_app_telemetry_number(app, "factory.hours", hours);
    ef_app_log(app, "alive");
}
