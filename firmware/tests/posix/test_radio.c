#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../codecs/suites.h"
#include "ef_radio.h"

static char path[] = "/tmp/ef-radio-XXXXXX";
static ef_radio radio;

static void write_room(const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    (void)state;
    (void)strcpy(path, "/tmp/ef-radio-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    write_room("# the room\n\nFar\t-80\tpassword\nNear\t-40\t\nFar\t-60\tpassword\n");
    assert_int_equal(ef_radio_open(&radio, path), EF_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static ef_network join(const char *ssid, const char *password)
{
    assert_int_equal(ef_radio_join(&radio, ssid, password, 1000), EF_OK);
    assert_int_equal(ef_radio_network(&radio, 1000), EF_NETWORK_JOINING);
    return ef_radio_network(&radio, 2000);
}

static void joins_end_as_the_room_says(void **state)
{
    (void)state;
    assert_int_equal(join("Far", "passw0rd"), EF_NETWORK_REFUSED);
    assert_int_equal(join("Gone", "password"), EF_NETWORK_ABSENT);
    assert_int_equal(join("Near", ""), EF_NETWORK_UP);
    assert_int_equal(join("Far", "password"), EF_NETWORK_UP);
    assert_int_equal(ef_radio_rssi_dbm(&radio), -60);
    write_room("Near\t-40\t\n");
    assert_int_equal(ef_radio_network(&radio, 2100), EF_NETWORK_UP); /* it looks twice a second */
    assert_int_equal(ef_radio_network(&radio, 2600), EF_NETWORK_NONE);
    assert_int_equal(ef_radio_rssi_dbm(&radio), 0);
    ef_radio_leave(&radio);
    assert_int_equal(ef_radio_network(&radio, 9000), EF_NETWORK_NONE);
    assert_int_equal(ef_radio_join(&radio, "Near", "short", 1), EF_BAD_ARGUMENT);
}

static void scans_are_sorted_by_strength_and_take_their_time(void **state)
{
    (void)state;
    ef_heard heard;
    assert_int_equal(ef_radio_heard(&radio, 0, 1000, &heard), EF_AGAIN);
    ef_radio_scan(&radio, 1000);
    assert_int_equal(ef_radio_heard(&radio, 0, 1100, &heard), EF_AGAIN);
    const int8_t levels[] = {-40, -60, -80};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ef_radio_heard(&radio, i, 2000, &heard), EF_OK);
        assert_int_equal(heard.rssi_dbm, levels[i]);
    }
    assert_int_equal(ef_radio_heard(&radio, 3, 2000, &heard), EF_END);
}

static void a_room_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    const char *const rooms[] = {"Near\n", "Near\t-40\n", "Near\t40\tpassword\n", "Near\t-x\tpassword\n", "Near\t-40\tshort\n", "\t-40\tpassword\n"};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        write_room(rooms[i]);
        assert_int_equal(ef_radio_open(&radio, path), EF_MALFORMED);
        assert_int_equal(errno, EINVAL);
    }
    assert_int_equal(ef_radio_open(&radio, "/nonexistent/room"), EF_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(joins_end_as_the_room_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scans_are_sorted_by_strength_and_take_their_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_room_that_makes_no_sense_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("radio", tests, NULL, NULL);
}
