/* How the parts of the agent see each other. A part is a noun of docs/protocol.md with a file of its own. */
#ifndef EF_PARTS_H
#define EF_PARTS_H

#include "espforge/ef_agent.h"
#include "espforge/ef_codec.h"

#define EF_NEVER INT64_MAX

/* A job of the control channel: when it is due, how its request is made, what its answer means. `finish` gets EF_OK for any complete answer
 * (whatever its status) and EF_NETWORK, EF_TOO_LARGE otherwise. */
typedef struct ef_job_rules {
    bool authenticated; /* its bearer is the device's own */
    int64_t (*due_ms)(const ef_agent *a, int64_t now_ms);
    ef_status (*begin)(ef_agent *a, ef_request *request, int64_t now_ms);
    void (*finish)(ef_agent *a, ef_status status, int64_t now_ms);
} ef_job_rules;

/* ef_agent.c */
void ef_event_happened(ef_agent *a, ef_event event);
__attribute__((format(printf, 3, 4))) void ef_log(const ef_agent *a, ef_log_level level, const char *format, ...);
/* Copies at most cap - 1 bytes and a NUL. */
void ef_copy_text(char *out, size_t cap, const char *text);

/* ef_backoff.c: exponential with full jitter. */
void ef_backoff_reset(ef_backoff *backoff, uint32_t base_ms, uint32_t cap_ms);
uint32_t ef_backoff_next_ms(ef_backoff *backoff, const ef_port *port);
uint32_t ef_random_below(const ef_port *port, uint32_t limit);

/* ef_clock.c */
void ef_clock_load(ef_agent *a);
void ef_clock_heard(ef_agent *a, int64_t utc_ms);
int64_t ef_http_date_ms(const char *text, size_t len); /* IMF-fixdate of RFC 9110; 0 when it is none */

/* ef_exchange.c */
int64_t ef_exchange_step(ef_agent *a, int64_t now_ms); /* how long it may wait, ms */
/* Reads the answer of the job under way as a JSON object. */
ef_status ef_exchange_json(const ef_agent *a, ef_json *json);
/* For `finish`: when to ask again after an answer that is no success: the host's Retry-After and the backoff. */
int64_t ef_exchange_retry_ms(ef_agent *a, ef_backoff *backoff, int64_t now_ms);

/* ef_identity.c */
ef_status ef_identity_load(ef_agent *a);
ef_status ef_identity_store(const ef_agent *a, const ef_identity *identity);

/* ef_networks.c, ef_provision.c, ef_reset.c */
void ef_networks_load(ef_agent *a);
int64_t ef_networks_step(ef_agent *a, int64_t now_ms);
void ef_networks_joined(ef_agent *a, const char *ssid); /* by a person, and stored */
int64_t ef_provision_step(ef_agent *a, int64_t now_ms);
ef_status ef_reset_complete(ef_agent *a); /* at the start: a reset that was cut */

/* ef_claim.c, ef_token.c, ef_report.c, ef_poll.c, ef_telemetry.c: one job each (claiming has two) */
extern const ef_job_rules ef_claim_job, ef_pair_job, ef_token_job, ef_report_job, ef_poll_job, ef_telemetry_job;
void ef_claim_init(ef_agent *a);
bool ef_token_valid(const ef_agent *a);
void ef_token_refused(ef_agent *a, int64_t now_ms); /* a 401 came */
void ef_token_accepted(ef_agent *a);
void ef_token_init(ef_agent *a);
void ef_report_init(ef_agent *a);
void ef_report_progress(ef_agent *a, ef_report_state state, int percent);
bool ef_report_idle(const ef_agent *a); /* no report on the way is unsent */
const char *ef_report_state_name(ef_report_state state);
void ef_poll_init(ef_agent *a);
void ef_telemetry_init(ef_agent *a);
int64_t ef_telemetry_step(ef_agent *a, int64_t now_ms);

/* ef_update_record.c */
ef_status ef_update_record_load(ef_agent *a);
ef_status ef_update_record_store(const ef_agent *a);
void ef_progress_clear(const ef_agent *a);
uint32_t ef_progress_load(const ef_agent *a, const ef_offer *offer);
void ef_progress_store(const ef_agent *a, const ef_offer *offer, uint32_t offset);

/* ef_update.c */
ef_event ef_update_resume(ef_agent *a); /* what the boot record and the update record say together at the start */
void ef_update_offered(ef_agent *a, const char *offer_id, const uint8_t *cose, size_t len);
/* The end of an offer: stored together with everything that follows from it, then the report. */
void ef_update_ended(ef_agent *a, const char *offer_id, ef_report_state state, ef_status error, const char *detail);
void ef_update_failed(ef_agent *a, ef_status error, const char *detail);
int64_t ef_applying_step(ef_agent *a, int64_t now_ms);
int64_t ef_rebooting_step(ef_agent *a, int64_t now_ms);

/* ef_download.c, ef_verify.c, ef_confirm.c: the states of the same names */
void ef_download_enter(ef_agent *a);
int64_t ef_download_step(ef_agent *a, int64_t now_ms);
void ef_verify_enter(ef_agent *a);
int64_t ef_verify_step(ef_agent *a, int64_t now_ms);
void ef_confirm_enter(ef_agent *a);
int64_t ef_confirm_step(ef_agent *a, int64_t now_ms);

#endif
