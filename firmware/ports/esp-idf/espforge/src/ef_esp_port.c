#include "ef_esp_port.h"

#include <stdio.h>
#include <string.h>

#include "esp_heap_caps.h"
#include "esp_log.h"
#include "esp_random.h"
#include "esp_system.h"

#include "ef_trust.h"

#define CONTROL_BUFFER_BYTES 1024u
#define DOWNLOAD_BUFFER_BYTES (2 * EF_SECTOR_BYTES) /* one is written while the next one comes */
#define WORKER_STACK_BYTES 8192u                    /* a TLS handshake with the certificate bundle */

static const char tag[] = "espforge";

static void random_bytes(void *ctx, uint8_t *out, size_t len)
{
    (void)ctx;
    esp_fill_random(out, len);
}

static ef_fetch *fetch_of(ef_esp_port *esp, ef_channel channel)
{
    return channel == EF_CHANNEL_CONTROL ? &esp->control : channel == EF_CHANNEL_DOWNLOAD ? &esp->download : NULL;
}

static ef_status open_channel(void *ctx, ef_channel channel, const ef_request *request)
{
    ef_esp_port *esp = ctx;
    ef_fetch *fetch = fetch_of(esp, channel);
    if ((fetch == NULL) == (request->link == EF_LINK_HTTP))
        return EF_BAD_ARGUMENT;
    return fetch != NULL ? ef_fetch_open(fetch, request) : ef_mail_open(&esp->mail, request);
}

static ef_status read_channel(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    ef_esp_port *esp = ctx;
    ef_fetch *fetch = fetch_of(esp, channel);
    return fetch != NULL ? ef_fetch_read(fetch, response, out, cap, len) : ef_mail_read(&esp->mail, response, out, cap, len);
}

static ef_status send_message(void *ctx, ef_channel channel, const ef_message *message)
{
    return channel == EF_CHANNEL_MESSAGES ? ef_mail_send(&((ef_esp_port *)ctx)->mail, message) : EF_BAD_ARGUMENT;
}

static void close_channel(void *ctx, ef_channel channel)
{
    ef_esp_port *esp = ctx;
    ef_fetch *fetch = fetch_of(esp, channel);
    if (fetch != NULL)
        ef_fetch_close(fetch);
    else
        ef_mail_close(&esp->mail);
}

static ef_status slot_write(void *ctx, uint32_t offset, const uint8_t *data, size_t len)
{
    return ef_slot_write(&((ef_esp_port *)ctx)->slots, offset, data, len);
}

static ef_status slot_read(void *ctx, uint32_t offset, uint8_t *out, size_t len)
{
    return ef_slot_read(&((ef_esp_port *)ctx)->slots, offset, out, len);
}

static ef_status kv_get(void *ctx, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    return ef_nvs_get(&((ef_esp_port *)ctx)->nvs, EF_NVS_AGENT, key, out, cap, len);
}

static ef_status kv_set(void *ctx, const char *key, const uint8_t *data, size_t len)
{
    return ef_nvs_set(&((ef_esp_port *)ctx)->nvs, EF_NVS_AGENT, key, data, len);
}

static void facts(void *ctx, ef_facts *out)
{
    ef_esp_port *esp = ctx;
    memset(out, 0, sizeof *out);
    ef_slots_facts(&esp->slots, out);
    out->free_heap_bytes = (uint32_t)heap_caps_get_free_size(MALLOC_CAP_INTERNAL | MALLOC_CAP_8BIT);
    out->reset = ef_reset_cause();
    out->hardware = &esp->hardware;
    if (esp->config->network != NULL) {
        out->network = esp->config->network(esp->config->network_ctx);
        return;
    }
#if CONFIG_ESPFORGE_WIFI
    ef_radio_facts(&esp->radio, out);
#else
    out->network = EF_NETWORK_UP;
#endif
}

