/* The keys a device trusts, as the one record in which they are kept: replaced as a whole, searched by key id. */
#ifndef EF_KEY_RECORD_H
#define EF_KEY_RECORD_H

#include "espforge/ef_key.h"
#include "espforge/ef_port.h"

#define EF_KEY_GENERATION_MAX ((UINT64_C(1) << 53) - 1)

/* A head of 12 bytes, and for each key its id, algorithm, state, length and bytes. */
#define EF_KEY_RECORD_BYTES (12u + EF_TRUSTED_KEYS_MAX * (EF_KID_CHARS + 7u + EF_PUBLIC_KEY_MAX_BYTES))

typedef struct ef_key_record {
    size_t len;
    uint8_t bytes[EF_KEY_RECORD_BYTES];
} ef_key_record;

/* generation 0: the keys came with the claim. */
void ef_key_record_begin(ef_key_record *record, uint64_t generation);
/* EF_MALFORMED: the key is none of docs/protocol.md, or is there already. EF_TOO_LARGE: a fifth. */
ef_status ef_key_record_add(ef_key_record *record, const ef_trusted_key *key);
/* Whether what was read from flash is a record. */
bool ef_key_record_sound(const ef_key_record *record);
uint64_t ef_key_record_generation(const ef_key_record *record);
size_t ef_key_record_count(const ef_key_record *record);
/* EF_NOT_FOUND past the end, or when no key has this id. */
ef_status ef_key_record_at(const ef_key_record *record, size_t index, ef_trusted_key *key);
ef_status ef_key_record_find(const ef_key_record *record, const char *kid, ef_trusted_key *key);

#endif
