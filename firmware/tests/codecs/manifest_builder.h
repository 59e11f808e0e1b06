/* Builds and signs manifests, right ones and wrong ones, for the tests of the reader. */
#ifndef EF_TEST_MANIFEST_BUILDER_H
#define EF_TEST_MANIFEST_BUILDER_H

#include <psa/crypto.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_manifest.h"

#define BUFFER_CAP 4096
#define GOOD_ISSUED_AT UINT64_C(1767225600000)

typedef struct buffer {
    uint8_t data[BUFFER_CAP];
    size_t len;
} buffer;

void put_raw(buffer *b, const void *data, size_t len);
void put_head(buffer *b, uint8_t major, uint64_t argument);
void put_uint(buffer *b, uint64_t value);
void put_text(buffer *b, const char *text);
void put_bytes(buffer *b, const void *data, size_t len);

typedef struct signer {
    psa_key_id_t id;
    ef_trusted_key key;
} signer;

signer signer_new(const char *kid); /* ES256 */
signer signer_new_rsa(const char *kid, int32_t alg); /* of 2,048 bits: takes its time */
void signer_free(signer *s);

/* A key list, docs/protocol.md section 6.6. `keys` in the order given; an entry's state is its `retired`. */
buffer key_list_payload(uint64_t generation, const ef_trusted_key *keys, size_t count);
buffer key_list_protected(int64_t alg, const char *kid);
buffer sign_key_list(const signer *s, uint64_t generation, const ef_trusted_key *keys, size_t count);

/* The fields of a payload; a test changes one and encodes. */
typedef struct fields {
    uint64_t format_version, sequence;
    const char *product, *chip, *version, *format;
    uint64_t size;
    size_t sha256_len;
    const char *path, *minimum_agent_version, *minimum_version; /* the last two may be NULL */
    uint64_t epoch, issued_at, expires_at;
} fields;

fields good_fields(void);
buffer payload_of(const fields *f);
buffer protected_of(int64_t alg, const char *kid);
/* Tag, array and the four parts; signed over protected and payload. */
buffer sign_parts(const signer *s, const buffer *protected_header, const buffer *payload);
buffer sign_fields(const signer *s, const fields *f);

#endif
