#include "fake_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "espforge/ef_codec.h"
#include "espforge/ef_image.h"
#include "suites.h"

#define POLL_TOKEN "cG9sbC10b2tlbi1vZi10aGlydHktdHdvLWJ5dGVzISE"
#define DEVICE_KEY "efk_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"

#define START_MS INT64_C(1780000000000)
#define EXPIRES_MS (START_MS + 30 * INT64_C(86400000))
#define CLAIM_ID "00112233445566778899aabbccddeeff"

/* Signing is what takes time here, and many lives of a device see the same documents. */
#define SIGNED_BEFORE 16u
static signer first_signer;
static struct {
    psa_key_id_t signer;
    buffer header, payload, document;
} signed_before[SIGNED_BEFORE];
static uint32_t signed_count;

static bool same(const buffer *a, const buffer *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static buffer sign(const signer *s, const buffer *header, const buffer *payload)
{
    for (uint32_t i = 0; i < SIGNED_BEFORE; i++)
        if (signed_before[i].signer == s->id && same(&signed_before[i].header, header) && same(&signed_before[i].payload, payload))
            return signed_before[i].document;
    uint32_t next = signed_count++ % SIGNED_BEFORE;
    signed_before[next].signer = s->id;
    signed_before[next].header = *header;
    signed_before[next].payload = *payload;
    signed_before[next].document = sign_parts(s, header, payload);
    return signed_before[next].document;
}

void fake_host_init(fake_host *host)
{
    memset(host, 0, sizeof *host);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    if (first_signer.id == 0)
        first_signer = signer_new("0123456789abcdef0123456789abcdef");
    host->signer = first_signer;
    host->utc_ms = START_MS;
    host->image_cuts_left = -1;
    host->image_length = -1;
    host->sequence = 9;
    host->claim_keys[0] = host->signer.key;
    host->claim_key_count = 1;
}

size_t make_image(uint8_t *out, const char *version, const char *chip, uint32_t payload_len)
{
    ef_image image = {.payload_size_bytes = payload_len, .project = "lamp"};
    size_t len = 0;
    assert_true(payload_len + EF_HOST_HEADER_BYTES <= IMAGE_MAX_BYTES);
    (void)snprintf(image.version, sizeof image.version, "%s", version);
    (void)snprintf(image.chip, sizeof image.chip, "%s", chip);
#if defined(__x86_64__)
    (void)strcpy(image.architecture, "x86_64");
#else
    (void)strcpy(image.architecture, "aarch64");
#endif
    (void)strcpy(image.agent_version, EF_AGENT_VERSION);
    uint32_t state = 0x2545F491u + payload_len;
    for (const char *p = version; *p != 0; p++)
        state = state * 31u + (uint8_t)*p;
    for (uint32_t i = 0; i < payload_len; i++) {
        state = state * 1664525u + 1013904223u;
        out[EF_HOST_HEADER_BYTES + i] = (uint8_t)(state >> 24);
    }
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, out + EF_HOST_HEADER_BYTES, payload_len, image.payload_sha256, 32, &len), PSA_SUCCESS);
    assert_int_equal(ef_image_write_host(&image, out), EF_OK);
    return EF_HOST_HEADER_BYTES + payload_len;
}

release good_release(fake_host *host, const char *version)
{
    return (release){
        .version = version,
        .product = "lamp",
        .chip = "esp32c3",
        .format = "host",
        .sequence = ++host->sequence,
        .expires_at_ms = EXPIRES_MS,
        .size_bytes = (uint32_t)host->image_len,
    };
}

buffer release_payload(const fake_host *host, const release *what)
{
    uint8_t hash[32];
    size_t len = 0;
    char hex[65], path[128];
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, host->image, host->image_len, hash, sizeof hash, &len), PSA_SUCCESS);
    assert_int_equal(ef_hex_encode(hash, sizeof hash, hex, sizeof hex), EF_OK);
    (void)snprintf(path, sizeof path, "/device/v1/images/%s", hex);

    buffer b = {.len = 0};
    put_head(&b, 5, 9u + (what->minimum_agent_version != NULL) + (what->minimum_version != NULL));
    put_uint(&b, 1), put_uint(&b, 1);
    put_uint(&b, 2), put_uint(&b, what->sequence);
    put_uint(&b, 3), put_text(&b, what->product);
    put_uint(&b, 4), put_text(&b, what->chip);
    put_uint(&b, 5), put_text(&b, what->version);
    put_uint(&b, 6), put_head(&b, 5, 4);
    put_uint(&b, 1), put_text(&b, what->format);
    put_uint(&b, 2), put_uint(&b, what->size_bytes);
    put_uint(&b, 3), put_bytes(&b, hash, sizeof hash);
    put_uint(&b, 4), put_text(&b, path);
    if (what->minimum_agent_version != NULL)
        put_uint(&b, 7), put_text(&b, what->minimum_agent_version);
    if (what->minimum_version != NULL)
        put_uint(&b, 8), put_text(&b, what->minimum_version);
    put_uint(&b, 9), put_uint(&b, what->epoch);
    put_uint(&b, 10), put_uint(&b, (uint64_t)what->expires_at_ms - 172800000u);
    put_uint(&b, 11), put_uint(&b, (uint64_t)what->expires_at_ms);
    return b;
}

