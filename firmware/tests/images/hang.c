#include "espforge/app.h"

void ef_app_setup(ef_app *app)
{
    ef_app_log(app, "this is hang");
}

void ef_app_loop(ef_app *app, int64_t now_ms)
{
    (void)app;
    (void)now_ms;
    for (volatile unsigned i = 0;;)
        i++;
}
