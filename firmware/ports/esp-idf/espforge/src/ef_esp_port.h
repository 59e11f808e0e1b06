/* The twelve port functions on ESP-IDF. */
#ifndef EF_ESP_PORT_H
#define EF_ESP_PORT_H

#include "sdkconfig.h"

#include "ef_fetch.h"
#include "ef_mail.h"
#include "ef_nvs.h"
#include "ef_silicon.h"
#include "ef_slot.h"
#include "espforge/ef_esp.h"

#if CONFIG_ESPFORGE_WIFI
#include "ef_radio.h"
#endif

typedef struct ef_esp_port {
    const ef_esp_config *config;
    char server_url[256]; /* without a '/' at its end */
    ef_nvs nvs;
    ef_slots slots;
    ef_hardware hardware;
    ef_fetch control, download;
    ef_mail mail;
#if CONFIG_ESPFORGE_WIFI
    ef_radio radio;
#endif
    bool restart_wanted;
    uint32_t sleep_ms; /* > 0: wanted */
} ef_esp_port;

/* Opens everything below the port and fills *port. */
esp_err_t ef_esp_port_open(ef_esp_port *esp, ef_port *port, const ef_esp_config *config);

#endif
