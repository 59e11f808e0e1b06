/* A host whose answers make no sense, field by field: the device asks again, more and more slowly, and believes none of it. */
#include <stdio.h>
#include <string.h>

#include "room.h"
#include "suites.h"

static room r;
static char claim_answer[512], pair_answer[1024], token_answer[512];
static int32_t claim_status, pair_status, token_status;

#define KEY "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
#define GOOD_CLAIM "{\"claimId\":\"00112233445566778899aabbccddeeff\",\"pairingCode\":\"123456\",\"pollToken\":\"t\",\"pollIntervalMs\":500}"
#define HEAD "{\"deviceId\":\"dev-1\",\"deviceKey\":\"k\",\"commandSecret\":\"s\",\"topicRoot\":\"espforge/dev-1\",\"trustedKeys\":"
#define KEY_OBJECT "{\"kid\":\"0123456789abcdef0123456789abcdef\",\"alg\":\"ES256\",\"publicKey\":\"" KEY "\"}"
#define GOOD_PAIR HEAD "[" KEY_OBJECT "],\"serverTimeMs\":1780000000000}"
#define GOOD_TOKEN "{\"accessToken\":\"jwt\",\"expiresInSeconds\":3600,\"serverTimeMs\":1780000000000}"

static int32_t answer_all(room *room, const ef_request *request)
{
    const char *text = "";
    int32_t status = 204;
    if (strcmp(request->path, "/device/v1/claims") == 0)
        text = claim_answer, status = claim_status;
    else if (strncmp(request->path, "/device/v1/claims/", 18) == 0)
        text = pair_answer, status = pair_status;
    else if (strcmp(request->path, "/device/v1/token") == 0)
        text = token_answer, status = token_status;
    (void)snprintf(room->body, sizeof room->body, "%s", text);
    return status;
}

static int set_up(void **state)
{
    (void)state;
    room_init(&r);
    r.config.provision.port = NULL;
    r.host = answer_all;
    (void)strcpy(claim_answer, GOOD_CLAIM);
    (void)strcpy(pair_answer, GOOD_PAIR);
    (void)strcpy(token_answer, GOOD_TOKEN);
    claim_status = 201;
    pair_status = token_status = 200;
    room_boot(&r);
    return 0;
}

static void good_answers_lead_to_idle(void **state)
{
    (void)state;
    room_run(&r, 5000);
    assert_int_equal(r.agent.state, EF_STATE_IDLE);
    assert_string_equal(r.agent.token.text, "jwt");
    assert_true(ef_agent_utc_ms(&r.agent) >= 1780000000000);
}

static void claims_that_make_no_sense_are_not_opened(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "x", "[]", "{}", "{\"pairingCode\":123456}", "{\"pairingCode\":\"\"}", "{\"pairingCode\":\"1234567890\"}",
        "{\"pairingCode\":\"123456\"}", "{\"pairingCode\":\"123456\",\"claimId\":\"0011\"}",
        "{\"pairingCode\":\"123456\",\"claimId\":\"00112233445566778899aabbccddeeff\"}",
        "{\"pairingCode\":\"123456\",\"claimId\":\"0011\",\"pollToken\":\"t\"}",
        "{\"pairingCode\":\"123456\",\"claimId\":\"../../../../../../../etc/passwd..\",\"pollToken\":\"t\"}",
        "{\"pairingCode\":\"12345\",\"claimId\":\"00112233445566778899aabbccddeeff\",\"pollToken\":\"t\"}",
        "{\"pairingCode\":\"12345x\",\"claimId\":\"00112233445566778899aabbccddeeff\",\"pollToken\":\"t\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(claim_answer, sizeof claim_answer, "%s", bad[i]);
        room_run(&r, 3000);
        if (r.agent.state != EF_STATE_CLAIMING)
            fail_msg("%s was taken", bad[i]);
        r.agent.claim.next_ms = 0;
    }
    claim_status = 429;
    room_run(&r, 3000);
    assert_int_equal(r.agent.state, EF_STATE_CLAIMING);
    assert_string_equal(ef_provision_pairing_code(&r.agent), "");
}

static void the_interval_of_a_claim_has_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t interval_ms;
    } cases[] = {{"", 2000}, {",\"pollIntervalMs\":\"x\"", 2000}, {",\"pollIntervalMs\":1", 250}, {",\"pollIntervalMs\":999999999", 60000}};
    pair_status = 202;
    (void)strcpy(pair_answer, "x");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(claim_answer, sizeof claim_answer,
                       "{\"claimId\":\"00112233445566778899aabbccddeeff\",\"pairingCode\":\"123456\",\"pollToken\":\"t\"%s}", cases[i].text);
        room_boot(&r);
        room_run(&r, 300);
        assert_int_equal(r.agent.state, EF_STATE_PAIRING);
        assert_int_equal(r.agent.claim.interval_ms, cases[i].interval_ms);
        assert_string_equal(ef_provision_pairing_code(&r.agent), "123456");
    }
    pair_status = 500;
    room_run(&r, 200000);
    assert_int_equal(r.agent.state, EF_STATE_PAIRING);
}

