/* Any bytes as what a browser sends to the portal, in any pieces, in any state of provisioning. The form's token is all zeros here, so that
 * forms get through. */
#include <stdlib.h>
#include <string.h>

#include "espforge/ef_portal.h"
#include "room.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_answer(ef_portal *p, size_t piece)
{
    static uint8_t out[65536];
    size_t len = 0;
    for (size_t n; (n = ef_portal_read(p, out + len, piece < sizeof out - len ? piece : sizeof out - len)) > 0; len += n)
        if (len + n == sizeof out)
            abort(); /* no answer is that long */
    if (len < 16 || memcmp(out, "HTTP/1.1 ", 9) != 0 || memmem(out, len, "\r\n\r\n", 4) == NULL)
        abort();
    if (memmem(out, len, "fuzz-secret", 11) != NULL)
        abort(); /* a password comes back in nothing */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static room r;
    static ef_portal portal;
    if (size < 2)
        return 0;
    room_init(&r);
    r.networks[0] = (room_network){"Workshop", "fuzz-secret", -48, false};
    r.networks[1] = (room_network){"<b>&\"'", "", -60, false};
    room_boot(&r);
    room_run(&r, 600);
    memset(r.agent.provision->token, 0, sizeof r.agent.provision->token);
    if (data[0] & 1)
        r.agent.provision->state = (ef_provision_state)(data[0] % EF_PROVISION_STATE_COUNT);
    if (data[0] & 2)
        r.agent.state = EF_STATE_PAIRING;
    size_t piece = (size_t)data[1] + 1;
    ef_portal_begin(&portal, &r.agent, "192.168.4.1");
    for (size_t at = 2; at < size; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        if (ef_portal_feed(&portal, data + at, n)) {
            check_answer(&portal, piece);
            break;
        }
    }
    room_run(&r, 1000);
    if (r.log_len > 0 && memmem(r.log, r.log_len, "fuzz-secret", 11) != NULL)
        abort();
    return 0;
}