static ef_status act(void *ctx, ef_action action, const ef_action_detail *detail)
{
    ef_esp_port *esp = ctx;
    switch (action) {
    case EF_BOOT_SWITCH:
        return ef_slots_switch(&esp->slots);
    case EF_BOOT_CONFIRM:
        return ef_slots_confirm(&esp->slots);
    case EF_BOOT_REJECT:
        return ef_slots_reject(&esp->slots, detail->reason, detail->detail);
    case EF_BOOT_RESTART:
        esp->restart_wanted = true;
        return EF_OK;
    case EF_BOOT_SLEEP:
        esp->sleep_ms = detail->sleep_ms == 0 ? 1 : detail->sleep_ms;
        return EF_OK;
    case EF_NETWORK_JOIN:
    case EF_NETWORK_LEAVE:
#if CONFIG_ESPFORGE_WIFI
        if (esp->config->network == NULL)
            return action == EF_NETWORK_JOIN ? ef_radio_join(&esp->radio, detail->ssid, detail->password) : ef_radio_leave(&esp->radio);
#endif
        return EF_NOT_FOUND;
    }
    return EF_BAD_ARGUMENT;
}

static void log_line(void *ctx, ef_log_level level, const char *line)
{
    (void)ctx;
    switch (level) {
    case EF_LOG_ERROR:
        ESP_LOGE(tag, "%s", line);
        break;
    case EF_LOG_WARN:
        ESP_LOGW(tag, "%s", line);
        break;
    case EF_LOG_INFO:
        ESP_LOGI(tag, "%s", line);
        break;
    case EF_LOG_DEBUG:
        ESP_LOGD(tag, "%s", line);
        break;
    case EF_LOG_EVENT:
        (void)printf("%s\n", line);
        break;
    }
}

static esp_err_t keep_server_url(ef_esp_port *esp, const char *url)
{
    size_t len = url == NULL ? 0 : strlen(url);
    while (len > 0 && url[len - 1] == '/')
        len--;
    bool known = len > 0 && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0);
    if (!known || len >= sizeof esp->server_url) {
        ESP_LOGE(tag, "the server's address must begin with https:// or http://");
        return ESP_ERR_INVALID_ARG;
    }
    memcpy(esp->server_url, url, len);
    esp->server_url[len] = 0;
    return ESP_OK;
}

esp_err_t ef_esp_port_open(ef_esp_port *esp, ef_port *port, const ef_esp_config *config)
{
    memset(esp, 0, sizeof *esp);
    esp->config = config;
    ef_silicon_read(&esp->hardware);
    *port = (ef_port){
        .ctx = esp,
        .random = random_bytes,
        .open = open_channel,
        .read = read_channel,
        .send = send_message,
        .close = close_channel,
        .slot_write = slot_write,
        .slot_read = slot_read,
        .kv_get = kv_get,
        .kv_set = kv_set,
        .facts = facts,
        .act = act,
        .log = log_line,
    };
    esp_err_t error = keep_server_url(esp, config->server_url);
    if (error == ESP_OK)
        error = ef_nvs_open(&esp->nvs);
    if (error == ESP_OK)
        error = ef_slots_open(&esp->slots, &esp->nvs);
    if (error == ESP_OK)
        error = ef_trust_init(config->ca_pem, config->pin_sha256);
#if CONFIG_ESPFORGE_WIFI
    if (error == ESP_OK && config->network == NULL)
        error = ef_radio_open(&esp->radio);
#endif
    if (error == ESP_OK &&
        (ef_fetch_init(&esp->control, esp->server_url, "ef_control", CONTROL_BUFFER_BYTES, WORKER_STACK_BYTES) != EF_OK ||
         ef_fetch_init(&esp->download, esp->server_url, "ef_download", DOWNLOAD_BUFFER_BYTES, WORKER_STACK_BYTES) != EF_OK ||
         ef_mail_init(&esp->mail, WORKER_STACK_BYTES) != EF_OK))
        error = ESP_ERR_NO_MEM;
    return error;
}
