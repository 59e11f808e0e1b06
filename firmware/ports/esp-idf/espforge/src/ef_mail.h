/* The channel MESSAGES: one MQTT or WebSocket connection. The client libraries block while they connect, send and end, so a worker task calls them;
 * messages travel between it and the agent's task in two short queues. A full queue says EF_AGAIN to the agent, and lets the network wait.
 *
 * A message with QoS 1 is kept until the host has acknowledged it, over the end of a connection, and goes first when the same link is opened again. */
#ifndef EF_MAIL_H
#define EF_MAIL_H

#include <stdatomic.h>

#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/task.h"

#include "espforge/ef_frame.h"
#include "espforge/ef_port.h"

#define EF_MAIL_OUT 8u /* on their way out, and kept for each link */
#define EF_MAIL_IN 4u

/* A message. Whoever lets go last frees it. */
typedef struct ef_letter {
    atomic_int owners;
    atomic_bool is_acknowledged;
    char topic[16];
    uint8_t qos;
    bool retain;
    uint32_t answers; /* WebSocket: it is the acknowledgement of this frame of the host's; 0: it is a message */
    size_t len;
    char body[]; /* and a NUL */
} ef_letter;

/* One connection, from open to close. The agent's side, the worker and the client's callbacks share it. */
typedef struct ef_session {
    const struct ef_link_rules *link;
    atomic_int owners;
    atomic_bool closed;
    atomic_int status;     /* as in ef_response; -1: lost */
    QueueHandle_t out, in; /* of ef_letter * */
    void *client;          /* the worker's */
    ef_letter *coming;     /* the client's callback's: a message that arrives in parts */
    uint32_t next_id;      /* WebSocket: of the next frame */
    portMUX_TYPE lock;     /* of what follows: the worker says what it sent, a callback what was acknowledged, in either order */
    struct {
        uint32_t id; /* 0: free */
        ef_letter *letter; /* NULL: the acknowledgement was faster */
        int64_t sent_ms;
    } sent[EF_MAIL_OUT];
    const char *url, *bearer, *device_id, *topic_root;
    uint32_t keep_alive_s;
} ef_session;

/* What a link is made of; all called by the worker, and may block. */
typedef struct ef_link_rules {
    ef_link link;
    bool (*start)(ef_session *session);
    bool (*deliver)(ef_session *session, ef_letter *letter);
    void (*stop)(ef_session *session); /* after it, no callback comes */
} ef_link_rules;

extern const ef_link_rules ef_mqtt_link, ef_websocket_link;

typedef struct ef_mail {
    ef_session *current;                /* the agent's view */
    ef_letter *kept[2][EF_MAIL_OUT];    /* of MQTT and of WebSocket, the oldest first */
    QueueHandle_t sessions;
    TaskHandle_t worker;
} ef_mail;

ef_status ef_mail_init(ef_mail *mail, uint32_t stack_bytes);
ef_status ef_mail_open(ef_mail *mail, const ef_request *request);
ef_status ef_mail_read(ef_mail *mail, ef_response *response, uint8_t *out, size_t cap, size_t *len);
ef_status ef_mail_send(ef_mail *mail, const ef_message *message);
void ef_mail_close(ef_mail *mail);

/* For links. A lost session stays so; a refused one (401) too. */
void ef_session_status(ef_session *session, int status);
/* A letter with QoS 1 was given to the client under this id; an id was acknowledged. */
void ef_session_sent(ef_session *session, uint32_t id, ef_letter *letter);
void ef_session_acknowledged(ef_session *session, uint32_t id);
/* The oldest letter that is not acknowledged is given up: the host does not take it. */
void ef_session_give_up_first(ef_session *session);
/* A part of a message, of `total` bytes at `offset`. Waits while the agent has not read what came before. */
void ef_session_arrived(ef_session *session, const char *topic, size_t topic_len, const char *data, size_t len, size_t offset, size_t total);

#endif
