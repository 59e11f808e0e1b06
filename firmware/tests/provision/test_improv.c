#include <string.h>

#include "../codecs/suites.h"
#include "espforge/ef_improv.h"
#include "room.h"

static room r;
static ef_improv improv;
static uint8_t frame[EF_IMPROV_FRAME_BYTES];
static size_t frame_len;

static int set_up(void **state)
{
    (void)state;
    room_init(&r);
    r.networks[0] = (room_network){"Workshop", "correct horse", -48, false};
    r.networks[1] = (room_network){"Guest", "", -60, false};
    room_boot(&r);
    room_run(&r, 1000);
    ef_improv_begin(&improv, &r.agent, true);
    return 0;
}

static void send(uint8_t type, const void *data, uint8_t len)
{
    uint8_t bytes[300] = {'I', 'M', 'P', 'R', 'O', 'V', 1, type, len};
    memcpy(bytes + 9, data, len);
    for (size_t i = 0; i < 9u + len; i++)
        bytes[9 + len] = (uint8_t)(bytes[9 + len] + bytes[i]);
    ef_improv_feed(&improv, bytes, 10u + len);
}

/* The next frame must be this; type 0: there must be none. */
static void expect_frame(uint8_t type, const void *data, size_t len)
{
    frame_len = ef_improv_frame(&improv, frame);
    if (type == 0) {
        assert_int_equal(frame_len, 0);
        return;
    }
    assert_int_equal(frame_len, 11 + len);
    assert_memory_equal(frame, "IMPROV\x01", 7);
    assert_int_equal(frame[7], type);
    assert_int_equal(frame[8], len);
    assert_memory_equal(frame + 9, data, len);
    uint8_t sum = 0;
    for (size_t i = 0; i < 9 + len; i++)
        sum = (uint8_t)(sum + frame[i]);
    assert_int_equal(frame[9 + len], sum);
    assert_int_equal(frame[10 + len], '\n');
}

#define EXPECT(type, text) expect_frame(type, text, sizeof text - 1)
#define EXPECT_NOTHING() expect_frame(0, "", 0)
#define SEND(text) send(3, text, sizeof text - 1)

static void the_state_is_told_when_it_is_asked_for(void **state)
{
    (void)state;
    EXPECT_NOTHING();
    SEND("\x02\x00");
    EXPECT(2, "\x00");
    EXPECT(1, "\x02");
    EXPECT_NOTHING();
}

static void the_example_of_the_specification_joins(void **state)
{
    (void)state;
    r.networks[2] = (room_network){"MyWirelessAP", "mysecurepassword", -70, false};
    SEND("\x01\x1E\x0CMyWirelessAP\x10mysecurepassword");
    EXPECT(2, "\x00");
    EXPECT(1, "\x03");
    EXPECT_NOTHING();
    room_run(&r, 1500);
    EXPECT(1, "\x04");
    EXPECT(4, "\x01\x00");
    EXPECT_NOTHING();
    assert_int_equal(r.agent.networks->count, 1);
    assert_false(room_said(&r, "mysecurepassword"));
    SEND("\x02\x00"); /* once more, as a client that comes later */
    EXPECT(2, "\x00");
    EXPECT(1, "\x04");
    EXPECT(4, "\x01\x00");
    room_run(&r, 310000); /* provisioning has ended; the device is online all the same */
    SEND("\x02\x00");
    EXPECT(2, "\x00");
    EXPECT(1, "\x04");
    EXPECT(4, "\x01\x00");
}

static void the_place_to_go_on_is_told(void **state)
{
    (void)state;
    r.agent.config.provision.url = "https://a.example/claim";
    SEND("\x01\x07\x05Guest\x00");
    EXPECT(2, "\x00");
    EXPECT(1, "\x03");
    room_run(&r, 1500);
    EXPECT(1, "\x04");
    EXPECT(4, "\x01\x18\x17https://a.example/claim");
    SEND("\x07\x00");
    EXPECT(2, "\x00");
    EXPECT(4, "\x07\x1A\x01" "3\x17https://a.example/claim");
}

