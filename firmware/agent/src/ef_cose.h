/* COSE_Sign1 (RFC 9052) in the profile of docs/protocol.md sections 3 and 6.6: the envelope that manifests and key lists share. */
#ifndef EF_COSE_H
#define EF_COSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_key.h"

#define EF_COSE_MAX_BYTES 2048u /* of a document */

typedef struct ef_view {
    const uint8_t *data;
    size_t len;
} ef_view;

typedef struct ef_cose {
    ef_view protected_header;
    ef_view payload;
    ef_view signature;
    int64_t alg;
    const uint8_t *kid; /* EF_KID_CHARS bytes, any */
} ef_cose;

/* `content` is what the protected header's label 3 must say; NULL: it must not be there. What is signed as one kind of document is never another. */
bool ef_cose_read(const uint8_t *data, size_t len, const char *content, ef_cose *out);
/* The steps of section 4 from the key to the signature. key: the one of cose->kid, or NULL when the device has none. */
ef_status ef_cose_verify(const ef_cose *cose, const ef_trusted_key *key);
/* The id of the key that signed it. EF_MANIFEST_MALFORMED when the envelope is not of the profile. */
ef_status ef_cose_kid(const uint8_t *data, size_t len, const char *content, char kid[EF_KID_CHARS + 1]);

#endif
