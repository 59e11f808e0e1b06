/* What app.h promises, on top of the agent. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
    ef_agent_log(app->agent, EF_LOG_INFO, line);
}

ef_status ef_app_telemetry_number(ef_app *app, const char *name, double value)
{
    return ef_agent_telemetry_number(app->agent, name, value);
}

static ef_status run_command(void *ctx, const char *params, ef_json_writer *result)
{
    const ef_app_command_entry *entry = ctx;
    return entry->run(entry->app, params, result);
}

ef_status ef_app_on_command(ef_app *app, const char *action, ef_app_command run)
{
    if (run == NULL)
        return EF_BAD_ARGUMENT;
    if (app->command_count == EF_ACTIONS)
        return EF_TOO_LARGE;
    ef_app_command_entry *entry = &app->commands[app->command_count];
    *entry = (ef_app_command_entry){.app = app, .run = run};
    ef_status status = ef_agent_action(app->agent, action, run_command, entry);
    if (status == EF_OK)
        app->command_count++;
    return status;
}

static ef_status param(const char *params, const char *name, ef_json *value)
{
    ef_json json;
    ef_status status = ef_json_open(&json, params, strlen(params));
    return status == EF_OK ? ef_json_member(&json, name, value) : status;
}

ef_status ef_app_param_text(const char *params, const char *name, char *out, size_t cap)
{
    ef_json value;
    ef_status status = param(params, name, &value);
    return status == EF_OK ? ef_json_string(&value, out, cap) : status;
}

ef_status ef_app_param_int(const char *params, const char *name, int64_t *out)
{
    ef_json value;
    ef_status status = param(params, name, &value);
    return status == EF_OK ? ef_json_int(&value, out) : status;
}

ef_status ef_app_param_bool(const char *params, const char *name, bool *out)
{
    ef_json value;
    ef_status status = param(params, name, &value);
    if (status != EF_OK)
        return status;
    *out = value.len == 4 && memcmp(value.text, "true", 4) == 0;
    return *out || (value.len == 5 && memcmp(value.text, "false", 5) == 0) ? EF_OK : EF_MALFORMED;
}

void ef_app_put_text(ef_app_members *out, const char *name, const char *value)
{
    ef_json_put_string(out, name, value);
}

void ef_app_put_number(ef_app_members *out, const char *name, double value)
{
    ef_json_put_number(out, name, value);
}

void ef_app_put_bool(ef_app_members *out, const char *name, bool value)
{
    ef_json_put_bool(out, name, value);
}

void ef_app_status_changed(ef_app *app)
{
    ef_agent_status_changed(app->agent);
}

static bool storage_key(int slot, char key[8])
{
    if (slot < 0 || slot >= EF_APP_SLOTS)
        return false;
    memcpy(key, "app0", 5);
    key[3] = (char)('0' + slot);
    return true;
}

ef_status ef_app_store(ef_app *app, int slot, const void *data, size_t len)
{
    char key[8];
    if (!storage_key(slot, key))
        return EF_BAD_ARGUMENT;
    return len > EF_APP_SLOT_BYTES ? EF_TOO_LARGE : app->agent->port->kv_set(app->agent->port->ctx, key, data, len);
}

ef_status ef_app_load(ef_app *app, int slot, void *out, size_t cap, size_t *len)
{
    char key[8];
    *len = 0;
    return storage_key(slot, key) ? app->agent->port->kv_get(app->agent->port->ctx, key, out, cap, len) : EF_BAD_ARGUMENT;
}

int64_t ef_app_utc_ms(const ef_app *app)
{
    return app->agent->clock.base_utc_ms == 0 ? 0 : ef_agent_utc_ms(app->agent);
}

const char *ef_app_version(const ef_app *app)
{
    return app->agent->config.version;
}

__attribute__((weak)) ef_status ef_app_self_test(ef_app *app)
{
    (void)app;
    return EF_OK;
}

__attribute__((weak)) void ef_app_identify(ef_app *app)
{
    ef_app_log(app, "this is the device");
}

__attribute__((weak)) void ef_app_status(ef_app *app, ef_app_members *out)
{
    (void)app, (void)out;
}

void ef_app_ask_identify(void *app)
{
    ef_app_identify(app);
}

void ef_app_ask_status(void *app, ef_json_writer *out)
{
    ef_app_status(app, out);
}

ef_status ef_app_ask_self_test(void *app)
{
    return ef_app_self_test(app);
}
