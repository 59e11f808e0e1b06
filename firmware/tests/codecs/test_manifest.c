#include <stdlib.h>
#include <string.h>

#include "manifest_builder.h"
#include "suites.h"
#include "vectors.h"

static const char kid[] = "0123456789abcdef0123456789abcdef";
static const char other_kid[] = "fedcba9876543210fedcba9876543210";
static const char sha256_path[] = "/device/v1/images/abababababababababababababababababababababababababababababababab";

typedef struct fixture {
    signer ours;
    signer other;
    ef_trusted_key keys[2];
    ef_manifest_context device;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->ours = signer_new(kid);
    f->other = signer_new(other_kid);
    f->keys[0] = f->ours.key;
    f->device = (ef_manifest_context){.keys = f->keys,
                                      .key_count = 1,
                                      .now_ms = UINT64_C(1770000000000),
                                      .product = "lamp",
                                      .chip = "esp32c3",
                                      .image_format = "host",
                                      .version = "1.1.0",
                                      .agent_version = "0.1.0",
                                      .sequence = 6,
                                      .security_epoch = 3,
                                      .slot_size_bytes = 1u << 20};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    signer_free(&f->ours);
    signer_free(&f->other);
    free(f);
    return 0;
}

/* Opens a copy of exactly the given size, so that the sanitizer sees a read past the end; also checks that a refusal leaves nothing behind. */
static ef_status open_exact(const ef_manifest_context *device, const uint8_t *cose, size_t len, ef_manifest *out)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, cose, len);
    memset(out, 0x5A, sizeof *out);
    const ef_status status = ef_manifest_open(copy, len, device, out);
    free(copy);
    if (status != EF_OK) {
        static const ef_manifest nothing;
        assert_memory_equal(out, &nothing, sizeof nothing);
    }
    return status;
}

static void expect_status(const ef_manifest_context *device, const buffer *cose, ef_status expected)
{
    ef_manifest m;
    assert_string_equal(ef_status_code(open_exact(device, cose->data, cose->len, &m)), ef_status_code(expected));
}

static void a_good_manifest_is_read(void **state)
{
    fixture *f = *state;
    const fields good = good_fields();
    const buffer cose = sign_fields(&f->ours, &good);
    ef_manifest m;
    assert_int_equal(open_exact(&f->device, cose.data, cose.len, &m), EF_OK);
    assert_int_equal(m.sequence, 7);
    assert_string_equal(m.product, "lamp");
    assert_string_equal(m.chip, "esp32c3");
    assert_string_equal(m.version, "1.2.0");
    assert_string_equal(m.image_format, "host");
    assert_int_equal(m.image_size_bytes, 100000);
    assert_int_equal(m.image_sha256[31], 0xAB);
    assert_string_equal(m.image_path, sha256_path);
    assert_string_equal(m.minimum_agent_version, "0.1.0");
    assert_string_equal(m.minimum_version, "1.0.0");
    assert_int_equal(m.security_epoch, 3);
    assert_true(m.issued_at_ms == good.issued_at && m.expires_at_ms == good.expires_at);
}

static void optional_fields_may_be_absent(void **state)
{
    fixture *f = *state;
    fields g = good_fields();
    g.minimum_agent_version = NULL;
    g.minimum_version = NULL;
    const buffer cose = sign_fields(&f->ours, &g);
    ef_manifest m;
    assert_int_equal(open_exact(&f->device, cose.data, cose.len, &m), EF_OK);
    assert_string_equal(m.minimum_agent_version, "");
    assert_string_equal(m.minimum_version, "");
}

static void every_truncation_is_refused(void **state)
{
    fixture *f = *state;
    const fields good = good_fields();
    const buffer cose = sign_fields(&f->ours, &good);
    ef_manifest m;
    for (size_t len = 0; len < cose.len; len++) assert_int_equal(open_exact(&f->device, cose.data, len, &m), EF_MANIFEST_MALFORMED);
}

