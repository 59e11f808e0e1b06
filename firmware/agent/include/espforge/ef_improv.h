/* Improv Wi-Fi (improv-wifi.com), over serial (version 1) and over Bluetooth LE (2.2): one set of commands on the provisioning core. One
 * ef_improv is one line or one BLE connection; the port moves bytes.
 *
 *   serial: ef_improv_feed what came in; while ef_improv_frame gives bytes, send them
 *   BLE:    ef_improv_write what was written to the RPC Command characteristic; while ef_improv_value gives a value, set it on its
 *           characteristic and notify; advertise ef_improv_service_data */
#ifndef EF_IMPROV_H
#define EF_IMPROV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EF_IMPROV_DATA_BYTES 255u
#define EF_IMPROV_FRAME_BYTES (9u + EF_IMPROV_DATA_BYTES + 2u) /* with checksum and line end */

struct ef_agent;

typedef enum ef_improv_characteristic {
    EF_IMPROV_STATE = 1,
    EF_IMPROV_ERROR = 2,
    EF_IMPROV_COMMAND = 3,
    EF_IMPROV_RESULT = 4,
    EF_IMPROV_CAPABILITIES = 5
} ef_improv_characteristic;

typedef struct ef_improv {
    struct ef_agent *agent;
    bool is_serial;
    uint8_t said_state, said_error, error; /* what the client knows, and what it should */
    bool error_due, state_due;
    uint8_t result;    /* the command whose result is due, 0: none */
    bool result_waits; /* until the network is joined */
    size_t cursor;     /* of a list of networks */
    uint8_t pos;       /* of the frame's head, as far as it has come */
    uint8_t type, sum;
    uint16_t need, fill;
    int64_t heard_ms;
    uint8_t data[EF_IMPROV_DATA_BYTES + 3];
} ef_improv;

void ef_improv_begin(ef_improv *improv, struct ef_agent *agent, bool is_serial);

/* Serial. Bytes that are no frame (a console's) are ignored. */
void ef_improv_feed(ef_improv *improv, const uint8_t *data, size_t len);
/* The next frame to send, 0 when there is none now. Call again after every step of the agent. */
size_t ef_improv_frame(ef_improv *improv, uint8_t out[EF_IMPROV_FRAME_BYTES]);

/* BLE. A command may come in several writes. */
void ef_improv_write(ef_improv *improv, const uint8_t *data, size_t len);
/* The next value to set and notify; *which says where. 0: none now. */
size_t ef_improv_value(ef_improv *improv, ef_improv_characteristic *which, uint8_t out[EF_IMPROV_DATA_BYTES + 3]);
uint8_t ef_improv_state(const ef_improv *improv);
uint8_t ef_improv_capabilities(const ef_improv *improv);
/* The six bytes after the 16-bit UUID 0x4677. */
void ef_improv_service_data(const ef_improv *improv, uint8_t out[6]);
/* A 128-bit UUID, least significant byte first, as BLE stacks want it: of the service (0) or of a characteristic. */
void ef_improv_uuid(uint8_t characteristic, uint8_t out[16]);

#endif
