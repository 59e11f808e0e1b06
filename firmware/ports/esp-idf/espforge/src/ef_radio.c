#include "ef_radio.h"

#include <stdio.h>
#include <string.h>

#include "esp_event.h"
#include "esp_log.h"

#define CLIENTS_MAX 4

static const char tag[] = "espforge";

static ef_network judge(uint8_t reason)
{
    switch (reason) {
    case WIFI_REASON_AUTH_FAIL:
    case WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT:
    case WIFI_REASON_HANDSHAKE_TIMEOUT:
    case WIFI_REASON_MIC_FAILURE:
    case WIFI_REASON_AUTH_EXPIRE: /* what a WPA3 network answers to a wrong password */
        return EF_NETWORK_REFUSED;
    case WIFI_REASON_NO_AP_FOUND:
    case WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY:
    case WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD:
    case WIFI_REASON_NO_AP_FOUND_IN_RSSI_THRESHOLD:
        return EF_NETWORK_ABSENT;
    default:
        return EF_NETWORK_NONE;
    }
}

static void disconnected(ef_radio *r, uint8_t reason)
{
    if (!atomic_load(&r->wanted) || reason == WIFI_REASON_ASSOC_LEAVE) /* we left it ourselves */
        return;
    if (atomic_load(&r->network) == EF_NETWORK_UP)
        atomic_store(&r->tries, 0);
    if (atomic_fetch_add(&r->tries, 1) + 1 < EF_RADIO_TRIES) {
        atomic_store(&r->network, EF_NETWORK_JOINING);
        (void)esp_wifi_connect();
        return;
    }
    atomic_store(&r->wanted, false);
    atomic_store(&r->network, judge(reason));
    ESP_LOGW(tag, "Wi-Fi: not joined, reason %u", (unsigned)reason);
}

static void scanned(ef_radio *r)
{
    (void)xSemaphoreTake(r->heard_lock, portMAX_DELAY);
    r->heard_count = EF_RADIO_HEARD_MAX;
    if (esp_wifi_scan_get_ap_records(&r->heard_count, r->heard) != ESP_OK) /* the strongest first; frees what does not fit */
        r->heard_count = 0;
    r->has_scanned = true;
    (void)xSemaphoreGive(r->heard_lock);
    atomic_store(&r->is_scanning, false);
}

static void on_event(void *ctx, esp_event_base_t base, int32_t id, void *data)
{
    ef_radio *r = ctx;
    if (base == WIFI_EVENT && id == WIFI_EVENT_STA_DISCONNECTED)
        disconnected(r, ((const wifi_event_sta_disconnected_t *)data)->reason);
    else if (base == WIFI_EVENT && id == WIFI_EVENT_SCAN_DONE)
        scanned(r);
    else if (base == IP_EVENT && id == IP_EVENT_STA_GOT_IP && atomic_load(&r->wanted))
        atomic_store(&r->network, EF_NETWORK_UP);
    else if (base == IP_EVENT && id == IP_EVENT_STA_LOST_IP && atomic_load(&r->network) == EF_NETWORK_UP)
        atomic_store(&r->network, EF_NETWORK_JOINING);
}

esp_err_t ef_radio_open(ef_radio *r)
{
    memset(r, 0, sizeof *r);
    r->heard_lock = xSemaphoreCreateMutex();
    if (r->heard_lock == NULL)
        return ESP_ERR_NO_MEM;
    esp_err_t error = esp_netif_init();
    if (error == ESP_OK)
        error = esp_event_loop_create_default();
    if (error != ESP_OK && error != ESP_ERR_INVALID_STATE) /* the application has made one: good */
        return error;
    r->station = esp_netif_create_default_wifi_sta();
    if (r->station == NULL)
        return ESP_ERR_NO_MEM;
    const wifi_init_config_t config = WIFI_INIT_CONFIG_DEFAULT();
    error = esp_wifi_init(&config);
    if (error == ESP_OK)
        error = esp_wifi_set_storage(WIFI_STORAGE_RAM);
    if (error == ESP_OK)
        error = esp_event_handler_instance_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_event, r, NULL);
    if (error == ESP_OK)
        error = esp_event_handler_instance_register(IP_EVENT, ESP_EVENT_ANY_ID, on_event, r, NULL);
    if (error == ESP_OK)
        error = esp_wifi_set_mode(WIFI_MODE_STA);
    return error == ESP_OK ? esp_wifi_start() : error;
}