static void every_single_flipped_bit_is_refused(void **state)
{
    fixture *f = *state;
    const fields good = good_fields();
    buffer cose = sign_fields(&f->ours, &good);
    ef_manifest m;
    size_t by_signature = 0;
    for (size_t bit = 0; bit < cose.len * 8; bit++) {
        cose.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const ef_status status = open_exact(&f->device, cose.data, cose.len, &m);
        cose.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (status == EF_OK) fail_msg("bit %zu", bit);
        /* Nothing is judged before the signature is known to be right. */
        assert_true(status == EF_MANIFEST_MALFORMED || status == EF_KEY_UNKNOWN || status == EF_MANIFEST_ALGORITHM || status == EF_SIGNATURE_INVALID);
        by_signature += status == EF_SIGNATURE_INVALID;
    }
    assert_true(by_signature > 512);
    assert_int_equal(open_exact(&f->device, cose.data, cose.len, &m), EF_OK);
}

static void trailing_bytes_are_refused(void **state)
{
    fixture *f = *state;
    const fields good = good_fields();
    buffer cose = sign_fields(&f->ours, &good);
    put_uint(&cose, 0);
    expect_status(&f->device, &cose, EF_MANIFEST_MALFORMED);
    const buffer header = protected_of(-7, kid);
    buffer payload = payload_of(&good);
    put_uint(&payload, 0);
    cose = sign_parts(&f->ours, &header, &payload);
    expect_status(&f->device, &cose, EF_MANIFEST_MALFORMED);
}

static void keys_and_algorithms_are_judged_before_the_signature(void **state)
{
    fixture *f = *state;
    const fields good = good_fields();
    const buffer payload = payload_of(&good);
    buffer cose = sign_fields(&f->other, &good);
    expect_status(&f->device, &cose, EF_KEY_UNKNOWN);
    f->keys[1] = f->other.key;
    f->device.key_count = 2;
    expect_status(&f->device, &cose, EF_OK);

    buffer header = protected_of(-8, kid);
    cose = sign_parts(&f->ours, &header, &payload);
    expect_status(&f->device, &cose, EF_MANIFEST_ALGORITHM);
    header = protected_of(-257, kid);
    cose = sign_parts(&f->ours, &header, &payload);
    expect_status(&f->device, &cose, EF_MANIFEST_ALGORITHM);
    header = protected_of(-7, kid);
    cose = sign_parts(&f->other, &header, &payload);
    expect_status(&f->device, &cose, EF_SIGNATURE_INVALID);

    f->keys[0].alg = -8;
    cose = sign_fields(&f->ours, &good);
    expect_status(&f->device, &cose, EF_MANIFEST_ALGORITHM);
    f->device.key_count = 0;
    f->device.keys = NULL;
    expect_status(&f->device, &cose, EF_KEY_UNKNOWN);
}

static void a_trusted_key_that_is_no_point_is_a_crypto_fault(void **state)
{
    fixture *f = *state;
    const fields good = good_fields();
    const buffer cose = sign_fields(&f->ours, &good);
    memset(f->keys[0].public_key + 1, 0xFF, 64);
    expect_status(&f->device, &cose, EF_CRYPTO);
}

static void judging_follows_the_order_of_the_protocol(void **state)
{
    fixture *f = *state;
    /* Everything is wrong; then one cause after the other is put right. */
    fields g = good_fields();
    g.expires_at = f->device.now_ms;
    g.product = "door";
    g.chip = "esp32";
    g.format = "esp";
    g.sequence = 6;
    g.epoch = 2;
    g.minimum_agent_version = "0.1.1";
    g.minimum_version = "1.1.1";
    g.size = (1u << 20) + 1u;
    const ef_status order[] = {EF_MANIFEST_EXPIRED, EF_PRODUCT_MISMATCH, EF_CHIP_MISMATCH, EF_FORMAT_MISMATCH, EF_SEQUENCE_OLD, EF_EPOCH_OLD, EF_AGENT_TOO_OLD, EF_VERSION_TOO_OLD, EF_IMAGE_TOO_LARGE, EF_OK};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        const buffer cose = sign_fields(&f->ours, &g);
        expect_status(&f->device, &cose, order[i]);
        switch (order[i]) {
        case EF_MANIFEST_EXPIRED: g.expires_at++; break;
        case EF_PRODUCT_MISMATCH: g.product = "lamp"; break;
        case EF_CHIP_MISMATCH: g.chip = "esp32c3"; break;
        case EF_FORMAT_MISMATCH: g.format = "host"; break;
        case EF_SEQUENCE_OLD: g.sequence = 7; break;
        case EF_EPOCH_OLD: g.epoch = 3; break;
        case EF_AGENT_TOO_OLD: g.minimum_agent_version = "0.1.0-rc.1"; break;
        case EF_VERSION_TOO_OLD: g.minimum_version = "1.1.0"; break;
        case EF_IMAGE_TOO_LARGE: g.size = 1u << 20; break;
        default: break;
        }
    }
}

