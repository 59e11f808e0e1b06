/* What a sensor measures, however it does: measure_room.c is a room that is computed (a virtual device has no sensors), measure_esp.c asks the
 * chip. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "espforge/ef_status.h"

typedef struct reading {
    double temperature_c;
    double humidity_percent; /* < 0: not measured */
    double supply_v;         /* < 0: not measured */
} reading;

/* Once, before the first measurement. */
ef_status measure_begin(void);
/* now_ms is monotonic. EF_AGAIN: nothing new yet. */
ef_status measure(int64_t now_ms, reading *out);

#endif
