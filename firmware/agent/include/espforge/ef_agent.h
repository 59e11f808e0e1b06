/* The agent: claims the device, keeps a token, asks for updates, takes and confirms them, reports, sends telemetry.
 *
 * The caller owns one ef_agent and calls ef_agent_step for as long as the device runs. A step does one bounded piece of work (at most one HTTP
 * read, one sector or one record) and never waits. No heap, no statics; one agent needs about 15 KiB. The members are for reading in tests. */
#ifndef EF_AGENT_H
#define EF_AGENT_H

#include <psa/crypto.h>

#include "espforge/ef_image.h"
#include "espforge/ef_manifest.h"
#include "espforge/ef_messages.h"
#include "espforge/ef_port.h"
#include "espforge/ef_ring.h"
#include "espforge/ef_telemetry.h"
#include "espforge/ef_provision.h"

#define EF_AGENT_VERSION "0.1.0"

#define EF_PROGRESS_REPORTS 8u
#define EF_TERMINAL_REPORTS 4u
#define EF_TOKEN_CHARS 1023u
#define EF_DOWNLOAD_TRIES 5u
#define EF_SELF_TESTS_MAX 8u
#define EF_SELF_TEST_CHARS 16u
#define EF_RETURNED_MAX 4u /* releases that were left, remembered */

struct ef_agent;

/* What an agent can do without: a part is linked, and takes RAM, only where a config names it (ef_ring_use and so on). Every hook may be NULL. */
typedef struct ef_part {
    ef_status (*start)(struct ef_agent *agent); /* in ef_agent_init, before the identity is read. EF_OK, or the agent does not start */
    uint32_t (*step)(struct ef_agent *agent); /* how long it may wait, ms */
    void (*settle)(struct ef_agent *agent);                                /* before a restart or a sleep; the parts in reverse order */
    void (*note)(struct ef_agent *agent, ef_log_level level, const char *line); /* a line was logged */
    ef_status (*claimed)(struct ef_agent *agent, const ef_json *answer);   /* before the identity of the claim is stored */
    ef_status (*restart)(struct ef_agent *agent);                          /* in place of a restart, when a reset is wanted */
    const struct ef_job_rules *job;                                        /* of the control channel, after all others */
    void (*heard)(struct ef_agent *agent, int64_t latency_ms);             /* of the host after that time; < 0: it was not reached */
    uint32_t (*stretch)(const struct ef_agent *agent, uint32_t base_ms);   /* the base of a backoff, on this connection */
} ef_part;

/* In the order of their steps. */
typedef enum ef_part_kind {
    EF_PART_RING,
    EF_PART_RESET,
    EF_PART_NETWORKS,
    EF_PART_PROVISION,
    EF_PART_MESSAGES,
    EF_PART_TELEMETRY,
    EF_PART_SLEEP,
    EF_PART_QUALITY,
    EF_PART_COUNT
} ef_part_kind;

typedef struct ef_agent_config {
    const char *hardware_id;
    const char *product;
    const char *chip;
    const char *board;        /* NULL or empty: none */
    const ef_image_format *image_format; /* &ef_image_esp or &ef_image_host */
    const char *architecture; /* that host images must have; NULL: not judged */
    const char *version;      /* of the running image */
    uint32_t poll_ms;
    uint32_t telemetry_ms; /* 0: none */
    uint32_t soak_ms;
    uint32_t confirm_timeout_ms;
    uint32_t progress_bytes; /* a download's progress is stored this often; 0 = 65,536 */
    ef_status (*self_test)(void *ctx); /* the one named "application"; NULL: none. See ef_agent_self_test */
    void *self_test_ctx;

    ef_link links[EF_LINKS];    /* message links in the order they are tried; EF_LINK_HTTP ends the list, and stands for none */
    const char *mqtt_url;       /* instead of the claim's; NULL: the claim's */
    const char *web_socket_url; /* likewise */
    uint32_t heartbeat_ms;      /* between two statuses; 0 = 60,000 */
    uint32_t telemetry_batch;   /* samples sent at once; 0 = 1. At most what the RAM holds */
    uint32_t sleep_ms;          /* deep sleep between two wakes; 0: none */
    uint32_t awake_ms;          /* longest wake when the host is not reached; 0 = 30,000 */
    void (*identify)(void *ctx);               /* the application shows which device it is. NULL: the command fails */
    void (*add_status)(void *ctx, ef_json_writer *out); /* the application's members of `status`. NULL: none */
    void *app_ctx;
    ef_provision_config provision;

    const ef_part *parts[EF_PART_COUNT]; /* NULL: not there. Set by ef_ring_use and so on, with their states, which must outlive the agent */
    ef_ring *ring;
    ef_networks *networks;
    ef_provision *provision_state;
    ef_messages *messages;
    ef_telemetry *telemetry;
} ef_agent_config;

