/* Claiming: docs/protocol.md sections 1.1 and 1.2. */
#include <stdio.h>
#include <string.h>

#include "ef_parts.h"

#define INTERVAL_MIN_MS 250
#define INTERVAL_MAX_MS 60000

void ef_claim_init(ef_agent *a)
{
    a->claim = (ef_claim){0};
    ef_backoff_reset(&a->claim.backoff, 1000, 60000);
}

static ef_status member_string(const ef_json *json, const char *name, char *out, size_t cap)
{
    ef_json value;
    ef_status status = ef_json_member(json, name, &value);
    if (status == EF_OK)
        status = ef_json_string(&value, out, cap);
    return status == EF_OK && out[0] == 0 ? EF_MALFORMED : status;
}

static uint32_t interval_of(const ef_json *json, uint32_t otherwise)
{
    ef_json value;
    int64_t interval;
    if (ef_json_member(json, "pollIntervalMs", &value) != EF_OK || ef_json_int(&value, &interval) != EF_OK)
        return otherwise;
    return interval < INTERVAL_MIN_MS ? INTERVAL_MIN_MS : interval > INTERVAL_MAX_MS ? INTERVAL_MAX_MS : (uint32_t)interval;
}

static int64_t claim_due(const ef_agent *a, int64_t now_ms)
{
    (void)now_ms;
    return a->state == EF_STATE_CLAIMING ? a->claim.next_ms : EF_NEVER;
}