static void expiry_waits_for_a_clock(void **state)
{
    fixture *f = *state;
    fields g = good_fields();
    g.issued_at = 1;
    g.expires_at = 2;
    const buffer cose = sign_fields(&f->ours, &g);
    expect_status(&f->device, &cose, EF_MANIFEST_EXPIRED);
    f->device.now_ms = 0;
    expect_status(&f->device, &cose, EF_OK);
}

static void expect_malformed_fields(fixture *f, const fields *g)
{
    const buffer cose = sign_fields(&f->ours, g);
    expect_status(&f->device, &cose, EF_MANIFEST_MALFORMED);
}

static void values_outside_the_profile_are_malformed(void **state)
{
    fixture *f = *state;
    static const char long_text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
#define WITH(field, value)          \
    do {                            \
        fields g = good_fields();   \
        g.field = (value);          \
        expect_malformed_fields(f, &g); \
    } while (0)
    WITH(format_version, 2);
    WITH(format_version, 0);
    WITH(sequence, 0);
    WITH(sequence, UINT64_C(1) << 53);
    WITH(product, "");
    WITH(product, long_text);
    WITH(chip, "seventeen-bytes-x");
    WITH(version, "1.2");
    WITH(version, "1.0.0-aaaaaaaaaaaaaaaaaaaaaaaaaa");
    WITH(format, "uf2");
    WITH(size, UINT64_C(1) << 32);
    WITH(sha256_len, 31);
    WITH(sha256_len, 33);
    WITH(path, "");
    WITH(path, "device/v1/images/x");
    WITH(path, "/a b");
    WITH(path, "/a\r\nHost: x");
    WITH(path, "/\xC3\xA4");
    WITH(minimum_agent_version, "");
    WITH(minimum_agent_version, "1");
    WITH(minimum_version, "x.y.z");
    WITH(epoch, UINT64_C(1) << 32);
    WITH(expires_at, good_fields().issued_at);
    WITH(expires_at, good_fields().issued_at - 1);
#undef WITH
    fields g = good_fields();
    g.sequence = (UINT64_C(1) << 53) - 1;
    g.version = "1.0.0-aaaaaaaaaaaaaaaaaaaaaaaaa";
    const buffer cose = sign_fields(&f->ours, &g);
    expect_status(&f->device, &cose, EF_OK);
}

/* Replaces `len` bytes of the good payload at `at` and signs the result. */
static void expect_malformed_splice(fixture *f, size_t at, size_t len, const void *with, size_t with_len)
{
    const fields good = good_fields();
    const buffer header = protected_of(-7, kid);
    const buffer whole = payload_of(&good);
    buffer payload = {.len = 0};
    put_raw(&payload, whole.data, at);
    put_raw(&payload, with, with_len);
    put_raw(&payload, whole.data + at + len, whole.len - at - len);
    const buffer cose = sign_parts(&f->ours, &header, &payload);
    expect_status(&f->device, &cose, EF_MANIFEST_MALFORMED);
}

