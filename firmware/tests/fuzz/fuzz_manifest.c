/* Any bytes as a manifest, and any bytes as the payload of an otherwise right envelope. Run with corpus/manifest. */
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "espforge/ef_manifest.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return psa_crypto_init() == PSA_SUCCESS ? 0 : 1;
}

static void open_one(const uint8_t *cose, size_t len)
{
    const ef_trusted_key key = envelope_key();
    const ef_manifest_context device = {
        .keys = &key,
        .key_count = 1,
        .now_ms = 1,
        .product = "lamp",
        .chip = "esp32c3",
        .image_format = "host",
        .version = "1.0.0",
        .agent_version = "0.1.0",
        .slot_size_bytes = 1u << 20,
    };
    ef_manifest m;
    /* Nothing here is signed: whatever is accepted is a forgery. */
    if (ef_manifest_open(cose, len, &device, &m) == EF_OK) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t cose[ENVELOPE_MAX];
    open_one(data, size);
    size_t len = envelope_around(data, size, cose);
    if (len > 0)
        open_one(cose, len);
    return 0;
}
