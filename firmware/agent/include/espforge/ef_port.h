/* What the agent asks of the machine below it: twelve functions and a context. A port owns sockets, flash and clocks; the agent owns the
 * decisions. No function may block for longer than the machine needs to write one flash sector. */
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

/* Two exchanges may be under way at once, so that a device can report while it downloads. */
typedef enum ef_channel { EF_CHANNEL_CONTROL, EF_CHANNEL_DOWNLOAD, EF_CHANNEL_COUNT } ef_channel;

/* The body stays valid until http_end; the other texts only during http_begin. */
typedef struct ef_http_request {
    const char *method;    /* "GET" or "POST" */
    const char *path;      /* begins with '/'; the port puts the host's address before it */
    const char *bearer;    /* NULL: no Authorization header */
    const char *body;      /* application/json; NULL: none */
    size_t body_len;
    uint32_t range_from;   /* bytes; > 0 asks for `Range: bytes=N-` */
    const char *if_range;  /* the entity tag with its quotes, or NULL */
} ef_http_request;

typedef struct ef_http_response {
    int32_t status;         /* 0 until the head has arrived */
    int64_t content_length; /* -1: not said */
    int64_t range_start;    /* of Content-Range, -1: not said */
    int64_t range_total;    /* of Content-Range, -1: not said */
    int64_t date_ms;        /* Unix ms, 0: not said */
    int32_t retry_after_s;  /* 0: not said */
    char offer_id[EF_OFFER_CHARS + 1];
} ef_http_response;

void ef_http_response_clear(ef_http_response *response);
/* Ports hand every header line here; it picks what the agent reads. Malformed values count as not said. */
void ef_http_response_header(ef_http_response *response, const char *name, size_t name_len, const char *value, size_t value_len);

typedef enum ef_slot_state {
    EF_SLOT_EMPTY,
    EF_SLOT_NEW,            /* to be booted for the first time */
    EF_SLOT_PENDING_VERIFY, /* booted once; one more boot without confirmation aborts it */
    EF_SLOT_VALID,
    EF_SLOT_INVALID, /* it rejected itself */
    EF_SLOT_ABORTED  /* it crashed, hung or did not confirm */
} ef_slot_state;

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
} ef_facts;

typedef enum ef_boot_action {
    EF_BOOT_SWITCH,  /* the other slot becomes NEW and is booted next */
    EF_BOOT_CONFIRM, /* the running slot becomes VALID */
    EF_BOOT_REJECT,  /* the running slot becomes INVALID for the reason given; the other is booted next */
    EF_BOOT_RESTART  /* restart soon; may return */
} ef_boot_action;

typedef struct ef_port {
    void *ctx; /* passed back to every call */
    int64_t (*now_ms)(void *ctx); /* monotonic, begins anywhere, survives no restart */
    void (*random)(void *ctx, uint8_t *out, size_t len);

    /* One exchange per channel. http_read gives EF_OK with up to cap bytes of body (perhaps 0, when only the head is new), EF_AGAIN when nothing
     * is there yet, EF_END after the last byte, EF_NETWORK when the exchange is lost (then *response may still hold a head). */
    ef_status (*http_begin)(void *ctx, ef_channel channel, const ef_http_request *request);
    ef_status (*http_read)(void *ctx, ef_channel channel, ef_http_response *response, uint8_t *out, size_t cap, size_t *len);
    void (*http_end)(void *ctx, ef_channel channel); /* harmless when nothing is under way */

    /* Writes to the slot that is not running; offset is a multiple of EF_SECTOR_BYTES, len at most that. The sector is erased first. */
    ef_status (*slot_write)(void *ctx, uint32_t offset, const uint8_t *data, size_t len);
    ef_status (*slot_read)(void *ctx, uint32_t offset, uint8_t *out, size_t len); /* of the same slot */

    /* Small records. kv_set is atomic: after a power cut either the old or the new value is there. len 0 removes the key. Values are at most
     * EF_RECORD_BYTES long. kv_get: EF_NOT_FOUND, or EF_TOO_LARGE when the value is longer than cap. */
    ef_status (*kv_get)(void *ctx, const char *key, uint8_t *out, size_t cap, size_t *len);
    ef_status (*kv_set)(void *ctx, const char *key, const uint8_t *data, size_t len);

    void (*facts)(void *ctx, ef_facts *out);
    /* Each action is one atomic write of the boot record. `reason` and `detail` are for EF_BOOT_REJECT. */
    ef_status (*boot)(void *ctx, ef_boot_action action, ef_status reason, const char *detail);
    void (*log)(void *ctx, ef_log_level level, const char *line); /* one line, without its end */
} ef_port;

#define EF_RECORD_BYTES 2048u

#endif