static void payloads_outside_the_profile_are_malformed(void **state)
{
    fixture *f = *state;
    /* The good payload begins AB 01 01 02 07 03 64 "lamp". */
    expect_malformed_splice(f, 0, 1, "\xBF", 1);                 /* indefinite map */
    expect_malformed_splice(f, 0, 1, "\xB8\x0B", 2);             /* a count longer than needed */
    expect_malformed_splice(f, 0, 1, "\xAA", 1);                 /* a count too small */
    expect_malformed_splice(f, 0, 1, "\xAC", 1);                 /* a count too large */
    expect_malformed_splice(f, 1, 2, "\x02\x07\x01\x01", 4);     /* order */
    expect_malformed_splice(f, 1, 2, "\x02\x07", 2);             /* 2 twice, 1 missing */
    expect_malformed_splice(f, 1, 2, "\x00\x01", 2);             /* key 0 */
    expect_malformed_splice(f, 1, 2, "\x20\x01", 2);             /* a negative key */
    expect_malformed_splice(f, 2, 1, "\x18\x01", 2);             /* 1 in two bytes */
    expect_malformed_splice(f, 4, 1, "\x61\x37", 2);             /* text for a number */
    expect_malformed_splice(f, 4, 1, "\xFB\x40\x1C\0\0\0\0\0\0", 9); /* 7.0 */
    expect_malformed_splice(f, 6, 5, "\x44lamp", 5);             /* bytes for text */
    expect_malformed_splice(f, 6, 5, "\x7F\x64lamp\xFF", 7);     /* text in pieces */
    expect_malformed_splice(f, 6, 5, "\x64l\0mp", 5);            /* U+0000 */
    expect_malformed_splice(f, 6, 5, "\x62\xC3\x28", 3);         /* not UTF-8 */

    const fields good = good_fields();
    const buffer header = protected_of(-7, kid);
    buffer payload = payload_of(&good);
    payload.data[0]++;
    put_uint(&payload, 12), put_uint(&payload, 0); /* an extra key at the end */
    buffer cose = sign_parts(&f->ours, &header, &payload);
    expect_status(&f->device, &cose, EF_MANIFEST_MALFORMED);
    payload = payload_of(&good);
    payload.data[0]++;
    put_uint(&payload, 11), put_uint(&payload, good.expires_at); /* the last key twice */
    cose = sign_parts(&f->ours, &header, &payload);
    expect_status(&f->device, &cose, EF_MANIFEST_MALFORMED);
}

static void envelopes_outside_the_profile_are_malformed(void **state)
{
    fixture *f = *state;
    const fields good = good_fields();
    const buffer payload = payload_of(&good);
    static const struct {
        const char *data;
        size_t len;
    } headers[] = {
        {"\xA1\x01\x26", 3},                                                          /* no kid */
        {"\xA2\x01\x26\x04\x50" "0123456789abcdef", 21},                              /* a short kid */
        {"\xA2\x04\x58\x20" "0123456789abcdef0123456789abcdef" "\x01\x26", 38},       /* order */
        {"\xA3\x01\x26\x03\x00\x04\x58\x20" "0123456789abcdef0123456789abcdef", 40},  /* an extra key */
        {"\xA2\x01\x26\x04\x58\x20" "0123456789abcdef0123456789abcdef" "\x00", 39},   /* trailing */
        {"\xA2\x01\x38\x06\x04\x58\x20" "0123456789abcdef0123456789abcdef", 39},      /* -7 in two bytes */
        {"\xA2\x01\x65" "ES256" "\x04\x58\x20" "0123456789abcdef0123456789abcdef", 43}, /* alg as text */
        {"", 0},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        buffer header = {.len = 0};
        put_raw(&header, headers[i].data, headers[i].len);
        const buffer cose = sign_parts(&f->ours, &header, &payload);
        expect_status(&f->device, &cose, EF_MANIFEST_MALFORMED);
    }

    const buffer cose = sign_fields(&f->ours, &good);
    buffer untagged = {.len = 0};
    put_raw(&untagged, cose.data + 1, cose.len - 1);
    expect_status(&f->device, &untagged, EF_MANIFEST_MALFORMED);
    /* D2 84, the protected header of 38 bytes with its two-byte head, then A0. */
    assert_int_equal(cose.data[42], 0xA0);
    buffer crowded = {.len = 0};
    put_raw(&crowded, cose.data, 42);
    put_raw(&crowded, "\xA1\x04\x41\x00", 4);
    put_raw(&crowded, cose.data + 43, cose.len - 43);
    expect_status(&f->device, &crowded, EF_MANIFEST_MALFORMED);
    buffer oversized = cose;
    while (oversized.len <= EF_MANIFEST_MAX_BYTES) put_uint(&oversized, 0);
    expect_status(&f->device, &oversized, EF_MANIFEST_MALFORMED);
    buffer short_signature = {.len = 0};
    put_raw(&short_signature, cose.data, cose.len - 66);
    put_bytes(&short_signature, cose.data + cose.len - 64, 63);
    expect_status(&f->device, &short_signature, EF_SIGNATURE_INVALID);
}