static void identities_that_make_no_sense_are_not_stored(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "{}", "{\"deviceId\":\"\"}", "{\"deviceId\":\"dev-1\"}", "{\"deviceId\":\"dev-1\",\"deviceKey\":\"k\"}",
        "{\"deviceId\":\"dev-1\",\"deviceKey\":\"k\",\"commandSecret\":\"s\"}",
        "{\"deviceId\":\"dev-1\",\"deviceKey\":\"k\",\"commandSecret\":\"s\",\"topicRoot\":\"t\"}",
        HEAD "{}}", HEAD "[]}", HEAD "[1]}", HEAD "[{}]}", HEAD "[{\"kid\":\"0123456789abcdef0123456789abcdef\"}]}",
        HEAD "[{\"kid\":\"0123456789abcdef0123456789abcdef\",\"alg\":\"ES256\"}]}",
        HEAD "[{\"kid\":\"0123456789abcdef0123456789abcdef\",\"alg\":\"ES256\",\"publicKey\":\"!\"}]}",
        HEAD "[{\"kid\":\"0123456789abcdef0123456789abcdef\",\"alg\":\"none\",\"publicKey\":\"" KEY "\"}]}",
        HEAD "[{\"kid\":\"0123456789abcdef0123456789abcdef\",\"alg\":\"ES256\",\"publicKey\":\"BGsX\"}]}",
        HEAD "[{\"kid\":\"0123\",\"alg\":\"ES256\",\"publicKey\":\"" KEY "\"}]}",
        "{\"deviceId\":\"Dev/1\",\"deviceKey\":\"k\",\"commandSecret\":\"s\",\"topicRoot\":\"t\",\"trustedKeys\":[" KEY_OBJECT "]}",
        "{\"deviceId\":\"dev{1\",\"deviceKey\":\"k\",\"commandSecret\":\"s\",\"topicRoot\":\"t\",\"trustedKeys\":[" KEY_OBJECT "]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        room_boot(&r);
        (void)snprintf(pair_answer, sizeof pair_answer, "%s", bad[i]);
        room_run(&r, 3000);
        if (r.agent.identity.present || room_find(&r, "identity") != NULL)
            fail_msg("%s was taken", bad[i]);
    }
    (void)strcpy(pair_answer, HEAD "[" KEY_OBJECT "," KEY_OBJECT "," KEY_OBJECT "," KEY_OBJECT "," KEY_OBJECT "]}");
    room_boot(&r);
    room_run(&r, 3000);
    assert_null(room_find(&r, "identity"));
    (void)strcpy(pair_answer, HEAD "[" KEY_OBJECT "]}"); /* no time said */
    room_boot(&r);
    r.kv_fails = true;
    room_run(&r, 3000);
    assert_false(r.agent.identity.present);
    r.kv_fails = false;
    room_run(&r, 70000);
    assert_true(r.agent.identity.present);
    assert_non_null(room_find(&r, "keys"));
}

static void a_pairing_that_is_gone_is_begun_anew(void **state)
{
    (void)state;
    const int32_t statuses[] = {404, 410};
    for (size_t i = 0; i < 2; i++) {
        room_boot(&r);
        pair_status = statuses[i];
        uint32_t before = r.requests;
        room_run(&r, 5000);
        assert_true(r.requests - before >= 4);
        assert_false(r.agent.identity.present);
    }
}

static void stored_identities_that_make_no_sense_stop_the_start(void **state)
{
    (void)state;
    room_run(&r, 5000);
    room_record *record = room_find(&r, "identity");
    const room_record good = *record;
    const struct {
        size_t at;
        uint8_t value;
    } cases[] = {{0, 9}, {1, 200}, {4, 0}, {4 + 65, 0}, {4 + 130, 0}, {4 + 195, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        *record = good;
        record->value[cases[i].at] = cases[i].value;
        assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms), EF_FLASH_FAILED);
    }
    *record = good;
    memset(record->value + 4, 'x', 65); /* without an end */
    assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms), EF_FLASH_FAILED);
    *record = good;
    record->len--;
    assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms), EF_FLASH_FAILED);
    record->len = EF_RECORD_BYTES;
    assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms), EF_FLASH_FAILED);
    *record = good;
    assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms), EF_OK);
    assert_string_equal(r.agent.identity.device_id, "dev-1");
}

