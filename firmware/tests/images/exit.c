#include "espforge/app.h"

#include <stdlib.h>

void ef_app_setup(ef_app *app)
{
    ef_app_log(app, "this is exit");
}

void ef_app_loop(ef_app *app, int64_t now_ms)
{
    (void)app;
    (void)now_ms;
    exit(3);
}
