/* A host in memory: answers the requests of docs/protocol.md, misbehaves when told to, and remembers what it was told. */
#ifndef EF_TEST_FAKE_HOST_H
#define EF_TEST_FAKE_HOST_H

#include "../codecs/manifest_builder.h"
#include "espforge/ef_agent.h"

#define IMAGE_MAX_BYTES 60000u
#define SEEN_REPORTS_MAX 128u
#define COMMAND_SECRET "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTMyYnk" /* base64url of 32 bytes */

typedef struct seen_report {
    char offer_id[33];
    char state[16];
    char error[32];
    char detail[300];
    int percent;
} seen_report;

typedef struct fake_exchange {
    bool active, broken; /* broken: lost after what is in the body */
    int64_t heard_ms;    /* when the last byte was given, for a trickle */
    int waits;           /* reads that find nothing yet */
    bool head_given;
    ef_response head;
    const uint8_t *body;
    size_t len, at;
    uint8_t buffer[4096];
} fake_exchange;

typedef struct fake_host {
    signer signer;
    int64_t utc_ms; /* of the answers; moves with the device's clock */

    /* how it behaves */
    bool down;
    int pending_polls;      /* 202 answers before the claim is delivered */
    bool claim_gone;        /* the next poll of a claim is answered 410, once */
    bool revoked;           /* 401 for the device key */
    bool tokens_are_bad;    /* 401 for every token */
    int report_status;      /* instead of 204 */
    int image_status;       /* instead of 200 and 206 */
    uint32_t image_cut;     /* bytes of body before a download breaks, 0 = none */
    int image_cuts_left;    /* then none; -1 = always */
    bool image_ignores_range;
    int64_t image_length;   /* said in Content-Length, -1 = the true one, -2 = none */
    bool image_is_flipped;  /* one bit wrong */
    const char *mqtt_url, *web_socket_url; /* told with the claim; NULL: null */
    bool is_captive;        /* a portal answers 200 with a page to everything */
    bool image_is_endless;  /* goes on for ever, and says no length */
    bool answers_are_endless; /* of the control channel */
    uint32_t trickle_ms;    /* one byte this often, on every channel; 0 = as fast as it is read */
    bool image_has_other_tag; /* the entity tag of another image */
    bool says_no_time;      /* no Date, no serverTimeMs */
    bool only_offers_this;  /* the same offer again and again, whatever was reported */

    /* what it offers */
    bool has_offer;
    uint32_t offers;
    char offer_id[33];
    buffer manifest;
    uint8_t image[IMAGE_MAX_BYTES];
    size_t image_len;
    uint64_t sequence;

    /* its keys */
    ef_trusted_key claim_keys[5];
    uint32_t claim_key_count;
    uint64_t claim_generation; /* keysGeneration of the claim, 0 = not said */
    uint64_t keys_generation;  /* EspForge-Keys, 0 = not said */
    buffer key_list;
    int keys_status; /* instead of 200 or 204 */

    /* what it was asked and told */
    uint32_t claims, tokens, polls, downloads, telemetry, key_requests;
    uint64_t last_generation; /* that a device said it has */
    uint64_t image_bytes;     /* handed out */
    uint32_t last_range_from;
    char token[32];
    char last_claim[512], last_telemetry[4096], last_path[256];
    seen_report reports[SEEN_REPORTS_MAX];
    uint32_t report_count;

    fake_exchange exchanges[EF_CHANNEL_COUNT];
} fake_host;

void fake_host_init(fake_host *host);

/* A host image of `payload_len` bytes that only looks like one; returns its size. */
size_t make_image(uint8_t *out, const char *version, const char *chip, uint32_t payload_len);
/* What a manifest says besides the image. */
typedef struct release {
    const char *version, *product, *chip, *format, *minimum_agent_version, *minimum_version;
    uint64_t sequence, epoch;
    int64_t expires_at_ms;
    uint32_t size_bytes;
} release;

/* A good release of what is in host->image, with the next sequence. */
release good_release(fake_host *host, const char *version);
/* The payload of a manifest of what is in host->image. */
buffer release_payload(const fake_host *host, const release *what);
/* Offers any document under a new offer id. */
void fake_host_offer_document(fake_host *host, const buffer *manifest);
/* The newest key list, signed by `by`: `keys` are sorted here. */
void fake_host_publish_keys(fake_host *host, const signer *by, uint64_t generation, const ef_trusted_key *keys, uint32_t count);
/* Offers it under a new offer id, signed by host->signer. */
void fake_host_offer(fake_host *host, const release *what);
void fake_host_offer_version(fake_host *host, const char *version);

/* The last report of this state for the present offer, or NULL. */
const seen_report *fake_host_report(const fake_host *host, const char *state);
/* The first terminal state told for the offer, "" when none was. */
const char *fake_host_terminal(const fake_host *host, const char *offer_id);

/* A report on an offer, whichever way it came. */
void fake_host_take_report(fake_host *host, const char *body, size_t len);

ef_status fake_host_begin(fake_host *host, ef_channel channel, const ef_request *request);
ef_status fake_host_read(fake_host *host, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len);
void fake_host_end(fake_host *host, ef_channel channel);

#endif
