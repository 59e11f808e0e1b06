/* A message link in memory, as a port has it: what was taken over with QoS 1 is kept until it is acknowledged, also across a cut. */
#ifndef EF_TEST_FAKE_LINK_H
#define EF_TEST_FAKE_LINK_H

#include "espforge/ef_port.h"

#define LINK_QUEUE 48u
#define LINK_SENT 512u

typedef struct link_message {
    char topic[16];
    char body[4200];
    size_t len;
    uint8_t qos;
    bool retain, acknowledged;
} link_message;

typedef struct fake_link {
    /* how it behaves */
    bool has_mqtt, has_websocket; /* else EF_NOT_FOUND */
    bool mqtt_down, websocket_down;
    int refusals;    /* that many tokens are refused; -1: all */
    bool holds_acks; /* takes messages over, but nothing is acknowledged */
    bool is_full;    /* EF_AGAIN */

    bool is_open, is_up;
    ef_link kind;
    char url[128], bearer[64];
    uint32_t opens, polls;

    link_message in[LINK_QUEUE];
    uint32_t in_first, in_count;
    link_message sent[LINK_SENT]; /* everything the host got, in order */
    uint32_t sent_count;
} fake_link;

void fake_link_init(fake_link *link);
ef_status fake_link_open(fake_link *link, const ef_request *request);
ef_status fake_link_read(fake_link *link, ef_response *response, uint8_t *out, size_t cap, size_t *len);
ef_status fake_link_send(fake_link *link, const ef_message *message);
void fake_link_close(fake_link *link);

/* The host sends. */
void fake_link_push(fake_link *link, const char *topic, const char *body);
/* The connection breaks; the next open may succeed. */
void fake_link_cut(fake_link *link);
/* The newest message of this topic whose body holds the text, or NULL. */
const link_message *fake_link_find(const fake_link *link, const char *topic, const char *text);
uint32_t fake_link_count(const fake_link *link, const char *topic, const char *text);

#endif
