#include <string.h>

#include "../codecs/suites.h"
#include "room.h"

static room r;

static int set_up(void **state)
{
    (void)state;
    room_init(&r);
    r.networks[0] = (room_network){"Workshop", "correct horse", -48, false};
    r.networks[1] = (room_network){"Guest", "", -60, false};
    return 0;
}

static void join(const char *ssid, const char *password)
{
    assert_int_equal(ef_provision_join(&r.agent, ssid, password), EF_OK);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINING);
    room_run(&r, 2000);
}

static void a_new_device_opens_by_itself_and_takes_a_network(void **state)
{
    (void)state;
    room_boot(&r);
    room_run(&r, 1000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_WAITING);
    assert_int_equal(r.opens, 1);
    assert_int_equal(r.scans, 1);
    join("Workshop", "correct horse");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINED);
    assert_int_equal(r.agent.networks->count, 1);
    assert_int_equal(r.closes, 0); /* the pairing code is still to be read */
    room_run(&r, 301000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_IDLE);
    assert_int_equal(r.closes, 1);
    assert_false(room_said(&r, "correct horse"));

    room_boot(&r); /* it knows it now */
    room_run(&r, 2000);
    assert_int_equal(r.network, EF_NETWORK_UP);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_IDLE);
    assert_int_equal(r.opens, 1);
}

static void an_open_network_needs_no_password(void **state)
{
    (void)state;
    room_boot(&r);
    room_run(&r, 1000);
    join("Guest", "");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINED);
}

static void every_way_to_fail_has_its_reason(void **state)
{
    (void)state;
    room_boot(&r);
    room_run(&r, 1000);
    join("Workshop", "wrong horse");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_FAILED);
    assert_string_equal(ef_provision_reason_name(r.agent.provision->reason), "wrong-password");
    assert_string_equal(ef_provision_sentence(&r.agent), "The password is wrong.");
    join("Elsewhere", "correct horse");
    assert_string_equal(ef_provision_reason_name(r.agent.provision->reason), "not-found");
    r.networks[2] = (room_network){"Silent", "12345678", -70, true};
    join("Silent", "12345678");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINING);
    room_run(&r, 30000);
    assert_string_equal(ef_provision_reason_name(r.agent.provision->reason), "no-address");
    assert_true(r.leaves >= 1);
    r.radio_fails = true;
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "correct horse"), EF_OK);
    assert_string_equal(ef_provision_reason_name(r.agent.provision->reason), "no-radio");
    r.radio_fails = false;
    r.kv_fails = true;
    join("Workshop", "correct horse");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_FAILED);
    assert_string_equal(ef_provision_reason_name(r.agent.provision->reason), "not-stored");
    r.kv_fails = false;
    join("Workshop", "correct horse");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINED);
    for (const char *p = r.agent.provision->wifi.password; p < r.agent.provision->wifi.password + sizeof r.agent.provision->wifi.password; p++)
        assert_int_equal(*p, 0);
}

static void what_no_network_can_be_called_is_refused(void **state)
{
    (void)state;
    room_boot(&r);
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "correct horse"), EF_NOT_FOUND); /* not open yet */
    room_run(&r, 1000);
    assert_int_equal(ef_provision_join(&r.agent, "", "correct horse"), EF_BAD_ARGUMENT);
    assert_int_equal(ef_provision_join(&r.agent, "123456789012345678901234567890123", "correct horse"), EF_BAD_ARGUMENT);
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "short"), EF_BAD_ARGUMENT);
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "tab\there, and long"), EF_BAD_ARGUMENT);
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "caf\xC3\xA9 caf\xC3\xA9"), EF_BAD_ARGUMENT);
    assert_int_equal(ef_wifi_check("x", "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"), EF_OK);
    assert_int_equal(ef_wifi_check("x", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg"), EF_BAD_ARGUMENT);
    assert_int_equal(ef_wifi_check("x", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0"), EF_BAD_ARGUMENT);
    assert_int_equal(r.agent.provision->tries, 0);
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "correct horse"), EF_OK);
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "correct horse"), EF_AGAIN);
}

static void too_many_tries_lock_it_for_five_minutes(void **state)
{
    (void)state;
    room_boot(&r);
    room_run(&r, 1000);
    for (unsigned i = 0; i < EF_PROVISION_TRIES; i++)
        join("Workshop", "guess guess");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_LOCKED);
    assert_string_equal(ef_provision_sentence(&r.agent), "Too many tries. Wait five minutes.");
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "correct horse"), EF_NOT_FOUND);
    room_run(&r, 290000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_LOCKED);
    room_run(&r, 11000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_WAITING);
    join("Workshop", "correct horse");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINED);
}

