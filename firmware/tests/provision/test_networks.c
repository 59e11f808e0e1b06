#include <stdio.h>
#include <string.h>

#include "../codecs/suites.h"
#include "room.h"

static room r;

static int set_up(void **state)
{
    (void)state;
    room_init(&r);
    r.networks[0] = (room_network){"Home", "password-1", -50, false};
    r.networks[1] = (room_network){"Work", "password-2", -50, false};
    r.networks[2] = (room_network){"Phone", "password-3", -50, false};
    r.config.provision.port = NULL;
    room_boot(&r);
    return 0;
}

static void expect_up(const char *ssid)
{
    assert_int_equal(r.network, EF_NETWORK_UP);
    assert_string_equal(r.ssid, ssid);
}

static void the_highest_priority_is_tried_first(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 5);
    room_know(&r, "Work", "password-2", 9);
    room_know(&r, "Phone", "password-3", 1);
    room_run(&r, 1500);
    expect_up("Work");
    assert_int_equal(r.joins, 1);
}

static void among_equals_the_last_success_is_tried_first_and_survives_a_restart(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 5);
    room_know(&r, "Work", "password-2", 5);
    r.networks[0].ssid = NULL;
    room_run(&r, 20000);
    expect_up("Work");
    r.networks[0] = (room_network){"Home", "password-1", -50, false};
    uint32_t writes = r.kv_writes;
    for (int i = 0; i < 5; i++) {
        room_boot(&r);
        room_run(&r, 2000);
        expect_up("Work");
    }
    assert_int_equal(r.kv_writes, writes); /* the same place again is not written again */
    room_know(&r, "Phone", "password-3", 5);
    room_boot(&r);
    room_run(&r, 2000);
    expect_up("Work");
    r.networks[1].ssid = NULL;
    room_run(&r, 60000);
    assert_string_not_equal(r.ssid, "Work");
    assert_int_equal(r.network, EF_NETWORK_UP);
    assert_int_equal(r.agent.networks->known[1].rank, 2);
}

static void a_name_that_is_not_heard_gives_way_after_two_tries(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 9);
    room_know(&r, "Work", "password-2", 5);
    r.networks[0].ssid = NULL;
    room_run(&r, 10000);
    expect_up("Work");
    assert_int_equal(r.joins, 3);
}

static void a_refused_password_gives_way_after_three_tries(void **state)
{
    (void)state;
    room_know(&r, "Home", "wrong-password", 9);
    room_know(&r, "Work", "password-2", 5);
    room_run(&r, 1500);
    assert_int_equal(r.agent.networks->known[0].absent, 0);
    room_run(&r, 40000);
    expect_up("Work");
    assert_int_equal(r.joins, 4);
    assert_true(room_said(&r, "network 1: the password was refused, 3 in a row"));
    assert_int_equal(r.agent.networks->known[0].refused, 0); /* up: all begin anew at the next loss */
}

static void a_network_without_an_address_counts_as_absent(void **state)
{
    (void)state;
    r.networks[0].gives_no_address = true;
    room_know(&r, "Home", "password-1", 9);
    room_know(&r, "Work", "password-2", 5);
    room_run(&r, 29000);
    assert_int_equal(r.joins, 1);
    room_run(&r, 60000);
    expect_up("Work");
    assert_true(r.leaves >= 1);
}

static void all_that_failed_are_tried_by_turns_less_and_less_often(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 9);
    room_know(&r, "Work", "password-2", 5);
    r.networks[0].ssid = r.networks[1].ssid = NULL;
    room_run(&r, 60000);
    uint32_t first = r.joins;
    assert_true(first > 4);
    room_run(&r, 3600000);
    uint32_t hour = r.joins - first;
    assert_in_range(hour, 2 * 60, 2 * 60 * 4); /* full jitter below a minute each */
    assert_true(ef_networks_lost(&r.agent));
    r.networks[1] = (room_network){"Work", "password-2", -50, false};
    room_run(&r, 61000);
    expect_up("Work");
    assert_false(ef_networks_lost(&r.agent));
}

static void wrong_passwords_are_tried_less_often_than_absent_names(void **state)
{
    (void)state;
    room_know(&r, "Home", "wrong-password", 9);
    room_run(&r, 24 * 3600000);
    assert_in_range(r.joins, 24 * 6, 24 * 6 * 3); /* full jitter below ten minutes */
}

