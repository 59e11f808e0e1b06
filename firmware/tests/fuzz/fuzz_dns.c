/* Any packet as a query: what comes back is a reply to it, fits, and is never itself replied to. */
#include <stdlib.h>
#include <string.h>

#include "espforge/ef_dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t address[4] = {192, 168, 4, 1};
    uint8_t out[EF_DNS_BYTES], again[EF_DNS_BYTES];
    for (size_t cap = sizeof out;; cap /= 3) {
        size_t len = ef_dns_answer(data, size, address, out, cap);
        if (len > cap || (len > 0 && (len < 12 || size < 12 || memcmp(out, data, 2) != 0 || (out[2] & 0x80) == 0)))
            abort();
        if (len > 0 && ef_dns_answer(out, len, address, again, sizeof again) != 0)
            abort();
        if (cap == 0)
            return 0;
    }
}
