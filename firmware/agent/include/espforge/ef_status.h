/* Statuses of the agent: one list, from which the enum, the names and the codes of docs/protocol.md section 4 are made. */
#ifndef EF_STATUS_H
#define EF_STATUS_H

/* X(symbol, wire code). The wire code is what a report's `error` carries; statuses that never reach the wire have their own words too.
 * Numbers are kept in flash and read by other versions of the agent: add at the end, change none. */
#define EF_STATUS_LIST(X)                                  \
    X(EF_OK, "ok")                                         \
    X(EF_AGAIN, "again")                                   \
    X(EF_END, "end")                                       \
    X(EF_BAD_ARGUMENT, "bad-argument")                     \
    X(EF_TOO_LARGE, "too-large")                           \
    X(EF_MALFORMED, "malformed")                           \
    X(EF_NOT_FOUND, "not-found")                           \
    X(EF_CRYPTO, "crypto-failed")                          \
    X(EF_NETWORK, "network-failed")                        \
    X(EF_MANIFEST_MALFORMED, "manifest-malformed")         \
    X(EF_KEY_UNKNOWN, "key-unknown")                       \
    X(EF_MANIFEST_ALGORITHM, "manifest-algorithm")         \
    X(EF_SIGNATURE_INVALID, "signature-invalid")           \
    X(EF_MANIFEST_EXPIRED, "manifest-expired")             \
    X(EF_PRODUCT_MISMATCH, "product-mismatch")             \
    X(EF_CHIP_MISMATCH, "chip-mismatch")                   \
    X(EF_FORMAT_MISMATCH, "format-mismatch")               \
    X(EF_SEQUENCE_OLD, "sequence-old")                     \
    X(EF_EPOCH_OLD, "epoch-old")                           \
    X(EF_AGENT_TOO_OLD, "agent-too-old")                   \
    X(EF_VERSION_TOO_OLD, "version-too-old")               \
    X(EF_IMAGE_TOO_LARGE, "image-too-large")               \
    X(EF_DOWNLOAD_FAILED, "download-failed")               \
    X(EF_IMAGE_SIZE_MISMATCH, "image-size-mismatch")       \
    X(EF_IMAGE_HASH_MISMATCH, "image-hash-mismatch")       \
    X(EF_IMAGE_MALFORMED, "image-malformed")               \
    X(EF_FLASH_FAILED, "flash-failed")                     \
    X(EF_CRASHED, "crashed")                               \
    X(EF_SELF_TEST_FAILED, "self-test-failed")             \
    X(EF_CONFIRM_TIMEOUT, "confirm-timeout")               \
    X(EF_COMMAND_INVALID, "command-invalid")               \
    X(EF_COMMAND_DEVICE, "command-device")                 \
    X(EF_COMMAND_SIGNATURE, "command-signature")           \
    X(EF_COMMAND_TIME_UNKNOWN, "command-time-unknown")     \
    X(EF_COMMAND_EXPIRED, "command-expired")               \
    X(EF_COMMAND_EARLY, "command-early")                   \
    X(EF_COMMAND_REPLAYED, "command-replayed")             \
    X(EF_COMMAND_BUSY, "command-busy")                     \
    X(EF_COMMAND_UNKNOWN, "command-unknown")             \
    X(EF_KEY_RETIRED, "key-retired")                       \
    X(EF_KEYS_OLD, "keys-old")

typedef enum ef_status {
#define EF_STATUS_ENUM(symbol, code) symbol,
    EF_STATUS_LIST(EF_STATUS_ENUM)
#undef EF_STATUS_ENUM
    EF_STATUS_COUNT
} ef_status;

/* The wire code of a status, such as "signature-invalid"; "unknown" for a number that is no status. Never NULL. */
const char *ef_status_code(ef_status status);

#endif
