#include "espforge/ef_status.h"

const char *ef_status_code(ef_status status)
{
    switch (status) {
#define EF_STATUS_CASE(symbol, code) \
    case symbol:                     \
        return code;
        EF_STATUS_LIST(EF_STATUS_CASE)
#undef EF_STATUS_CASE
    }
    return "unknown";
}
