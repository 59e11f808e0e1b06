/* EspForge on an ESP32: the agent, its port to ESP-IDF and the application in one task.
 *
 *   void app_main(void)
 *   {
 *       ef_esp_config config;
 *       ef_esp_config_default(&config);        // what menuconfig says
 *       ESP_ERROR_CHECK(ef_esp_start(&config)); // calls ef_app_setup, then ef_app_loop for ever
 *   }
 *
 * The application is app.h and gpio.h, the same source as on a virtual device. */
#ifndef EF_ESP_H
#define EF_ESP_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"

#include "espforge/ef_port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Texts and functions must outlive the device's run. */
typedef struct ef_esp_config {
    const char *server_url;  /* https://host[:port]; http only where no secret is at stake */
    const char *product;     /* 1-63 of a-z 0-9 - _ . */
    const char *board;       /* NULL: none */
    const char *hardware_id; /* NULL: the base MAC address, AA:BB:CC:DD:EE:FF */
    const char *version;     /* NULL: the one in the image's application description (PROJECT_VER) */

    const char *ca_pem;      /* certificates to trust instead of ESP-IDF's bundle; NULL: the bundle */
    const uint8_t *pin_sha256; /* 32 bytes: SHA-256 of the server's SubjectPublicKeyInfo, asked for on top; NULL: none */

    uint32_t poll_ms;
    uint32_t telemetry_ms; /* 0: none */
    uint32_t soak_ms;
    uint32_t confirm_timeout_ms;
    uint32_t heartbeat_ms;    /* between two statuses over MQTT or WebSocket */
    uint32_t telemetry_batch; /* samples sent at once */
    uint32_t sleep_ms;        /* deep sleep between two wakes; 0: none */

    /* A device whose network this component does not make (Ethernet, Thread; every ESP32-H2): says how it is, EF_NETWORK_UP once there is an
     * address. NULL with Wi-Fi compiled in: Wi-Fi; NULL without it: always EF_NETWORK_UP. */
    ef_network (*network)(void *ctx);
    void *network_ctx;
} ef_esp_config;

/* What menuconfig says (component "EspForge"). */
void ef_esp_config_default(ef_esp_config *config);

/* Starts the agent and the application in a task of their own and returns. Errors: ESP_ERR_INVALID_ARG (a setting), ESP_ERR_NOT_SUPPORTED (the
 * partition table has not ota_0 and ota_1, or another slot runs), ESP_ERR_NO_MEM, what NVS or the radio answers. An image that cannot start while it
 * is pending verification is left for the old one, and this does not return. */
esp_err_t ef_esp_start(const ef_esp_config *config);

/* The chip's temperature, for telemetry. EF_NOT_FOUND on the ESP32, which has no usable sensor. */
ef_status ef_esp_temperature(float *celsius);

#ifdef __cplusplus
}
#endif

#endif
