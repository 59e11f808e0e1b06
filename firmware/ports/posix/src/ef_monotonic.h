/* Milliseconds of the monotonic clock. */
#ifndef EF_MONOTONIC_H
#define EF_MONOTONIC_H

#include <stdint.h>

int64_t ef_monotonic_ms(void);

#endif
