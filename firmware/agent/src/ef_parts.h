/* How the parts of the agent see each other. A part is a noun of docs/protocol.md with a file of its own. */
#ifndef EF_PARTS_H
#define EF_PARTS_H

#include "espforge/ef_agent.h"
#include "espforge/ef_codec.h"

#include "ef_key_record.h"
#include "ef_utf8.h"
#include "ef_wipe.h"

#define EF_NEVER INT64_MAX     /* as a time */
#define EF_FOREVER UINT32_MAX  /* as a wait */

/* A job of the control channel: when it is due, how its request is made, what its answer means. `finish` gets EF_OK for any complete answer
 * (whatever its status) and EF_NETWORK, EF_TOO_LARGE otherwise. */
typedef struct ef_job_rules {
    bool authenticated; /* its bearer is the device's own */
    int64_t (*due_ms)(const ef_agent *a);
    ef_status (*begin)(ef_agent *a, ef_request *request); /* is given a POST of nothing, with tx as its body */
    void (*finish)(ef_agent *a, ef_status status, int32_t code); /* code: the answer's, 0 unless the status is EF_OK */
} ef_job_rules;

/* A row of the table of transitions, from which docs/agent-states.md is made. */
typedef struct ef_transition {
    uint8_t from, event, to; /* ef_state, ef_event, ef_state */
} ef_transition;

/* ef_agent.c */
uint32_t ef_until(const ef_agent *a, int64_t at_ms); /* 0 when that time has come, else at most a second */
int64_t ef_after(const ef_agent *a, uint32_t ms);     /* the time then */
bool ef_passed(const ef_agent *a, int64_t since_ms, uint32_t ms); /* whether as long has passed */
extern const ef_transition ef_transitions[];
extern const size_t ef_transition_count;
void ef_event_happened(ef_agent *a, ef_event event);
__attribute__((format(printf, 3, 4))) void ef_log(ef_agent *a, ef_log_level level, const char *format, ...);
/* Before a restart or a sleep: what is in RAM only goes to flash, and the message link is left in order. */
void ef_agent_settle(ef_agent *a);
/* The last thing: the agent does nothing any more, but ask again when the port refused. */
void ef_restart(ef_agent *a);
/* Copies at most cap - 1 bytes and a NUL. */
void ef_copy_text(char *out, size_t cap, const char *text);

/* What the core asks of parts that may not be there, without their code. */
static inline bool ef_network_is_down(const ef_agent *a) { return a->networks != NULL && a->networks->down; }
static inline bool ef_messages_carry(const ef_agent *a, ef_flight what) /* not by a request: the link is up, or has it on the way */
{
    return a->messages != NULL && (a->messages->up || a->messages->flight == what);
}
static inline bool ef_messages_idle(const ef_agent *a) /* nothing is on the way */
{
    const ef_messages *m = a->messages;
    return m == NULL || !m->up || (m->answer.state == EF_ANSWER_NONE && m->flight == EF_FLIGHT_NONE && m->response.unacknowledged == 0);
}

/* ef_backoff.c: exponential with full jitter. All zero is one of 1 s, at most 60 s. */
void ef_backoff_reset(ef_backoff *backoff, uint32_t base_ms, uint32_t cap_ms);
static inline void ef_backoff_again(ef_backoff *backoff) { backoff->attempt = 0; } /* from the shortest wait on */
uint32_t ef_backoff_next_ms(ef_backoff *backoff, const ef_port *port);
uint32_t ef_backoff_wait_ms(const ef_agent *a, ef_backoff *backoff); /* the same, longer on a bad connection */
void ef_host_heard(ef_agent *a, int64_t latency_ms);                  /* < 0: it was not reached */
uint32_t ef_random_below(const ef_port *port, uint32_t limit);

/* ef_quality.c */
void ef_quality_succeeded(ef_quality *quality, int64_t latency_ms);
void ef_quality_failed(ef_quality *quality);
uint32_t ef_quality_base_ms(uint8_t score, uint32_t base_ms);            /* pure: 1 to 5 times the base */

/* ef_clock.c */
void ef_clock_load(ef_agent *a);
void ef_clock_heard(ef_agent *a, int64_t utc_ms);
void ef_clock_told(ef_agent *a, const ef_json *answer); /* its serverTimeMs, if it has one */
void ef_clock_settle(ef_agent *a); /* stores the latest time now */
int64_t ef_http_date_ms(const char *text, size_t len); /* IMF-fixdate of RFC 9110; 0 when it is none */

/* ef_exchange.c */
uint32_t ef_exchange_step(ef_agent *a); /* how long it may wait, ms */
ef_status ef_exchange_get(const ef_agent *a, ef_request *request, const char *bearer); /* for `begin`: a GET of `path` */
/* Reads the answer of the job under way as a JSON object. */
ef_status ef_exchange_json(const ef_agent *a, ef_json *json);
/* For `finish`: when to ask again after an answer that is no success: the host's Retry-After and the backoff. */
void ef_exchange_refused(ef_agent *a, const char *what); /* a line in the log */
bool ef_is_refusal(int32_t code); /* of a request that would be refused again: 4xx, but not 401, 408, 425, 429 */
int64_t ef_exchange_retry_ms(const ef_agent *a, const ef_response *response, ef_backoff *backoff);

/* ef_identity.c */
extern const uint16_t ef_identity_sizes[4]; /* of the texts */
ef_status ef_identity_load(ef_agent *a);
ef_status ef_identity_store(const ef_agent *a, const ef_identity *identity);

