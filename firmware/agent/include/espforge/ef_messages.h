/* The message link of an agent (docs/protocol.md section 6): its state. One of MQTT and WebSocket is kept open; what it cannot carry goes over
 * HTTPS. It has no buffers of its own: it works in those of the control channel while no request is under way there. */
#ifndef EF_MESSAGES_H
#define EF_MESSAGES_H

#include "espforge/ef_codec.h"
#include "espforge/ef_command.h"
#include "espforge/ef_port.h"

#define EF_LINKS 2u
#define EF_LINK_URL_CHARS 127u
#define EF_ACTIONS 8u /* that an application may register */

typedef struct ef_backoff {
    uint32_t base_ms, cap_ms, attempt;
} ef_backoff;

/* An action of the application: `params` is the JSON text of the command, empty when there is none; members written to `result` become the
 * answer's result. EF_OK = done; anything else = failed, with its code. */
typedef ef_status (*ef_action_fn)(void *ctx, const char *params, ef_json_writer *result);

typedef struct ef_registered_action {
    const char *name;
    ef_action_fn run;
    void *ctx;
} ef_registered_action;

typedef enum ef_answer_state { EF_ANSWER_NONE, EF_ANSWER_ACCEPTED, EF_ANSWER_DONE, EF_ANSWER_FAILED, EF_ANSWER_REFUSED } ef_answer_state;

/* What is sent with the message link, kept until it is acknowledged and not sent by another way meanwhile. */
typedef enum ef_flight { EF_FLIGHT_NONE, EF_FLIGHT_REPORT, EF_FLIGHT_TELEMETRY } ef_flight;

typedef struct ef_messages {
    bool open, up;
    uint8_t index;       /* in config.links, of the one that is open or is tried next */
    uint8_t absent;      /* bit i: the port does not have links[i], or it has no address */
    bool refused;        /* the link refused a token; one more refusal and it waits for an hour */
    bool online_due, status_due;
    uint8_t told_state;  /* of the agent, in the last status */
    uint8_t flight;      /* ef_flight */
    uint8_t flight_index; /* the link it was sent with */
    int64_t opened_ms, next_ms, status_ms;
    int64_t not_before_ms[EF_LINKS];
    int64_t flight_until_ms; /* after the link was lost: past this it goes another way */
    ef_response response;
    ef_backoff backoff;
    struct {
        char request_id[EF_COMMAND_TEXT_CHARS + 1];
        ef_answer_state state;
        ef_status error;
    } answer; /* that could not be sent at once; without its result then */
    struct {
        char request_id[EF_COMMAND_TEXT_CHARS + 1]; /* empty: nobody asked */
        uint32_t next, last;                        /* chunks of the ring log */
    } log;
    uint32_t action_count;
    ef_registered_action actions[EF_ACTIONS];
} ef_messages;

#endif
