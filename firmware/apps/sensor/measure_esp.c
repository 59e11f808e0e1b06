/* The chip's own temperature sensor, where it has one. A board with a better sensor measures here. */
#include "measure.h"

#include "soc/soc_caps.h"

#if SOC_TEMP_SENSOR_SUPPORTED

#include "driver/temperature_sensor.h"

enum { EVERY_MS = 1000 };

static temperature_sensor_handle_t sensor;
static int64_t next_ms;

ef_status measure_begin(void)
{
    temperature_sensor_config_t config = TEMPERATURE_SENSOR_CONFIG_DEFAULT(-10, 80);
    if (temperature_sensor_install(&config, &sensor) != ESP_OK || temperature_sensor_enable(sensor) != ESP_OK)
        return EF_NOT_FOUND;
    return EF_OK;
}

ef_status measure(int64_t now_ms, reading *out)
{
    float celsius = 0;
    if (now_ms < next_ms)
        return EF_AGAIN;
    next_ms = now_ms + EVERY_MS;
    if (sensor == NULL || temperature_sensor_get_celsius(sensor, &celsius) != ESP_OK)
        return EF_NOT_FOUND;
    *out = (reading){.temperature_c = (double)celsius, .humidity_percent = -1, .supply_v = -1};
    return EF_OK;
}

#else

ef_status measure_begin(void)
{
    return EF_NOT_FOUND;
}

ef_status measure(int64_t now_ms, reading *out)
{
    (void)now_ms, (void)out;
    return EF_AGAIN;
}

#endif
