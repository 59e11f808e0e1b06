/* UTC from the host, never earlier than the latest time ever seen: a host that sets its clock back, or someone between, cannot make an expired
 * manifest good again. */
#include <string.h>

#include "ef_bytes.h"
#include "ef_parts.h"

#define EARLIEST_MS 1577836800000 /* 2020-01-01 */
#define LATEST_MS 4102444800000   /* 2100-01-01 */
#define STORE_EVERY_MS 3600000

static const char key[] = "time";

void ef_clock_load(ef_agent *a)
{
    uint8_t bytes[8];
    size_t len;
    a->clock = (ef_clock){0};
    if (a->port->kv_get(a->port->ctx, key, bytes, sizeof bytes, &len) != EF_OK || len != sizeof bytes)
        return;
    uint64_t value = ef_get_u64(bytes);
    if (value <= LATEST_MS)
        a->clock.floor_ms = a->clock.stored_ms = (int64_t)value;
}

int64_t ef_agent_utc_ms(const ef_agent *a)
{
    int64_t now = a->clock.base_utc_ms == 0 ? 0 : a->clock.base_utc_ms + (a->now_ms - a->clock.base_mono_ms);
    return now > a->clock.floor_ms ? now : a->clock.floor_ms;
}

static void store(ef_agent *a)
{
    uint8_t bytes[8];
    ef_put_u64(bytes, (uint64_t)a->clock.floor_ms);
    if (a->port->kv_set(a->port->ctx, key, bytes, sizeof bytes) == EF_OK)
        a->clock.stored_ms = a->clock.floor_ms;
}

void ef_clock_heard(ef_agent *a, int64_t utc_ms)
{
    if (utc_ms < EARLIEST_MS || utc_ms > LATEST_MS)
        return;
    int64_t present = ef_agent_utc_ms(a);
    if (a->clock.base_utc_ms == 0 || utc_ms > present) {
        a->clock.base_utc_ms = utc_ms > present ? utc_ms : present;
        a->clock.base_mono_ms = a->now_ms;
    }
    a->clock.floor_ms = ef_agent_utc_ms(a);
    if (a->clock.floor_ms - a->clock.stored_ms >= STORE_EVERY_MS)
        store(a);
}

void ef_clock_told(ef_agent *a, const ef_json *answer)
{
    int64_t utc_ms;
    if (ef_json_member_int(answer, "serverTimeMs", &utc_ms) == EF_OK)
        ef_clock_heard(a, utc_ms);
}

void ef_clock_settle(ef_agent *a)
{
    a->clock.floor_ms = ef_agent_utc_ms(a);
    if (a->clock.floor_ms != a->clock.stored_ms)
        store(a);
}

/* Days from 1970-01-01 to a day of the Gregorian calendar, from 1970 on; the year begins in March here, so that the leap day is the last one. */
static uint32_t days_of(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t y = month <= 2 ? year - 1 : year;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 719469;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
int64_t ef_http_date_ms(const char *text, size_t len)
{
    enum { DAY, YEAR, HOUR, MINUTE, SECOND, VALUES };
    static const char form[] = "___, aa ___ bbbb cc:dd:ee GMT" /* a to e: a digit of that value */, months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    uint32_t v[VALUES] = {0}, month = 1;
    if (len != sizeof form - 1)
        return 0;
    for (size_t i = 0; i < len; i++) {
        const uint32_t which = (uint32_t)(form[i] - 'a'), digit = (uint32_t)(text[i] - '0');
        if (which >= VALUES ? form[i] != '_' && form[i] != text[i] : digit > 9)
            return 0;
        if (which < VALUES)
            v[which] = v[which] * 10 + digit;
    }
    while (month <= 12 && memcmp(text + 8, months + 3 * month - 3, 3) != 0)
        month++;
    if (month > 12 || v[DAY] - 1 > 30 || v[HOUR] > 23 || v[MINUTE] > 59 || v[SECOND] > 60 || v[YEAR] < 1970 || v[YEAR] > 2105) /* whose seconds fit 32 bits */
        return 0;
    return (int64_t)(days_of(v[YEAR], month, v[DAY]) * 86400 + v[HOUR] * 3600 + v[MINUTE] * 60 + v[SECOND]) * 1000;
}