static void a_wrong_password_is_an_error_and_the_state_returns(void **state)
{
    (void)state;
    SEND("\x01\x15\x08Workshop\x0Bwrong horse");
    EXPECT(2, "\x00");
    EXPECT(1, "\x03");
    room_run(&r, 1500);
    EXPECT(2, "\x03");
    EXPECT(1, "\x02");
    EXPECT_NOTHING();
    SEND("\x01\x0F\x08Workshop\x05short");
    EXPECT(2, "\x03");
    EXPECT_NOTHING();
}

static void a_device_online_takes_another_network_over_the_cable(void **state)
{
    (void)state;
    room_know(&r, "Workshop", "correct horse", 10);
    ef_provision_close(&r.agent);
    room_run(&r, 3000);
    assert_int_equal(r.network, EF_NETWORK_UP);
    SEND("\x02\x00");
    EXPECT(2, "\x00");
    EXPECT(1, "\x04");
    EXPECT(4, "\x01\x00");
    SEND("\x01\x07\x05Guest\x00");
    EXPECT(2, "\x00");
    EXPECT(1, "\x03");
    SEND("\x01\x07\x05Guest\x00");
    EXPECT(2, "\xFF"); /* one is under way */
    room_run(&r, 1500);
    assert_int_equal(r.agent.networks->count, 2);
}

static void the_cable_needs_no_button_and_too_many_tries_lock_it_too(void **state)
{
    (void)state;
    ef_provision_close(&r.agent);
    r.agent.config.provision.needs_button = true;
    for (unsigned i = 0; i < EF_PROVISION_TRIES; i++) {
        SEND("\x01\x15\x08Workshop\x0Bguess guess");
        EXPECT(2, "\x00");
        room_run(&r, 1500);
        while (ef_improv_frame(&improv, frame) > 0)
            continue;
    }
    SEND("\x01\x07\x05Guest\x00");
    EXPECT(2, "\x04");
    r.agent.config.provision.port = NULL;
    r.agent.provision->state = EF_PROVISION_IDLE;
    SEND("\x01\x07\x05Guest\x00");
    EXPECT(2, "\x04");
}

static void device_and_network_are_described(void **state)
{
    (void)state;
    SEND("\x03\x00");
    EXPECT(2, "\x00");
    EXPECT(4, "\x03\x19\x04lamp\x05" "1.0.0\x07" "esp32c3\x05HW:01");
}

static void networks_come_one_by_one_and_an_empty_result_ends_them(void **state)
{
    (void)state;
    SEND("\x04\x00");
    EXPECT(2, "\x00");
    EXPECT(4, "\x04\x11\x08Workshop\x03-48\x03YES");
    EXPECT(4, "\x04\x0D\x05Guest\x03-60\x02NO");
    EXPECT(4, "\x04\x00");
    EXPECT_NOTHING();
    r.scan_is_slow = true;
    SEND("\x04\x00");
    EXPECT(2, "\x00");
    EXPECT_NOTHING();
    r.scan_is_slow = false;
    assert_true(ef_improv_frame(&improv, frame) > 0);
}

static void malformed_commands_are_invalid_and_others_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint8_t len, error;
    } cases[] = {
        {"", 0, 1}, {"\x02", 1, 1}, {"\x02\x01", 2, 1}, {"\x02\x01x", 3, 1}, {"\x03\x01x", 3, 1}, {"\x04\x01x", 3, 1},
        {"\x05\x00", 2, 2}, {"\x05\x01x", 3, 2}, {"\x00\x00", 2, 2}, {"\xFF\x00", 2, 2},
        {"\x01\x00", 2, 1}, {"\x01\x01\x00", 3, 1}, {"\x01\x02\x05x", 4, 1}, {"\x01\x06\x05Guest", 8, 1}, {"\x01\x07\x05Guest\x01", 9, 1},
        {"\x01\x08\x05Guest\x00x", 10, 1}, {"\x01\x07\x05Gu\x00st\x00", 9, 1}, {"\x01\x07\x00\x05Guest", 9, 3},
        {"\x01\x23\x21" "123456789012345678901234567890123\x00", 37, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        send(3, cases[i].bytes, cases[i].len);
        frame_len = ef_improv_frame(&improv, frame);
        if (frame_len != 12 || frame[7] != 2 || frame[9] != cases[i].error)
            fail_msg("case %zu: error %d instead of %d", i, frame_len == 12 ? frame[9] : -1, cases[i].error);
        EXPECT_NOTHING();
    }
    assert_int_equal(r.joins, 0);
}

