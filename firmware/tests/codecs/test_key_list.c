#include <stdlib.h>
#include <string.h>

#include "ef_key_list.h"
#include "manifest_builder.h"
#include "suites.h"
#include "vectors.h"

static const char kid[] = "0123456789abcdef0123456789abcdef";
static const char next_kid[] = "fedcba9876543210fedcba9876543210";

typedef struct fixture {
    signer ours, next;
    ef_trusted_key keys[2];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->ours = signer_new(kid);
    f->next = signer_new(next_kid);
    f->keys[0] = f->ours.key;
    f->keys[1] = f->next.key;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    signer_free(&f->ours);
    signer_free(&f->next);
    free(f);
    return 0;
}

/* Of exactly the given size, so that the sanitizer sees a read past the end. */
static ef_status open_exact(const uint8_t *cose, size_t len, const ef_trusted_key *signer_key, uint64_t generation, ef_key_record *out)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, cose, len);
    const ef_status status = ef_key_list_open(copy, len, signer_key, generation, out);
    free(copy);
    return status;
}

static void expect(const buffer *cose, const ef_trusted_key *signer_key, uint64_t generation, ef_status expected)
{
    ef_key_record record;
    assert_string_equal(ef_status_code(open_exact(cose->data, cose->len, signer_key, generation, &record)), ef_status_code(expected));
}

static void a_list_becomes_the_record_that_is_kept(void **state)
{
    fixture *f = *state;
    f->keys[0].retired = true;
    const buffer cose = sign_key_list(&f->ours, 5, f->keys, 2);
    ef_key_record record;
    ef_trusted_key key;
    char signed_by[EF_KID_CHARS + 1];
    assert_int_equal(ef_key_list_kid(cose.data, cose.len, signed_by), EF_OK);
    assert_string_equal(signed_by, kid);
    assert_int_equal(open_exact(cose.data, cose.len, &f->ours.key, 4, &record), EF_OK);
    assert_true(ef_key_record_sound(&record));
    assert_int_equal(ef_key_record_generation(&record), 5);
    assert_int_equal(ef_key_record_count(&record), 2);
    assert_int_equal(ef_key_record_find(&record, next_kid, &key), EF_OK);
    assert_memory_equal(&key, &f->next.key, sizeof key);
    assert_int_equal(ef_key_record_find(&record, kid, &key), EF_OK);
    assert_true(key.retired);
    assert_int_equal(ef_key_record_find(&record, "ffffffffffffffffffffffffffffffff", &key), EF_NOT_FOUND);
    assert_int_equal(ef_key_record_at(&record, 2, &key), EF_NOT_FOUND);
    for (size_t len = 0; len < record.len; len++) { /* a record cut short is none */
        ef_key_record part = record;
        part.len = len;
        assert_false(ef_key_record_sound(&part));
    }
}

static void a_list_is_taken_from_a_trusted_key_and_once_only(void **state)
{
    fixture *f = *state;
    const buffer cose = sign_key_list(&f->ours, 5, f->keys, 2);
    expect(&cose, &f->ours.key, 0, EF_OK);
    expect(&cose, &f->ours.key, 5, EF_KEYS_OLD);
    expect(&cose, &f->ours.key, 6, EF_KEYS_OLD);
    expect(&cose, NULL, 0, EF_KEY_UNKNOWN);
    expect(&cose, &f->next.key, 0, EF_SIGNATURE_INVALID);
    f->ours.key.retired = true;
    expect(&cose, &f->ours.key, 0, EF_KEY_RETIRED);
    f->ours.key.retired = false;
    f->ours.key.alg = EF_ALG_RS256;
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_ALGORITHM);
}

static void a_manifest_is_no_key_list_and_a_key_list_no_manifest(void **state)
{
    fixture *f = *state;
    const fields good = good_fields();
    const buffer manifest = sign_fields(&f->ours, &good);
    expect(&manifest, &f->ours.key, 0, EF_MANIFEST_MALFORMED);
    /* Even the right payload under the other kind's header. */
    const buffer header = protected_of(-7, kid), payload = key_list_payload(5, f->keys, 2);
    const buffer disguised = sign_parts(&f->ours, &header, &payload);
    expect(&disguised, &f->ours.key, 0, EF_MANIFEST_MALFORMED);

    const buffer list = sign_key_list(&f->ours, 5, f->keys, 2);
    const buffer list_header = key_list_protected(-7, kid), manifest_payload = payload_of(&good);
    const buffer other = sign_parts(&f->ours, &list_header, &manifest_payload);
    const ef_manifest_context device = {.keys = &f->ours.key, .key_count = 1, .product = "lamp", .chip = "esp32c3", .image_format = "host",
                                        .version = "1.1.0", .agent_version = "0.1.0", .slot_size_bytes = 1u << 20};
    ef_manifest m;
    assert_int_equal(ef_manifest_open(list.data, list.len, &device, &m), EF_MANIFEST_MALFORMED);
    assert_int_equal(ef_manifest_open(other.data, other.len, &device, &m), EF_MANIFEST_MALFORMED);
}

