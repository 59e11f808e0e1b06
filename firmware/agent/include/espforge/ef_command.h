/* Signed commands: docs/protocol.md section 6.4, read and judged, and the window of nonces. Crypto through PSA. */
#ifndef EF_COMMAND_H
#define EF_COMMAND_H

#include "espforge/ef_codec.h"

#define EF_COMMAND_TEXT_CHARS 64u /* of action, request id and nonce */
#define EF_COMMAND_PARAMS_BYTES 2048u
#define EF_COMMAND_SECRET_BYTES 32u
#define EF_NONCES 32u
#define EF_NONCE_HASH_BYTES 16u
#define EF_NONCE_RECORD_BYTES (16u + EF_NONCES * (8u + EF_NONCE_HASH_BYTES))

/* The nonces of commands that were obeyed and have not expired. What leaves the window has expired, and nothing that expires at or before
 * horizon_ms is obeyed any more: a clock that is behind after a restart revives none. */
typedef struct ef_nonce_window {
    int64_t horizon_ms;
    uint32_t count;
    struct {
        int64_t expires_ms;
        uint8_t hash[EF_NONCE_HASH_BYTES]; /* the beginning of SHA-256 */
    } seen[EF_NONCES];
} ef_nonce_window;

typedef struct ef_command {
    char action[EF_COMMAND_TEXT_CHARS + 1];
    char request_id[EF_COMMAND_TEXT_CHARS + 1]; /* also when the command is refused, if it could be read; else empty */
    char nonce[EF_COMMAND_TEXT_CHARS + 1];
    int64_t issued_ms, expires_ms;
    const char *params; /* in the caller's buffer; empty when there are none */
} ef_command;

typedef struct ef_command_context {
    const char *device_id;
    const uint8_t *secret; /* EF_COMMAND_SECRET_BYTES */
    int64_t now_ms;        /* 0: not known */
    ef_nonce_window *window;
} ef_command_context;

/* Judges in the order of section 6.4 and, when all holds, puts the nonce into the window (which the caller stores before it obeys). Anything but
 * EF_OK leaves the window as it was. params_cap must be above EF_COMMAND_PARAMS_BYTES. `json` is a JSON object. */
ef_status ef_command_open(const ef_json *json, const ef_command_context *context, char *params, size_t params_cap, ef_command *out);

/* EF_COMMAND_REPLAYED, EF_COMMAND_BUSY, EF_CRYPTO, or EF_OK when the nonce is new and was put in. */
ef_status ef_nonce_remember(ef_nonce_window *window, const char *nonce, int64_t expires_ms, int64_t now_ms);
/* The window as a record in flash: at most EF_NONCE_RECORD_BYTES. Reading gives EF_MALFORMED and an empty window for anything else. */
size_t ef_nonce_write(const ef_nonce_window *window, uint8_t *out);
ef_status ef_nonce_read(ef_nonce_window *window, const uint8_t *bytes, size_t len);

#endif
