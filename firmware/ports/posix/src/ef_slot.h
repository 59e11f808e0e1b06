/* Images in slots: the bootloader's check of header and payload, and the installation of the factory image. */
#ifndef EF_SLOT_H
#define EF_SLOT_H

#include "ef_flash.h"
#include "espforge/ef_image.h"

/* The architecture images must have to run here: `x86_64` or `aarch64`. */
const char *ef_host_architecture(void);

/* Header, architecture and SHA-256 of the payload. EF_IMAGE_MALFORMED when the slot holds no image that may be run. */
ef_status ef_slot_check(ef_flash *flash, uint8_t slot, ef_image *image);
/* Copies an image file into the slot. EF_NOT_FOUND (errno) when it cannot be read, EF_IMAGE_TOO_LARGE, EF_IMAGE_MALFORMED. */
ef_status ef_slot_install(ef_flash *flash, uint8_t slot, const char *file, ef_image *image);

#endif
