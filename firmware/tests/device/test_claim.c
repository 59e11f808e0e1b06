#include <string.h>

#include "device.h"
#include "suites.h"

static fake_host host;
static device d;

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&host);
    device_create(&d, &host);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_destroy(&d);
    return 0;
}

static bool has_token(const device *x)
{
    return x->agent.token.text[0] != 0;
}

static bool is_pairing(const device *x)
{
    return x->agent.state == EF_STATE_PAIRING;
}

static void a_new_device_shows_its_pairing_code_and_becomes_claimed(void **state)
{
    (void)state;
    host.pending_polls = 3;
    device_run_until(&d, is_pairing);
    assert_string_equal(d.pairing, "PAIRING 123456 HW:01");
    assert_string_equal(host.last_claim,
                        "{\"hardwareId\":\"HW:01\",\"product\":\"lamp\",\"chip\":\"esp32c3\",\"board\":\"devkit\",\"agentVersion\":\"0.1.0\"}");
    device_run_until(&d, is_idle);
    assert_string_equal(d.agent.identity.device_id, "dev-1");
    assert_string_equal(d.agent.identity.topic_root, "espforge/dev-1");
    assert_int_equal(d.agent.keys.generation, 0);
    device_run_until(&d, has_token);
    assert_int_equal(host.claims, 1);
}

static void a_claimed_device_stays_claimed_after_a_restart(void **state)
{
    (void)state;
    device_run_until(&d, is_idle);
    device_cut(&d);
    device_run_until(&d, has_token);
    assert_int_equal(host.claims, 1);
    assert_string_equal(d.agent.identity.device_key, "efk_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY");
}

static void a_claim_that_is_gone_is_made_anew(void **state)
{
    (void)state;
    host.claim_gone = true;
    device_run_until(&d, is_idle);
    assert_int_equal(host.claims, 2);
}

static void a_host_that_is_down_is_asked_again_until_it_answers(void **state)
{
    (void)state;
    host.down = true;
    assert_int_equal(device_run(&d, 600000, is_pairing), RUN_TIME_UP);
    host.down = false;
    assert_int_equal(device_run(&d, 120000, is_idle), RUN_GOAL);
}

static void a_claim_that_cannot_be_stored_leaves_nothing_behind(void **state)
{
    (void)state;
    device_run_until(&d, is_pairing);
    d.flash.cut_at = d.flash.changes + 1;
    assert_int_equal(device_run(&d, 60000, is_idle), RUN_POWER_OFF);
    device_cut(&d);
    device_run_until(&d, is_idle);
    assert_int_equal(host.claims, 2);
}

static void a_401_is_answered_by_a_new_token_at_once(void **state)
{
    (void)state;
    device_run_until(&d, has_token);
    strcpy(host.token, "jwt.other");
    uint32_t polls = host.polls;
    assert_int_equal(device_run(&d, 10000, NULL), RUN_TIME_UP);
    assert_int_equal(host.tokens, 2);
    assert_true(host.polls > polls + 5);
}

static void a_host_that_refuses_every_token_is_not_flooded(void **state)
{
    (void)state;
    host.tokens_are_bad = true;
    device_run_until(&d, is_idle);
    assert_int_equal(device_run(&d, 600000, NULL), RUN_TIME_UP);
    assert_in_range(host.tokens, 5, 60);
}

static void a_revoked_device_asks_again_after_an_hour(void **state)
{
    (void)state;
    host.revoked = true;
    device_run_until(&d, is_idle);
    assert_int_equal(device_run(&d, 3500 * 1000, has_token), RUN_TIME_UP);
    assert_int_equal(host.tokens, 1);
    host.revoked = false;
    assert_int_equal(device_run(&d, 200 * 1000, has_token), RUN_GOAL);
    assert_int_equal(host.tokens, 2);
}

static void the_token_is_renewed_before_it_expires(void **state)
{
    (void)state;
    device_run_until(&d, has_token);
    assert_int_equal(device_run(&d, 3470 * 1000, NULL), RUN_TIME_UP);
    assert_int_equal(host.tokens, 1);
    assert_int_equal(device_run(&d, 30 * 1000, NULL), RUN_TIME_UP);
    assert_int_equal(host.tokens, 2);
}

static void the_time_never_goes_back_even_over_a_restart(void **state)
{
    (void)state;
    device_run_until(&d, has_token);
    int64_t seen = ef_agent_utc_ms(&d.agent);
    assert_int_equal(seen / 60000, host.utc_ms / 60000);
    device_cut(&d);
    host.utc_ms -= INT64_C(86400000) * 400;
    device_run_until(&d, has_token);
    assert_true(ef_agent_utc_ms(&d.agent) >= seen - 3600000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_new_device_shows_its_pairing_code_and_becomes_claimed),
        T(a_claimed_device_stays_claimed_after_a_restart),
        T(a_claim_that_is_gone_is_made_anew),
        T(a_host_that_is_down_is_asked_again_until_it_answers),
        T(a_claim_that_cannot_be_stored_leaves_nothing_behind),
        T(a_401_is_answered_by_a_new_token_at_once),
        T(a_host_that_refuses_every_token_is_not_flooded),
        T(a_revoked_device_asks_again_after_an_hour),
        T(the_token_is_renewed_before_it_expires),
        T(the_time_never_goes_back_even_over_a_restart),
    };
    return cmocka_run_group_tests_name("claim and token", tests, NULL, NULL);
}
