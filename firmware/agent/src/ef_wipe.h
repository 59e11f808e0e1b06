#ifndef EF_WIPE_H
#define EF_WIPE_H

#include <stddef.h>

/* Clears a secret in a way the compiler may not leave out. */
void ef_wipe(void *data, size_t len);

#endif