static void a_device_with_a_button_waits_for_it(void **state)
{
    (void)state;
    r.config.provision.needs_button = true;
    room_boot(&r);
    room_run(&r, 1000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_LOCKED);
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "correct horse"), EF_NOT_FOUND);
    assert_string_equal(ef_provision_sentence(&r.agent), "Press the button on the device to go on.");
    ef_provision_authorize(&r.agent);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_WAITING);
    ef_provision_authorize(&r.agent);
    room_run(&r, 121000); /* the press counts for two minutes */
    assert_int_equal(r.agent.provision->state, EF_PROVISION_IDLE);
    assert_int_equal(ef_provision_open(&r.agent), EF_OK);
    ef_provision_authorize(&r.agent);
    join("Workshop", "wrong horse");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_FAILED);
    room_run(&r, 110000); /* counted anew from the last try */
    join("Workshop", "correct horse");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINED);
    assert_int_equal(ef_provision_open(&r.agent), EF_OK); /* another network */
    assert_int_equal(r.agent.provision->state, EF_PROVISION_LOCKED);
}

static void the_window_closes_and_a_person_opens_it_again(void **state)
{
    (void)state;
    r.config.provision.window_ms = 60000;
    room_boot(&r);
    room_run(&r, 62000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_IDLE);
    assert_int_equal(r.closes, 1);
    room_run(&r, 3600000);
    assert_int_equal(r.opens, 1);
    uint8_t before[EF_PROVISION_TOKEN_BYTES];
    memcpy(before, r.agent.provision->token, sizeof before);
    assert_int_equal(ef_provision_open(&r.agent), EF_OK);
    assert_int_equal(ef_provision_open(&r.agent), EF_OK);
    assert_int_equal(r.opens, 2);
    assert_memory_not_equal(before, r.agent.provision->token, sizeof before);
    ef_provision_close(&r.agent);
    ef_provision_close(&r.agent);
    assert_int_equal(r.closes, 2);
}

static void closing_during_a_join_leaves_the_network(void **state)
{
    (void)state;
    room_boot(&r);
    room_run(&r, 1000);
    assert_int_equal(ef_provision_join(&r.agent, "Workshop", "correct horse"), EF_OK);
    ef_provision_close(&r.agent);
    assert_int_equal(r.leaves, 1);
    room_run(&r, 5000);
    assert_int_equal(r.network, EF_NETWORK_NONE);
    assert_int_equal(r.agent.networks->count, 0);
}

static void it_opens_again_when_every_known_network_is_gone_and_closes_when_one_is_back(void **state)
{
    (void)state;
    room_boot(&r);
    room_know(&r, "Workshop", "correct horse", 10);
    room_run(&r, 2000);
    assert_int_equal(r.network, EF_NETWORK_UP);
    const room_network workshop = r.networks[0];
    r.networks[0].ssid = NULL;
    room_run(&r, 120000);
    assert_int_equal(r.opens, 0);
    room_run(&r, 120000);
    assert_int_equal(r.opens, 1);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_WAITING);
    r.networks[0] = workshop;
    room_run(&r, 65000);
    assert_int_equal(r.network, EF_NETWORK_UP);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_IDLE);
}

static void a_failed_change_returns_to_the_network_that_was(void **state)
{
    (void)state;
    room_boot(&r);
    room_know(&r, "Workshop", "correct horse", 10);
    room_run(&r, 2000);
    assert_int_equal(ef_provision_open(&r.agent), EF_OK);
    join("Guest", "not its password");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_FAILED);
    room_run(&r, 3000);
    assert_int_equal(r.network, EF_NETWORK_UP);
    assert_string_equal(r.ssid, "Workshop");
    assert_int_equal(r.agent.networks->count, 1);
}

static void a_device_that_cannot_open_its_ways_goes_on(void **state)
{
    (void)state;
    r.open_fails = true;
    room_boot(&r);
    room_run(&r, 10000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_IDLE);
    assert_int_equal(ef_provision_open(&r.agent), EF_NETWORK);
    r.open_fails = false;
    assert_int_equal(ef_provision_open(&r.agent), EF_OK);
    r.config.provision.port = NULL;
    room_boot(&r);
    assert_int_equal(ef_provision_open(&r.agent), EF_NOT_FOUND);
    ef_provision_scan(&r.agent);
    size_t cursor = 0;
    ef_heard heard;
    assert_int_equal(ef_provision_heard(&r.agent, &cursor, &heard), EF_END);
}