static void frames_are_found_in_the_noise_of_a_console(void **state)
{
    (void)state;
    static const uint8_t good[] = "IMPROV\x01\x03\x02\x02\x00\xE5";
    uint8_t bad[sizeof good];
    ef_improv_feed(&improv, (const uint8_t *)"I (123) boot: IMPROVISED IMPRO", 30);
    ef_improv_feed(&improv, good, sizeof good - 1);
    EXPECT(2, "\x00");
    EXPECT(1, "\x02");
    ef_improv_feed(&improv, (const uint8_t *)"IIMPROV\x02", 8); /* another version */
    EXPECT_NOTHING();
    for (size_t i = 0; i < sizeof good - 1; i++) /* byte by byte */
        ef_improv_feed(&improv, good + i, 1);
    EXPECT(2, "\x00");
    EXPECT(1, "\x02");
    memcpy(bad, good, sizeof bad);
    bad[11] ^= 1;
    ef_improv_feed(&improv, bad, sizeof bad - 1);
    EXPECT(2, "\x01");
    send(1, "\x02", 1); /* what a device says is no command */
    EXPECT_NOTHING();
    ef_improv_feed(&improv, good, 10); /* cut, and long after */
    room_run(&r, 3000);
    ef_improv_feed(&improv, good, sizeof good - 1);
    EXPECT(2, "\x00");
    EXPECT(1, "\x02");
}

static ef_improv_characteristic which;
static uint8_t value[EF_IMPROV_DATA_BYTES + 3];

static void write_rpc(const char *bytes, size_t len, size_t piece)
{
    uint8_t whole[260];
    memcpy(whole, bytes, len);
    whole[len] = 0;
    for (size_t i = 0; i < len; i++)
        whole[len] = (uint8_t)(whole[len] + whole[i]);
    for (size_t at = 0; at < len + 1; at += piece)
        ef_improv_write(&improv, whole + at, len + 1 - at < piece ? len + 1 - at : piece);
}

static void told(ef_improv_characteristic where, uint8_t first)
{
    assert_true(ef_improv_value(&improv, &which, value) > 0);
    assert_int_equal(which, where);
    assert_int_equal(value[0], first);
}

static void over_ble_the_button_comes_first(void **state)
{
    (void)state;
    uint8_t service[6];
    ef_provision_close(&r.agent);
    r.agent.config.provision.needs_button = true;
    assert_int_equal(ef_provision_open(&r.agent), EF_OK);
    ef_improv_begin(&improv, &r.agent, false);
    told(EF_IMPROV_ERROR, 0);
    told(EF_IMPROV_STATE, 1);
    ef_improv_service_data(&improv, service);
    assert_memory_equal(service, "\x01\x07\x00\x00\x00\x00", 6);
    write_rpc("\x01\x07\x05Guest\x00", 9, 20);
    told(EF_IMPROV_ERROR, 4);
    ef_provision_authorize(&r.agent);
    told(EF_IMPROV_STATE, 2);
    write_rpc("\x01\x17\x08Workshop\x0D" "correct horse", 25, 20); /* in two writes */
    told(EF_IMPROV_ERROR, 0);
    told(EF_IMPROV_STATE, 3);
    room_run(&r, 1500);
    told(EF_IMPROV_STATE, 4);
    assert_int_equal(ef_improv_value(&improv, &which, value), 3);
    assert_memory_equal(value, "\x01\x00\x01", 3);
    assert_int_equal(ef_improv_value(&improv, &which, value), 0);
}

