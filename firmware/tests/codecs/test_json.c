#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "espforge/ef_codec.h"
#include "suites.h"

static ef_status open_text(const char *text)
{
    /* A copy of exactly the text's size, so that a read past its end is seen by the sanitizer. */
    const size_t len = strlen(text);
    char *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, text, len);
    ef_json json;
    const ef_status status = ef_json_open(&json, copy, len);
    free(copy);
    return status;
}

static void documents_of_rfc_8259_are_accepted(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{}", "[]", " \t\r\n{ } \n", "{\"a\":1}", "[1,2,3]", "[-0,0.5,1e5,1E+5,-1.25e-10,1234567890]", "[true,false,null]", "{\"\":\"\"}",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83D\\uDE00\"]", "[\"\xC3\xA4 \xF0\x9F\x98\x80\"]", "[[[[[[[[]]]]]]]]", "{\"a\":{\"b\":{\"c\":[{\"d\":[[[]]]}]}}}",
        "[\"\\u0000\"]", "[{},{},[]]",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (open_text(good[i]) != EF_OK) fail_msg("refused: %s", good[i]);
    }
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", " ", "1", "\"a\"", "null", "{", "[", "}", "]", "{]", "[}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "[1,]", "[,1]", "[1 2]",
        "[01]", "[+1]", "[.5]", "[1.]", "[1e]", "[1e+]", "[-]", "[0x1]", "[NaN]", "[Infinity]", "[tru]", "[nul]", "[truee]", "[\"a]", "[\"\\x\"]", "[\"\\5]", "[\"\\true]", "[\"\\u12\"]", "[\"\\u12g4\"]",
        "[\"\\uD800\"]", "[\"\\uDC00\"]", "[\"\\uD800\\u0041\"]", "[\"\\uD800\\uD800\"]", "[\"\t\"]", "[\"\n\"]", "[\"\xC3\"]", "[\"\xC0\x80\"]", "[\"\xED\xA0\x80\"]",
        "[\"\xF5\x80\x80\x80\"]", "[\"\xF4\x90\x80\x80\"]", "[\"\xFF\"]", "{}{}", "[] x", "[[[[[[[[[]]]]]]]]]", "[1]/**/", "\xEF\xBB\xBF{}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (open_text(bad[i]) != EF_MALFORMED) fail_msg("accepted: %s", bad[i]);
    }
    ef_json json;
    assert_int_equal(ef_json_open(&json, NULL, 0), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_open(&json, "{}\0", 3), EF_MALFORMED);
}

static const char claim[] =
    "{ \"state\" : \"claimed\", \"deviceId\":\"dev-1\", \"n\\u0061me\":\"\\u00e4\\uD83D\\uDE00\\n\",\n \"trustedKeys\":[{\"kid\":\"k1\",\"alg\":\"ES256\"},{\"kid\":\"k2\"}],"
    " \"mqttUrl\": null, \"serverTimeMs\":1767225600000, \"nested\":{\"state\":\"inner\"}, \"min\":-9223372036854775808, \"twice\":1, \"twice\":2 }";

static void members_are_found_by_name(void **state)
{
    (void)state;
    ef_json json, value, key;
    char text[32];
    int64_t number;
    assert_int_equal(ef_json_open(&json, claim, strlen(claim)), EF_OK);
    assert_int_equal(ef_json_member(&json, "state", &value), EF_OK);
    assert_int_equal(ef_json_string(&value, text, sizeof text), EF_OK);
    assert_string_equal(text, "claimed");
    assert_int_equal(ef_json_member(&json, "name", &value), EF_OK);
    assert_int_equal(ef_json_string(&value, text, sizeof text), EF_OK);
    assert_string_equal(text, "\xC3\xA4\xF0\x9F\x98\x80\n");
    assert_int_equal(ef_json_member(&json, "trustedKeys", &value), EF_OK);
    assert_int_equal(ef_json_element(&value, 1, &key), EF_OK);
    assert_int_equal(ef_json_member(&key, "kid", &key), EF_OK);
    assert_int_equal(ef_json_string(&key, text, sizeof text), EF_OK);
    assert_string_equal(text, "k2");
    assert_int_equal(ef_json_element(&value, 2, &key), EF_NOT_FOUND);
    assert_int_equal(ef_json_member(&json, "mqttUrl", &value), EF_OK);
    assert_true(ef_json_is_null(&value));
    assert_int_equal(ef_json_member(&json, "serverTimeMs", &value), EF_OK);
    assert_false(ef_json_is_null(&value));
    assert_int_equal(ef_json_int(&value, &number), EF_OK);
    assert_true(number == INT64_C(1767225600000));
    assert_int_equal(ef_json_member(&json, "min", &value), EF_OK);
    assert_int_equal(ef_json_int(&value, &number), EF_OK);
    assert_true(number == INT64_MIN);
}

