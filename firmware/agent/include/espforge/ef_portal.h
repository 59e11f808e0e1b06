/* The captive portal: HTTP/1.1 for one small page, as a codec. The port owns the sockets; one ef_portal serves one connection.
 *
 *   ef_portal_begin(&p, agent, "192.168.4.1");
 *   until ef_portal_feed(&p, bytes, len) is true: read the socket
 *   until ef_portal_read(&p, out, sizeof out) is 0: write the socket
 *   close the socket
 *
 * A port gives a connection 10 s, so that slow ones cannot keep the portal from others. */
#ifndef EF_PORTAL_H
#define EF_PORTAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_status.h"

#define EF_HTTP_PATH_CHARS 63u
#define EF_HTTP_HOST_CHARS 63u
#define EF_HTTP_BODY_BYTES 512u
#define EF_HTTP_HEAD_BYTES 8192u /* browsers bring cookies of whatever site they believe to talk to */
#define EF_PORTAL_ADDRESS_CHARS 63u

struct ef_agent;

typedef enum ef_http_method { EF_HTTP_OTHER, EF_HTTP_GET, EF_HTTP_HEAD, EF_HTTP_POST } ef_http_method;

/* A request, parsed byte by byte (RFC 9112). What is kept is bounded; the rest is counted and dropped. */
typedef struct ef_http_request {
    ef_http_method method;
    char path[EF_HTTP_PATH_CHARS + 1]; /* without the query */
    char host[EF_HTTP_HOST_CHARS + 1]; /* lower case */
    bool is_form;
    uint16_t body_len;
    uint8_t body[EF_HTTP_BODY_BYTES];

    uint8_t at;            /* where the parser is */
    uint8_t header;        /* which header the line is */
    bool has_host, has_length;
    uint16_t status;       /* 0: more is wanted; 200: whole; else what to answer */
    uint16_t head_len, content_length;
    uint8_t word_len;
    char word[48];
} ef_http_request;

void ef_http_begin(ef_http_request *request);
/* Returns true when the request is whole or refused (request->status). Bytes after its end are ignored. */
bool ef_http_feed(ef_http_request *request, const uint8_t *data, size_t len);
/* A field of an application/x-www-form-urlencoded body, decoded, with a NUL. EF_NOT_FOUND, EF_TOO_LARGE, EF_MALFORMED. */
ef_status ef_http_form(const uint8_t *body, size_t len, const char *name, char *out, size_t cap);

typedef struct ef_portal {
    struct ef_agent *agent;
    const char *address;
    ef_http_request request;

    uint8_t answer;
    uint16_t status;
    const char *notice; /* why a form was not taken, for the page */
    char nonce[17];
    uint8_t part;
    bool in_hole;
    uint8_t repeat;
    size_t cursor;
    uint16_t text_at;
    uint16_t item_at, item_len;
    char item[640];
} ef_portal;

/* `address` is how the page is reached, a host name or address with its port unless that is 80; it must outlive the portal. */
void ef_portal_begin(ef_portal *portal, struct ef_agent *agent, const char *address);
/* Takes what came in; true when the answer is ready and nothing more is wanted. */
bool ef_portal_feed(ef_portal *portal, const uint8_t *data, size_t len);
/* The next bytes of the answer, 0 after the last. */
size_t ef_portal_read(ef_portal *portal, uint8_t *out, size_t cap);

#endif
