/* The Wi-Fi radio: joins the network it is told, and says how that goes. It stores no credential. Events come in the event loop's task; what they say
 * is kept in atomics, and the agent's task reads it. */
#ifndef EF_RADIO_H
#define EF_RADIO_H

#include <stdatomic.h>

#include "esp_err.h"
#include "esp_netif.h"
#include "esp_wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"

#include "espforge/ef_port.h"

#define EF_RADIO_TRIES 3u    /* a single refusal may be a lost frame */
#define EF_RADIO_HEARD_MAX 24u

typedef struct ef_radio {
    esp_netif_t *station, *access_point; /* access_point: NULL until a SoftAP was first wanted */
    atomic_int network;                  /* ef_network */
    atomic_uint tries;
    atomic_bool wanted;                  /* there is a network to be on */
    SemaphoreHandle_t heard_lock;
    wifi_ap_record_t heard[EF_RADIO_HEARD_MAX]; /* under heard_lock */
    uint16_t heard_count;
    bool has_scanned;
    atomic_bool is_scanning;
} ef_radio;

esp_err_t ef_radio_open(ef_radio *radio);
ef_status ef_radio_join(ef_radio *radio, const char *ssid, const char *password);
ef_status ef_radio_leave(ef_radio *radio);
void ef_radio_facts(ef_radio *radio, ef_facts *out);
/* An open network of the device's own beside the station, with a DHCP server that names `portal_url` as the captive portal (RFC 8910). */
ef_status ef_radio_offer(ef_radio *radio, const char *ssid, const char *portal_url);
void ef_radio_withdraw(ef_radio *radio);
ef_status ef_radio_scan(ef_radio *radio);
/* Network `index` of the last scan, the strongest first. EF_END past the last, EF_AGAIN while there is no result. */
ef_status ef_radio_heard(ef_radio *radio, size_t index, wifi_ap_record_t *out);

#endif
