/* gpio.h on the chip's pins. */
#include "espforge/gpio.h"

#include <stdint.h>

#include "driver/gpio.h"

/* The pins of a chip exist once, so this does too. */
static uint64_t outputs;

ef_status ef_gpio_mode(int gpio, ef_gpio_direction direction)
{
    if (gpio < 0 || gpio >= 64 || !GPIO_IS_VALID_GPIO(gpio))
        return EF_BAD_ARGUMENT;
    bool is_output = direction == EF_GPIO_OUTPUT || direction == EF_GPIO_OUTPUT_OPEN_DRAIN;
    if ((unsigned)direction > EF_GPIO_OUTPUT_OPEN_DRAIN || (is_output && !GPIO_IS_VALID_OUTPUT_GPIO(gpio)))
        return EF_BAD_ARGUMENT;
    const gpio_config_t config = {
        .pin_bit_mask = UINT64_C(1) << gpio,
        /* Outputs read back what is on the wire. */
        .mode = direction == EF_GPIO_OUTPUT              ? GPIO_MODE_INPUT_OUTPUT
                : direction == EF_GPIO_OUTPUT_OPEN_DRAIN ? GPIO_MODE_INPUT_OUTPUT_OD
                                                         : GPIO_MODE_INPUT,
        .pull_up_en = direction == EF_GPIO_INPUT_PULL_UP ? GPIO_PULLUP_ENABLE : GPIO_PULLUP_DISABLE,
        .pull_down_en = direction == EF_GPIO_INPUT_PULL_DOWN ? GPIO_PULLDOWN_ENABLE : GPIO_PULLDOWN_DISABLE,
        .intr_type = GPIO_INTR_DISABLE,
    };
    if (gpio_config(&config) != ESP_OK)
        return EF_BAD_ARGUMENT;
    outputs = is_output ? outputs | UINT64_C(1) << gpio : outputs & ~(UINT64_C(1) << gpio);
    return EF_OK;
}

ef_status ef_gpio_write(int gpio, bool high)
{
    if (gpio < 0 || gpio >= 64 || (outputs >> gpio & 1) == 0)
        return EF_BAD_ARGUMENT;
    return gpio_set_level((gpio_num_t)gpio, high) == ESP_OK ? EF_OK : EF_BAD_ARGUMENT;
}

bool ef_gpio_read(int gpio)
{
    return gpio >= 0 && gpio < 64 && GPIO_IS_VALID_GPIO(gpio) && gpio_get_level((gpio_num_t)gpio) != 0;
}