void fake_host_offer_document(fake_host *host, const buffer *manifest)
{
    host->manifest = *manifest;
    (void)snprintf(host->offer_id, sizeof host->offer_id, "%032llx", (unsigned long long)(0xabc000 + ++host->offers));
    host->has_offer = true;
}

void fake_host_offer(fake_host *host, const release *what)
{
    buffer payload = release_payload(host, what), header = protected_of(host->signer.key.alg, host->signer.key.kid);
    buffer manifest = sign(&host->signer, &header, &payload);
    fake_host_offer_document(host, &manifest);
}

static int by_kid(const void *a, const void *b)
{
    return strcmp(((const ef_trusted_key *)a)->kid, ((const ef_trusted_key *)b)->kid);
}

void fake_host_publish_keys(fake_host *host, const signer *by, uint64_t generation, const ef_trusted_key *keys, uint32_t count)
{
    ef_trusted_key sorted[5];
    assert_true(count <= 5);
    memcpy(sorted, keys, count * sizeof *keys);
    qsort(sorted, count, sizeof *sorted, by_kid);
    buffer payload = key_list_payload(generation, sorted, count), header = key_list_protected(by->key.alg, by->key.kid);
    host->key_list = sign(by, &header, &payload);
    host->keys_generation = generation;
}

void fake_host_offer_version(fake_host *host, const char *version)
{
    release what = good_release(host, version);
    fake_host_offer(host, &what);
}

static bool is_terminal(const char *state)
{
    return strcmp(state, "confirmed") == 0 || strcmp(state, "failed") == 0 || strcmp(state, "rolledBack") == 0 || strcmp(state, "rejected") == 0;
}

const seen_report *fake_host_report(const fake_host *host, const char *state)
{
    for (uint32_t i = host->report_count; i-- > 0;)
        if (strcmp(host->reports[i].offer_id, host->offer_id) == 0 && strcmp(host->reports[i].state, state) == 0)
            return &host->reports[i];
    return NULL;
}

const char *fake_host_terminal(const fake_host *host, const char *offer_id)
{
    for (uint32_t i = 0; i < host->report_count; i++)
        if (strcmp(host->reports[i].offer_id, offer_id) == 0 && is_terminal(host->reports[i].state))
            return host->reports[i].state;
    return "";
}

static void answer(fake_exchange *x, int32_t status, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void answer(fake_exchange *x, int32_t status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf((char *)x->buffer, sizeof x->buffer, format, arguments);
    va_end(arguments);
    assert_true(n >= 0 && (size_t)n < sizeof x->buffer);
    x->head.status = status;
    x->body = x->buffer;
    x->len = (size_t)n;
}

static void text_member(const ef_json *json, const char *name, char *out, size_t cap)
{
    ef_json value;
    out[0] = 0;
    if (ef_json_member(json, name, &value) == EF_OK)
        assert_int_equal(ef_json_string(&value, out, cap), EF_OK);
}

void fake_host_take_report(fake_host *host, const char *body, size_t len)
{
    ef_json json, value;
    int64_t percent = -1;
    assert_true(host->report_count < SEEN_REPORTS_MAX);
    seen_report *r = &host->reports[host->report_count];
    assert_int_equal(ef_json_open(&json, body, len), EF_OK);
    text_member(&json, "offerId", r->offer_id, sizeof r->offer_id);
    text_member(&json, "state", r->state, sizeof r->state);
    text_member(&json, "error", r->error, sizeof r->error);
    text_member(&json, "detail", r->detail, sizeof r->detail);
    if (ef_json_member(&json, "percent", &value) == EF_OK)
        assert_int_equal(ef_json_int(&value, &percent), EF_OK);
    r->percent = (int)percent;
    assert_true(percent >= -1 && percent <= 100 && strlen(r->detail) <= 256);
    host->report_count++;
}

static void deliver(fake_host *host, fake_exchange *x)
{
    char keys[4000], text[600], more[64] = "";
    size_t at = 0;
    for (uint32_t i = 0; i < host->claim_key_count; i++) {
        const ef_trusted_key *k = &host->claim_keys[i];
        assert_int_equal(ef_base64url_encode(k->public_key, k->public_key_len, text, sizeof text), EF_OK);
        at += (size_t)snprintf(keys + at, sizeof keys - at, "%s{\"kid\":\"%s\",\"alg\":\"%s\",\"publicKey\":\"%s\"}", i == 0 ? "" : ",", k->kid,
                               k->alg == EF_ALG_ES256 ? "ES256" : k->alg == EF_ALG_PS256 ? "PS256" : "RS256", text);
    }
    keys[at] = 0;
    if (host->claim_generation != 0)
        (void)snprintf(more, sizeof more, "\"keysGeneration\":%llu,", (unsigned long long)host->claim_generation);
    if (!host->says_no_time)
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), "\"serverTimeMs\":%lld,", (long long)host->utc_ms);
    char mqtt[300] = "null", web_socket[300] = "null";
    if (host->mqtt_url != NULL)
        (void)snprintf(mqtt, sizeof mqtt, "\"%s\"", host->mqtt_url);
    if (host->web_socket_url != NULL)
        (void)snprintf(web_socket, sizeof web_socket, "\"%s\"", host->web_socket_url);
    answer(x, 200,
           "{\"state\":\"claimed\",\"deviceId\":\"dev-1\",\"deviceKey\":\"%s\",\"commandSecret\":\"%s\",\"trustedKeys\":[%s],"
           "\"mqttUrl\":%s,\"webSocketUrl\":%s,%s\"topicRoot\":\"espforge/dev-1\"}",
           DEVICE_KEY, COMMAND_SECRET, keys, mqtt, web_socket, more);
}

