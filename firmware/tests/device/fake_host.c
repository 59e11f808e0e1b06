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

/* Signing is what takes time here, and many lives of a device see the same manifests. */
static struct {
    signer signer;
    uint32_t count;
    buffer payload[8], manifest[8];
} signed_before;

static buffer sign(const signer *s, const buffer *payload)
{
    uint32_t found = 0;
    while (found < signed_before.count && (signed_before.payload[found].len != payload->len ||
                                           memcmp(signed_before.payload[found].data, payload->data, payload->len) != 0))
        found++;
    buffer header = protected_of(-7, s->key.kid);
    if (s->id != signed_before.signer.id)
        return sign_parts(s, &header, payload);
    if (found == signed_before.count) {
        found = signed_before.count++ % 8;
        if (signed_before.count > 8)
            signed_before.count = 8;
        signed_before.payload[found] = *payload;
        signed_before.manifest[found] = sign_parts(s, &header, payload);
    }
    return signed_before.manifest[found];
}

void fake_host_init(fake_host *host)
{
    memset(host, 0, sizeof *host);
    assert_int_equal(psa_crypto_init(), PSA_SUCCESS);
    if (signed_before.signer.id == 0)
        signed_before.signer = signer_new("0123456789abcdef0123456789abcdef");
    host->signer = signed_before.signer;
    host->utc_ms = START_MS;
    host->image_cuts_left = -1;
    host->image_length = -1;
    host->sequence = 9;
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

void fake_host_offer(fake_host *host, const release *what)
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
    host->manifest = sign(&host->signer, &b);
    (void)snprintf(host->offer_id, sizeof host->offer_id, "%032llx", (unsigned long long)(0xabc000 + what->sequence + 16 * host->polls));
    host->has_offer = true;
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

static void take_report(fake_host *host, const ef_request *request)
{
    ef_json json, value;
    int64_t percent = -1;
    assert_true(host->report_count < SEEN_REPORTS_MAX);
    seen_report *r = &host->reports[host->report_count];
    assert_int_equal(ef_json_open(&json, (const char *)request->body, request->body_len), EF_OK);
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
        char key[96];
        assert_int_equal(ef_base64url_encode(host->signer.key.public_key, 65, key, sizeof key), EF_OK);
        char mqtt[300] = "null", web_socket[300] = "null";
        if (host->mqtt_url != NULL)
            (void)snprintf(mqtt, sizeof mqtt, "\"%s\"", host->mqtt_url);
        if (host->web_socket_url != NULL)
            (void)snprintf(web_socket, sizeof web_socket, "\"%s\"", host->web_socket_url);
        answer(x, 200,
               "{\"state\":\"claimed\",\"deviceId\":\"dev-1\",\"deviceKey\":\"%s\",\"commandSecret\":\"%s\",\"trustedKeys\":[{\"kid\":\"%s\","
               "\"alg\":\"ES256\",\"publicKey\":\"%s\"}],\"mqttUrl\":%s,\"webSocketUrl\":%s,\"topicRoot\":\"espforge/dev-1\","
               "\"serverTimeMs\":%lld}",
               DEVICE_KEY, COMMAND_SECRET, host->signer.key.kid, key, mqtt, web_socket, (long long)host->utc_ms);
    }
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
        answer(x, 200, "{\"accessToken\":\"%s\",\"expiresInSeconds\":3600,\"serverTimeMs\":%lld}", host->token, (long long)host->utc_ms);
    } else if (host->tokens_are_bad || request->bearer == NULL || strcmp(request->bearer, host->token) != 0) {
        answer(x, 401, "{}");
    } else if (strcmp(path, "/device/v1/reports") == 0) {
        if (host->report_status == 0)
            take_report(host, request);
        answer(x, host->report_status == 0 ? 204 : host->report_status, "%s", "");
    } else if (strcmp(path, "/device/v1/telemetry") == 0) {
        host->telemetry++;
        (void)snprintf(host->last_telemetry, sizeof host->last_telemetry, "%.*s", (int)request->body_len, (const char *)request->body);
        answer(x, 204, "%s", "");
    } else if (strncmp(path, "/device/v1/update?", 18) == 0) {
        host->polls++;
        if (!host->has_offer || fake_host_terminal(host, host->offer_id)[0] != 0) {
            answer(x, 204, "%s", "");
            return;
        }
        x->head.status = 200;
        x->body = host->manifest.data;
        x->len = host->manifest.len;
        memcpy(x->head.offer_id, host->offer_id, sizeof x->head.offer_id);
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
    x->head.date_ms = host->utc_ms / 1000 * 1000;
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
    if (x->at == x->len)
        return x->broken ? EF_NETWORK : EF_END;
    size_t part = x->len - x->at < cap ? x->len - x->at : cap;
    *len = part < 1500 ? part : 1500;
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