static void tokens_that_make_no_sense_are_not_used(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "{}", "{\"accessToken\":1}", "{\"accessToken\":\"a\"}", "{\"accessToken\":\"a\",\"expiresInSeconds\":1.5}",
        "{\"accessToken\":\"\",\"expiresInSeconds\":3600}", "{\"accessToken\":\"a b\",\"expiresInSeconds\":3600}",
        "{\"accessToken\":\"a\\r\\nX-Evil: 1\",\"expiresInSeconds\":3600}", "{\"accessToken\":\"\xC3\xA4\",\"expiresInSeconds\":3600}",
        "{\"accessToken\":\"a\",\"expiresInSeconds\":0}", "{\"accessToken\":\"a\",\"expiresInSeconds\":99999999}",
    };
    (void)strcpy(token_answer, "");
    room_run(&r, 3000);
    assert_true(r.agent.identity.present);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(token_answer, sizeof token_answer, "%s", bad[i]);
        r.agent.token.next_ms = 0;
        room_run(&r, 300);
        if (r.agent.token.text[0] != 0)
            fail_msg("%s was taken", bad[i]);
    }
    (void)strcpy(token_answer, "{\"accessToken\":\"short\",\"expiresInSeconds\":10}");
    r.agent.token.next_ms = 0;
    uint32_t before = r.requests;
    room_run(&r, 60000);
    assert_string_equal(r.agent.token.text, "short");
    assert_true(r.requests - before >= 12); /* renewed half-way through its life */
    token_status = 401;
    room_run(&r, 6000);
    assert_string_equal(r.agent.token.text, "");
    before = r.requests;
    room_run(&r, 3500000);
    assert_int_equal(r.requests, before); /* revoked: silent for an hour */
    token_status = 200;
    room_run(&r, 200000);
    assert_string_equal(r.agent.token.text, "short");
}

static void silence_and_floods_end(void **state)
{
    (void)state;
    claim_status = -1;
    room_run(&r, 29000);
    assert_int_equal(r.requests, 1);
    room_run(&r, 3000);
    assert_true(r.requests >= 2);
    claim_status = 0;
    room_run(&r, 60000);
    assert_int_equal(r.agent.state, EF_STATE_CLAIMING);
}

static void what_cannot_be_an_agent_is_not_begun(void **state)
{
    (void)state;
    const ef_agent_config good = r.config;
    for (int i = 0; i < 7; i++) {
        r.config = good;
        if (i == 0)
            r.config.hardware_id = NULL;
        else if (i == 1)
            r.config.product = NULL;
        else if (i == 2)
            r.config.chip = NULL;
        else if (i == 3)
            r.config.image_format = NULL;
        else if (i == 4)
            r.config.version = NULL;
        else if (i == 5)
            r.config.version = "1.0.0-a-version-of-more-than-31-bytes";
        else
            r.config.soak_ms = r.config.confirm_timeout_ms;
        assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, 0), EF_BAD_ARGUMENT);
    }
    assert_string_equal(ef_state_name(EF_STATE_COUNT), "unknown");
}

static void a_reset_that_cannot_be_completed_stops_the_start(void **state)
{
    (void)state;
    const uint8_t mark[3] = {1, 1, 1};
    room_run(&r, 5000);
    assert_int_equal(r.port.kv_set(r.port.ctx, "reset", mark, 1), EF_OK);
    r.kv_fails = true;
    assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms), EF_FLASH_FAILED);
    r.kv_fails = false;
    assert_int_equal(r.port.kv_set(r.port.ctx, "reset", mark, sizeof mark), EF_OK);
    assert_int_equal(r.port.kv_set(r.port.ctx, "update", mark, sizeof mark), EF_OK);
    assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms), EF_FLASH_FAILED); /* sequence unknown: nothing is erased */
    assert_non_null(room_find(&r, "identity"));
    assert_int_equal(r.port.kv_set(r.port.ctx, "update", NULL, 0), EF_OK);
    assert_int_equal(ef_agent_init(&r.agent, &r.port, &r.config, r.now_ms), EF_OK);
    assert_null(room_find(&r, "identity"));
    assert_null(room_find(&r, "reset"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        T(good_answers_lead_to_idle),
        T(claims_that_make_no_sense_are_not_opened),
        T(the_interval_of_a_claim_has_bounds),
        T(identities_that_make_no_sense_are_not_stored),
        T(a_pairing_that_is_gone_is_begun_anew),
        T(stored_identities_that_make_no_sense_stop_the_start),
        T(tokens_that_make_no_sense_are_not_used),
        T(silence_and_floods_end),
        T(what_cannot_be_an_agent_is_not_begun),
        T(a_reset_that_cannot_be_completed_stops_the_start),
    };
    return cmocka_run_group_tests_name("answers", tests, NULL, NULL);
}
