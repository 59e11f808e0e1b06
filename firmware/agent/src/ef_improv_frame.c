/* Improv Wi-Fi as bytes: frames on a serial line, values of BLE characteristics. */
#include <string.h>

#include "ef_improv_rpc.h"
#include "ef_parts.h"
#include "ef_wipe.h"

enum { VERSION = 1, HEAD = 9, STALE_MS = 2000 };

static const char magic[] = "IMPROV";

static uint8_t sum_of(const uint8_t *data, size_t len, uint8_t sum)
{
    for (size_t i = 0; i < len; i++)
        sum = (uint8_t)(sum + data[i]);
    return sum;
}

/* A whole RPC packet: command, length, that many bytes. */
static void packet(ef_improv *i, size_t len)
{
    if (len < 2 || i->data[1] != len - 2)
        ef_improv_fail(i);
    else
        ef_improv_command(i, i->data[0], i->data + 2, len - 2);
    ef_wipe(i->data, sizeof i->data);
}

/* A head that was begun and does not go on as one: perhaps another begins here. */
static void head_broke(ef_improv *i, uint8_t byte)
{
    i->pos = byte == (uint8_t)magic[0];
    i->sum = i->pos != 0 ? byte : 0;
}

static void take(ef_improv *i, uint8_t byte)
{
    if (i->pos < HEAD) {
        bool fits = i->pos < sizeof magic - 1 ? byte == (uint8_t)magic[i->pos] : i->pos == 6 ? byte == VERSION : true;
        if (!fits) {
            head_broke(i, byte);
            return;
        }
        i->type = i->pos == 7 ? byte : i->type;
        i->need = i->pos == 8 ? byte : i->need;
        i->sum = (uint8_t)(i->sum + byte);
        i->pos++;
        i->fill = 0;
    } else if (i->fill < i->need) {
        i->data[i->fill++] = byte;
        i->sum = (uint8_t)(i->sum + byte);
    } else {
        bool is_good = byte == i->sum;
        i->pos = i->sum = 0;
        if (!is_good)
            ef_improv_fail(i);
        else if (i->type == EF_IMPROV_COMMAND)
            packet(i, i->fill);
    }
}

/* The rest of what was cut off long ago will not come. */
static void forget_stale(ef_improv *i)
{
    if (i->agent->now_ms - i->heard_ms > STALE_MS)
        i->pos = i->sum = 0, i->fill = 0;
    i->heard_ms = i->agent->now_ms;
}

void ef_improv_feed(ef_improv *i, const uint8_t *data, size_t len)
{
    forget_stale(i);
    for (size_t n = 0; n < len; n++)
        take(i, data[n]);
}

size_t ef_improv_frame(ef_improv *i, uint8_t out[EF_IMPROV_FRAME_BYTES])
{
    uint8_t type;
    size_t len = ef_improv_next(i, &type, out + HEAD);
    if (len == 0)
        return 0;
    memcpy(out, magic, sizeof magic - 1);
    out[6] = VERSION;
    out[7] = type;
    out[8] = (uint8_t)len;
    out[HEAD + len] = sum_of(out, HEAD + len, 0);
    out[HEAD + len + 1] = '\n'; /* between frames; keeps a console readable */
    return HEAD + len + 2;
}

void ef_improv_write(ef_improv *i, const uint8_t *data, size_t len)
{
    forget_stale(i);
    for (size_t n = 0; n < len; n++) {
        i->data[i->fill++] = data[n];
        if (i->fill < 3 || i->fill < i->data[1] + 3u)
            continue;
        size_t whole = i->fill - 1u;
        i->fill = 0;
        if (sum_of(i->data, whole, 0) == i->data[whole])
            packet(i, whole);
        else
            ef_improv_fail(i);
    }
}

size_t ef_improv_value(ef_improv *i, ef_improv_characteristic *which, uint8_t out[EF_IMPROV_DATA_BYTES + 3])
{
    uint8_t type;
    size_t len = ef_improv_next(i, &type, out);
    *which = (ef_improv_characteristic)type;
    if (len > 0 && type == EF_IMPROV_RESULT) {
        out[len] = sum_of(out, len, 0);
        len++;
    }
    return len;
}

void ef_improv_uuid(uint8_t characteristic, uint8_t out[16])
{
    /* 00467768-6228-2272-4663-2774782680xx */
    static const uint8_t uuid[16] = {0x00, 0x80, 0x26, 0x78, 0x74, 0x27, 0x63, 0x46, 0x72, 0x22, 0x28, 0x62, 0x68, 0x77, 0x46, 0x00};
    memcpy(out, uuid, sizeof uuid);
    out[0] = characteristic;
}
