/* HTTP by libcurl's multi interface: one easy handle a channel, nothing waits. */
#ifndef EF_CURL_H
#define EF_CURL_H

#include "espforge/ef_port.h"

typedef struct ef_curl ef_curl;

/* server_url without a path of its own or with one that is put before every path; ca_file may be NULL. pins: NULL, or what
 * CURLOPT_PINNEDPUBLICKEY takes: "sha256//BASE64" of the key the host must have, several separated by ';'. NULL when libcurl fails. */
ef_curl *ef_curl_open(const char *server_url, const char *ca_file, const char *pins);
void ef_curl_close(ef_curl *curl);
ef_status ef_curl_begin(ef_curl *curl, ef_channel channel, const ef_request *request);
ef_status ef_curl_read(ef_curl *curl, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len);
void ef_curl_end(ef_curl *curl, ef_channel channel);
/* Returns when a socket has something to do, one of libcurl's or other_fd (-1: none), or after wait_ms. */
void ef_curl_wait(ef_curl *curl, uint32_t wait_ms, int other_fd, bool other_wants_write);

#endif
