/* Any bytes as a command, and any bytes as the fields of a command that is signed as the host signs. The first are never obeyed; the second are
 * obeyed only within the bounds of docs/protocol.md section 6.4, and once. */
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "espforge/ef_command.h"

#define NOW_MS INT64_C(1780000000000)
#define FIELDS 7

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[EF_COMMAND_SECRET_BYTES] = "a secret of thirty-two bytes....";
static char params[EF_COMMAND_PARAMS_BYTES + 1];

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return psa_crypto_init() == PSA_SUCCESS ? 0 : 1;
}

static ef_status judge(const char *text, size_t len, ef_nonce_window *window, ef_command *c)
{
    const ef_command_context context = {.device_id = "dev-1", .secret = secret, .now_ms = NOW_MS, .window = window};
    ef_json json;
    if (ef_json_open(&json, text, len) != EF_OK)
        return EF_MALFORMED;
    return ef_command_open(&json, &context, params, sizeof params, c);
}

static void sign(const char *lines, size_t len, char sig[48])
{
    uint8_t mac[32];
    size_t mac_len;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
    check(psa_import_key(&attributes, secret, sizeof secret, &key) == PSA_SUCCESS);
    check(psa_mac_compute(key, PSA_ALG_HMAC(PSA_ALG_SHA_256), (const uint8_t *)lines, len, mac, sizeof mac, &mac_len) == PSA_SUCCESS);
    check(psa_destroy_key(key) == PSA_SUCCESS);
    check(ef_base64url_encode(mac, sizeof mac, sig, 48) == EF_OK);
}

static bool is_bounded(const char *text, size_t size)
{
    return memchr(text, 0, size) != NULL && text[0] != 0;
}

static void judge_signed(const uint8_t *data, size_t size)
{
    static const char *const names[FIELDS] = {"deviceId", "action", "params", "requestId", "issuedAt", "expiresAt", "nonce"};
    static char text[16384], copy[4096], lines[4096];
    char *fields[FIELDS] = {copy};
    char sig[48];
    size_t len = 0, count = 1, used = 0;
    memcpy(copy, data, size);
    copy[size] = 0;
    for (char *p = copy; p < copy + size && count < FIELDS; p++)
        if (*p == '\n') {
            *p = 0;
            fields[count++] = p + 1;
        }
    if (count < FIELDS)
        return;
    long long times[2] = {strtoll(fields[4], NULL, 10), strtoll(fields[5], NULL, 10)};
    int n = snprintf(lines, sizeof lines, "%s\n%s\n%s\n%s\n%lld\n%lld\n%s", fields[0], fields[1], fields[2], fields[3], times[0], times[1], fields[6]);
    used = n < 0 || (size_t)n >= sizeof lines ? 0 : (size_t)n;
    sign(lines, used, sig);
    ef_json_writer w;
    ef_json_begin(&w, text, sizeof text);
    ef_json_object(&w, NULL);
    for (size_t i = 0; i < FIELDS; i++) {
        if (i == 4 || i == 5)
            ef_json_put_int(&w, names[i], times[i - 4]);
        else
            ef_json_put_string(&w, names[i], fields[i]);
    }
    ef_json_put_string(&w, "sig", sig);
    ef_json_object_end(&w);
    if (ef_json_end(&w, &len) != EF_OK)
        return;

    ef_nonce_window window = {0};
    ef_command c;
    ef_status status = judge(text, len, &window, &c);
    check(window.count == (status == EF_OK ? 1u : 0u));
    if (status != EF_OK)
        return;
    check(strcmp(fields[0], "dev-1") == 0 && strcmp(c.action, fields[1]) == 0 && strcmp(c.nonce, fields[6]) == 0);
    check(is_bounded(c.action, sizeof c.action) && is_bounded(c.request_id, sizeof c.request_id) && is_bounded(c.nonce, sizeof c.nonce));
    check(strlen(c.params) <= EF_COMMAND_PARAMS_BYTES && strcmp(c.params, fields[2]) == 0);
    check(c.expires_ms > NOW_MS && c.expires_ms - c.issued_ms <= INT64_C(86400000));
    check(judge(text, len, &window, &c) == EF_COMMAND_REPLAYED);

    uint8_t record[EF_NONCE_RECORD_BYTES];
    ef_nonce_window kept;
    check(ef_nonce_read(&kept, record, ef_nonce_write(&window, record)) == EF_OK);
    check(judge(text, len, &kept, &c) == EF_COMMAND_REPLAYED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ef_nonce_window window = {0};
    ef_command c;
    ef_status status = judge((const char *)data, size, &window, &c);
    check(status != EF_OK && window.count == 0); /* nothing here is signed */
    if (size < 3000)
        judge_signed(data, size);

    /* Any bytes as the window in flash: read as it is, or as an empty one. */
    if (ef_nonce_read(&window, data, size) != EF_OK)
        check(window.count == 0);
    check(window.count <= EF_NONCES);
    return 0;
}
