/* A model of a room in place of a part, so that the project runs on a virtual device: the temperature swings by three degrees in ten minutes and the
 * humidity goes the other way. Replace climate_read by the driver of your sensor. */
#include "climate.h"

#include <math.h>

static const double TWO_PI = 6.283185307179586;
static const double PERIOD_MS = 600000.0;

void climate_begin(climate *sensor)
{
    sensor->celsius = 22.0;
    sensor->humidity_percent = 45.0;
    sensor->readings = 0;
}

void climate_read(climate *sensor, int64_t now_ms)
{
    const double swing = sin(TWO_PI * fmod((double)now_ms, PERIOD_MS) / PERIOD_MS);
    sensor->celsius = 24.0 + 3.0 * swing;
    sensor->humidity_percent = 45.0 - 8.0 * swing;
    sensor->readings++;
}

bool climate_is_plausible(const climate *sensor)
{
    return sensor->celsius > -40.0 && sensor->celsius < 85.0 && sensor->humidity_percent >= 0.0 && sensor->humidity_percent <= 100.0;
}
