/* The ways in for provisioning that this build has (SoftAP, Improv over serial and BLE), the button, and the light that says which device it is. */
#ifndef EF_WAY_IN_H
#define EF_WAY_IN_H

#include "sdkconfig.h"

#include "ef_esp_port.h"
#include "espforge/ef_button.h"
#include "espforge/ef_provision.h"

#if CONFIG_ESPFORGE_SOFTAP
#include "ef_softap.h"
#endif
#if CONFIG_ESPFORGE_IMPROV_UART || CONFIG_ESPFORGE_IMPROV_USB
#include "ef_improv_serial.h"
#endif
#if CONFIG_ESPFORGE_IMPROV_BLE
#include "ef_improv_ble.h"
#endif

typedef struct ef_way_in {
    struct ef_agent *agent;
    ef_esp_port *esp;
    ef_provision_port port;
    char name[33]; /* of the SoftAP's network and of the BLE device */
    int64_t now_ms, light_until_ms;
    ef_button button;
#if CONFIG_ESPFORGE_SOFTAP
    ef_softap softap;
#endif
#if CONFIG_ESPFORGE_IMPROV_UART
    ef_improv_serial uart;
#endif
#if CONFIG_ESPFORGE_IMPROV_USB
    ef_improv_serial usb;
#endif
#if CONFIG_ESPFORGE_IMPROV_BLE
    ef_improv_ble ble;
#endif
} ef_way_in;

/* Before ef_agent_init. Fills *config: no port when this build has no way in, or the application makes the network. */
void ef_way_in_init(ef_way_in *way, struct ef_agent *agent, ef_esp_port *esp, const ef_esp_config *esp_config, ef_provision_config *config);
/* After ef_agent_init. */
void ef_way_in_begin(ef_way_in *way, int64_t now_ms);
/* The light blinks for some seconds, when there is one. */
void ef_way_in_identify(ef_way_in *way);
/* After every step of the agent. */
void ef_way_in_step(ef_way_in *way, int64_t now_ms);

#endif
