#include "manifest_builder.h"

#include <string.h>

#include "suites.h"

void put_raw(buffer *b, const void *data, size_t len)
{
    assert_true(len <= BUFFER_CAP - b->len);
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void put_head(buffer *b, uint8_t major, uint64_t argument)
{
    uint8_t head[9];
    size_t bytes = argument < 24 ? 0 : argument <= UINT8_MAX ? 1 : argument <= UINT16_MAX ? 2 : argument <= UINT32_MAX ? 4 : 8;
    const uint8_t info = bytes == 0 ? (uint8_t)argument : bytes == 1 ? 24 : bytes == 2 ? 25 : bytes == 4 ? 26 : 27;
    head[0] = (uint8_t)(major << 5 | info);
    for (size_t i = 0; i < bytes; i++) head[1 + i] = (uint8_t)(argument >> (8 * (bytes - 1 - i)));
    put_raw(b, head, 1 + bytes);
}

void put_uint(buffer *b, uint64_t value) { put_head(b, 0, value); }

void put_text(buffer *b, const char *text)
{
    put_head(b, 3, strlen(text));
    put_raw(b, text, strlen(text));
}

void put_bytes(buffer *b, const void *data, size_t len)
{
    put_head(b, 2, len);
    put_raw(b, data, len);
}

static void take_public(signer *s, const char *kid, int32_t alg)
{
    size_t len;
    assert_int_equal(psa_export_public_key(s->id, s->key.public_key, sizeof s->key.public_key, &len), PSA_SUCCESS);
    assert_int_equal(strlen(kid), EF_KID_CHARS);
    memcpy(s->key.kid, kid, EF_KID_CHARS + 1);
    s->key.public_key_len = (uint16_t)len;
    s->key.alg = alg;
}

signer signer_new(const char *kid)
{
    signer s = {0};
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    assert_int_equal(psa_generate_key(&attributes, &s.id), PSA_SUCCESS);
    take_public(&s, kid, EF_ALG_ES256);
    return s;
}

static psa_algorithm_t algorithm_of(const signer *s)
{
    return s->key.alg == EF_ALG_ES256   ? PSA_ALG_ECDSA(PSA_ALG_SHA_256)
           : s->key.alg == EF_ALG_PS256 ? PSA_ALG_RSA_PSS(PSA_ALG_SHA_256)
                                        : PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256);
}

signer signer_new_rsa(const char *kid, int32_t alg)
{
    signer s = {.key.alg = alg};
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_RSA_KEY_PAIR);
    psa_set_key_bits(&attributes, 2048);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, algorithm_of(&s));
    assert_int_equal(psa_generate_key(&attributes, &s.id), PSA_SUCCESS);
    take_public(&s, kid, alg);
    return s;
}

void signer_free(signer *s) { (void)psa_destroy_key(s->id); }

fields good_fields(void)
{
    return (fields){.format_version = 1,
                    .sequence = 7,
                    .product = "lamp",
                    .chip = "esp32c3",
                    .version = "1.2.0",
                    .format = "host",
                    .size = 100000,
                    .sha256_len = 32,
                    .path = "/device/v1/images/abababababababababababababababababababababababababababababababab",
                    .minimum_agent_version = "0.1.0",
                    .minimum_version = "1.0.0",
                    .epoch = 3,
                    .issued_at = UINT64_C(1767225600000),
                    .expires_at = UINT64_C(1798761600000)};
}

