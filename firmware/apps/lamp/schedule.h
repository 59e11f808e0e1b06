/* Times at which a lamp is switched: a pure list, and its bytes in flash. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_status.h"

#define SCHEDULES 8
#define SCHEDULE_ID_CHARS 12
#define SCHEDULE_ENTRY_BYTES 24 /* id (12), on (1), is once (1), minute (2), time (8) */
#define SCHEDULE_BYTES (2 + SCHEDULES * SCHEDULE_ENTRY_BYTES)

typedef struct schedule {
    char id[SCHEDULE_ID_CHARS + 1]; /* 1-12 of a-z A-Z 0-9 - _ */
    bool on;
    uint16_t minute; /* of the day, UTC */
    int64_t at_ms;   /* UTC; not 0: once, and minute does not count */
} schedule;

typedef struct schedule_list {
    uint32_t count;
    schedule items[SCHEDULES];
} schedule_list;

typedef enum schedule_outcome { SCHEDULE_NOTHING, SCHEDULE_SWITCH, SCHEDULE_CHANGED } schedule_outcome;

/* "HH:MM" */
bool schedule_read_time(const char *text, uint16_t *minute);
/* In place of the one with the same id. EF_BAD_ARGUMENT for an id that is none, EF_TOO_LARGE for a ninth. */
ef_status schedule_put(schedule_list *list, const schedule *item);
bool schedule_remove(schedule_list *list, const char *id);
/* What is due after from_ms (0: the device has just started) and up to to_ms, both UTC. What happens once leaves the list. SCHEDULE_SWITCH: *on is
 * what the last of them says. SCHEDULE_CHANGED: only old ones have left. */
schedule_outcome schedule_due(schedule_list *list, int64_t from_ms, int64_t to_ms, bool *on);
void schedule_describe(const schedule *item, char *out, size_t cap);
size_t schedule_write(const schedule_list *list, uint8_t *out);
bool schedule_read(schedule_list *list, const uint8_t *bytes, size_t len);

#endif
