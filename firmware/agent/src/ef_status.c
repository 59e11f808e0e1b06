#include "espforge/ef_status.h"

#include "ef_utf8.h"

/* One text, in the order of the list: a table of pointers would be as large as the shorter codes. */
static const char codes[] =
#define EF_STATUS_TEXT(symbol, code) code "\0"
    EF_STATUS_LIST(EF_STATUS_TEXT)
#undef EF_STATUS_TEXT
    "unknown";

const char *ef_status_code(ef_status status)
{
    return ef_nth_text(codes, (unsigned)status < EF_STATUS_COUNT ? (unsigned)status : EF_STATUS_COUNT);
}