static void a_lost_network_is_joined_again_by_itself(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 9);
    room_run(&r, 2000);
    expect_up("Home");
    r.networks[0].ssid = NULL;
    room_run(&r, 2000);
    assert_true(r.agent.networks->down);
    r.networks[0] = (room_network){"Home", "password-1", -50, false};
    room_run(&r, 10000);
    expect_up("Home");
    assert_false(r.agent.networks->down);
}

static void a_fifth_network_takes_the_place_of_the_least(void **state)
{
    (void)state;
    ef_wifi wifi;
    room_know(&r, "Home", "password-1", 5);
    room_know(&r, "Work", "password-2", 5);
    room_run(&r, 2000);
    room_know(&r, "Phone", "password-3", 7);
    room_know(&r, "Fourth", "password-4", 5);
    room_know(&r, "Fifth", "password-5", 5);
    assert_int_equal(r.agent.networks->count, 4);
    const char *const expected[] = {"Home", "Fifth", "Phone", "Fourth"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ef_networks_get(&r.agent, i, &wifi), EF_OK);
        assert_string_equal(wifi.ssid, expected[i]);
    }
    assert_int_equal(ef_networks_get(&r.agent, 4, &wifi), EF_NOT_FOUND);
    room_know(&r, "Fifth", "password-6", 1); /* changed, not added */
    assert_int_equal(r.agent.networks->count, 4);
    assert_int_equal(ef_networks_get(&r.agent, 1, &wifi), EF_OK);
    assert_string_equal(wifi.password, "password-6");
    assert_int_equal(wifi.priority, 1);
    room_know(&r, "Sixth", "password-7", 1);
    assert_int_equal(ef_networks_get(&r.agent, 1, &wifi), EF_OK);
    assert_string_equal(wifi.ssid, "Sixth");
}

static void one_that_is_removed_is_left(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 9);
    room_know(&r, "Work", "password-2", 5);
    room_run(&r, 2000);
    assert_int_equal(ef_networks_remove(&r.agent, "Nowhere"), EF_NOT_FOUND);
    assert_int_equal(ef_networks_remove(&r.agent, "Home"), EF_OK);
    assert_int_equal(r.leaves, 1);
    room_run(&r, 3000);
    expect_up("Work");
    r.kv_fails = true;
    assert_int_equal(ef_networks_remove(&r.agent, "Work"), EF_FLASH_FAILED);
    assert_int_equal(r.agent.networks->count, 1);
    r.kv_fails = false;
    assert_int_equal(ef_networks_remove(&r.agent, "Work"), EF_OK);
    assert_null(room_find(&r, "networks"));
}

static void what_cannot_be_stored_is_not_known(void **state)
{
    (void)state;
    ef_wifi wifi = {.ssid = "Home", .password = "password-1"}, bad = {.ssid = "Home", .password = "short"};
    r.kv_fails = true;
    assert_int_equal(ef_networks_add(&r.agent, &wifi), EF_FLASH_FAILED);
    assert_int_equal(r.agent.networks->count, 0);
    r.kv_fails = false;
    assert_int_equal(ef_networks_add(&r.agent, &bad), EF_BAD_ARGUMENT);
}

static void a_damaged_record_is_none_and_is_replaced(void **state)
{
    (void)state;
    ef_wifi wifi;
    room_know(&r, "Home", "password-1", 9);
    room_record *record = room_find(&r, "networks");
    record->value[0] = 9;
    room_boot(&r);
    assert_int_equal(r.agent.networks->count, 0);
    assert_int_equal(ef_networks_remove(&r.agent, "Home"), EF_FLASH_FAILED);
    assert_int_equal(ef_networks_get(&r.agent, 0, &wifi), EF_FLASH_FAILED);
    room_know(&r, "Work", "password-2", 9);
    room_boot(&r);
    assert_int_equal(r.agent.networks->count, 1);
    /* a single entry that makes no sense is tried in vain and does no harm */
    record->value[4 + 3] = 200;
    room_boot(&r);
    room_run(&r, 10000);
    assert_int_equal(r.joins, 0);
    record->value[4 + 3] = 3;
    assert_int_equal(ef_networks_get(&r.agent, 0, &wifi), EF_FLASH_FAILED);
}

