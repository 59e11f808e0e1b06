/* Asks the bootloader for a deep sleep, and says why it was started. */
#include "espforge/app.h"

#include <stdlib.h>

void ef_app_setup(ef_app *app)
{
    ef_app_log(app, "this is sleep");
}

void ef_app_loop(ef_app *app, int64_t now_ms)
{
    (void)app;
    (void)now_ms;
    exit(86);
}
