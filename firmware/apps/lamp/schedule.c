#include "schedule.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)
#define LATE_MS INT64_C(3600000) /* what is later than this is not caught up with */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool schedule_read_time(const char *t, uint16_t *minute)
{
    if (strlen(t) != 5 || !is_digit(t[0]) || !is_digit(t[1]) || t[2] != ':' || !is_digit(t[3]) || !is_digit(t[4]))
        return false;
    int hour = (t[0] - '0') * 10 + (t[1] - '0'), minutes = (t[3] - '0') * 10 + (t[4] - '0');
    *minute = (uint16_t)(hour * 60 + minutes);
    return hour < 24 && minutes < 60;
}

static uint32_t index_of(const schedule_list *list, const char *id)
{
    uint32_t i = 0;
    while (i < list->count && strcmp(list->items[i].id, id) != 0)
        i++;
    return i;
}

static bool id_is_good(const char *id)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return id[0] != 0 && strlen(id) <= SCHEDULE_ID_CHARS && strspn(id, allowed) == strlen(id);
}

ef_status schedule_put(schedule_list *list, const schedule *item)
{
    uint32_t i = index_of(list, item->id);
    if (!id_is_good(item->id))
        return EF_BAD_ARGUMENT;
    if (i == SCHEDULES)
        return EF_TOO_LARGE;
    list->items[i] = *item;
    list->count += i == list->count;
    return EF_OK;
}

static void remove_at(schedule_list *list, uint32_t i)
{
    list->count--;
    memmove(&list->items[i], &list->items[i + 1], (list->count - i) * sizeof list->items[0]);
}

bool schedule_remove(schedule_list *list, const char *id)
{
    uint32_t i = index_of(list, id);
    if (i == list->count)
        return false;
    remove_at(list, i);
    return true;
}

/* The latest time up to to_ms at which a daily schedule is due. */
static int64_t last_daily_ms(const schedule *s, int64_t to_ms)
{
    int64_t today = to_ms - to_ms % DAY_MS + s->minute * MINUTE_MS;
    return today <= to_ms ? today : today - DAY_MS;
}

schedule_outcome schedule_due(schedule_list *list, int64_t from_ms, int64_t to_ms, bool *on)
{
    schedule_outcome outcome = SCHEDULE_NOTHING;
    int64_t latest_ms = 0;
    for (uint32_t i = 0; i < list->count;) {
        const schedule s = list->items[i];
        bool once = s.at_ms != 0;
        int64_t due_ms = once ? s.at_ms : last_daily_ms(&s, to_ms);
        bool due = once ? due_ms <= to_ms : from_ms != 0 && due_ms > from_ms;
        if (due && once)
            remove_at(list, i);
        else
            i++;
        if (!due)
            continue;
        if (to_ms - due_ms > LATE_MS) {
            outcome = outcome == SCHEDULE_NOTHING ? SCHEDULE_CHANGED : outcome;
        } else if (due_ms >= latest_ms) {
            latest_ms = due_ms;
            *on = s.on;
            outcome = SCHEDULE_SWITCH;
        }
    }
    return outcome;
}

void schedule_describe(const schedule *s, char *out, size_t cap)
{
    if (s->at_ms != 0)
        (void)snprintf(out, cap, "%lld %s", (long long)s->at_ms, s->on ? "on" : "off");
    else
        (void)snprintf(out, cap, "%02u:%02u %s", s->minute / 60u, s->minute % 60u, s->on ? "on" : "off");
}

size_t schedule_write(const schedule_list *list, uint8_t *out)
{
    uint8_t *p = out;
    *p++ = 1; /* format */
    *p++ = (uint8_t)list->count;
    for (uint32_t i = 0; i < list->count; i++, p += SCHEDULE_ENTRY_BYTES) {
        const schedule *s = &list->items[i];
        memset(p, 0, SCHEDULE_ENTRY_BYTES);
        memcpy(p, s->id, strlen(s->id));
        p[12] = s->on;
        p[13] = s->at_ms != 0;
        p[14] = (uint8_t)s->minute;
        p[15] = (uint8_t)(s->minute >> 8);
        for (int byte = 0; byte < 8; byte++)
            p[16 + byte] = (uint8_t)((uint64_t)s->at_ms >> (8 * byte));
    }
    return (size_t)(p - out);
}

bool schedule_read(schedule_list *list, const uint8_t *bytes, size_t len)
{
    memset(list, 0, sizeof *list);
    if (len < 2 || bytes[0] != 1 || bytes[1] > SCHEDULES || len != 2 + (size_t)bytes[1] * SCHEDULE_ENTRY_BYTES)
        return false;
    for (const uint8_t *p = bytes + 2; list->count < bytes[1]; p += SCHEDULE_ENTRY_BYTES) {
        schedule *s = &list->items[list->count++];
        uint64_t at_ms = 0;
        memcpy(s->id, p, SCHEDULE_ID_CHARS);
        s->on = p[12] != 0;
        s->minute = (uint16_t)((p[14] | p[15] << 8) % 1440);
        for (int byte = 7; byte >= 0; byte--)
            at_ms = at_ms << 8 | p[16 + byte];
        s->at_ms = p[13] != 0 ? (int64_t)at_ms : 0;
    }
    return true;
}
