/* What ef_improv_frame.c and ef_improv.c have of each other. */
#ifndef EF_IMPROV_RPC_H
#define EF_IMPROV_RPC_H

#include "espforge/ef_improv.h"

void ef_improv_command(ef_improv *improv, uint8_t command, const uint8_t *data, size_t len);
/* What came was no command. */
void ef_improv_fail(ef_improv *improv);
/* The next thing to say, without checksum; *type is an ef_improv_characteristic. 0: nothing now. */
size_t ef_improv_next(ef_improv *improv, uint8_t *type, uint8_t out[EF_IMPROV_DATA_BYTES]);

#endif
