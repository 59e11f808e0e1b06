/* The pins of a virtual device: levels in memory. */
#ifndef EF_GPIO_MEMORY_H
#define EF_GPIO_MEMORY_H

#include <stdint.h>

/* Logs the outputs that changed since the last call, at most once in five seconds for each pin. */
void ef_gpio_memory_report(int64_t now_ms);

#endif
