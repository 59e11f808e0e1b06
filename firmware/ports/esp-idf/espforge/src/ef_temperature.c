#include "espforge/ef_esp.h"

#include "soc/soc_caps.h"

#if SOC_TEMP_SENSOR_SUPPORTED

#include "driver/temperature_sensor.h"

static temperature_sensor_handle_t sensor; /* the chip has one */

ef_status ef_esp_temperature(float *celsius)
{
    if (sensor == NULL) {
        const temperature_sensor_config_t config = TEMPERATURE_SENSOR_CONFIG_DEFAULT(-10, 80);
        if (temperature_sensor_install(&config, &sensor) != ESP_OK)
            return EF_NOT_FOUND;
        (void)temperature_sensor_enable(sensor);
    }
    return temperature_sensor_get_celsius(sensor, celsius) == ESP_OK ? EF_OK : EF_NOT_FOUND;
}

#else

ef_status ef_esp_temperature(float *celsius)
{
    *celsius = 0.0f;
    return EF_NOT_FOUND;
}

#endif
