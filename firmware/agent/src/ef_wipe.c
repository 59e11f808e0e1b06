#include "ef_wipe.h"

void ef_wipe(void *data, size_t len)
{
    volatile unsigned char *p = data;
    while (len-- > 0)
        *p++ = 0;
}
