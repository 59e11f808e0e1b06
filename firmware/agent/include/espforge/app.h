/* What an application is: two functions the agent's program calls, and a few it may call. The same source runs on a chip and as a virtual
 * device. Nothing here may be called from another thread or an interrupt.
 *
 *   #include "espforge/app.h"
 *   void ef_app_setup(ef_app *app) { ef_app_log(app, "hello"); }
 *   void ef_app_loop(ef_app *app, int64_t now_ms) { }
 */
#ifndef ESPFORGE_APP_H
#define ESPFORGE_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ef_app ef_app;
typedef struct ef_json_writer ef_app_members; /* of a JSON object: the result of a command, the application's part of the status */

/* Yours. Called once after the start, before anything else. */
void ef_app_setup(ef_app *app);
/* Yours. Called again and again, about every 50 ms; must return soon. now_ms is monotonic. */
void ef_app_loop(ef_app *app, int64_t now_ms);
/* Yours if you like. Asked after an update, before the new image is confirmed: EF_OK = good, EF_AGAIN = ask again, anything else = return to the
 * old image. Without one every image is good. */
ef_status ef_app_self_test(ef_app *app);

/* Yours if you like. A command asks which device this is: blink, beep. */
void ef_app_identify(ef_app *app);
/* Yours if you like. Members for the device's status, which is sent after connecting, at every change, and as heartbeat; the last one is retained. */
void ef_app_status(ef_app *app, ef_app_members *out);

/* One line of at most 200 characters in the device's log. */
void ef_app_log(ef_app *app, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* The value goes into every telemetry sample from now on, until it is set again. Names are 1-32 of A-Z a-z 0-9 _ . - ; at most 16 of them.
 * EF_BAD_ARGUMENT for another name or a number that is not finite, EF_TOO_LARGE for a seventeenth name. */
ef_status ef_app_telemetry_number(ef_app *app, const char *name, double value);

/* A command of yours, already proven to come from the host: its signature fits, it is in time, and it was not obeyed before. `params` is its JSON
 * text, empty when there is none; what is put into `result` goes back. EF_OK = done; anything else = failed, and is told as the code. Must return
 * soon. */
typedef ef_status (*ef_app_command)(ef_app *app, const char *params, ef_app_members *result);
/* In setup. `action`: 1-64 of a-z 0-9 - _ . ; at most 8 of them; must stay valid. EF_BAD_ARGUMENT for another name or one that is taken,
 * EF_TOO_LARGE for a ninth. */
ef_status ef_app_on_command(ef_app *app, const char *action, ef_app_command run);
/* A member of params: EF_NOT_FOUND when absent, EF_MALFORMED when it is of another kind. */
ef_status ef_app_param_text(const char *params, const char *name, char *out, size_t cap);
ef_status ef_app_param_int(const char *params, const char *name, int64_t *out);
ef_status ef_app_param_bool(const char *params, const char *name, bool *out);
void ef_app_put_text(ef_app_members *out, const char *name, const char *value);
void ef_app_put_number(ef_app_members *out, const char *name, double value);
void ef_app_put_bool(ef_app_members *out, const char *name, bool value);
/* What ef_app_status says has changed: it is sent soon. */
void ef_app_status_changed(ef_app *app);

/* Four records of at most 512 bytes that survive restarts and updates. A store is all or nothing; len 0 removes. Flash wears: store what changed, when
 * it changed. EF_NOT_FOUND when nothing was stored, EF_TOO_LARGE past a limit, EF_FLASH_FAILED. */
#define EF_APP_SLOTS 4
#define EF_APP_SLOT_BYTES 512u
ef_status ef_app_store(ef_app *app, int slot, const void *data, size_t len);
ef_status ef_app_load(ef_app *app, int slot, void *out, size_t cap, size_t *len);

/* UTC in ms, 0 while the host has not said it since the start. */
int64_t ef_app_utc_ms(const ef_app *app);
/* The version of the running image, such as "1.2.0". */
const char *ef_app_version(const ef_app *app);

#ifdef __cplusplus
}
#endif

#endif