static void what_is_absent_ambiguous_or_of_another_type_is_said(void **state)
{
    (void)state;
    ef_json json, value;
    char text[4];
    int64_t number;
    assert_int_equal(ef_json_open(&json, claim, strlen(claim)), EF_OK);
    assert_int_equal(ef_json_member(&json, "stat", &value), EF_NOT_FOUND);
    assert_int_equal(ef_json_member(&json, "states", &value), EF_NOT_FOUND);
    assert_int_equal(ef_json_member(&json, "kid", &value), EF_NOT_FOUND);
    assert_int_equal(ef_json_member(&json, "twice", &value), EF_MALFORMED);
    assert_int_equal(ef_json_element(&json, 0, &value), EF_MALFORMED);
    assert_int_equal(ef_json_member(&json, "state", &value), EF_OK);
    assert_int_equal(ef_json_string(&value, text, sizeof text), EF_TOO_LARGE);
    assert_string_equal(text, "");
    assert_int_equal(ef_json_int(&value, &number), EF_MALFORMED);
    assert_int_equal(ef_json_member(&value, "x", &value), EF_MALFORMED);
    assert_int_equal(ef_json_open(&json, "[\"a\\u0000b\"]", 12), EF_OK);
    assert_int_equal(ef_json_element(&json, 0, &value), EF_OK);
    assert_int_equal(ef_json_string(&value, text, sizeof text), EF_MALFORMED);
}

