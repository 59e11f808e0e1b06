/* The request parser of the portal: one byte at a time, everything bounded, strict where leniency is how requests are smuggled. */
#include <string.h>

#include "espforge/ef_portal.h"

enum { METHOD, TARGET, QUERY, VERSION, LINE_END, NAME, SPACE, VALUE, VALUE_END, HEAD_END, BODY, DONE };
enum { OTHER, HOST, LENGTH, TYPE, CODING };

void ef_http_begin(ef_http_request *r)
{
    memset(r, 0, sizeof *r);
}

static bool refuse(ef_http_request *r, uint16_t status)
{
    r->status = status;
    r->at = DONE;
    return true;
}

static bool is_token(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

/* A word that is too long stays so: it is none of those looked for. */
static void collect(ef_http_request *r, uint8_t c)
{
    if (r->word_len + 1u < sizeof r->word)
        r->word[r->word_len++] = (char)c;
    else
        r->word_len = sizeof r->word;
}

static bool word_is(const ef_http_request *r, const char *text)
{
    size_t len = strlen(text);
    return r->word_len == len && memcmp(r->word, text, len) == 0;
}

static bool append(char *text, size_t cap, uint8_t c)
{
    size_t len = strlen(text);
    if (len + 1 >= cap)
        return false;
    text[len] = (char)c;
    return true;
}

static bool header_named(ef_http_request *r)
{
    static const char *const names[] = {"", "host", "content-length", "content-type", "transfer-encoding"};
    r->header = OTHER;
    for (uint8_t i = HOST; i <= CODING; i++)
        if (word_is(r, names[i]))
            r->header = i;
    if ((r->header == HOST && r->has_host) || (r->header == LENGTH && r->has_length))
        return false; /* twice: whom to believe? */
    r->has_host |= r->header == HOST;
    r->has_length |= r->header == LENGTH;
    r->word_len = 0;
    r->at = SPACE;
    return true;
}

/* The next byte of a value; 0 when it is fine, else the status to refuse with. */
static uint16_t take_value(ef_http_request *r, uint8_t c)
{
    switch (r->header) {
    case HOST:
        return append(r->host, sizeof r->host, lower(c)) ? 0 : 400;
    case LENGTH:
        if (c < '0' || c > '9')
            return 400;
        r->content_length = (uint16_t)(r->content_length > 999 ? 9999 : r->content_length * 10 + (c - '0'));
        r->word_len = 1;
        return 0;
    case TYPE:
        collect(r, lower(c));
        return 0;
    default:
        return 0;
    }
}

static bool value_ended(ef_http_request *r)
{
    static const char form[] = "application/x-www-form-urlencoded";
    size_t len = sizeof form - 1;
    if (r->header == TYPE)
        r->is_form = r->word_len >= len && memcmp(r->word, form, len) == 0 && (r->word_len == len || r->word[len] == ';' || r->word[len] == ' ');
    if (r->header == LENGTH && r->word_len == 0)
        return false;
    for (size_t n = strlen(r->host); r->header == HOST && n > 0 && (r->host[n - 1] == ' ' || r->host[n - 1] == '\t'); n--)
        r->host[n - 1] = 0;
    r->word_len = 0;
    r->at = VALUE_END;
    return true;
}

static bool head_ended(ef_http_request *r)
{
    if (!r->has_host)
        return refuse(r, 400);
    if (r->method == EF_HTTP_OTHER)
        return refuse(r, 405);
    if (r->method != EF_HTTP_POST)
        return refuse(r, 200); /* a body would be nobody's */
    if (!r->has_length)
        return refuse(r, 411);
    if (r->content_length > EF_HTTP_BODY_BYTES)
        return refuse(r, 413);
    if (r->content_length == 0)
        return refuse(r, 200);
    r->at = BODY;
    return false;
}

static bool take_line(ef_http_request *r, uint8_t c)
{
    switch (r->at) {
    case METHOD:
        if (c == ' ' && r->word_len > 0) {
            r->method = word_is(r, "GET") ? EF_HTTP_GET : word_is(r, "HEAD") ? EF_HTTP_HEAD : word_is(r, "POST") ? EF_HTTP_POST : EF_HTTP_OTHER;
            r->word_len = 0;
            r->at = TARGET;
            return false;
        }
        if (!is_token(c))
            return refuse(r, 400);
        collect(r, c);
        return false;
    case TARGET:
    case QUERY:
        if (c == ' ' && r->path[0] != 0) {
            r->at = VERSION;
            return false;
        }
        if (c <= ' ' || c >= 0x7F || (r->path[0] == 0 && c != '/'))
            return refuse(r, 400);
        if (c == '?')
            r->at = QUERY;
        if (r->at == TARGET && !append(r->path, sizeof r->path, c))
            return refuse(r, 414);
        return false;
    default: /* VERSION */
        if (c != '\r') {
            collect(r, c);
            return c <= ' ' ? refuse(r, 400) : false;
        }
        if (!word_is(r, "HTTP/1.1") && !word_is(r, "HTTP/1.0"))
            return refuse(r, r->word_len > 5 && memcmp(r->word, "HTTP/", 5) == 0 ? 505 : 400);
        r->at = LINE_END;
        return false;
    }
}

static bool take_head(ef_http_request *r, uint8_t c)
{
    uint16_t status;
    switch (r->at) {
    case LINE_END:
    case VALUE_END:
        r->word_len = 0;
        r->at = NAME;
        return c == '\n' ? false : refuse(r, 400);
    case NAME:
        if (c == '\r' && r->word_len == 0) {
            r->at = HEAD_END;
            return false;
        }
        if (c == ':' && r->word_len > 0)
            return header_named(r) ? false : refuse(r, 400);
        if (!is_token(c)) /* also a folded line, and a space before the colon */
            return refuse(r, 400);
        collect(r, lower(c));
        return false;
    case SPACE:
        if (c == ' ' || c == '\t')
            return false;
        if (r->header == CODING)
            return refuse(r, 501);
        r->at = VALUE;
        /* fall through */
    case VALUE:
        if (c == '\r')
            return value_ended(r) ? false : refuse(r, 400);
        if ((c < ' ' && c != '\t') || c == 0x7F)
            return refuse(r, 400);
        status = take_value(r, c);
        return status == 0 ? false : refuse(r, status);
    default: /* HEAD_END */
        return c == '\n' ? head_ended(r) : refuse(r, 400);
    }
}

static bool take(ef_http_request *r, uint8_t c)
{
    if (r->at == BODY) {
        r->body[r->body_len++] = c;
        return r->body_len == r->content_length ? refuse(r, 200) : false;
    }
    if (++r->head_len > EF_HTTP_HEAD_BYTES)
        return refuse(r, 431);
    return r->at <= VERSION ? take_line(r, c) : take_head(r, c);
}

bool ef_http_feed(ef_http_request *r, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len && r->at != DONE; i++)
        (void)take(r, data[i]);
    return r->at == DONE;
}

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static ef_status decode(const uint8_t *p, const uint8_t *end, char *out, size_t cap)
{
    size_t len = 0;
    while (p < end) {
        uint8_t c = *p++;
        if (c == '%') {
            int high = end - p >= 2 ? hex_digit(p[0]) : -1, low = high < 0 ? -1 : hex_digit(p[1]);
            if (low < 0)
                return EF_MALFORMED;
            c = (uint8_t)(high * 16 + low);
            p += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (c == 0)
            return EF_MALFORMED;
        if (len + 1 >= cap)
            return EF_TOO_LARGE;
        out[len++] = (char)c;
    }
    out[len] = 0;
    return EF_OK;
}

ef_status ef_http_form(const uint8_t *body, size_t len, const char *name, char *out, size_t cap)
{
    const uint8_t *p = body, *end = body + len;
    size_t name_len = strlen(name);
    out[0] = 0;
    while (p < end) {
        const uint8_t *next = memchr(p, '&', (size_t)(end - p));
        if (next == NULL)
            next = end;
        if ((size_t)(next - p) > name_len && memcmp(p, name, name_len) == 0 && p[name_len] == '=')
            return decode(p + name_len + 1, next, out, cap);
        p = next < end ? next + 1 : end;
    }
    return EF_NOT_FOUND;
}
