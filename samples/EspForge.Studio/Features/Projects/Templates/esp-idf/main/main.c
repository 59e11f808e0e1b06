/* Starts the agent with what menuconfig says (component "EspForge": the server's address, the product). The application is in app.c. */
#include "esp_err.h"

#include "espforge/ef_esp.h"

void app_main(void)
{
    ef_esp_config config;
    ef_esp_config_default(&config);
    ESP_ERROR_CHECK(ef_esp_start(&config));
}
