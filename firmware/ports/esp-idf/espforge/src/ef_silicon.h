/* What the chip says of itself. */
#ifndef EF_SILICON_H
#define EF_SILICON_H

#include "espforge/ef_port.h"

/* Reads eFuses, the flash's id, and what PSRAM was found at the start. Once is enough: none of it changes. */
void ef_silicon_read(ef_hardware *out);

#endif