buffer payload_of(const fields *f)
{
    uint8_t sha256[64];
    memset(sha256, 0xAB, sizeof sha256);
    buffer b = {.len = 0};
    put_head(&b, 5, 9u + (f->minimum_agent_version != NULL) + (f->minimum_version != NULL));
    put_uint(&b, 1), put_uint(&b, f->format_version);
    put_uint(&b, 2), put_uint(&b, f->sequence);
    put_uint(&b, 3), put_text(&b, f->product);
    put_uint(&b, 4), put_text(&b, f->chip);
    put_uint(&b, 5), put_text(&b, f->version);
    put_uint(&b, 6), put_head(&b, 5, 4);
    put_uint(&b, 1), put_text(&b, f->format);
    put_uint(&b, 2), put_uint(&b, f->size);
    put_uint(&b, 3), put_bytes(&b, sha256, f->sha256_len);
    put_uint(&b, 4), put_text(&b, f->path);
    if (f->minimum_agent_version != NULL) put_uint(&b, 7), put_text(&b, f->minimum_agent_version);
    if (f->minimum_version != NULL) put_uint(&b, 8), put_text(&b, f->minimum_version);
    put_uint(&b, 9), put_uint(&b, f->epoch);
    put_uint(&b, 10), put_uint(&b, f->issued_at);
    put_uint(&b, 11), put_uint(&b, f->expires_at);
    return b;
}

static void put_int(buffer *b, int64_t value)
{
    if (value < 0) {
        put_head(b, 1, (uint64_t)(-1 - value));
    } else {
        put_uint(b, (uint64_t)value);
    }
}

buffer protected_of(int64_t alg, const char *kid)
{
    buffer b = {.len = 0};
    put_head(&b, 5, 2);
    put_uint(&b, 1), put_int(&b, alg);
    put_uint(&b, 4), put_bytes(&b, kid, strlen(kid));
    return b;
}

buffer key_list_protected(int64_t alg, const char *kid)
{
    buffer b = {.len = 0};
    put_head(&b, 5, 3);
    put_uint(&b, 1), put_int(&b, alg);
    put_uint(&b, 3), put_text(&b, "espforge-keys");
    put_uint(&b, 4), put_bytes(&b, kid, strlen(kid));
    return b;
}

buffer key_list_payload(uint64_t generation, const ef_trusted_key *keys, size_t count)
{
    buffer b = {.len = 0};
    put_head(&b, 5, 4);
    put_uint(&b, 1), put_uint(&b, 1);
    put_uint(&b, 2), put_uint(&b, generation);
    put_uint(&b, 3), put_head(&b, 4, count);
    for (size_t i = 0; i < count; i++) {
        put_head(&b, 5, 4);
        put_uint(&b, 1), put_text(&b, keys[i].kid);
        put_uint(&b, 2), put_int(&b, keys[i].alg);
        put_uint(&b, 3), put_bytes(&b, keys[i].public_key, keys[i].public_key_len);
        put_uint(&b, 4), put_uint(&b, keys[i].retired);
    }
    put_uint(&b, 4), put_uint(&b, GOOD_ISSUED_AT);
    return b;
}

buffer sign_key_list(const signer *s, uint64_t generation, const ef_trusted_key *keys, size_t count)
{
    const buffer header = key_list_protected(s->key.alg, s->key.kid);
    const buffer payload = key_list_payload(generation, keys, count);
    return sign_parts(s, &header, &payload);
}

buffer sign_parts(const signer *s, const buffer *protected_header, const buffer *payload)
{
    buffer to_sign = {.len = 0};
    put_head(&to_sign, 4, 4);
    put_text(&to_sign, "Signature1");
    put_bytes(&to_sign, protected_header->data, protected_header->len);
    put_bytes(&to_sign, "", 0);
    put_bytes(&to_sign, payload->data, payload->len);
    uint8_t digest[32], signature[256];
    size_t len;
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, to_sign.data, to_sign.len, digest, sizeof digest, &len), PSA_SUCCESS);
    assert_int_equal(psa_sign_hash(s->id, algorithm_of(s), digest, sizeof digest, signature, sizeof signature, &len), PSA_SUCCESS);

    buffer cose = {.len = 0};
    put_head(&cose, 6, 18);
    put_head(&cose, 4, 4);
    put_bytes(&cose, protected_header->data, protected_header->len);
    put_head(&cose, 5, 0);
    put_bytes(&cose, payload->data, payload->len);
    put_bytes(&cose, signature, len);
    return cose;
}

buffer sign_fields(const signer *s, const fields *f)
{
    const buffer header = protected_of(s->key.alg, s->key.kid);
    const buffer payload = payload_of(f);
    return sign_parts(s, &header, &payload);
}