typedef enum ef_state {
    EF_STATE_STARTING,
    EF_STATE_CLAIMING,
    EF_STATE_PAIRING,
    EF_STATE_IDLE,
    EF_STATE_DOWNLOADING,
    EF_STATE_VERIFYING,
    EF_STATE_APPLYING,
    EF_STATE_REBOOTING,
    EF_STATE_CONFIRMING,
    EF_STATE_COUNT
} ef_state;

typedef enum ef_event {
    EF_EVENT_NO_IDENTITY,
    EF_EVENT_IDENTITY,
    EF_EVENT_CLAIM_OPEN,
    EF_EVENT_CLAIM_GONE,
    EF_EVENT_OFFER,
    EF_EVENT_STORED_OFFER, /* an update that was cut between storing its sequence and switching the slot */
    EF_EVENT_DOWNLOADED,
    EF_EVENT_VERIFIED,
    EF_EVENT_DAMAGED, /* a resumed download did not give the image: once more from the beginning */
    EF_EVENT_APPLIED,
    EF_EVENT_FAILED,
    EF_EVENT_PENDING_VERIFY,
    EF_EVENT_CONFIRMED,
    EF_EVENT_REFUSED, /* the new image refuses itself */
    EF_EVENT_RESTART, /* a command asks for it */
    EF_EVENT_COUNT
} ef_event;

typedef struct ef_quality {
    uint8_t score; /* of the connection, 0-100: recent successes, failures and latency */
} ef_quality;

typedef struct ef_clock {
    int64_t base_utc_ms, base_mono_ms; /* 0: the host has not said the time since the start */
    int64_t floor_ms;                  /* the latest time ever seen */
    int64_t stored_ms;                 /* what of it is in flash */
} ef_clock;

/* The four texts lie as they do in flash, and in the order of ef_claim.c. */
typedef struct ef_identity {
    char device_id[65];
    char device_key[65];
    char command_secret[65];
    char topic_root[128];
    bool present;
} ef_identity;

/* What is known of the trusted keys without loading them. */
typedef struct ef_keys {
    uint64_t generation; /* of the list in flash; 0: they came with the claim */
    uint64_t heard;      /* the host's, last */
    uint64_t refused;    /* the announced one whose list was not good */
    int64_t refused_ms;  /* when */
    bool wanted;         /* the list is to be asked for */
    bool for_offer;      /* an offer waits for it */
    bool judge_next;     /* it was asked for: the next offer is judged with what is there */
    uint8_t tries;
    ef_status answer;    /* what the last list came to; EF_NOT_FOUND: there was none */
    int64_t next_ms;
    ef_backoff backoff;
} ef_keys;

typedef enum ef_job { EF_JOB_CLAIM, EF_JOB_PAIR, EF_JOB_TOKEN, EF_JOB_REPORT, EF_JOB_KEYS, EF_JOB_POLL, EF_JOB_TELEMETRY, EF_JOB_COUNT, EF_JOB_NONE } ef_job;

/* The control channel: one request and its whole answer at a time. */
typedef struct ef_exchange {
    ef_job job;
    ef_response response;
    int64_t deadline_ms;
    size_t len;
    bool too_large;
} ef_exchange;

typedef struct ef_claim {
    char claim_id[33]; /* this, */
    char poll_token[65];
    char pairing_code[7]; /* and this: in the order of ef_claim.c */
    uint32_t interval_ms;
    int64_t next_ms;
    ef_backoff backoff;
} ef_claim;

typedef struct ef_token {
    int64_t refresh_ms;            /* monotonic */
    int64_t next_ms;
    bool fresh; /* not accepted by any endpoint yet */
    ef_backoff backoff;
    char text[EF_TOKEN_CHARS + 1]; /* empty: none */
} ef_token;

