/* Headers of images that look right and are not: each is signed with its hash anew, so that only what is looked for is wrong. */
#include <stdio.h>
#include <string.h>

#include <psa/crypto.h>

#include "ef_parts.h"
#include "espforge/ef_image.h"
#include "suites.h"

static uint8_t header[EF_HOST_HEADER_BYTES];

static void make(void)
{
    ef_image image = {.payload_size_bytes = 1000, .project = "lamp", .version = "1.0.0", .chip = "esp32c3", .architecture = "x86_64", .agent_version = "0.1.0"};
    assert_int_equal(ef_image_write_host(&image, header), EF_OK);
}

static ef_status read_again(void)
{
    ef_image image;
    size_t len;
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, header, 224, header + 224, 32, &len), PSA_SUCCESS);
    return ef_image_read_host(header, sizeof header, &image);
}

static void every_field_of_a_host_header_is_judged(void **state)
{
    (void)state;
    static const struct {
        uint16_t offset;
        uint8_t value;
        const char *what;
    } cases[] = {
        {0, 'X', "magic"}, {4, 2, "version"}, {6, 1, "header size"}, {12, 1, "flags"}, {16, 0x1F, "control character"}, {16, 0x7F, "delete"},
        {16 + 31, 'x', "bytes after the NUL"}, {48 + 6, 'x', "bytes after the NUL"}, {80, 1, "chip"}, {80 + 15, 'x', "chip's end"},
        {96, 1, "architecture"}, {112, 1, "agent version"}, {168, 1, "reserved"}, {223, 1, "reserved"},
    };
    make();
    assert_int_equal(read_again(), EF_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make();
        header[cases[i].offset] = cases[i].value;
        if (read_again() != EF_IMAGE_MALFORMED)
            fail_msg("%s at %d was taken", cases[i].what, cases[i].offset);
    }
    make();
    memset(header + 16, 'x', 32); /* a text without an end */
    assert_int_equal(read_again(), EF_IMAGE_MALFORMED);
    make();
    memset(header + 8, 0, 4);
    assert_int_equal(read_again(), EF_IMAGE_MALFORMED);
    memset(header + 8, 0xFF, 4);
    assert_int_equal(read_again(), EF_IMAGE_MALFORMED);
    make();
    ef_image image;
    assert_int_equal(ef_image_read_host(header, sizeof header - 1, &image), EF_IMAGE_MALFORMED);
}

static void every_text_that_cannot_be_written_is_refused(void **state)
{
    (void)state;
    const ef_image good = {.payload_size_bytes = 1, .project = "lamp", .version = "1.0.0", .chip = "esp32c3", .architecture = "x86_64", .agent_version = "0.1.0"};
    for (int field = 0; field < 5; field++) {
        ef_image image = good;
        char *const texts[] = {image.project, image.version, image.chip, image.architecture, image.agent_version};
        texts[field][0] = 0x7F;
        assert_int_equal(ef_image_write_host(&image, header), EF_BAD_ARGUMENT);
        memset(texts[field], 'x', field < 2 ? 32 : 16);
        assert_int_equal(ef_image_write_host(&image, header), EF_BAD_ARGUMENT);
    }
}

static void every_field_of_an_esp_header_is_judged(void **state)
{
    (void)state;
    uint8_t good[EF_ESP_HEADER_BYTES] = {0xE9, 1}, bytes[EF_ESP_HEADER_BYTES];
    ef_image image;
    good[12] = 5;
    memcpy(good + 32, "\x32\x54\xCD\xAB", 4);
    memcpy(good + 48, "1.2.3", 5);
    memcpy(good + 80, "lamp", 4);
    assert_int_equal(ef_image_read_esp(good, sizeof good, &image), EF_OK);
    static const struct {
        uint16_t offset;
        uint8_t value;
    } cases[] = {{0, 0}, {1, 0}, {1, 17}, {12, 0xFE}, {32, 0}, {48, 1}, {80, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memcpy(bytes, good, sizeof bytes);
        bytes[cases[i].offset] = cases[i].value;
        assert_int_equal(ef_image_read_esp(bytes, sizeof bytes, &image), EF_IMAGE_MALFORMED);
    }
}

static void dates_that_are_nearly_dates_are_none(void **state)
{
    (void)state;
    static const char good[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    assert_true(ef_http_date_ms(good, 29) > 0);
    const struct {
        uint8_t at;
        char c;
    } cases[] = {{3, '.'}, {4, '.'}, {7, '-'}, {11, '-'}, {16, 'T'}, {19, '.'}, {22, '.'}, {25, '+'}, {28, 'X'}, {5, '4'}, {6, 'x'}, {5, 'x'}, {8, 'X'},
                 {12, 'x'}, {13, 'x'}, {12, '0'}, {14, 'x'}, {15, '/'}, {17, '3'}, {17, 'x'}, {18, 'x'}, {20, '6'}, {20, ':'}, {21, 'x'}, {23, '7'}, {23, '/'},
                 {24, ':'}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[sizeof good];
        memcpy(text, good, sizeof text);
        text[cases[i].at] = cases[i].c;
        if (ef_http_date_ms(text, 29) != 0)
            fail_msg("%s was read as a date", text);
    }
    assert_int_equal(ef_http_date_ms("Sun, 00 Nov 1994 08:49:37 GMT", 29), 0);
    assert_int_equal(ef_http_date_ms("Sun, 31 Dec 1950 08:49:37 GMT", 29), 0);
}

static int set_up(void **state)
{
    (void)state;
    return psa_crypto_init() == PSA_SUCCESS ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_a_host_header_is_judged),
        cmocka_unit_test(every_text_that_cannot_be_written_is_refused),
        cmocka_unit_test(every_field_of_an_esp_header_is_judged),
        cmocka_unit_test(dates_that_are_nearly_dates_are_none),
    };
    return cmocka_run_group_tests_name("image", tests, set_up, NULL);
}