static void keys(fake_host *host, fake_exchange *x, const char *query)
{
    host->key_requests++;
    host->last_generation = strtoull(query, NULL, 10);
    if (host->keys_status != 0) {
        answer(x, host->keys_status, "{}");
    } else if (host->key_list.len == 0) {
        answer(x, 204, "%s", "");
    } else {
        x->head.status = 200;
        x->body = host->key_list.data;
        x->len = host->key_list.len;
    }
}

static void claims(fake_host *host, fake_exchange *x, const ef_request *request)
{
    if (strcmp(request->method, "POST") == 0) {
        host->claims++;
        (void)snprintf(host->last_claim, sizeof host->last_claim, "%.*s", (int)request->body_len, (const char *)request->body);
        answer(x, 201, "{\"claimId\":\"%s\",\"pairingCode\":\"123456\",\"pollToken\":\"%s\",\"expiresAt\":1,\"pollIntervalMs\":500}", CLAIM_ID,
               POLL_TOKEN);
        return;
    }
    assert_string_equal(request->bearer, POLL_TOKEN);
    if (host->claim_gone) {
        host->claim_gone = false;
        answer(x, 410, "{\"code\":\"claim-gone\"}");
    } else if (host->pending_polls > 0) {
        host->pending_polls--;
        answer(x, 202, "{\"state\":\"pending\",\"pollIntervalMs\":500}");
    } else {
        deliver(host, x);
    }
}

/* The path names the image by the hash that is its tag. */
static void tag_of(const char *path, bool other, uint8_t tag[8])
{
    uint8_t hash[32];
    size_t len = 0;
    assert_int_equal(ef_hex_decode(path + 18, 64, hash, sizeof hash, &len), EF_OK);
    memcpy(tag, hash, 8);
    tag[0] ^= other;
}

static void images(fake_host *host, fake_exchange *x, const ef_request *request)
{
    host->downloads++;
    host->last_range_from = request->range_from;
    if (host->image_status != 0) {
        answer(x, host->image_status, "{}");
        return;
    }
    uint32_t from = host->image_ignores_range ? 0 : request->range_from;
    if (from > 0)
        assert_true(request->if_range != NULL && strlen(request->if_range) == 66);
    if (from > 0 && from >= host->image_len) {
        answer(x, 416, "{}");
        return;
    }
    x->head.status = from > 0 ? 206 : 200;
    x->body = host->image + from;
    x->len = host->image_len - from;
    if (host->image_is_endless)
        host->image_length = -2;
    x->head.has_etag = true;
    tag_of(request->path, host->image_has_other_tag, x->head.etag);
    x->head.content_length = host->image_length == -1 ? (int64_t)x->len : host->image_length == -2 ? -1 : host->image_length;
    if (from > 0) {
        x->head.range_start = from;
        x->head.range_total = (int64_t)host->image_len;
    }
    if (host->image_cut != 0 && host->image_cuts_left != 0 && host->image_cut < x->len) {
        x->len = host->image_cut;
        x->broken = true;
        if (host->image_cuts_left > 0)
            host->image_cuts_left--;
    }
}

