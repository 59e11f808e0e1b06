/* Pins for applications. On a chip these are the chip's pins; a virtual device keeps the levels in memory and logs changes. */
#ifndef ESPFORGE_GPIO_H
#define ESPFORGE_GPIO_H

#include <stdbool.h>

#include "espforge/ef_status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ef_gpio_direction {
    EF_GPIO_INPUT,
    EF_GPIO_INPUT_PULL_UP,
    EF_GPIO_INPUT_PULL_DOWN,
    EF_GPIO_OUTPUT,
    EF_GPIO_OUTPUT_OPEN_DRAIN
} ef_gpio_direction;

/* gpio: 0-63. EF_BAD_ARGUMENT outside of it, or when the chip has no such pin. */
ef_status ef_gpio_mode(int gpio, ef_gpio_direction direction);
/* EF_BAD_ARGUMENT when the pin is no output. */
ef_status ef_gpio_write(int gpio, bool high);
/* The level; false for a pin that does not exist. */
bool ef_gpio_read(int gpio);

#ifdef __cplusplus
}
#endif

#endif
