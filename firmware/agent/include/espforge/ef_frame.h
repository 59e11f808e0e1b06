/* Frames of the WebSocket link: docs/protocol.md section 6.3, and the messages that wait for their acknowledgement. Pure, over the caller's memory;
 * ports use it. */
#ifndef EF_FRAME_H
#define EF_FRAME_H

#include "espforge/ef_codec.h"
#include "espforge/ef_port.h"

#define EF_FRAME_BYTES 8192u /* the largest frame either side may send */
#define EF_FRAME_ACK_MS 30000

typedef enum ef_frame_kind { EF_FRAME_MESSAGE, EF_FRAME_ACK } ef_frame_kind;

typedef struct ef_frame {
    ef_frame_kind kind;
    uint32_t id;    /* of an acknowledgement, or of a message that wants one; 0: it does not */
    char topic[16]; /* of a message */
    ef_json body;   /* of a message, a view into the text: an object */
} ef_frame;

/* EF_MALFORMED for anything that is not of section 6.3. */
ef_status ef_frame_read(const char *text, size_t len, ef_frame *out);
/* {"topic":…,"id":…,"body":…} and a NUL; id 0: none. */
ef_status ef_frame_write(char *out, size_t cap, const char *topic, uint32_t id, const char *body, size_t body_len, size_t *len);
ef_status ef_frame_write_ack(char *out, size_t cap, uint32_t id, size_t *len);

/* What was taken over and is not with the host yet, in order, in memory of the caller. */
typedef struct ef_outbox {
    uint8_t *bytes;
    size_t cap, used;
    uint32_t next_id; /* of this connection */
} ef_outbox;

void ef_outbox_init(ef_outbox *outbox, uint8_t *bytes, size_t cap);
/* EF_AGAIN: no room now. EF_TOO_LARGE: it would not fit a frame, or never fits. */
ef_status ef_outbox_put(ef_outbox *outbox, const ef_message *message);
/* The next frame to send on this connection. EF_NOT_FOUND: none. A message without acknowledgement leaves the outbox with this. */
ef_status ef_outbox_next(ef_outbox *outbox, int64_t now_ms, char *out, size_t cap, size_t *len);
/* false: no message of that id waits. */
bool ef_outbox_acknowledge(ef_outbox *outbox, uint32_t id);
/* A new connection: ids begin at 1, and everything is sent again. */
void ef_outbox_restart(ef_outbox *outbox);
/* A message waits for longer than EF_FRAME_ACK_MS: the connection is of no use. */
bool ef_outbox_overdue(const ef_outbox *outbox, int64_t now_ms);
/* Messages that want an acknowledgement and have none. */
uint32_t ef_outbox_count(const ef_outbox *outbox);
/* Gives the oldest message up: the host does not take it (close code 1009). */
void ef_outbox_drop_first(ef_outbox *outbox);

#endif
