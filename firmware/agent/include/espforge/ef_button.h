/* The button of a device that has one: a short press opens provisioning, ten seconds reset the device. Pure: level and time come in. */
#ifndef EF_BUTTON_H
#define EF_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

#define EF_BUTTON_BOUNCE_MS 40
#define EF_BUTTON_WARN_MS 2000
#define EF_BUTTON_RESET_MS 10000
#define EF_BUTTON_GAP_MS 1000 /* longest time between two steps in which the button counts as held */

typedef enum ef_button_event {
    EF_BUTTON_NONE,
    EF_BUTTON_SHORT,     /* let go before 2 s: ef_provision_open and ef_provision_authorize */
    EF_BUTTON_WARN,      /* held for 2 s: show that going on resets the device */
    EF_BUTTON_CANCELLED, /* let go between 2 s and 10 s */
    EF_BUTTON_RESET      /* held for 10 s: ef_factory_reset */
} ef_button_event;

typedef struct ef_button {
    bool armed;  /* it was seen released since the start: one that is stuck, or held from before, resets nothing */
    bool level;  /* after bouncing */
    bool raw;
    bool has_warned, has_reset;
    int64_t raw_ms;     /* since when raw is as it is */
    int64_t pressed_ms; /* since when level is pressed */
    int64_t last_ms;
} ef_button;

void ef_button_init(ef_button *button, int64_t now_ms);
/* Call every few ms, at least every EF_BUTTON_GAP_MS. */
ef_button_event ef_button_step(ef_button *button, bool pressed, int64_t now_ms);

#endif
