#include "espforge/ef_dns.h"

#include <stdbool.h>
#include <string.h>

enum { HEADER = 12, NAME_MAX = 255, ANSWER = 16 };
enum { NO_ERROR = 0, FORMAT_ERROR = 1, NO_SUCH_NAME = 3, NOT_IMPLEMENTED = 4 };
enum { TYPE_A = 1, TYPE_AAAA = 28, TYPE_SVCB = 64, TYPE_HTTPS = 65, CLASS_IN = 1 };

static uint16_t get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* The end of the one question after the header, 0 when it is none that we would read. A question has nothing before it to point back to, so
 * compression there is a loop or a trick. */
static size_t question_end(const uint8_t *query, size_t len)
{
    size_t at = HEADER;
    while (at < len && query[at] != 0) {
        if (query[at] > 63)
            return 0;
        at += 1u + query[at];
        if (at - HEADER >= NAME_MAX)
            return 0;
    }
    return at < len && len - at >= 5 ? at + 5 : 0;
}

static size_t header(const uint8_t *query, uint8_t rcode, uint8_t questions, uint8_t answers, uint8_t *out)
{
    memset(out, 0, HEADER);
    memcpy(out, query, 2);
    out[2] = (uint8_t)(0x84 | (query[2] & 0x79)); /* a reply, authoritative; opcode and "recursion desired" as asked */
    out[3] = rcode;
    out[5] = questions;
    out[7] = answers;
    return HEADER;
}

size_t ef_dns_answer(const uint8_t *query, size_t len, const uint8_t address[4], uint8_t *out, size_t cap)
{
    if (len < HEADER || len > EF_DNS_BYTES || cap < HEADER || (query[2] & 0x80) != 0)
        return 0; /* a reply is never replied to */
    if ((query[2] & 0x78) != 0)
        return header(query, NOT_IMPLEMENTED, 0, 0, out);
    size_t end = get_u16(query + 4) == 1 ? question_end(query, len) : 0;
    if (end == 0)
        return header(query, FORMAT_ERROR, 0, 0, out);
    uint16_t type = get_u16(query + end - 4), class = get_u16(query + end - 2);
    bool is_address = type == TYPE_A && class == CLASS_IN;
    /* Browsers ask these three beside A; "no such name" to one of them would undo the answer to the other. */
    bool is_beside = class == CLASS_IN && (type == TYPE_AAAA || type == TYPE_HTTPS || type == TYPE_SVCB);
    size_t total = end + (is_address ? ANSWER : 0u);
    if (total > cap)
        return 0;
    (void)header(query, is_address || is_beside ? NO_ERROR : NO_SUCH_NAME, 1, is_address, out);
    memcpy(out + HEADER, query + HEADER, end - HEADER);
    if (is_address) {
        static const uint8_t fixed[] = {0xC0, HEADER, 0, TYPE_A, 0, CLASS_IN, 0, 0, 0, 10 /* s */, 0, 4};
        memcpy(out + end, fixed, sizeof fixed);
        memcpy(out + end + sizeof fixed, address, 4);
    }
    return total;
}