ef_status ef_radio_join(ef_radio *r, const char *ssid, const char *password)
{
    wifi_config_t config = {0};
    size_t ssid_len = strlen(ssid), password_len = password == NULL ? 0 : strlen(password);
    if (ssid_len == 0 || ssid_len > sizeof config.sta.ssid || password_len > sizeof config.sta.password)
        return EF_BAD_ARGUMENT;
    memcpy(config.sta.ssid, ssid, ssid_len);
    if (password_len > 0)
        memcpy(config.sta.password, password, password_len);
    config.sta.threshold.authmode = password_len > 0 ? WIFI_AUTH_WPA_PSK : WIFI_AUTH_OPEN; /* one given a password is never joined open */
    config.sta.sae_pwe_h2e = WPA3_SAE_PWE_BOTH;
    config.sta.pmf_cfg.capable = true;
    config.sta.scan_method = WIFI_ALL_CHANNEL_SCAN; /* the strongest of several access points */
    config.sta.sort_method = WIFI_CONNECT_AP_BY_SIGNAL;

    atomic_store(&r->wanted, false);
    (void)esp_wifi_scan_stop();
    (void)esp_wifi_disconnect();
    esp_err_t error = esp_wifi_set_config(WIFI_IF_STA, &config);
    memset(&config, 0, sizeof config);
    atomic_store(&r->tries, 0);
    atomic_store(&r->network, EF_NETWORK_JOINING);
    atomic_store(&r->wanted, true);
    if (error == ESP_OK)
        error = esp_wifi_connect();
    if (error == ESP_OK)
        return EF_OK;
    atomic_store(&r->wanted, false);
    atomic_store(&r->network, EF_NETWORK_NONE);
    ESP_LOGE(tag, "Wi-Fi: %s", esp_err_to_name(error));
    return EF_NETWORK;
}

ef_status ef_radio_leave(ef_radio *r)
{
    atomic_store(&r->wanted, false);
    atomic_store(&r->network, EF_NETWORK_NONE);
    return esp_wifi_disconnect() == ESP_OK ? EF_OK : EF_NETWORK;
}

void ef_radio_facts(ef_radio *r, ef_facts *out)
{
    wifi_ap_record_t ap;
    out->network = (ef_network)atomic_load(&r->network);
    out->has_rssi = out->network == EF_NETWORK_UP && esp_wifi_sta_get_ap_info(&ap) == ESP_OK;
    out->rssi_dbm = out->has_rssi ? ap.rssi : 0;
}

ef_status ef_radio_offer(ef_radio *r, const char *ssid, const char *portal_url)
{
    wifi_config_t config = {.ap = {.authmode = WIFI_AUTH_OPEN, .max_connection = CLIENTS_MAX, .channel = 1}};
    size_t len = strlen(ssid);
    if (len == 0 || len > sizeof config.ap.ssid)
        return EF_BAD_ARGUMENT;
    memcpy(config.ap.ssid, ssid, len);
    config.ap.ssid_len = (uint8_t)len;
    if (r->access_point == NULL)
        r->access_point = esp_netif_create_default_wifi_ap();
    if (r->access_point == NULL)
        return EF_NETWORK;
    /* The option can be set only while the server is stopped; without it clients still find the portal by their probes. */
    (void)esp_netif_dhcps_stop(r->access_point);
    (void)esp_netif_dhcps_option(r->access_point, ESP_NETIF_OP_SET, ESP_NETIF_CAPTIVEPORTAL_URI, (void *)(uintptr_t)portal_url,
                                 (uint32_t)strlen(portal_url));
    (void)esp_netif_dhcps_start(r->access_point);
    bool ok = esp_wifi_set_mode(WIFI_MODE_APSTA) == ESP_OK && esp_wifi_set_config(WIFI_IF_AP, &config) == ESP_OK;
    return ok ? EF_OK : EF_NETWORK;
}

void ef_radio_withdraw(ef_radio *r)
{
    (void)r;
    (void)esp_wifi_set_mode(WIFI_MODE_STA);
}

ef_status ef_radio_scan(ef_radio *r)
{
    const wifi_scan_config_t config = {.show_hidden = false};
    if (atomic_exchange(&r->is_scanning, true))
        return EF_OK;
    if (esp_wifi_scan_start(&config, false) == ESP_OK)
        return EF_OK;
    atomic_store(&r->is_scanning, false); /* not while the station is joining */
    return EF_AGAIN;
}

ef_status ef_radio_heard(ef_radio *r, size_t index, wifi_ap_record_t *out)
{
    if (xSemaphoreTake(r->heard_lock, 0) != pdTRUE)
        return EF_AGAIN;
    ef_status status = !r->has_scanned ? EF_AGAIN : index < r->heard_count ? EF_OK : EF_END;
    if (status == EF_OK)
        *out = r->heard[index];
    (void)xSemaphoreGive(r->heard_lock);
    return status;
}
