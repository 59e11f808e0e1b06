#include "ef_gpio_memory.h"

#include <stdio.h>

#include "espforge/gpio.h"

#define GPIO_COUNT 64
#define REPORT_MS 5000

/* The pins of a machine exist once, so this state does too. */
static struct pin {
    ef_gpio_direction direction;
    bool high;
    uint32_t changes; /* since the last line about it */
    int64_t next_ms;
} pins[GPIO_COUNT];

static struct pin *pin_of(int gpio)
{
    return gpio >= 0 && gpio < GPIO_COUNT ? &pins[gpio] : NULL;
}

ef_status ef_gpio_mode(int gpio, ef_gpio_direction direction)
{
    struct pin *pin = pin_of(gpio);
    if (pin == NULL || (unsigned)direction > EF_GPIO_OUTPUT_OPEN_DRAIN)
        return EF_BAD_ARGUMENT;
    pin->direction = direction;
    if (direction == EF_GPIO_INPUT_PULL_UP || direction == EF_GPIO_INPUT_PULL_DOWN)
        pin->high = direction == EF_GPIO_INPUT_PULL_UP;
    return EF_OK;
}

ef_status ef_gpio_write(int gpio, bool high)
{
    struct pin *pin = pin_of(gpio);
    if (pin == NULL || (pin->direction != EF_GPIO_OUTPUT && pin->direction != EF_GPIO_OUTPUT_OPEN_DRAIN))
        return EF_BAD_ARGUMENT;
    if (pin->high != high)
        pin->changes++;
    pin->high = high;
    return EF_OK;
}

bool ef_gpio_read(int gpio)
{
    const struct pin *pin = pin_of(gpio);
    return pin != NULL && pin->high;
}

void ef_gpio_memory_report(int64_t now_ms)
{
    for (int i = 0; i < GPIO_COUNT; i++) {
        struct pin *pin = &pins[i];
        if (pin->changes == 0 || now_ms < pin->next_ms)
            continue;
        if (pin->changes == 1)
            (void)printf("I gpio: %d %s\n", i, pin->high ? "high" : "low");
        else
            (void)printf("I gpio: %d %s after %u changes\n", i, pin->high ? "high" : "low", (unsigned)pin->changes);
        pin->changes = 0;
        pin->next_ms = now_ms + REPORT_MS;
        (void)fflush(stdout);
    }
}
