/* A public key that signatures are verified with, as docs/protocol.md sections 1.2 and 6.6 deliver it. */
#ifndef EF_KEY_H
#define EF_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_status.h"

#define EF_KID_CHARS 32u
#define EF_TRUSTED_KEYS_MAX 4u
#define EF_EC_POINT_BYTES 65u
#define EF_RSA_2048_BYTES 270u /* DER RSAPublicKey, exponent 65537 */
#define EF_RSA_3072_BYTES 398u
#define EF_PUBLIC_KEY_MAX_BYTES EF_RSA_3072_BYTES

/* COSE algorithms (RFC 9053, RFC 8812). */
#define EF_ALG_ES256 (-7)
#define EF_ALG_PS256 (-37)
#define EF_ALG_RS256 (-257)

/* `alg` is the only algorithm the key may be used with. */
typedef struct ef_trusted_key {
    char kid[EF_KID_CHARS + 1];
    bool retired; /* verifies nothing any more */
    uint16_t public_key_len;
    int32_t alg;
    uint8_t public_key[EF_PUBLIC_KEY_MAX_BYTES]; /* 04 || X || Y, or DER RSAPublicKey */
} ef_trusted_key;

/* Whether the key is one of docs/protocol.md: its id, its algorithm, and a public key of that algorithm's form and size that the crypto library
 * takes (a point on the curve). Needs psa_crypto_init. */
bool ef_key_valid(const ef_trusted_key *key);
/* EF_ALG_ES256 for "ES256" and so on, 0 for other names. */
int32_t ef_key_alg(const char *name);

#endif
