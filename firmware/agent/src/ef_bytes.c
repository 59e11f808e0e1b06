#include "ef_bytes.h"

uint16_t ef_get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | (uint16_t)(p[1] << 8));
}

uint32_t ef_get_u32(const uint8_t *p)
{
    return ef_get_u16(p) | (uint32_t)ef_get_u16(p + 2) << 16;
}

uint64_t ef_get_u64(const uint8_t *p)
{
    return ef_get_u32(p) | (uint64_t)ef_get_u32(p + 4) << 32;
}

void ef_put_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

void ef_put_u32(uint8_t *p, uint32_t v)
{
    ef_put_u16(p, (uint16_t)v);
    ef_put_u16(p + 2, (uint16_t)(v >> 16));
}

void ef_put_u64(uint8_t *p, uint64_t v)
{
    ef_put_u32(p, (uint32_t)v);
    ef_put_u32(p + 4, (uint32_t)(v >> 32));
}
