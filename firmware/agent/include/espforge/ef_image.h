/* The header of an image, docs/protocol.md section 5: read and judged, and written by ef_mkimage. */
#ifndef EF_IMAGE_H
#define EF_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_status.h"

#define EF_HOST_HEADER_BYTES 256u
#define EF_ESP_HEADER_BYTES 288u /* image header, first segment header, application description */

typedef struct ef_image {
    uint32_t payload_size_bytes; /* host images: file size - 256; 0 for esp images */
    char project[33];
    char version[33];
    char chip[17];
    char architecture[17]; /* host images only */
    char agent_version[17]; /* host images only */
    uint64_t built_at_ms;   /* 0: not recorded */
    uint8_t payload_sha256[32]; /* host images only */
} ef_image;

/* How images of a kind are read. Only the one that a config names is linked. */
typedef struct ef_image_format {
    const char *name; /* as in the manifest: "host", "esp" */
    ef_status (*read)(const uint8_t *header, size_t len, ef_image *out); /* the first sector, or the whole image when it is smaller */
} ef_image_format;
extern const ef_image_format ef_image_host, ef_image_esp;

/* The first EF_HOST_HEADER_BYTES of a host image. EF_IMAGE_MALFORMED when any field is outside docs/protocol.md section 5 or the header's own
 * SHA-256 does not fit. Needs psa_crypto_init. */
ef_status ef_image_read_host(const uint8_t *header, size_t len, ef_image *out);
/* Writes EF_HOST_HEADER_BYTES. EF_BAD_ARGUMENT when a text does not fit its field. */
ef_status ef_image_write_host(const ef_image *image, uint8_t *header);
/* The first EF_ESP_HEADER_BYTES of an Espressif application image: chip, version and project. */
ef_status ef_image_read_esp(const uint8_t *header, size_t len, ef_image *out);

#endif
