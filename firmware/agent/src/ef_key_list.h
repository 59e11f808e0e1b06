/* The key list of docs/protocol.md section 6.6: read, verified and judged, and turned into the record that is kept. */
#ifndef EF_KEY_LIST_H
#define EF_KEY_LIST_H

#include "ef_cose.h"
#include "ef_key_record.h"

#define EF_KEY_LIST_MAX_BYTES EF_COSE_MAX_BYTES

/* The id of the key that signed it. EF_MANIFEST_MALFORMED when the envelope is not of the profile. */
ef_status ef_key_list_kid(const uint8_t *cose, size_t len, char kid[EF_KID_CHARS + 1]);
/* signer: the key of that id, NULL when the device has none. generation: of the keys the device has; the list's must be higher.
 * On anything but EF_OK what is in *out means nothing. Needs psa_crypto_init. */
ef_status ef_key_list_open(const uint8_t *cose, size_t len, const ef_trusted_key *signer, uint64_t generation, ef_key_record *out);

#endif
