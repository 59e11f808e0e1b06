/* Whom TLS connections trust: ESP-IDF's bundle or a CA of the product's own, and a pinned key on top. There is one answer for the whole device, as
 * the hook that the TLS libraries offer (crt_bundle_attach) has no context. */
#ifndef EF_TRUST_H
#define EF_TRUST_H

#include <stdint.h>

#include "esp_err.h"

/* Before the first connection. ESP_ERR_INVALID_ARG when ca_pem holds no certificate. */
esp_err_t ef_trust_init(const char *ca_pem, const uint8_t *pin_sha256);
/* For the crt_bundle_attach member of a client's configuration; conf is its mbedtls_ssl_config. */
esp_err_t ef_trust_attach(void *conf);

#endif