/* ef_networks.c, ef_provision.c */
void ef_networks_joined(ef_agent *a, const char *ssid); /* by a person, and stored */
/* ef_keys.c */
ef_status ef_keys_load(ef_agent *a);
ef_status ef_keys_store(ef_agent *a, const ef_key_record *record); /* in place of all the keys there are */
ef_status ef_keys_find(const ef_agent *a, const char *kid, ef_trusted_key *key);
void ef_keys_announced(ef_agent *a, uint64_t generation);
bool ef_keys_first(ef_agent *a); /* whether the list is asked for before an offer of an unknown key is refused */
extern const ef_job_rules ef_keys_job;

/* ef_claim.c, ef_token.c, ef_report.c, ef_poll.c, ef_telemetry.c: one job each (claiming has two) */
extern const ef_job_rules ef_claim_job, ef_pair_job, ef_token_job, ef_report_job, ef_poll_job;
bool ef_token_valid(const ef_agent *a);
void ef_token_refused(ef_agent *a); /* a 401 came */
void ef_token_accepted(ef_agent *a);
void ef_report_progress(ef_agent *a, ef_report_state state, int percent);
bool ef_report_idle(const ef_agent *a); /* no report on the way is unsent */
const char *ef_report_state_name(ef_report_state state);

/* What both ways of sending need: is something due, its body in tx, and that the host has it. */
bool ef_report_waits(const ef_agent *a);
ef_status ef_report_write(ef_agent *a, size_t *len);
void ef_report_taken(ef_agent *a);
bool ef_telemetry_waits(const ef_agent *a);
ef_status ef_telemetry_write(ef_agent *a, size_t *len);
void ef_telemetry_taken(ef_agent *a);

/* ef_spill.c: telemetry in flash */
typedef struct ef_spill {
    uint32_t number, name_count;
    const char *names[EF_TELEMETRY_VALUES];
    const uint8_t *samples;
    size_t samples_len;
} ef_spill;

void ef_spill_load(ef_agent *a);
ef_status ef_spill_write(ef_agent *a);                           /* the ring in RAM becomes a record */
bool ef_spill_read(ef_agent *a, uint32_t number, ef_spill *view); /* into rx */
void ef_spill_drop(ef_agent *a);                                 /* the oldest record */

/* ef_hardware.c: the member `hardware`, or nothing */
void ef_hardware_write(const ef_agent *a, ef_json_writer *w);

/* ef_ring_store.c */
void ef_ring_range(const ef_agent *a, uint32_t *first, uint32_t *last);
ef_status ef_ring_message(ef_agent *a, const char *request_id, uint32_t *number, uint32_t last, size_t *len, bool *more);

/* ef_links.c */
ef_status ef_links_store(ef_agent *a, const ef_json *claim);
ef_status ef_links_url(const ef_agent *a, ef_link link, char out[EF_LINK_URL_CHARS + 1]);

/* ef_messages.c, ef_action.c, ef_device_status.c */
bool ef_messages_wanted(const ef_agent *a);                /* there is a link to be had */
ef_status ef_messages_send(ef_agent *a, const char *topic, size_t len, bool acknowledged, bool retain); /* of tx */
void ef_action_command(ef_agent *a, const char *text, size_t len);
ef_status ef_action_answer_again(ef_agent *a);
void ef_device_status_write(ef_agent *a, ef_json_writer *w);

/* ef_update_record.c */
ef_status ef_update_record_load(ef_agent *a);
ef_status ef_update_record_store(ef_agent *a); /* the head */
ef_status ef_update_record_end(ef_agent *a, const ef_report *report, const uint8_t returned_sha256[32]); /* with the head; the hash may be NULL */
ef_status ef_update_record_reset(ef_agent *a); /* offers and reports were the former owner's; sequence, epoch and what was returned from stay */
ef_status ef_update_record_first(const ef_agent *a, ef_report *report);
ef_status ef_update_record_told(ef_agent *a); /* the first report has arrived */
ef_status ef_update_record_returned(const ef_agent *a, const ef_manifest *manifest); /* why it was left, EF_OK: it was not */
void ef_progress_clear(const ef_agent *a);
uint32_t ef_progress_load(const ef_agent *a, const ef_offer *offer);
void ef_progress_store(const ef_agent *a, const ef_offer *offer, uint32_t offset);

/* ef_update.c */
ef_event ef_update_resume(ef_agent *a); /* what the boot record and the update record say together at the start */
void ef_update_offered(ef_agent *a, const char *offer_id, const uint8_t *cose, size_t len); /* may have the keys asked for first, and be offered anew */
/* The end of an offer: stored together with everything that follows from it, then the report. */
uint32_t ef_update_step(ef_agent *a);
void ef_update_ended(ef_agent *a, const char *offer_id, ef_report_state state, ef_status error, const char *detail);
void ef_update_failed(ef_agent *a, ef_status error, const char *detail);
uint32_t ef_applying_step(ef_agent *a);
uint32_t ef_rebooting_step(ef_agent *a);

/* ef_download.c, ef_verify.c, ef_confirm.c: the states of the same names */
void ef_download_enter(ef_agent *a);
uint32_t ef_download_step(ef_agent *a);
void ef_verify_enter(ef_agent *a);
uint32_t ef_verify_step(ef_agent *a);
void ef_confirm_enter(ef_agent *a);
uint32_t ef_confirm_step(ef_agent *a);

#endif
