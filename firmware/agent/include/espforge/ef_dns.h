/* The name server of a captive portal: every name is the portal. */
#ifndef EF_DNS_H
#define EF_DNS_H

#include <stddef.h>
#include <stdint.h>

#define EF_DNS_BYTES 512u

/* A query in, a reply out; returns the reply's length, 0 when there is to be none (not a query, or `cap` is too small: 512 always do).
 * A: `address`. AAAA, HTTPS, SVCB: no such record, but the name exists. Other types and classes: NXDOMAIN. Other opcodes: NOTIMP. */
size_t ef_dns_answer(const uint8_t *query, size_t len, const uint8_t address[4], uint8_t *out, size_t cap);

#endif
