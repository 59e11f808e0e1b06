/* The agent's task: the port, the agent and the application in one loop. */
#include "espforge/ef_esp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esp_app_desc.h"
#include "esp_log.h"
#include "esp_mac.h"
#include "esp_ota_ops.h"
#include "esp_sleep.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"

#include "ef_esp_port.h"
#include "ef_way_in.h"
#include "espforge/ef_app_host.h"

#define APP_PERIOD_MS 50
#define LONGEST_WAIT_MS 20 /* the application's loop is due often anyway, and nothing wakes this task */
#define STACK_BYTES 10240
#define PRIORITY 5

/* In the order they are tried. */
#if CONFIG_ESPFORGE_MQTT && CONFIG_ESPFORGE_WEBSOCKET && CONFIG_ESPFORGE_WEBSOCKET_FIRST
#define LINKS {EF_LINK_WEBSOCKET, EF_LINK_MQTT}
#elif CONFIG_ESPFORGE_MQTT && CONFIG_ESPFORGE_WEBSOCKET
#define LINKS {EF_LINK_MQTT, EF_LINK_WEBSOCKET}
#elif CONFIG_ESPFORGE_MQTT
#define LINKS {EF_LINK_MQTT}
#elif CONFIG_ESPFORGE_WEBSOCKET
#define LINKS {EF_LINK_WEBSOCKET}
#else
#define LINKS {EF_LINK_HTTP}
#endif

typedef struct device {
    ef_esp_config config;
    char hardware_id[18];
    ef_esp_port esp;
    ef_port port;
    ef_agent agent;
#if CONFIG_ESPFORGE_LOG
    ef_ring ring;
#endif
#if CONFIG_ESPFORGE_WIFI
    ef_networks networks;
    ef_provision provision;
#endif
#if CONFIG_ESPFORGE_MQTT || CONFIG_ESPFORGE_WEBSOCKET
    ef_messages messages;
#endif
#if CONFIG_ESPFORGE_TELEMETRY
    ef_telemetry telemetry;
#endif
    ef_app app;
    ef_way_in way_in;
} device;

static const char tag[] = "espforge";

static int64_t now_ms(void)
{
    return esp_timer_get_time() / 1000;
}

void ef_esp_config_default(ef_esp_config *config)
{
    *config = (ef_esp_config){
        .server_url = CONFIG_ESPFORGE_SERVER_URL,
        .product = CONFIG_ESPFORGE_PRODUCT,
        .board = CONFIG_ESPFORGE_BOARD,
        .poll_ms = CONFIG_ESPFORGE_POLL_S * 1000u,
#if CONFIG_ESPFORGE_TELEMETRY
        .telemetry_ms = CONFIG_ESPFORGE_TELEMETRY_S * 1000u,
        .telemetry_batch = CONFIG_ESPFORGE_TELEMETRY_BATCH,
#endif
        .soak_ms = CONFIG_ESPFORGE_SOAK_S * 1000u,
        .confirm_timeout_ms = CONFIG_ESPFORGE_CONFIRM_TIMEOUT_S * 1000u,
        .heartbeat_ms = CONFIG_ESPFORGE_HEARTBEAT_S * 1000u,
#if CONFIG_ESPFORGE_SLEEP
        .sleep_ms = CONFIG_ESPFORGE_SLEEP_S * 1000u,
#endif
    };
}

/* Restart and sleep are done here and not inside a step, so that the step that asked for them has come to its end. */
static void obey(device *d)
{
    if (d->esp.restart_wanted)
        esp_restart();
    if (d->esp.sleep_ms > 0) {
#if CONFIG_ESPFORGE_WIFI
        if (d->config.network == NULL)
            (void)esp_wifi_stop();
#endif
        esp_deep_sleep((uint64_t)d->esp.sleep_ms * 1000u);
    }
}

static void run(void *argument)
{
    device *d = argument;
    int64_t app_next_ms = 0;
    bool is_watched = esp_task_wdt_add(NULL) == ESP_OK; /* an application that hangs is restarted, and a new image that does it is left */
    ef_app_setup(&d->app);
    ef_way_in_begin(&d->way_in, now_ms());
    for (;;) {
        int64_t now = now_ms();
        if (now >= app_next_ms) {
            ef_app_loop(&d->app, now);
            app_next_ms = now + APP_PERIOD_MS;
        }
        uint32_t wait_ms = ef_agent_step(&d->agent, now);
        ef_way_in_step(&d->way_in, now);
        obey(d);
        if (is_watched)
            (void)esp_task_wdt_reset();
        int64_t app_wait_ms = app_next_ms - now_ms();
        if (app_wait_ms < (int64_t)wait_ms)
            wait_ms = app_wait_ms > 0 ? (uint32_t)app_wait_ms : 0;
        if (wait_ms > LONGEST_WAIT_MS)
            wait_ms = LONGEST_WAIT_MS;
        TickType_t ticks = pdMS_TO_TICKS(wait_ms);
        vTaskDelay(ticks > 0 ? ticks : 1); /* the idle task must live too */
    }
}

