#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ef_parts.h"
#include "espforge/ef_image.h"
#include "suites.h"

static void header(ef_response *response, const char *name, const char *value)
{
    ef_response_header(response, name, strlen(name), value, strlen(value));
}

static void response_headers_are_read_and_nonsense_counts_as_not_said(void **state)
{
    (void)state;
    ef_response r;
    ef_response_clear(&r);
    header(&r, "Content-Length", "12345");
    header(&r, "content-range", "bytes 4096-8191/20000");
    header(&r, "ESPFORGE-OFFER", "00112233445566778899aabbccddeeff");
    header(&r, "Retry-After", "7");
    assert_int_equal(r.content_length, 12345);
    assert_int_equal(r.range_start, 4096);
    assert_int_equal(r.range_total, 20000);
    assert_int_equal(r.retry_after_s, 7);
    assert_string_equal(r.offer_id, "00112233445566778899aabbccddeeff");
    header(&r, "EspForge-Keys", "12");
    header(&r, "ETag", "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"");
    assert_int_equal(r.keys_generation, 12);
    assert_true(r.has_etag);
    assert_memory_equal(r.etag, "\x00\x11\x22\x33\x44\x55\x66\x77", 8);

    static const struct {
        const char *name, *value;
    } nonsense[] = {
        {"Content-Length", "-1"},      {"Content-Length", "12x"},         {"Content-Length", "99999999999999999999"},
        {"Content-Range", "bytes"},    {"Content-Range", "bytes 5-1/10"}, {"Content-Range", "bytes 1-5/*"},
        {"Content-Range", "bytes -1"}, {"Retry-After", "soon"},           {"EspForge-Offer", "../../etc/passwd"},
        {"EspForge-Offer", "00112233445566778899AABBCCDDEEFF"},           {"Date", "yesterday"},
        {"EspForge-Keys", "-1"},       {"EspForge-Keys", "two"},          {"ETag", "W/\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""},
        {"ETag", "\"abc\""},           {"ETag", "\"zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""},
    };
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        ef_response_clear(&r);
        header(&r, nonsense[i].name, nonsense[i].value);
        assert_int_equal(r.content_length, -1);
        assert_int_equal(r.range_start, -1);
        assert_int_equal(r.range_total, -1);
        assert_int_equal(r.retry_after_s, 0);
        assert_int_equal(r.date_ms, 0);
        assert_string_equal(r.offer_id, "");
        assert_int_equal(r.keys_generation, 0);
        assert_false(r.has_etag);
    }
}

static int64_t date(const char *text)
{
    return ef_http_date_ms(text, strlen(text));
}

static void dates_are_those_of_rfc_9110(void **state)
{
    (void)state;
    assert_int_equal(date("Sun, 06 Nov 1994 08:49:37 GMT"), INT64_C(784111777000));
    assert_int_equal(date("Thu, 29 Feb 2024 23:59:59 GMT"), INT64_C(1709251199000));
    assert_int_equal(date("Fri, 01 Mar 2024 00:00:00 GMT"), INT64_C(1709251200000));
    assert_int_equal(date("Thu, 31 Dec 2099 00:00:00 GMT"), INT64_C(4102358400000));
    assert_int_equal(date("Sunday, 06-Nov-94 08:49:37 GMT"), 0);
    assert_int_equal(date("Sun, 06 Now 1994 08:49:37 GMT"), 0);
    assert_int_equal(date("Sun, 06 Nov 1994 25:49:37 GMT"), 0);
    assert_int_equal(date("Sun, a6 Nov 1994 08:49:37 GMT"), 0);
    assert_int_equal(date("Sun, 06 Nov 1994 08:49:3e GMT"), 0);
    assert_int_equal(date("Sun, 06 Nov 1994 08:49:37 Gaa"), 0);
    assert_int_equal(date("Sun, 32 Dec 2099 00:00:00 GMT"), 0);
    assert_int_equal(date("Sun, 06 Nov 2106 00:00:00 GMT"), 0);
    assert_int_equal(date(""), 0);
}

static uint8_t random_byte;

static void fixed_random(void *ctx, uint8_t *out, size_t len)
{
    (void)ctx;
    memset(out, random_byte, len);
}

static void backoff_is_exponential_with_full_jitter_and_a_cap(void **state)
{
    (void)state;
    ef_port port = {.random = fixed_random};
    ef_backoff b;
    static const uint32_t longest[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000};
    random_byte = 0xFF;
    ef_backoff_reset(&b, 1000, 30000);
    for (size_t i = 0; i < sizeof longest / sizeof longest[0]; i++)
        assert_int_equal(ef_backoff_next_ms(&b, &port), longest[i]);
    random_byte = 0;
    ef_backoff_reset(&b, 1000, 30000);
    for (size_t i = 0; i < 40; i++)
        assert_int_equal(ef_backoff_next_ms(&b, &port), 0);
}

static ef_image sample(void)
{
    ef_image image = {.payload_size_bytes = 5, .project = "lamp", .version = "1.0.0-rc.1", .chip = "esp32c3", .architecture = "x86_64",
                      .agent_version = "0.1.0", .built_at_ms = INT64_C(1700000000000)};
    memset(image.payload_sha256, 7, sizeof image.payload_sha256);
    return image;
}

static void a_host_header_is_read_as_it_was_written(void **state)
{
    (void)state;
    uint8_t bytes[EF_HOST_HEADER_BYTES];
    ef_image image = sample(), read;
    assert_int_equal(ef_image_write_host(&image, bytes), EF_OK);
    assert_int_equal(ef_image_read_host(bytes, sizeof bytes, &read), EF_OK);
    assert_memory_equal(&image, &read, sizeof image);
    assert_memory_equal(bytes, "EFHI\x01\x00\x00\x01\x05\x00\x00\x00", 12);
    assert_string_equal((char *)bytes + 16, "lamp");
    assert_string_equal((char *)bytes + 48, "1.0.0-rc.1");
    assert_string_equal((char *)bytes + 80, "esp32c3");
    assert_string_equal((char *)bytes + 96, "x86_64");
    assert_string_equal((char *)bytes + 112, "0.1.0");
}

static void any_flipped_bit_in_a_host_header_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[EF_HOST_HEADER_BYTES];
    ef_image image = sample(), read;
    assert_int_equal(ef_image_write_host(&image, bytes), EF_OK);
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(ef_image_read_host(bytes, sizeof bytes, &read), EF_IMAGE_MALFORMED);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < sizeof bytes; len++)
        assert_int_equal(ef_image_read_host(bytes, len, &read), EF_IMAGE_MALFORMED);
}

