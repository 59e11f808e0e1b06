/* Claiming: docs/protocol.md sections 1.1 and 1.2. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define INTERVAL_MIN_MS 250
#define INTERVAL_MAX_MS 60000

static uint32_t interval_of(const ef_json *json, uint32_t otherwise)
{
    int64_t interval;
    if (ef_json_member_int(json, "pollIntervalMs", &interval) != EF_OK)
        return otherwise;
    return interval < INTERVAL_MIN_MS ? INTERVAL_MIN_MS : interval > INTERVAL_MAX_MS ? INTERVAL_MAX_MS : (uint32_t)interval;
}

static int64_t claim_due(const ef_agent *a)
{
    return a->state == EF_STATE_CLAIMING ? a->claim.next_ms : EF_NEVER;
}

static ef_status claim_begin(ef_agent *a, ef_request *request)
{
    ef_json_writer w;
    ef_json_begin(&w, a->tx, sizeof a->tx);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "hardwareId", a->config.hardware_id);
    ef_json_put_string(&w, "product", a->config.product);
    ef_json_put_string(&w, "chip", a->config.chip);
    if (a->config.board != NULL && a->config.board[0] != 0)
        ef_json_put_string(&w, "board", a->config.board);
    ef_json_put_string(&w, "agentVersion", EF_AGENT_VERSION);
    ef_json_object_end(&w);
    request->path = "/device/v1/claims";
    return ef_json_end(&w, &request->body_len);
}

static void claim_finish(ef_agent *a, ef_status status, int32_t code)
{
    static const uint16_t sizes[] = {sizeof a->claim.claim_id, sizeof a->claim.poll_token, sizeof a->claim.pairing_code};
    ef_json json;
    ef_claim *c = &a->claim;
    if (code == 201) {
        /* The code is typed by a person: six digits, nothing else is shown. */
        if (ef_exchange_json(a, &json) == EF_OK && ef_json_texts(&json, "claimId\0pollToken\0pairingCode\0", sizes, c->claim_id) == EF_OK &&
            strspn(c->claim_id, "0123456789abcdef") == 32 && strspn(c->pairing_code, "0123456789") == 6) {
            c->interval_ms = interval_of(&json, 2000);
            ef_backoff_again(&c->backoff);
            ef_log(a, EF_LOG_EVENT, "PAIRING %s %s", c->pairing_code, a->config.hardware_id);
            ef_event_happened(a, EF_EVENT_CLAIM_OPEN);
            c->next_ms = ef_after(a, c->interval_ms);
            return;
        }
        ef_log(a, EF_LOG_WARN, "the %s makes no sense", "claim");
    } else if (status == EF_OK) {
        ef_exchange_refused(a, "claim");
    }
    c->next_ms = ef_exchange_retry_ms(a, &a->control.response, &c->backoff);
}

static int64_t pair_due(const ef_agent *a)
{
    return a->state == EF_STATE_PAIRING ? a->claim.next_ms : EF_NEVER;
}

static ef_status pair_begin(ef_agent *a, ef_request *request)
{
    (void)snprintf(a->path, sizeof a->path, "/device/v1/claims/%s", a->claim.claim_id);
    return ef_exchange_get(a, request, a->claim.poll_token);
}

static __attribute__((noinline)) ef_status add_key(const ef_json *element, ef_key_record *record)
{
    struct {
        char kid[EF_KID_CHARS + 1], alg[16], public_key[(EF_PUBLIC_KEY_MAX_BYTES * 4 + 2) / 3 + 1];
    } text;
    static const uint16_t sizes[] = {sizeof text.kid, sizeof text.alg, sizeof text.public_key};
    ef_trusted_key key;
    size_t len = 0;
    memset(&key, 0, sizeof key);
    if (ef_json_texts(element, "kid\0alg\0publicKey\0", sizes, text.kid) != EF_OK ||
        ef_base64url_decode(text.public_key, strlen(text.public_key), key.public_key, sizeof key.public_key, &len) != EF_OK)
        return EF_MALFORMED;
    memcpy(key.kid, text.kid, sizeof key.kid);
    key.alg = ef_key_alg(text.alg);
    key.public_key_len = (uint16_t)len;
    return ef_key_record_add(record, &key);
}

