/* Any bytes on the serial line or written to the BLE characteristic; frames that go out are whole, and time passes in between. */
#include <stdlib.h>
#include <string.h>

#include "espforge/ef_improv.h"
#include "room.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_result(const uint8_t *data, size_t len)
{
    if (len < 2 || data[1] != len - 2)
        abort();
    size_t at = 2;
    while (at < len)
        at += 1u + data[at];
    if (at != len)
        abort();
}

static void drain(ef_improv *improv)
{
    uint8_t out[EF_IMPROV_FRAME_BYTES];
    ef_improv_characteristic which;
    for (int i = 0; i < 64; i++) {
        if (improv->is_serial) {
            size_t len = ef_improv_frame(improv, out);
            if (len == 0)
                return;
            if (len < 12 || len > sizeof out || memcmp(out, "IMPROV\x01", 7) != 0 || out[8] + 11u != len)
                abort();
            if (out[7] == EF_IMPROV_RESULT)
                check_result(out + 9, out[8]);
        } else {
            size_t len = ef_improv_value(improv, &which, out);
            if (len == 0)
                return;
            if (which == EF_IMPROV_RESULT)
                check_result(out, len - 1);
            else if (len != 1)
                abort();
        }
    }
    abort(); /* it must come to an end */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static room r;
    static ef_improv improv;
    if (size < 2)
        return 0;
    room_init(&r);
    r.networks[0] = (room_network){"Workshop", "fuzz-secret", -48, false};
    r.networks[1] = (room_network){"Guest", "", -60, false};
    r.config.provision.needs_button = (data[0] & 2) != 0;
    r.config.provision.url = (data[0] & 4) != 0 ? "https://a.example/claim" : NULL;
    room_boot(&r);
    room_run(&r, 600);
    ef_improv_begin(&improv, &r.agent, (data[0] & 1) != 0);
    size_t piece = (size_t)data[1] + 1;
    for (size_t at = 2; at < size; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        if (improv.is_serial)
            ef_improv_feed(&improv, data + at, n);
        else
            ef_improv_write(&improv, data + at, n);
        drain(&improv);
        if ((data[0] & 8) != 0) {
            room_run(&r, 700);
            drain(&improv);
        }
    }
    return 0;
}
