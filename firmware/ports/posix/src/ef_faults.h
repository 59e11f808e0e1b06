/* A bad network, played between the agent and the port's real one (`--fault`): loss=PERCENT of exchanges and connections never come about,
 * delay=MS before anything is heard, cut=BYTES breaks every exchange after so many bytes, captive: a portal answers 200 with its page to every
 * request and no message link comes about. Several by commas. The dice are the same for the same `seed=N`. */
#ifndef EF_FAULTS_H
#define EF_FAULTS_H

#include "espforge/ef_port.h"

typedef struct ef_faults {
    uint32_t loss_percent, delay_ms, cut_bytes;
    bool captive;
    uint32_t dice;
    struct {
        int64_t opened_ms;
        uint32_t bytes;
        bool is_captive, head_told, page_told;
    } channels[EF_CHANNEL_COUNT];
} ef_faults;

/* NULL or empty: none. false: not such a text. */
bool ef_faults_parse(ef_faults *faults, const char *text);
/* EF_AGAIN: open the real channel. Anything else is the answer. */
ef_status ef_faults_open(ef_faults *faults, ef_channel channel, const ef_request *request, int64_t now_ms);
/* EF_AGAIN with *handled: nothing is heard yet. Without *handled the real channel is read, and ef_faults_heard judges what came. */
ef_status ef_faults_read(ef_faults *faults, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len, int64_t now_ms,
                         bool *handled);
ef_status ef_faults_heard(ef_faults *faults, ef_channel channel, ef_status status, size_t *len);

#endif
