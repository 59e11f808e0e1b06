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

void ef_clock_settle(ef_agent *a)
{
    a->clock.floor_ms = ef_agent_utc_ms(a);
    if (a->clock.floor_ms != a->clock.stored_ms)
        store(a);
}

static int two_digits(const char *p)
{
    return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9' ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar; the year begins in March here, so that the leap day is the last one. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
int64_t ef_http_date_ms(const char *text, size_t len)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (len != 29 || memcmp(text + 3, ", ", 2) != 0 || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' ||
        text[22] != ':' || memcmp(text + 25, " GMT", 4) != 0)
        return 0;
    int month = 0;
    for (int i = 0; i < 12; i++)
        if (memcmp(text + 8, months + 3 * i, 3) == 0)
            month = i + 1;
    int day = two_digits(text + 5), century = two_digits(text + 12), year = two_digits(text + 14);
    int hour = two_digits(text + 17), minute = two_digits(text + 20), second = two_digits(text + 23);
    if (month == 0 || day < 1 || day > 31 || century < 19 || year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 60)
        return 0;
    int64_t seconds = days_of(century * 100 + year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return seconds > 0 ? seconds * 1000 : 0;
}