typedef enum ef_report_state {
    EF_REPORT_NONE,
    EF_REPORT_DOWNLOADING,
    EF_REPORT_VERIFYING,
    EF_REPORT_APPLYING,
    EF_REPORT_REBOOTING,
    EF_REPORT_CONFIRMING,
    EF_REPORT_CONFIRMED,
    EF_REPORT_FAILED,
    EF_REPORT_ROLLED_BACK,
    EF_REPORT_REJECTED
} ef_report_state;

typedef struct ef_report {
    char offer_id[EF_OFFER_CHARS + 1];
    ef_report_state state;
    ef_status error;
    int8_t percent; /* -1: none */
    char detail[EF_DETAIL_CHARS + 1];
} ef_report;

typedef struct ef_progress_report {
    char offer_id[EF_OFFER_CHARS + 1];
    ef_report_state state;
    int8_t percent;
} ef_progress_report;

/* Reports on the way, in order; they may be lost. Terminal ones are in ef_update_record and are not. */
typedef struct ef_report_queue {
    uint32_t count;
    ef_progress_report progress[EF_PROGRESS_REPORTS];
    bool sending_progress; /* else the first terminal one */
    int64_t next_ms;
    ef_backoff backoff;
} ef_report_queue;

/* An update whose sequence is stored and whose slot is, or is about to be, switched. */
typedef struct ef_pending {
    uint8_t present; /* 0: none */
    char offer_id[EF_OFFER_CHARS + 1];
    char version[32];
    uint8_t slot;
    uint32_t switch_count; /* before the switch */
    uint32_t size_bytes;
    uint8_t sha256[32];
} ef_pending;

/* The head of one record in flash, so that "what has been taken", "what is under way" and "what must still be told" change together. The last
 * reports and the releases that were left stay in flash. */
typedef struct ef_update_record {
    uint64_t sequence;
    uint32_t epoch;
    char done_offer_id[EF_OFFER_CHARS + 1]; /* the last one that ended */
    ef_pending pending;
    uint32_t terminal_count;
    ef_report_state unwritten; /* how done_offer_id ended, when flash did not take it: tried again at write_ms. EF_REPORT_NONE: all is written */
    ef_status unwritten_error;
    int64_t write_ms;
} ef_update_record;

typedef struct ef_offer {
    char offer_id[EF_OFFER_CHARS + 1];
    ef_manifest manifest;
} ef_offer;

typedef struct ef_download {
    bool open;          /* an exchange is under way */
    bool head_checked;
    bool resumed;       /* some of the slot was written before this start */
    bool started_over;  /* once already, because a resumed slot did not match */
    uint32_t offset;    /* bytes in the slot */
    uint32_t fill;      /* bytes in the sector buffer */
    uint32_t stored;    /* of offset, in flash */
    uint32_t furthest;  /* the greatest offset so far */
    uint32_t tries;     /* in a row without getting further */
    int64_t next_ms;
    int64_t heard_ms;   /* last byte */
    int64_t window_ms;  /* since when the bytes are counted that judge a host too slow */
    uint32_t window_bytes;
    int8_t percent;
    ef_response response;
    char if_range[68];
    ef_backoff backoff;
} ef_download;

typedef struct ef_verify {
    bool open;
    bool has_payload; /* the image says its payload's hash (host images) */
    bool second;      /* the image is the manifest's; now its payload is read */
    uint32_t offset;
    psa_hash_operation_t hash;
    ef_status header; /* what the header came to; told after the hash */
    uint8_t payload_sha256[32];
} ef_verify;

typedef struct ef_self_test {
    const char *name;
    ef_status (*run)(void *ctx); /* EF_OK: good. EF_AGAIN: ask again. Anything else: return to the old image */
    void *ctx;
} ef_self_test;

typedef struct ef_confirm {
    uint8_t test_count;
    uint8_t passed;     /* a bit for each test */
    bool network;       /* there is one, since the start */
    bool host_answered; /* an authenticated request, since the start */
    int64_t next_ms;
    ef_self_test tests[EF_SELF_TESTS_MAX];
} ef_confirm;

