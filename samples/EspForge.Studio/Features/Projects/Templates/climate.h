/* A climate sensor: what the application knows of it, whatever part is soldered on. */
#ifndef CLIMATE_H
#define CLIMATE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct climate {
    double celsius;
    double humidity_percent;
    uint32_t readings;
} climate;

void climate_begin(climate *sensor);
void climate_read(climate *sensor, int64_t now_ms);
/* Whether the values can be true: what the self-test asks after an update. */
bool climate_is_plausible(const climate *sensor);

#endif
