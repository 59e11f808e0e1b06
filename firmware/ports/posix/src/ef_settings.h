/* The command line of a virtual device, the same for ef_bootloader and for the image it runs, and the identity facts in its state directory. */
#ifndef EF_SETTINGS_H
#define EF_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "espforge/ef_messages.h"
#include "espforge/ef_port.h"
#include "espforge/ef_status.h"

#define EF_EXIT_RESTART 85 /* an image ends with this to be restarted; anything else is a crash */
#define EF_EXIT_SLEEP 86   /* an image ends with this to be started again after --sleep-ms */
#define EF_EXIT_USAGE 2
#define EF_CONFIRM_GRACE_MS 1500 /* the agent gives up by itself first; past this the bootloader stops it */

typedef struct ef_settings {
    const char *state_dir;
    const char *server_url;
    const char *ca_file; /* NULL: the system's */
    const char *factory_image;
    char hardware_id[65];
    char product[64];
    char chip[17];
    char board[65]; /* may be empty */
    uint32_t poll_ms;
    uint32_t telemetry_ms; /* 0: none */
    uint32_t soak_ms;
    uint32_t confirm_timeout_ms;
    int32_t rssi_dbm; /* of the radio that is played; 0: none */
    bool has_hardware;
    ef_hardware hardware; /* that is played */
    const char *pins;           /* NULL: none */
    const char *mqtt_url;       /* NULL: the claim's */
    const char *web_socket_url; /* likewise */
    ef_link links[EF_LINKS];
    uint32_t heartbeat_ms;
    uint32_t telemetry_batch;
    uint32_t sleep_ms; /* 0: none */
    uint32_t awake_ms;
    const char *faults; /* NULL: none */
    ef_reset reset;     /* only for images: why they are started */
    uint32_t slot_size_bytes; /* 0: default */
    uint8_t slot; /* only for images: the slot they run from */
    const char *radio_file;       /* the networks of the room that is played; NULL: the process's own network, always up */
    const char *provision_socket; /* path of a Unix socket that speaks Improv; NULL: none */
    bool has_portal;
    uint32_t portal_port; /* on 127.0.0.1, 0 = any */
    bool follow_stdin;
    bool verbose;
} ef_settings;

/* false and a sentence in `error` when something is wrong. An image accepts options it does not know (with their value), so that a newer
 * bootloader can start it. */
bool ef_settings_parse(ef_settings *settings, int argc, char **argv, bool is_image, char *error, size_t error_cap);
void ef_settings_usage(FILE *out);

/* The identity facts, one `name=value` a line in STATE/device. Loading fills the four texts; EF_NOT_FOUND when there is no such file yet. */
ef_status ef_settings_load_identity(ef_settings *settings);
ef_status ef_settings_save_identity(const ef_settings *settings);

#endif
