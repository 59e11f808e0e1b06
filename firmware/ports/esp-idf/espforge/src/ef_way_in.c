#include "ef_way_in.h"

#include <stdio.h>
#include <string.h>

#include "esp_log.h"
#include "esp_mac.h"

#include "espforge/ef_agent.h"
#include "espforge/ef_reset.h"
#include "espforge/gpio.h"

#define LIGHT_MS 5000
#define LIGHT_PERIOD_MS 250

static const char tag[] = "espforge";

#if CONFIG_ESPFORGE_WIFI

static ef_status open_ways(void *ctx)
{
    ef_way_in *way = ctx;
    ef_status status = EF_OK;
#if CONFIG_ESPFORGE_SOFTAP
    status = ef_softap_open(&way->softap, way->name);
#endif
#if CONFIG_ESPFORGE_IMPROV_BLE
    ef_status ble = ef_improv_ble_open(&way->ble, way->agent, way->name);
    status = ble == EF_OK ? ble : status; /* one of the two is enough */
#endif
    (void)way;
    return status;
}

static void close_ways(void *ctx)
{
    ef_way_in *way = ctx;
#if CONFIG_ESPFORGE_SOFTAP
    ef_softap_close(&way->softap);
#endif
#if CONFIG_ESPFORGE_IMPROV_BLE
    ef_improv_ble_close(&way->ble);
#endif
    (void)way;
}

static ef_status scan(void *ctx)
{
    return ef_radio_scan(&((ef_way_in *)ctx)->esp->radio);
}

static ef_status heard(void *ctx, size_t index, ef_heard *out)
{
    wifi_ap_record_t ap;
    ef_status status = ef_radio_heard(&((ef_way_in *)ctx)->esp->radio, index, &ap);
    if (status != EF_OK)
        return status;
    memset(out, 0, sizeof *out);
    memcpy(out->ssid, ap.ssid, sizeof out->ssid - 1);
    out->rssi_dbm = ap.rssi;
    out->security = ap.authmode == WIFI_AUTH_OPEN      ? EF_WIFI_OPEN
                    : ap.authmode == WIFI_AUTH_WEP     ? EF_WIFI_WEP
                    : ap.authmode == WIFI_AUTH_WPA_PSK ? EF_WIFI_WPA
                                                       : EF_WIFI_WPA2;
    return EF_OK;
}

static void identify(void *ctx)
{
    ef_way_in_identify(ctx);
}

#endif

void ef_way_in_identify(ef_way_in *way)
{
    way->light_until_ms = way->now_ms + LIGHT_MS;
    ESP_LOGI(tag, "identify");
}

void ef_way_in_init(ef_way_in *way, struct ef_agent *agent, ef_esp_port *esp, const ef_esp_config *esp_config, ef_provision_config *config)
{
    uint8_t mac[8] = {0};
    memset(way, 0, sizeof *way);
    way->agent = agent;
    way->esp = esp;
    (void)esp_read_mac(mac, ESP_MAC_BASE);
    (void)snprintf(way->name, sizeof way->name, "%.27s-%02X%02X", esp_config->product, mac[4], mac[5]);
    *config = (ef_provision_config){.url = esp_config->server_url};
#if CONFIG_ESPFORGE_BUTTON_REQUIRED
    config->needs_button = true;
#endif
#if CONFIG_ESPFORGE_WIFI
    if (esp_config->network != NULL)
        return;
#if CONFIG_ESPFORGE_SOFTAP
    ef_softap_init(&way->softap, agent, &esp->radio);
#endif
    way->port = (ef_provision_port){.ctx = way, .open = open_ways, .close = close_ways, .scan = scan, .heard = heard};
    if (CONFIG_ESPFORGE_IDENTIFY_GPIO >= 0)
        way->port.identify = identify;
#if CONFIG_ESPFORGE_SOFTAP || CONFIG_ESPFORGE_IMPROV_BLE || CONFIG_ESPFORGE_IMPROV_UART || CONFIG_ESPFORGE_IMPROV_USB
    config->port = &way->port;
#endif
#endif
}

void ef_way_in_begin(ef_way_in *way, int64_t now_ms)
{
    if (CONFIG_ESPFORGE_BUTTON_GPIO >= 0)
        (void)ef_gpio_mode(CONFIG_ESPFORGE_BUTTON_GPIO, EF_GPIO_INPUT_PULL_UP);
    if (CONFIG_ESPFORGE_IDENTIFY_GPIO >= 0)
        (void)ef_gpio_mode(CONFIG_ESPFORGE_IDENTIFY_GPIO, EF_GPIO_OUTPUT);
    ef_button_init(&way->button, now_ms);
#if CONFIG_ESPFORGE_IMPROV_UART
    if (way->port.open != NULL && ef_improv_uart_open(&way->uart, way->agent) != ESP_OK)
        ESP_LOGW(tag, "no Improv on the UART");
#endif
#if CONFIG_ESPFORGE_IMPROV_USB
    if (way->port.open != NULL && ef_improv_usb_open(&way->usb, way->agent) != ESP_OK)
        ESP_LOGW(tag, "no Improv on USB");
#endif
}

static void watch_button(ef_way_in *way, int64_t now_ms)
{
    if (CONFIG_ESPFORGE_BUTTON_GPIO < 0)
        return;
    switch (ef_button_step(&way->button, !ef_gpio_read(CONFIG_ESPFORGE_BUTTON_GPIO), now_ms)) {
    case EF_BUTTON_SHORT:
        (void)ef_provision_open(way->agent);
        ef_provision_authorize(way->agent);
        break;
    case EF_BUTTON_WARN:
        ESP_LOGW(tag, "go on holding the button, and the device forgets its owner and its networks");
        way->light_until_ms = now_ms + (EF_BUTTON_RESET_MS - EF_BUTTON_WARN_MS);
        break;
    case EF_BUTTON_CANCELLED:
        way->light_until_ms = 0;
        break;
    case EF_BUTTON_RESET:
        if (ef_factory_reset(way->agent) != EF_OK)
            ESP_LOGE(tag, "the reset could not be written");
        break;
    case EF_BUTTON_NONE:
        break;
    }
}

/* The pin is the application's except while the light is wanted. */
static void show(ef_way_in *way, int64_t now_ms)
{
    if (CONFIG_ESPFORGE_IDENTIFY_GPIO < 0 || way->light_until_ms == 0)
        return;
    bool over = now_ms >= way->light_until_ms;
    (void)ef_gpio_write(CONFIG_ESPFORGE_IDENTIFY_GPIO, !over && now_ms / LIGHT_PERIOD_MS % 2 == 0);
    if (over)
        way->light_until_ms = 0;
}

void ef_way_in_step(ef_way_in *way, int64_t now_ms)
{
    way->now_ms = now_ms;
    watch_button(way, now_ms);
    show(way, now_ms);
#if CONFIG_ESPFORGE_SOFTAP
    ef_softap_step(&way->softap, now_ms);
#endif
#if CONFIG_ESPFORGE_IMPROV_UART
    ef_improv_serial_step(&way->uart);
#endif
#if CONFIG_ESPFORGE_IMPROV_USB
    ef_improv_serial_step(&way->usb);
#endif
#if CONFIG_ESPFORGE_IMPROV_BLE
    ef_improv_ble_step(&way->ble);
#endif
}
