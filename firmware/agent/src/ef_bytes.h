/* Little-endian integers in byte arrays. */
#ifndef EF_BYTES_H
#define EF_BYTES_H

#include <stdbool.h>
#include <stdint.h>

uint16_t ef_get_u16(const uint8_t *p);
uint32_t ef_get_u32(const uint8_t *p);
uint64_t ef_get_u64(const uint8_t *p);
void ef_put_u16(uint8_t *p, uint16_t v);
void ef_put_u32(uint8_t *p, uint32_t v);
void ef_put_u64(uint8_t *p, uint64_t v);

#endif
