/* Messages that came in and were not read yet: a bounded queue, for both message links. */
#ifndef EF_INBOX_H
#define EF_INBOX_H

#include <stdbool.h>
#include <string.h>

#include "espforge/ef_port.h"

#define EF_INBOX_MESSAGES 16u
#define EF_INBOX_BYTES 8192u /* of one message */

typedef struct ef_inbox {
    uint32_t first, count;
    uint32_t dropped; /* found no room */
    struct {
        char topic[16];
        size_t len;
        char body[EF_INBOX_BYTES];
    } messages[EF_INBOX_MESSAGES];
} ef_inbox;

static inline bool ef_inbox_is_full(const ef_inbox *inbox)
{
    return inbox->count == EF_INBOX_MESSAGES;
}

static inline void ef_inbox_put(ef_inbox *inbox, const char *topic, const void *body, size_t len)
{
    if (ef_inbox_is_full(inbox) || len > EF_INBOX_BYTES || strlen(topic) > 15) {
        inbox->dropped++;
        return;
    }
    uint32_t at = (inbox->first + inbox->count++) % EF_INBOX_MESSAGES;
    (void)strcpy(inbox->messages[at].topic, topic);
    inbox->messages[at].len = len;
    if (len > 0)
        memcpy(inbox->messages[at].body, body, len);
}

/* EF_AGAIN: nothing is there. */
static inline ef_status ef_inbox_take(ef_inbox *inbox, char topic[16], uint8_t *out, size_t cap, size_t *len)
{
    *len = 0;
    if (inbox->count == 0)
        return EF_AGAIN;
    uint32_t at = inbox->first;
    inbox->first = (inbox->first + 1) % EF_INBOX_MESSAGES;
    inbox->count--;
    if (inbox->messages[at].len > cap)
        return EF_TOO_LARGE;
    (void)strcpy(topic, inbox->messages[at].topic);
    *len = inbox->messages[at].len;
    memcpy(out, inbox->messages[at].body, *len);
    return EF_OK;
}

#endif
