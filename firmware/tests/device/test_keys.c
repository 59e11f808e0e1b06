/* The keys a device trusts: those of its claim, and those of the host's key list. */
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "ef_parts.h"
#include "suites.h"

#define NEXT_KID "fedcba9876543210fedcba9876543210"
#define RSA_KID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static fake_host host;
static device d;
static signer next_key, ps256, rs256;

static int once(void **state)
{
    (void)state;
    fake_host_init(&host);
    next_key = signer_new(NEXT_KID);
    ps256 = signer_new_rsa(RSA_KID, EF_ALG_PS256);
    rs256 = signer_new_rsa("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", EF_ALG_RS256);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    fake_host_init(&host);
    host.image_len = make_image(host.image, "1.1.0", "esp32c3", 9000);
    device_create(&d, &host);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    device_destroy(&d);
    return 0;
}

static void expect_end(const char *state, const char *error)
{
    device_run_until(&d, offer_has_ended);
    assert_string_equal(fake_host_terminal(&host, host.offer_id), state);
    assert_string_equal(fake_host_report(&host, state)->error, error);
}

static void publish_both(uint64_t generation, bool first_is_retired)
{
    ef_trusted_key keys[] = {host.claim_keys[0], next_key.key};
    keys[0].retired = first_is_retired;
    fake_host_publish_keys(&host, &host.signer, generation, keys, 2);
}

static void a_claim_may_bring_keys_of_every_algorithm(void **state)
{
    (void)state;
    host.claim_keys[1] = ps256.key;
    host.claim_keys[2] = rs256.key;
    host.claim_key_count = 3;
    host.claim_generation = 6;
    device_run_until(&d, is_idle);
    assert_int_equal(d.agent.keys.generation, 6);
    const signer signers[] = {ps256, rs256, host.signer};
    static const char *const versions[] = {"1.1.0", "1.2.0", "1.3.0"};
    for (size_t i = 0; i < 3; i++) {
        host.image_len = make_image(host.image, versions[i], "esp32c3", 5000);
        host.signer = signers[i];
        fake_host_offer_version(&host, versions[i]);
        expect_end("confirmed", "");
    }
    assert_int_equal(host.key_requests, 0);
}

static bool is_claiming_again(const device *x)
{
    return x->host->claims > 1;
}

static void a_claim_with_keys_that_are_none_is_not_taken(void **state)
{
    (void)state;
    host.claim_keys[0].public_key[1] ^= 1; /* off the curve */
    device_run_until(&d, is_claiming_again);
    assert_false(d.agent.identity.present);
    host.claim_keys[0] = host.signer.key;
    host.claim_key_count = 0;
    host.claims = 0;
    device_run_until(&d, is_claiming_again);
    assert_false(d.agent.identity.present);
    for (uint32_t i = 0; i < 5; i++) {
        host.claim_keys[i] = host.signer.key;
        host.claim_keys[i].kid[0] = (char)('1' + i);
    }
    host.claim_key_count = 5;
    host.claims = 0;
    device_run_until(&d, is_claiming_again);
    assert_false(d.agent.identity.present);
    host.claim_key_count = 4;
    device_run_until(&d, is_idle);
}

static bool has_generation_three(const device *x)
{
    return x->agent.keys.generation == 3 && is_idle(x);
}

static void a_list_that_is_announced_is_fetched_and_kept(void **state)
{
    (void)state;
    device_run_until(&d, is_idle);
    publish_both(3, false);
    device_run_until(&d, has_generation_three);
    assert_int_equal(host.last_generation, 0);
    assert_int_equal(device_run(&d, 10000, NULL), RUN_TIME_UP);
    assert_int_equal(host.key_requests, 1);
    device_cut(&d);
    device_run_until(&d, is_idle);
    assert_int_equal(d.agent.keys.generation, 3);
    fake_host_offer_version(&host, "1.1.0"); /* the first key is still trusted */
    expect_end("confirmed", "");
    host.signer = next_key;
    host.image_len = make_image(host.image, "1.2.0", "esp32c3", 5000);
    fake_host_offer_version(&host, "1.2.0");
    expect_end("confirmed", "");
}