static void integers_have_the_range_of_int64(void **state)
{
    (void)state;
    static const char *const good[] = {"0", "-0", "9223372036854775807", "-9223372036854775808", "-1"};
    static const int64_t values[] = {0, 0, INT64_MAX, INT64_MIN, -1};
    static const char *const bad[] = {"9223372036854775808", "-9223372036854775809", "99999999999999999999999", "1.0", "1e3", "true", "\"1\"", "00", "-", ""};
    int64_t number;
    for (size_t i = 0; i < 5; i++) {
        const ef_json value = {good[i], strlen(good[i])};
        assert_int_equal(ef_json_int(&value, &number), EF_OK);
        assert_true(number == values[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const ef_json value = {bad[i], strlen(bad[i])};
        assert_int_equal(ef_json_int(&value, &number), EF_MALFORMED);
    }
}

static void every_truncation_of_a_document_is_refused(void **state)
{
    (void)state;
    for (size_t len = 0; len < strlen(claim); len++) {
        char *copy = malloc(len > 0 ? len : 1);
        memcpy(copy, claim, len);
        ef_json json;
        assert_int_equal(ef_json_open(&json, copy, len), EF_MALFORMED);
        free(copy);
    }
}

static void the_writer_writes_what_the_reader_reads(void **state)
{
    (void)state;
    char out[256];
    ef_json_writer w;
    size_t len;
    ef_json_begin(&w, out, sizeof out);
    ef_json_object(&w, NULL);
    ef_json_put_string(&w, "name", "a\"b\\c\n\x01\xC3\xA4\xFFz");
    ef_json_put_string(&w, "none", NULL);
    ef_json_array(&w, "samples");
    ef_json_object(&w, NULL);
    ef_json_put_int(&w, "at", -5);
    ef_json_object(&w, "values");
    ef_json_put_number(&w, "t", 21.5);
    ef_json_object_end(&w);
    ef_json_object_end(&w);
    ef_json_put_int(&w, NULL, INT64_MIN);
    ef_json_array(&w, NULL);
    ef_json_array_end(&w);
    ef_json_array_end(&w);
    ef_json_put_int(&w, "last", 0);
    ef_json_object_end(&w);
    assert_int_equal(ef_json_end(&w, &len), EF_OK);
    assert_string_equal(out, "{\"name\":\"a\\\"b\\\\c\\u000a\\u0001\xC3\xA4\xEF\xBF\xBDz\",\"none\":null,\"samples\":[{\"at\":-5,\"values\":{\"t\":21.5}},"
                             "-9223372036854775808,[]],\"last\":0}");
    assert_int_equal(len, strlen(out));
    ef_json json;
    assert_int_equal(ef_json_open(&json, out, len), EF_OK);
}

static void the_writer_says_when_the_buffer_is_too_small(void **state)
{
    (void)state;
    static const char whole[] = "{\"a\":\"bc\"}";
    for (size_t cap = 0; cap <= sizeof whole; cap++) {
        char *out = malloc(cap > 0 ? cap : 1);
        ef_json_writer w;
        size_t len = 99;
        ef_json_begin(&w, out, cap);
        ef_json_object(&w, NULL);
        ef_json_put_string(&w, "a", "bc");
        ef_json_object_end(&w);
        const ef_status status = ef_json_end(&w, &len);
        assert_int_equal(status, cap >= sizeof whole ? EF_OK : EF_TOO_LARGE);
        assert_int_equal(len, status == EF_OK ? sizeof whole - 1 : 0);
        free(out);
    }
}

static void write_number(double value, char *out, size_t cap)
{
    ef_json_writer w;
    ef_json_begin(&w, out, cap);
    ef_json_put_number(&w, NULL, value);
    assert_int_equal(ef_json_end(&w, NULL), EF_OK);
}

static void numbers_have_the_fewest_digits(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0"}, {-0.0, "0"}, {1.0, "1"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {0.3, "0.3"}, {100.0, "100"}, {21.25, "21.25"}, {1e21, "1e21"}, {1e20, "100000000000000000000"},
        {123456.789, "123456.789"}, {0.000001, "0.000001"}, {0.0000001, "1e-7"}, {1.5e-9, "1.5e-9"}, {5e-324, "5e-324"}, {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {DBL_MAX, "1.7976931348623157e308"}, {9007199254740993.0, "9007199254740992"}, {1.0 / 3.0, "0.3333333333333333"}, {4.35, "4.35"}, {2e23, "2e23"}, {1e23, "1e23"},
        {(double)NAN, "null"}, {(double)INFINITY, "null"}, {-(double)INFINITY, "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[40];
        write_number(cases[i].value, out, sizeof out);
        assert_string_equal(out, cases[i].text);
    }
}

static void any_double_reads_back_as_itself(void **state)
{
    (void)state;
    uint64_t random = UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 4000; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        double value;
        memcpy(&value, &random, sizeof value);
        if (!isfinite(value)) continue;
        char out[40];
        write_number(value, out, sizeof out);
        assert_true(strtod(out, NULL) == value);
        /* No shorter text would do. */
        size_t digits = 0;
        for (const char *c = out; *c != '\0' && *c != 'e'; c++) digits += *c >= '0' && *c <= '9';
        if (digits > 1 && strchr(out, 'e') != NULL) {
            char shorter[40];
            (void)snprintf(shorter, sizeof shorter, "%.*e", (int)digits - 2, value);
            assert_false(strtod(shorter, NULL) == value);
        }
    }
}

/* A view that nobody checked is as safe as a checked one: what makes no sense is malformed, wherever that shows. */
static void views_that_were_never_opened_are_safe(void **state)
{
    (void)state;
    static const char *const members[] = {"", "[", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"b\":1;", "{\"b\":1,", "{\"b\":tru}", "{b:1}", "{\"b\":1,\"a\"}"};
    static const char *const elements[] = {"", "{", "[", "[1", "[1;2]", "[1,", "[tru]", "[1,]"};
    static const char *const strings[] = {"", "x", "\"", "\"a", "\"\\x\"", "\"a\"b", "\"\x01\"", "\"\\ud800\"", "\"\\ud800\\n\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
                                          "\"\\ud800\\ue000\"", "\"\\ud800x\"", "\"\\ud800\\u00\"", "\"\\u00g0\"", "\"\xC3\""};
    char out[16];
    int64_t number;
    ef_json value;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const ef_json json = {members[i], strlen(members[i])};
        assert_int_equal(ef_json_member(&json, "a", &value), EF_MALFORMED);
    }
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        const ef_json json = {elements[i], strlen(elements[i])};
        assert_int_equal(ef_json_element(&json, 5, &value), EF_MALFORMED);
    }
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        const ef_json json = {strings[i], strlen(strings[i])};
        assert_int_equal(ef_json_string(&json, out, sizeof out), EF_MALFORMED);
    }
    const ef_json empty_object = {"{}", 2}, empty_array = {" [ ] ", 5}, nothing = {NULL, 9};
    assert_int_equal(ef_json_member(&empty_object, "a", &value), EF_NOT_FOUND);
    assert_int_equal(ef_json_element(&empty_array, 0, &value), EF_NOT_FOUND);
    assert_int_equal(ef_json_string(&nothing, out, sizeof out), EF_MALFORMED);
    assert_int_equal(ef_json_int(&nothing, &number), EF_MALFORMED);
    assert_false(ef_json_is_null(&nothing));
}

