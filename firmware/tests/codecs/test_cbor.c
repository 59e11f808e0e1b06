#include <inttypes.h>
#include <string.h>

#include "ef_cbor.h"
#include "espforge/ef_codec.h"
#include "suites.h"
#include "vectors.h"

static bool reads_uint(const uint8_t *data, size_t len, uint64_t *value)
{
    ef_cbor r = ef_cbor_over(data, len);
    return ef_cbor_uint(&r, value) && ef_cbor_done(&r);
}

/* RFC 8949 appendix A. */
static void integers_follow_the_rfc_examples(void **state)
{
    (void)state;
    static const struct {
        uint8_t data[9];
        size_t len;
        uint64_t value;
    } cases[] = {
        {{0x00}, 1, 0}, {{0x17}, 1, 23}, {{0x18, 0x18}, 2, 24}, {{0x18, 0x64}, 2, 100}, {{0x19, 0x03, 0xE8}, 3, 1000}, {{0x1A, 0x00, 0x0F, 0x42, 0x40}, 5, 1000000},
        {{0x1B, 0x00, 0x00, 0x00, 0xE8, 0xD4, 0xA5, 0x10, 0x00}, 9, UINT64_C(1000000000000)}, {{0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, 9, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t value = 1;
        assert_true(reads_uint(cases[i].data, cases[i].len, &value));
        assert_true(value == cases[i].value);
        for (size_t len = 0; len < cases[i].len; len++) assert_false(reads_uint(cases[i].data, len, &value));
    }
    const uint8_t minus_seven[] = {0x26}, minus_1000[] = {0x39, 0x03, 0xE7}, too_low[] = {0x3B, 0x80, 0, 0, 0, 0, 0, 0, 0};
    int64_t value;
    ef_cbor r = ef_cbor_over(minus_seven, sizeof minus_seven);
    assert_true(ef_cbor_int(&r, &value) && value == -7);
    r = ef_cbor_over(minus_1000, sizeof minus_1000);
    assert_true(ef_cbor_int(&r, &value) && value == -1000);
    r = ef_cbor_over(too_low, sizeof too_low);
    assert_false(ef_cbor_int(&r, &value));
}

static void integers_longer_than_needed_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t data[9];
        size_t len;
    } cases[] = {
        {{0x18, 0x17}, 2}, {{0x19, 0x00, 0xFF}, 3}, {{0x1A, 0x00, 0x00, 0xFF, 0xFF}, 5}, {{0x1B, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF}, 9}, {{0x1C}, 1}, {{0x1D}, 1}, {{0x1E}, 1}, {{0x1F}, 1},
    };
    uint64_t value;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) assert_false(reads_uint(cases[i].data, cases[i].len, &value));
}

static void strings_are_definite_whole_and_utf8(void **state)
{
    (void)state;
    const uint8_t *view;
    size_t len;
    char text[4];
    const uint8_t good[] = {0x62, 0xC3, 0xBC};
    ef_cbor r = ef_cbor_over(good, sizeof good);
    assert_true(ef_cbor_text(&r, &view, &len) && len == 2 && ef_cbor_done(&r));
    r = ef_cbor_over(good, sizeof good);
    assert_false(ef_cbor_bytes(&r, &view, &len));
    assert_ptr_equal(r.at, good);
    const uint8_t indefinite[] = {0x7F, 0x61, 0x61, 0xFF}, cut[] = {0x62, 0x61}, overlong[] = {0x62, 0xC0, 0x80}, huge[] = {0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    r = ef_cbor_over(indefinite, sizeof indefinite);
    assert_false(ef_cbor_text(&r, &view, &len));
    r = ef_cbor_over(cut, sizeof cut);
    assert_false(ef_cbor_text(&r, &view, &len));
    r = ef_cbor_over(overlong, sizeof overlong);
    assert_false(ef_cbor_text(&r, &view, &len));
    r = ef_cbor_over(huge, sizeof huge);
    assert_false(ef_cbor_bytes(&r, &view, &len));
    const uint8_t nul[] = {0x62, 0x61, 0x00}, empty[] = {0x60}, four[] = {0x64, 'a', 'b', 'c', 'd'}, three[] = {0x63, 'a', 'b', 'c'};
    r = ef_cbor_over(nul, sizeof nul);
    assert_false(ef_cbor_text_copy(&r, text, sizeof text));
    r = ef_cbor_over(empty, sizeof empty);
    assert_false(ef_cbor_text_copy(&r, text, sizeof text));
    r = ef_cbor_over(four, sizeof four);
    assert_false(ef_cbor_text_copy(&r, text, sizeof text));
    r = ef_cbor_over(three, sizeof three);
    assert_true(ef_cbor_text_copy(&r, text, sizeof text));
    assert_string_equal(text, "abc");
}

/* What was read, as the vectors write it. */
static bool read_as(const char *kind, ef_cbor *r, char *out, size_t cap)
{
    const uint8_t *view = NULL;
    size_t len = 0;
    uint64_t number = 0;
    int64_t integer = 0;
    char text[41];
    bool ok = false, is_bytes = false;
    if (strcmp(kind, "int") == 0) {
        if (!ef_cbor_int(r, &integer))
            return false;
        (void)snprintf(out, cap, "%" PRId64, integer);
        return true;
    }
    if (strcmp(kind, "uint") == 0) {
        ok = ef_cbor_uint(r, &number);
    } else if (strcmp(kind, "array") == 0) {
        ok = ef_cbor_array(r, &number);
    } else if (strcmp(kind, "map") == 0) {
        ok = ef_cbor_map(r, &number);
    } else if (strcmp(kind, "tag") == 0) {
        ok = ef_cbor_tag(r, &number);
    } else if (strcmp(kind, "bytes") == 0) {
        ok = ef_cbor_bytes(r, &view, &len);
        is_bytes = true;
    } else if (strcmp(kind, "text") == 0) {
        ok = ef_cbor_text_copy(r, text, sizeof text);
        view = (const uint8_t *)text;
        len = ok ? strlen(text) : 0;
        is_bytes = true;
    } else {
        fail_msg("a vector asks for %s", kind);
    }
    if (ok && is_bytes)
        assert_int_equal(ef_hex_encode(view, len, out, cap), EF_OK);
    else if (ok)
        (void)snprintf(out, cap, "%" PRIu64, number);
    return ok;
}

static void items_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    static vector v;
    static uint8_t cbor[1024];
    static char read[2048];
    FILE *file = vectors_open("cbor.vec");
    if (file == NULL)
        fail_msg("cbor.vec is missing in %s", EF_VECTORS_DIR);
    size_t taken = 0, refused = 0;
    while (vectors_next(file, &v)) {
        ef_cbor r = ef_cbor_over(cbor, vector_hex(&v, "cbor", cbor, sizeof cbor));
        bool ok = read_as(vector_text(&v, "read"), &r, read, sizeof read) && ef_cbor_done(&r);
        if (ok != (strcmp(vector_text(&v, "expect"), "ok") == 0))
            fail_msg("%s is %s", vector_text(&v, "name"), ok ? "taken" : "refused");
        if (ok)
            assert_string_equal(read, vector_text(&v, "value"));
        *(ok ? &taken : &refused) += 1;
    }
    (void)fclose(file);
    assert_true(taken > 50 && refused > 100);
}

int run_cbor_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_follow_the_rfc_examples),
        cmocka_unit_test(integers_longer_than_needed_are_refused),
        cmocka_unit_test(strings_are_definite_whole_and_utf8),
        cmocka_unit_test(items_are_read_as_the_vectors_say),
    };
    return cmocka_run_group_tests_name("cbor", tests, NULL, NULL);
}
