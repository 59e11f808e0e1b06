/* Clears a secret in a way the compiler may not leave out. */
#ifndef EF_WIPE_H
#define EF_WIPE_H

#include <stddef.h>

static inline void ef_wipe(void *data, size_t len)
{
    volatile unsigned char *p = data;
    while (len-- > 0)
        *p++ = 0;
}

#endif
