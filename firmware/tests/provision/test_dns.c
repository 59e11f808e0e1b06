#include <string.h>

#include "../codecs/suites.h"
#include "espforge/ef_dns.h"

static const uint8_t address[4] = {192, 168, 4, 1};
static uint8_t query[EF_DNS_BYTES + 8], reply[EF_DNS_BYTES];

static size_t ask(const char *name, uint16_t type, uint16_t class)
{
    static const uint8_t head[12] = {0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    memcpy(query, head, sizeof head);
    size_t at = sizeof head;
    while (*name != 0) {
        size_t len = strcspn(name, ".");
        query[at++] = (uint8_t)len;
        memcpy(query + at, name, len);
        at += len;
        name += len + (name[len] == '.');
    }
    query[at++] = 0;
    query[at++] = (uint8_t)(type >> 8);
    query[at++] = (uint8_t)type;
    query[at++] = (uint8_t)(class >> 8);
    query[at++] = (uint8_t)class;
    return at;
}

static size_t answer(size_t len)
{
    memset(reply, 0xEE, sizeof reply);
    return ef_dns_answer(query, len, address, reply, sizeof reply);
}

static void every_name_has_the_portal_s_address(void **state)
{
    (void)state;
    const char *const names[] = {"captive.apple.example", "a", "", "www.a-rather-long-label-of-a-name-that-somebody-asks.for.example"};
    for (size_t i = 0; i < 4; i++) {
        size_t len = ask(names[i], 1, 1);
        assert_int_equal(answer(len), len + 16);
        assert_memory_equal(reply, "\x12\x34\x85\x00\x00\x01\x00\x01\x00\x00\x00\x00", 12);
        assert_memory_equal(reply + 12, query + 12, len - 12);
        assert_memory_equal(reply + len, "\xC0\x0C\x00\x01\x00\x01\x00\x00\x00\x0A\x00\x04\xC0\xA8\x04\x01", 16);
    }
}

static void what_is_asked_beside_an_address_exists_but_is_empty(void **state)
{
    (void)state;
    const uint16_t types[] = {28, 64, 65};
    for (size_t i = 0; i < 3; i++) {
        size_t len = ask("example.com", types[i], 1);
        assert_int_equal(answer(len), len);
        assert_memory_equal(reply, "\x12\x34\x85\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
    }
}

static void other_types_and_classes_do_not_exist(void **state)
{
    (void)state;
    const uint16_t asked[][2] = {{16, 1}, {15, 1}, {255, 1}, {1, 3}, {28, 255}};
    for (size_t i = 0; i < 5; i++) {
        size_t len = ask("example.com", asked[i][0], asked[i][1]);
        assert_int_equal(answer(len), len);
        assert_int_equal(reply[3], 3);
    }
}

static void other_opcodes_are_not_implemented(void **state)
{
    (void)state;
    size_t len = ask("example.com", 1, 1);
    for (uint8_t opcode = 1; opcode < 16; opcode++) {
        query[2] = (uint8_t)(opcode << 3);
        assert_int_equal(answer(len), 12);
        assert_int_equal(reply[3], 4);
        assert_int_equal(reply[2], 0x84 | opcode << 3);
        assert_int_equal(reply[5], 0);
    }
}

static void replies_and_scraps_get_no_answer(void **state)
{
    (void)state;
    size_t len = ask("example.com", 1, 1);
    for (size_t n = 0; n < 12; n++)
        assert_int_equal(answer(n), 0);
    query[2] |= 0x80;
    assert_int_equal(answer(len), 0);
    len = ask("example.com", 1, 1);
    assert_int_equal(answer(EF_DNS_BYTES + 1), 0);
    assert_int_equal(ef_dns_answer(query, len, address, reply, len + 15), 0);
    assert_int_equal(ef_dns_answer(query, len, address, reply, 11), 0);
}

static void a_question_that_cannot_be_read_is_a_format_error(void **state)
{
    (void)state;
    size_t len = ask("example.com", 1, 1);
    for (size_t n = 12; n < len; n++) {
        assert_int_equal(answer(n), 12);
        assert_int_equal(reply[3], 1);
    }
    query[5] = 2; /* two questions */
    assert_int_equal(answer(len), 12);
    len = ask("example.com", 1, 1);
    query[12] = 0xC0; /* compressed, onto itself */
    query[13] = 0x0C;
    assert_int_equal(answer(len), 12);
    assert_int_equal(reply[3], 1);
    memset(query + 12, 1, sizeof query - 12); /* a name without end */
    assert_int_equal(answer(EF_DNS_BYTES), 12);
    assert_int_equal(reply[3], 1);
}

static void what_follows_the_question_is_ignored(void **state)
{
    (void)state;
    size_t len = ask("example.com", 1, 1);
    query[11] = 1; /* EDNS */
    assert_int_equal(answer(len + 11), len + 16);
    assert_int_equal(reply[11], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_has_the_portal_s_address),
        cmocka_unit_test(what_is_asked_beside_an_address_exists_but_is_empty),
        cmocka_unit_test(other_types_and_classes_do_not_exist),
        cmocka_unit_test(other_opcodes_are_not_implemented),
        cmocka_unit_test(replies_and_scraps_get_no_answer),
        cmocka_unit_test(a_question_that_cannot_be_read_is_a_format_error),
        cmocka_unit_test(what_follows_the_question_is_ignored),
    };
    return cmocka_run_group_tests_name("dns", tests, NULL, NULL);
}