static void a_text_that_does_not_fit_its_field_is_not_written(void **state)
{
    (void)state;
    uint8_t bytes[EF_HOST_HEADER_BYTES];
    ef_image image = sample();
    memset(image.project, 'x', 32);
    assert_int_equal(ef_image_write_host(&image, bytes), EF_BAD_ARGUMENT);
    image = sample();
    image.version[0] = 0;
    assert_int_equal(ef_image_write_host(&image, bytes), EF_BAD_ARGUMENT);
    image = sample();
    image.chip[1] = '\n';
    assert_int_equal(ef_image_write_host(&image, bytes), EF_BAD_ARGUMENT);
}

static void an_espressif_image_says_its_chip_and_version(void **state)
{
    (void)state;
    uint8_t bytes[EF_ESP_HEADER_BYTES] = {0xE9, 3};
    ef_image read;
    bytes[12] = 5; /* ESP_CHIP_ID_ESP32C3 */
    memcpy(bytes + 32, "\x32\x54\xCD\xAB", 4);
    memcpy(bytes + 48, "1.2.3", 5);
    memcpy(bytes + 80, "lamp", 4);
    assert_int_equal(ef_image_read_esp(bytes, sizeof bytes, &read), EF_OK);
    assert_string_equal(read.chip, "esp32c3");
    assert_string_equal(read.version, "1.2.3");
    assert_string_equal(read.project, "lamp");
    bytes[12] = 200;
    assert_int_equal(ef_image_read_esp(bytes, sizeof bytes, &read), EF_IMAGE_MALFORMED);
    bytes[12] = 5;
    bytes[32] ^= 1;
    assert_int_equal(ef_image_read_esp(bytes, sizeof bytes, &read), EF_IMAGE_MALFORMED);
    bytes[32] ^= 1;
    assert_int_equal(ef_image_read_esp(bytes, sizeof bytes - 1, &read), EF_IMAGE_MALFORMED);
}

static int set_up(void **state)
{
    (void)state;
    return psa_crypto_init() == PSA_SUCCESS ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_headers_are_read_and_nonsense_counts_as_not_said),
        cmocka_unit_test(dates_are_those_of_rfc_9110),
        cmocka_unit_test(backoff_is_exponential_with_full_jitter_and_a_cap),
        cmocka_unit_test(a_host_header_is_read_as_it_was_written),
        cmocka_unit_test(any_flipped_bit_in_a_host_header_is_refused),
        cmocka_unit_test(a_text_that_does_not_fit_its_field_is_not_written),
        cmocka_unit_test(an_espressif_image_says_its_chip_and_version),
    };
    return cmocka_run_group_tests_name("parts", tests, set_up, NULL);
}
