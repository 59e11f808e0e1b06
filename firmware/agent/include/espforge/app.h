/* What an application is: two functions the agent's program calls, and a few it may call. The same source runs on a chip and as a virtual
 * device. Nothing here may be called from another thread or an interrupt.
 *
 *   #include "espforge/app.h"
 *   void ef_app_setup(ef_app *app) { ef_app_log(app, "hello"); }
 *   void ef_app_loop(ef_app *app, int64_t now_ms) { }
 */
#ifndef ESPFORGE_APP_H
#define ESPFORGE_APP_H

#include <stdint.h>

#include "espforge/ef_status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ef_app ef_app;

/* Yours. Called once after the start, before anything else. */
void ef_app_setup(ef_app *app);
/* Yours. Called again and again, about every 50 ms; must return soon. now_ms is monotonic. */
void ef_app_loop(ef_app *app, int64_t now_ms);
/* Yours if you like. Asked after an update, before the new image is confirmed: EF_OK = good, EF_AGAIN = ask again, anything else = return to the
 * old image. Without one every image is good. */
ef_status ef_app_self_test(ef_app *app);
/* One more such test, called from ef_app_setup: up to seven, each under a name (1-16 of a-z 0-9 -, not copied) that the report of a return says.
 * EF_BAD_ARGUMENT for another name, EF_TOO_LARGE for one too many. */
ef_status ef_app_add_self_test(ef_app *app, const char *name, ef_status (*test)(void *context), void *context);

/* One line of at most 200 characters in the device's log. */
void ef_app_log(ef_app *app, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* The value goes into every telemetry sample from now on, until it is set again. Names are 1-32 of A-Z a-z 0-9 _ . - ; at most 16 of them.
 * EF_BAD_ARGUMENT for another name or a number that is not finite, EF_TOO_LARGE for a seventeenth name. */
ef_status ef_app_telemetry_number(ef_app *app, const char *name, double value);
/* The version of the running image, such as "1.2.0". */
const char *ef_app_version(const ef_app *app);

#ifdef __cplusplus
}
#endif

#endif
