#include "espforge/ef_status.h"

/* One text, in the order of the list: a table of pointers would be as large as the shorter codes. */
static const char codes[] =
#define EF_STATUS_TEXT(symbol, code) code "\0"
    EF_STATUS_LIST(EF_STATUS_TEXT)
#undef EF_STATUS_TEXT
    "unknown";

const char *ef_status_code(ef_status status)
{
    const char *code = codes;
    for (unsigned i = 0; i < (unsigned)status && code != codes + sizeof codes - sizeof "unknown"; i++)
        while (*code++ != 0) {
        }
    return code;
}