static void misuse_is_said(void **state)
{
    fixture *f = *state;
    const uint8_t byte = 0;
    ef_manifest m;
    assert_int_equal(ef_manifest_open(NULL, 0, &f->device, &m), EF_BAD_ARGUMENT);
    assert_int_equal(ef_manifest_open(&byte, 1, NULL, &m), EF_BAD_ARGUMENT);
    assert_int_equal(ef_manifest_open(&byte, 1, &f->device, NULL), EF_BAD_ARGUMENT);
    f->device.key_count = EF_TRUSTED_KEYS_MAX + 1;
    assert_int_equal(ef_manifest_open(&byte, 1, &f->device, &m), EF_BAD_ARGUMENT);
}

static void manifests_are_judged_as_the_vectors_say(void **state)
{
    (void)state;
    static vector v;
    static uint8_t cose[8192];
    FILE *file = vectors_open("manifest.vec");
    if (file == NULL) fail_msg("manifest.vec is missing in %s", EF_VECTORS_DIR);
    size_t cases = 0;
    while (vectors_next(file, &v)) {
        ef_trusted_key key = {.alg = ef_key_alg(vector_text(&v, "alg")), .retired = strcmp(vector_text(&v, "state"), "retired") == 0};
        const char *vector_kid = vector_text(&v, "kid");
        assert_int_equal(strlen(vector_kid), EF_KID_CHARS);
        memcpy(key.kid, vector_kid, EF_KID_CHARS + 1);
        key.public_key_len = (uint16_t)vector_hex(&v, "publicKey", key.public_key, sizeof key.public_key);
        assert_true(ef_key_valid(&key));
        const ef_manifest_context device = {.keys = &key,
                                            .key_count = 1,
                                            .now_ms = vector_number(&v, "now"),
                                            .product = vector_text(&v, "product"),
                                            .chip = vector_text(&v, "chip"),
                                            .image_format = vector_text(&v, "format"),
                                            .version = vector_text(&v, "version"),
                                            .agent_version = vector_text(&v, "agentVersion"),
                                            .sequence = vector_number(&v, "sequence"),
                                            .security_epoch = (uint32_t)vector_number(&v, "epoch"),
                                            .slot_size_bytes = (uint32_t)vector_number(&v, "slotSize")};
        ef_manifest m;
        const size_t len = vector_hex(&v, "cose", cose, sizeof cose);
        const char *got = ef_status_code(open_exact(&device, cose, len, &m));
        if (strcmp(got, vector_text(&v, "expect")) != 0) fail_msg("%s: %s, not %s", vector_text(&v, "name"), got, vector_text(&v, "expect"));
        cases++;
    }
    (void)fclose(file);
    assert_true(cases > 0);
}

int run_manifest_tests(void)
{
#define MANIFEST_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        MANIFEST_TEST(a_good_manifest_is_read),
        MANIFEST_TEST(optional_fields_may_be_absent),
        MANIFEST_TEST(every_truncation_is_refused),
        MANIFEST_TEST(every_single_flipped_bit_is_refused),
        MANIFEST_TEST(trailing_bytes_are_refused),
        MANIFEST_TEST(keys_and_algorithms_are_judged_before_the_signature),
        MANIFEST_TEST(a_trusted_key_that_is_no_point_is_a_crypto_fault),
        MANIFEST_TEST(judging_follows_the_order_of_the_protocol),
        MANIFEST_TEST(expiry_waits_for_a_clock),
        MANIFEST_TEST(values_outside_the_profile_are_malformed),
        MANIFEST_TEST(payloads_outside_the_profile_are_malformed),
        MANIFEST_TEST(envelopes_outside_the_profile_are_malformed),
        MANIFEST_TEST(misuse_is_said),
        cmocka_unit_test(manifests_are_judged_as_the_vectors_say),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