static void over_ble_identify_info_and_all_networks_at_once(void **state)
{
    (void)state;
    ef_improv_begin(&improv, &r.agent, false);
    told(EF_IMPROV_ERROR, 0);
    told(EF_IMPROV_STATE, 2);
    write_rpc("\x02\x00", 2, 1);
    told(EF_IMPROV_ERROR, 0);
    assert_int_equal(r.identified, 1);
    write_rpc("\x04\x00", 2, 1);
    told(EF_IMPROV_ERROR, 0);
    static const char both[] = "\x04\x1F\x08Workshop\x03-48\x04WPA2\x05Guest\x03-60\x02NO";
    assert_int_equal(ef_improv_value(&improv, &which, value), sizeof both);
    assert_memory_equal(value, both, sizeof both - 1);
    write_rpc("\x07\x00", 2, 3);
    told(EF_IMPROV_ERROR, 2);
    r.agent.config.provision.port = NULL;
    assert_int_equal(ef_improv_capabilities(&improv), 6);
    write_rpc("\x02\x00", 2, 3);
    told(EF_IMPROV_ERROR, 2);
    ef_improv_write(&improv, (const uint8_t *)"\x02\x00\x03", 3);
    told(EF_IMPROV_ERROR, 1);
    r.agent.provision->state = EF_PROVISION_IDLE;
    assert_int_equal(ef_improv_state(&improv), 1);
}

static void more_networks_than_a_result_holds_are_cut_at_a_whole_one(void **state)
{
    (void)state;
    static const char *const names[] = {"A-name-of-thirty-two-characters1", "A-name-of-thirty-two-characters2", "A-name-of-thirty-two-characters3",
                                        "A-name-of-thirty-two-characters4", "A-name-of-thirty-two-characters5", "A-name-of-thirty-two-characters6"};
    for (size_t i = 0; i < 6; i++)
        r.networks[2 + i] = (room_network){names[i], "12345678", -100, false};
    ef_improv_begin(&improv, &r.agent, false);
    told(EF_IMPROV_ERROR, 0);
    told(EF_IMPROV_STATE, 2);
    write_rpc("\x04\x00", 2, 3);
    told(EF_IMPROV_ERROR, 0);
    size_t len = ef_improv_value(&improv, &which, value);
    assert_true(len <= 256);
    assert_int_equal(value[1], len - 3);
    size_t texts = 0, at = 2;
    for (; at < len - 1; texts++)
        at += 1u + value[at];
    assert_int_equal(at, len - 1);
    assert_int_equal(texts % 3, 0);
}

static void uuids_are_those_of_the_specification(void **state)
{
    (void)state;
    uint8_t uuid[16];
    static const uint8_t service[16] = {0x00, 0x80, 0x26, 0x78, 0x74, 0x27, 0x63, 0x46, 0x72, 0x22, 0x28, 0x62, 0x68, 0x77, 0x46, 0x00};
    ef_improv_uuid(0, uuid);
    assert_memory_equal(uuid, service, 16);
    ef_improv_uuid(EF_IMPROV_CAPABILITIES, uuid);
    assert_int_equal(uuid[0], 5);
    assert_memory_equal(uuid + 1, service + 1, 15);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        T(the_state_is_told_when_it_is_asked_for),
        T(the_example_of_the_specification_joins),
        T(the_place_to_go_on_is_told),
        T(a_wrong_password_is_an_error_and_the_state_returns),
        T(a_device_online_takes_another_network_over_the_cable),
        T(the_cable_needs_no_button_and_too_many_tries_lock_it_too),
        T(device_and_network_are_described),
        T(networks_come_one_by_one_and_an_empty_result_ends_them),
        T(malformed_commands_are_invalid_and_others_unknown),
        T(frames_are_found_in_the_noise_of_a_console),
        T(over_ble_the_button_comes_first),
        T(over_ble_identify_info_and_all_networks_at_once),
        T(more_networks_than_a_result_holds_are_cut_at_a_whole_one),
        T(uuids_are_those_of_the_specification),
    };
    return cmocka_run_group_tests_name("improv", tests, NULL, NULL);
}