static void route(fake_host *host, fake_exchange *x, const ef_request *request)
{
    const char *path = request->path;
    if (host->is_captive) {
        answer(x, 200, "<html><body>Please sign in to use this network.</body></html>");
        return;
    }
    if (strncmp(path, "/device/v1/claims", 17) == 0) {
        claims(host, x, request);
    } else if (strcmp(path, "/device/v1/token") == 0) {
        host->tokens++;
        if (host->revoked || strcmp(request->bearer, DEVICE_KEY) != 0) {
            answer(x, 401, "{\"code\":\"device-key-unknown\"}");
            return;
        }
        (void)snprintf(host->token, sizeof host->token, "jwt.%u", host->tokens);
        if (host->says_no_time)
            answer(x, 200, "{\"accessToken\":\"%s\",\"expiresInSeconds\":3600}", host->token);
        else
            answer(x, 200, "{\"accessToken\":\"%s\",\"expiresInSeconds\":3600,\"serverTimeMs\":%lld}", host->token, (long long)host->utc_ms);
    } else if (host->tokens_are_bad || request->bearer == NULL || strcmp(request->bearer, host->token) != 0) {
        answer(x, 401, "{}");
    } else if (strcmp(path, "/device/v1/reports") == 0) {
        if (host->report_status == 0)
            fake_host_take_report(host, (const char *)request->body, request->body_len);
        answer(x, host->report_status == 0 ? 204 : host->report_status, "%s", "");
    } else if (strcmp(path, "/device/v1/telemetry") == 0) {
        host->telemetry++;
        (void)snprintf(host->last_telemetry, sizeof host->last_telemetry, "%.*s", (int)request->body_len, (const char *)request->body);
        answer(x, 204, "%s", "");
    } else if (strncmp(path, "/device/v1/update?", 18) == 0) {
        host->polls++;
        x->head.keys_generation = host->keys_generation;
        if (!host->has_offer || (!host->only_offers_this && fake_host_terminal(host, host->offer_id)[0] != 0)) {
            answer(x, 204, "%s", "");
            return;
        }
        x->head.status = 200;
        x->body = host->manifest.data;
        x->len = host->manifest.len;
        memcpy(x->head.offer_id, host->offer_id, sizeof x->head.offer_id);
    } else if (strncmp(path, "/device/v1/keys?generation=", 27) == 0) {
        keys(host, x, path + 27);
    } else if (strncmp(path, "/device/v1/images/", 18) == 0) {
        images(host, x, request);
    } else {
        answer(x, 404, "{}");
    }
}

ef_status fake_host_begin(fake_host *host, ef_channel channel, const ef_request *request)
{
    fake_exchange *x = &host->exchanges[channel];
    assert_false(x->active);
    memset(x, 0, sizeof *x);
    ef_response_clear(&x->head);
    if (host->down)
        return EF_NETWORK;
    x->active = true;
    x->waits = 1;
    (void)snprintf(host->last_path, sizeof host->last_path, "%s", request->path);
    route(host, x, request);
    x->head.date_ms = host->says_no_time ? 0 : host->utc_ms / 1000 * 1000;
    x->heard_ms = host->utc_ms;
    return EF_OK;
}

ef_status fake_host_read(fake_host *host, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    fake_exchange *x = &host->exchanges[channel];
    *len = 0;
    if (!x->active || host->down)
        return EF_NETWORK;
    if (x->waits > 0) {
        x->waits--;
        return EF_AGAIN;
    }
    if (!x->head_given) {
        x->head_given = true;
        *response = x->head;
        return EF_OK;
    }
    if (host->trickle_ms != 0 && host->utc_ms - x->heard_ms < host->trickle_ms)
        return EF_AGAIN;
    x->heard_ms = host->utc_ms;
    if (x->at == x->len && (channel == EF_CHANNEL_DOWNLOAD ? host->image_is_endless : host->answers_are_endless)) {
        *len = cap < 1500 ? cap : 1500;
        memset(out, 0x5A, *len);
        return EF_OK;
    }
    if (x->at == x->len)
        return x->broken ? EF_NETWORK : EF_END;
    size_t part = x->len - x->at < cap ? x->len - x->at : cap;
    *len = host->trickle_ms != 0 && part > 1 ? 1 : part < 1500 ? part : 1500;
    if (channel == EF_CHANNEL_DOWNLOAD)
        host->image_bytes += *len;
    memcpy(out, x->body + x->at, *len);
    if (channel == EF_CHANNEL_DOWNLOAD && host->image_is_flipped && x->at == 0)
        out[*len - 1] ^= 1;
    x->at += *len;
    return EF_OK;
}

void fake_host_end(fake_host *host, ef_channel channel)
{
    host->exchanges[channel].active = false;
}
