/* What app.h promises, on top of the agent. */
#include <stdarg.h>
#include <stdio.h>

#include "espforge/ef_app_host.h"

#define LINE_CHARS 200

void ef_app_log(ef_app *app, const char *format, ...)
{
    char line[5 + LINE_CHARS + 1] = "app: ";
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line + 5, sizeof line - 5, format, arguments);
    va_end(arguments);
    for (char *p = line; *p != 0; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            *p = ' '; /* one call, one line */
    app->agent->port->log(app->agent->port->ctx, EF_LOG_INFO, line);
}

ef_status ef_app_telemetry_number(ef_app *app, const char *name, double value)
{
    return ef_agent_telemetry_number(app->agent, name, value);
}

const char *ef_app_version(const ef_app *app)
{
    return app->agent->config.version;
}

ef_status ef_app_add_self_test(ef_app *app, const char *name, ef_status (*test)(void *context), void *context)
{
    return ef_agent_self_test(app->agent, name, test, context);
}

__attribute__((weak)) ef_status ef_app_self_test(ef_app *app)
{
    (void)app;
    return EF_OK;
}

ef_status ef_app_ask_self_test(void *app)
{
    return ef_app_self_test(app);
}
