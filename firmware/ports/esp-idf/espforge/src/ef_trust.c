#include "ef_trust.h"

#include <stdbool.h> /* esp_crt_bundle.h needs it */
#include <stdlib.h>
#include <string.h>

#include "esp_crt_bundle.h"
#include "esp_log.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509_crt.h"
#include "psa/crypto.h"

static const char tag[] = "espforge";

static struct {
    mbedtls_x509_crt *own; /* NULL: the bundle */
    const uint8_t *pin;    /* NULL: none */
    int (*verify)(void *, mbedtls_x509_crt *, int, uint32_t *); /* the bundle's */
    void *verify_ctx;
} trust;

esp_err_t ef_trust_init(const char *ca_pem, const uint8_t *pin_sha256)
{
    trust.pin = pin_sha256;
    if (ca_pem == NULL || trust.own != NULL)
        return ESP_OK;
    mbedtls_x509_crt *chain = calloc(1, sizeof *chain);
    if (chain == NULL)
        return ESP_ERR_NO_MEM;
    mbedtls_x509_crt_init(chain);
    if (mbedtls_x509_crt_parse(chain, (const unsigned char *)ca_pem, strlen(ca_pem) + 1) != 0) {
        mbedtls_x509_crt_free(chain);
        free(chain);
        return ESP_ERR_INVALID_ARG;
    }
    trust.own = chain;
    return ESP_OK;
}

/* After the chain was judged: the server's own key must be the one expected. */
static int verify(void *ctx, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
    (void)ctx;
    int error = trust.verify == NULL ? 0 : trust.verify(trust.verify_ctx, certificate, depth, flags);
    if (error != 0 || depth != 0)
        return error;
    uint8_t hash[32];
    size_t len = 0;
    if (psa_hash_compute(PSA_ALG_SHA_256, certificate->pk_raw.p, certificate->pk_raw.len, hash, sizeof hash, &len) != PSA_SUCCESS ||
        len != sizeof hash || memcmp(hash, trust.pin, sizeof hash) != 0) {
        ESP_LOGE(tag, "the server's key is not the pinned one");
        *flags |= MBEDTLS_X509_BADCERT_OTHER;
        return MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
    }
    return 0;
}

/* On an error nothing is trusted: the caller has required verification, and there is no authority to verify with. */
esp_err_t ef_trust_attach(void *conf)
{
    mbedtls_ssl_config *ssl = conf;
    if (trust.own != NULL) {
        mbedtls_ssl_conf_ca_chain(ssl, trust.own, NULL);
    } else {
        esp_err_t error = esp_crt_bundle_attach(conf);
        if (error != ESP_OK)
            return error;
    }
    if (trust.pin != NULL) {
        if (trust.own == NULL) {
            trust.verify = ssl->MBEDTLS_PRIVATE(f_vrfy);
            trust.verify_ctx = ssl->MBEDTLS_PRIVATE(p_vrfy);
        }
        mbedtls_ssl_conf_verify(ssl, verify, NULL);
    }
    return ESP_OK;
}