static ef_status claim_begin(ef_agent *a, ef_request *request, int64_t now_ms)
{
    ef_json_writer w;
    (void)now_ms;
    ef_json_begin(&w, a->control.tx, sizeof a->control.tx);
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

/* The code is typed by a person: six digits, nothing else is shown. */
static bool is_pairing_code(const char *code)
{
    return strlen(code) == 6 && strspn(code, "0123456789") == 6;
}

static void claim_finish(ef_agent *a, ef_status status, int64_t now_ms)
{
    ef_json json;
    char code[8];
    ef_claim *c = &a->claim;
    if (status == EF_OK && a->control.response.status == 201) {
        status = ef_exchange_json(a, &json);
        if (status == EF_OK)
            status = member_string(&json, "pairingCode", code, sizeof code);
        if (status == EF_OK)
            status = member_string(&json, "claimId", c->claim_id, sizeof c->claim_id);
        if (status == EF_OK)
            status = member_string(&json, "pollToken", c->poll_token, sizeof c->poll_token);
        if (status == EF_OK && is_pairing_code(code) && strspn(c->claim_id, "0123456789abcdef") == 32) {
            c->interval_ms = interval_of(&json, 2000);
            ef_copy_text(c->pairing_code, sizeof c->pairing_code, code);
            ef_backoff_reset(&c->backoff, 1000, 60000);
            ef_log(a, EF_LOG_EVENT, "PAIRING %s %s", code, a->config.hardware_id);
            ef_event_happened(a, EF_EVENT_CLAIM_OPEN);
            c->next_ms = now_ms + c->interval_ms;
            return;
        }
        ef_log(a, EF_LOG_WARN, "the host's answer to the claim makes no sense");
    } else if (status == EF_OK) {
        ef_log(a, EF_LOG_WARN, "the host refused the claim with %d", (int)a->control.response.status);
    }
    c->next_ms = ef_exchange_retry_ms(a, &c->backoff, now_ms);
}

static int64_t pair_due(const ef_agent *a, int64_t now_ms)
{
    (void)now_ms;
    return a->state == EF_STATE_PAIRING ? a->claim.next_ms : EF_NEVER;
}

static ef_status pair_begin(ef_agent *a, ef_request *request, int64_t now_ms)
{
    (void)now_ms;
    (void)snprintf(a->control.path, sizeof a->control.path, "/device/v1/claims/%s", a->claim.claim_id);
    *request = (ef_request){.method = "GET", .path = a->control.path, .bearer = a->claim.poll_token};
    return EF_OK;
}

static ef_status read_key(const ef_json *element, ef_trusted_key *key)
{
    char alg[16], text[(EF_PUBLIC_KEY_MAX_BYTES * 4 + 2) / 3 + 1];
    size_t len = 0;
    memset(key, 0, sizeof *key);
    ef_status status = member_string(element, "kid", key->kid, sizeof key->kid);
    if (status == EF_OK)
        status = member_string(element, "alg", alg, sizeof alg);
    if (status == EF_OK)
        status = member_string(element, "publicKey", text, sizeof text);
    if (status == EF_OK)
        status = ef_base64url_decode(text, strlen(text), key->public_key, sizeof key->public_key, &len);
    if (status != EF_OK)
        return EF_MALFORMED;
    key->alg = ef_key_alg(alg);
    key->public_key_len = (uint16_t)len;
    return EF_OK;
}

/* The keys that are trusted from now on, with the generation of the host's list that they are those of (0: it has none). */
static ef_status read_keys(const ef_json *json, ef_key_record *record)
{
    ef_json keys, element, value;
    ef_trusted_key key;
    int64_t generation = 0;
    if (ef_json_member(json, "keysGeneration", &value) == EF_OK && (ef_json_int(&value, &generation) != EF_OK || generation < 0))
        return EF_MALFORMED;
    ef_key_record_begin(record, (uint64_t)generation);
    ef_status status = ef_json_member(json, "trustedKeys", &keys);
    for (size_t i = 0; status == EF_OK; i++) {
        status = ef_json_element(&keys, i, &element);
        if (status == EF_NOT_FOUND && i > 0)
            return EF_OK;
        if (status == EF_OK)
            status = read_key(&element, &key);
        if (status == EF_OK)
            status = ef_key_record_add(record, &key);
    }
    return status == EF_NOT_FOUND ? EF_MALFORMED : status;
}

static ef_status read_identity(const ef_json *json, ef_identity *identity)
{
    memset(identity, 0, sizeof *identity);
    ef_status status = member_string(json, "deviceId", identity->device_id, sizeof identity->device_id);
    if (status == EF_OK)
        status = member_string(json, "deviceKey", identity->device_key, sizeof identity->device_key);
    if (status == EF_OK)
        status = member_string(json, "commandSecret", identity->command_secret, sizeof identity->command_secret);
    if (status == EF_OK)
        status = member_string(json, "topicRoot", identity->topic_root, sizeof identity->topic_root);
    if (status != EF_OK)
        return status == EF_NOT_FOUND ? EF_MALFORMED : status;
    for (const char *p = identity->device_id; *p != 0; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-' || *p == '_'))
            return EF_MALFORMED;
    identity->present = true;
    return EF_OK;
}

/* Its own function, so that the record leaves the stack again. */
static ef_status take_keys(ef_agent *a, const ef_json *json)
{
    ef_key_record record;
    ef_status status = read_keys(json, &record);
    return status == EF_OK ? ef_keys_store(a, &record) : status;
}

static ef_status tell_parts(ef_agent *a, const ef_json *json)
{
    const ef_part *messages = a->config.parts[EF_PART_MESSAGES];
    return messages == NULL ? EF_OK : messages->claimed(a, json);
}

static void claimed(ef_agent *a, int64_t now_ms)
{
    ef_json json, time;
    ef_identity identity;
    int64_t server_ms;
    ef_status status = ef_exchange_json(a, &json);
    if (status == EF_OK)
        status = read_identity(&json, &identity);
    if (status == EF_OK)
        status = tell_parts(a, &json); /* before the identity: what they keep is there when the identity is */
    if (status == EF_OK)
        status = take_keys(a, &json);
    if (status == EF_OK)
        status = ef_identity_store(a, &identity);
    if (status != EF_OK) {
        /* The host delivers once, so this claim is spent. */
        ef_log(a, EF_LOG_ERROR, "the claim could not be taken: %s", ef_status_code(status));
        ef_event_happened(a, EF_EVENT_CLAIM_GONE);
        a->claim.next_ms = now_ms + ef_backoff_next_ms(&a->claim.backoff, a->port);
        return;
    }
    if (ef_json_member(&json, "serverTimeMs", &time) == EF_OK && ef_json_int(&time, &server_ms) == EF_OK)
        ef_clock_heard(a, server_ms);
    a->identity = identity;
    memset(a->claim.poll_token, 0, sizeof a->claim.poll_token);
    memset(a->control.rx, 0, sizeof a->control.rx);
    ef_log(a, EF_LOG_EVENT, "CLAIMED %s", identity.device_id);
    ef_event_happened(a, EF_EVENT_IDENTITY);
}

static void pair_finish(ef_agent *a, ef_status status, int64_t now_ms)
{
    ef_json json;
    ef_claim *c = &a->claim;
    int32_t code = status == EF_OK ? a->control.response.status : 0;
    if (code == 200) {
        claimed(a, now_ms);
    } else if (code == 202) {
        ef_backoff_reset(&c->backoff, 1000, 60000);
        if (ef_exchange_json(a, &json) == EF_OK)
            c->interval_ms = interval_of(&json, c->interval_ms);
        c->next_ms = now_ms + c->interval_ms;
    } else if (code == 404 || code == 410) {
        ef_log(a, EF_LOG_INFO, "the pairing code is no longer good");
        ef_event_happened(a, EF_EVENT_CLAIM_GONE);
        c->next_ms = now_ms + c->interval_ms;
    } else {
        c->next_ms = ef_exchange_retry_ms(a, &c->backoff, now_ms);
    }
}

const ef_job_rules ef_claim_job = {.due_ms = claim_due, .begin = claim_begin, .finish = claim_finish};
const ef_job_rules ef_pair_job = {.due_ms = pair_due, .begin = pair_begin, .finish = pair_finish};
