/* What the agent asks of the machine below it: twelve functions and a context. A port owns sockets, flash and radio; the agent owns the
 * decisions, and time is told to it (ef_agent_step). No function may block for longer than the machine needs to write one flash sector. */
#ifndef EF_PORT_H
#define EF_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_status.h"

#define EF_SECTOR_BYTES 4096u
#define EF_SLOT_COUNT 2u
#define EF_DETAIL_CHARS 256u /* of a report's `detail`, without the NUL */
#define EF_OFFER_CHARS 32u

typedef enum ef_log_level {
    EF_LOG_ERROR,
    EF_LOG_WARN,
    EF_LOG_INFO,
    EF_LOG_DEBUG,
    EF_LOG_EVENT /* a line for whoever runs the device (pairing code, state), printed as it is */
} ef_log_level;

/* Three may be open at once: a device reports while it downloads, and hears commands all the time. */
typedef enum ef_channel {
    EF_CHANNEL_CONTROL,  /* HTTP */
    EF_CHANNEL_DOWNLOAD, /* HTTP */
    EF_CHANNEL_MESSAGES, /* MQTT or WebSocket: stays open, carries messages both ways */
    EF_CHANNEL_COUNT
} ef_channel;

typedef enum ef_link { EF_LINK_HTTP, EF_LINK_MQTT, EF_LINK_WEBSOCKET } ef_link;

/* What a channel is opened for. The body stays valid until close; the other texts only during open. */
typedef struct ef_request {
    ef_link link;
    /* EF_LINK_HTTP */
    const char *method;    /* "GET" or "POST" */
    const char *path;      /* begins with '/'; the port puts the host's address before it */
    const char *body;      /* application/json; NULL: none */
    size_t body_len;
    uint32_t range_from;   /* bytes; > 0 asks for `Range: bytes=N-` */
    const char *if_range;  /* the entity tag with its quotes, or NULL */
    /* all */
    const char *bearer;    /* NULL: no Authorization header. MQTT: the password; WebSocket: in Sec-WebSocket-Protocol */
    /* EF_LINK_MQTT, EF_LINK_WEBSOCKET */
    const char *url;       /* mqtt:// mqtts:// ws:// wss:// */
    const char *device_id; /* MQTT: client id and user name */
    const char *topic_root; /* MQTT: before every topic, with a '/' between. The will is {root}/lwt = OFFLINE, retained, QoS 1 */
    uint32_t keep_alive_s;
} ef_request;

/* A message of docs/protocol.md section 6. `topic` is what follows the root: telemetry, status, report, log, lwt; cmd, update come in. */
typedef struct ef_message {
    const char *topic;
    const char *body; /* JSON */
    size_t body_len;
    uint8_t qos; /* 0 or 1 */
    bool retain;
} ef_message;

/* What is known of an open channel. */
typedef struct ef_response {
    int32_t status;         /* HTTP: of the answer, 0 until its head has arrived. Messages: 0 until connected, then 200; 401 when the host refused the credential */
    int64_t content_length; /* -1: not said */
    int64_t range_start;    /* of Content-Range, -1: not said */
    int64_t range_total;    /* of Content-Range, -1: not said */
    int64_t date_ms;        /* Unix ms, 0: not said */
    int32_t retry_after_s;  /* 0: not said */
    uint64_t keys_generation; /* EspForge-Keys, 0: not said */
    bool has_etag;
    uint8_t etag[8];        /* of an entity tag that is a SHA-256: its first bytes */
    char offer_id[EF_OFFER_CHARS + 1];
    char topic[16];         /* messages: of the one just read, without the root */
    uint32_t unacknowledged; /* messages: sent with QoS 1 and not acknowledged yet; every read says it, also one that answers EF_AGAIN */
} ef_response;

void ef_response_clear(ef_response *response);
/* Ports hand every header line here; it picks what the agent reads. Malformed values count as not said. */
void ef_response_header(ef_response *response, const char *name, size_t name_len, const char *value, size_t value_len);

typedef enum ef_slot_state {
    EF_SLOT_EMPTY,
    EF_SLOT_NEW,            /* to be booted for the first time */
    EF_SLOT_PENDING_VERIFY, /* booted once; one more boot without confirmation aborts it */
    EF_SLOT_VALID,
    EF_SLOT_INVALID, /* it rejected itself */
    EF_SLOT_ABORTED  /* it crashed, hung or did not confirm */
} ef_slot_state;

typedef enum ef_network {
    EF_NETWORK_NONE,    /* no radio link, and none is being made */
    EF_NETWORK_JOINING,
    EF_NETWORK_UP,      /* has an address */
    EF_NETWORK_REFUSED, /* the last join failed: the password is wrong */
    EF_NETWORK_ABSENT   /* the last join failed: nothing of that name is heard */
} ef_network;

typedef enum ef_reset {
    EF_RESET_UNKNOWN,
    EF_RESET_POWER_ON,
    EF_RESET_SOFTWARE,
    EF_RESET_PANIC,
    EF_RESET_WATCHDOG,
    EF_RESET_BROWNOUT,
    EF_RESET_DEEP_SLEEP
} ef_reset;

