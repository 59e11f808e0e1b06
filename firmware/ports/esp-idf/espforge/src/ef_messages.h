/* The channel MESSAGES: one MQTT or WebSocket connection. The client libraries block while they connect, send and end, so a worker task calls them;
 * messages travel between it and the agent's task in two short queues. A full queue says EF_AGAIN to the agent, and lets the network wait. */
#ifndef EF_MESSAGES_H
#define EF_MESSAGES_H

#include <stdatomic.h>

#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/task.h"

#include "espforge/ef_port.h"

#define EF_MESSAGES_OUT 8
#define EF_MESSAGES_IN 4
#define EF_MESSAGE_BYTES 8192u /* docs/protocol.md section 6.3 */

/* A message on its way. `acknowledge` is a WebSocket frame's id that asks for an acknowledgement, 0: none. */
typedef struct ef_letter {
    char topic[16];
    uint8_t qos;
    bool retain;
    uint32_t acknowledge;
    size_t len;
    char body[]; /* and a NUL */
} ef_letter;

/* One connection, from open to close. The agent's side, the worker and the client's callbacks share it. */
typedef struct ef_session {
    const struct ef_link_rules *link;
    atomic_int owners;
    atomic_bool closed;
    atomic_int status;            /* as in ef_response; -1: lost */
    atomic_uint unacknowledged;
    QueueHandle_t out, in;        /* of ef_letter * */
    void *client;                 /* the worker's */
    ef_letter *coming;            /* the client's callback's: a message that arrives in parts */
    uint32_t next_id;             /* WebSocket: of the next frame */
    atomic_uint waiting[EF_MESSAGES_OUT]; /* WebSocket: ids that are not acknowledged */
    const char *url, *bearer, *device_id, *topic_root;
    uint32_t keep_alive_s;
} ef_session;

/* What a link is made of; all called by the worker, and may block. */
typedef struct ef_link_rules {
    ef_link link;
    bool (*start)(ef_session *session);
    bool (*send)(ef_session *session, const ef_letter *letter);
    void (*stop)(ef_session *session); /* after it, no callback comes */
} ef_link_rules;

extern const ef_link_rules ef_mqtt_link, ef_websocket_link;

typedef struct ef_messages {
    ef_session *current; /* the agent's view */
    QueueHandle_t sessions;
    TaskHandle_t worker;
} ef_messages;

ef_status ef_messages_init(ef_messages *messages, uint32_t stack_bytes);
ef_status ef_messages_open(ef_messages *messages, const ef_request *request);
ef_status ef_messages_read(ef_messages *messages, ef_response *response, uint8_t *out, size_t cap, size_t *len);
ef_status ef_messages_send(ef_messages *messages, const ef_message *message);
void ef_messages_close(ef_messages *messages);

/* For links. A lost session stays so; a refused one (401) too. */
void ef_session_status(ef_session *session, int status);
/* A part of a message, of `total` bytes at `offset`. Waits while the agent has not read what came before. */
void ef_session_arrived(ef_session *session, const char *topic, size_t topic_len, const char *data, size_t len, size_t offset, size_t total);

#endif
