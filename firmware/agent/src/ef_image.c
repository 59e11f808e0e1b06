#include "espforge/ef_image.h"

#include <string.h>

#include <psa/crypto.h>

#include "ef_bytes.h"

#define HOST_VERSION 1u
#define HOST_HASHED_BYTES 224u

/* esp_chip_id_t of ESP-IDF's esp_app_format.h, and what follows "esp32" in the chip's name. */
static const struct {
    uint8_t id;
    char name[4];
} esp_chips[] = {
    {0x00, ""}, {0x02, "s2"}, {0x05, "c3"}, {0x09, "s3"}, {0x0C, "c2"}, {0x0D, "c6"}, {0x10, "h2"}, {0x12, "p4"}, {0x14, "c61"}, {0x17, "c5"}, {0x19, "h21"}, {0x1C, "h4"},
};

/* A text field is NUL padded: a NUL at least at its end, and nothing after the first one. */
static bool read_text(const uint8_t *field, size_t size, char *out, size_t cap)
{
    size_t len = 0;
    while (len < size && field[len] != 0) {
        if (field[len] < 0x20 || field[len] == 0x7F)
            return false;
        len++;
    }
    if (len == size || len >= cap)
        return false;
    for (size_t i = len; i < size; i++)
        if (field[i] != 0)
            return false;
    memcpy(out, field, len + 1);
    return true;
}

static bool write_text(const char *text, uint8_t *field, size_t size)
{
    size_t len = strlen(text);
    if (len == 0 || len >= size)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    memcpy(field, text, len);
    return true;
}

static bool header_hash(const uint8_t *header, uint8_t hash[32])
{
    size_t len = 0;
    return psa_hash_compute(PSA_ALG_SHA_256, header, HOST_HASHED_BYTES, hash, 32, &len) == PSA_SUCCESS && len == 32;
}

ef_status ef_image_read_host(const uint8_t *header, size_t len, ef_image *out)
{
    memset(out, 0, sizeof *out);
    if (len < EF_HOST_HEADER_BYTES || memcmp(header, "EFHI", 4) != 0 || ef_get_u16(header + 4) != HOST_VERSION ||
        ef_get_u16(header + 6) != EF_HOST_HEADER_BYTES || ef_get_u32(header + 12) != 0)
        return EF_IMAGE_MALFORMED;
    for (size_t i = 168; i < HOST_HASHED_BYTES; i++)
        if (header[i] != 0)
            return EF_IMAGE_MALFORMED;
    uint8_t hash[32];
    if (!header_hash(header, hash))
        return EF_CRYPTO;
    if (memcmp(hash, header + HOST_HASHED_BYTES, 32) != 0)
        return EF_IMAGE_MALFORMED;

    ef_image image = {0};
    image.payload_size_bytes = ef_get_u32(header + 8);
    if (image.payload_size_bytes == 0 || image.payload_size_bytes > UINT32_MAX - EF_HOST_HEADER_BYTES ||
        !read_text(header + 16, 32, image.project, sizeof image.project) ||
        !read_text(header + 48, 32, image.version, sizeof image.version) || !read_text(header + 80, 16, image.chip, sizeof image.chip) ||
        !read_text(header + 96, 16, image.architecture, sizeof image.architecture) ||
        !read_text(header + 112, 16, image.agent_version, sizeof image.agent_version))
        return EF_IMAGE_MALFORMED;
    image.built_at_ms = ef_get_u64(header + 128);
    memcpy(image.payload_sha256, header + 136, 32);
    *out = image;
    return EF_OK;
}

ef_status ef_image_write_host(const ef_image *image, uint8_t *header)
{
    memset(header, 0, EF_HOST_HEADER_BYTES);
    memcpy(header, "EFHI", 4);
    ef_put_u16(header + 4, HOST_VERSION);
    ef_put_u16(header + 6, EF_HOST_HEADER_BYTES);
    ef_put_u32(header + 8, image->payload_size_bytes);
    if (!write_text(image->project, header + 16, 32) || !write_text(image->version, header + 48, 32) ||
        !write_text(image->chip, header + 80, 16) || !write_text(image->architecture, header + 96, 16) ||
        !write_text(image->agent_version, header + 112, 16))
        return EF_BAD_ARGUMENT;
    ef_put_u64(header + 128, image->built_at_ms);
    memcpy(header + 136, image->payload_sha256, 32);
    return header_hash(header, header + HOST_HASHED_BYTES) ? EF_OK : EF_CRYPTO;
}

ef_status ef_image_read_esp(const uint8_t *header, size_t len, ef_image *out)
{
    enum { DESCRIPTION = 24 + 8 }; /* after the image header and the first segment's header */
    memset(out, 0, sizeof *out);
    if (len < EF_ESP_HEADER_BYTES || header[0] != 0xE9 || header[1] == 0 || header[1] > 16 ||
        ef_get_u32(header + DESCRIPTION) != 0xABCD5432u)
        return EF_IMAGE_MALFORMED;
    ef_image image = {0};
    uint16_t chip = ef_get_u16(header + 12);
    for (size_t i = 0; i < sizeof esp_chips / sizeof esp_chips[0]; i++) {
        if (esp_chips[i].id != chip)
            continue;
        memcpy(image.chip, "esp32", 5);
        memcpy(image.chip + 5, esp_chips[i].name, sizeof esp_chips[i].name);
    }
    if (image.chip[0] == 0 || !read_text(header + DESCRIPTION + 16, 32, image.version, sizeof image.version) ||
        !read_text(header + DESCRIPTION + 48, 32, image.project, sizeof image.project))
        return EF_IMAGE_MALFORMED;
    *out = image;
    return EF_OK;
}

const ef_image_format ef_image_host = {"host", ef_image_read_host};
const ef_image_format ef_image_esp = {"esp", ef_image_read_esp};