static void missing_arguments_are_said(void **state)
{
    (void)state;
    const ef_json json = {"{}", 2};
    ef_json value;
    char out[4];
    int64_t number;
    assert_int_equal(ef_json_open(NULL, "{}", 2), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_member(NULL, "a", &value), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_member(&json, NULL, &value), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_member(&json, "a", NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_element(NULL, 0, &value), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_element(&json, 0, NULL), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_string(NULL, out, sizeof out), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_string(&json, NULL, 4), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_string(&json, out, 0), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_int(NULL, &number), EF_BAD_ARGUMENT);
    assert_int_equal(ef_json_int(&json, NULL), EF_BAD_ARGUMENT);
    assert_false(ef_json_is_null(NULL));
    ef_json_writer w;
    ef_json_begin(&w, NULL, 4);
    ef_json_put_int(&w, NULL, 1);
    assert_int_equal(ef_json_end(&w, NULL), EF_TOO_LARGE);
    ef_json_begin(&w, out, 0);
    ef_json_put_bool(&w, NULL, true);
    assert_int_equal(ef_json_end(&w, NULL), EF_TOO_LARGE);
    ef_json_begin(&w, out, sizeof out);
    ef_json_put_bool(&w, NULL, false);
    assert_int_equal(ef_json_end(&w, NULL), EF_TOO_LARGE);
}

int run_json_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_of_rfc_8259_are_accepted),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(members_are_found_by_name),
        cmocka_unit_test(what_is_absent_ambiguous_or_of_another_type_is_said),
        cmocka_unit_test(integers_have_the_range_of_int64),
        cmocka_unit_test(every_truncation_of_a_document_is_refused),
        cmocka_unit_test(the_writer_writes_what_the_reader_reads),
        cmocka_unit_test(the_writer_says_when_the_buffer_is_too_small),
        cmocka_unit_test(numbers_have_the_fewest_digits),
        cmocka_unit_test(any_double_reads_back_as_itself),
        cmocka_unit_test(views_that_were_never_opened_are_safe),
        cmocka_unit_test(missing_arguments_are_said),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
