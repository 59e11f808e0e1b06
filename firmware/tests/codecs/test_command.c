/* tests/vectors/command.vec, and what it cannot say: the window of nonces. */
#include <stdio.h>
#include <string.h>

#include <psa/crypto.h>

#include "espforge/ef_command.h"
#include "suites.h"
#include "vectors.h"

#define NOW_MS INT64_C(1767600000000)

static char text[8192], params[EF_COMMAND_PARAMS_BYTES + 1];
static vector row;

static const char *optional(const vector *v, const char *key)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->keys[i], key) == 0)
            return v->values[i];
    return NULL;
}

static size_t command_of(const vector *v)
{
    static uint8_t bytes[4096];
    size_t len = 0;
    ef_json_writer w;
    ef_json_begin(&w, text, sizeof text);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "deviceId", vector_text(v, "deviceId"));
    ef_json_put_string(&w, "action", vector_text(v, "action"));
    if (optional(v, "params") != NULL) {
        len = vector_hex(v, "params", bytes, sizeof bytes - 1);
        bytes[len] = 0;
        ef_json_put_string(&w, "params", (const char *)bytes);
    }
    ef_json_put_string(&w, "requestId", vector_text(v, "requestId"));
    ef_json_put_int(&w, "issuedAt", (int64_t)vector_number(v, "issuedAt"));
    ef_json_put_int(&w, "expiresAt", (int64_t)vector_number(v, "expiresAt"));
    ef_json_put_string(&w, "nonce", vector_text(v, "nonce"));
    ef_json_put_string(&w, "sig", vector_text(v, "sig"));
    ef_json_object_end(&w);
    assert_int_equal(ef_json_end(&w, &len), EF_OK);
    return len;
}

static void every_vector_comes_to_what_it_says(void **state)
{
    (void)state;
    FILE *file = vectors_open("command.vec");
    assert_non_null(file);
    size_t rows = 0;
    while (vectors_next(file, &row)) {
        uint8_t secret[32];
        ef_nonce_window window = {0};
        ef_command command;
        ef_json json;
        assert_int_equal(vector_hex(&row, "secret", secret, sizeof secret), sizeof secret);
        int64_t now_ms = (int64_t)vector_number(&row, "now");
        if (optional(&row, "seen") != NULL)
            assert_int_equal(ef_nonce_remember(&window, optional(&row, "seen"), now_ms + 1000, now_ms), EF_OK);
        uint32_t before = window.count;
        assert_int_equal(ef_json_open(&json, text, command_of(&row)), EF_OK);
        const ef_command_context context = {.device_id = vector_text(&row, "to"), .secret = secret, .now_ms = now_ms, .window = &window};
        ef_status status = ef_command_open(&json, &context, params, sizeof params, &command);
        if (strcmp(ef_status_code(status), vector_text(&row, "expect")) != 0)
            fail_msg("%s: %s instead of %s", row.values[0], ef_status_code(status), vector_text(&row, "expect"));
        assert_int_equal(window.count, before + (status == EF_OK ? 1 : 0));
        rows++;
    }
    (void)fclose(file);
    assert_true(rows >= 30);
}

static ef_status remember(ef_nonce_window *window, int number, int64_t expires_ms, int64_t now_ms)
{
    char nonce[32];
    (void)snprintf(nonce, sizeof nonce, "nonce-number-%08d", number);
    return ef_nonce_remember(window, nonce, expires_ms, now_ms);
}

static void a_full_window_is_busy_until_one_expires(void **state)
{
    (void)state;
    ef_nonce_window window = {0};
    for (int i = 0; i < (int)EF_NONCES; i++)
        assert_int_equal(remember(&window, i, NOW_MS + 1000 + i, NOW_MS), EF_OK);
    assert_int_equal(remember(&window, 99, NOW_MS + 5000, NOW_MS), EF_COMMAND_BUSY);
    assert_int_equal(remember(&window, 0, NOW_MS + 5000, NOW_MS), EF_COMMAND_REPLAYED); /* said before "busy" */
    assert_int_equal(remember(&window, 99, NOW_MS + 5000, NOW_MS + 1000), EF_OK);
    assert_int_equal(window.count, EF_NONCES);
    assert_int_equal(window.horizon_ms, NOW_MS + 1000);
}

static void a_window_is_read_as_it_was_written_and_nothing_else_is(void **state)
{
    (void)state;
    uint8_t bytes[EF_NONCE_RECORD_BYTES];
    ef_nonce_window window = {0}, read;
    for (int i = 0; i < 5; i++)
        assert_int_equal(remember(&window, i, NOW_MS + i, NOW_MS - 1), EF_OK);
    window.horizon_ms = NOW_MS - 77;
    size_t len = ef_nonce_write(&window, bytes);
    assert_int_equal(ef_nonce_read(&read, bytes, len), EF_OK);
    assert_int_equal(read.count, 5);
    assert_int_equal(read.horizon_ms, window.horizon_ms);
    assert_memory_equal(read.seen, window.seen, sizeof window.seen);
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(ef_nonce_read(&read, bytes, cut), EF_MALFORMED);
    bytes[1] = 200;
    assert_int_equal(ef_nonce_read(&read, bytes, len), EF_MALFORMED);
}

static ef_status open_text(const char *what, int64_t now_ms, ef_command *command)
{
    static const uint8_t secret[32] = {0};
    ef_nonce_window window = {0};
    ef_json json;
    const ef_command_context context = {.device_id = "lamp-01", .secret = secret, .now_ms = now_ms, .window = &window};
    assert_int_equal(ef_json_open(&json, what, strlen(what)), EF_OK);
    return ef_command_open(&json, &context, params, sizeof params, command);
}

static void what_is_no_command_is_invalid_and_answered_only_when_it_has_a_request_id(void **state)
{
    (void)state;
    ef_command command;
    assert_int_equal(open_text("{}", NOW_MS, &command), EF_COMMAND_INVALID);
    assert_string_equal(command.request_id, "");
    assert_int_equal(open_text("{\"requestId\":\"r-1\"}", NOW_MS, &command), EF_COMMAND_INVALID);
    assert_string_equal(command.request_id, "r-1");
    assert_int_equal(open_text("{\"requestId\":\"r 1\"}", NOW_MS, &command), EF_COMMAND_INVALID);
    assert_string_equal(command.request_id, "");
    assert_int_equal(open_text("{\"requestId\":\"r\",\"requestId\":\"s\"}", NOW_MS, &command), EF_COMMAND_INVALID);
    assert_int_equal(open_text("{\"deviceId\":\"lamp-01\",\"action\":\"a\",\"params\":{\"x\":1},\"requestId\":\"r\",\"issuedAt\":1,\"expiresAt\":2,"
                               "\"nonce\":\"0123456789abcdef\",\"sig\":\"\"}",
                               NOW_MS, &command),
                     EF_COMMAND_INVALID);
    assert_int_equal(open_text("{\"deviceId\":\"lamp-01\",\"action\":\"a\",\"params\":null,\"requestId\":\"r\",\"issuedAt\":1,\"expiresAt\":2,"
                               "\"nonce\":\"0123456789abcdef\",\"sig\":\"\"}",
                               NOW_MS, &command),
                     EF_COMMAND_SIGNATURE);
}

int run_command_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_comes_to_what_it_says),
        cmocka_unit_test(a_full_window_is_busy_until_one_expires),
        cmocka_unit_test(a_window_is_read_as_it_was_written_and_nothing_else_is),
        cmocka_unit_test(what_is_no_command_is_invalid_and_answered_only_when_it_has_a_request_id),
    };
    return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