static void identify(void *ctx)
{
    device *d = ctx;
    ef_way_in_identify(&d->way_in);
    ef_app_ask_identify(&d->app);
}

static void add_status(void *ctx, ef_json_writer *out)
{
    ef_app_ask_status(&((device *)ctx)->app, out);
}

/* What the configuration leaves out is not linked. */
static void use_parts(device *d, ef_agent_config *config)
{
    ef_reset_use(config);
#if CONFIG_ESPFORGE_LOG
    ef_ring_use(config, &d->ring);
#endif
#if CONFIG_ESPFORGE_WIFI
    ef_networks_use(config, &d->networks);
    ef_provision_use(config, &d->provision);
#endif
#if CONFIG_ESPFORGE_MQTT || CONFIG_ESPFORGE_WEBSOCKET
    ef_messages_use(config, &d->messages);
#endif
#if CONFIG_ESPFORGE_TELEMETRY
    ef_telemetry_use(config, &d->telemetry);
#endif
#if CONFIG_ESPFORGE_SLEEP
    ef_sleep_use(config);
#endif
    (void)d;
}

static esp_err_t start(device *d)
{
    uint8_t mac[8];
    if (d->config.hardware_id == NULL) {
        esp_err_t error = esp_read_mac(mac, ESP_MAC_BASE);
        if (error != ESP_OK)
            return error;
        (void)snprintf(d->hardware_id, sizeof d->hardware_id, "%02X:%02X:%02X:%02X:%02X:%02X", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
        d->config.hardware_id = d->hardware_id;
    }
    if (d->config.version == NULL)
        d->config.version = esp_app_get_description()->version;
    esp_err_t error = ef_esp_port_open(&d->esp, &d->port, &d->config);
    if (error != ESP_OK)
        return error;
    ef_agent_config config = {
        .hardware_id = d->config.hardware_id,
        .product = d->config.product,
        .chip = CONFIG_IDF_TARGET,
        .board = d->config.board,
        .image_format = &ef_image_esp,
        .version = d->config.version,
        .poll_ms = d->config.poll_ms,
        .telemetry_ms = d->config.telemetry_ms,
        .soak_ms = d->config.soak_ms,
        .confirm_timeout_ms = d->config.confirm_timeout_ms,
        .self_test = ef_app_ask_self_test,
        .self_test_ctx = &d->app,
        .links = LINKS,
        .heartbeat_ms = d->config.heartbeat_ms,
        .telemetry_batch = d->config.telemetry_batch,
        .sleep_ms = d->config.sleep_ms,
        .identify = identify,
        .add_status = add_status,
        .app_ctx = d,
    };
    use_parts(d, &config);
    d->app.agent = &d->agent;
    ef_way_in_init(&d->way_in, &d->agent, &d->esp, &d->config, &config.provision);
    ef_status status = ef_agent_init(&d->agent, &d->port, &config, now_ms());
    if (status != EF_OK) {
        ESP_LOGE(tag, "agent: %s", ef_status_code(status));
        return status == EF_BAD_ARGUMENT ? ESP_ERR_INVALID_ARG : ESP_FAIL;
    }
    return xTaskCreate(run, "espforge", STACK_BYTES, d, PRIORITY, NULL) == pdPASS ? ESP_OK : ESP_ERR_NO_MEM;
}

esp_err_t ef_esp_start(const ef_esp_config *config)
{
    static device *only; /* one agent owns the slots and the records */
    if (only != NULL)
        return ESP_ERR_INVALID_STATE;
    only = calloc(1, sizeof *only);
    if (only == NULL)
        return ESP_ERR_NO_MEM;
    only->config = *config;
    esp_err_t error = start(only);
    if (error == ESP_OK)
        return ESP_OK;
    ESP_LOGE(tag, "not started: %s", esp_err_to_name(error));
    esp_ota_img_states_t state;
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK && state == ESP_OTA_IMG_PENDING_VERIFY) {
        (void)esp_ota_mark_app_invalid_rollback_and_reboot();
        esp_restart(); /* even if the boot record cannot be written: the bootloader leaves what was not confirmed */
    }
    return error;
}