static void every_truncation_and_every_flipped_bit_is_refused(void **state)
{
    fixture *f = *state;
    buffer cose = sign_key_list(&f->ours, 5, f->keys, 2);
    ef_key_record record;
    for (size_t len = 0; len < cose.len; len++) assert_int_equal(open_exact(cose.data, len, &f->ours.key, 0, &record), EF_MANIFEST_MALFORMED);
    for (size_t bit = 0; bit < cose.len * 8; bit++) {
        cose.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (open_exact(cose.data, cose.len, &f->ours.key, 0, &record) == EF_OK) fail_msg("bit %zu", bit);
        cose.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void lists_outside_the_profile_are_malformed(void **state)
{
    fixture *f = *state;
    ef_trusted_key four[5];
    for (size_t i = 0; i < 5; i++) {
        four[i] = f->ours.key;
        four[i].kid[0] = (char)('1' + i);
    }
    buffer cose = sign_key_list(&f->ours, 1, four, 4);
    expect(&cose, &f->ours.key, 0, EF_OK);
    cose = sign_key_list(&f->ours, 1, four, 5);
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);
    cose = sign_key_list(&f->ours, 1, four, 0);
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);
    cose = sign_key_list(&f->ours, 0, four, 1);
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);
    cose = sign_key_list(&f->ours, EF_KEY_GENERATION_MAX + 1, four, 1);
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);

    const ef_trusted_key turned[] = {f->next.key, f->ours.key}, twice[] = {f->ours.key, f->ours.key};
    cose = sign_key_list(&f->ours, 1, turned, 2);
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);
    cose = sign_key_list(&f->ours, 1, twice, 2);
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);

#define WITH(change)                                              \
    do {                                                          \
        ef_trusted_key key = f->next.key;                         \
        change;                                                   \
        cose = sign_key_list(&f->ours, 1, &key, 1);               \
        expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);    \
    } while (0)
    WITH(key.retired = true); /* nothing would be trusted any more */
    WITH(key.kid[0] = 'F');
    WITH(key.kid[31] = '\0');
    WITH(key.alg = -8);
    WITH(key.alg = EF_ALG_RS256);
    WITH(key.public_key_len = 64);
    WITH(key.public_key[0] = 2);
    WITH(key.public_key[1] ^= 1); /* not on the curve */
#undef WITH
    buffer payload = key_list_payload(1, f->keys, 2);
    const buffer header = key_list_protected(-7, kid);
    put_uint(&payload, 5), put_uint(&payload, 1);
    cose = sign_parts(&f->ours, &header, &payload);
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);
    payload.data[0]++; /* the fifth pair is counted, too */
    cose = sign_parts(&f->ours, &header, &payload);
    expect(&cose, &f->ours.key, 0, EF_MANIFEST_MALFORMED);
}

static void key_lists_are_judged_as_the_vectors_say(void **state)
{
    (void)state;
    static vector v;
    static uint8_t cose[8192];
    FILE *file = vectors_open("keylist.vec");
    if (file == NULL) fail_msg("keylist.vec is missing in %s", EF_VECTORS_DIR);
    size_t cases = 0;
    while (vectors_next(file, &v)) {
        ef_trusted_key key = {.alg = ef_key_alg(vector_text(&v, "alg")), .retired = strcmp(vector_text(&v, "state"), "retired") == 0};
        ef_key_record record;
        char signed_by[EF_KID_CHARS + 1];
        memcpy(key.kid, vector_text(&v, "kid"), EF_KID_CHARS + 1);
        key.public_key_len = (uint16_t)vector_hex(&v, "publicKey", key.public_key, sizeof key.public_key);
        const size_t len = vector_hex(&v, "cose", cose, sizeof cose);
        const bool ours = ef_key_list_kid(cose, len, signed_by) == EF_OK && strcmp(signed_by, key.kid) == 0;
        const char *got = ef_status_code(open_exact(cose, len, ours ? &key : NULL, vector_number(&v, "generation"), &record));
        if (strcmp(got, vector_text(&v, "expect")) != 0) fail_msg("%s: %s, not %s", vector_text(&v, "name"), got, vector_text(&v, "expect"));
        if (strcmp(got, "ok") == 0) {
            assert_int_equal(ef_key_record_generation(&record), vector_number(&v, "becomes"));
            assert_int_equal(ef_key_record_count(&record), vector_number(&v, "keys"));
        }
        cases++;
    }
    (void)fclose(file);
    assert_true(cases > 30);
}

int run_key_list_tests(void)
{
#define KEY_LIST_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        KEY_LIST_TEST(a_list_becomes_the_record_that_is_kept),
        KEY_LIST_TEST(a_list_is_taken_from_a_trusted_key_and_once_only),
        KEY_LIST_TEST(a_manifest_is_no_key_list_and_a_key_list_no_manifest),
        KEY_LIST_TEST(every_truncation_and_every_flipped_bit_is_refused),
        KEY_LIST_TEST(lists_outside_the_profile_are_malformed),
        cmocka_unit_test(key_lists_are_judged_as_the_vectors_say),
    };
    return cmocka_run_group_tests_name("key list", tests, NULL, NULL);
}
