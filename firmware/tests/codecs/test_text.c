#include <string.h>

#include "espforge/ef_codec.h"
#include "suites.h"

static void statuses_have_their_wire_codes(void **state)
{
    (void)state;
    assert_string_equal(ef_status_code(EF_OK), "ok");
    assert_string_equal(ef_status_code(EF_SIGNATURE_INVALID), "signature-invalid");
    assert_string_equal(ef_status_code(EF_CONFIRM_TIMEOUT), "confirm-timeout");
    assert_string_equal(ef_status_code((ef_status)9999), "unknown");
    assert_string_equal(ef_status_code((ef_status)-1), "unknown");
}

/* RFC 4648 section 10, without the padding. */
static void base64url_follows_the_rfc_vectors(void **state)
{
    (void)state;
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    for (size_t i = 0; i < 7; i++) {
        char text[16];
        uint8_t bytes[8];
        size_t len = 99;
        assert_int_equal(ef_base64url_encode((const uint8_t *)plain[i], strlen(plain[i]), text, sizeof text), EF_OK);
        assert_string_equal(text, coded[i]);
        assert_int_equal(ef_base64url_decode(coded[i], strlen(coded[i]), bytes, sizeof bytes, &len), EF_OK);
        assert_int_equal(len, strlen(plain[i]));
        assert_memory_equal(bytes, plain[i], len);
    }
}

static void every_byte_pair_goes_there_and_back(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b += 5) {
            const uint8_t in[2] = {(uint8_t)a, (uint8_t)b};
            uint8_t out[2];
            char text[8];
            size_t len;
            assert_int_equal(ef_base64url_encode(in, 2, text, sizeof text), EF_OK);
            assert_int_equal(ef_base64url_decode(text, strlen(text), out, 2, &len), EF_OK);
            assert_memory_equal(in, out, 2);
            assert_int_equal(ef_hex_encode(in, 2, text, sizeof text), EF_OK);
            assert_int_equal(ef_hex_decode(text, strlen(text), out, 2, &len), EF_OK);
            assert_memory_equal(in, out, 2);
        }
    }
}

static void base64url_that_is_not_strict_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"A", "Zg==", "Zg=", "Z g", "Zh", "Zm9", "+A", "/w", "Zm9vA", "Zm\n8", "\xC3\xA4zz"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[16];
        size_t len = 99;
        assert_int_equal(ef_base64url_decode(bad[i], strlen(bad[i]), bytes, sizeof bytes, &len), EF_MALFORMED);
        assert_int_equal(len, 0);
    }
    uint8_t byte;
    size_t len;
    assert_int_equal(ef_base64url_decode("Zm8", 3, &byte, 1, &len), EF_TOO_LARGE);
    assert_int_equal(ef_base64url_decode(NULL, 3, &byte, 1, &len), EF_BAD_ARGUMENT);
    assert_int_equal(ef_base64url_decode("Zg", 2, &byte, 1, NULL), EF_BAD_ARGUMENT);
    char text[8];
    assert_int_equal(ef_base64url_encode((const uint8_t *)"foo", 3, text, 4), EF_TOO_LARGE);
    assert_int_equal(ef_base64url_encode((const uint8_t *)"foo", 3, text, 5), EF_OK);
}

static void hex_that_is_no_hex_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[4];
    size_t len;
    assert_int_equal(ef_hex_decode("0g", 2, bytes, sizeof bytes, &len), EF_MALFORMED);
    assert_int_equal(ef_hex_decode("000", 3, bytes, sizeof bytes, &len), EF_MALFORMED);
    assert_int_equal(ef_hex_decode("0011223344", 10, bytes, sizeof bytes, &len), EF_TOO_LARGE);
    assert_int_equal(ef_hex_decode("fFa0", 4, bytes, sizeof bytes, &len), EF_OK);
    assert_int_equal(bytes[0], 0xFF);
    assert_int_equal(bytes[1], 0xA0);
    char text[4];
    assert_int_equal(ef_hex_encode(bytes, 2, text, sizeof text), EF_TOO_LARGE);
}

static void nothing_is_written_without_a_place_for_it(void **state)
{
    (void)state;
    char text[8];
    uint8_t bytes[8];
    size_t len;
    assert_int_equal(ef_base64url_decode(NULL, 1, bytes, sizeof bytes, &len), EF_BAD_ARGUMENT);
    assert_int_equal(ef_base64url_decode("Zg", 2, NULL, 1, &len), EF_BAD_ARGUMENT);
    assert_int_equal(ef_base64url_decode("Zg", 2, bytes, sizeof bytes, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_base64url_decode(NULL, 0, NULL, 0, &len), EF_OK);
    assert_int_equal(ef_base64url_encode(NULL, 1, text, sizeof text), EF_BAD_ARGUMENT);
    assert_int_equal(ef_base64url_encode(bytes, 1, NULL, 8), EF_BAD_ARGUMENT);
    assert_int_equal(ef_base64url_encode(NULL, 0, text, sizeof text), EF_OK);
    assert_int_equal(ef_base64url_encode(bytes, SIZE_MAX, text, sizeof text), EF_TOO_LARGE);
    assert_int_equal(ef_base64url_encode(bytes, 6, text, sizeof text), EF_TOO_LARGE);
    assert_int_equal(ef_hex_encode(NULL, 1, text, sizeof text), EF_BAD_ARGUMENT);
    assert_int_equal(ef_hex_encode(bytes, 1, NULL, 8), EF_BAD_ARGUMENT);
    assert_int_equal(ef_hex_encode(NULL, 0, text, sizeof text), EF_OK);
    assert_int_equal(ef_hex_encode(bytes, SIZE_MAX, text, sizeof text), EF_TOO_LARGE);
    assert_int_equal(ef_hex_encode(bytes, 4, text, sizeof text), EF_TOO_LARGE);
    assert_int_equal(ef_hex_decode(NULL, 2, bytes, sizeof bytes, &len), EF_BAD_ARGUMENT);
    assert_int_equal(ef_hex_decode("00", 2, NULL, 1, &len), EF_BAD_ARGUMENT);
    assert_int_equal(ef_hex_decode("00", 2, bytes, sizeof bytes, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_hex_decode(NULL, 0, NULL, 0, &len), EF_OK);
}

int run_text_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_have_their_wire_codes),
        cmocka_unit_test(base64url_follows_the_rfc_vectors),
        cmocka_unit_test(every_byte_pair_goes_there_and_back),
        cmocka_unit_test(base64url_that_is_not_strict_is_refused),
        cmocka_unit_test(hex_that_is_no_hex_is_refused),
        cmocka_unit_test(nothing_is_written_without_a_place_for_it),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