static void an_offer_that_comes_with_new_keys_waits_for_them(void **state)
{
    (void)state;
    device_run_until(&d, is_idle);
    publish_both(3, true);
    host.signer = next_key;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
    assert_int_equal(host.key_requests, 1);
}

static void an_offer_of_an_unknown_key_has_the_list_asked_for_even_if_none_was_announced(void **state)
{
    (void)state;
    device_run_until(&d, is_idle);
    publish_both(3, false);
    host.keys_generation = 0;
    host.signer = next_key;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
}

static bool was_asked_twice(const device *x)
{
    return x->host->key_requests == 2;
}

static void a_host_that_is_busy_is_asked_for_the_list_again(void **state)
{
    (void)state;
    device_run_until(&d, is_idle);
    publish_both(3, false);
    host.keys_status = 503;
    host.signer = next_key;
    fake_host_offer_version(&host, "1.1.0");
    device_run_until(&d, was_asked_twice);
    host.keys_status = 0;
    expect_end("confirmed", "");
    assert_int_equal(host.key_requests, 3);
}

static void a_host_without_lists_costs_one_question(void **state)
{
    (void)state;
    device_run_until(&d, is_idle);
    host.keys_status = 404;
    host.keys_generation = 5;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
    assert_int_equal(device_run(&d, 30000, NULL), RUN_TIME_UP);
    assert_int_equal(host.key_requests, 2); /* once each start */
}

static void a_withdrawn_offer_does_not_keep_the_next_one_from_its_keys(void **state)
{
    (void)state;
    device_run_until(&d, is_idle);
    const signer first = host.signer;
    host.signer = next_key;
    fake_host_offer_version(&host, "1.1.0"); /* by a key there is no list of yet */
    host.signer = first;
    while (host.key_requests == 0)
        assert_int_equal(device_run(&d, 10, NULL), RUN_TIME_UP);
    host.has_offer = false;
    assert_int_equal(device_run(&d, 5000, NULL), RUN_TIME_UP);
    publish_both(3, true);
    host.signer = next_key;
    fake_host_offer_version(&host, "1.1.0");
    expect_end("confirmed", "");
}

static void a_list_that_was_not_good_is_asked_for_again_after_an_hour(void **state)
{
    (void)state;
    device_run_until(&d, is_idle);
    publish_both(3, false);
    host.key_list.data[host.key_list.len - 1] ^= 1;
    assert_int_equal(device_run(&d, 50 * 60000, NULL), RUN_TIME_UP);
    assert_int_equal(host.key_requests, 1);
    host.key_list.data[host.key_list.len - 1] ^= 1;
    assert_int_equal(device_run(&d, 20 * 60000, has_generation_three), RUN_GOAL);
}

static void keys_are_replaced_as_a_whole(void **state)
{
    (void)state;
    ef_trusted_key key;
    device_run_until(&d, is_idle);
    fake_host_publish_keys(&host, &host.signer, 3, &next_key.key, 1);
    device_run_until(&d, has_generation_three);
    assert_int_equal(ef_keys_find(&d.agent, NEXT_KID, &key), EF_OK);
    assert_int_equal(ef_keys_find(&d.agent, host.signer.key.kid, &key), EF_NOT_FOUND);
    fake_host_offer_version(&host, "1.1.0");
    expect_end("rejected", "key-unknown");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_claim_may_bring_keys_of_every_algorithm),
        T(a_claim_with_keys_that_are_none_is_not_taken),
        T(a_list_that_is_announced_is_fetched_and_kept),
        T(an_offer_that_comes_with_new_keys_waits_for_them),
        T(an_offer_of_an_unknown_key_has_the_list_asked_for_even_if_none_was_announced),
        T(a_host_that_is_busy_is_asked_for_the_list_again),
        T(a_host_without_lists_costs_one_question),
        T(a_withdrawn_offer_does_not_keep_the_next_one_from_its_keys),
        T(a_list_that_was_not_good_is_asked_for_again_after_an_hour),
        T(keys_are_replaced_as_a_whole),
    };
    return cmocka_run_group_tests_name("keys", tests, once, NULL);
}
