/* Signed commands: docs/protocol.md section 6.4. Pure: nothing is stored or obeyed here. */
#include "espforge/ef_command.h"

#include <stdio.h>
#include <string.h>

#include <psa/crypto.h>

#define DAY_MS 86400000
#define EARLY_MS 120000
#define SIGNATURE_CHARS 43u

static bool chars_are(const char *text, const char *extra, bool upper, size_t min, size_t max)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z') || strchr(extra, c) != NULL))
            return false;
    }
    return len >= min && len <= max;
}

static bool text_member(const ef_json *json, const char *name, char *out, size_t cap)
{
    ef_json value;
    if (ef_json_member(json, name, &value) == EF_OK && ef_json_string(&value, out, cap) == EF_OK)
        return true;
    out[0] = 0;
    return false;
}

static bool time_member(const ef_json *json, const char *name, int64_t *out)
{
    ef_json value;
    return ef_json_member(json, name, &value) == EF_OK && ef_json_int(&value, out) == EF_OK;
}

/* One line of at most EF_COMMAND_PARAMS_BYTES, or none. */
static bool params_member(const ef_json *json, char *out)
{
    ef_json value;
    out[0] = 0;
    ef_status status = ef_json_member(json, "params", &value);
    if (status == EF_NOT_FOUND || (status == EF_OK && ef_json_is_null(&value)))
        return true;
    return status == EF_OK && ef_json_string(&value, out, EF_COMMAND_PARAMS_BYTES + 1) == EF_OK && strpbrk(out, "\r\n") == NULL;
}

/* A signature that is too long or cannot be decoded is a wrong one; *bad says so. false: it is no text at all. */
static bool signature_member(const ef_json *json, uint8_t mac[32], bool *bad)
{
    ef_json value;
    char text[SIGNATURE_CHARS + 1];
    size_t len = 0;
    if (ef_json_member(json, "sig", &value) != EF_OK)
        return false;
    ef_status status = ef_json_string(&value, text, sizeof text);
    if (status != EF_OK && status != EF_TOO_LARGE)
        return false;
    *bad = status != EF_OK || ef_base64url_decode(text, strlen(text), mac, 32, &len) != EF_OK || len != 32;
    return true;
}

static bool read_form(const ef_json *json, char *params, ef_command *c, char device_id[65], uint8_t mac[32], bool *bad_signature)
{
    bool ok = text_member(json, "requestId", c->request_id, sizeof c->request_id) && chars_are(c->request_id, "-_.", true, 1, 64);
    if (!ok)
        c->request_id[0] = 0;
    ok = text_member(json, "deviceId", device_id, 65) && chars_are(device_id, "-_", false, 3, 64) && ok;
    ok = text_member(json, "action", c->action, sizeof c->action) && chars_are(c->action, "-_.", false, 1, 64) && ok;
    ok = text_member(json, "nonce", c->nonce, sizeof c->nonce) && chars_are(c->nonce, "-_", true, 16, 64) && ok;
    ok = time_member(json, "issuedAt", &c->issued_ms) && time_member(json, "expiresAt", &c->expires_ms) && ok;
    ok = ok && c->issued_ms >= 0 && c->expires_ms > c->issued_ms && c->expires_ms - c->issued_ms <= DAY_MS;
    return params_member(json, params) && signature_member(json, mac, bad_signature) && ok;
}

static psa_status_t add_line(psa_mac_operation_t *mac, const char *text, bool last)
{
    psa_status_t status = psa_mac_update(mac, (const uint8_t *)text, strlen(text));
    return status == PSA_SUCCESS && !last ? psa_mac_update(mac, (const uint8_t *)"\n", 1) : status;
}

/* PSA compares in constant time. */
static ef_status check_signature(const ef_command *c, const char *device_id, const uint8_t *secret, const uint8_t mac[32])
{
    char issued[24], expires[24];
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0;
    psa_mac_operation_t operation = PSA_MAC_OPERATION_INIT;
    (void)snprintf(issued, sizeof issued, "%lld", (long long)c->issued_ms);
    (void)snprintf(expires, sizeof expires, "%lld", (long long)c->expires_ms);
    const char *const lines[] = {device_id, c->action, c->params, c->request_id, issued, expires, c->nonce};
    const size_t count = sizeof lines / sizeof lines[0];

    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_MESSAGE);
    if (psa_import_key(&attributes, secret, EF_COMMAND_SECRET_BYTES, &key) != PSA_SUCCESS)
        return EF_CRYPTO;
    psa_status_t status = psa_mac_verify_setup(&operation, key, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    for (size_t i = 0; status == PSA_SUCCESS && i < count; i++)
        status = add_line(&operation, lines[i], i + 1 == count);
    if (status == PSA_SUCCESS)
        status = psa_mac_verify_finish(&operation, mac, 32);
    (void)psa_mac_abort(&operation);
    (void)psa_destroy_key(key);
    return status == PSA_SUCCESS ? EF_OK : status == PSA_ERROR_INVALID_SIGNATURE ? EF_COMMAND_SIGNATURE : EF_CRYPTO;
}

ef_status ef_command_open(const ef_json *json, const ef_command_context *context, char *params, size_t params_cap, ef_command *out)
{
    char device_id[65];
    uint8_t mac[32];
    bool bad_signature = false;
    memset(out, 0, sizeof *out);
    out->params = params;
    if (params_cap <= EF_COMMAND_PARAMS_BYTES)
        return EF_BAD_ARGUMENT;
    if (!read_form(json, params, out, device_id, mac, &bad_signature))
        return EF_COMMAND_INVALID;
    if (strcmp(device_id, context->device_id) != 0)
        return EF_COMMAND_DEVICE;
    ef_status status = bad_signature ? EF_COMMAND_SIGNATURE : check_signature(out, device_id, context->secret, mac);
    if (status != EF_OK)
        return status;
    if (context->now_ms == 0)
        return EF_COMMAND_TIME_UNKNOWN;
    if (out->expires_ms <= context->now_ms || out->expires_ms <= context->window->horizon_ms)
        return EF_COMMAND_EXPIRED;
    if (out->issued_ms > context->now_ms + EARLY_MS)
        return EF_COMMAND_EARLY;
    return ef_nonce_remember(context->window, out->nonce, out->expires_ms, context->now_ms);
}