typedef struct ef_agent {
    /* What is used most and is small stands first: the shortest instructions reach it. */
    const ef_port *port;
    ef_state state;
    int64_t now_ms; /* of the step under way */
    int64_t started_ms;
    int64_t entered_ms; /* the present state */
    uint8_t running_slot;
    bool restarting;   /* or asleep: nothing is done any more */
    bool restart_refused; /* by the port: it is asked again */
    bool reset_wanted; /* before the restart */
    bool polled;       /* the host has said since the start that there is no update */

    ef_clock clock;
    ef_identity identity;
    ef_keys keys;
    ef_update_record record;
    int64_t poll_next_ms;
    ef_backoff poll_backoff;
    ef_quality quality;
    ef_ring *ring; /* the states of the parts; NULL: the part is not there */
    ef_networks *networks;
    ef_provision *provision;
    ef_messages *messages;
    ef_telemetry *telemetry;
    ef_agent_config config;
    ef_exchange control;
    ef_claim claim;
    ef_download download;
    ef_confirm confirm;
    ef_offer offer;
    ef_token token;
    ef_report_queue reports;
    ef_verify verify;
    char path[192]; /* of the control channel's request, */
    char tx[4096];  /* its body, */
    uint8_t rx[3072]; /* and its answer */
    uint8_t sector[EF_SECTOR_BYTES];
} ef_agent;

/* Loads what is stored and goes to the first state. `port` and the texts of `config` must outlive the agent. EF_BAD_ARGUMENT, EF_CRYPTO, or
 * EF_FLASH_FAILED when the records cannot be read. */
ef_status ef_agent_init(ef_agent *agent, const ef_port *port, const ef_agent_config *config, int64_t now_ms);
/* One bounded piece of work. now_ms is monotonic, begins anywhere, need not survive a restart. Returns how long the caller may wait before the
 * next call, in ms, 0 to 1000; less is never wrong. */
uint32_t ef_agent_step(ef_agent *agent, int64_t now_ms);
/* One more test that a new image must pass before it is confirmed; to be called between ef_agent_init and the first step. The name (1-16 of
 * a-z 0-9 -, not copied) is told to the host when the test fails or does not end. EF_BAD_ARGUMENT, EF_TOO_LARGE for a ninth. */
ef_status ef_agent_self_test(ef_agent *agent, const char *name, ef_status (*run)(void *ctx), void *ctx);
/* Into the config, before ef_agent_init. Provisioning needs the networks. */
void ef_ring_use(ef_agent_config *config, ef_ring *state);           /* the log is kept in flash */
void ef_reset_use(ef_agent_config *config);                          /* factory reset; where one is possible this part must be there */
void ef_networks_use(ef_agent_config *config, ef_networks *state);   /* several Wi-Fi networks */
void ef_provision_use(ef_agent_config *config, ef_provision *state); /* ways in */
void ef_messages_use(ef_agent_config *config, ef_messages *state);   /* MQTT, WebSocket, commands */
void ef_telemetry_use(ef_agent_config *config, ef_telemetry *state);
void ef_sleep_use(ef_agent_config *config);                          /* deep sleep */
void ef_quality_use(ef_agent_config *config);                        /* longer waits on a bad connection */
typedef struct ef_all_parts {
    ef_ring ring;
    ef_networks networks;
    ef_provision provision;
    ef_messages messages;
    ef_telemetry telemetry;
} ef_all_parts;
void ef_use_all_parts(ef_agent_config *config, ef_all_parts *states);
/* "downloading" and so on. */
const char *ef_state_name(ef_state state);
/* "no identity" and so on. */
const char *ef_event_name(ef_event event);
/* Best known UTC in ms, 0 when unknown. */
int64_t ef_agent_utc_ms(const ef_agent *agent);
/* A line of the application, in the port's log and in the ring log. */
void ef_agent_log(ef_agent *agent, ef_log_level level, const char *line);
/* An action that commands may name. `name` must outlive the agent. EF_BAD_ARGUMENT for a name outside of docs/protocol.md or one that is taken,
 * EF_TOO_LARGE for a ninth, EF_NOT_FOUND without messages. */
ef_status ef_agent_action(ef_agent *agent, const char *name, ef_action_fn run, void *ctx);
/* The application's part of `status` has changed: it is sent soon. */
void ef_agent_status_changed(ef_agent *agent);
/* A value for telemetry, see app.h. EF_NOT_FOUND without telemetry. */
ef_status ef_agent_telemetry_number(ef_agent *agent, const char *name, double value);

#endif