static void each_name_is_heard_once_and_hidden_ones_never(void **state)
{
    (void)state;
    r.networks[2] = (room_network){"Workshop", "correct horse", -80, false};
    r.networks[3] = (room_network){"", "hidden one", -50, false};
    r.networks[4] = (room_network){"Last", "12345678", -90, false};
    room_boot(&r);
    room_run(&r, 1000);
    size_t cursor = 0;
    ef_heard heard;
    r.scan_is_slow = true;
    assert_int_equal(ef_provision_heard(&r.agent, &cursor, &heard), EF_AGAIN);
    r.scan_is_slow = false;
    const char *const names[] = {"Workshop", "Guest", "Last"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ef_provision_heard(&r.agent, &cursor, &heard), EF_OK);
        assert_string_equal(heard.ssid, names[i]);
    }
    assert_int_equal(ef_provision_heard(&r.agent, &cursor, &heard), EF_END);
    ef_provision_scan(&r.agent);
    assert_int_equal(r.scans, 1); /* the last is fresh */
    room_run(&r, 21000);
    ef_provision_scan(&r.agent);
    assert_int_equal(r.scans, 2);
}

static void a_crowded_room_is_cut_off_and_a_scan_that_is_lost_ends_the_list(void **state)
{
    (void)state;
    room_boot(&r);
    room_run(&r, 1000);
    size_t cursor = EF_HEARD_MAX;
    ef_heard heard;
    assert_int_equal(ef_provision_heard(&r.agent, &cursor, &heard), EF_END);
    cursor = 1;
    r.scan_is_slow = true;
    assert_int_equal(ef_provision_heard(&r.agent, &cursor, &heard), EF_END);
}

static void once_claimed_it_closes_soon(void **state)
{
    (void)state;
    room_boot(&r);
    room_run(&r, 1000);
    join("Guest", "");
    room_run(&r, 60000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINED);
    r.agent.identity.present = true;
    room_run(&r, 19000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_JOINED); /* the page is to say so */
    room_run(&r, 2000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_IDLE);
}

static void the_button_ends_the_lock_of_too_many_tries(void **state)
{
    (void)state;
    room_boot(&r);
    room_run(&r, 1000);
    for (unsigned i = 0; i < EF_PROVISION_TRIES; i++)
        join("Workshop", "guess guess");
    assert_int_equal(r.agent.provision->state, EF_PROVISION_LOCKED);
    ef_provision_authorize(&r.agent);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_WAITING);
    room_run(&r, 890000);
    assert_int_equal(r.agent.provision->state, EF_PROVISION_WAITING);
}

static void without_a_way_in_and_without_a_network_nothing_is_done(void **state)
{
    (void)state;
    r.config.provision.port = NULL;
    room_boot(&r);
    room_run(&r, 600000);
    assert_int_equal(r.joins + r.opens + r.scans, 0);
    assert_false(r.agent.networks->down);
    assert_string_equal(ef_provision_sentence(&r.agent), "Set-up is closed.");
    assert_string_equal(ef_provision_state_name(EF_PROVISION_STATE_COUNT), "unknown");
    assert_string_equal(ef_provision_reason_name(EF_REASON_COUNT), "unknown");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        T(a_new_device_opens_by_itself_and_takes_a_network),
        T(an_open_network_needs_no_password),
        T(every_way_to_fail_has_its_reason),
        T(what_no_network_can_be_called_is_refused),
        T(too_many_tries_lock_it_for_five_minutes),
        T(a_device_with_a_button_waits_for_it),
        T(the_window_closes_and_a_person_opens_it_again),
        T(closing_during_a_join_leaves_the_network),
        T(it_opens_again_when_every_known_network_is_gone_and_closes_when_one_is_back),
        T(a_failed_change_returns_to_the_network_that_was),
        T(a_device_that_cannot_open_its_ways_goes_on),
        T(each_name_is_heard_once_and_hidden_ones_never),
        T(a_crowded_room_is_cut_off_and_a_scan_that_is_lost_ends_the_list),
        T(once_claimed_it_closes_soon),
        T(the_button_ends_the_lock_of_too_many_tries),
        T(without_a_way_in_and_without_a_network_nothing_is_done),
    };
    return cmocka_run_group_tests_name("provisioning", tests, NULL, NULL);
}
