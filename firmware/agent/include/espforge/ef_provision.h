/* Provisioning: how a device is given its network by a person. One state machine stands behind every way in (the portal of a SoftAP, Improv over
 * serial, Improv over BLE); a way in only translates. It is a part of the agent and is driven by ef_agent_step.
 *
 *   idle -> locked -> waiting -> joining -> joined -> idle
 *                        ^----- failed <-'
 *
 * It opens by itself at the start of a device that knows no network, when none of those known can be joined, and when a person asks (button).
 * Open means: for a time (the window), for a number of tries, and, where the device has a button for it, after it was pressed. */
#ifndef EF_PROVISION_H
#define EF_PROVISION_H

#include "espforge/ef_networks.h"

#define EF_PROVISION_TRIES 8u     /* in one window */
#define EF_PROVISION_TOKEN_BYTES 16u
#define EF_HEARD_MAX 24u          /* networks looked at of one scan */

typedef enum ef_wifi_security { EF_WIFI_OPEN, EF_WIFI_WEP, EF_WIFI_WPA, EF_WIFI_WPA2 /* or later */ } ef_wifi_security;

typedef struct ef_heard {
    char ssid[EF_SSID_BYTES + 1]; /* empty: hidden */
    int8_t rssi_dbm;
    ef_wifi_security security;
} ef_heard;

/* What provisioning asks of the machine beside ef_port. Joining goes through EF_NETWORK_JOIN. */
typedef struct ef_provision_port {
    void *ctx;
    ef_status (*open)(void *ctx);  /* SoftAP, portal, BLE advertising: whatever there is begins to be reachable */
    void (*close)(void *ctx);
    ef_status (*scan)(void *ctx);  /* begins a scan; harmless while one is under way */
    /* Of the last scan, the strongest first: EF_END past the last, EF_AGAIN while the first scan is under way. */
    ef_status (*heard)(void *ctx, size_t index, ef_heard *out);
    void (*identify)(void *ctx);   /* blink or beep; NULL: the device cannot */
} ef_provision_port;

typedef struct ef_provision_config {
    const ef_provision_port *port; /* NULL: no way in */
    bool needs_button;             /* locked until ef_provision_authorize */
    uint32_t window_ms;            /* 0 = 15 min */
    const char *url;               /* where a person goes on, told over Improv; NULL: nowhere */
} ef_provision_config;

typedef enum ef_provision_state {
    EF_PROVISION_IDLE,
    EF_PROVISION_LOCKED,  /* open, but takes nothing: until the button is pressed, or for a while after too many tries */
    EF_PROVISION_WAITING, /* takes a network */
    EF_PROVISION_JOINING,
    EF_PROVISION_FAILED,  /* as waiting; `reason` says why the last try failed */
    EF_PROVISION_JOINED,  /* still open for a while, so that the pairing code can be read */
    EF_PROVISION_STATE_COUNT
} ef_provision_state;

typedef enum ef_provision_reason {
    EF_REASON_NONE,
    EF_REASON_WRONG_PASSWORD,
    EF_REASON_NOT_FOUND,
    EF_REASON_NO_ADDRESS, /* neither refused nor joined in time */
    EF_REASON_NOT_STORED,
    EF_REASON_NO_RADIO,
    EF_REASON_COUNT
} ef_provision_reason;

typedef struct ef_provision {
    ef_provision_state state;
    ef_provision_reason reason;
    bool opened;   /* once since the start */
    bool by_itself; /* opened because no known network could be joined */
    bool scanned;
    uint8_t tries;
    int64_t entered_ms; /* the state */
    int64_t until_ms;   /* the window ends, or the lock */
    int64_t scanned_ms;
    uint8_t token[EF_PROVISION_TOKEN_BYTES]; /* of the portal's form, new for every window */
    ef_wifi wifi;  /* being joined; its password is wiped when that ends */
} ef_provision;

/* A person at the device asks for it (or a host's command). EF_NOT_FOUND: the device has no way in. Harmless when open. */
ef_status ef_provision_open(struct ef_agent *agent);
/* The button was pressed, or the way in is one that only a person at the device has (a cable): unlocks. */
void ef_provision_authorize(struct ef_agent *agent);
void ef_provision_close(struct ef_agent *agent);
/* EF_BAD_ARGUMENT: not a name or password a network can have; EF_AGAIN: another join is under way; EF_NOT_FOUND: not open, or locked. */
ef_status ef_provision_join(struct ef_agent *agent, const char *ssid, const char *password);
/* Scans again when the last scan is some seconds old. */
void ef_provision_scan(struct ef_agent *agent);
/* The networks heard, each name once, hidden ones left out. *cursor begins at 0. EF_END, EF_AGAIN (nothing is known yet). */
ef_status ef_provision_heard(struct ef_agent *agent, size_t *cursor, ef_heard *out);

/* "waiting", "wrong-password" and so on; a sentence for a person. */
const char *ef_provision_state_name(ef_provision_state state);
const char *ef_provision_reason_name(ef_provision_reason reason);
const char *ef_provision_sentence(const struct ef_agent *agent);
/* Six digits while the device waits to be claimed, else "". */
const char *ef_provision_pairing_code(const struct ef_agent *agent);

#endif