/* What a device reads from its own silicon: docs/protocol.md section 1.4. What cannot be read is empty, NULL or 0, and is not said. */
typedef struct ef_hardware {
    char chip[17];
    char chip_revision[9]; /* digits and dots */
    char package[49];      /* printable ASCII */
    uint32_t flash_bytes;
    const char *flash_mode; /* qio, qout, dio, dout, opi */
    bool has_psram_bytes;   /* it was looked for: 0 bytes = there is none */
    uint32_t psram_bytes;
    const char *psram_mode; /* none, quad, octal, hex */
} ef_hardware;

typedef struct ef_facts {
    uint8_t running_slot; /* 0 = a, 1 = b */
    ef_slot_state slot_state[EF_SLOT_COUNT];
    uint32_t switch_count; /* how often EF_BOOT_SWITCH has ever succeeded */
    ef_status failure;     /* why the other slot is INVALID or ABORTED, else EF_OK */
    char failure_detail[EF_DETAIL_CHARS + 1];
    uint32_t slot_size_bytes;
    uint32_t free_heap_bytes;
    bool has_rssi;
    int32_t rssi_dbm;
    ef_network network;
    ef_reset reset; /* why this start happened */
    const ef_hardware *hardware; /* NULL: nothing is known. Lives as long as the port */
} ef_facts;

typedef enum ef_action {
    EF_BOOT_SWITCH,  /* the other slot becomes NEW and is booted next */
    EF_BOOT_CONFIRM, /* the running slot becomes VALID */
    EF_BOOT_REJECT,  /* the running slot becomes INVALID for the reason given; the other is booted next */
    EF_BOOT_RESTART, /* restart soon; may return */
    EF_BOOT_SLEEP,   /* deep sleep for sleep_ms, then a start from the beginning; may return */
    EF_NETWORK_JOIN, /* begin to join the Wi-Fi network; facts say how it goes */
    EF_NETWORK_LEAVE
} ef_action;

typedef struct ef_action_detail {
    ef_status reason;     /* EF_BOOT_REJECT */
    const char *detail;   /* EF_BOOT_REJECT */
    uint32_t sleep_ms;    /* EF_BOOT_SLEEP */
    const char *ssid;     /* EF_NETWORK_JOIN */
    const char *password; /* EF_NETWORK_JOIN; empty: an open network */
} ef_action_detail;

typedef struct ef_port {
    void *ctx; /* passed back to every call */
    void (*random)(void *ctx, uint8_t *out, size_t len);

    /* read gives EF_AGAIN when nothing is there yet and EF_NETWORK when the channel is lost (then *response may still hold a head).
     * HTTP: EF_OK with up to cap bytes of body (perhaps 0, when only the head is new), EF_END after the last byte.
     * Messages: EF_OK with one whole message and its topic, or with len 0 when only the status is new; EF_TOO_LARGE drops one that exceeds cap. */
    ef_status (*open)(void *ctx, ef_channel channel, const ef_request *request); /* EF_NOT_FOUND: a link this port does not have */
    ef_status (*read)(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len);
    /* Messages: EF_OK when it was taken over (copied), EF_AGAIN when the port has no room for it now, EF_NETWORK. What was taken over with QoS 1
     * and is not acknowledged when the channel closes is sent again when the same link is opened the next time. */
    ef_status (*send)(void *ctx, ef_channel channel, const ef_message *message);
    void (*close)(void *ctx, ef_channel channel); /* harmless when nothing is open */

    /* Writes to the slot that is not running; offset is a multiple of EF_SECTOR_BYTES, len at most that. The sector is erased first. */
    ef_status (*slot_write)(void *ctx, uint32_t offset, const uint8_t *data, size_t len);
    ef_status (*slot_read)(void *ctx, uint32_t offset, uint8_t *out, size_t len); /* of the same slot */

    /* Small records. kv_set is atomic: after a power cut either the old or the new value is there, and no new value without what slot_write was
     * given before it. len 0 removes the key. Values are at most
     * EF_RECORD_BYTES long. kv_get: EF_NOT_FOUND, or EF_TOO_LARGE when the value is longer than cap. */
    ef_status (*kv_get)(void *ctx, const char *key, uint8_t *out, size_t cap, size_t *len);
    ef_status (*kv_set)(void *ctx, const char *key, const uint8_t *data, size_t len);

    void (*facts)(void *ctx, ef_facts *out);
    /* SWITCH, CONFIRM and REJECT are one atomic write of the boot record each. `detail` may be NULL where an action needs none.
     * EF_NOT_FOUND: an action this port does not have (a process has no radio). */
    ef_status (*act)(void *ctx, ef_action action, const ef_action_detail *detail);
    void (*log)(void *ctx, ef_log_level level, const char *line); /* one line, without its end */
} ef_port;

#define EF_RECORD_BYTES 2048u

#endif