/* The keys that are trusted from now on, with the generation of the host's list that they are those of (0: it has none). */
static ef_status read_keys(const ef_json *json, ef_key_record *record)
{
    ef_json keys, element;
    int64_t generation = 0;
    ef_status status = ef_json_member_int(json, "keysGeneration", &generation);
    if ((status != EF_OK && status != EF_NOT_FOUND) || generation < 0)
        return EF_MALFORMED;
    ef_key_record_begin(record, (uint64_t)generation);
    status = ef_json_member(json, "trustedKeys", &keys);
    for (size_t i = 0; status == EF_OK; i++) {
        status = ef_json_element(&keys, i, &element);
        if (status == EF_NOT_FOUND && i > 0)
            return EF_OK;
        if (status == EF_OK)
            status = add_key(&element, record);
    }
    return status;
}

static ef_status read_identity(const ef_json *json, ef_identity *identity)
{
    ef_status status = ef_json_texts(json, "deviceId\0deviceKey\0commandSecret\0topicRoot\0", ef_identity_sizes, identity->device_id);
    if (status == EF_OK && identity->device_id[strspn(identity->device_id, "_-0123456789abcdefghijklmnopqrstuvwxyz")] != 0)
        status = EF_MALFORMED;
    identity->present = true;
    return status;
}

/* Functions of their own, so that the texts, the record and the identity leave the stack again. */
static __attribute__((noinline)) ef_status take_keys(ef_agent *a, const ef_json *json)
{
    ef_key_record record;
    ef_status status = read_keys(json, &record);
    return status == EF_OK ? ef_keys_store(a, &record) : status;
}

/* What the parts keep comes first, then the keys: both are there when the identity is. */
static __attribute__((noinline)) ef_status take_identity(ef_agent *a, const ef_json *json)
{
    const ef_part *messages = a->config.parts[EF_PART_MESSAGES];
    ef_identity identity;
    ef_status status = read_identity(json, &identity);
    if (status == EF_OK && messages != NULL)
        status = messages->claimed(a, json);
    if (status == EF_OK)
        status = take_keys(a, json);
    if (status == EF_OK)
        status = ef_identity_store(a, &identity);
    if (status == EF_OK)
        a->identity = identity;
    ef_wipe(&identity, sizeof identity);
    return status;
}

static void claimed(ef_agent *a)
{
    ef_json json;
    ef_status status = ef_exchange_json(a, &json);
    if (status == EF_OK)
        status = take_identity(a, &json);
    if (status != EF_OK) {
        /* The host delivers once, so this claim is spent. */
        ef_log(a, EF_LOG_ERROR, "claim not taken: %s", ef_status_code(status));
        ef_event_happened(a, EF_EVENT_CLAIM_GONE);
        a->claim.next_ms = ef_after(a, ef_backoff_next_ms(&a->claim.backoff, a->port));
        return;
    }
    ef_clock_told(a, &json);
    ef_wipe(a->claim.poll_token, sizeof a->claim.poll_token);
    ef_wipe(a->rx, sizeof a->rx);
    ef_log(a, EF_LOG_EVENT, "CLAIMED %s", a->identity.device_id);
    ef_event_happened(a, EF_EVENT_IDENTITY);
}

static void pair_finish(ef_agent *a, ef_status status, int32_t code)
{
    (void)status;
    ef_json json;
    ef_claim *c = &a->claim;
    if (code == 200) {
        claimed(a);
        return;
    }
    if (code == 202) {
        ef_backoff_again(&c->backoff);
        if (ef_exchange_json(a, &json) == EF_OK)
            c->interval_ms = interval_of(&json, c->interval_ms);
    } else if (code == 404 || code == 410) {
        ef_log(a, EF_LOG_INFO, "the pairing code has expired");
        ef_event_happened(a, EF_EVENT_CLAIM_GONE);
    } else {
        c->next_ms = ef_exchange_retry_ms(a, &a->control.response, &c->backoff);
        return;
    }
    c->next_ms = ef_after(a, c->interval_ms);
}

const ef_job_rules ef_claim_job = {.due_ms = claim_due, .begin = claim_begin, .finish = claim_finish};
const ef_job_rules ef_pair_job = {.due_ms = pair_due, .begin = pair_begin, .finish = pair_finish};
