/* The release manifest: COSE_Sign1 of docs/protocol.md section 3, read and judged. Crypto through PSA (psa_crypto_init must have been called). */
#ifndef EF_MANIFEST_H
#define EF_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_key.h"
#include "espforge/ef_status.h"

#define EF_MANIFEST_MAX_BYTES 2048u

typedef struct ef_manifest {
    uint64_t sequence;
    char product[64];
    char chip[17];
    char version[32];
    char image_format[8];
    uint32_t image_size_bytes;
    uint8_t image_sha256[32];
    char image_path[128];
    char minimum_agent_version[32]; /* empty when absent */
    char minimum_version[32];       /* empty when absent */
    uint32_t security_epoch;
    uint64_t issued_at_ms;
    uint64_t expires_at_ms;
} ef_manifest;

/* What the manifest is judged against. Strings are NUL-terminated. now_ms is the best known UTC time, 0 = unknown (expiry is then not judged
 * here; the agent asks the host for the time before it accepts). */
typedef struct ef_manifest_context {
    const ef_trusted_key *keys; /* at least the one the manifest names, if it is trusted or retired */
    size_t key_count;
    uint64_t now_ms;
    const char *product;
    const char *chip;
    const char *image_format;
    const char *version;
    const char *agent_version;
    uint64_t sequence;      /* highest ever applied, 0 = none */
    uint32_t security_epoch;
    uint32_t slot_size_bytes;
} ef_manifest_context;

/* Reads and verifies `cose` and judges it in the order of docs/protocol.md section 4. On anything but EF_OK *out is zeroed.
 * Bounded: one pass over at most EF_MANIFEST_MAX_BYTES, no heap beyond what PSA itself uses. */
ef_status ef_manifest_open(const uint8_t *cose, size_t cose_len, const ef_manifest_context *context, ef_manifest *out);

/* The id of the key that signed it, so that only this key need be loaded. EF_MANIFEST_MALFORMED when the envelope is not of the profile. */
ef_status ef_manifest_kid(const uint8_t *cose, size_t cose_len, char kid[EF_KID_CHARS + 1]);

#endif
