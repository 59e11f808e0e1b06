/* The program of a host image: the agent and the application, in one loop. Started by ef_bootloader. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <psa/crypto.h>

#include "ef_gpio_memory.h"
#include "ef_monotonic.h"
#include "ef_posix_port.h"
#include "ef_provision_posix.h"
#include "ef_settings.h"
#include "ef_slot.h"
#include "espforge/ef_app_host.h"

#define APP_PERIOD_MS 50

typedef struct device {
    ef_settings settings;
    ef_flash flash;
    ef_posix posix;
    ef_port port;
    ef_provision_posix provision;
    ef_agent agent;
    ef_all_parts parts;
    ef_app app;
    ef_image image;
} device;

static int fail(const char *what, const char *why)
{
    (void)printf("E agent: %s: %s\n", what, why);
    (void)fflush(stdout);
    return 1;
}

static int start(device *d, int argc, char **argv)
{
    char error[256];
    uint8_t header[EF_HOST_HEADER_BYTES];
    ef_settings *s = &d->settings;
    if (!ef_settings_parse(s, argc, argv, true, error, sizeof error)) {
        (void)fprintf(stderr, "This is an image for a virtual device; ef_bootloader runs it. %s\n", error);
        return EF_EXIT_USAGE;
    }
    if (psa_crypto_init() != PSA_SUCCESS)
        return fail("crypto", "psa_crypto_init failed");
    if (ef_settings_load_identity(s) != EF_OK)
        return fail(s->state_dir, "the identity facts cannot be read");
    if (ef_flash_open(&d->flash, s->state_dir, 0) != EF_OK)
        return fail(s->state_dir, strerror(errno));
    if (ef_flash_read(&d->flash, s->slot == 0 ? EF_REGION_SLOT_A : EF_REGION_SLOT_B, 0, header, sizeof header) != EF_OK ||
        ef_image_read_host(header, sizeof header, &d->image) != EF_OK)
        return fail(s->state_dir, "the slot holds no image");
    if (ef_posix_port_init(&d->posix, &d->port, &d->flash, s->slot) != EF_OK)
        return fail(s->state_dir, "the key-value store cannot be read");
    d->posix.verbose = s->verbose;
    d->posix.rssi_dbm = s->rssi_dbm;
    d->posix.reset = s->reset;
    (void)ef_faults_parse(&d->posix.faults, s->faults);
    d->posix.curl = ef_curl_open(s->server_url, s->ca_file, s->pins);
    d->posix.mqtt = ef_mqtt_open(s->ca_file, s->pins != NULL);
    d->posix.websocket = ef_websocket_open(s->ca_file, s->pins != NULL);
    if (d->posix.curl == NULL)
        return fail(s->server_url, "libcurl failed");

    if (ef_provision_posix_open(&d->provision, &d->agent, &d->posix, s) != EF_OK)
        return fail(s->radio_file, strerror(errno));

    ef_agent_config config = {
        .hardware_id = s->hardware_id,
        .product = s->product,
        .chip = s->chip,
        .board = s->board,
        .image_format = &ef_image_host,
        .architecture = ef_host_architecture(),
        .version = d->image.version,
        .poll_ms = s->poll_ms,
        .telemetry_ms = s->telemetry_ms,
        .soak_ms = s->soak_ms,
        .confirm_timeout_ms = s->confirm_timeout_ms,
        .self_test = ef_app_ask_self_test,
        .self_test_ctx = &d->app,
        .links = {s->links[0], s->links[1]},
        .mqtt_url = s->mqtt_url,
        .web_socket_url = s->web_socket_url,
        .heartbeat_ms = s->heartbeat_ms,
        .telemetry_batch = s->telemetry_batch,
        .sleep_ms = s->sleep_ms,
        .awake_ms = s->awake_ms,
        .identify = ef_app_ask_identify,
        .add_status = ef_app_ask_status,
        .app_ctx = &d->app,
        .provision = {.port = ef_provision_posix_port(&d->provision)},
    };
    ef_use_all_parts(&config, &d->parts);
    d->app.agent = &d->agent;
    ef_status status = ef_agent_init(&d->agent, &d->port, &config, ef_monotonic_ms());
    return status == EF_OK ? 0 : fail("agent", ef_status_code(status));
}

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_IGN);
    device *d = calloc(1, sizeof *d);
    if (d == NULL)
        return 1;
    int code = start(d, argc, argv);
    if (code != 0)
        return code;

    int64_t app_next_ms = 0;
    ef_app_setup(&d->app);
    while (!d->posix.restart_wanted && d->posix.sleep_wanted_ms == 0) {
        int64_t now_ms = ef_monotonic_ms();
        if (now_ms >= app_next_ms) {
            ef_app_loop(&d->app, now_ms);
            ef_gpio_memory_report(now_ms);
            app_next_ms = now_ms + APP_PERIOD_MS;
        }
        uint32_t wait_ms = ef_agent_step(&d->agent, now_ms);
        wait_ms = ef_provision_posix_step(&d->provision, wait_ms);
        int64_t app_wait_ms = app_next_ms - ef_monotonic_ms();
        if (app_wait_ms < (int64_t)wait_ms)
            wait_ms = app_wait_ms > 0 ? (uint32_t)app_wait_ms : 0;
        if (wait_ms > 0)
            ef_posix_wait(&d->posix, wait_ms);
    }
    ef_provision_posix_close(&d->provision);
    bool sleeps = d->posix.sleep_wanted_ms > 0;
    ef_mqtt_close(d->posix.mqtt);
    ef_websocket_close(d->posix.websocket);
    ef_curl_close(d->posix.curl);
    ef_flash_close(&d->flash);
    free(d);
    return sleeps ? EF_EXIT_SLEEP : EF_EXIT_RESTART;
}
