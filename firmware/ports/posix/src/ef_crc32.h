/* CRC-32 (IEEE 802.3) for records in flash. */
#ifndef EF_CRC32_H
#define EF_CRC32_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t ef_crc32(const uint8_t *data, size_t len)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

#endif