static void records_of_every_wrong_form_are_refused(void **state)
{
    (void)state;
    ef_wifi wifi;
    room_know(&r, "Home", "password-1", 9);
    room_record *record = room_find(&r, "networks");
    const room_record good = *record;
    record->value[1] = EF_NETWORKS_MAX + 1;
    assert_int_equal(ef_networks_get(&r.agent, 0, &wifi), EF_FLASH_FAILED);
    *record = good;
    record->len--;
    assert_int_equal(ef_networks_get(&r.agent, 0, &wifi), EF_FLASH_FAILED);
    *record = good;
    record->len++;
    assert_int_equal(ef_networks_get(&r.agent, 0, &wifi), EF_FLASH_FAILED);
    *record = good;
    record->value[4 + 2] = EF_SSID_BYTES + 1;
    assert_int_equal(ef_networks_get(&r.agent, 0, &wifi), EF_FLASH_FAILED);
    *record = good;
    record->value[4 + 4 + EF_SSID_BYTES] = 0x7F;
    assert_int_equal(ef_networks_get(&r.agent, 0, &wifi), EF_FLASH_FAILED);
    *record = good;
    assert_int_equal(ef_networks_get(&r.agent, 0, &wifi), EF_OK);
    assert_int_equal(ef_wifi_check("x", "0123456789ABCDEFabcdef6789abcdef0123456789abcdef0123456789abcd/f"), EF_BAD_ARGUMENT);
    assert_int_equal(ef_wifi_check("x", "0123456789ABCDEFabcdef6789abcdef0123456789abcdef0123456789abcd@f"), EF_BAD_ARGUMENT);
    assert_int_equal(ef_wifi_check("x", "0123456789ABCDEFabcdef6789abcdef0123456789abcdef0123456789abcd`f"), EF_BAD_ARGUMENT);
}

static void a_rank_that_cannot_be_written_does_no_harm(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 9);
    r.kv_fails = true;
    room_run(&r, 2000);
    expect_up("Home");
    assert_int_equal(r.agent.networks->known[0].rank, 0);
    r.kv_fails = false;
    /* and the record gone from under it */
    r.agent.networks->known[0].rank = 0;
    room_find(&r, "networks")->value[0] = 9;
    r.networks[0].ssid = NULL;
    room_run(&r, 2000);
    r.networks[0] = (room_network){"Home", "password-1", -50, false};
    room_run(&r, 70000);
    assert_true(r.agent.networks->down);
    room_find(&r, "networks")->value[0] = 1;
    room_run(&r, 70000);
    expect_up("Home");
    assert_int_equal(r.agent.networks->known[0].rank, 1);
}

static void one_that_is_not_joined_is_removed_without_leaving(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 9);
    room_know(&r, "Work", "password-2", 5);
    room_run(&r, 2000);
    assert_int_equal(ef_networks_remove(&r.agent, "Work"), EF_OK);
    assert_int_equal(r.leaves, 0);
    room_run(&r, 2000);
    expect_up("Home");
    assert_int_equal(r.joins, 1);
}

static void failures_are_counted_without_end(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 9);
    r.networks[0].ssid = NULL;
    room_run(&r, 24 * 3600000);
    assert_int_equal(r.agent.networks->known[0].absent, 255);
}

static void a_radio_that_does_not_begin_is_asked_again(void **state)
{
    (void)state;
    room_know(&r, "Home", "password-1", 9);
    r.radio_fails = true;
    room_run(&r, 5000);
    assert_int_equal(r.joins, 0);
    r.radio_fails = false;
    room_run(&r, 61000);
    expect_up("Home");
}

static void names_and_passwords_are_not_in_the_log(void **state)
{
    (void)state;
    room_know(&r, "Home", "wrong-password", 9);
    room_run(&r, 60000);
    assert_false(room_said(&r, "wrong-password"));
    assert_false(room_said(&r, "Home"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        T(the_highest_priority_is_tried_first),
        T(among_equals_the_last_success_is_tried_first_and_survives_a_restart),
        T(a_name_that_is_not_heard_gives_way_after_two_tries),
        T(a_refused_password_gives_way_after_three_tries),
        T(a_network_without_an_address_counts_as_absent),
        T(all_that_failed_are_tried_by_turns_less_and_less_often),
        T(wrong_passwords_are_tried_less_often_than_absent_names),
        T(a_lost_network_is_joined_again_by_itself),
        T(a_fifth_network_takes_the_place_of_the_least),
        T(one_that_is_removed_is_left),
        T(what_cannot_be_stored_is_not_known),
        T(a_damaged_record_is_none_and_is_replaced),
        T(a_radio_that_does_not_begin_is_asked_again),
        T(records_of_every_wrong_form_are_refused),
        T(a_rank_that_cannot_be_written_does_no_harm),
        T(one_that_is_not_joined_is_removed_without_leaving),
        T(failures_are_counted_without_end),
        T(names_and_passwords_are_not_in_the_log),
    };
    return cmocka_run_group_tests_name("networks", tests, NULL, NULL);
}
